//! 学籍: handing in a roll file, and what came of it.

use domain::clock::TimestampMs;
use domain::id::ImportId;
use domain::roll::import::encoding::TextEncoding;
use domain::roll::model::{ImportKind, ImportOptions, ImportState, IssueSeverity, RollImport};
use domain::roll::{commands, queries};
use poem::http::StatusCode;
use poem::web::{Multipart, Path, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::intake;
use crate::pages::batches::reconciliation::{FailureNote, Progress};
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::recaptures::After;
use crate::pages::screen::{PAGE_ROWS, Screen};
use crate::pages::upload::FileForm;

/// `roll/imports.html`: the upload form above the list.
#[derive(Serialize)]
pub struct ImportListPage {
    frame: Frame,
    rows: Vec<ImportRow>,
    is_first: bool,
    next_href: Option<String>,
    limit_bytes: u64,
}

/// `roll/import.html`.
#[derive(Serialize)]
pub struct ImportPage {
    frame: Frame,
    import: ImportRow,
    progress: Option<Progress>,
    failure: Option<FailureNote>,
    counts: ImportCounts,
    groups: Vec<IssueGroupChip>,
    code: Option<String>,
    issues: Vec<IssueRow>,
    is_first: bool,
    first: String,
    next_href: Option<String>,
    undo_rows: Option<i64>,
    undone: Option<UndoneRows>,
}

/// What an undo did, as the address carries it from the form to the page.
#[derive(Clone, Copy, Deserialize, Serialize)]
struct UndoneRows {
    reversed: i64,
    kept: i64,
}

#[derive(Serialize)]
struct ImportRow {
    import_id: i64,
    kind: ImportKind,
    state: ImportState,
    is_moving: bool,
    received: Moment,
    staff_name: String,
    rows: i64,
    errors: i64,
    warnings: i64,
}

#[derive(Serialize)]
struct ImportCounts {
    new: i64,
    changed: i64,
    unchanged: i64,
    vanished: i64,
    errors: i64,
    warnings: i64,
}

#[derive(Serialize)]
struct IssueGroupChip {
    code: String,
    severity: IssueSeverity,
    count: i64,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct IssueRow {
    row: Option<i64>,
    column: Option<String>,
    code: String,
    severity: IssueSeverity,
    message: String,
}

/// The chosen group of issues, all of it in the address.
#[derive(Deserialize)]
pub struct IssueQuery {
    code: Option<String>,
    after: Option<i64>,
    reversed: Option<i64>,
    kept: Option<i64>,
}

/// `GET /console/roll/imports`.
#[handler]
pub async fn list(screen: Screen, Query(after): Query<After>) -> Result<Response, Failure> {
    let console = screen.console(Section::Roll).await?;
    let before = after.after.map(ImportId);
    let db = &screen.state.house().db;
    let imports = db
        .read(move |conn| queries::list_imports(conn, before, PAGE_ROWS))
        .await?;
    let next = imports.last().filter(|_| imports.len() == PAGE_ROWS as usize);
    let next_href = next.map(|import| format!("/console/roll/imports?after={}", import.import_id));
    let rows: Vec<ImportRow> = imports
        .iter()
        .map(|import| ImportRow::new(import, console.now_ms))
        .collect();
    let mut frame = console.frame;
    frame.refresh_seconds = rows.iter().any(|row| row.is_moving).then_some(5);
    let page = ImportListPage {
        frame,
        rows,
        is_first: after.after.is_none(),
        next_href,
        limit_bytes: screen.state.settings().roll_bytes,
    };
    screen.show("roll/imports.html", &page)
}

/// `POST /console/roll/imports`: takes the file in, then shows the import at work.
#[handler]
pub async fn receive(screen: Screen, multipart: Multipart) -> Result<Response, Failure> {
    let staff = screen.changer("roll.import").await?;
    let house = screen.state.house();
    let mut form = FileForm::read(multipart).await?;
    let kind: ImportKind = form.take("kind")?.parse()?;
    let encoding = form.take("encoding")?;
    if encoding != "auto" && TextEncoding::from_word(&encoding).is_none() {
        return Err(Failure::coded(StatusCode::UNPROCESSABLE_ENTITY, "field-missing"));
    }
    let options = ImportOptions {
        encoding: (encoding != "auto").then_some(encoding),
        ..ImportOptions::default()
    };
    let arrived = intake::receive(house, form.file).await?;
    let import_id = intake::take_roll(house, arrived, kind, options, staff.email).await?;
    Ok(Redirect::see_other(format!("/console/roll/imports/{import_id}")).into_response())
}

/// `GET /console/roll/imports/:import_id`.
#[handler]
pub async fn show(
    screen: Screen,
    Path(import_id): Path<i64>,
    Query(query): Query<IssueQuery>,
) -> Result<Response, Failure> {
    let (code, after) = (query.code.clone(), query.after);
    let db = &screen.state.house().db;
    let (import, groups, issues) = db
        .read(move |conn| {
            let import = queries::get_import(conn, ImportId(import_id))?;
            let groups = queries::count_issues(conn, import.import_id)?;
            let issues = queries::list_issue_page(conn, import.import_id, code.as_deref(), after, PAGE_ROWS)?;
            Ok((import, groups, issues))
        })
        .await?;
    let console = screen.console(Section::Roll).await?;
    let mut frame = console.frame;
    let is_moving = is_moving(import.state);
    frame.refresh_seconds = is_moving.then_some(3);
    let undoable_rows = (import.state == ImportState::Applied).then_some(import.rows_new + import.rows_changed);
    let page = ImportPage {
        undo_rows: undoable_rows.filter(|rows| *rows > 0 && frame.may_change),
        frame,
        progress: is_moving.then(|| progress(&import, console.now_ms)),
        failure: FailureNote::new(import.failure_code.clone(), import.failure_message.clone()),
        counts: ImportCounts::new(&import),
        groups: chips(import_id, groups, query.code.as_deref())?,
        is_first: query.after.is_none(),
        first: address(import_id, query.code.as_deref(), None),
        next_href: issues
            .last()
            .filter(|_| issues.len() == PAGE_ROWS as usize)
            .map(|issue| address(import_id, query.code.as_deref(), Some(issue.issue_id))),
        issues: issues
            .into_iter()
            .map(|issue| IssueRow {
                row: (issue.row > 0).then_some(issue.row),
                column: (!issue.column.is_empty()).then_some(issue.column),
                code: issue.code,
                severity: issue.severity,
                message: issue.message,
            })
            .collect(),
        undone: undone(&query),
        import: ImportRow::new(&import, console.now_ms),
        code: query.code,
    };
    screen.show("roll/import.html", &page)
}

fn undone(query: &IssueQuery) -> Option<UndoneRows> {
    Some(UndoneRows {
        reversed: query.reversed?,
        kept: query.kept?,
    })
}

/// How far an import is; while rows are read, nobody knows how many there are.
fn progress(import: &RollImport, now_ms: TimestampMs) -> Progress {
    match import.state {
        ImportState::Applying => Progress::new(
            import.rows_applied,
            import.rows_total,
            Some(import.created_at_ms),
            now_ms,
        ),
        _ => Progress::new(0, 0, None, now_ms),
    }
}

/// `POST /console/roll/imports/:import_id/undo`.
#[handler]
pub async fn undo(screen: Screen, Path(import_id): Path<i64>) -> Result<Response, Failure> {
    let staff = screen.changer("roll.undo").await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let report = house
        .db
        .write_tx(move |conn| commands::undo_import(conn, ImportId(import_id), &staff.email, now_ms))
        .await?;
    let (reversed, kept) = (report.reversed, report.kept);
    let onward = format!("/console/roll/imports/{import_id}?reversed={reversed}&kept={kept}");
    Ok(Redirect::see_other(onward).into_response())
}

/// Whether work on the import is under way.
fn is_moving(state: ImportState) -> bool {
    matches!(
        state,
        ImportState::Queued | ImportState::Staging | ImportState::Applying
    )
}

impl ImportRow {
    fn new(import: &RollImport, now_ms: TimestampMs) -> Self {
        Self {
            import_id: import.import_id.0,
            kind: import.kind,
            state: import.state,
            is_moving: is_moving(import.state),
            received: Moment::new(import.created_at_ms, now_ms),
            staff_name: import.actor.clone(),
            rows: import.rows_total,
            errors: import.error_total,
            warnings: import.warning_total,
        }
    }
}

impl ImportCounts {
    fn new(import: &RollImport) -> Self {
        Self {
            new: import.rows_new,
            changed: import.rows_changed,
            unchanged: import.rows_unchanged,
            vanished: import.rows_vanished,
            errors: import.error_total,
            warnings: import.warning_total,
        }
    }
}

/// Groups of issues as chips, errors first.
fn chips(
    import_id: i64,
    groups: Vec<(String, String, i64)>,
    chosen: Option<&str>,
) -> Result<Vec<IssueGroupChip>, Failure> {
    let mut chips = Vec::with_capacity(groups.len());
    for (severity, code, count) in groups {
        let is_current = chosen == Some(code.as_str());
        chips.push(IssueGroupChip {
            severity: severity.parse()?,
            count,
            // A chosen chip leads back to all issues.
            href: address(import_id, (!is_current).then_some(code.as_str()), None),
            is_current,
            code,
        });
    }
    chips.sort_by_key(|chip| chip.severity);
    Ok(chips)
}

/// Writes the page's state as its address.
fn address(import_id: i64, code: Option<&str>, after: Option<i64>) -> String {
    let after = after.map(|after| after.to_string());
    let query: Vec<(&str, &str)> = [("code", code), ("after", after.as_deref())]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/console/roll/imports/{import_id}{mark}{query}")
}
