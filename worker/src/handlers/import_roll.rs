//! `import_roll`: reads a staged file in steps, judges it as a whole, applies it in steps. Killed anywhere, it is taken up again.

use std::sync::mpsc::{self, SyncSender};
use std::thread;

use chrono::NaiveDate;
use domain::clock::year_in_shanghai;
use domain::crypto::Sealer;
use domain::db::Db;
use domain::error::{Error, Result};
use domain::id::ImportId;
use domain::jobs::ImportRoll;
use domain::queue::Lease;
use domain::roll::commands::{self, ApplyStep, ROWS_PER_STEP, StagedStep};
use domain::roll::import::encoding::TextEncoding;
use domain::roll::import::error::TableError;
use domain::roll::import::head::MAX_TITLE_ROWS;
use domain::roll::import::header::{Field, HeaderMap};
use domain::roll::import::row::{ParsedRow, RowRules, parse_row};
use domain::roll::import::stage::{present_columns, stage_row};
use domain::roll::import::table::{RawRow, Table, TableOptions};
use domain::roll::model::{ImportKind, ImportOptions, ImportState, IssueSeverity, RollImport, RowIssue};
use domain::roll::queries;
use domain::schools::queries::find_only_school_code;

use crate::context::JobContext;
use crate::error::JobError;
use domain::storage::staged;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, job: ImportRoll) -> Result<(), JobError> {
    let import_id = job.import_id;
    let import = ctx.db().read(move |conn| queries::get_import(conn, import_id)).await?;
    if import.hold.is_some() {
        return Ok(ctx.finish(lease).await?);
    }
    match import.state {
        ImportState::Queued | ImportState::Staging => {
            let staged = staged::fetch(ctx.store(), &ctx.config().data_dir, &import.staged_object).await?;
            let reading = Reading {
                db: ctx.db().clone(),
                sealer: ctx.sealer().clone(),
                lease: lease.clone(),
                options: commands::options_of(&import)?,
                import: import.clone(),
                now_ms: ctx.clock().now_ms(),
            };
            let read = ctx.compute(move || reading.read(staged.path())).await?;
            if let Err(fault) = read {
                return end_unreadable(&ctx, lease, import_id, fault).await;
            }
            if import.is_dry_run || import.is_attended {
                return Ok(());
            }
        }
        ImportState::Applying => {}
        ImportState::Previewed | ImportState::Applied | ImportState::Failed | ImportState::Undone => {
            return Ok(ctx.finish(lease).await?);
        }
    }
    apply(&ctx, lease, import_id).await
}

async fn apply(ctx: &JobContext, lease: Lease, import_id: ImportId) -> Result<(), JobError> {
    loop {
        let (step_lease, now_ms) = (lease.clone(), ctx.clock().now_ms());
        let step = ctx
            .db()
            .write_tx(move |conn| commands::apply_step(conn, &step_lease, import_id, now_ms))
            .await?;
        match step {
            ApplyStep::More => {}
            ApplyStep::Done => break,
            ApplyStep::Paused => return Ok(ctx.finish(lease).await?),
        }
    }
    Ok(ctx
        .commit(move |conn, now_ms| commands::complete_import(conn, &lease, import_id, now_ms))
        .await?)
}

async fn end_unreadable(ctx: &JobContext, lease: Lease, import_id: ImportId, fault: ReadFault) -> Result<(), JobError> {
    let (code, message) = match fault {
        ReadFault::Domain(error) => return Err(error.into()),
        ReadFault::Table(TableError::Io(error)) => {
            return Err(JobError::retry(
                "staged-file-unreadable",
                format!("the staged file cannot be read: {}", error.kind()),
            ));
        }
        ReadFault::Table(error) => (error.code().to_owned(), error.to_string()),
        ReadFault::File { code, message } => (code.to_owned(), message),
    };
    Ok(ctx
        .commit(move |conn, now_ms| commands::fail_import(conn, &lease, import_id, &code, &message, now_ms))
        .await?)
}

/// Marks the import of a dead job.
pub async fn on_dead(ctx: &JobContext, payload: &str) -> Result<()> {
    let job: ImportRoll = serde_json::from_str(payload)?;
    ctx.db()
        .write_tx(move |conn| {
            let import = queries::get_import(conn, job.import_id)?;
            if matches!(import.state, ImportState::Queued | ImportState::Staging) {
                commands::mark_failed(
                    conn,
                    job.import_id,
                    "import-gave-up",
                    "the import failed several times; see the job list",
                )?;
            }
            Ok(())
        })
        .await
}

/// Why reading ended.
enum ReadFault {
    /// The database or the lease; the queue decides.
    Domain(Error),
    /// The file.
    Table(TableError),
    /// The file is a table but not one of this kind.
    File { code: &'static str, message: String },
}

impl From<Error> for ReadFault {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

impl From<TableError> for ReadFault {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

struct Reading {
    db: Db,
    sealer: Sealer,
    lease: Lease,
    import: RollImport,
    options: ImportOptions,
    now_ms: i64,
}

impl Reading {
    fn read(self, path: &std::path::Path) -> Result<(), ReadFault> {
        let import_id = self.import.import_id;
        self.db
            .write_tx_blocking(|conn| commands::begin_staging(conn, &self.lease, import_id))?;
        let encoding = self.options.encoding.as_deref().map(parse_encoding).transpose()?;
        let options = TableOptions {
            encoding,
            sheet: self.options.sheet.clone(),
            ..TableOptions::default()
        };
        let mut table = Table::open(path, &options)?;
        let encoding = table.encoding().map(|encoding| encoding.as_str().to_owned());
        let notices = table
            .notices()
            .iter()
            .map(|notice| {
                let issue = RowIssue {
                    row: 0,
                    column: String::new(),
                    code: notice.code().to_owned(),
                    message: notice.message().to_owned(),
                };
                (IssueSeverity::Warning, issue)
            })
            .collect();
        self.stage_rows(
            &mut table,
            StagedStep {
                issues: notices,
                ..StagedStep::default()
            },
        )?;
        self.db.write_tx_blocking(|conn| {
            commands::judge(conn, &self.lease, &self.import, encoding.as_deref(), self.now_ms)
        })?;
        Ok(())
    }

