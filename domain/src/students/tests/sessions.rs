//! Which sessions are good, whichever way they are read.

use diesel::prelude::*;

use super::{Desk, MINUTE_MS, NOW_MS};
use crate::accounts::model::SessionTimes;
use crate::clock::TimestampMs;
use crate::db::schema::{student_sessions, students};
use crate::students::model::StudentState;
use crate::students::queries::{find_session, find_session_with_enrolments};

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
        assert_eq!(
            alone.as_ref().map(|session| &session.student),
            with_enrolments.as_ref().map(|session| &session.student),
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
