//! Set-based statements of roll imports: staging, applying and undoing millions of rows without a query per row.

/// The condition that one folded name fits another with some character lost (`?`); for statements put together here and for the rules of
/// `judge`, which are constants.
macro_rules! fits_lost_name {
    ($incoming:literal, $known:literal) => {
        concat!(
            $incoming,
            " LIKE '%?%' AND ",
            $known,
            " LIKE replace(replace(",
            $incoming,
            ", '??', '?'), '?', '%')"
        )
    };
}

mod judge;
mod ledger;
pub mod preview;
mod undo;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use serde::Serialize;

use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{Column, CountRow, incoming};
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::{ImportId, RecordId};

pub use judge::judge_rows;
pub use ledger::Ledger;
pub use undo::undo_rows;

/// The columns that a roll row carries from the file to the record, in the order of the tables.
pub const RECORD_COLUMNS: &[Column] = &[
    Column::Text("student_no"),
    Column::Text("exam_no"),
    Column::Text("name"),
    Column::Text("name_folded"),
    Column::Text("name_initials"),
    Column::Text("sex"),
    Column::Text("id_kind"),
    Column::Bytes("id_sealed"),
    Column::Bytes("id_index"),
    Column::Bytes("id_last4_index"),
    Column::Bytes("birth_sealed"),
    Column::Text("ethnicity"),
    Column::Text("level"),
    Column::Text("level_kind"),
    Column::Text("major_code"),
    Column::Text("major_name"),
    Column::Text("duration_years"),
    Column::Text("study_form"),
    Column::Text("study_category"),
    Column::Text("college"),
    Column::Text("department"),
    Column::Text("class_name"),
    Column::Text("entry_date"),
    Column::Text("expected_graduation"),
    Column::Integer("grad_year"),
    Column::Text("status"),
    Column::Text("status_kind"),
    Column::Bool("is_open"),
    Column::Text("identity_check"),
    Column::Text("remark"),
    Column::Bytes("birth_index"),
];

/// Columns that records did not have from the start. A file that says them for the first time changes nothing: students would have to judge
/// anew what they have judged.
const LATE_COLUMNS: &[&str] = &["study_category"];

/// What a staged row has besides.
const STAGED_ONLY: &[Column] = &[
    Column::Integer("row_no"),
    Column::Text("school_code"),
    Column::Bool("is_self_consistent"),
    Column::Bytes("content_hash"),
];

