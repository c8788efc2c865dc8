//! Lists of batches and of what is in them, page by page, as people see them: names masked, no entry names, no identity numbers.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use serde::Serialize;

use super::model::{Batch, BatchState, FindingRow, Verdict};
use crate::campaigns::{self, Campaign};
use crate::db::schema::{
    agencies, batch_entries, batches, campaigns as campaign_rows, entry_findings, manifest_rows, recaptures,
    roll_records,
};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::{BatchId, EntryId, RecordId};
use crate::photos::finding::FindingCode;
use crate::recaptures::RecaptureState;
use crate::roll::name;

/// How many of a batch's files stand where; `missing` is about the whole campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListCounts {
    /// Photos that are their record's.
    pub matched: i64,
    /// Photos that a person must look at.
    pub review: i64,
    /// Files that are no usable photo.
    pub rejected: i64,
    /// Photos whose key names nobody.
    pub unmatched: i64,
    /// Files that are no photos.
    pub ignored: i64,
    /// Expected records without an accepted or reviewable photo.
    pub missing: i64,
    /// Manifest rows without a file.
    pub manifest_only: i64,
}

impl ListCounts {
    fn add(&mut self, verdict: Verdict, count: i64) {
        match verdict {
            Verdict::Matched => self.matched += count,
            Verdict::Review => self.review += count,
            Verdict::Rejected => self.rejected += count,
            Verdict::Unmatched => self.unmatched += count,
            Verdict::Ignored => self.ignored += count,
        }
    }
}

/// A batch in a list, and the head of its own page.
#[derive(Clone, Debug)]
pub struct BatchSummary {
    /// Its row.
    pub batch: Batch,
    /// Who delivered it.
    pub agency_name: String,
    /// What it was delivered for.
    pub campaign_name: String,
    /// Files in it.
    pub files: i64,
    /// What became of them.
    pub counts: ListCounts,
}

/// A page of a campaign's batches, newest first, below `before` where given. A fixed number of queries, however long the page.
pub fn list_summaries(
    conn: &mut Conn,
    campaign: &Campaign,
    before: Option<BatchId>,
    limit: i64,
) -> Result<Vec<BatchSummary>> {
    let rows: Vec<(Batch, String, String)> = batches::table
        .inner_join(agencies::table)
        .inner_join(campaign_rows::table)
        .filter(batches::campaign_id.eq(campaign.campaign_id))
        .filter(batches::batch_id.lt(before.unwrap_or(BatchId(i64::MAX))))
        .order(batches::batch_id.desc())
        .limit(limit)
        .select((Batch::as_select(), agencies::name, campaign_rows::name))
        .load(conn)?;
    summarise(conn, campaign, rows)
}

/// One batch in the same form, with its campaign.
pub fn get_summary(conn: &mut Conn, batch_id: BatchId) -> Result<(BatchSummary, Campaign)> {
    let row: Option<(Batch, String, String)> = batches::table
        .inner_join(agencies::table)
        .inner_join(campaign_rows::table)
        .filter(batches::batch_id.eq(batch_id))
        .select((Batch::as_select(), agencies::name, campaign_rows::name))
        .first(conn)
        .optional()?;
    let row = row.ok_or_else(|| Error::not_found("batch", batch_id))?;
    let campaign = campaigns::get_campaign(conn, row.0.campaign_id)?;
    let summary = summarise(conn, &campaign, vec![row])?.pop();
    Ok((summary.ok_or_else(|| Error::not_found("batch", batch_id))?, campaign))
}

