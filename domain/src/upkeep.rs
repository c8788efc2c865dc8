//! What is deleted because its time has passed.

use diesel::prelude::*;

use crate::batches::model::BatchState;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{batches, roll_imports, sessions, staff_links};
use crate::error::Result;
use crate::queue::{self, Lease};

/// Stands where the name of a staged object stood that was deleted.
pub const EXPIRED_OBJECT: &str = "expired";

/// Names of staged files whose batch was reconciled, or whose import ended, before that instant.
pub fn list_expired_staged(conn: &mut Conn, before_ms: TimestampMs) -> Result<Vec<String>> {
    let mut names: Vec<String> = batches::table
        .filter(batches::reconciled_at_ms.lt(before_ms))
        .filter(batches::state.eq_any([BatchState::Reconciled, BatchState::Undone, BatchState::Failed]))
        .filter(batches::staged_object.ne(EXPIRED_OBJECT))
        .select(batches::staged_object)
        .load(conn)?;
    names.extend(
        roll_imports::table
            .filter(roll_imports::finished_at_ms.lt(before_ms))
            .filter(roll_imports::staged_object.ne(EXPIRED_OBJECT))
            .select(roll_imports::staged_object)
            .load::<String>(conn)?,
    );
    Ok(names)
}

/// Records that staged files are gone, deletes ended sessions and links, and finishes the job.
pub fn record_expired(conn: &mut Conn, lease: &Lease, names: &[String], now_ms: TimestampMs) -> Result<()> {
    for chunk in names.chunks(500) {
        diesel::update(batches::table.filter(batches::staged_object.eq_any(chunk)))
            .set(batches::staged_object.eq(EXPIRED_OBJECT))
            .execute(conn)?;
        diesel::update(roll_imports::table.filter(roll_imports::staged_object.eq_any(chunk)))
            .set(roll_imports::staged_object.eq(EXPIRED_OBJECT))
            .execute(conn)?;
    }
    diesel::delete(sessions::table.filter(sessions::expires_at_ms.lt(now_ms))).execute(conn)?;
    diesel::delete(staff_links::table.filter(staff_links::expires_at_ms.lt(now_ms))).execute(conn)?;
    queue::finish(conn, lease, now_ms)
}
