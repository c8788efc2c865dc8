//! Everything that changes the roll. An import commits in steps, each only while its job's lease holds, and can be taken up again
//! at any of them.

pub mod attend;
pub mod correct;
pub mod reveal;

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;

use super::import::stage::StagedRow;
use super::model::{Hold, ImportKind, ImportOptions, ImportState, IssueSeverity, NewImport, RollImport, RowIssue};
use super::queries::get_import;
use crate::audit::{self, Act, Actor};
use crate::batches;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::dialect::roll::{self as statements, Ledger};
use crate::db::schema::{roll_import_issues, roll_imports};
use crate::error::{Error, Result};
use crate::id::ImportId;
use crate::jobs::{ImportRoll, TallyCampaigns};
use crate::queue::{self, Lease};
use crate::schools::commands::add_missing_schools;

/// Rows that one transaction stages.
pub const ROWS_PER_STEP: i64 = 10_000;
/// Rows that one transaction applies: as many as other writers can wait for, since every step writes most pages of the roll's indexes anew.
const ROWS_PER_APPLIED_STEP: i64 = 20_000;

/// Records a staged file and queues its import.
///
/// Only a roll can be complete for a scope: other kinds name a few people, and nobody vanishes by not being among them.
pub fn create_import(conn: &mut Conn, new: &NewImport, now_ms: TimestampMs) -> Result<ImportId> {
    if new.kind != ImportKind::Roll && new.options.scope.is_some() {
        return Err(scope_needs_roll());
    }
    let import_id = diesel::insert_into(roll_imports::table)
        .values((
            roll_imports::kind.eq(new.kind),
            roll_imports::state.eq(ImportState::Queued),
            roll_imports::staged_object.eq(&new.staged_object),
            roll_imports::source_sha256.eq(&new.source_sha256),
            roll_imports::options.eq(serde_json::to_string(&new.options)?),
            roll_imports::is_dry_run.eq(new.is_dry_run),
            roll_imports::is_attended.eq(new.is_attended),
            roll_imports::hold.eq(new.is_attended.then_some(Hold::Columns)),
            roll_imports::actor.eq(&new.actor),
            roll_imports::created_at_ms.eq(now_ms),
        ))
        .returning(roll_imports::import_id)
        .get_result::<ImportId>(conn)?;
    audit::append(
        conn,
        &Act::new("roll.import", "roll_import", import_id).by(&new.actor),
        now_ms,
    )?;
    if !new.is_attended {
        queue::enqueue(conn, &ImportRoll { import_id }, now_ms)?;
    }
    Ok(import_id)
}

fn scope_needs_roll() -> Error {
    Error::invalid(
        "scope-needs-roll",
        "scope",
        "only a file of kind roll can be complete for a scope",
    )
}

/// The options of an import.
pub fn options_of(import: &RollImport) -> Result<ImportOptions> {
    Ok(serde_json::from_str(&import.options)?)
}