fn summarise(conn: &mut Conn, campaign: &Campaign, rows: Vec<(Batch, String, String)>) -> Result<Vec<BatchSummary>> {
    let ids: Vec<BatchId> = rows.iter().map(|(batch, ..)| batch.batch_id).collect();
    let verdicts: Vec<(BatchId, Option<Verdict>, i64)> = batch_entries::table
        .filter(batch_entries::batch_id.eq_any(&ids))
        .group_by((batch_entries::batch_id, batch_entries::verdict))
        .select((
            batch_entries::batch_id,
            batch_entries::verdict,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    let unclaimed: Vec<(BatchId, i64)> = manifest_rows::table
        .filter(manifest_rows::batch_id.eq_any(&ids))
        .filter(manifest_rows::entry_id.is_null())
        .group_by(manifest_rows::batch_id)
        .select((manifest_rows::batch_id, diesel::dsl::count_star()))
        .load(conn)?;
    let missing = if ids.is_empty() {
        0
    } else {
        dialect::expected::count_missing(conn, campaign)?
    };
    let mut by_batch: HashMap<BatchId, (i64, ListCounts)> = HashMap::new();
    for (batch_id, verdict, count) in verdicts {
        let (files, counts) = by_batch.entry(batch_id).or_default();
        *files += count;
        if let Some(verdict) = verdict {
            counts.add(verdict, count);
        }
    }
    let unclaimed: HashMap<BatchId, i64> = unclaimed.into_iter().collect();
    Ok(rows
        .into_iter()
        .map(|(batch, agency_name, campaign_name)| {
            let (files, mut counts) = by_batch.remove(&batch.batch_id).unwrap_or_default();
            // What is missing or unclaimed is known only once everything was matched.
            if batch.state == BatchState::Reconciled {
                counts.missing = missing;
                counts.manifest_only = unclaimed.get(&batch.batch_id).copied().unwrap_or(0);
            }
            BatchSummary {
                batch,
                agency_name,
                campaign_name,
                files,
                counts,
            }
        })
        .collect())
}

/// How often a finding stands in one list of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// The list.
    pub verdict: Verdict,
    /// Stable code.
    pub code: String,
    /// Files with it.
    pub files: i64,
    /// Pairs, for findings that are about two pictures.
    pub pairs: Option<i64>,
}

/// The findings of a batch by list and code, the most frequent first.
pub fn count_reasons(conn: &mut Conn, batch_id: BatchId) -> Result<Vec<ReasonCount>> {
    let rows: Vec<(Option<Verdict>, String, i64)> = entry_findings::table
        .inner_join(batch_entries::table.on(batch_entries::entry_id.eq(entry_findings::entry_id)))
        .filter(entry_findings::batch_id.eq(batch_id))
        .group_by((batch_entries::verdict, entry_findings::code))
        .select((
            batch_entries::verdict,
            entry_findings::code,
            diesel::dsl::count(entry_findings::entry_id).aggregate_distinct(),
        ))
        .load(conn)?;
    let mut pairs = count_pairs(conn, batch_id)?;
    let mut reasons: Vec<ReasonCount> = rows
        .into_iter()
        .filter_map(|(verdict, code, files)| {
            let verdict = verdict?;
            let pairs = pairs.remove(&(verdict, code.clone()));
            Some(ReasonCount {
                verdict,
                code,
                files,
                pairs,
            })
        })
        .collect();
    reasons.sort_by(|one, other| other.files.cmp(&one.files).then_with(|| one.code.cmp(&other.code)));
    Ok(reasons)
}

fn count_pairs(conn: &mut Conn, batch_id: BatchId) -> Result<HashMap<(Verdict, String), i64>> {
    let codes = [FindingCode::Dup.as_str(), FindingCode::Mirror.as_str()];
    let rows: Vec<(Option<Verdict>, String, EntryId, Option<EntryId>)> = entry_findings::table
        .inner_join(batch_entries::table.on(batch_entries::entry_id.eq(entry_findings::entry_id)))
        .filter(entry_findings::batch_id.eq(batch_id))
        .filter(entry_findings::code.eq_any(codes))
        .select((
            batch_entries::verdict,
            entry_findings::code,
            entry_findings::entry_id,
            entry_findings::other_entry_id,
        ))
        .load(conn)?;
    let mut seen = HashSet::new();
    let mut pairs = HashMap::new();
    for (verdict, code, one, other) in rows {
        let (Some(verdict), Some(other)) = (verdict, other) else {
            continue;
        };
        if seen.insert((verdict, code.clone(), one.min(other), one.max(other))) {
            *pairs.entry((verdict, code)).or_insert(0) += 1;
        }
    }
    Ok(pairs)
}

/// A student as lists show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MaskedStudent {
    /// 姓名, masked.
    pub name: String,
    /// 学号.
    pub student_no: String,
    /// 班级; empty where the roll gives none.
    pub class_name: String,
}

