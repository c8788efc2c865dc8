//! 复核: the photos that wait for a person and those that passed unseen, over all batches of a campaign, and everything one decision is
//! made by.

use diesel::prelude::*;

use super::entries::{EntryColumns, ListedEntry, complete, find_students};
use crate::batches::model::{Band, BatchKind, BatchState, Decision, FindingStage, MaskedStudent, Verdict};
use crate::clock::TimestampMs;
use crate::db::schema::{
    batch_entries, batches, duplicate_decisions, entry_decisions, entry_findings, photos, roll_records,
};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::{BatchId, CampaignId, EntryId, RecordId};
use crate::photos::finding::FindingCode;

/// Which photos of the queue are wanted.
#[derive(Clone, Debug)]
pub struct ReviewQuery {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Those that wait, or those that passed.
    pub band: Band,
    /// Only those of one batch.
    pub batch_id: Option<BatchId>,
    /// Only those with a finding of this code.
    pub reason: Option<String>,
}

/// A page of the queue, the oldest first, after an entry where given.
pub fn list_queue(
    conn: &mut Conn,
    query: &ReviewQuery,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<ListedEntry>> {
    let rows: Vec<EntryColumns> = in_queue(conn, query)?
        .filter(batch_entries::entry_id.gt(after.unwrap_or(EntryId(0))))
        .order(batch_entries::entry_id)
        .limit(limit)
        .select(EntryColumns::as_select())
        .load(conn)?;
    complete(conn, rows)
}

/// The numbers of all photos of the queue, at most so many.
pub fn list_queue_ids(conn: &mut Conn, query: &ReviewQuery, limit: i64) -> Result<Vec<EntryId>> {
    Ok(in_queue(conn, query)?
        .order(batch_entries::entry_id)
        .limit(limit)
        .select(batch_entries::entry_id)
        .load(conn)?)
}

fn in_queue<'a>(conn: &mut Conn, query: &ReviewQuery) -> Result<batch_entries::BoxedQuery<'a, Backend>> {
    let queue = batch_entries::table
        .filter(batch_entries::batch_id.eq_any(batches_of(conn, query)?))
        .into_boxed();
    let queue = match query.band {
        Band::Waiting => queue.filter(batch_entries::verdict.eq(Verdict::Review)),
        Band::Passed => queue
            .filter(batch_entries::verdict.eq(Verdict::Matched))
            .filter(batch_entries::is_decided.eq(false)),
    };
    let Some(code) = &query.reason else { return Ok(queue) };
    let found = entry_findings::table
        .filter(entry_findings::entry_id.eq(batch_entries::entry_id))
        .filter(entry_findings::code.eq(code.clone()));
    Ok(queue.filter(diesel::dsl::exists(found)))
}

fn batches_of(conn: &mut Conn, query: &ReviewQuery) -> Result<Vec<BatchId>> {
    let all: Vec<BatchId> = batches::table
        .filter(batches::campaign_id.eq(query.campaign_id))
        .filter(batches::state.eq(BatchState::Reconciled))
        .select(batches::batch_id)
        .load(conn)?;
    let is_wanted = |batch_id: &BatchId| query.batch_id.is_none_or(|wanted| wanted == *batch_id);
    Ok(all.into_iter().filter(is_wanted).collect())
}

/// How many photos that wait have each finding, the most frequent first; `query.reason` is left out of it.
pub fn count_queue_reasons(conn: &mut Conn, query: &ReviewQuery) -> Result<Vec<(String, i64)>> {
    let of_batches = batches_of(conn, query)?;
    let mut counts: Vec<(String, i64)> = entry_findings::table
        .inner_join(batch_entries::table.on(batch_entries::entry_id.eq(entry_findings::entry_id)))
        .filter(batch_entries::verdict.eq(Verdict::Review))
        .filter(batch_entries::batch_id.eq_any(of_batches))
        .filter(entry_findings::severity.ne("note"))
        .group_by(entry_findings::code)
        .select((
            entry_findings::code,
            diesel::dsl::count(entry_findings::entry_id).aggregate_distinct(),
        ))
        .load(conn)?;
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    Ok(counts)
}

/// How many photos are in the queue.
pub fn count_queue(conn: &mut Conn, query: &ReviewQuery) -> Result<i64> {
    Ok(in_queue(conn, query)?.count().get_result(conn)?)
}

/// Why a picture is shown beside the one under review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideKind {
    /// The same picture under another record, perhaps mirrored, or another photo of the record.
    Other(&'static str),
    /// The record's photo before this one.
    Previous,
    /// 录取照片 of the record.
    Admission,
}

/// A picture to compare with.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its entry.
    pub entry_id: EntryId,
    /// Why it is shown.
    pub kind: SideKind,
    /// Address of the standardised picture in the object store.
    pub standard_sha256: Option<String>,
    /// Its record.
    pub student: Option<MaskedStudent>,
    /// For a copy: what a person said about the pair.
    pub is_same_picture: Option<bool>,
}

