//! The report of a batch, whose photos are read while somebody goes through them: a batch may have more than fit into memory.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{delivered, get_batch, list_manifest_only, list_missing, open_name};
use crate::batches::model::{BatchState, FindingRow, Verdict};
use crate::batches::report::{BatchReport, ReportCounts, ReportFinding, ReportPhoto};
use crate::campaigns::model::CampaignMode;
use crate::campaigns::queries::get_campaign;
use crate::crypto::Sealer;
use crate::db::schema::{agencies, batch_entries, batches, entry_findings, recaptures, roll_records, schools};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::{AgencyId, BatchId, EntryId};
use crate::recaptures::queries::PENDING;

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
pub(super) enum Reader {
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
    open_report(conn, sealer, batch_id)?.read()
}

/// [`get_report`], whose photos are read while somebody goes through them.
pub fn open_report<'a>(
    conn: &'a mut Conn,
    sealer: &'a Sealer,
    batch_id: BatchId,
) -> Result<BatchReport<ReportPhotos<'a>>> {
    open_report_for(conn, sealer, batch_id, Reader::Operator)
}

pub(super) fn open_report_for<'a>(
    conn: &'a mut Conn,
    sealer: &'a Sealer,
    batch_id: BatchId,
    reader: Reader,
) -> Result<BatchReport<ReportPhotos<'a>>> {
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
    let missing = match reader {
        Reader::Operator => list_missing(conn, &campaign)?,
        Reader::Agency { .. } => Vec::new(),
    };
    let mut counts = count_files(conn, batch_id)?;
    counts.missing = i64::try_from(missing.len()).unwrap_or(i64::MAX);
    Ok(BatchReport {
        batch_id,
        state: batch.state,
        sha256: batch.sha256,
        campaign: campaign.code,
        agency,
        counts,
        missing,
        manifest_only: list_manifest_only(conn, batch_id)?,
        photos: ReportPhotos {
            conn,
            sealer,
            batch_id,
            reader,
            at_a_time: ENTRIES_AT_A_TIME,
            from_seq: 0,
            read: Vec::new().into_iter(),
        },
    })
}

/// While a batch is worked on, what nobody has judged yet is under review.
const UNJUDGED: Verdict = Verdict::Review;

fn count_files(conn: &mut Conn, batch_id: BatchId) -> Result<ReportCounts> {
    let rows: Vec<(Option<Verdict>, i64)> = batch_entries::table
        .filter(batch_entries::batch_id.eq(batch_id))
        .group_by(batch_entries::verdict)
        .select((batch_entries::verdict, diesel::dsl::count_star()))
        .load(conn)?;
    let mut counts = ReportCounts::default();
    for (verdict, files) in rows {
        counts.add(verdict.unwrap_or(UNJUDGED), files);
    }
    Ok(counts)
}

/// How many findings of each code a batch has.
pub fn count_findings(conn: &mut Conn, batch_id: BatchId) -> Result<Vec<(String, i64)>> {
    Ok(entry_findings::table
        .filter(entry_findings::batch_id.eq(batch_id))
        .group_by(entry_findings::code)
        .order(entry_findings::code)
        .select((entry_findings::code, diesel::dsl::count_star()))
        .load(conn)?)
}

/// The photos of a report in the order of the delivery, some at a time. After an error there are none.
pub struct ReportPhotos<'a> {
    conn: &'a mut Conn,
    sealer: &'a Sealer,
    batch_id: BatchId,
    reader: Reader,
    at_a_time: i64,
    from_seq: i64,
    read: std::vec::IntoIter<ReportPhoto>,
}

impl Iterator for ReportPhotos<'_> {
    type Item = Result<ReportPhoto>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.len() == 0 {
            match self.read_more() {
                Ok(photos) => self.read = photos.into_iter(),
                Err(error) => {
                    self.from_seq = i64::MAX;
                    return Some(Err(error));
                }
            }
        }
        self.read.next().map(Ok)
    }
}

impl ReportPhotos<'_> {
    fn read_more(&mut self) -> Result<Vec<ReportPhoto>> {
        let entries = list_report_entries(self.conn, self.batch_id, self.from_seq, self.at_a_time)?;
        let Some(last) = entries.last() else {
            return Ok(Vec::new());
        };
        let seqs = (self.from_seq, last.seq);
        self.from_seq = last.seq + 1;
        let mut findings = findings_between(self.conn, self.batch_id, seqs)?;
        let names = entry_names(self.conn, self.sealer, &entries, &findings, self.reader)?;
        let photos = entries.into_iter().map(|entry| ReportPhoto {
            entry: names.get(&entry.entry_id).cloned().unwrap_or_default(),
            sha256: entry.sha256.unwrap_or_default(),
            verdict: entry.verdict.unwrap_or(UNJUDGED),
            school_code: entry.school_code,
            student_no: entry.student_no,
            recapture: entry.is_wanted_again,
            findings: report_findings(findings.remove(&entry.entry_id).unwrap_or_default(), &names),
        });
        Ok(photos.collect())
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

#[cfg(test)]
mod tests;
