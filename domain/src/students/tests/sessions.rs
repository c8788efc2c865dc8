//! Which sessions are good, whichever way they are read.

use diesel::prelude::*;

use super::{Desk, MINUTE_MS, NOW_MS};
use crate::accounts::model::SessionTimes;
use crate::audit::OPERATOR;
use crate::batches::model::BatchState;
use crate::campaigns::commands::add_campaign;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{roll_records, student_sessions, students};
use crate::error::Result;
use crate::id::{RecordId, SchoolId};
use crate::roll::codes::LevelKind;
use crate::schools::commands::add_school;
use crate::schools::model::SchoolCode;
use crate::students::model::{Student, StudentState};
use crate::students::queries::{Session, find_session, find_session_with_enrolments};
use crate::testing::rows;
use crate::verdicts::category::Reason;
use crate::verdicts::model::Enrolment;
use crate::verdicts::queries::{answer_beside, list_enrolments, look_up};

impl Desk {
    /// Whether the session is good; both ways to read it must agree.
    async fn is_signed_in(&self, now_ms: TimestampMs) -> bool {
        let times = SessionTimes::with_idle_minutes(30);
        let read = self.db.read(move |conn| {
            let alone = find_session(conn, &[7; 32], times, now_ms)?;
            let with_enrolments = find_session_with_enrolments(conn, &[7; 32], times, now_ms)?;
            Ok((alone, with_enrolments.map(|(session, _)| session)))
        });
        let (alone, with_enrolments) = read.await.expect("an answer");
        let shown = |session: &Session| {
            let facts = (session.last_seen_ms, session.unread, session.has_open_ticket);
            (session.student.clone(), facts)
        };
        assert_eq!(
            alone.as_ref().map(shown),
            with_enrolments.as_ref().map(shown),
            "both read the same"
        );
        alone.is_some()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_not_used() {
    let desk = Desk::new();
    assert!(!desk.is_signed_in(NOW_MS).await, "nobody signed in");
    desk.activated().await;
    assert!(desk.is_signed_in(NOW_MS + 30 * MINUTE_MS - 1).await);
    assert!(!desk.is_signed_in(NOW_MS + 30 * MINUTE_MS).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_in_use_ends_after_a_day_of_work() {
    let desk = Desk::new();
    desk.activated().await;
    let end_ms = NOW_MS + 12 * 60 * MINUTE_MS;
    let used = desk.db.write_tx(move |conn| {
        let seen = student_sessions::last_seen_ms.eq(end_ms);
        Ok(diesel::update(student_sessions::table).set(seen).execute(conn)?)
    });
    assert_eq!(used.await.expect("a session"), 1);
    assert!(desk.is_signed_in(end_ms - 1).await);
    assert!(!desk.is_signed_in(end_ms).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_account_has_no_session() {
    let desk = Desk::new();
    desk.registered().await;
    assert!(desk.is_signed_in(NOW_MS + MINUTE_MS).await);
    let cancelled = desk.db.write_tx(|conn| {
        let state = students::state.eq(StudentState::Cancelled);
        Ok(diesel::update(students::table).set(state).execute(conn)?)
    });
    assert_eq!(cancelled.await.expect("an account"), 1);
    assert!(!desk.is_signed_in(NOW_MS + MINUTE_MS).await);
}

fn school(conn: &mut Conn) -> SchoolId {
    let code = SchoolCode::parse("10001").expect("a code");
    add_school(conn, &code, "Synthetic University", NOW_MS).expect("a school")
}

/// A record of a student's; one that is not open has left the university.
fn enrol(conn: &mut Conn, by: &Student, school_id: SchoolId, (student_no, is_open): (&str, bool)) -> RecordId {
    let person = by.person.as_ref().expect("a person");
    let record_id = rows::record(conn, school_id, student_no, NOW_MS);
    diesel::update(roll_records::table.find(record_id))
        .set((
            roll_records::name.eq(&person.name),
            roll_records::name_folded.eq(&person.name),
            roll_records::id_index.eq(&person.id_index),
            roll_records::is_open.eq(is_open),
        ))
        .execute(conn)
        .expect("the person's");
    record_id
}

#[tokio::test(flavor = "multi_thread")]
async fn the_enrolments_read_with_a_session_are_those_of_its_person() {
    let desk = Desk::new();
    let by = desk.registered().await;
    let now_ms = NOW_MS + MINUTE_MS;
    let read = |by: Student| {
        desk.db.write_tx(move |conn| {
            let times = SessionTimes::with_idle_minutes(30);
            let found = find_session_with_enrolments(conn, &[7; 32], times, now_ms)?;
            let (_, with_session) = found.expect("a session");
            let alone = list_enrolments(conn, &by.person.expect("a person"), now_ms)?;
            let ids =
                |listed: Vec<Enrolment>| -> Vec<RecordId> { listed.into_iter().map(|one| one.record_id).collect() };
            let (with_session, alone) = (ids(with_session), ids(alone));
            assert_eq!(with_session, alone, "both read the same");
            Ok(with_session)
        })
    };
    assert_eq!(read(by.clone()).await.expect("read"), [], "the roll has nobody");
    let enrolled = by.clone();
    let records = desk.db.write_tx(move |conn| {
        let school_id = school(conn);
        let former = enrol(conn, &enrolled, school_id, ("2018000001", false));
        let gone = enrol(conn, &enrolled, school_id, ("2020000001", true));
        let vanished = roll_records::vanished_import_id.eq(rows::import(conn, NOW_MS));
        diesel::update(roll_records::table.find(gone))
            .set(vanished)
            .execute(conn)?;
        Ok((former, enrol(conn, &enrolled, school_id, ("2022000001", true))))
    });
    let (former, current) = records.await.expect("records");
    assert_eq!(read(by).await.expect("read"), [current, former]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_of_an_enrolment_that_has_ended_is_no_reason_why_another_has_none() {
    let desk = Desk::new();
    let by = desk.registered().await;
    let reasons = desk.db.write_tx(move |conn| {
        let school_id = school(conn);
        let campaign_id = add_campaign(conn, OPERATOR, &rows::campaign("2026"), NOW_MS)?;
        let batch_id = rows::batch(conn, campaign_id, BatchState::Reconciled, NOW_MS);
        let former = enrol(conn, &by, school_id, ("2018000001", false));
        rows::photo(conn, (campaign_id, batch_id), former, NOW_MS);
        enrol(conn, &by, school_id, ("2022000001", true));
        let person = by.person.expect("a person");
        // Those that go on come first, then the newest.
        let reason = |conn: &mut Conn, nth: usize| -> Result<Reason> {
            Ok(list_enrolments(conn, &person, NOW_MS)?.remove(nth).answer.reason)
        };
        let while_ended = (reason(conn, 1)?, reason(conn, 0)?);
        diesel::update(roll_records::table.find(former))
            .set(roll_records::is_open.eq(true))
            .execute(conn)?;
        Ok((while_ended, reason(conn, 0)?))
    });
    let expected = ((Reason::Graduated, Reason::NotCaptured), Reason::OtherEnrolment);
    assert_eq!(reasons.await.expect("read"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_admitted_to_go_on_is_told_where_the_roll_does_not_have_them_for_it() {
    let desk = Desk::new();
    let by = desk.registered().await;
    let told = desk.db.write_tx(move |conn| {
        let school_id = school(conn);
        let person = by.person.clone().expect("a person");
        let beside = |conn: &mut Conn| -> Result<Option<Reason>> {
            let enrolments = list_enrolments(conn, &person, NOW_MS)?;
            Ok(answer_beside(conn, &person, &enrolments)?.map(|told| told.reason))
        };
        let set = |conn: &mut Conn, record_id: RecordId, name: &str, level: Option<LevelKind>, is_open: bool| {
            let columns = (
                roll_records::name.eq(name),
                roll_records::level_kind.eq(level.map(LevelKind::as_str)),
                roll_records::is_open.eq(is_open),
            );
            diesel::update(roll_records::table.find(record_id))
                .set(columns)
                .execute(conn)
        };
        let former = enrol(conn, &by, school_id, ("2018000001", false));
        set(conn, former, &person.name, Some(LevelKind::Associate), false)?;
        let mut told = vec![beside(conn)?];
        rows::admission(conn, school_id, (&person.name, &person.id_index, "upgrade"), NOW_MS);
        told.push(beside(conn)?);
        let standings = look_up(conn, &person, NOW_MS)?.len();
        let later = enrol(conn, &by, school_id, ("2022000001", false));
        for (name, level, is_open) in [
            ("王五", Some(LevelKind::Upgrade), false),
            (person.name.as_str(), Some(LevelKind::Upgrade), false),
            (person.name.as_str(), None, false),
            (person.name.as_str(), Some(LevelKind::Associate), true),
        ] {
            set(conn, later, name, level, is_open)?;
            told.push(beside(conn)?);
        }
        Ok((told, standings))
    });
    let (told, standings) = told.await.expect("read");
    let (missed, other_name) = (Some(Reason::PriorCredential), Some(Reason::OtherName));
    assert_eq!(told, [None, missed, other_name, None, None, None]);
    assert_eq!(standings, 2, "the lookup tells of both");
}