/// Everything one decision is made by.
#[derive(Clone, Debug)]
pub struct Case {
    /// The photo, as lists show it.
    pub entry: ListedEntry,
    /// Its batch.
    pub batch_id: BatchId,
    /// The campaign of its batch.
    pub campaign_id: CampaignId,
    /// Address of the standardised picture in the object store.
    pub standard_sha256: Option<String>,
    /// When it was shot, as the camera wrote it.
    pub captured_at: Option<String>,
    /// The decision that stands.
    pub decision: Option<StandingDecision>,
    /// Pictures to compare with.
    pub sides: Vec<Side>,
}

/// A decision that stands.
#[derive(Clone, Debug, Queryable)]
pub struct StandingDecision {
    /// What was decided.
    pub decision: Decision,
    /// By whom.
    pub decided_by: String,
    /// When, UTC ms.
    pub decided_at_ms: TimestampMs,
}

type CaseColumns = (EntryColumns, BatchId, CampaignId, Option<String>, Option<String>);

/// The case of one photo.
pub fn get_case(conn: &mut Conn, entry_id: EntryId) -> Result<Case> {
    let found: Option<CaseColumns> = batch_entries::table
        .inner_join(batches::table)
        .filter(batch_entries::entry_id.eq(entry_id))
        .filter(batches::state.eq(BatchState::Reconciled))
        .select((
            EntryColumns::as_select(),
            batch_entries::batch_id,
            batches::campaign_id,
            batch_entries::standard_sha256,
            batch_entries::captured_at,
        ))
        .first(conn)
        .optional()?;
    let missing = || Error::not_found("photo", entry_id);
    let (columns, batch_id, campaign_id, standard_sha256, captured_at) = found.ok_or_else(missing)?;
    let record_id = columns.record_id;
    let entry = complete(conn, vec![columns])?.pop().ok_or_else(missing)?;
    let decision = entry_decisions::table
        .filter(entry_decisions::entry_id.eq(entry_id))
        .filter(entry_decisions::withdrawn_at_ms.is_null())
        .select((
            entry_decisions::decision,
            entry_decisions::decided_by,
            entry_decisions::decided_at_ms,
        ))
        .first(conn)
        .optional()?;
    let mut sides = other_sides(conn, &entry)?;
    sides.extend(earlier_sides(conn, entry_id, record_id)?);
    Ok(Case {
        entry,
        batch_id,
        campaign_id,
        standard_sha256,
        captured_at,
        decision,
        sides,
    })
}

fn other_sides(conn: &mut Conn, entry: &ListedEntry) -> Result<Vec<Side>> {
    let about_others = [FindingCode::Dup, FindingCode::Mirror, FindingCode::Superseded];
    let mut sides = Vec::new();
    for finding in &entry.findings {
        let code = about_others.into_iter().find(|code| code.as_str() == finding.code);
        let (Some(code), Some(other)) = (code, finding.other_entry_id) else {
            continue;
        };
        if sides.iter().any(|side: &Side| side.entry_id == other) {
            continue;
        }
        sides.push(Side {
            entry_id: other,
            kind: SideKind::Other(code.as_str()),
            standard_sha256: None,
            student: None,
            is_same_picture: None,
        });
    }
    let ids: Vec<EntryId> = sides.iter().map(|side| side.entry_id).collect();
    let rows: Vec<(EntryId, Option<String>, Option<RecordId>)> = batch_entries::table
        .filter(batch_entries::entry_id.eq_any(&ids))
        .select((
            batch_entries::entry_id,
            batch_entries::standard_sha256,
            batch_entries::record_id,
        ))
        .load(conn)?;
    let records: Vec<RecordId> = rows.iter().filter_map(|(_, _, record_id)| *record_id).collect();
    let students = find_students(conn, &records)?;
    let this = entry.entry_id;
    let said: Vec<(EntryId, EntryId, bool)> = duplicate_decisions::table
        .filter(
            duplicate_decisions::first_entry_id
                .eq(this)
                .or(duplicate_decisions::second_entry_id.eq(this)),
        )
        .select((
            duplicate_decisions::first_entry_id,
            duplicate_decisions::second_entry_id,
            duplicate_decisions::is_same_picture,
        ))
        .load(conn)?;
    for side in &mut sides {
        if let Some((_, standard_sha256, record_id)) = rows.iter().find(|(id, ..)| *id == side.entry_id) {
            side.standard_sha256.clone_from(standard_sha256);
            side.student = record_id.and_then(|record_id| students.get(&record_id).cloned());
        }
        let of_pair = |(first, second, _): &&(EntryId, EntryId, bool)| {
            (*first, *second) == (this.min(side.entry_id), this.max(side.entry_id))
        };
        side.is_same_picture = said.iter().find(of_pair).map(|(.., is_same)| *is_same);
    }
    Ok(sides)
}

