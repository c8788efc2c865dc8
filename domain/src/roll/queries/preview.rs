//! The comparison of a file with the roll, row by row, while it waits for approval.

use std::collections::BTreeMap;

use crate::accounts::model::Staff;
use crate::db::Conn;
use crate::db::dialect::roll::preview::{self as statements, PreviewRow, VanishedRow};
use crate::db::dialect::roll::{Ledger, VanishScope};
use crate::error::{Error, Result};
use crate::roll::model::{Outcome, RollImport};

/// A row of the file beside what the roll has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedRow {
    /// Its number in the file, as people count.
    pub row_no: i64,
    /// Its key: the student number, or the exam number of an admission.
    pub key: String,
    /// The name it gives.
    pub name: String,
    /// Where it differs.
    pub changes: Vec<Change>,
}

/// A column that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The record's column.
    pub column: String,
    /// What the roll has and what the file has; none where the values are sealed.
    pub values: Option<(String, String)>,
}

/// A page of the rows with one outcome, by number.
pub fn list_compared(
    conn: &mut Conn,
    by: &Staff,
    import: &RollImport,
    outcome: Outcome,
    after: i64,
    limit: i64,
) -> Result<Vec<ComparedRow>> {
    may_compare(by)?;
    let ledger = Ledger::of(import.kind);
    let rows = statements::list_rows(conn, import.import_id, ledger, outcome, after, limit)?;
    let present: Vec<&str> = import.present_columns.split(',').collect();
    rows.into_iter().map(|row| compared(row, &present)).collect()
}

/// A page of the records of the file's scope that it does not have.
pub fn list_vanished(
    conn: &mut Conn,
    by: &Staff,
    import: &RollImport,
    scope: &VanishScope,
    after: i64,
    limit: i64,
) -> Result<Vec<VanishedRow>> {
    may_compare(by)?;
    statements::list_vanished(conn, import.import_id, scope, after, limit)
}

fn may_compare(by: &Staff) -> Result<()> {
    if by.role.may_see_every_college() {
        return Ok(());
    }
    Err(Error::Forbidden {
        right: "see records of every college",
    })
}

type Values = BTreeMap<String, Option<String>>;

fn compared(row: PreviewRow, present: &[&str]) -> Result<ComparedRow> {
    let mut incoming: Values = serde_json::from_str(&row.incoming)?;
    let mut changes = Vec::new();
    if let Some(known) = &row.known {
        let known: Values = serde_json::from_str(known)?;
        for (column, value) in incoming.iter().filter(|(column, _)| present.contains(&column.as_str())) {
            let before = known.get(column).cloned().flatten();
            if *value != before {
                changes.push(Change {
                    column: column.clone(),
                    values: Some((before.unwrap_or_default(), value.clone().unwrap_or_default())),
                });
            }
        }
        for (column, is_changed, index) in [
            ("id_number", row.changes_id, "id_index"),
            ("birth_date", row.changes_birth, "birth_index"),
        ] {
            if is_changed && present.contains(&index) {
                changes.push(Change {
                    column: column.to_owned(),
                    values: None,
                });
            }
        }
    }
    let mut take = |column: &str| incoming.remove(column).flatten().filter(|value| !value.is_empty());
    Ok(ComparedRow {
        row_no: row.row_no,
        key: take("student_no").or_else(|| take("exam_no")).unwrap_or_default(),
        name: take("name").unwrap_or_default(),
        changes,
    })
}
