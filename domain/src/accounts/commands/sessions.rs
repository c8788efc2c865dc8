//! Sessions: their use, their ends.

use diesel::prelude::*;

use crate::accounts::model::Staff;
use crate::accounts::queries::LiveSession;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{sessions, staff};
use crate::error::Result;
use crate::id::StaffId;

/// A session's last use is written at most this often: pages come with many requests.
const SEEN_EVERY_MS: i64 = 60_000;

/// Notes that a session is in use.
pub fn touch_session(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<()> {
    diesel::update(sessions::table.find(token_hash.as_slice()))
        .set(sessions::last_seen_ms.eq(now_ms))
        .execute(conn)?;
    Ok(())
}

/// Whether a session's last use is old enough to be written again.
pub fn is_touch_due(session: &LiveSession, now_ms: TimestampMs) -> bool {
    now_ms.saturating_sub(session.last_seen_ms) >= SEEN_EVERY_MS
}

/// Ends a session; an unknown one is fine.
pub fn end_session(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<()> {
    let ended: Option<StaffId> = diesel::delete(sessions::table.find(token_hash.as_slice()))
        .returning(sessions::staff_id)
        .get_result(conn)
        .optional()?;
    if let Some(staff_id) = ended {
        let email: String = staff::table.find(staff_id).select(staff::email).first(conn)?;
        audit::append(conn, &Act::new("staff.sign-out", "staff", staff_id).by(&email), now_ms)?;
    }
    Ok(())
}

/// Ends every session of a person but the one they ask from; says how many those were.
pub fn end_other_sessions(conn: &mut Conn, by: &Staff, own: &[u8; 32], now_ms: TimestampMs) -> Result<usize> {
    let ended = diesel::delete(
        sessions::table
            .filter(sessions::staff_id.eq(by.staff_id))
            .filter(sessions::token_hash.ne(own.as_slice())),
    )
    .execute(conn)?;
    audit::append(
        conn,
        &Act::new("staff.sign-out-others", "staff", by.staff_id).by(by),
        now_ms,
    )?;
    Ok(ended)
}

/// Ends one session of a person, named by its hash; one that is not theirs, or no longer there, is fine.
pub fn end_own_session(conn: &mut Conn, by: &Staff, token_hash: &[u8], now_ms: TimestampMs) -> Result<()> {
    let ended = diesel::delete(
        sessions::table
            .find(token_hash)
            .filter(sessions::staff_id.eq(by.staff_id)),
    )
    .execute(conn)?;
    if ended > 0 {
        audit::append(conn, &Act::new("staff.sign-out", "staff", by.staff_id).by(by), now_ms)?;
    }
    Ok(())
}
