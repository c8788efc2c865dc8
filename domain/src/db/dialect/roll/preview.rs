//! The staged rows of a comparison, as a person looks through them before they are applied.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};

use super::{Ledger, VANISHED, VanishScope, typed};
use crate::db::Conn;
use crate::db::dialect::query;
use crate::error::Result;
use crate::id::{ImportId, RecordId};
use crate::roll::model::Outcome;

/// The columns whose values are shown, in the order of a page. Document numbers and birth dates are sealed: only that they differ is.
const SHOWN: &[&str] = &[
    "student_no",
    "exam_no",
    "name",
    "sex",
    "level",
    "major_name",
    "major_code",
    "duration_years",
    "study_form",
    "study_category",
    "college",
    "department",
    "class_name",
    "ethnicity",
    "entry_date",
    "expected_graduation",
    "status",
    "identity_check",
    "remark",
];

/// A staged row beside the record of its key.
#[derive(QueryableByName, Clone, Debug)]
pub struct PreviewRow {
    /// Its number in the file.
    #[diesel(sql_type = BigInt)]
    pub row_no: i64,
    /// What it says, column to value, as a JSON object.
    #[diesel(sql_type = Text)]
    pub incoming: String,
    /// What the record says; none where there is none.
    #[diesel(sql_type = Nullable<Text>)]
    pub known: Option<String>,
    /// Whether the document number differs.
    #[diesel(sql_type = Bool)]
    pub changes_id: bool,
    /// Whether the birth date differs.
    #[diesel(sql_type = Bool)]
    pub changes_birth: bool,
}

fn object(conn: &Conn, ledger: Ledger, alias: &str) -> String {
    let known: Vec<&str> = ledger.columns().map(|column| column.name()).collect();
    let members = SHOWN
        .iter()
        .filter(|name| known.contains(name))
        .map(|name| format!("'{name}', {alias}.{name}"))
        .collect::<Vec<_>>()
        .join(", ");
    match conn {
        Conn::Sqlite(_) => format!("json_object({members})"),
        Conn::Pg(_) => format!("CAST(json_build_object({members}) AS TEXT)"),
    }
}

/// A page of the rows with one outcome, by number.
pub fn list_rows(
    conn: &mut Conn,
    import_id: ImportId,
    ledger: Ledger,
    outcome: Outcome,
    after: i64,
    limit: i64,
) -> Result<Vec<PreviewRow>> {
    let wanted = match outcome {
        Outcome::New => "s.outcome IS NULL",
        Outcome::Changed => "s.outcome = 'changed'",
        Outcome::Unchanged => "s.outcome IN ('unchanged', 'repeated')",
        Outcome::Error => "s.outcome = 'error'",
    };
    let statement = format!(
        "SELECT s.row_no, {incoming} AS incoming, CASE WHEN r.record_id IS NOT NULL THEN {known} END AS known, \
         r.record_id IS NOT NULL AND s.id_index IS DISTINCT FROM r.id_index AS changes_id, \
         r.record_id IS NOT NULL AND s.birth_index IS DISTINCT FROM r.birth_index AS changes_birth \
         FROM roll_import_rows AS s LEFT JOIN {records} AS r ON r.record_id = s.record_id \
         WHERE s.import_id = $1 AND {wanted} AND s.row_no > $2 ORDER BY s.row_no LIMIT $3",
        incoming = object(conn, ledger, "s"),
        known = object(conn, ledger, "r"),
        records = ledger.records(),
    );
    Ok(query(conn, statement)
        .bind::<BigInt, _>(import_id)
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(limit)
        .load(conn)?)
}

/// A record that the file does not have.
#[derive(QueryableByName, Clone, Debug)]
pub struct VanishedRow {
    /// The record.
    #[diesel(sql_type = BigInt)]
    pub record_id: RecordId,
    /// Its student number.
    #[diesel(sql_type = Text)]
    pub student_no: String,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Its class.
    #[diesel(sql_type = Nullable<Text>)]
    pub class_name: Option<String>,
}

/// A page of the records of a scope that the file does not have, by number.
pub fn list_vanished(
    conn: &mut Conn,
    import_id: ImportId,
    scope: &VanishScope,
    after: i64,
    limit: i64,
) -> Result<Vec<VanishedRow>> {
    let statement = typed(
        conn,
        &format!(
            "SELECT record_id, student_no, name, class_name FROM roll_records WHERE {VANISHED} AND record_id > $5 \
             ORDER BY record_id LIMIT $6"
        ),
    );
    Ok(query(conn, statement)
        .bind::<BigInt, _>(import_id)
        .bind::<Nullable<Text>, _>(&scope.school_code)
        .bind::<Nullable<Text>, _>(&scope.level_kind)
        .bind::<Nullable<Integer>, _>(scope.grad_year)
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(limit)
        .load(conn)?)
}
