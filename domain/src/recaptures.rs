//! Re-captures (补采): whom an agency must shoot again, and why.

use diesel::prelude::*;
use serde::Serialize;

use crate::batches::listing::MaskedStudent;
use crate::campaigns::Campaign;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{batch_entries, recaptures, roll_records, schools};
use crate::error::Result;
use crate::id::{BatchId, RecaptureId};
use crate::roll::name;

crate::text_enum! {
    /// Where a re-capture stands.
    RecaptureState {
        /// To be handed to the agency.
        Open = "open",
        /// Handed to the agency.
        Exported = "exported",
        /// Shot again, not delivered yet.
        Shot = "shot",
        /// An accepted photo has arrived.
        Closed = "closed",
        /// No longer wanted.
        Cancelled = "cancelled",
    }
}

/// States in which a new photo is still awaited.
const PENDING: [RecaptureState; 3] = [RecaptureState::Open, RecaptureState::Exported, RecaptureState::Shot];

/// A line of the agency's list: the name masked, no identity number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecaptureRow {
    /// The re-capture.
    pub recapture_id: RecaptureId,
    /// Code of the school.
    pub school_code: String,
    /// 学号.
    pub student_no: String,
    /// 姓名, masked.
    pub masked_name: String,
    /// 分院.
    pub college: Option<String>,
    /// 班级.
    pub class_name: Option<String>,
    /// Code of the finding that makes the photo unusable.
    pub reason: String,
    /// Where it stands.
    pub state: RecaptureState,
    /// Which attempt this is, counted from 1.
    pub attempt: i32,
    /// When it was opened, UTC ms.
    pub created_at_ms: TimestampMs,
}

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

/// A re-capture on the staff's page.
#[derive(Clone, Debug)]
pub struct ListedRecapture {
    /// The re-capture.
    pub recapture_id: RecaptureId,
    /// Whom to shoot again.
    pub student: MaskedStudent,
    /// Code of the finding that makes the photo unusable.
    pub reason: String,
    /// The batch that brought the unusable photo.
    pub batch_id: Option<BatchId>,
    /// When it was opened, UTC ms.
    pub created_at_ms: TimestampMs,
    /// When it was handed to the agency, UTC ms.
    pub exported_at_ms: Option<TimestampMs>,
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

/// Records that the open ones of a list were handed to the agency.
pub fn mark_exported(conn: &mut Conn, rows: &[RecaptureRow], now_ms: TimestampMs) -> Result<()> {
    let ids: Vec<RecaptureId> = rows.iter().map(|row| row.recapture_id).collect();
    for chunk in ids.chunks(500) {
        diesel::update(
            recaptures::table
                .filter(recaptures::recapture_id.eq_any(chunk))
                .filter(recaptures::state.eq(RecaptureState::Open)),
        )
        .set((
            recaptures::state.eq(RecaptureState::Exported),
            recaptures::updated_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    }
    Ok(())
}
