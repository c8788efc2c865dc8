//! Lists of re-captures.

use diesel::prelude::*;

use super::model::{ListedRecapture, RecaptureRow, RecaptureState};
use crate::batches::model::MaskedStudent;
use crate::campaigns::model::Campaign;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{batch_entries, recaptures, roll_records, schools};
use crate::error::Result;
use crate::id::{BatchId, RecaptureId};
use crate::roll::name;

/// States in which a new photo is still awaited.
const PENDING: [RecaptureState; 3] = [RecaptureState::Open, RecaptureState::Exported, RecaptureState::Shot];

type Columns = (
    RecaptureId,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    RecaptureState,
    i32,
    TimestampMs,
);

/// The pending re-captures of a campaign, by class and student number.
pub fn list_pending(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<RecaptureRow>> {
    let rows: Vec<Columns> = recaptures::table
        .inner_join(roll_records::table.inner_join(schools::table))
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .filter(recaptures::state.eq_any(PENDING))
        .order((
            roll_records::college,
            roll_records::class_name,
            roll_records::student_no,
        ))
        .select((
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
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(
            |(
                recapture_id,
                school_code,
                student_no,
                full_name,
                college,
                class_name,
                reason,
                state,
                attempt,
                created_at_ms,
            )| {
                let masked_name = name::mask(&full_name);
                RecaptureRow {
                    recapture_id,
                    school_code,
                    student_no,
                    masked_name,
                    college,
                    class_name,
                    reason,
                    state,
                    attempt,
                    created_at_ms,
                }
            },
        )
        .collect())
}

type ListColumns = (
    RecaptureId,
    String,
    String,
    Option<String>,
    String,
    Option<BatchId>,
    TimestampMs,
    RecaptureState,
    TimestampMs,
);

/// A page of a campaign's pending re-captures by number.
pub fn list_page(
    conn: &mut Conn,
    campaign: &Campaign,
    after: Option<RecaptureId>,
    limit: i64,
) -> Result<Vec<ListedRecapture>> {
    let rows: Vec<ListColumns> = recaptures::table
        .inner_join(roll_records::table)
        .left_join(batch_entries::table.on(batch_entries::entry_id.nullable().eq(recaptures::entry_id)))
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .filter(recaptures::state.eq_any(PENDING))
        .filter(recaptures::recapture_id.gt(after.unwrap_or(RecaptureId(0))))
        .order(recaptures::recapture_id)
        .limit(limit)
        .select((
            recaptures::recapture_id,
            roll_records::name,
            roll_records::student_no,
            roll_records::class_name,
            recaptures::reason,
            batch_entries::batch_id.nullable(),
            recaptures::created_at_ms,
            recaptures::state,
            recaptures::updated_at_ms,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(
            |(
                recapture_id,
                full_name,
                student_no,
                class_name,
                reason,
                batch_id,
                created_at_ms,
                state,
                updated_at_ms,
            )| ListedRecapture {
                recapture_id,
                student: MaskedStudent::new(&full_name, student_no, class_name),
                reason,
                batch_id,
                created_at_ms,
                exported_at_ms: (state != RecaptureState::Open).then_some(updated_at_ms),
            },
        )
        .collect())
}

/// How many re-captures of a campaign are pending, and when the oldest was opened, UTC ms.
pub fn count_pending(conn: &mut Conn, campaign: &Campaign) -> Result<(i64, Option<TimestampMs>)> {
    Ok(recaptures::table
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .filter(recaptures::state.eq_any(PENDING))
        .select((diesel::dsl::count_star(), diesel::dsl::min(recaptures::created_at_ms)))
        .first(conn)?)
}
