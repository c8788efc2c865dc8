//! What a reconciliation reads before it compares.

use diesel::prelude::*;

use crate::batches::matching::{Key, RollRow};
use crate::batches::model::{Batch, BatchState, EntryKind, Verdict};
use crate::db::schema::{batch_entries, batches, duplicate_decisions, manifest_rows};
use crate::db::{Conn, dialect};
use crate::error::Result;
use crate::id::{BatchId, EntryId, RecordId};

/// An entry as reconciliation reads it.
#[derive(Clone, Debug, Queryable)]
pub struct EntryToReconcile {
    /// The entry.
    pub entry_id: EntryId,
    /// Its place in the delivery.
    pub seq: i64,
    /// What it is.
    pub kind: EntryKind,
    /// Its name, sealed.
    pub name_sealed: Vec<u8>,
    /// When it was shot.
    pub captured_at: Option<String>,
    /// Whether it has a picture to compare.
    pub has_picture: bool,
}

/// Entries of a batch in their order, from a place in the delivery on.
pub fn list_entries(conn: &mut Conn, batch_id: BatchId, from_seq: i64, limit: i64) -> Result<Vec<EntryToReconcile>> {
    Ok(batch_entries::table
        .filter(batch_entries::batch_id.eq(batch_id))
        .filter(batch_entries::seq.ge(from_seq))
        .order(batch_entries::seq)
        .limit(limit)
        .select((
            batch_entries::entry_id,
            batch_entries::seq,
            batch_entries::kind,
            batch_entries::name_sealed,
            batch_entries::captured_at,
            batch_entries::dhash.is_not_null(),
        ))
        .load(conn)?)
}

/// A manifest's row as stored: its number and its sealed content.
pub type StoredManifestRow = (i64, i64, Vec<u8>);

/// The manifest rows of a batch: number of the row in the table, number in the manifest, content.
pub fn list_manifest(conn: &mut Conn, batch_id: BatchId) -> Result<Vec<StoredManifestRow>> {
    Ok(manifest_rows::table
        .filter(manifest_rows::batch_id.eq(batch_id))
        .order(manifest_rows::row_no)
        .select((
            manifest_rows::manifest_row_id,
            manifest_rows::row_no,
            manifest_rows::content_sealed,
        ))
        .load(conn)?)
}

/// The roll rows that any of these keys names.
pub fn list_roll_rows(conn: &mut Conn, keys: &[Key]) -> Result<Vec<RollRow>> {
    dialect::batches::list_roll_rows(conn, keys)
}

/// The open rows that tickets corrected, with what they said before.
pub fn list_corrected_rows(conn: &mut Conn) -> Result<Vec<RollRow>> {
    dialect::batches::list_corrected_rows(conn)
}

/// A picture that is filed under a record already.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct FiledPicture {
    /// The entry.
    pub entry_id: EntryId,
    /// The batch it came with.
    pub batch_id: BatchId,
    /// The record it is filed under.
    pub record_id: RecordId,
}

/// Pictures of other batches of the same kind that stand under a record and are not withdrawn.
pub fn list_filed_pictures(conn: &mut Conn, batch: &Batch) -> Result<Vec<FiledPicture>> {
    let filed = batch_entries::table
        .inner_join(batches::table)
        .filter(batches::batch_id.ne(batch.batch_id))
        .filter(batches::kind.eq(batch.kind))
        .filter(batches::state.ne(BatchState::Undone))
        .filter(batch_entries::verdict.eq_any([Verdict::Matched, Verdict::Review]))
        .filter(batch_entries::record_id.is_not_null())
        .filter(batch_entries::dhash.is_not_null())
        .select((
            batch_entries::entry_id,
            batch_entries::batch_id,
            batch_entries::record_id.assume_not_null(),
        ));
    Ok(filed.load(conn)?)
}

/// Entries that one statement asks for by their numbers.
const IDS_PER_STATEMENT: usize = 500;

/// The fingerprints of some entries.
pub fn list_fingerprints(conn: &mut Conn, entry_ids: &[EntryId]) -> Result<Vec<(EntryId, Vec<u8>)>> {
    let mut fingerprints = Vec::with_capacity(entry_ids.len());
    for chunk in entry_ids.chunks(IDS_PER_STATEMENT) {
        let rows: Vec<(EntryId, Option<Vec<u8>>)> = batch_entries::table
            .filter(batch_entries::entry_id.eq_any(chunk))
            .select((batch_entries::entry_id, batch_entries::fingerprint))
            .load(conn)?;
        fingerprints.extend(
            rows.into_iter()
                .filter_map(|(entry_id, bytes)| Some((entry_id, bytes?))),
        );
    }
    Ok(fingerprints)
}

/// Pairs that a person has declared different: smaller entry number first.
pub fn list_pairs_declared_different(conn: &mut Conn) -> Result<Vec<(EntryId, EntryId)>> {
    Ok(duplicate_decisions::table
        .filter(duplicate_decisions::is_same_picture.eq(false))
        .select((
            duplicate_decisions::first_entry_id,
            duplicate_decisions::second_entry_id,
        ))
        .load(conn)?)
}

/// What tells a photo from others of the same record.
#[derive(Clone, Debug, Queryable)]
pub struct Capture {
    /// The entry.
    pub entry_id: EntryId,
    /// Its place in the delivery.
    pub seq: i64,
    /// When it was shot.
    pub captured_at: Option<String>,
    /// SHA-256 of the delivered bytes, hexadecimal.
    pub sha256: Option<String>,
}

/// The captures of some entries.
pub fn list_captures(conn: &mut Conn, entry_ids: &[EntryId]) -> Result<Vec<Capture>> {
    let mut captures = Vec::with_capacity(entry_ids.len());
    for chunk in entry_ids.chunks(IDS_PER_STATEMENT) {
        captures.extend(
            batch_entries::table
                .filter(batch_entries::entry_id.eq_any(chunk))
                .select((
                    batch_entries::entry_id,
                    batch_entries::seq,
                    batch_entries::captured_at,
                    batch_entries::sha256,
                ))
                .load::<Capture>(conn)?,
        );
    }
    Ok(captures)
}

/// An accepted photo of an earlier batch of the same campaign and kind.
#[derive(Clone, Debug)]
pub struct AcceptedPhoto {
    /// The entry it came as.
    pub entry_id: EntryId,
    /// Its record.
    pub record_id: RecordId,
    /// When it was shot.
    pub captured_at: Option<String>,
    /// SHA-256 of the delivered bytes.
    pub sha256: String,
}

/// Accepted photos of other batches for these records.
pub fn list_accepted_photos(conn: &mut Conn, batch: &Batch, records: &[RecordId]) -> Result<Vec<AcceptedPhoto>> {
    dialect::batches::list_accepted_photos(conn, batch, records)
}