/// Begins reading: whatever an earlier attempt staged is gone.
pub fn begin_staging(conn: &mut Conn, lease: &Lease, import_id: ImportId) -> Result<()> {
    queue::require_lease(conn, lease)?;
    statements::clear_staging(conn, import_id)?;
    diesel::delete(roll_import_issues::table.filter(roll_import_issues::import_id.eq(import_id))).execute(conn)?;
    diesel::update(roll_imports::table.find(import_id))
        .set((
            roll_imports::state.eq(ImportState::Staging),
            roll_imports::rows_total.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Rows on their way to the database, written out as they are read: a few long texts pass from the thread that reads to the one that
/// writes, not thirty small ones a row, whose memory would be freed by another thread than took it.
#[derive(Debug, Default)]
pub struct StagedRows {
    documents: Vec<String>,
    of_last: usize,
}

impl StagedRows {
    /// Adds a row.
    pub fn push(&mut self, row: &StagedRow) -> Result<()> {
        let text = serde_json::to_string(row)?;
        match self
            .documents
            .last_mut()
            .filter(|_| self.of_last < bulk::ROWS_PER_STATEMENT)
        {
            Some(document) => {
                document.truncate(document.len() - 1);
                document.extend([",", &text, "]"]);
                self.of_last += 1;
            }
            None => {
                self.documents.push(format!("[{text}]"));
                self.of_last = 1;
            }
        }
        Ok(())
    }
}

/// One step of reading.
#[derive(Default)]
pub struct StagedStep {
    /// The record's columns that the file has.
    pub present: Vec<&'static str>,
    /// Rows that can be imported.
    pub rows: StagedRows,
    /// What was said about rows.
    pub issues: Vec<(IssueSeverity, RowIssue)>,
    /// Rows read, good or not.
    pub rows_read: i64,
    /// Schools named so far, code to name.
    pub schools: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct IssueInsert<'a> {
    import_id: ImportId,
    row_no: i64,
    column_name: &'a str,
    code: &'a str,
    severity: IssueSeverity,
    message: &'a str,
}

const ISSUE_COLUMNS: &[Column] = &[
    Column::Integer("import_id"),
    Column::Integer("row_no"),
    Column::Text("column_name"),
    Column::Text("code"),
    Column::Text("severity"),
    Column::Text("message"),
];

/// Stages one step of rows. A file that only is to be compared adds no school.
pub fn stage_step(
    conn: &mut Conn,
    lease: &Lease,
    import: &RollImport,
    step: &StagedStep,
    now_ms: TimestampMs,
) -> Result<()> {
    queue::require_lease(conn, lease)?;
    if !import.is_dry_run {
        add_missing_schools(conn, &step.schools, now_ms)?;
    }
    let ledger = Ledger::of(import.kind);
    statements::plan_once(conn)?;
    for document in &step.rows.documents {
        statements::stage_rows(conn, import.import_id, ledger, &step.present, document)?;
    }
    let issues: Vec<IssueInsert<'_>> = step
        .issues
        .iter()
        .map(|(severity, issue)| IssueInsert {
            import_id: import.import_id,
            row_no: issue.row,
            column_name: &issue.column,
            code: &issue.code,
            severity: *severity,
            message: &issue.message,
        })
        .collect();
    bulk::insert(conn, "roll_import_issues", ISSUE_COLUMNS, "", &issues)?;
    diesel::update(roll_imports::table.find(import.import_id))
        .set((
            roll_imports::rows_total.eq(roll_imports::rows_total + step.rows_read),
            roll_imports::present_columns.eq(step.present.join(",")),
        ))
        .execute(conn)?;
    Ok(())
}

/// Judges the staged rows against each other and the roll, and either ends a comparison or begins to apply.
pub fn judge(
    conn: &mut Conn,
    lease: &Lease,
    import: &RollImport,
    encoding: Option<&str>,
    now_ms: TimestampMs,
) -> Result<()> {
    queue::require_lease(conn, lease)?;
    let import_id = import.import_id;
    statements::judge_rows(conn, import_id, import.kind)?;
    let outcomes = statements::count_outcomes(conn, import_id)?;
    let scope = options_of(import)?.scope;
    let vanished = scope
        .map(|scope| statements::count_vanished(conn, import_id, &scope))
        .transpose()?
        .unwrap_or(0);
    let (state, hold) = match (import.is_dry_run, import.is_attended) {
        (true, _) => (ImportState::Previewed, None),
        (false, true) => (ImportState::Previewed, Some(Hold::Approval)),
        (false, false) => (ImportState::Applying, None),
    };
    diesel::update(roll_imports::table.find(import_id))
        .set((
            roll_imports::state.eq(state),
            roll_imports::hold.eq(hold),
            roll_imports::encoding.eq(encoding),
            roll_imports::rows_new.eq(outcomes.rows_new),
            roll_imports::rows_changed.eq(outcomes.rows_changed),
            roll_imports::rows_unchanged.eq(outcomes.rows_unchanged),
            roll_imports::rows_vanished.eq(vanished),
            roll_imports::error_total.eq(count_issues(conn, import_id, IssueSeverity::Error)?),
            roll_imports::warning_total.eq(count_issues(conn, import_id, IssueSeverity::Warning)?),
        ))
        .execute(conn)?;
    match (import.is_dry_run, hold) {
        (true, _) => finish(conn, lease, import_id, now_ms),
        // The staged rows stay: they are what the person looks at, and what is applied afterwards.
        (false, Some(_)) => queue::finish(conn, lease, now_ms),
        (false, None) => Ok(()),
    }
}

fn count_issues(conn: &mut Conn, import_id: ImportId, severity: IssueSeverity) -> Result<i64> {
    Ok(roll_import_issues::table
        .filter(roll_import_issues::import_id.eq(import_id))
        .filter(roll_import_issues::severity.eq(severity.as_str()))
        .count()
        .get_result(conn)?)
}

/// How applying goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyStep {
    /// There may be more rows.
    More,
    /// All rows are applied.
    Done,
    /// Somebody paused the import; nothing was applied in this step.
    Paused,
}

/// Applies the rows after the last one applied.
pub fn apply_step(conn: &mut Conn, lease: &Lease, import_id: ImportId, now_ms: TimestampMs) -> Result<ApplyStep> {
    queue::require_lease(conn, lease)?;
    let import = get_import(conn, import_id)?;
    if import.hold.is_some() {
        return Ok(ApplyStep::Paused);
    }
    let Some(last_row) = statements::last_row_of_step(conn, import_id, import.rows_applied, ROWS_PER_APPLIED_STEP)?
    else {
        return Ok(ApplyStep::Done);
    };
    let present: Vec<&str> = import.present_columns.split(',').collect();
    let (ledger, rows) = (Ledger::of(import.kind), (import.rows_applied + 1, last_row));
    statements::apply_rows(conn, import_id, ledger, &present, rows, now_ms)?;
    diesel::update(roll_imports::table.find(import_id))
        .set(roll_imports::rows_applied.eq(last_row))
        .execute(conn)?;
    Ok(ApplyStep::More)
}

/// Ends an applied import: marks what vanished, matches every batch again, finishes the job.
pub fn complete_import(conn: &mut Conn, lease: &Lease, import_id: ImportId, now_ms: TimestampMs) -> Result<()> {
    let import = get_import(conn, import_id)?;
    if let Some(scope) = options_of(&import)?.scope {
        statements::mark_vanished(conn, import_id, &scope)?;
    }
    diesel::update(roll_imports::table.find(import_id))
        .set(roll_imports::state.eq(ImportState::Applied))
        .execute(conn)?;
    audit::append(
        conn,
        &Act::new("roll.import.applied", "roll_import", import_id).by(&import.actor),
        now_ms,
    )?;
    if import.rows_new + import.rows_changed > 0 && Ledger::of(import.kind) == Ledger::Roll {
        batches::commands::rematch_all(conn, now_ms)?;
    }
    queue::enqueue(conn, &TallyCampaigns {}, now_ms)?;
    finish(conn, lease, import_id, now_ms)
}

fn finish(conn: &mut Conn, lease: &Lease, import_id: ImportId, now_ms: TimestampMs) -> Result<()> {
    statements::clear_staging(conn, import_id)?;
    diesel::update(roll_imports::table.find(import_id))
        .set(roll_imports::finished_at_ms.eq(now_ms))
        .execute(conn)?;
    queue::finish(conn, lease, now_ms)
}

/// Ends an import whose file cannot be read, and finishes its job.
pub fn fail_import(
    conn: &mut Conn,
    lease: &Lease,
    import_id: ImportId,
    code: &str,
    message: &str,
    now_ms: TimestampMs,
) -> Result<()> {
    mark_failed(conn, import_id, code, message)?;
    finish(conn, lease, import_id, now_ms)
}

/// Marks an import as failed; for a job that is dead.
pub fn mark_failed(conn: &mut Conn, import_id: ImportId, code: &str, message: &str) -> Result<()> {
    diesel::update(roll_imports::table.find(import_id))
        .set((
            roll_imports::state.eq(ImportState::Failed),
            roll_imports::failure_code.eq(code),
            roll_imports::failure_message.eq(message),
        ))
        .execute(conn)?;
    Ok(())
}

/// What an undo did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct UndoReport {
    /// The import.
    pub import_id: ImportId,
    /// Rows put back as they were.
    pub reversed: i64,
    /// Rows left alone: edited since, or holding a photo, a verdict or a ticket.
    pub kept: i64,
}

/// Takes an applied import back, row by row where nobody has built upon the row since.
pub fn undo_import<'a>(
    conn: &mut Conn,
    import_id: ImportId,
    actor: impl Into<Actor<'a>>,
    now_ms: TimestampMs,
) -> Result<UndoReport> {
    let import = get_import(conn, import_id)?;
    if import.state != ImportState::Applied {
        return Err(Error::conflict(
            "import-not-applied",
            "only an applied import can be undone",
        ));
    }
    let (reversed, kept) = statements::undo_rows(conn, import_id, Ledger::of(import.kind))?;
    diesel::update(roll_imports::table.find(import_id))
        .set(roll_imports::state.eq(ImportState::Undone))
        .execute(conn)?;
    audit::append(conn, &Act::new("roll.undo", "roll_import", import_id).by(actor), now_ms)?;
    if Ledger::of(import.kind) == Ledger::Roll {
        batches::commands::rematch_all(conn, now_ms)?;
    }
    Ok(UndoReport {
        import_id,
        reversed,
        kept,
    })
}