impl MaskedStudent {
    /// Masks a full name.
    pub fn new(full_name: &str, student_no: String, class_name: Option<String>) -> Self {
        Self {
            name: name::mask(full_name),
            student_no,
            class_name: class_name.unwrap_or_default(),
        }
    }
}

/// Which entries of a batch are wanted.
#[derive(Clone, Debug)]
pub struct EntryQuery {
    /// The batch.
    pub batch_id: BatchId,
    /// Only those with this outcome; unset: all that have one.
    pub verdict: Option<Verdict>,
    /// Only those with a finding of this code.
    pub reason: Option<String>,
    /// Only those after this place in the delivery.
    pub after_seq: Option<i64>,
    /// At most so many.
    pub limit: i64,
}

/// An entry in a list.
#[derive(Clone, Debug)]
pub struct ListedEntry {
    /// The entry.
    pub entry_id: EntryId,
    /// Its place in the delivery, by which lists go on.
    pub seq: i64,
    /// What became of it.
    pub verdict: Verdict,
    /// Address of its thumbnail in the object store.
    pub thumbnail_sha256: Option<String>,
    /// Its record.
    pub student: Option<MaskedStudent>,
    /// The manifest row that speaks of it.
    pub manifest_row: Option<i64>,
    /// What was found, worst first.
    pub findings: Vec<FindingRow>,
    /// Whether it is why its student is to be photographed again.
    pub is_recapture: bool,
    /// The other picture of a pair.
    pub other: Option<OtherSide>,
}

/// The other picture of a pair.
#[derive(Clone, Debug)]
pub struct OtherSide {
    /// Address of its thumbnail in the object store.
    pub thumbnail_sha256: Option<String>,
    /// Its record.
    pub student: Option<MaskedStudent>,
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = batch_entries)]
struct EntryColumns {
    entry_id: EntryId,
    seq: i64,
    verdict: Option<Verdict>,
    thumbnail_sha256: Option<String>,
    record_id: Option<RecordId>,
}

/// A page of a batch's entries in the order of the delivery.
pub fn list_entries(conn: &mut Conn, query: &EntryQuery) -> Result<Vec<ListedEntry>> {
    let verdicts = query
        .verdict
        .map_or_else(|| Verdict::ALL.to_vec(), |verdict| vec![verdict]);
    let page = batch_entries::table
        .filter(batch_entries::batch_id.eq(query.batch_id))
        .filter(batch_entries::verdict.eq_any(verdicts))
        .filter(batch_entries::seq.gt(query.after_seq.unwrap_or(-1)))
        .order(batch_entries::seq)
        .limit(query.limit)
        .select(EntryColumns::as_select());
    let rows: Vec<EntryColumns> = match &query.reason {
        None => page.load(conn)?,
        Some(code) => page
            .filter(
                batch_entries::entry_id.eq_any(
                    entry_findings::table
                        .filter(entry_findings::batch_id.eq(query.batch_id))
                        .filter(entry_findings::code.eq(code))
                        .select(entry_findings::entry_id),
                ),
            )
            .load(conn)?,
    };
    complete(conn, rows)
}

fn complete(conn: &mut Conn, rows: Vec<EntryColumns>) -> Result<Vec<ListedEntry>> {
    let ids: Vec<EntryId> = rows.iter().map(|row| row.entry_id).collect();
    let mut findings = findings_of(conn, &ids)?;
    let other_ids: Vec<EntryId> = findings
        .values()
        .flatten()
        .filter_map(|finding| finding.other_entry_id)
        .collect();
    let others: HashMap<EntryId, EntryColumns> = batch_entries::table
        .filter(batch_entries::entry_id.eq_any(&other_ids))
        .select(EntryColumns::as_select())
        .load::<EntryColumns>(conn)?
        .into_iter()
        .map(|row| (row.entry_id, row))
        .collect();
    let records: Vec<RecordId> = rows
        .iter()
        .chain(others.values())
        .filter_map(|row| row.record_id)
        .collect();
    let students = find_students(conn, &records)?;
    let student_of = |row: &EntryColumns| row.record_id.and_then(|record_id| students.get(&record_id).cloned());
    let manifest: HashMap<EntryId, i64> = manifest_rows::table
        .filter(manifest_rows::entry_id.eq_any(&ids))
        .select((manifest_rows::entry_id, manifest_rows::row_no))
        .load::<(Option<EntryId>, i64)>(conn)?
        .into_iter()
        .filter_map(|(entry_id, row_no)| Some((entry_id?, row_no)))
        .collect();
    let wanted_again = pending_recaptures(conn, &ids)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let found = findings.remove(&row.entry_id).unwrap_or_default();
            let other = found.iter().find_map(|finding| others.get(&finding.other_entry_id?));
            Some(ListedEntry {
                entry_id: row.entry_id,
                seq: row.seq,
                verdict: row.verdict?,
                student: student_of(&row),
                manifest_row: manifest.get(&row.entry_id).copied(),
                is_recapture: wanted_again.contains(&row.entry_id),
                other: other.map(|other| OtherSide {
                    thumbnail_sha256: other.thumbnail_sha256.clone(),
                    student: student_of(other),
                }),
                thumbnail_sha256: row.thumbnail_sha256,
                findings: found,
            })
        })
        .collect())
}

