//! 没照片，找找看 (the guide's second to fourth window): a photo that came with the student's own number, but could not be given to a record. Its
//! student looks at it and says that it is theirs; that makes it the record's, as an acceptance by a person does.

use diesel::prelude::*;

use crate::audit::{self, Act};
use crate::batches::model::{BatchKind, BatchState, Decision};
use crate::clock::TimestampMs;
use crate::db::schema::{batch_entries, batches, entry_decisions, entry_findings, photo_claims, unlinked_photos};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::{BatchId, EntryId, RecordId, StudentId};
use crate::photos::finding::FindingCode;
use crate::recaptures;
use crate::roll::name;
use crate::students::model::Student;
use crate::verdicts::model::Enrolment;
use crate::verdicts::queries::{PersonKey, get_enrolment};

/// Searches of one student in a day.
const SEARCHES_A_DAY: i64 = 5;
const DAY_MS: i64 = 86_400_000;

/// A photo that may be the student's, with what came with it, masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The entry.
    pub entry_id: EntryId,
    /// Its batch.
    pub batch_id: BatchId,
    /// Address of the standardised picture in the object store.
    pub standard_sha256: String,
    /// The name that it came with, masked.
    pub masked_name: Option<String>,
    /// The student number that it came with.
    pub student_no: Option<String>,
}

crate::text_enum! {
    /// Why a photo was not searched for, or not given.
    ClaimRefusal {
        /// The student has searched often enough today.
        Spent = "claim-spent",
        /// The enrolment has a photo, has ended, or its campaign is frozen.
        NotWanted = "claim-not-wanted",
        /// The photo was given to somebody meanwhile, or was never shown to the student.
        Taken = "claim-taken",
    }
}

