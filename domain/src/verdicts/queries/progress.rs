//! Who has said what about their photo, for the people of the office: the silent, those who called it wrong, those who called it right.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::accounts::model::Staff;
use crate::batches::model::{BatchKind, MaskedStudent};
use crate::clock::TimestampMs;
use crate::db::schema::{notices, photos, roll_records, students, verdicts};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::{CampaignId, PhotoId, RecordId};
use crate::notices::model::NoticeKind;
use crate::roll::queries::records::get_record;
use crate::students::model::StudentState;
use crate::verdicts::model::{DisputeReason, Enrolment, Subject, Verdict};
use crate::verdicts::queries::{PersonKey, find_enrolment};

crate::text_enum! {
    /// Who is looked at.
    Answered {
        /// Those who have said nothing about the accepted photo.
        Silent = "silent",
        /// Those who said that it is wrong.
        Disputed = "disputed",
        /// Those who said that it is right.
        Confirmed = "confirmed",
    }
}

/// Which of them.
#[derive(Clone, Debug)]
pub struct AnsweredQuery {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// What they said.
    pub answered: Answered,
    /// Only those of one 分院.
    pub college: Option<String>,
    /// Only those of one 班级.
    pub class_name: Option<String>,
}

/// Somebody in the list.
#[derive(Clone, Debug)]
pub struct ListedAnswer {
    /// The photo that it is about.
    pub photo_id: PhotoId,
    /// The enrolment.
    pub record_id: RecordId,
    /// Whose it is.
    pub student: MaskedStudent,
    /// When the photo came, or the verdict was given, UTC ms.
    pub since_ms: TimestampMs,
    /// What is wrong.
    pub reason: Option<DisputeReason>,
    /// Whether somebody of the office said it.
    pub is_on_behalf: bool,
    /// Whether the person has an account.
    pub has_account: bool,
    /// How often they were reminded.
    pub reminders: i64,
}

type Columns = (
    PhotoId,
    RecordId,
    (String, String, Option<String>),
    Option<Vec<u8>>,
    TimestampMs,
    Option<TimestampMs>,
    Option<DisputeReason>,
    Option<bool>,
);

/// A page of them as far as the reader may see, in the order in which the photos came, after one where given.
pub fn list_answers(
    conn: &mut Conn,
    by: &Staff,
    query: &AnsweredQuery,
    after: Option<PhotoId>,
    limit: i64,
) -> Result<Vec<ListedAnswer>> {
    if !by.may_see_records() {
        return Ok(Vec::new());
    }
    let standing = verdicts::record_id
        .eq(photos::record_id)
        .and(verdicts::subject.eq(Subject::Photo))
        .and(verdicts::version.eq(photos::photo_id))
        .and(verdicts::reopened_at_ms.is_null());
    let mut rows = photos::table
        .inner_join(roll_records::table)
        .left_join(verdicts::table.on(standing))
        .filter(photos::campaign_id.eq(query.campaign_id))
        .filter(photos::state.eq("accepted"))
        .filter(photos::kind.eq(BatchKind::Graduation))
        .filter(roll_records::is_open.eq(true))
        .filter(photos::photo_id.gt(after.unwrap_or(PhotoId(0))))
        .into_boxed::<Backend>();
    rows = match query.answered {
        Answered::Silent => rows.filter(verdicts::verdict_id.is_null()),
        Answered::Disputed => rows.filter(verdicts::verdict.eq(Verdict::Disputed)),
        Answered::Confirmed => rows.filter(verdicts::verdict.eq(Verdict::Confirmed)),
    };
    if let Some(school_id) = by.scope.school_id {
        rows = rows.filter(roll_records::school_id.eq(school_id));
    }
    for college in [&by.scope.college, &query.college].into_iter().flatten() {
        rows = rows.filter(roll_records::college.eq(college.clone()));
    }
    for class_name in [&by.scope.class_name, &query.class_name].into_iter().flatten() {
        rows = rows.filter(roll_records::class_name.eq(class_name.clone()));
    }
    let rows: Vec<Columns> = rows
        .order(photos::photo_id)
        .limit(limit)
        .select((
            photos::photo_id,
            photos::record_id,
            (roll_records::name, roll_records::student_no, roll_records::class_name),
            roll_records::id_index,
            photos::created_at_ms,
            verdicts::given_at_ms.nullable(),
            verdicts::reason.nullable(),
            verdicts::is_on_behalf.nullable(),
        ))
        .load(conn)?;
    let numbers: Vec<Vec<u8>> = rows.iter().filter_map(|row| row.3.clone()).collect();
    let accounts = numbers_with_account(conn, &numbers)?;
    let ids: Vec<RecordId> = rows.iter().map(|row| row.1).collect();
    let reminded = count_reminders(conn, &ids)?;
    let listed = rows.into_iter().map(
        |(photo_id, record_id, (name, student_no, class_name), number, came_ms, given_ms, reason, on_behalf)| {
            ListedAnswer {
                photo_id,
                record_id,
                student: MaskedStudent::new(&name, student_no, class_name),
                since_ms: given_ms.unwrap_or(came_ms),
                reason,
                is_on_behalf: on_behalf.unwrap_or(false),
                has_account: number.is_some_and(|number| accounts.contains(&number)),
                reminders: reminded.get(&record_id).copied().unwrap_or(0),
            }
        },
    );
    Ok(listed.collect())
}

fn numbers_with_account(conn: &mut Conn, numbers: &[Vec<u8>]) -> Result<HashSet<Vec<u8>>> {
    let found: Vec<Option<Vec<u8>>> = students::table
        .filter(students::state.eq(StudentState::Registered))
        .filter(students::id_index.eq_any(numbers))
        .select(students::id_index)
        .load(conn)?;
    Ok(found.into_iter().flatten().collect())
}

fn count_reminders(conn: &mut Conn, ids: &[RecordId]) -> Result<HashMap<RecordId, i64>> {
    let rows: Vec<(Option<RecordId>, i64)> = notices::table
        .filter(notices::record_id.eq_any(ids))
        .filter(notices::kind.eq(NoticeKind::VerdictReminder))
        .group_by(notices::record_id)
        .select((notices::record_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(record_id, count)| Some((record_id?, count)))
        .collect())
}

/// An enrolment with its verdicts, for a member of staff who may see the record; `None` where the roll has no number to know the person by.
pub fn find_for_staff(
    conn: &mut Conn,
    by: &Staff,
    record_id: RecordId,
    now_ms: TimestampMs,
) -> Result<Option<Enrolment>> {
    let (record, _) = get_record(conn, by, record_id)?;
    let id_index: Option<Vec<u8>> = roll_records::table
        .find(record_id)
        .select(roll_records::id_index)
        .first(conn)?;
    let Some(id_index) = id_index else { return Ok(None) };
    let person = PersonKey {
        id_index,
        name: record.name,
    };
    find_enrolment(conn, &person, record_id, now_ms)
}

/// [`find_for_staff`], refusing where nothing can be said about the record.
pub(in crate::verdicts) fn get_for_staff(
    conn: &mut Conn,
    by: &Staff,
    record_id: RecordId,
    now_ms: TimestampMs,
) -> Result<Enrolment> {
    find_for_staff(conn, by, record_id, now_ms)?.ok_or_else(|| {
        Error::conflict(
            "record-without-number",
            "the roll has no identity number for the student; correct the roll first",
        )
    })
}
