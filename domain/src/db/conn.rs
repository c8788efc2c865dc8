//! One connection of either kind, and how it is opened.
#![expect(
    missing_docs,
    reason = "the derive of the connection enum generates undocumented items"
)]

use std::path::{Path, PathBuf};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, R2D2Connection};

use crate::error::{Error, Result};

/// A connection to whichever database the house runs on.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// SQLite, compiled in.
    Sqlite(SqliteConnection),
    /// PostgreSQL 13 or later.
    Pg(PgConnection),
}

/// Works with the connection inside, of whichever kind it is. There a statement that was prepared before is found by the type of its query;
/// the enum writes its text anew for every run, which takes longer than running it. For what every page of a student asks.
macro_rules! inside {
    ($conn:expr, |$inner:ident| $work:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($inner) => $work,
            $crate::db::Conn::Pg($inner) => $work,
        }
    };
}
pub(crate) use inside;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of SQLite's.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string; may carry a password, so it is never shown.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path == ":memory:" {
                return Err(invalid_url("name the database's file, as in sqlite:data/rollproof.db"));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(invalid_url("use sqlite:PATH or postgres://USER@HOST/DATABASE"))
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// The SQLite file, where there is one.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

fn invalid_url(advice: &'static str) -> Error {
    Error::invalid("database-url", "ROLLPROOF_DATABASE_URL", advice)
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Queries of pages and jobs; there are several of these.
    Read,
    /// Transactions; SQLite has one of these.
    Write,
}

/// Opens and checks connections for the pool.
#[derive(Clone)]
pub struct ConnManager {
    /// The database.
    pub url: DatabaseUrl,
    /// What its connections are for.
    pub purpose: Use,
}

/// WAL lets readers go on while one writes; FULL keeps every commit through a power cut. A log that is copied back only once it has
/// 64 MiB spares the pages that one step of an import after another changes.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 15000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 16384; PRAGMA journal_size_limit = 67108864;";

/// Pages in KiB that a connection keeps: the one that writes meets pages of every index in each step of an import.
fn sqlite_cache(purpose: Use) -> &'static str {
    match purpose {
        Use::Read => "PRAGMA cache_size = -8000;",
        Use::Write => "PRAGMA cache_size = -24000;",
    }
}

impl ManageConnection for ConnManager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> std::result::Result<Conn, Self::Error> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut sqlite = SqliteConnection::establish(&path.to_string_lossy())?;
                for pragmas in [SQLITE_PRAGMAS, sqlite_cache(self.purpose)] {
                    sqlite.batch_execute(pragmas).map_err(diesel::r2d2::Error::QueryError)?;
                }
                Ok(Conn::Sqlite(sqlite))
            }
            DatabaseUrl::Postgres(url) => Ok(Conn::Pg(PgConnection::establish(url)?)),
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> std::result::Result<(), Self::Error> {
        match conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Pg(pg) => pg.ping().map_err(diesel::r2d2::Error::QueryError),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        match conn {
            Conn::Sqlite(sqlite) => R2D2Connection::is_broken(sqlite),
            Conn::Pg(pg) => R2D2Connection::is_broken(pg),
        }
    }
}

/// Runs `work` in one write transaction: all of it happens, or none of it.
///
/// SQLite takes the write lock at the start. A deferred transaction that reads first and writes later fails at once when
/// another connection has written in between, whatever the busy timeout.
pub fn write_tx<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?,
        Conn::Pg(pg) => AnsiTransactionManager::begin_transaction(pg)?,
    }
    // A panic must not leave the connection inside a transaction when it goes back to the pool.
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(conn)));
    match outcome {
        Ok(Ok(value)) => {
            commit(conn)?;
            Ok(value)
        }
        Ok(Err(error)) => {
            roll_back(conn)?;
            Err(error)
        }
        Err(panic) => {
            if let Err(error) = roll_back(conn) {
                tracing::error!(error = %error.with_sources(), "a transaction could not be rolled back after a panic");
            }
            std::panic::resume_unwind(panic)
        }
    }
}

fn commit(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::commit_transaction(sqlite)?,
        Conn::Pg(pg) => AnsiTransactionManager::commit_transaction(pg)?,
    }
    Ok(())
}

fn roll_back(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::rollback_transaction(sqlite)?,
        Conn::Pg(pg) => AnsiTransactionManager::rollback_transaction(pg)?,
    }
    Ok(())
}

/// What queries that are built step by step are built for.
pub type Backend = <Conn as diesel::Connection>::Backend;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds_of_address() {
        assert_eq!(
            DatabaseUrl::parse("sqlite:data/a.db").ok(),
            Some(DatabaseUrl::Sqlite(PathBuf::from("data/a.db")))
        );
        assert!(DatabaseUrl::parse("postgres://u@h/d").is_ok_and(|url| !url.is_sqlite()));
    }

    #[test]
    fn refuses_an_address_of_another_kind_without_repeating_it() {
        let error = DatabaseUrl::parse("mysql://root:secret@h/d").expect_err("not ours");
        assert_eq!(error.code(), "database-url");
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn sqlite_is_compiled_without_locks_between_its_connections() {
        let mut sqlite = SqliteConnection::establish(":memory:").expect("a database");
        let mut is_compiled = |option: &str| {
            let asked = format!("sqlite_compileoption_used('{option}')");
            let query = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(&asked));
            query.get_result::<bool>(&mut sqlite).expect("an answer")
        };
        assert!(is_compiled("THREADSAFE=2"), "see .cargo/config.toml");
        assert!(is_compiled("DEFAULT_MEMSTATUS=0"));
        assert!(!is_compiled("ENABLE_MEMORY_MANAGEMENT"));
    }
}