    /// Reads on one thread and writes on another: while the database takes a step, the next one is parsed and sealed.
    fn stage_rows(&self, table: &mut Table, first: StagedStep) -> Result<(), ReadFault> {
        let only_school = self.db.read_blocking(find_only_school_code)?;
        let (sender, steps) = mpsc::sync_channel(1);
        thread::scope(|scope| {
            let reader = scope.spawn(move || self.read_rows(table, first, only_school.as_deref(), &sender));
            for step in steps {
                self.write(&step)?;
            }
            reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    fn read_rows(
        &self,
        table: &mut Table,
        mut step: StagedStep,
        only_school: Option<&str>,
        steps: &SyncSender<StagedStep>,
    ) -> Result<(), ReadFault> {
        let today = NaiveDate::from_ymd_opt(year_in_shanghai(self.now_ms), 12, 31).unwrap_or(NaiveDate::MAX);
        let mut rows = table.rows()?;
        let header = self.find_header(&mut rows)?;
        step.present = present_columns(self.import.kind, &header);
        let rules = RowRules {
            kind: self.import.kind,
            header: &header,
            mapping: &self.options.mapping,
            today,
        };
        let mut total = 0_u64;
        for row in rows {
            let row = row?;
            if row.is_blank() {
                continue;
            }
            total += 1;
            step.rows_read += 1;
            self.take(&mut step, parse_row(&rules, &row), only_school)?;
            if step.rows_read == ROWS_PER_STEP && !hand_over(steps, &mut step) {
                return Ok(());
            }
        }
        if total == 0 {
            let issue = RowIssue {
                row: 0,
                column: String::new(),
                code: "no-rows".to_owned(),
                message: "文件只有表头，没有数据行".to_owned(),
            };
            step.issues.push((IssueSeverity::Warning, issue));
        }
        hand_over(steps, &mut step);
        Ok(())
    }

    fn write(&self, step: &StagedStep) -> Result<()> {
        self.db
            .write_tx_blocking(|conn| commands::stage_step(conn, &self.lease, &self.import, step, self.now_ms))
    }

    fn find_header(&self, rows: &mut impl Iterator<Item = Result<RawRow, TableError>>) -> Result<HeaderMap, ReadFault> {
        for row in rows.take(MAX_TITLE_ROWS) {
            if let Some(header) = HeaderMap::of(&row?, &self.options.mapping) {
                require_columns(self.import.kind, &header)?;
                return Ok(header);
            }
        }
        Err(ReadFault::File {
            code: "no-heading",
            message: "前 20 行中没有找到表头；请在首行写明列名（学号、姓名、证件号码……）".to_owned(),
        })
    }

    fn take(&self, step: &mut StagedStep, parsed: ParsedRow, only_school: Option<&str>) -> Result<(), ReadFault> {
        step.issues
            .extend(parsed.warnings.into_iter().map(|issue| (IssueSeverity::Warning, issue)));
        step.issues
            .extend(parsed.errors.into_iter().map(|issue| (IssueSeverity::Error, issue)));
        let Some(row) = parsed.row else { return Ok(()) };
        let Some(school_code) = row.school_code.clone().or_else(|| only_school.map(str::to_owned)) else {
            let issue = RowIssue {
                row: row.row_no,
                column: Field::SchoolCode.heading().to_owned(),
                code: "school-missing".to_owned(),
                message: "文件没有院校代码；请补上该列，或在映射中给出默认院校代码".to_owned(),
            };
            step.issues.push((IssueSeverity::Error, issue));
            return Ok(());
        };
        if !step.schools.contains_key(&school_code) {
            step.schools.insert(
                school_code.clone(),
                row.school_name.clone().unwrap_or_else(|| school_code.clone()),
            );
        }
        step.rows
            .push(&stage_row(&self.sealer, self.import.kind, row, school_code)?)?;
        Ok(())
    }
}

/// Gives a step to the writing thread and begins the next; false when that thread has ended, which has a fault of its own to tell.
fn hand_over(steps: &SyncSender<StagedStep>, step: &mut StagedStep) -> bool {
    let next = StagedStep {
        schools: step.schools.clone(),
        present: step.present.clone(),
        ..StagedStep::default()
    };
    steps.send(std::mem::replace(step, next)).is_ok()
}

fn parse_encoding(word: &str) -> Result<TextEncoding, ReadFault> {
    TextEncoding::from_word(word).ok_or_else(|| ReadFault::File {
        code: "encoding",
        message: "the encoding is one of auto, utf-8, gb18030, utf-16le and utf-16be".to_owned(),
    })
}

fn require_columns(kind: ImportKind, header: &HeaderMap) -> Result<(), ReadFault> {
    let needed = kind.needed_columns().iter();
    let missing: Vec<&str> = needed
        .filter(|field| !header.has(**field))
        .map(|field| field.heading())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(ReadFault::File {
        code: "column-missing",
        message: format!("文件缺少列：{}；请补上或在映射中指明", missing.join("、")),
    })
}