fn columns(ledger: Ledger, prefix: &str) -> String {
    ledger
        .columns()
        .map(|column| format!("{prefix}{}", column.name()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether a record `r` already says what the row says, in the columns that the file has. Seals differ every time; their indexes do not.
fn is_unchanged(present: &[&str]) -> String {
    let compared = RECORD_COLUMNS.iter().map(|column| column.name()).filter(|name| {
        present.contains(name) && !matches!(*name, "id_sealed" | "birth_sealed" | "name_folded" | "name_initials")
    });
    let equalities = compared.map(|name| {
        if name == "name" {
            let fits = fits_lost_name!("incoming.name_folded", "r.name_folded");
            return format!("(r.name = incoming.name OR {fits} AND r.name_folded NOT LIKE '%?%')");
        }
        let is_same = format!("r.{name} IS NOT DISTINCT FROM incoming.{name}");
        match LATE_COLUMNS.contains(&name) {
            true => format!("(r.{name} IS NULL OR {is_same})"),
            false => is_same,
        }
    });
    equalities.chain(["true".to_owned()]).collect::<Vec<_>>().join(" AND ")
}

/// Makes PostgreSQL plan the statements of a transaction once: a plan of its own for each document would read the document once more.
pub fn plan_once(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(_) = conn {
        query(conn, "SET LOCAL plan_cache_mode = force_generic_plan").execute(conn)?;
    }
    Ok(())
}

/// Stages the rows of a JSON document and compares each with the record of its key in the same statement: `outcome` is NULL for a new
/// one.
pub fn stage_rows(
    conn: &mut Conn,
    import_id: ImportId,
    ledger: Ledger,
    present: &[&str],
    document: &str,
) -> Result<()> {
    let staged = [STAGED_ONLY, RECORD_COLUMNS].concat();
    let spelt = |prefix: &str| {
        let names = staged.iter().map(|column| format!("{prefix}{}", column.name()));
        names.collect::<Vec<_>>().join(", ")
    };
    let statement = format!(
        "INSERT INTO roll_import_rows (import_id, {}, record_id, outcome) SELECT $2, {}, r.record_id, \
         CASE WHEN r.record_id IS NULL THEN NULL WHEN {} THEN 'unchanged' ELSE 'changed' END \
         FROM {} LEFT JOIN schools AS c ON c.code = incoming.school_code \
         LEFT JOIN {} AS r ON r.school_id = c.school_id AND r.{key} = incoming.{key} WHERE true",
        spelt(""),
        spelt("incoming."),
        is_unchanged(present),
        incoming(conn, &staged),
        ledger.records(),
        key = ledger.key(),
    );
    query(conn, statement)
        .bind::<Text, _>(document)
        .bind::<BigInt, _>(import_id)
        .execute(conn)?;
    Ok(())
}

fn execute(conn: &mut Conn, statement: &str, import_id: ImportId) -> Result<usize> {
    Ok(query(conn, statement).bind::<BigInt, _>(import_id).execute(conn)?)
}

/// How an import's rows turned out.
#[derive(QueryableByName, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    /// Rows whose key the roll does not have.
    #[diesel(sql_type = BigInt)]
    pub rows_new: i64,
    /// Rows that differ from their record.
    #[diesel(sql_type = BigInt)]
    pub rows_changed: i64,
    /// Rows that equal their record, or an earlier row of the file.
    #[diesel(sql_type = BigInt)]
    pub rows_unchanged: i64,
}

/// Counts the judged rows.
pub fn count_outcomes(conn: &mut Conn, import_id: ImportId) -> Result<OutcomeCounts> {
    let counts = query(conn, "SELECT CAST(coalesce(sum(CASE WHEN outcome IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS rows_new, \
         CAST(coalesce(sum(CASE WHEN outcome = 'changed' THEN 1 ELSE 0 END), 0) AS BIGINT) AS rows_changed, \
         CAST(coalesce(sum(CASE WHEN outcome IN ('unchanged', 'repeated') THEN 1 ELSE 0 END), 0) AS BIGINT) AS rows_unchanged \
         FROM roll_import_rows WHERE import_id = $1",
    )
    .bind::<BigInt, _>(import_id)
    .get_result(conn)?;
    Ok(counts)
}

/// Applies the rows numbered `first_row..=last_row`: keeps what changes, changes it in the columns that the file has, adds what is
/// new.
pub fn apply_rows(
    conn: &mut Conn,
    import_id: ImportId,
    ledger: Ledger,
    present: &[&str],
    (first_row, last_row): (i64, i64),
    now_ms: TimestampMs,
) -> Result<()> {
    let (records, versions) = (ledger.records(), ledger.versions());
    let keep = format!(
        "INSERT INTO {versions} (import_id, record_id, previous_import_id, {}) \
         SELECT $1, r.record_id, r.changed_import_id, {} FROM roll_import_rows AS s \
         JOIN {records} AS r ON r.record_id = s.record_id \
         WHERE s.import_id = $1 AND s.row_no BETWEEN $2 AND $3 AND s.outcome = 'changed' AND $4 > 0",
        columns(ledger, ""),
        columns(ledger, "r."),
    );
    let fits = fits_lost_name!("s.name_folded", "r.name_folded");
    let assignments = ledger
        .columns()
        .filter(|column| present.contains(&column.name()))
        .map(|column| match column.name() {
            name @ ("name" | "name_folded" | "name_initials") => {
                format!("{name} = CASE WHEN {fits} AND r.name_folded NOT LIKE '%?%' THEN r.{name} ELSE s.{name} END")
            }
            other => format!("{other} = s.{other}"),
        })
        .collect::<Vec<_>>()
        .join(", ");
    let change = format!(
        "UPDATE {records} AS r SET {assignments}, changed_import_id = $1, updated_at_ms = $4 FROM roll_import_rows AS s \
         WHERE r.record_id = s.record_id AND s.import_id = $1 AND s.row_no BETWEEN $2 AND $3 AND s.outcome = 'changed'"
    );
    let reappear = "UPDATE roll_records SET vanished_import_id = NULL WHERE vanished_import_id IS NOT NULL AND $4 > 0 \
         AND record_id IN (SELECT s.record_id FROM roll_import_rows AS s WHERE s.import_id = $1 \
         AND s.row_no BETWEEN $2 AND $3 AND s.outcome IN ('changed', 'unchanged'))"
        .to_owned();
    let add = format!(
        "INSERT INTO {records} (school_id, {}, created_import_id, changed_import_id, created_at_ms, updated_at_ms) \
         SELECT c.school_id, {}, $1, $1, $4, $4 FROM roll_import_rows AS s JOIN schools AS c ON c.code = s.school_code \
         WHERE s.import_id = $1 AND s.row_no BETWEEN $2 AND $3 AND s.outcome IS NULL \
         ON CONFLICT (school_id, {}) DO NOTHING",
        columns(ledger, ""),
        columns(ledger, "s."),
        ledger.key(),
    );
    let mut statements = vec![keep, change, add];
    if ledger == Ledger::Roll {
        statements.push(reappear);
    }
    for late in LATE_COLUMNS.iter().filter(|late| present.contains(late)) {
        statements.push(format!(
            "UPDATE {records} AS r SET {late} = s.{late} FROM roll_import_rows AS s WHERE r.record_id = s.record_id AND s.import_id = $1 \
             AND s.row_no BETWEEN $2 AND $3 AND s.outcome = 'unchanged' AND r.{late} IS NULL AND s.{late} IS NOT NULL AND $4 > 0"
        ));
    }
    for statement in statements {
        query(conn, statement)
            .bind::<BigInt, _>(import_id)
            .bind::<BigInt, _>(first_row)
            .bind::<BigInt, _>(last_row)
            .bind::<BigInt, _>(now_ms)
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps what one record says before it is corrected.
pub fn keep_version(conn: &mut Conn, import_id: ImportId, record_id: RecordId) -> Result<()> {
    let statement = format!(
        "INSERT INTO roll_record_versions (import_id, record_id, previous_import_id, {}) \
         SELECT $1, record_id, changed_import_id, {} FROM roll_records WHERE record_id = $2",
        columns(Ledger::Roll, ""),
        columns(Ledger::Roll, ""),
    );
    query(conn, statement)
        .bind::<BigInt, _>(import_id)
        .bind::<BigInt, _>(record_id)
        .execute(conn)?;
    Ok(())
}

/// Which rows an import claims to be complete for; a record in it that the file does not have has vanished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct VanishScope {
    /// Only this school.
    pub school_code: Option<String>,
    /// Only this level, normalised.
    pub level_kind: Option<String>,
    /// Only this year of expected graduation.
    pub grad_year: Option<i32>,
}

const VANISHED: &str = "is_open AND vanished_import_id IS NULL \
     AND ($2 IS NULL OR school_id IN (SELECT school_id FROM schools WHERE code = $2)) \
     AND ($3 IS NULL OR level_kind = $3) AND ($4 IS NULL OR grad_year = $4) \
     AND NOT EXISTS (SELECT 1 FROM roll_import_rows AS s JOIN schools AS c ON c.code = s.school_code \
     WHERE s.import_id = $1 AND s.student_no = roll_records.student_no AND c.school_id = roll_records.school_id)";

/// Counts the records of a scope that the file does not have.
pub fn count_vanished(conn: &mut Conn, import_id: ImportId, scope: &VanishScope) -> Result<i64> {
    let statement = typed(
        conn,
        &format!("SELECT count(*) AS count FROM roll_records WHERE {VANISHED}"),
    );
    let row: CountRow = query(conn, statement)
        .bind::<BigInt, _>(import_id)
        .bind::<Nullable<Text>, _>(&scope.school_code)
        .bind::<Nullable<Text>, _>(&scope.level_kind)
        .bind::<Nullable<Integer>, _>(scope.grad_year)
        .get_result(conn)?;
    Ok(row.count)
}

/// Marks the records of a scope that the file does not have; nothing is deleted.
pub fn mark_vanished(conn: &mut Conn, import_id: ImportId, scope: &VanishScope) -> Result<usize> {
    let statement = typed(
        conn,
        &format!("UPDATE roll_records SET vanished_import_id = $1 WHERE {VANISHED}"),
    );
    let marked = query(conn, statement)
        .bind::<BigInt, _>(import_id)
        .bind::<Nullable<Text>, _>(&scope.school_code)
        .bind::<Nullable<Text>, _>(&scope.level_kind)
        .bind::<Nullable<Integer>, _>(scope.grad_year)
        .execute(conn)?;
    Ok(marked)
}

/// PostgreSQL wants to know the type of a parameter that is only compared with NULL.
fn typed(conn: &Conn, statement: &str) -> String {
    match conn {
        Conn::Sqlite(_) => statement.to_owned(),
        Conn::Pg(_) => statement
            .replace("$2 IS NULL", "CAST($2 AS TEXT) IS NULL")
            .replace("$3 IS NULL", "CAST($3 AS TEXT) IS NULL")
            .replace("$4 IS NULL", "CAST($4 AS INTEGER) IS NULL"),
    }
}

/// Empties the staging of an import; at once where it is the only one that has any.
pub fn clear_staging(conn: &mut Conn, import_id: ImportId) -> Result<()> {
    let others: CountRow = query(
        conn,
        "SELECT count(*) AS count FROM (SELECT 1 FROM roll_import_rows WHERE import_id <> $1 LIMIT 1) AS other",
    )
    .bind::<BigInt, _>(import_id)
    .get_result(conn)?;
    if others.count > 0 {
        execute(conn, "DELETE FROM roll_import_rows WHERE import_id = $1", import_id)?;
        return Ok(());
    }
    // SQLite empties a table without a WHERE by dropping its pages.
    let statement = match conn {
        Conn::Sqlite(_) => "DELETE FROM roll_import_rows",
        Conn::Pg(_) => "TRUNCATE roll_import_rows",
    };
    query(conn, statement).execute(conn)?;
    Ok(())
}

/// The number of the last row of the next step after `after_row`; none where no row is left.
pub fn last_row_of_step(conn: &mut Conn, import_id: ImportId, after_row: i64, rows: i64) -> Result<Option<i64>> {
    #[derive(QueryableByName)]
    struct LastRow {
        #[diesel(sql_type = Nullable<BigInt>)]
        last_row: Option<i64>,
    }
    let row: LastRow = query(
        conn,
        "SELECT max(row_no) AS last_row FROM (SELECT row_no FROM roll_import_rows \
         WHERE import_id = $1 AND row_no > $2 ORDER BY row_no LIMIT $3) AS step",
    )
    .bind::<BigInt, _>(import_id)
    .bind::<BigInt, _>(after_row)
    .bind::<BigInt, _>(rows)
    .get_result(conn)?;
    Ok(row.last_row)
}
