//! Copies of a whole database as it is at one moment, while others read and write.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;

use super::dialect::query;
use super::{Conn, Db};
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
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        tables: i64,
    }
    db.maintain_blocking(|conn| {
        let statement = match conn {
            Conn::Sqlite(_) => "SELECT COUNT(*) AS tables FROM sqlite_master",
            Conn::Pg(_) => {
                "SELECT COUNT(*) AS tables FROM information_schema.tables WHERE table_schema = current_schema()"
            }
        };
        let count: Count = query(conn, statement).get_result(conn)?;
        Ok(count.tables == 0)
    })
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
