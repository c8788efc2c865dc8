//! Students' sessions: their beginning, use and end.

use diesel::prelude::*;

use super::note;
use crate::accounts::model::{Origin, SessionTimes};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{student_sessions, students};
use crate::error::Result;
use crate::id::StudentId;
use crate::students::model::StudentAccount;

/// A session's last use is written at most this often.
const SEEN_EVERY_MS: i64 = 60_000;

/// Opens a session; what was the last time becomes the time before.
pub fn open_session(
    conn: &mut Conn,
    account: &StudentAccount,
    token_hash: &[u8; 32],
    times: SessionTimes,
    from: &Origin,
    now_ms: TimestampMs,
) -> Result<()> {
    diesel::update(students::table.find(account.student_id))
        .set((
            students::previous_login_at_ms.eq(account.login_at_ms),
            students::previous_login_address.eq(&account.login_address),
            students::login_at_ms.eq(now_ms),
            students::login_address.eq(&from.address),
        ))
        .execute(conn)?;
    diesel::insert_into(student_sessions::table)
        .values((
            student_sessions::token_hash.eq(token_hash.to_vec()),
            student_sessions::student_id.eq(account.student_id),
            student_sessions::created_at_ms.eq(now_ms),
            student_sessions::last_seen_ms.eq(now_ms),
            student_sessions::expires_at_ms.eq(now_ms.saturating_add(times.absolute_ms)),
        ))
        .execute(conn)?;
    note(conn, "student.sign-in", account.student_id, from, true, now_ms)
}

/// Whether a session's last use is old enough to be written again.
pub fn is_touch_due(last_seen_ms: TimestampMs, now_ms: TimestampMs) -> bool {
    now_ms.saturating_sub(last_seen_ms) >= SEEN_EVERY_MS
}

/// Notes that a session is in use.
pub fn touch_session(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<()> {
    diesel::update(student_sessions::table.find(token_hash.as_slice()))
        .set(student_sessions::last_seen_ms.eq(now_ms))
        .execute(conn)?;
    Ok(())
}

/// Ends a session; an unknown one is fine.
pub fn end_session(conn: &mut Conn, token_hash: &[u8; 32], from: &Origin, now_ms: TimestampMs) -> Result<()> {
    let ended: Option<StudentId> = diesel::delete(student_sessions::table.find(token_hash.as_slice()))
        .returning(student_sessions::student_id)
        .get_result(conn)
        .optional()?;
    match ended {
        Some(student_id) => note(conn, "student.sign-out", student_id, from, true, now_ms),
        None => Ok(()),
    }
}

/// Ends every session of an account.
pub(super) fn end_sessions(conn: &mut Conn, student_id: StudentId) -> Result<()> {
    diesel::delete(student_sessions::table.filter(student_sessions::student_id.eq(student_id))).execute(conn)?;
    Ok(())
}
