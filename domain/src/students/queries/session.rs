//! Sessions of students, and what the page that most of them visit shows, read with these in one go.

use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;

use crate::accounts::model::SessionTimes;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::conn::inside;
use crate::db::schema::{notices, student_sessions, students, tickets};
use crate::error::Result;
use crate::id::StudentId;
use crate::students::model::{Student, StudentState, actor_name};
use crate::verdicts::model::Enrolment;
use crate::verdicts::queries::{PersonKey, list_known_of_session, list_own_standings};

/// A session that is good now.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is.
    pub student: Student,
    /// When it was last used, UTC ms.
    pub last_seen_ms: TimestampMs,
    /// Notices that the student has not looked at.
    pub unread: i64,
    /// Whether a ticket of theirs is open: of most none is, and nobody need ask which.
    pub has_open_ticket: bool,
}

/// The one value of a [`SessionRow`]'s columns: what is counted for it ends after one row, as the library has it.
pub const ONE_COUNT: i64 = 1;

/// A session with its account, good or not.
#[derive(Queryable, Selectable)]
#[diesel(table_name = students)]
pub struct SessionRow {
    student_id: StudentId,
    email: String,
    state: StudentState,
    name: Option<String>,
    id_index: Option<Vec<u8>>,
    previous_login_at_ms: Option<TimestampMs>,
    previous_login_address: Option<String>,
    #[diesel(select_expression = student_sessions::last_seen_ms)]
    last_seen_ms: TimestampMs,
    #[diesel(select_expression = student_sessions::expires_at_ms)]
    expires_at_ms: TimestampMs,
    #[diesel(select_expression = unread())]
    unread: Option<i64>,
    #[diesel(select_expression = has_open_ticket())]
    has_open_ticket: bool,
}

#[auto_type]
fn unread() -> _ {
    let unread = notices::table
        .filter(notices::student_id.eq(students::student_id.nullable()))
        .filter(notices::is_kept)
        .filter(notices::read_at_ms.is_null());
    unread.count().single_value()
}

#[auto_type]
fn has_open_ticket() -> _ {
    let open = tickets::table
        .filter(tickets::student_id.eq(students::student_id.nullable()))
        .filter(tickets::is_open);
    exists(open)
}

impl SessionRow {
    /// The session, while it is good. Asked here rather than by the statement: SQLite parses one anew for every run whose parameters
    /// may decide about its plan.
    fn while_good(self, times: SessionTimes, now_ms: TimestampMs) -> Option<Session> {
        let is_good = self.expires_at_ms > now_ms
            && self.last_seen_ms > now_ms.saturating_sub(times.idle_ms)
            && self.state != StudentState::Cancelled;
        let student = Student {
            student_id: self.student_id,
            email: self.email,
            state: self.state,
            person: self
                .name
                .zip(self.id_index)
                .map(|(name, id_index)| PersonKey { id_index, name }),
            actor: actor_name(self.student_id),
            address: None,
            previous_login: self
                .previous_login_at_ms
                .map(|at_ms| (at_ms, self.previous_login_address)),
        };
        is_good.then_some(Session {
            student,
            last_seen_ms: self.last_seen_ms,
            unread: self.unread.unwrap_or(0),
            has_open_ticket: self.has_open_ticket,
        })
    }
}

/// The session of a token, while it is good.
pub fn find_session(
    conn: &mut Conn,
    token_hash: &[u8; 32],
    times: SessionTimes,
    now_ms: TimestampMs,
) -> Result<Option<Session>> {
    let asked = student_sessions::table
        .inner_join(students::table)
        .filter(student_sessions::token_hash.eq(token_hash.as_slice()));
    let row: Option<SessionRow> = inside!(conn, |conn| asked
        .select(SessionRow::as_select())
        .get_result(conn)
        .optional()?);
    Ok(row.and_then(|row| row.while_good(times, now_ms)))
}

/// [`find_session`] with the enrolments of whoever has said who they are.
pub fn find_session_with_enrolments(
    conn: &mut Conn,
    token_hash: &[u8; 32],
    times: SessionTimes,
    now_ms: TimestampMs,
) -> Result<Option<(Session, Vec<Enrolment>)>> {
    let Some((row, known)) = list_known_of_session(conn, token_hash)? else {
        return Ok(None);
    };
    let Some(session) = row.while_good(times, now_ms) else {
        return Ok(None);
    };
    let enrolments = match &session.student.person {
        Some(person) => list_own_standings(conn, known, person, now_ms)?,
        None => Vec::new(),
    };
    Ok(Some((session, enrolments)))
}
