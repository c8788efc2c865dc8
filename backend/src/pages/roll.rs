//! 学籍: handing in a roll file, its four steps (file, columns, comparison, applying), and what came of it.

pub mod attend;
pub mod columns;
pub mod errors;
pub mod imports;
mod preview;

use domain::clock::TimestampMs;
use domain::id::ImportId;
use domain::roll::import::header::Field;
use domain::roll::model::{Hold, ImportKind, ImportOptions, ImportState, IssueSeverity, RollImport};
use domain::roll::queries::ListedIssue;
use domain::roll::{commands, queries};
use poem::web::{Multipart, Path, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::intake;
use crate::pages::batches::reconciliation::{FailureNote, Progress};
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{self, PAGE_ROWS, Screen};
use crate::pages::upload::FileForm;

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
    steps: Steps,
    /// Whether the reader may pause it, let it go on, or take it back.
    may_attend: bool,
    is_paused: bool,
    undone: Option<UndoneRows>,
}

/// The four steps, and the one that the page is at, from 1.
#[derive(Clone, Copy, Serialize)]
struct Steps {
    names: [&'static str; 4],
    at: usize,
}

impl Steps {
    fn at(at: usize) -> Self {
        Self {
            names: ["file", "columns", "compare", "apply"],
            at,
        }
    }
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
    /// What it waits for a person to do; worded by `import-hold-…`.
    hold: Option<Hold>,
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
    /// The column as the texts name it.
    field: Option<Field>,
    code: String,
    severity: IssueSeverity,
    message: String,
}

/// The chosen group of issues, all of it in the address.
#[derive(Deserialize)]
pub struct IssueQuery {
    code: Option<String>,
    list: Option<String>,
    encoding: Option<String>,
    after: Option<i64>,
    reversed: Option<i64>,
    kept: Option<i64>,
}

/// `POST /console/roll/imports`: takes the file in, then shows the import at work.
#[handler]
pub async fn receive(screen: Screen, multipart: Multipart) -> Result<Response, Failure> {
    let staff = screen.changer("roll.import").await?;
    let house = screen.state.house();
    let mut form = FileForm::read(multipart).await?;
    let kind: ImportKind = form.take("kind")?.parse()?;
    let arrived = intake::receive(house, form.file).await?;
    let import_id = intake::take_roll(house, arrived, kind, ImportOptions::default(), &staff).await?;
    Ok(Redirect::see_other(format!("/console/roll/imports/{import_id}")).into_response())
}

/// `GET /console/roll/imports/:import_id`.
#[handler]
pub async fn show(
    screen: Screen,
    Path(import_id): Path<i64>,
    Query(query): Query<IssueQuery>,
) -> Result<Response, Failure> {
    let db = &screen.state.house().db;
    let import = db
        .read(move |conn| queries::get_import(conn, ImportId(import_id)))
        .await?;
    let may_change = screen.staff()?.role.may_change_rolls_and_batches();
    match import.hold {
        // The first rows are people's data as they came: only for those who may bring them in.
        Some(Hold::Columns) if may_change => return columns::page(&screen, import, query.encoding).await,
        Some(Hold::Approval) => return preview::page(&screen, import, query).await,
        _ => {}
    }
    let (groups, issues) = issue_rows(&screen, import.import_id, &query).await?;
    let console = screen.console(Section::Roll).await?;
    let mut frame = console.frame;
    let is_moving = is_moving(&import);
    frame.refresh_seconds = is_moving.then_some(3);
    let undoable_rows = (import.state == ImportState::Applied).then_some(import.rows_new + import.rows_changed);
    let page = ImportPage {
        undo_rows: undoable_rows.filter(|rows| *rows > 0 && frame.may_change),
        frame,
        progress: is_moving.then(|| progress(&import, console.now_ms)),
        failure: FailureNote::new(import.failure_code.clone(), import.failure_message.clone()),
        counts: ImportCounts::new(&import),
        groups: chips(import_id, groups, query.code.as_deref(), None)?,
        steps: Steps::at(if import.state == ImportState::Applying || !is_moving {
            4
        } else {
            3
        }),
        may_attend: may_change && import.state == ImportState::Applying,
        is_paused: import.hold == Some(Hold::Pause),
        is_first: query.after.is_none(),
        first: address(import_id, query.code.as_deref(), None, None),
        next_href: issues
            .last()
            .filter(|_| issues.len() == PAGE_ROWS as usize)
            .map(|issue| address(import_id, query.code.as_deref(), None, Some(issue.issue_id))),
        issues: issues.into_iter().map(IssueRow::from).collect(),
        undone: undone(&query),
        import: ImportRow::new(&import, console.now_ms),
        code: query.code,
    };
    screen.show("roll/import.html", &page)
}

type IssueGroups = Vec<(String, String, i64)>;

/// The groups of an import's issues, and a page of those that were asked for.
async fn issue_rows(
    screen: &Screen,
    import_id: ImportId,
    query: &IssueQuery,
) -> Result<(IssueGroups, Vec<ListedIssue>), Failure> {
    let (code, after) = (query.code.clone(), query.after);
    let db = &screen.state.house().db;
    let read = db.read(move |conn| {
        let groups = queries::count_issues(conn, import_id)?;
        let issues = queries::list_issue_page(conn, import_id, code.as_deref(), after, PAGE_ROWS)?;
        Ok((groups, issues))
    });
    Ok(read.await?)
}

impl From<ListedIssue> for IssueRow {
    fn from(issue: ListedIssue) -> Self {
        Self {
            row: (issue.row > 0).then_some(issue.row),
            field: Field::of_heading(&issue.column),
            column: (!issue.column.is_empty()).then_some(issue.column),
            code: issue.code,
            severity: issue.severity,
            message: issue.message,
        }
    }
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
        .write_tx(move |conn| commands::undo_import(conn, ImportId(import_id), &staff, now_ms))
        .await?;
    let (reversed, kept) = (report.reversed, report.kept);
    let onward = format!("/console/roll/imports/{import_id}?reversed={reversed}&kept={kept}");
    Ok(Redirect::see_other(onward).into_response())
}

/// Whether work on the import is under way.
fn is_moving(import: &RollImport) -> bool {
    let is_at_work = matches!(
        import.state,
        ImportState::Queued | ImportState::Staging | ImportState::Applying
    );
    is_at_work && import.hold.is_none()
}

impl ImportRow {
    fn new(import: &RollImport, now_ms: TimestampMs) -> Self {
        Self {
            import_id: import.import_id.0,
            kind: import.kind,
            state: import.state,
            is_moving: is_moving(import),
            hold: import.hold,
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
    groups: IssueGroups,
    chosen: Option<&str>,
    tab: Option<&str>,
) -> Result<Vec<IssueGroupChip>, Failure> {
    let mut chips = Vec::with_capacity(groups.len());
    for (severity, code, count) in groups {
        let is_current = chosen == Some(code.as_str());
        chips.push(IssueGroupChip {
            severity: severity.parse()?,
            count,
            // A chosen chip leads back to all issues.
            href: address(import_id, (!is_current).then_some(code.as_str()), tab, None),
            is_current,
            code,
        });
    }
    chips.sort_by_key(|chip| chip.severity);
    Ok(chips)
}

/// Writes the page's state as its address.
fn address(import_id: i64, code: Option<&str>, tab: Option<&str>, after: Option<i64>) -> String {
    let fields = [
        ("list", tab.map(str::to_owned)),
        ("code", code.map(str::to_owned)),
        ("after", after.map(|after| after.to_string())),
    ];
    screen::address(&format!("/console/roll/imports/{import_id}"), fields)
}
