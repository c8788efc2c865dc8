//! Lists of re-captures.

use diesel::prelude::*;

use super::model::{ListedRecapture, RecaptureFilter, RecaptureRow, RecaptureState, Standing};
use crate::agencies::model::Deliverer;
use crate::batches::model::MaskedStudent;
use crate::campaigns::model::Campaign;
use crate::clock::TimestampMs;
use crate::db::schema::{batch_entries, batches, recaptures, roll_records, schools};
use crate::db::{Backend, Conn};
use crate::error::Result;
use crate::id::{BatchId, RecaptureId};
use crate::roll::name;

/// States in which a new photo is still awaited.
pub(crate) const PENDING: [RecaptureState; 3] = [RecaptureState::Open, RecaptureState::Exported, RecaptureState::Shot];

#[derive(Queryable)]
struct AgencyRow {
    recapture_id: RecaptureId,
    school_code: String,
    student_no: String,
    name: String,
    college: Option<String>,
    class_name: Option<String>,
    reason: String,
    state: RecaptureState,
    attempt: i32,
    created_at_ms: TimestampMs,
    due_at_ms: TimestampMs,
}

/// The columns of [`AgencyRow`].
macro_rules! agency_row {
    () => {
        (
            recaptures::recapture_id,
            schools::code,
            roll_records::student_no,
            roll_records::name,
            roll_records::college,
            roll_records::class_name,
            recaptures::reason,
            recaptures::state,
            recaptures::attempt,
            recaptures::created_at_ms,
            recaptures::due_at_ms,
        )
    };
}

impl From<AgencyRow> for RecaptureRow {
    fn from(row: AgencyRow) -> Self {
        Self {
            recapture_id: row.recapture_id,
            school_code: row.school_code,
            student_no: row.student_no,
            masked_name: name::mask(&row.name),
            college: row.college,
            class_name: row.class_name,
            reason: row.reason,
            state: row.state,
            attempt: row.attempt,
            created_at_ms: row.created_at_ms,
            due_at_ms: row.due_at_ms,
        }
    }
}

/// The pending re-captures of a campaign that the agency is to shoot, by class and student number: without those whom it tried often
/// enough.
pub fn list_pending(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<RecaptureRow>> {
    let rows: Vec<AgencyRow> = recaptures::table
        .inner_join(roll_records::table.inner_join(schools::table))
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .filter(recaptures::state.eq_any(PENDING))
        .filter(recaptures::attempt.le(campaign.plan.max_attempts))
        .order((
            roll_records::college,
            roll_records::class_name,
            roll_records::student_no,
        ))
        .select(agency_row!())
        .load(conn)?;
    Ok(rows.into_iter().map(RecaptureRow::from).collect())
}

/// A page of the pending re-captures that an agency is to shoot: of photos that it delivered itself, by number.
pub fn list_for_agency(
    conn: &mut Conn,
    by: &Deliverer,
    campaign: &Campaign,
    after: Option<RecaptureId>,
    limit: i64,
) -> Result<Vec<RecaptureRow>> {
    let rows: Vec<AgencyRow> = recaptures::table
        .inner_join(roll_records::table.inner_join(schools::table))
        .inner_join(batch_entries::table.on(batch_entries::entry_id.nullable().eq(recaptures::entry_id)))
        .inner_join(batches::table.on(batches::batch_id.eq(batch_entries::batch_id)))
        .filter(batches::agency_id.eq(by.agency_id))
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .filter(recaptures::state.eq_any(PENDING))
        .filter(recaptures::attempt.le(campaign.plan.max_attempts))
        .filter(recaptures::recapture_id.gt(after.unwrap_or(RecaptureId(0))))
        .order(recaptures::recapture_id)
        .limit(limit)
        .select(agency_row!())
        .load(conn)?;
    Ok(rows.into_iter().map(RecaptureRow::from).collect())
}

#[derive(Queryable)]
struct ListRow {
    recapture_id: RecaptureId,
    student: (String, String, Option<String>),
    reason: String,
    batch_id: Option<BatchId>,
    attempt: i32,
    state: RecaptureState,
    created_at_ms: TimestampMs,
    due_at_ms: TimestampMs,
    updated_at_ms: TimestampMs,
}

/// A page of a campaign's re-captures, what is due first at the top.
pub fn list_page(
    conn: &mut Conn,
    campaign: &Campaign,
    filter: &RecaptureFilter,
    after: Option<RecaptureId>,
    limit: i64,
) -> Result<Vec<ListedRecapture>> {
    let mut page = recaptures::table
        .inner_join(roll_records::table)
        .left_join(batch_entries::table.on(batch_entries::entry_id.nullable().eq(recaptures::entry_id)))
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .order((recaptures::due_at_ms, recaptures::recapture_id))
        .limit(limit)
        .select((
            recaptures::recapture_id,
            (roll_records::name, roll_records::student_no, roll_records::class_name),
            recaptures::reason,
            batch_entries::batch_id.nullable(),
            recaptures::attempt,
            recaptures::state,
            recaptures::created_at_ms,
            recaptures::due_at_ms,
            recaptures::updated_at_ms,
        ))
        .into_boxed::<Backend>();
    page = page.filter(recaptures::state.eq_any(filter.standing.states()));
    if let Some(after) = after {
        let due: Option<TimestampMs> = recaptures::table
            .find(after)
            .select(recaptures::due_at_ms)
            .first(conn)
            .optional()?;
        let due = due.unwrap_or_default();
        let is_later = recaptures::due_at_ms.gt(due);
        page = page.filter(is_later.or(recaptures::due_at_ms.eq(due).and(recaptures::recapture_id.gt(after))));
    }
    match filter.standing {
        Standing::InPerson => page = page.filter(recaptures::attempt.gt(campaign.plan.max_attempts)),
        Standing::Overdue(now_ms) => page = page.filter(recaptures::due_at_ms.lt(now_ms)),
        _ => {}
    }
    if let Some(reason) = &filter.reason {
        page = page.filter(recaptures::reason.eq(reason));
    }
    let rows: Vec<ListRow> = page.load(conn)?;
    Ok(rows.into_iter().map(ListedRecapture::from).collect())
}

impl From<ListRow> for ListedRecapture {
    fn from(row: ListRow) -> Self {
        let (full_name, student_no, class_name) = row.student;
        Self {
            recapture_id: row.recapture_id,
            student: MaskedStudent::new(&full_name, student_no, class_name),
            reason: row.reason,
            batch_id: row.batch_id,
            attempt: row.attempt,
            state: row.state,
            created_at_ms: row.created_at_ms,
            due_at_ms: row.due_at_ms,
            updated_at_ms: row.updated_at_ms,
        }
    }
}

/// How many re-captures of a campaign are pending, and when the oldest was opened, UTC ms.
pub fn count_pending(conn: &mut Conn, campaign: &Campaign) -> Result<(i64, Option<TimestampMs>)> {
    Ok(recaptures::table
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .filter(recaptures::state.eq_any(PENDING))
        .select((diesel::dsl::count_star(), diesel::dsl::min(recaptures::created_at_ms)))
        .first(conn)?)
}

/// The campaign's re-captures by state and reason.
pub fn count_by_reason(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<(RecaptureState, String, i64)>> {
    Ok(recaptures::table
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .group_by((recaptures::state, recaptures::reason))
        .select((recaptures::state, recaptures::reason, diesel::dsl::count_star()))
        .order(diesel::dsl::count_star().desc())
        .load(conn)?)
}
