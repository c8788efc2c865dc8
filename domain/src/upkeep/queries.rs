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
    let ended: Vec<(String, Option<String>)> = batches::table
        .filter(batches::reconciled_at_ms.lt(before_ms))
        .filter(batches::state.eq_any([BatchState::Reconciled, BatchState::Undone, BatchState::Failed]))
        .filter(batches::staged_object.ne(EXPIRED_OBJECT))
        .select((batches::staged_object, batches::manifest_object))
        .load(conn)?;
    let mut names: Vec<String> = ended
        .into_iter()
        .flat_map(|(archive, manifest)| [Some(archive), manifest])
        .flatten()
        .collect();
    // A correction is an import of one row, which has no file.
    names.extend(
        roll_imports::table
            .filter(roll_imports::finished_at_ms.lt(before_ms))
            .filter(roll_imports::staged_object.ne_all([EXPIRED_OBJECT, ""]))
            .select(roll_imports::staged_object)
            .load::<String>(conn)?,
    );
    Ok(names)
}

/// Which of these staged files a batch or an import names.
pub fn list_known_staged(conn: &mut Conn, names: &[String]) -> Result<HashSet<String>> {
    let archives: Vec<String> = batches::table
        .filter(batches::staged_object.eq_any(names))
        .select(batches::staged_object)
        .load(conn)?;
    let manifests: Vec<Option<String>> = batches::table
        .filter(batches::manifest_object.eq_any(names))
        .select(batches::manifest_object)
        .load(conn)?;
    let rolls: Vec<String> = roll_imports::table
        .filter(roll_imports::staged_object.eq_any(names))
        .select(roll_imports::staged_object)
        .load(conn)?;
    Ok(archives
        .into_iter()
        .chain(manifests.into_iter().flatten())
        .chain(rolls)
        .collect())
}

/// Whether photos were inspected before rows named the pictures as they were delivered: then nobody knows which of these belong to a row.
pub fn has_unnamed_originals(conn: &mut Conn) -> Result<bool> {
    let unnamed = batch_entries::table
        .filter(batch_entries::standard_sha256.is_not_null())
        .filter(batch_entries::original_sha256.is_null());
    Ok(diesel::select(diesel::dsl::exists(unnamed)).get_result(conn)?)
}

/// The addresses of pictures of a kind that rows name and that begin with a hexadecimal digit: a sixteenth of all, so
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
        // One that conforms as it was delivered is kept as the standardised picture alone.
        ObjectKind::Original => batch_entries::table
            .filter(batch_entries::original_sha256.ge(from))
            .filter(batch_entries::original_sha256.lt(to))
            .filter(batch_entries::original_sha256.ne(batch_entries::standard_sha256))
            .select(batch_entries::original_sha256)
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
