//! What is due for deletion.

use std::collections::HashSet;

use diesel::prelude::*;

use super::commands::EXPIRED_OBJECT;
use crate::batches::model::BatchState;
use crate::clock::TimestampMs;
use crate::db::schema::{batch_entries, batches, roll_imports};
use crate::db::{Conn, dialect};
use crate::error::Result;
use crate::storage::ObjectKind;

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

/// The addresses of standardised photos, or of thumbnails, that rows name and that begin with a hexadecimal digit: a sixteenth of all, so
/// that the memory it takes stays small.
pub fn list_named_pictures(conn: &mut Conn, kind: ObjectKind, digit: char) -> Result<HashSet<String>> {
    // Hexadecimal digits stand in this order whatever the database's language; what else would does not.
    let following = "123456789abcdefg".chars().find(|next| *next > digit).unwrap_or('g');
    let (from, to) = (digit.to_string(), following.to_string());
    let named: Vec<Option<String>> = match kind {
        ObjectKind::Standard => batch_entries::table
            .filter(batch_entries::standard_sha256.ge(from))
            .filter(batch_entries::standard_sha256.lt(to))
            .select(batch_entries::standard_sha256)
            .distinct()
            .load(conn)?,
        ObjectKind::Thumbnail => batch_entries::table
            .filter(batch_entries::thumbnail_sha256.ge(from))
            .filter(batch_entries::thumbnail_sha256.lt(to))
            .select(batch_entries::thumbnail_sha256)
            .distinct()
            .load(conn)?,
        _ => Vec::new(),
    };
    Ok(named.into_iter().flatten().collect())
}

/// The clock of the database's machine, UTC ms; none where the database is a file of this one.
pub fn read_database_clock(conn: &mut Conn) -> Result<Option<TimestampMs>> {
    dialect::read_clock(conn)
}
