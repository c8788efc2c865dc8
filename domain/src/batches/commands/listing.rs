//! Recording what an archive lists.

use diesel::prelude::*;
use serde::Serialize;

use super::header::record_header;
use super::insert_findings;
use crate::batches::header::BatchHeader;
use crate::batches::model::{BatchState, EntryKind, EntryState, FindingRow, FindingStage};
use crate::batches::queries::entry_ids_by_seq;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{self, Column, ROWS_PER_STATEMENT};
use crate::db::schema::batches;
use crate::error::Result;
use crate::id::BatchId;
use crate::jobs::{InspectPhotos, ReconcileBatch};
use crate::queue::{self, Lease};

/// Photos that one job inspects: enough that one sync of the file system covers several hundred objects, few enough to spread over
/// workers and to lose little when one dies.
pub const PHOTOS_PER_JOB: usize = 128;

/// An entry of a listed archive.
#[derive(Clone, Debug, Serialize)]
pub struct NewEntry {
    /// The batch.
    pub batch_id: BatchId,
    /// Its place in the archive.
    pub seq: i64,
    /// Its name, sealed; hexadecimal.
    pub name_sealed: String,
    /// Where its bytes are in the archive, as JSON of the archive room.
    pub locator: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its unpacked size as declared.
    pub size_bytes: i64,
    /// `listed`, or `inspected` for what needs no inspection.
    pub state: EntryState,
}

/// A row of a manifest.
#[derive(Clone, Debug, Serialize)]
pub struct NewManifestRow {
    /// The batch.
    pub batch_id: BatchId,
    /// Its number, as people count.
    pub row_no: i64,
    /// The row, sealed; hexadecimal.
    pub content_sealed: String,
    /// The student number, which is not secret.
    pub student_no: Option<String>,
}

/// A code for an entry that was refused while listing.
#[derive(Clone, Debug)]
pub struct RefusedEntry {
    /// Its place in the archive.
    pub seq: i64,
    /// Stable code.
    pub code: &'static str,
    /// What it weighs.
    pub severity: &'static str,
}

const ENTRY_COLUMNS: &[Column] = &[
    Column::Integer("batch_id"),
    Column::Integer("seq"),
    Column::Bytes("name_sealed"),
    Column::Text("locator"),
    Column::Text("kind"),
    Column::Integer("size_bytes"),
    Column::Text("state"),
];

const MANIFEST_COLUMNS: &[Column] = &[
    Column::Integer("batch_id"),
    Column::Integer("row_no"),
    Column::Bytes("content_sealed"),
    Column::Text("student_no"),
];

/// Rows that are made while they are recorded: an archive may list more than should lie ready in memory.
pub type Rows<Row> = Box<dyn Iterator<Item = Result<Row>> + Send>;

/// What listing an archive found.
pub struct Listing {
    /// Every file.
    pub entries: Rows<NewEntry>,
    /// Those that were refused.
    pub refused: Vec<RefusedEntry>,
    /// The manifest's rows, where there is one.
    pub manifest: Rows<NewManifestRow>,
    /// What the agency said of the whole, where it did.
    pub header: Option<BatchHeader>,
}

/// Records a listed archive, fans out the inspection of its photos and finishes the job.
pub fn record_listing(
    conn: &mut Conn,
    lease: &Lease,
    batch_id: BatchId,
    listing: Listing,
    now_ms: TimestampMs,
) -> Result<()> {
    let mut photos: Vec<i64> = Vec::new();
    record_rows(conn, "batch_entries", ENTRY_COLUMNS, listing.entries, |entry| {
        photos.extend((entry.kind == EntryKind::Photo).then_some(entry.seq));
    })?;
    record_rows(conn, "manifest_rows", MANIFEST_COLUMNS, listing.manifest, |_| {})?;
    insert_refusals(conn, batch_id, &listing.refused)?;
    if let Some(header) = &listing.header {
        record_header(conn, batch_id, header)?;
    }
    let jobs: Vec<InspectPhotos> = photos
        .chunks(PHOTOS_PER_JOB)
        .filter_map(|chunk| {
            let (first_seq, last_seq) = (*chunk.first()?, *chunk.last()?);
            Some(InspectPhotos {
                batch_id,
                first_seq,
                last_seq,
            })
        })
        .collect();
    let state = if jobs.is_empty() {
        BatchState::Reconciling
    } else {
        BatchState::Inspecting
    };
    diesel::update(batches::table.find(batch_id))
        .set((
            batches::state.eq(state),
            batches::entries_total.eq(i64::try_from(photos.len()).unwrap_or(i64::MAX)),
        ))
        .execute(conn)?;
    queue::enqueue_many(conn, &jobs, now_ms)?;
    if jobs.is_empty() {
        queue::enqueue(conn, &ReconcileBatch { batch_id }, now_ms)?;
    }
    queue::finish(conn, lease, now_ms)
}

/// Inserts rows as they come, each of them looked at once.
fn record_rows<Row: Serialize>(
    conn: &mut Conn,
    table: &'static str,
    columns: &[Column],
    mut rows: Rows<Row>,
    mut look: impl FnMut(&Row),
) -> Result<()> {
    loop {
        let part = rows.by_ref().take(ROWS_PER_STATEMENT).collect::<Result<Vec<_>>>()?;
        if part.is_empty() {
            return Ok(());
        }
        part.iter().for_each(&mut look);
        bulk::insert(conn, table, columns, "", &part)?;
    }
}

fn insert_refusals(conn: &mut Conn, batch_id: BatchId, refused: &[RefusedEntry]) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let ids = entry_ids_by_seq(conn, batch_id)?;
    let findings: Vec<FindingRow> = refused
        .iter()
        .filter_map(|refusal| {
            Some(FindingRow {
                entry_id: *ids.get(&refusal.seq)?,
                code: refusal.code.to_owned(),
                severity: refusal.severity.to_owned(),
                measured: None,
                limit_value: None,
                other_entry_id: None,
            })
        })
        .collect();
    insert_findings(conn, batch_id, FindingStage::Inspection, &findings)
}
