//! Reads of accounts and sessions.

use diesel::prelude::*;

use super::model::{Account, Role, Scope, SessionTimes, Staff};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{sessions, staff, staff_links};
use crate::error::Result;
use crate::id::{SchoolId, StaffId};

/// The account that signs in with an address, whatever its case.
pub fn find_account(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(staff::table
        .filter(staff::email.eq(email.trim().to_lowercase()))
        .select(Account::as_select())
        .first(conn)
        .optional()?)
}

/// A session that is good now.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Whose it is.
    pub staff: Staff,
    /// When it was last used, UTC ms, to the minute.
    pub last_seen_ms: TimestampMs,
}

/// The session of a cookie, by the SHA-256 of its value, while neither timeout has passed and the account is active.
pub fn find_session(
    conn: &mut Conn,
    token_hash: &[u8; 32],
    times: SessionTimes,
    now_ms: TimestampMs,
) -> Result<Option<LiveSession>> {
    type Columns = (
        StaffId,
        String,
        Role,
        (Option<SchoolId>, Option<String>, Option<String>),
        TimestampMs,
    );
    let row: Option<Columns> = sessions::table
        .inner_join(staff::table)
        .filter(sessions::token_hash.eq(token_hash.as_slice()))
        .filter(sessions::expires_at_ms.gt(now_ms))
        .filter(sessions::last_seen_ms.gt(now_ms.saturating_sub(times.idle_ms)))
        .filter(staff::is_active.eq(true))
        .select((
            staff::staff_id,
            staff::email,
            staff::role,
            (staff::school_id, staff::college, staff::class_name),
            sessions::last_seen_ms,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(
        |(staff_id, email, role, (school_id, college, class_name), last_seen_ms)| LiveSession {
            staff: Staff {
                staff_id,
                email,
                role,
                scope: Scope {
                    school_id,
                    college,
                    class_name,
                },
            },
            last_seen_ms,
        },
    ))
}

/// The address whose password a link sets, while the link is unused and has not expired.
pub fn find_password_link(conn: &mut Conn, link_hash: &[u8; 32], now_ms: TimestampMs) -> Result<Option<String>> {
    Ok(staff_links::table
        .inner_join(staff::table)
        .filter(staff_links::token_hash.eq(link_hash.as_slice()))
        .filter(staff_links::used_at_ms.is_null())
        .filter(staff_links::expires_at_ms.gt(now_ms))
        .filter(staff::is_active.eq(true))
        .select(staff::email)
        .first(conn)
        .optional()?)
}