fn findings_of(conn: &mut Conn, ids: &[EntryId]) -> Result<HashMap<EntryId, Vec<FindingRow>>> {
    let rows: Vec<FindingRow> = entry_findings::table
        .filter(entry_findings::entry_id.eq_any(ids))
        .order(entry_findings::finding_id)
        .select((
            entry_findings::entry_id,
            entry_findings::code,
            entry_findings::severity,
            entry_findings::measured,
            entry_findings::limit_value,
            entry_findings::other_entry_id,
        ))
        .load(conn)?;
    let mut findings: HashMap<EntryId, Vec<FindingRow>> = HashMap::new();
    for finding in rows {
        findings.entry(finding.entry_id).or_default().push(finding);
    }
    let weight = |finding: &FindingRow| match finding.severity.as_str() {
        "reject" => 0,
        "review" => 1,
        _ => 2,
    };
    findings.values_mut().for_each(|found| found.sort_by_key(weight));
    Ok(findings)
}

fn pending_recaptures(conn: &mut Conn, ids: &[EntryId]) -> Result<HashSet<EntryId>> {
    let rows: Vec<Option<EntryId>> = recaptures::table
        .filter(recaptures::entry_id.eq_any(ids))
        .filter(recaptures::state.eq_any([RecaptureState::Open, RecaptureState::Exported, RecaptureState::Shot]))
        .select(recaptures::entry_id)
        .load(conn)?;
    Ok(rows.into_iter().flatten().collect())
}

fn find_students(conn: &mut Conn, records: &[RecordId]) -> Result<HashMap<RecordId, MaskedStudent>> {
    let rows: Vec<(RecordId, String, String, Option<String>)> = roll_records::table
        .filter(roll_records::record_id.eq_any(records))
        .select((
            roll_records::record_id,
            roll_records::name,
            roll_records::student_no,
            roll_records::class_name,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(record_id, full_name, student_no, class_name)| {
            (record_id, MaskedStudent::new(&full_name, student_no, class_name))
        })
        .collect())
}

/// A page of the students whom a campaign expects and who have no photo, by record number.
pub fn list_missing(
    conn: &mut Conn,
    campaign: &Campaign,
    after: Option<RecordId>,
    limit: i64,
) -> Result<Vec<(RecordId, MaskedStudent)>> {
    let rows = dialect::expected::list_missing_page(conn, campaign, after.unwrap_or(RecordId(0)), limit)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                row.record_id,
                MaskedStudent::new(&row.name, row.student_no, row.class_name),
            )
        })
        .collect())
}

/// A page of the numbers of manifest rows without a file.
pub fn list_manifest_only(conn: &mut Conn, batch_id: BatchId, after_row: Option<i64>, limit: i64) -> Result<Vec<i64>> {
    Ok(manifest_rows::table
        .filter(manifest_rows::batch_id.eq(batch_id))
        .filter(manifest_rows::entry_id.is_null())
        .filter(manifest_rows::row_no.gt(after_row.unwrap_or(-1)))
        .order(manifest_rows::row_no)
        .limit(limit)
        .select(manifest_rows::row_no)
        .load(conn)?)
}