/// Looks for a photo of an enrolment's student; the search is noted, with what was found.
pub fn search(
    conn: &mut Conn,
    by: &Student,
    record_id: RecordId,
    now_ms: TimestampMs,
) -> Result<std::result::Result<Option<Candidate>, ClaimRefusal>> {
    let person = person_of(by)?;
    let enrolment = get_enrolment(conn, person, record_id, now_ms)?;
    let searches: i64 = photo_claims::table
        .filter(photo_claims::student_id.eq(by.student_id))
        .filter(photo_claims::created_at_ms.gt(now_ms - DAY_MS))
        .count()
        .get_result(conn)?;
    let refusal = match enrolment.may_search() {
        false => Some(ClaimRefusal::NotWanted),
        true => (searches >= SEARCHES_A_DAY).then_some(ClaimRefusal::Spent),
    };
    let act = Act::new("photo.search", "record", record_id).by(by);
    if let Some(refusal) = refusal {
        audit::append(conn, &act.refused(), now_ms)?;
        return Ok(Err(refusal));
    }
    let found = find_candidate(conn, person, &enrolment)?;
    diesel::insert_into(photo_claims::table)
        .values((
            photo_claims::student_id.eq(by.student_id),
            photo_claims::record_id.eq(record_id),
            photo_claims::entry_id.eq(found.as_ref().map(|photo| photo.entry_id)),
            photo_claims::is_claimed.eq(false),
            photo_claims::created_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    audit::append(conn, &act, now_ms)?;
    Ok(Ok(found))
}

fn person_of(by: &Student) -> Result<&PersonKey> {
    by.person.as_ref().ok_or(Error::Forbidden {
        right: "look for a photo",
    })
}

/// The photo that was shown to the student for an enrolment, while nobody has it.
pub fn find_shown(
    conn: &mut Conn,
    by: &Student,
    (record_id, entry_id): (RecordId, EntryId),
    now_ms: TimestampMs,
) -> Result<Option<Candidate>> {
    let person = person_of(by)?;
    let enrolment = get_enrolment(conn, person, record_id, now_ms)?;
    let shown: i64 = photo_claims::table
        .filter(photo_claims::student_id.eq(by.student_id))
        .filter(photo_claims::record_id.eq(record_id))
        .filter(photo_claims::entry_id.eq(entry_id))
        .filter(photo_claims::created_at_ms.gt(now_ms - DAY_MS))
        .count()
        .get_result(conn)?;
    if shown == 0 || !enrolment.may_search() {
        return Ok(None);
    }
    let found = find_candidate(conn, person, &enrolment)?;
    Ok(found.filter(|photo| photo.entry_id == entry_id))
}

/// A photo without a record that came with exactly the person's number, and with the name or the student number besides; the newest.
fn find_candidate(conn: &mut Conn, person: &PersonKey, enrolment: &Enrolment) -> Result<Option<Candidate>> {
    type Columns = (EntryId, BatchId, Option<String>, Option<String>, Option<String>);
    let copies = entry_findings::table
        .filter(entry_findings::entry_id.eq(batch_entries::entry_id))
        .filter(entry_findings::code.eq_any(FindingCode::COPIES));
    let rows: Vec<Columns> = unlinked_photos::table
        .inner_join(batch_entries::table.inner_join(batches::table))
        .filter(unlinked_photos::id_index.eq(&person.id_index))
        .filter(batch_entries::record_id.is_null())
        .filter(batches::state.eq(BatchState::Reconciled))
        .filter(batches::kind.eq(BatchKind::Graduation))
        .filter(diesel::dsl::not(diesel::dsl::exists(copies)))
        .order(unlinked_photos::entry_id.desc())
        .select((
            unlinked_photos::entry_id,
            batch_entries::batch_id,
            batch_entries::standard_sha256,
            unlinked_photos::name,
            unlinked_photos::student_no,
        ))
        .load(conn)?;
    let fits = |listed: &Option<String>, number: &Option<String>| {
        let has_name = listed.as_deref().is_some_and(|listed| person.is_name(listed));
        has_name || number.as_deref() == Some(enrolment.student_no.as_str())
    };
    let found = rows.into_iter().find(|(.., listed, number)| fits(listed, number));
    Ok(
        found.and_then(|(entry_id, batch_id, standard_sha256, listed, student_no)| {
            Some(Candidate {
                entry_id,
                batch_id,
                standard_sha256: standard_sha256?,
                masked_name: listed.as_deref().map(name::mask),
                student_no,
            })
        }),
    )
}

/// Gives the photo to the enrolment: the student was shown it and says that it is theirs.
pub fn claim(
    conn: &mut Conn,
    by: &Student,
    (record_id, entry_id): (RecordId, EntryId),
    now_ms: TimestampMs,
) -> Result<std::result::Result<(), ClaimRefusal>> {
    let act = Act::new("photo.claim", "record", record_id).by(by);
    let Some(photo) = find_shown(conn, by, (record_id, entry_id), now_ms)? else {
        audit::append(conn, &act.refused(), now_ms)?;
        return Ok(Err(ClaimRefusal::Taken));
    };
    // Of two who say so at once, one finds it without a record.
    let given = diesel::update(
        batch_entries::table
            .find(entry_id)
            .filter(batch_entries::record_id.is_null()),
    )
    .set((
        batch_entries::record_id.eq(record_id),
        batch_entries::is_decided.eq(true),
    ))
    .execute(conn)?;
    if given == 0 {
        audit::append(conn, &act.refused(), now_ms)?;
        return Ok(Err(ClaimRefusal::Taken));
    }
    note_decision(conn, by, &photo, record_id, now_ms)?;
    mark_claimed(conn, by.student_id, (record_id, entry_id))?;
    dialect::verdicts::judge(conn, &[entry_id])?;
    dialect::verdicts::publish_photos(conn, &[entry_id], now_ms)?;
    recaptures::commands::settle(conn, &[entry_id], now_ms)?;
    audit::append(conn, &act, now_ms)?;
    Ok(Ok(()))
}

fn note_decision(
    conn: &mut Conn,
    by: &Student,
    photo: &Candidate,
    record_id: RecordId,
    now_ms: TimestampMs,
) -> Result<()> {
    diesel::update(
        entry_decisions::table
            .filter(entry_decisions::entry_id.eq(photo.entry_id))
            .filter(entry_decisions::withdrawn_at_ms.is_null()),
    )
    .set((
        entry_decisions::withdrawn_by.eq(&by.actor),
        entry_decisions::withdrawn_at_ms.eq(now_ms),
    ))
    .execute(conn)?;
    diesel::insert_into(entry_decisions::table)
        .values((
            entry_decisions::entry_id.eq(photo.entry_id),
            entry_decisions::batch_id.eq(photo.batch_id),
            entry_decisions::record_id.eq(record_id),
            entry_decisions::decision.eq(Decision::Accept),
            entry_decisions::decided_by.eq(&by.actor),
            entry_decisions::decided_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    Ok(())
}

fn mark_claimed(conn: &mut Conn, student_id: StudentId, (record_id, entry_id): (RecordId, EntryId)) -> Result<()> {
    diesel::update(
        photo_claims::table
            .filter(photo_claims::student_id.eq(student_id))
            .filter(photo_claims::record_id.eq(record_id))
            .filter(photo_claims::entry_id.eq(entry_id)),
    )
    .set(photo_claims::is_claimed.eq(true))
    .execute(conn)?;
    Ok(())
}
