//! A migrated database for one test, on the kind that `TEST_DATABASE_URL` names: unset is SQLite.
#![expect(
    clippy::disallowed_methods,
    reason = "tests read where the test database is from the environment"
)]

use std::sync::OnceLock;

use diesel::prelude::*;
use tempfile::TempDir;

use crate::db::conn::{ConnManager, DatabaseUrl, Use};
use crate::db::{Conn, Db, migrate};
use crate::id::random_name;

/// A database of a test's own; gone when dropped.
pub struct TestDb {
    db: Option<Db>,
    url: DatabaseUrl,
    folder: TempDir,
}

/// The migrated original of which each test's database is a copy. A process keeps it to its end, where nothing is dropped: on SQLite it is no
/// file that would stay behind.
enum Template {
    Sqlite(Vec<u8>),
    Postgres { server: String, name: String },
}

fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| match server() {
        None => {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let file = folder.path().join("template.db");
            let db = migrated(&DatabaseUrl::Sqlite(file.clone()));
            // Everything into the main file, so that copying that one file copies the database.
            db.maintain_blocking(|conn| Ok(diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(conn)?))
                .expect("the template is written out");
            Template::Sqlite(std::fs::read(&file).expect("the template is read"))
        }
        Some(server) => {
            let name = format!("rollproof_template_{}", random_name());
            execute(&server, &format!("CREATE DATABASE {name}"));
            migrated(&DatabaseUrl::Postgres(database_on(&server, &name)));
            Template::Postgres { server, name }
        }
    })
}

fn migrated(url: &DatabaseUrl) -> Db {
    let db = Db::open(url, 1).expect("the template opens");
    migrate::migrate_blocking(&db).expect("the template migrates");
    db
}

fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

fn database_on(server: &str, name: &str) -> String {
    let (base, options) = server
        .split_once('?')
        .map_or((server, ""), |(base, options)| (base, options));
    let scheme = base.find("://").map_or(0, |at| at + 3);
    let host_end = base[scheme..].find('/').map_or(base.len(), |at| scheme + at);
    let separator = if options.is_empty() { "" } else { "?" };
    format!("{}/{name}{separator}{options}", &base[..host_end])
}

fn execute(server: &str, statement: &str) {
    let mut conn = PgConnection::establish(server).expect("TEST_DATABASE_URL answers");
    diesel::sql_query(statement)
        .execute(&mut conn)
        .expect("the statement runs");
}

impl TestDb {
    /// A fresh migrated database.
    #[expect(clippy::new_without_default, reason = "making a database is an act")]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = match template() {
            Template::Sqlite(content) => {
                let file = folder.path().join("rollproof.db");
                std::fs::write(&file, content).expect("the template is copied");
                DatabaseUrl::Sqlite(file)
            }
            Template::Postgres { server, name: template } => {
                let name = format!("rollproof_test_{}", random_name());
                execute(server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
                DatabaseUrl::Postgres(database_on(server, &name))
            }
        };
        let db = Db::open(&url, 4).expect("the test database opens");
        Self {
            db: Some(db),
            url,
            folder,
        }
    }

    /// An empty database that was never migrated.
    pub fn unmigrated() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = match server() {
            None => DatabaseUrl::Sqlite(folder.path().join("rollproof.db")),
            Some(server) => {
                let name = format!("rollproof_test_{}", random_name());
                execute(&server, &format!("CREATE DATABASE {name}"));
                DatabaseUrl::Postgres(database_on(&server, &name))
            }
        };
        let db = Db::open(&url, 2).expect("the test database opens");
        Self {
            db: Some(db),
            url,
            folder,
        }
    }

    /// The handle.
    pub fn db(&self) -> Db {
        self.db.clone().expect("the handle lives as long as the test database")
    }

    /// Where it is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Where it is, as `ROLLPROOF_DATABASE_URL` would say it.
    pub fn url_text(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    /// A folder that goes with the database.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A connection outside the pool.
    pub fn connect(&self) -> Conn {
        diesel::r2d2::ManageConnection::connect(&ConnManager {
            url: self.url.clone(),
            purpose: Use::Write,
        })
        .expect("the test database answers")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        drop(self.db.take());
        if let (DatabaseUrl::Postgres(url), Some(server)) = (&self.url, server()) {
            let name = url
                .rsplit('/')
                .next()
                .and_then(|rest| rest.split('?').next())
                .unwrap_or_default();
            if name.starts_with("rollproof_test_") {
                execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }
}
