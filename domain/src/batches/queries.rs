//! Reads of batches.

pub mod announced;
pub mod delivered;
pub mod entries;
pub mod listing;
pub mod reconciliation;
pub mod report;
pub mod review;

use std::collections::HashMap;

use diesel::prelude::*;
use secrecy::ExposeSecret as _;

use super::model::{Batch, BatchState, EntryKind, FindingRow, FindingStage};
use super::report::{ReportManifestRow, ReportRecord};
use crate::campaigns::model::Campaign;
use crate::crypto::{Purpose, Sealer};
use crate::db::schema::{batch_entries, batches, entry_findings, manifest_rows};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::{AgencyId, BatchId, CampaignId, EntryId};

/// The batch of that number.
pub fn get_batch(conn: &mut Conn, batch_id: BatchId) -> Result<Batch> {
    let batch = batches::table
        .find(batch_id)
        .select(Batch::as_select())
        .first(conn)
        .optional()?;
    batch.ok_or_else(|| Error::not_found("batch", batch_id))
}

/// The batch that brought this archive already, if any.
pub fn find_delivery(
    conn: &mut Conn,
    campaign_id: CampaignId,
    agency_id: AgencyId,
    sha256: &str,
) -> Result<Option<BatchId>> {
    Ok(batches::table
        .filter(batches::campaign_id.eq(campaign_id))
        .filter(batches::agency_id.eq(agency_id))
        .filter(batches::sha256.eq(sha256))
        .filter(batches::state.ne_all([BatchState::Undone, BatchState::Failed]))
        .select(batches::batch_id)
        .first(conn)
        .optional()?)
}

/// A page of batches, newest first, below `before` where given.
pub fn list_batches(conn: &mut Conn, before: Option<BatchId>, limit: i64) -> Result<Vec<Batch>> {
    let before = before.unwrap_or(BatchId(i64::MAX));
    Ok(batches::table
        .filter(batches::batch_id.lt(before))
        .order(batches::batch_id.desc())
        .limit(limit)
        .select(Batch::as_select())
        .load(conn)?)
}

/// Entry numbers by place in the archive.
pub fn entry_ids_by_seq(conn: &mut Conn, batch_id: BatchId) -> Result<HashMap<i64, EntryId>> {
    let pairs: Vec<(i64, EntryId)> = batch_entries::table
        .filter(batch_entries::batch_id.eq(batch_id))
        .select((batch_entries::seq, batch_entries::entry_id))
        .load(conn)?;
    Ok(pairs.into_iter().collect())
}

/// An entry on its way to inspection.
#[derive(Clone, Debug, Queryable)]
pub struct EntryToInspect {
    /// The entry.
    pub entry_id: EntryId,
    /// Where its bytes are, as JSON of the archive room.
    pub locator: String,
}

/// The photos of a run of entries.
pub fn list_entries_to_inspect(
    conn: &mut Conn,
    batch_id: BatchId,
    first_seq: i64,
    last_seq: i64,
) -> Result<Vec<EntryToInspect>> {
    Ok(batch_entries::table
        .filter(batch_entries::batch_id.eq(batch_id))
        .filter(batch_entries::seq.between(first_seq, last_seq))
        .filter(batch_entries::kind.eq(EntryKind::Photo))
        .order(batch_entries::seq)
        .select((batch_entries::entry_id, batch_entries::locator))
        .load(conn)?)
}

/// The expected records of a campaign that have no accepted or reviewable photo.
pub fn list_missing(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<ReportRecord>> {
    dialect::expected::list_missing(conn, campaign)
}

/// The delivered name of an entry.
pub fn open_name(sealer: &Sealer, sealed: &[u8]) -> Result<String> {
    Ok(sealer
        .open_text(Purpose::ENTRY_NAME, sealed)?
        .expose_secret()
        .to_owned())
}

/// The findings that inspection made of a batch.
pub fn list_inspection_findings(conn: &mut Conn, batch_id: BatchId) -> Result<Vec<FindingRow>> {
    Ok(entry_findings::table
        .filter(entry_findings::batch_id.eq(batch_id))
        .filter(entry_findings::stage.eq(FindingStage::Inspection))
        .order(entry_findings::finding_id)
        .select(FindingRow::as_select())
        .load(conn)?)
}

/// Manifest rows for which no file came.
pub fn list_manifest_only(conn: &mut Conn, batch_id: BatchId) -> Result<Vec<ReportManifestRow>> {
    let rows: Vec<(i64, Option<String>)> = manifest_rows::table
        .filter(manifest_rows::batch_id.eq(batch_id))
        .filter(manifest_rows::entry_id.is_null())
        .order(manifest_rows::row_no)
        .select((manifest_rows::row_no, manifest_rows::student_no))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(row, student_no)| ReportManifestRow { row, student_no })
        .collect())
}
