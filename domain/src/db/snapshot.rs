//! Copies of a whole database as it is at one moment, while others read and write.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;

use super::Db;
use super::dialect::count_tables;
use crate::error::{Error, Result};

/// Writes a copy of an SQLite database; a connection of its own, so that nobody waits for it.
pub fn copy_sqlite(from: &Path, to: &Path) -> Result<()> {
    let mut conn = SqliteConnection::establish(&from.to_string_lossy()).map_err(unreadable)?;
    diesel::sql_query("VACUUM INTO $1")
        .bind::<Text, _>(to.to_string_lossy().into_owned())
        .execute(&mut conn)?;
    Ok(())
}

/// Whether a copy of an SQLite database is whole.
pub fn verify_sqlite(path: &Path) -> Result<()> {
    #[derive(QueryableByName)]
    struct Said {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(unreadable)?;
    let said: Vec<Said> = diesel::sql_query("PRAGMA integrity_check").load(&mut conn)?;
    match said.first() {
        Some(said) if said.integrity_check == "ok" => Ok(()),
        _ => Err(broken()),
    }
}

/// Whether a database has no table yet.
pub fn is_empty_blocking(db: &Db) -> Result<bool> {
    db.maintain_blocking(|conn| Ok(count_tables(conn)? == 0))
}

fn unreadable(error: diesel::ConnectionError) -> Error {
    Error::Unavailable {
        part: "database",
        source: Box::new(error),
    }
}

fn broken() -> Error {
    Error::conflict(
        "backup-broken",
        "the copy of the database is not whole; use an older backup, and look at the disk",
    )
}
