//! The schema: every migration can be taken back, and the query builder knows the tables as they are.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use domain::db::{Conn, migrate};
use domain::testing::TestDb;

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_nullable: bool,
}

fn columns(conn: &mut Conn) -> Vec<ColumnRow> {
    let statement = match conn {
        Conn::Sqlite(_) => {
            "SELECT m.name AS table_name, p.name AS column_name, lower(p.type) AS kind, p.\"notnull\" = 0 AS is_nullable \
             FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
             AND m.name <> '__diesel_schema_migrations'"
        }
        Conn::Pg(_) => {
            "SELECT CAST(table_name AS TEXT) AS table_name, CAST(column_name AS TEXT) AS column_name, CAST(data_type AS TEXT) AS kind, \
             is_nullable = 'YES' AS is_nullable FROM information_schema.columns WHERE table_schema = 'public' \
             AND table_name <> '__diesel_schema_migrations'"
        }
    };
    let mut rows: Vec<ColumnRow> = diesel::sql_query(statement).load(conn).expect("the columns");
    rows.sort();
    rows
}

#[derive(QueryableByName, Debug, PartialEq, Eq)]
struct IndexRow {
    #[diesel(sql_type = Text)]
    name: String,
}

fn indexes(conn: &mut Conn) -> Vec<IndexRow> {
    let statement = match conn {
        Conn::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'idx_%' ORDER BY name",
        Conn::Pg(_) => {
            "SELECT CAST(indexname AS TEXT) AS name FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'idx_%' ORDER BY indexname"
        }
    };
    diesel::sql_query(statement).load(conn).expect("the indexes")
}

#[test]
fn every_migration_can_be_taken_back_and_run_again() {
    let test = TestDb::unmigrated();
    migrate::migrate_blocking(&test.db()).expect("up");
    let before = (columns(&mut test.connect()), indexes(&mut test.connect()));
    migrate::revert_all_blocking(&test.db()).expect("down");
    assert_eq!(columns(&mut test.connect()), Vec::new());
    migrate::migrate_blocking(&test.db()).expect("up again");
    assert_eq!((columns(&mut test.connect()), indexes(&mut test.connect())), before);
    assert!(
        migrate::pending_blocking(&test.db())
            .expect("nothing pending")
            .is_empty()
    );
}

/// Type words of the query builder, and what each database calls them.
fn kinds() -> BTreeMap<&'static str, [&'static str; 2]> {
    BTreeMap::from([
        ("BigInt", ["integer bigint", "bigint"]),
        ("Integer", ["integer", "integer"]),
        ("SmallInt", ["smallint", "smallint"]),
        ("Text", ["text", "text"]),
        ("Binary", ["blob", "bytea"]),
        ("Bool", ["boolean", "boolean"]),
        ("Double", ["double", "double precision"]),
    ])
}

#[test]
fn the_query_builder_knows_every_column_as_the_database_has_it() {
    let test = TestDb::new();
    let place = usize::from(!test.url().is_sqlite());
    let found: BTreeMap<(String, String), (String, bool)> = columns(&mut test.connect())
        .into_iter()
        .map(|row| ((row.table_name, row.column_name), (row.kind, row.is_nullable)))
        .collect();
    let (mut table, mut other_name) = ("", None);
    let mut checked = 0;
    let written = [
        include_str!("../../domain/src/db/schema.rs"),
        include_str!("../../domain/src/db/schema/of_queue.rs"),
        include_str!("../../domain/src/db/schema/of_students.rs"),
        include_str!("../../domain/src/db/schema/of_tickets.rs"),
        include_str!("../../domain/src/db/schema/of_worktime.rs"),
        include_str!("../../domain/src/db/schema/of_evidence.rs"),
        include_str!("../../domain/src/db/schema/of_mails.rs"),
    ];
    for line in written.iter().flat_map(|text| text.lines()).map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = other_name.take().unwrap_or(name);
        }
        if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            other_name = name.strip_suffix("\"]");
        }
        let Some((column, kind)) = line.split_once(" -> ").filter(|_| line.ends_with(',')) else {
            continue;
        };
        let kind = kind.trim_end_matches(',');
        let inner = kind.trim_start_matches("Nullable<").trim_end_matches('>');
        let Some((found_kind, is_nullable)) = found.get(&(table.to_owned(), column.to_owned())) else {
            panic!("{table}.{column} is not in the database");
        };
        assert!(
            kinds()[inner][place]
                .split(' ')
                .any(|word| *found_kind == word || found_kind == kinds()[inner][place]),
            "{table}.{column}"
        );
        assert_eq!(*is_nullable, kind.starts_with("Nullable"), "{table}.{column}");
        checked += 1;
    }
    assert!(checked > 100);
}
