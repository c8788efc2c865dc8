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

    /// What reads this column from one member of the document, `value`, under its own name.
    fn selected(self, conn: &Conn) -> String {
        let name = self.name();
        match (self, conn) {
            (Self::Text(_), Conn::Sqlite(_)) => format!("value ->> '{name}' AS {name}"),
            (Self::Integer(_), Conn::Sqlite(_)) => format!("CAST(value ->> '{name}' AS BIGINT) AS {name}"),
            (Self::Real(_), Conn::Sqlite(_)) => format!("CAST(value ->> '{name}' AS DOUBLE PRECISION) AS {name}"),
            (Self::Bool(_), Conn::Sqlite(_)) => format!("CAST(value ->> '{name}' AS BOOLEAN) AS {name}"),
            (Self::Bytes(_), Conn::Sqlite(_)) => format!("unhex(value ->> '{name}') AS {name}"),
            (Self::Bytes(_), Conn::Pg(_)) => format!("decode(value.{name}, 'hex') AS {name}"),
            (_, Conn::Pg(_)) => format!("value.{name}"),
        }
    }

    /// The column as a member of the document has it, for PostgreSQL.
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

/// The first parameter as a table of these columns, `incoming`.
///
/// SQLite hands the document's members over in its binary form, so that they are not written out and read again for each of their
/// columns; PostgreSQL takes all columns out of a member in one go.
pub fn incoming(conn: &Conn, columns: &[Column]) -> String {
    let selected = joined(columns, |column| column.selected(conn));
    let document = match conn {
        Conn::Sqlite(_) => "jsonb_each($1)".to_owned(),
        Conn::Pg(_) => format!(
            "json_to_recordset(CAST($1 AS json)) AS value({})",
            joined(columns, Column::definition)
        ),
    };
    format!("(SELECT {selected} FROM {document}) AS incoming")
}

fn joined(columns: &[Column], spell: impl Fn(Column) -> String) -> String {
    columns
        .iter()
        .map(|&column| spell(column))
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
    let names = joined(columns, |column| column.name().to_owned());
    // SQLite cannot tell `ON CONFLICT` from a join's `ON` without a WHERE before it.
    let statement = format!(
        "INSERT INTO {table} ({names}) SELECT {names} FROM {} WHERE true {on_conflict}",
        incoming(conn, columns),
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
    let assignments = joined(columns, |column| format!("{0} = incoming.{0}", column.name()));
    let known = [&[Column::Integer(key)], columns].concat();
    let statement = format!(
        "UPDATE {table} SET {assignments} FROM {} WHERE {table}.{key} = incoming.{key}",
        incoming(conn, &known),
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