/// The record's photo before this one, and its admission photo.
fn earlier_sides(conn: &mut Conn, entry_id: EntryId, record_id: Option<RecordId>) -> Result<Vec<Side>> {
    let Some(record_id) = record_id else {
        return Ok(Vec::new());
    };
    let rows: Vec<(EntryId, BatchKind, Option<String>)> = photos::table
        .inner_join(batch_entries::table)
        .filter(photos::record_id.eq(record_id))
        .filter(photos::entry_id.ne(entry_id))
        .filter(photos::state.ne("withdrawn"))
        .order(photos::version.desc())
        .select((photos::entry_id, photos::kind, batch_entries::standard_sha256))
        .load(conn)?;
    let newest = |wanted: BatchKind, kind: SideKind| {
        let row = rows.iter().find(|(_, found, _)| *found == wanted)?;
        Some(Side {
            entry_id: row.0,
            kind,
            standard_sha256: row.2.clone(),
            student: None,
            is_same_picture: None,
        })
    };
    let previous = newest(BatchKind::Graduation, SideKind::Previous);
    let admission = newest(BatchKind::Admission, SideKind::Admission);
    Ok(previous.into_iter().chain(admission).collect())
}

/// A decision in the list of what somebody has just decided.
#[derive(Clone, Debug)]
pub struct RecentDecision {
    /// The photo.
    pub entry_id: EntryId,
    /// What was decided.
    pub decision: Decision,
    /// Why, for what is no acceptance.
    pub reason: Option<String>,
    /// When, UTC ms.
    pub decided_at_ms: TimestampMs,
    /// Whose photo it is.
    pub student: Option<MaskedStudent>,
}

type RecentColumns = (
    EntryId,
    Decision,
    TimestampMs,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// What somebody decided last and has not taken back, newest first.
pub fn list_recent(conn: &mut Conn, decided_by: &str, limit: i64) -> Result<Vec<RecentDecision>> {
    let reason = entry_findings::entry_id
        .eq(entry_decisions::entry_id)
        .and(entry_findings::stage.eq(FindingStage::Decision));
    let rows: Vec<RecentColumns> = entry_decisions::table
        .left_join(entry_findings::table.on(reason))
        .left_join(roll_records::table.on(roll_records::record_id.nullable().eq(entry_decisions::record_id)))
        .filter(entry_decisions::decided_by.eq(decided_by))
        .filter(entry_decisions::withdrawn_at_ms.is_null())
        .order(entry_decisions::decision_id.desc())
        .limit(limit)
        .select((
            entry_decisions::entry_id,
            entry_decisions::decision,
            entry_decisions::decided_at_ms,
            entry_findings::code.nullable(),
            roll_records::name.nullable(),
            roll_records::student_no.nullable(),
            roll_records::class_name.nullable(),
        ))
        .load(conn)?;
    let recent = rows.into_iter().map(
        |(entry_id, decision, decided_at_ms, reason, full_name, student_no, class_name)| {
            let student = full_name.zip(student_no);
            RecentDecision {
                entry_id,
                decision,
                reason,
                decided_at_ms,
                student: student.map(|(full_name, number)| MaskedStudent::new(&full_name, number, class_name)),
            }
        },
    );
    Ok(recent.collect())
}
