//! Lists of batches and what each came to, page by page, as people see them: names masked, no identity numbers.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use serde::Serialize;

use crate::batches::model::{Batch, BatchState, MaskedStudent, Verdict};
use crate::campaigns::model::Campaign;
use crate::campaigns::queries::get_campaign;
use crate::db::schema::{
    agencies, batch_entries, batches, campaigns, entry_findings, manifest_rows, missing_records, roll_records,
};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::{BatchId, EntryId, RecordId};
use crate::lists::ByAge;
use crate::photos::finding::FindingCode;

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

/// Where a batch of a list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStanding {
    /// Some of its photos wait for a person.
    Open,
    /// In that state.
    In(BatchState),
}

/// Which of a campaign's batches a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchFilter {
    /// Those of the agency with that code.
    pub agency: Option<String>,
    /// Those that stand there.
    pub standing: Option<BatchStanding>,
    /// Which come first.
    pub order: ByAge,
}

/// A page of a campaign's batches, after one where given. A fixed number of queries, however long the page.
pub fn list_summaries(
    conn: &mut Conn,
    campaign: &Campaign,
    filter: &BatchFilter,
    after: Option<BatchId>,
    limit: i64,
) -> Result<Vec<BatchSummary>> {
    let mut batches = batches::table
        .inner_join(agencies::table)
        .inner_join(campaigns::table)
        .filter(batches::campaign_id.eq(campaign.campaign_id))
        .into_boxed::<Backend>();
    if let Some(agency) = &filter.agency {
        batches = batches.filter(agencies::code.eq(agency));
    }
    batches = match filter.standing {
        None => batches,
        Some(BatchStanding::In(state)) => batches.filter(batches::state.eq(state)),
        Some(BatchStanding::Open) => batches.filter(diesel::dsl::exists(
            batch_entries::table
                .filter(batch_entries::batch_id.eq(batches::batch_id))
                .filter(batch_entries::verdict.eq_any([Verdict::Review, Verdict::Unmatched])),
        )),
    };
    if let Some(after) = after {
        batches = match filter.order {
            ByAge::NewestFirst => batches.filter(batches::batch_id.lt(after)),
            ByAge::OldestFirst => batches.filter(batches::batch_id.gt(after)),
        };
    }
    batches = match filter.order {
        ByAge::NewestFirst => batches.order(batches::batch_id.desc()),
        ByAge::OldestFirst => batches.order(batches::batch_id),
    };
    let rows: Vec<(Batch, String, String)> = batches
        .limit(limit)
        .select((Batch::as_select(), agencies::name, campaigns::name))
        .load(conn)?;
    summarise(conn, Some(campaign), rows)
}

/// One batch in the same form, with its campaign.
pub fn get_summary(conn: &mut Conn, batch_id: BatchId) -> Result<(BatchSummary, Campaign)> {
    let row: Option<(Batch, String, String)> = batches::table
        .inner_join(agencies::table)
        .inner_join(campaigns::table)
        .filter(batches::batch_id.eq(batch_id))
        .select((Batch::as_select(), agencies::name, campaigns::name))
        .first(conn)
        .optional()?;
    let row = row.ok_or_else(|| Error::not_found("batch", batch_id))?;
    let campaign = get_campaign(conn, row.0.campaign_id)?;
    let summary = summarise(conn, Some(&campaign), vec![row])?.pop();
    Ok((summary.ok_or_else(|| Error::not_found("batch", batch_id))?, campaign))
}

/// Counts what became of batches; who is missing is counted for those who see the roll, and for others no campaign is given.
pub(super) fn summarise(
    conn: &mut Conn,
    campaign: Option<&Campaign>,
    rows: Vec<(Batch, String, String)>,
) -> Result<Vec<BatchSummary>> {
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
    let missing = match campaign.filter(|_| !ids.is_empty()) {
        None => 0,
        Some(campaign) => missing_records::table
            .filter(missing_records::campaign_id.eq(campaign.campaign_id))
            .count()
            .get_result(conn)?,
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
    let rows: Vec<(Option<Verdict>, String, EntryId, Option<EntryId>)> = entry_findings::table
        .inner_join(batch_entries::table.on(batch_entries::entry_id.eq(entry_findings::entry_id)))
        .filter(entry_findings::batch_id.eq(batch_id))
        .filter(entry_findings::code.eq_any(FindingCode::COPIES))
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

/// A page of the students whom a campaign expects and who have no photo, by record number, as last counted.
pub fn list_missing(
    conn: &mut Conn,
    campaign: &Campaign,
    after: Option<RecordId>,
    limit: i64,
) -> Result<Vec<(RecordId, MaskedStudent)>> {
    let rows: Vec<(RecordId, String, String, Option<String>)> = missing_records::table
        .inner_join(roll_records::table)
        .filter(missing_records::campaign_id.eq(campaign.campaign_id))
        .filter(missing_records::record_id.gt(after.unwrap_or(RecordId(0))))
        .order(missing_records::record_id)
        .limit(limit)
        .select((
            missing_records::record_id,
            roll_records::name,
            roll_records::student_no,
            roll_records::class_name,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(record_id, name, student_no, class_name)| (record_id, MaskedStudent::new(&name, student_no, class_name)))
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
