//! Reads of batches.

pub mod announced;
pub mod delivered;
pub mod entries;
pub mod listing;
pub mod reconciliation;
pub mod review;

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;
use secrecy::ExposeSecret as _;

use super::model::{Batch, BatchState, EntryKind, FindingRow, FindingStage, Verdict};
use super::report::{BatchReport, ReportCounts, ReportFinding, ReportManifestRow, ReportPhoto, ReportRecord};
use crate::campaigns::model::{Campaign, CampaignMode};
use crate::campaigns::queries::get_campaign;
use crate::crypto::{Purpose, Sealer};
use crate::db::schema::{
    agencies, batch_entries, batches, entry_findings, manifest_rows, recaptures, roll_records, schools,
};
use crate::db::{Backend, Conn, dialect};
use crate::error::{Error, Result};
use crate::id::{AgencyId, BatchId, CampaignId, EntryId};
use crate::recaptures::queries::PENDING;

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

/// Counts of a batch by verdict.
pub fn count_verdicts(conn: &mut Conn, batch_id: BatchId) -> Result<HashMap<Verdict, i64>> {
    let rows: Vec<(Option<Verdict>, i64)> = batch_entries::table
        .filter(batch_entries::batch_id.eq(batch_id))
        .group_by(batch_entries::verdict)
        .select((batch_entries::verdict, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(verdict, count)| Some((verdict?, count)))
        .collect())
}

/// The expected records of a campaign that have no accepted or reviewable photo.
pub fn list_missing(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<ReportRecord>> {
    dialect::expected::list_missing(conn, campaign)
}

/// An entry as a report tells it.
#[derive(Queryable)]
struct EntryRow {
    entry_id: EntryId,
    seq: i64,
    name_sealed: Vec<u8>,
    sha256: Option<String>,
    verdict: Option<Verdict>,
    school_code: Option<String>,
    student_no: Option<String>,
    is_wanted_again: bool,
}

/// Entries of a report that are read at a time, with their findings and names.
const ENTRIES_AT_A_TIME: i64 = 5_000;

/// Whose eyes a report is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    /// The operator on the server: names as delivered.
    Operator,
    /// The agency that delivered the batch: no record but those of its files, and no names of others' files.
    Agency { agency_id: AgencyId, mode: CampaignMode },
}

impl Reader {
    fn name(self, name: String) -> String {
        match self {
            Self::Operator => name,
            Self::Agency { mode, .. } => delivered::readable_name(mode, name),
        }
    }
}

/// The full report of a batch, for the operator on the server: names as delivered.
pub fn get_report(conn: &mut Conn, sealer: &Sealer, batch_id: BatchId) -> Result<BatchReport> {
    get_report_for(conn, sealer, batch_id, Reader::Operator)
}

fn get_report_for(conn: &mut Conn, sealer: &Sealer, batch_id: BatchId, reader: Reader) -> Result<BatchReport> {
    let batch = get_batch(conn, batch_id)?;
    if batch.state == BatchState::Failed {
        return Err(Error::Refused {
            code: batch.failure_code.unwrap_or_else(|| "batch-failed".to_owned()),
            message: batch
                .failure_message
                .unwrap_or_else(|| "nothing of the delivery could be read".to_owned()),
        });
    }
    let campaign = get_campaign(conn, batch.campaign_id)?;
    let agency: String = agencies::table
        .find(batch.agency_id)
        .select(agencies::code)
        .first(conn)?;
    let photos = report_photos(conn, sealer, batch_id, reader, ENTRIES_AT_A_TIME)?;
    let missing = match reader {
        Reader::Operator => list_missing(conn, &campaign)?,
        Reader::Agency { .. } => Vec::new(),
    };
    let manifest_only = list_manifest_only(conn, batch_id)?;
    let mut counts = ReportCounts {
        missing: i64::try_from(missing.len()).unwrap_or(i64::MAX),
        ..ReportCounts::default()
    };
    photos.iter().for_each(|photo| counts.add(photo.verdict));
    Ok(BatchReport {
        batch_id,
        state: batch.state,
        sha256: batch.sha256,
        campaign: campaign.code,
        agency,
        counts,
        photos,
        missing,
        manifest_only,
    })
}

