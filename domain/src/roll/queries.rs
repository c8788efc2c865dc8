//! Reads of imports and records.

pub mod preview;
pub mod records;
pub mod sheet;
pub mod timeline;

use diesel::prelude::*;

use super::model::{ImportKind, ImportReport, ImportState, IssueSeverity, MAX_REPORTED_ISSUES, RollImport, RowIssue};
use crate::db::Conn;
use crate::db::schema::{roll_import_issues, roll_imports, roll_records};
use crate::error::{Error, Result};
use crate::id::ImportId;
use crate::lists::ByAge;

/// The import of that number.
pub fn get_import(conn: &mut Conn, import_id: ImportId) -> Result<RollImport> {
    let import = roll_imports::table
        .find(import_id)
        .select(RollImport::as_select())
        .first(conn)
        .optional()?;
    import.ok_or_else(|| Error::not_found("import", import_id))
}

/// Which imports a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportFilter {
    /// Those of that kind.
    pub kind: Option<ImportKind>,
    /// Those in that state.
    pub state: Option<ImportState>,
    /// Which come first.
    pub order: ByAge,
}

/// A page of imports of files, after one where given; corrections that tickets made stand with their tickets.
pub fn list_imports(
    conn: &mut Conn,
    filter: ImportFilter,
    after: Option<ImportId>,
    limit: i64,
) -> Result<Vec<RollImport>> {
    let mut imports = roll_imports::table
        .filter(roll_imports::ticket_id.is_null())
        .into_boxed();
    if let Some(kind) = filter.kind {
        imports = imports.filter(roll_imports::kind.eq(kind));
    }
    if let Some(state) = filter.state {
        imports = imports.filter(roll_imports::state.eq(state));
    }
    if let Some(after) = after {
        imports = match filter.order {
            ByAge::NewestFirst => imports.filter(roll_imports::import_id.lt(after)),
            ByAge::OldestFirst => imports.filter(roll_imports::import_id.gt(after)),
        };
    }
    imports = match filter.order {
        ByAge::NewestFirst => imports.order(roll_imports::import_id.desc()),
        ByAge::OldestFirst => imports.order(roll_imports::import_id),
    };
    Ok(imports.limit(limit).select(RollImport::as_select()).load(conn)?)
}

/// A page of an import's issues by row.
pub fn list_issues(
    conn: &mut Conn,
    import_id: ImportId,
    severity: IssueSeverity,
    offset: i64,
    limit: i64,
) -> Result<Vec<RowIssue>> {
    Ok(roll_import_issues::table
        .filter(roll_import_issues::import_id.eq(import_id))
        .filter(roll_import_issues::severity.eq(severity.as_str()))
        .order((roll_import_issues::row_no, roll_import_issues::issue_id))
        .offset(offset)
        .limit(limit)
        .select((
            roll_import_issues::row_no,
            roll_import_issues::column_name,
            roll_import_issues::code,
            roll_import_issues::message,
        ))
        .load(conn)?)
}

/// An issue in a list that goes on by number.
#[derive(Clone, Debug, Queryable)]
pub struct ListedIssue {
    /// Its number.
    pub issue_id: i64,
    /// Row of the file, as people count; 0 where it is about the whole file.
    pub row: i64,
    /// Heading of the column; empty where it is about the whole row.
    pub column: String,
    /// Stable code.
    pub code: String,
    /// How much it weighs.
    pub severity: IssueSeverity,
    /// What is wrong and what to do.
    pub message: String,
}

/// A page of an import's issues by number, only those of one code where given.
pub fn list_issue_page(
    conn: &mut Conn,
    import_id: ImportId,
    code: Option<&str>,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<ListedIssue>> {
    let page = roll_import_issues::table
        .filter(roll_import_issues::import_id.eq(import_id))
        .filter(roll_import_issues::issue_id.gt(after.unwrap_or(0)))
        .order(roll_import_issues::issue_id)
        .limit(limit)
        .select((
            roll_import_issues::issue_id,
            roll_import_issues::row_no,
            roll_import_issues::column_name,
            roll_import_issues::code,
            roll_import_issues::severity,
            roll_import_issues::message,
        ));
    Ok(match code {
        None => page.load(conn)?,
        Some(code) => page.filter(roll_import_issues::code.eq(code)).load(conn)?,
    })
}

/// Issues of an import by code, the most frequent first.
pub fn count_issues(conn: &mut Conn, import_id: ImportId) -> Result<Vec<(String, String, i64)>> {
    Ok(roll_import_issues::table
        .filter(roll_import_issues::import_id.eq(import_id))
        .group_by((roll_import_issues::severity, roll_import_issues::code))
        .select((
            roll_import_issues::severity,
            roll_import_issues::code,
            diesel::dsl::count_star(),
        ))
        .order(diesel::dsl::count_star().desc())
        .load(conn)?)
}

/// The report of an import.
pub fn get_report(conn: &mut Conn, import_id: ImportId) -> Result<ImportReport> {
    let import = get_import(conn, import_id)?;
    Ok(ImportReport {
        import_id,
        state: import.state,
        rows: import.rows_total,
        new: import.rows_new,
        changed: import.rows_changed,
        unchanged: import.rows_unchanged,
        vanished: import.rows_vanished,
        errors: list_issues(conn, import_id, IssueSeverity::Error, 0, MAX_REPORTED_ISSUES)?,
        error_total: import.error_total,
        warnings: list_issues(conn, import_id, IssueSeverity::Warning, 0, MAX_REPORTED_ISSUES)?,
        warning_total: import.warning_total,
    })
}

/// How many records the roll has.
pub fn count_records(conn: &mut Conn) -> Result<i64> {
    Ok(roll_records::table.count().get_result(conn)?)
}
