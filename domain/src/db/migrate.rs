//! Migrations: twin trees of the same names, compiled into the binary.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;
use super::pool::Db;
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Brings the schema up to this binary's; says which migrations ran.
pub fn migrate_blocking(db: &Db) -> Result<Vec<String>> {
    db.maintain_blocking(|conn| {
        let ran = match conn {
            Conn::Sqlite(sqlite) => sqlite.run_pending_migrations(SQLITE).map(|ran| names(&ran)),
            Conn::Pg(pg) => pg.run_pending_migrations(POSTGRES).map(|ran| names(&ran)),
        };
        ran.map_err(Error::internal)
    })
}

/// The migrations that this binary has and the database has not.
pub fn pending_blocking(db: &Db) -> Result<Vec<String>> {
    db.maintain_blocking(|conn| {
        let pending = match conn {
            Conn::Sqlite(sqlite) => sqlite
                .pending_migrations(SQLITE)
                .map(|all| all.iter().map(|migration| migration.name().to_string()).collect()),
            Conn::Pg(pg) => pg
                .pending_migrations(POSTGRES)
                .map(|all| all.iter().map(|migration| migration.name().to_string()).collect()),
        };
        pending.map_err(Error::internal)
    })
}

/// Takes every migration back, newest first; for the test that they can be.
#[cfg(feature = "testing")]
pub fn revert_all_blocking(db: &Db) -> Result<()> {
    db.maintain_blocking(|conn| {
        let reverted = match conn {
            Conn::Sqlite(sqlite) => sqlite.revert_all_migrations(SQLITE).map(|_| ()),
            Conn::Pg(pg) => pg.revert_all_migrations(POSTGRES).map(|_| ()),
        };
        reverted.map_err(Error::internal)
    })
}

fn names(versions: &[diesel::migration::MigrationVersion<'_>]) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}
