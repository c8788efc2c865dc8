//! What a reconciliation reads and what it writes. The comparison itself is between the two, outside any transaction.

use diesel::prelude::*;
use serde::Serialize;

use super::commands::insert_findings;
use super::matching::{Key, RollRow};
use super::model::{Batch, BatchState, EntryKind, EntryState, FindingRow, FindingStage, Verdict};
use crate::clock::TimestampMs;
use crate::db::bulk::{self, Column};
use crate::db::schema::{batch_entries, batches, duplicate_decisions, manifest_rows};
use crate::db::{Conn, dialect};
use crate::error::Result;
use crate::id::{BatchId, EntryId, RecordId};
use crate::queue::{self, Lease};

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
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: Option<String>,
    /// When it was shot.
    pub captured_at: Option<String>,
    /// Whether it has a picture to compare.
    pub dhash: Option<i64>,
    /// The other hash.
    pub phash: Option<i64>,
}

/// The entries of a batch in their order.
pub fn list_entries(conn: &mut Conn, batch_id: BatchId) -> Result<Vec<EntryToReconcile>> {
    Ok(batch_entries::table
        .filter(batch_entries::batch_id.eq(batch_id))
        .order(batch_entries::seq)
        .select((
            batch_entries::entry_id,
            batch_entries::seq,
            batch_entries::kind,
            batch_entries::name_sealed,
            batch_entries::sha256,
            batch_entries::captured_at,
            batch_entries::dhash,
            batch_entries::phash,
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

/// A picture that is filed under a record already.
#[derive(Clone, Copy, Debug)]
pub struct FiledPicture {
    /// The entry.
    pub entry_id: EntryId,
    /// The batch it came with.
    pub batch_id: BatchId,
    /// The record it is filed under.
    pub record_id: RecordId,
    /// Difference hash.
    pub dhash: i64,
    /// Frequency hash.
    pub phash: i64,
}

/// Pictures of other batches of the same kind that stand under a record and are not withdrawn.
pub fn list_filed_pictures(conn: &mut Conn, batch: &Batch) -> Result<Vec<FiledPicture>> {
    let rows: Vec<(EntryId, BatchId, Option<RecordId>, Option<i64>, Option<i64>)> = batch_entries::table
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
            batch_entries::record_id,
            batch_entries::dhash,
            batch_entries::phash,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(entry_id, batch_id, record_id, dhash, phash)| {
            Some(FiledPicture {
                entry_id,
                batch_id,
                record_id: record_id?,
                dhash: dhash?,
                phash: phash?,
            })
        })
        .collect())
}

/// The fingerprints of some entries.
pub fn list_fingerprints(conn: &mut Conn, entry_ids: &[EntryId]) -> Result<Vec<(EntryId, Vec<u8>)>> {
    let mut fingerprints = Vec::with_capacity(entry_ids.len());
    for chunk in entry_ids.chunks(500) {
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

/// The outcome of one entry.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The entry.
    pub entry_id: EntryId,
    /// What became of it.
    pub verdict: Verdict,
    /// Its record.
    pub record_id: Option<RecordId>,
    /// Always `reconciled`.
    pub state: EntryState,
}

#[derive(Serialize)]
struct ManifestLink {
    manifest_row_id: i64,
    entry_id: EntryId,
}

/// Everything a reconciliation found.
#[derive(Default)]
pub struct Reconciliation {
    /// Every entry's outcome.
    pub outcomes: Vec<Outcome>,
    /// Findings about the batch's own entries.
    pub findings: Vec<FindingRow>,
    /// Findings about entries of other batches: the batch each belongs to, and the finding.
    pub foreign_findings: Vec<(BatchId, FindingRow)>,
    /// Which manifest row speaks of which entry.
    pub manifest_links: Vec<(i64, EntryId)>,
}

const OUTCOME_COLUMNS: &[Column] = &[
    Column::Text("verdict"),
    Column::Integer("record_id"),
    Column::Text("state"),
];

/// Writes a reconciliation and finishes its job: replaces what the last one said, accepts what matched, withdraws what no longer
/// does, opens re-captures for what cannot be used and closes them where an accepted photo has arrived.
pub fn record(
    conn: &mut Conn,
    lease: &Lease,
    batch: &Batch,
    reconciliation: &Reconciliation,
    now_ms: TimestampMs,
) -> Result<()> {
    let batch_id = batch.batch_id;
    let mut foreign = dialect::batches::clear_reconciliation(conn, batch_id)?;
    bulk::update(
        conn,
        "batch_entries",
        "entry_id",
        OUTCOME_COLUMNS,
        &reconciliation.outcomes,
    )?;
    insert_findings(conn, batch_id, FindingStage::Reconciliation, &reconciliation.findings)?;
    for (other_batch, finding) in &reconciliation.foreign_findings {
        insert_findings(
            conn,
            *other_batch,
            FindingStage::Reconciliation,
            std::slice::from_ref(finding),
        )?;
        foreign.push(finding.entry_id);
    }
    let links: Vec<ManifestLink> = reconciliation
        .manifest_links
        .iter()
        .map(|(manifest_row_id, entry_id)| ManifestLink {
            manifest_row_id: *manifest_row_id,
            entry_id: *entry_id,
        })
        .collect();
    bulk::update(
        conn,
        "manifest_rows",
        "manifest_row_id",
        &[Column::Integer("entry_id")],
        &links,
    )?;
    dialect::batches::judge_again(conn, &foreign)?;
    dialect::batches::publish_photos(conn, batch, now_ms)?;
    dialect::batches::settle_recaptures(conn, batch, now_ms)?;
    diesel::update(batches::table.find(batch_id))
        .set((
            batches::state.eq(BatchState::Reconciled),
            batches::reconciled_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    queue::finish(conn, lease, now_ms)
}
