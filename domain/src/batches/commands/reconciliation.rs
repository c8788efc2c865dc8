//! Writing what a reconciliation found; the comparison itself is between reading and writing, outside any transaction.

use diesel::prelude::*;
use serde::Serialize;

use super::header::hold_against_header;
use super::{announce_end, insert_findings};
use crate::batches::model::{Batch, BatchState, EntryState, FindingRow, FindingStage, Verdict};
use crate::clock::TimestampMs;
use crate::db::bulk::{self, Column};
use crate::db::schema::{batches, unlinked_photos};
use crate::db::{Conn, dialect};
use crate::error::Result;
use crate::id::{BatchId, EntryId, RecordId};
use crate::jobs::TallyCampaigns;
use crate::queue::{self, Lease};
use crate::recaptures;

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
    /// Usable photos that belong to no record.
    pub unlinked: Vec<UnlinkedPhoto>,
}

/// A photo without a record, by what came with it: its student may say that it is theirs.
#[derive(Clone, Debug, Serialize)]
pub struct UnlinkedPhoto {
    /// The entry.
    pub entry_id: EntryId,
    /// Its batch.
    pub batch_id: BatchId,
    /// Blind index of the identity number that it came with, hexadecimal.
    pub id_index: String,
    /// The name that it came with.
    pub name: Option<String>,
    /// The student number that it came with.
    pub student_no: Option<String>,
}

const UNLINKED_COLUMNS: &[Column] = &[
    Column::Integer("entry_id"),
    Column::Integer("batch_id"),
    Column::Bytes("id_index"),
    Column::Text("name"),
    Column::Text("student_no"),
];

const OUTCOME_COLUMNS: &[Column] = &[
    Column::Text("verdict"),
    Column::Integer("record_id"),
    Column::Text("state"),
];

/// Writes a reconciliation and finishes its job: replaces what the last one said, keeps what people decided, accepts what matched,
/// withdraws what no longer does, opens re-captures for what cannot be used and closes them where an accepted photo has arrived.
pub fn record(
    conn: &mut Conn,
    lease: &Lease,
    batch: &Batch,
    reconciliation: &Reconciliation,
    now_ms: TimestampMs,
) -> Result<()> {
    let batch_id = batch.batch_id;
    let mut judged_again = dialect::verdicts::clear_reconciliation(conn, batch_id)?;
    bulk::update(
        conn,
        "batch_entries",
        "entry_id",
        OUTCOME_COLUMNS,
        &reconciliation.outcomes,
    )?;
    diesel::delete(unlinked_photos::table.filter(unlinked_photos::batch_id.eq(batch_id))).execute(conn)?;
    bulk::insert(conn, "unlinked_photos", UNLINKED_COLUMNS, "", &reconciliation.unlinked)?;
    dialect::verdicts::keep_claims(conn, batch_id)?;
    insert_findings(conn, batch_id, FindingStage::Reconciliation, &reconciliation.findings)?;
    for (other_batch, finding) in &reconciliation.foreign_findings {
        insert_findings(
            conn,
            *other_batch,
            FindingStage::Reconciliation,
            std::slice::from_ref(finding),
        )?;
        judged_again.push(finding.entry_id);
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
    judged_again.extend(dialect::verdicts::yield_to_decisions(conn, batch_id)?);
    dialect::verdicts::judge(conn, &judged_again)?;
    let entries: Vec<EntryId> = reconciliation.outcomes.iter().map(|outcome| outcome.entry_id).collect();
    dialect::verdicts::publish_photos(conn, &entries, now_ms)?;
    recaptures::commands::settle(conn, &entries, now_ms)?;
    diesel::update(batches::table.find(batch_id))
        .set((
            batches::state.eq(BatchState::Reconciled),
            batches::reconciled_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    hold_against_header(conn, batch_id)?;
    // Matching again after a change of the roll is the office's affair.
    if batch.state == BatchState::Reconciling {
        announce_end(conn, batch_id, now_ms)?;
    }
    queue::enqueue(conn, &TallyCampaigns {}, now_ms)?;
    queue::finish(conn, lease, now_ms)
}