fn report_photos(
    conn: &mut Conn,
    sealer: &Sealer,
    batch_id: BatchId,
    reader: Reader,
    at_a_time: i64,
) -> Result<Vec<ReportPhoto>> {
    let mut photos = Vec::new();
    let mut from_seq = 0;
    loop {
        let entries = list_report_entries(conn, batch_id, from_seq, at_a_time)?;
        let Some(last) = entries.last() else {
            return Ok(photos);
        };
        let seqs = (from_seq, last.seq);
        from_seq = last.seq + 1;
        let mut findings = findings_between(conn, batch_id, seqs)?;
        let names = entry_names(conn, sealer, &entries, &findings, reader)?;
        photos.extend(entries.into_iter().map(|entry| ReportPhoto {
            entry: names.get(&entry.entry_id).cloned().unwrap_or_default(),
            sha256: entry.sha256.unwrap_or_default(),
            // While a batch is worked on, what nobody has judged yet is under review.
            verdict: entry.verdict.unwrap_or(Verdict::Review),
            school_code: entry.school_code,
            student_no: entry.student_no,
            recapture: entry.is_wanted_again,
            findings: report_findings(findings.remove(&entry.entry_id).unwrap_or_default(), &names),
        }));
    }
}

fn list_report_entries(conn: &mut Conn, batch_id: BatchId, from_seq: i64, limit: i64) -> Result<Vec<EntryRow>> {
    let wanted_again = recaptures::table
        .filter(recaptures::entry_id.eq(batch_entries::entry_id.nullable()))
        .filter(recaptures::state.eq_any(PENDING));
    Ok(batch_entries::table
        .left_join(roll_records::table)
        .left_join(schools::table.on(schools::school_id.nullable().eq(roll_records::school_id.nullable())))
        .filter(batch_entries::batch_id.eq(batch_id))
        .filter(batch_entries::seq.ge(from_seq))
        .order(batch_entries::seq)
        .limit(limit)
        .select((
            batch_entries::entry_id,
            batch_entries::seq,
            batch_entries::name_sealed,
            batch_entries::sha256,
            batch_entries::verdict,
            schools::code.nullable(),
            roll_records::student_no.nullable(),
            exists(wanted_again),
        ))
        .load(conn)?)
}

/// The findings about entries from one place in the delivery to another, in the order in which they were made.
fn findings_between(
    conn: &mut Conn,
    batch_id: BatchId,
    (first_seq, last_seq): (i64, i64),
) -> Result<HashMap<EntryId, Vec<FindingRow>>> {
    let rows: Vec<FindingRow> = entry_findings::table
        .inner_join(batch_entries::table.on(batch_entries::entry_id.eq(entry_findings::entry_id)))
        .filter(batch_entries::batch_id.eq(batch_id))
        .filter(batch_entries::seq.between(first_seq, last_seq))
        .order(entry_findings::finding_id)
        .select(FindingRow::as_select())
        .load(conn)?;
    let mut findings: HashMap<EntryId, Vec<FindingRow>> = HashMap::new();
    for finding in rows {
        findings.entry(finding.entry_id).or_default().push(finding);
    }
    Ok(findings)
}

fn entry_names(
    conn: &mut Conn,
    sealer: &Sealer,
    entries: &[EntryRow],
    findings: &HashMap<EntryId, Vec<FindingRow>>,
    reader: Reader,
) -> Result<HashMap<EntryId, String>> {
    let mut sealed: HashMap<EntryId, Vec<u8>> = entries
        .iter()
        .map(|entry| (entry.entry_id, entry.name_sealed.clone()))
        .collect();
    let elsewhere: Vec<EntryId> = findings
        .values()
        .flatten()
        .filter_map(|finding| finding.other_entry_id)
        .filter(|other| !sealed.contains_key(other))
        .collect();
    for chunk in elsewhere.chunks(500) {
        let mut others = batch_entries::table
            .inner_join(batches::table)
            .filter(batch_entries::entry_id.eq_any(chunk))
            .select((batch_entries::entry_id, batch_entries::name_sealed))
            .into_boxed::<Backend>();
        if let Reader::Agency { agency_id, .. } = reader {
            others = others.filter(batches::agency_id.eq(agency_id));
        }
        sealed.extend(others.load::<(EntryId, Vec<u8>)>(conn)?);
    }
    sealed
        .into_iter()
        .map(|(entry_id, name)| Ok((entry_id, reader.name(open_name(sealer, &name)?))))
        .collect()
}

/// The delivered name of an entry.
pub fn open_name(sealer: &Sealer, sealed: &[u8]) -> Result<String> {
    Ok(sealer
        .open_text(Purpose::ENTRY_NAME, sealed)?
        .expose_secret()
        .to_owned())
}

fn report_findings(findings: Vec<FindingRow>, names: &HashMap<EntryId, String>) -> Vec<ReportFinding> {
    findings
        .into_iter()
        .map(|finding| ReportFinding {
            code: finding.code,
            severity: finding.severity,
            value: finding.measured,
            limit: finding.limit_value,
            other_entry: finding.other_entry_id.and_then(|other| names.get(&other).cloned()),
        })
        .collect()
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

#[cfg(test)]
mod tests;
