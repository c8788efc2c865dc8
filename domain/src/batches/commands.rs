//! Everything that changes a batch, each in one transaction.

pub mod decisions;
mod header;
pub mod listing;
pub mod reconciliation;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::model::{Batch, BatchState, FindingRow, FindingStage, NewBatch, Received};
use crate::audit::{self, Act, Actor};
use crate::campaigns::queries::get_campaign;
use crate::clock::TimestampMs;
use crate::db::bulk::{self, Column};
use crate::db::schema::{batches, campaigns, entry_findings};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::{BatchId, EntryId};
use crate::jobs::{ReconcileBatch, UnpackBatch};
use crate::queue::{self, Lease};
use crate::webhooks;
use crate::webhooks::model::Event;

/// Takes a staged delivery in, or recognises it.
pub fn receive_batch(conn: &mut Conn, new: &NewBatch, now_ms: TimestampMs) -> Result<Received> {
    let known = super::queries::find_delivery(conn, new.campaign_id, new.agency_id, &new.sha256)?;
    if let Some(batch_id) = known {
        return Ok(Received::Known(batch_id));
    }
    get_campaign(conn, new.campaign_id)?.require_open(now_ms)?;
    let batch_id = diesel::insert_into(batches::table)
        .values((
            batches::campaign_id.eq(new.campaign_id),
            batches::agency_id.eq(new.agency_id),
            batches::kind.eq(new.kind),
            batches::state.eq(BatchState::Received),
            batches::key_policy.eq(new.key_policy),
            batches::sha256.eq(&new.sha256),
            batches::size_bytes.eq(new.size_bytes),
            batches::staged_object.eq(&new.staged_object),
            batches::manifest_object.eq(&new.manifest_object),
            batches::actor.eq(&new.actor),
            batches::received_at_ms.eq(now_ms),
        ))
        .returning(batches::batch_id)
        .get_result::<BatchId>(conn)?;
    audit::append(
        conn,
        &Act::new("batch.receive", "batch", batch_id).by(&new.actor),
        now_ms,
    )?;
    queue::enqueue(conn, &UnpackBatch { batch_id }, now_ms)?;
    Ok(Received::New(batch_id))
}

const FINDING_COLUMNS: &[Column] = &[
    Column::Integer("entry_id"),
    Column::Integer("batch_id"),
    Column::Text("stage"),
    Column::Text("code"),
    Column::Text("severity"),
    Column::Real("measured"),
    Column::Real("limit_value"),
    Column::Integer("other_entry_id"),
];

#[derive(Serialize)]
struct FindingInsert<'a> {
    batch_id: BatchId,
    stage: FindingStage,
    #[serde(flatten)]
    finding: &'a FindingRow,
}

/// Adds findings of one stage.
pub fn insert_findings(conn: &mut Conn, batch_id: BatchId, stage: FindingStage, findings: &[FindingRow]) -> Result<()> {
    let rows: Vec<FindingInsert<'_>> = findings
        .iter()
        .map(|finding| FindingInsert {
            batch_id,
            stage,
            finding,
        })
        .collect();
    bulk::insert(conn, "entry_findings", FINDING_COLUMNS, "", &rows)?;
    Ok(())
}

/// What inspection says of one entry; NULL where its bytes could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct InspectedEntry {
    /// The entry.
    pub entry_id: EntryId,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: Option<String>,
    /// Address of the picture as it was delivered, without its metadata; that of the standardised one where it conforms as it is.
    pub original_sha256: Option<String>,
    /// Address of its standardised picture.
    pub standard_sha256: Option<String>,
    /// Address of its thumbnail.
    pub thumbnail_sha256: Option<String>,
    /// Everything measured, as JSON.
    pub measurements: String,
    /// When it was shot, `YYYY-MM-DDTHH:MM:SS`.
    pub captured_at: Option<String>,
    /// Difference hash of the standardised picture.
    pub dhash: Option<i64>,
    /// Frequency hash of the standardised picture.
    pub phash: Option<i64>,
    /// What pictures are compared by, hexadecimal.
    pub fingerprint: Option<String>,
    /// Always `inspected`.
    pub state: super::model::EntryState,
}

const INSPECTED_COLUMNS: &[Column] = &[
    Column::Text("sha256"),
    Column::Text("original_sha256"),
    Column::Text("standard_sha256"),
    Column::Text("thumbnail_sha256"),
    Column::Text("measurements"),
    Column::Text("captured_at"),
    Column::Integer("dhash"),
    Column::Integer("phash"),
    Column::Bytes("fingerprint"),
    Column::Text("state"),
];

