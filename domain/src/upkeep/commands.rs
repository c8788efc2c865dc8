//! Deleting it.

use diesel::prelude::*;

use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{
    batches, phone_codes, roll_imports, sessions, staff_links, student_links, student_sessions, used_captchas,
};
use crate::error::Result;
use crate::mail_intake::commands::{drop_unconfirmed, forget_letters};
use crate::queue::{self, Lease};
use crate::roll::commands::attend;
use crate::students::commands::registration::forget_unactivated;

/// Stands where the name of a staged object stood that was deleted.
pub const EXPIRED_OBJECT: &str = "expired";

/// How long a mail is known again: longer than any server tries to deliver one.
const LETTERS_KNOWN_MS: i64 = 90 * 86_400_000;

/// Records that staged files are gone, deletes ended sessions and links and jobs that were done before then, and finishes the job.
pub fn record_expired(
    conn: &mut Conn,
    sealer: &Sealer,
    lease: &Lease,
    names: &[String],
    before_ms: TimestampMs,
    now_ms: TimestampMs,
) -> Result<()> {
    for chunk in names.chunks(500) {
        diesel::update(batches::table.filter(batches::staged_object.eq_any(chunk)))
            .set((
                batches::staged_object.eq(EXPIRED_OBJECT),
                batches::manifest_object.eq(None::<String>),
            ))
            .execute(conn)?;
        diesel::update(roll_imports::table.filter(roll_imports::staged_object.eq_any(chunk)))
            .set(roll_imports::staged_object.eq(EXPIRED_OBJECT))
            .execute(conn)?;
    }
    attend::abandon_forgotten(conn, before_ms, now_ms)?;
    diesel::delete(sessions::table.filter(sessions::expires_at_ms.lt(now_ms))).execute(conn)?;
    diesel::delete(staff_links::table.filter(staff_links::expires_at_ms.lt(now_ms))).execute(conn)?;
    forget_students_traces(conn, before_ms, now_ms)?;
    forget_unactivated(conn, sealer, before_ms, now_ms)?;
    drop_unconfirmed(conn, sealer, now_ms)?;
    forget_letters(conn, now_ms - LETTERS_KNOWN_MS)?;
    queue::delete_done(conn, before_ms)?;
    queue::finish(conn, lease, now_ms)
}

/// Deletes what students' sign-ins leave behind once it has ended: sessions and puzzles at once, links and codes when nobody counts them any
/// more.
fn forget_students_traces(conn: &mut Conn, before_ms: TimestampMs, now_ms: TimestampMs) -> Result<()> {
    diesel::delete(student_sessions::table.filter(student_sessions::expires_at_ms.lt(now_ms))).execute(conn)?;
    diesel::delete(used_captchas::table.filter(used_captchas::expires_at_ms.lt(now_ms))).execute(conn)?;
    diesel::delete(student_links::table.filter(student_links::expires_at_ms.lt(before_ms))).execute(conn)?;
    diesel::delete(phone_codes::table.filter(phone_codes::expires_at_ms.lt(before_ms))).execute(conn)?;
    Ok(())
}
