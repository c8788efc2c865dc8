//! What is due for deletion.

use diesel::prelude::*;

use super::commands::EXPIRED_OBJECT;
use crate::batches::model::BatchState;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{batches, roll_imports};
use crate::error::Result;

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