/// Records what inspection found, and finishes the job; the last one of a batch starts its reconciliation.
pub fn record_inspections(
    conn: &mut Conn,
    lease: &Lease,
    batch_id: BatchId,
    inspected: &[InspectedEntry],
    findings: &[FindingRow],
    now_ms: TimestampMs,
) -> Result<()> {
    let entry_ids: Vec<EntryId> = inspected.iter().map(|entry| entry.entry_id).collect();
    diesel::delete(
        entry_findings::table
            .filter(entry_findings::entry_id.eq_any(&entry_ids))
            .filter(entry_findings::stage.eq(FindingStage::Inspection)),
    )
    .execute(conn)?;
    bulk::update(conn, "batch_entries", "entry_id", INSPECTED_COLUMNS, inspected)?;
    insert_findings(conn, batch_id, FindingStage::Inspection, findings)?;
    let added = i64::try_from(inspected.len()).unwrap_or(i64::MAX);
    let (done, total) = diesel::update(batches::table.find(batch_id))
        .set(batches::entries_inspected.eq(batches::entries_inspected + added))
        .returning((batches::entries_inspected, batches::entries_total))
        .get_result::<(i64, i64)>(conn)?;
    if done >= total {
        diesel::update(batches::table.find(batch_id))
            .set(batches::state.eq(BatchState::Reconciling))
            .execute(conn)?;
        queue::enqueue(conn, &ReconcileBatch { batch_id }, now_ms)?;
    }
    queue::finish(conn, lease, now_ms)
}

/// Ends a batch of which nothing could be read, and finishes its job.
pub fn fail_batch(
    conn: &mut Conn,
    lease: &Lease,
    batch_id: BatchId,
    code: &str,
    message: &str,
    now_ms: TimestampMs,
) -> Result<()> {
    mark_failed(conn, batch_id, (code, message), now_ms)?;
    queue::finish(conn, lease, now_ms)
}

/// Marks a batch as failed; for a job that is dead.
pub fn mark_failed(
    conn: &mut Conn,
    batch_id: BatchId,
    (code, message): (&str, &str),
    now_ms: TimestampMs,
) -> Result<()> {
    diesel::update(batches::table.find(batch_id))
        .set((
            batches::state.eq(BatchState::Failed),
            batches::failure_code.eq(code),
            batches::failure_message.eq(message),
        ))
        .execute(conn)?;
    announce_end(conn, batch_id, now_ms)
}

/// Tells the agency that its batch was looked at, or cannot be read.
fn announce_end(conn: &mut Conn, batch_id: BatchId, now_ms: TimestampMs) -> Result<()> {
    let (batch, campaign): (Batch, String) = batches::table
        .inner_join(campaigns::table)
        .filter(batches::batch_id.eq(batch_id))
        .select((Batch::as_select(), campaigns::code))
        .first(conn)?;
    let data = json!({
        "batch_id": batch_id, "campaign": campaign, "state": batch.state.as_str(), "sha256": batch.sha256,
    });
    webhooks::commands::announce(conn, batch.agency_id, Event::BatchFinished, &data, now_ms)
}

/// Queues the matching of a batch again, after the roll or a decision changed.
pub fn rematch_batch<'a>(
    conn: &mut Conn,
    batch_id: BatchId,
    actor: impl Into<Actor<'a>>,
    now_ms: TimestampMs,
) -> Result<()> {
    let batch = super::queries::get_batch(conn, batch_id)?;
    if !matches!(batch.state, BatchState::Reconciled | BatchState::Reconciling) {
        return Err(Error::conflict(
            "batch-not-inspected",
            "the batch is not inspected yet; wait until it is done",
        ));
    }
    audit::append(conn, &Act::new("batch.rematch", "batch", batch_id).by(actor), now_ms)?;
    queue::enqueue(conn, &ReconcileBatch { batch_id }, now_ms)?;
    Ok(())
}

/// Queues the matching of every reconciled batch again, after an applied roll import.
pub fn rematch_all(conn: &mut Conn, now_ms: TimestampMs) -> Result<()> {
    let ids: Vec<BatchId> = batches::table
        .filter(batches::state.eq(BatchState::Reconciled))
        .order(batches::batch_id)
        .select(batches::batch_id)
        .load(conn)?;
    let jobs: Vec<ReconcileBatch> = ids.into_iter().map(|batch_id| ReconcileBatch { batch_id }).collect();
    queue::enqueue_many(conn, &jobs, now_ms)
}

/// Takes a batch back: its photos are withdrawn, its verdicts gone; what others said of its pictures goes with it.
pub fn undo_batch<'a>(
    conn: &mut Conn,
    batch_id: BatchId,
    actor: impl Into<Actor<'a>>,
    now_ms: TimestampMs,
) -> Result<()> {
    let batch = super::queries::get_batch(conn, batch_id)?;
    if !matches!(batch.state, BatchState::Reconciled | BatchState::Failed) {
        return Err(Error::conflict(
            "batch-busy",
            "the batch is being worked on; wait until it is done, then undo it",
        ));
    }
    dialect::verdicts::withdraw_batch(conn, batch_id, now_ms)?;
    diesel::update(batches::table.find(batch_id))
        .set(batches::state.eq(BatchState::Undone))
        .execute(conn)?;
    audit::append(conn, &Act::new("batch.undo", "batch", batch_id).by(actor), now_ms)
}
