//! Many rows in one statement, on both databases: the rows travel as one JSON array and the statement selects from it.
//!
//! The query builder's multi-row insert does not exist for an enum of connections, and a statement per row is a loop that queries.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::Serialize;

use super::conn::Conn;
use super::dialect::query;
use crate::error::Result;

/// Rows handed over per statement; bounds the memory of one call.
pub const ROWS_PER_STATEMENT: usize = 2_000;

/// How a column's JSON text becomes its stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Text, or NULL.
    Text(&'static str),
    /// A whole number.
    Integer(&'static str),
    /// A floating-point number.
    Real(&'static str),
    /// A truth value.
    Bool(&'static str),
    /// Bytes, in hexadecimal.
    Bytes(&'static str),
}

impl Column {
    /// The column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Integer(name) | Self::Real(name) | Self::Bool(name) | Self::Bytes(name) => name,
        }
    }

    /// The expression that reads this column from one row of the document, named `value`.
    pub fn expression(self, conn: &Conn) -> String {
        let name = self.name();
        match (self, conn) {
            (Self::Text(_), _) => format!("value ->> '{name}'"),
            (Self::Integer(_), _) => format!("CAST(value ->> '{name}' AS BIGINT)"),
            (Self::Real(_), _) => format!("CAST(value ->> '{name}' AS DOUBLE PRECISION)"),
            (Self::Bool(_), _) => format!("CAST(value ->> '{name}' AS BOOLEAN)"),
            (Self::Bytes(_), Conn::Sqlite(_)) => format!("unhex(value ->> '{name}')"),
            (Self::Bytes(_), Conn::Pg(_)) => format!("decode(value ->> '{name}', 'hex')"),
        }
    }

    /// The expression that reads this column from one row of [`records_of`].
    pub fn field(self, conn: &Conn) -> String {
        let name = self.name();
        match (self, conn) {
            (_, Conn::Sqlite(_)) => self.expression(conn),
            (Self::Bytes(_), Conn::Pg(_)) => format!("decode(value.{name}, 'hex')"),
            (_, Conn::Pg(_)) => format!("value.{name}"),
        }
    }

    fn definition(self) -> String {
        let kind = match self {
            Self::Text(_) | Self::Bytes(_) => "TEXT",
            Self::Integer(_) => "BIGINT",
            Self::Real(_) => "DOUBLE PRECISION",
            Self::Bool(_) => "BOOLEAN",
        };
        format!("{} {kind}", self.name())
    }
}

/// Like [`rows_of`], for rows of many columns, each of which may be read more than once: PostgreSQL takes all of them out of the document in
/// one go.
pub fn records_of(conn: &Conn, columns: impl Iterator<Item = Column>) -> String {
    match conn {
        Conn::Sqlite(_) => rows_of(conn).to_owned(),
        Conn::Pg(_) => {
            let definitions: Vec<String> = columns.map(Column::definition).collect();
            format!(
                "json_to_recordset(CAST($1 AS json)) AS value({})",
                definitions.join(", ")
            )
        }
    }
}

/// The expression that turns the first parameter into rows of one column, `value`.
///
/// SQLite hands the rows over in its binary form, so that they are not written out and read again for each of their columns.
pub fn rows_of(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "jsonb_each($1) AS document",
        Conn::Pg(_) => "jsonb_array_elements(CAST($1 AS jsonb)) AS document(value)",
    }
}

fn select_list(conn: &Conn, columns: &[Column]) -> String {
    columns
        .iter()
        .map(|column| column.expression(conn))
        .collect::<Vec<_>>()
        .join(", ")
}

fn names(columns: &[Column]) -> String {
    columns
        .iter()
        .map(|column| column.name())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Inserts rows; `on_conflict` is empty or, say, `ON CONFLICT DO NOTHING`.
pub fn insert<T: Serialize>(
    conn: &mut Conn,
    table: &'static str,
    columns: &[Column],
    on_conflict: &'static str,
    rows: &[T],
) -> Result<usize> {
    // SQLite cannot tell `ON CONFLICT` from a join's `ON` without a WHERE before it.
    let statement = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {} WHERE true {on_conflict}",
        names(columns),
        select_list(conn, columns),
        rows_of(conn),
    );
    let mut inserted = 0;
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        inserted += query(conn, &statement)
            .bind::<Text, _>(serde_json::to_string(chunk)?)
            .execute(conn)?;
    }
    Ok(inserted)
}

/// Updates the rows whose `key` is named in the document, column by column.
pub fn update<T: Serialize>(
    conn: &mut Conn,
    table: &'static str,
    key: &'static str,
    columns: &[Column],
    rows: &[T],
) -> Result<usize> {
    let assignments = columns
        .iter()
        .map(|column| format!("{0} = incoming.{0}", column.name()))
        .collect::<Vec<_>>()
        .join(", ");
    let aliased = columns
        .iter()
        .map(|column| format!("{} AS {}", column.expression(conn), column.name()))
        .collect::<Vec<_>>()
        .join(", ");
    let statement = format!(
        "UPDATE {table} SET {assignments} FROM (SELECT {} AS {key}, {aliased} FROM {}) AS incoming \
         WHERE {table}.{key} = incoming.{key}",
        Column::Integer(key).expression(conn),
        rows_of(conn),
    );
    let mut updated = 0;
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        updated += query(conn, &statement)
            .bind::<Text, _>(serde_json::to_string(chunk)?)
            .execute(conn)?;
    }
    Ok(updated)
}

/// A count that a statement of the dialect returns.
#[derive(QueryableByName)]
pub struct CountRow {
    /// The count.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}
