//! Taking an import back, row by row where nobody has built upon the row since.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Ledger, execute};
use crate::db::Conn;
use crate::db::bulk::CountRow;
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::ImportId;

/// Takes an import back; says how many rows were reversed and how many kept.
pub fn undo_rows(conn: &mut Conn, import_id: ImportId, ledger: Ledger) -> Result<(i64, i64)> {
    let (records, versions) = (ledger.records(), ledger.versions());
    let assignments = ledger
        .columns()
        .map(|column| format!("{0} = v.{0}", column.name()))
        .collect::<Vec<_>>()
        .join(", ");
    let touched = count(
        conn,
        &format!(
            "SELECT count(*) AS count FROM {records} WHERE created_import_id = $1 OR record_id IN (\
             SELECT record_id FROM {versions} WHERE import_id = $1)"
        ),
        import_id,
    )?;
    let changed_by = |others: &str| {
        format!(
            "SELECT r.record_id FROM {records} AS r WHERE r.changed_import_id = $1 AND {} \
             AND NOT EXISTS (SELECT 1 FROM {versions} AS o WHERE o.record_id = r.record_id AND o.import_id {others} $1)",
            ledger.not_built_upon()
        )
    };
    let deleted = execute(
        conn,
        &format!(
            "DELETE FROM {records} WHERE created_import_id = $1 AND record_id IN ({})",
            changed_by("<>")
        ),
        import_id,
    )?;
    let restored = execute(
        conn,
        &format!(
            "UPDATE {records} AS restored SET {assignments}, changed_import_id = v.previous_import_id FROM {versions} AS v \
             WHERE v.import_id = $1 AND v.record_id = restored.record_id AND restored.record_id IN ({})",
            changed_by(">")
        ),
        import_id,
    )?;
    if ledger == Ledger::Roll {
        execute(
            conn,
            "UPDATE roll_records SET vanished_import_id = NULL WHERE vanished_import_id = $1",
            import_id,
        )?;
    }
    execute(
        conn,
        &format!(
            "DELETE FROM {versions} WHERE import_id = $1 AND record_id IN (\
             SELECT record_id FROM {records} WHERE changed_import_id <> $1)"
        ),
        import_id,
    )?;
    let reversed = i64::try_from(deleted + restored).unwrap_or(i64::MAX);
    Ok((reversed, touched - reversed))
}

fn count(conn: &mut Conn, statement: &str, import_id: ImportId) -> Result<i64> {
    let row: CountRow = query(conn, statement).bind::<BigInt, _>(import_id).get_result(conn)?;
    Ok(row.count)
}
