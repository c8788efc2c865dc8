//! Step three of an import: what would become of every row, before anything does.

use domain::id::ImportId;
use domain::roll::commands::options_of;
use domain::roll::model::{Outcome, RollImport};
use domain::roll::name;
use domain::roll::queries::preview::{Change, list_compared, list_vanished};
use poem::Response;
use serde::Serialize;

use super::{ImportCounts, ImportRow, IssueGroupChip, IssueQuery, IssueRow, Steps, chips, issue_rows};
use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::screen::{PAGE_ROWS, Screen, address};

/// `roll/preview.html`.
#[derive(Serialize)]
pub struct PreviewPage {
    frame: Frame,
    import: ImportRow,
    steps: Steps,
    counts: ImportCounts,
    /// `changed`, `new`, `vanished`, `unchanged` or `errors`.
    list: &'static str,
    tabs: Vec<Tab>,
    rows: Vec<ComparedRow>,
    groups: Vec<IssueGroupChip>,
    issues: Vec<IssueRow>,
    may_vanish: bool,
    is_first: bool,
    first: String,
    next_href: Option<String>,
    /// Rows that applying writes.
    writes: i64,
}

#[derive(Serialize)]
struct Tab {
    list: &'static str,
    count: i64,
    href: String,
}

#[derive(Serialize)]
struct ComparedRow {
    row_no: Option<i64>,
    key: String,
    name: String,
    class_name: Option<String>,
    changes: Vec<ShownChange>,
}

#[derive(Serialize)]
struct ShownChange {
    column: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<Change> for ShownChange {
    fn from(change: Change) -> Self {
        let is_name = change.column == "name";
        let shown = |value: String| if is_name { name::mask(&value) } else { value };
        let (before, after) = change.values.unzip();
        Self {
            column: change.column,
            before: before.map(shown),
            after: after.map(shown),
        }
    }
}

const LISTS: [&str; 5] = ["changed", "new", "vanished", "errors", "unchanged"];

/// Shows one list of the comparison.
pub async fn page(screen: &Screen, import: RollImport, query: IssueQuery) -> Result<Response, Failure> {
    let count_of = |list: &str| match list {
        "changed" => import.rows_changed,
        "new" => import.rows_new,
        "vanished" => import.rows_vanished,
        "errors" => import.error_total + import.warning_total,
        _ => import.rows_unchanged,
    };
    let chosen = query
        .list
        .as_deref()
        .and_then(|word| LISTS.into_iter().find(|list| *list == word));
    let list = chosen.unwrap_or_else(|| LISTS.into_iter().find(|list| count_of(list) > 0).unwrap_or("unchanged"));
    let import_id = import.import_id;
    let here = |list: &str, after: Option<i64>| {
        let fields = [
            ("list", Some(list.to_owned())),
            ("code", query.code.clone().filter(|_| list == "errors")),
            ("after", after.map(|after| after.to_string())),
        ];
        address(&format!("/console/roll/imports/{import_id}"), fields)
    };
    let (rows, last) = rows(screen, &import, list, query.after).await?;
    let (groups, issues, last_issue) = issues(screen, import_id, list, &query).await?;
    let console = screen.console(Section::Roll).await?;
    let page = PreviewPage {
        frame: console.frame,
        steps: Steps::at(3),
        counts: ImportCounts::new(&import),
        tabs: LISTS
            .into_iter()
            .map(|list| Tab {
                list,
                count: count_of(list),
                href: here(list, None),
            })
            .collect(),
        may_vanish: options_of(&import)?.scope.is_some(),
        is_first: query.after.is_none(),
        first: here(list, None),
        next_href: last.or(last_issue).map(|last| here(list, Some(last))),
        writes: import.rows_new + import.rows_changed,
        import: ImportRow::new(&import, console.now_ms),
        list,
        rows,
        groups,
        issues,
    };
    screen.show("roll/preview.html", &page)
}

/// A page of rows, and where the next one goes on.
async fn rows(
    screen: &Screen,
    import: &RollImport,
    list: &'static str,
    after: Option<i64>,
) -> Result<(Vec<ComparedRow>, Option<i64>), Failure> {
    let (import, staff, after) = (import.clone(), screen.staff()?.clone(), after.unwrap_or(0));
    let outcome = match list {
        "changed" => Outcome::Changed,
        "new" => Outcome::New,
        "unchanged" => Outcome::Unchanged,
        "vanished" => return vanished(screen, import, after).await,
        _ => return Ok((Vec::new(), None)),
    };
    let rows = screen
        .state
        .house()
        .db
        .read(move |conn| list_compared(conn, &staff, &import, outcome, after, PAGE_ROWS))
        .await?;
    let last = rows
        .last()
        .filter(|_| rows.len() == PAGE_ROWS as usize)
        .map(|row| row.row_no);
    let shown = rows.into_iter().map(|row| ComparedRow {
        row_no: Some(row.row_no),
        key: row.key,
        name: name::mask(&row.name),
        class_name: None,
        changes: row.changes.into_iter().map(ShownChange::from).collect(),
    });
    Ok((shown.collect(), last))
}

async fn vanished(screen: &Screen, import: RollImport, after: i64) -> Result<(Vec<ComparedRow>, Option<i64>), Failure> {
    let staff = screen.staff()?.clone();
    let Some(scope) = options_of(&import)?.scope else {
        return Ok((Vec::new(), None));
    };
    let rows = screen
        .state
        .house()
        .db
        .read(move |conn| list_vanished(conn, &staff, &import, &scope, after, PAGE_ROWS))
        .await?;
    let last = rows
        .last()
        .filter(|_| rows.len() == PAGE_ROWS as usize)
        .map(|row| row.record_id.0);
    let shown = rows.into_iter().map(|row| ComparedRow {
        row_no: None,
        key: row.student_no,
        name: name::mask(&row.name),
        class_name: row.class_name,
        changes: Vec::new(),
    });
    Ok((shown.collect(), last))
}

async fn issues(
    screen: &Screen,
    import_id: ImportId,
    list: &str,
    query: &IssueQuery,
) -> Result<(Vec<IssueGroupChip>, Vec<IssueRow>, Option<i64>), Failure> {
    if list != "errors" {
        return Ok((Vec::new(), Vec::new(), None));
    }
    let (groups, issues) = issue_rows(screen, import_id, query).await?;
    let last = issues
        .last()
        .filter(|_| issues.len() == PAGE_ROWS as usize)
        .map(|issue| issue.issue_id);
    let groups = chips(import_id.0, groups, query.code.as_deref(), Some("errors"))?;
    Ok((groups, issues.into_iter().map(IssueRow::from).collect(), last))
}
