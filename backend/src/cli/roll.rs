//! `rollproof roll …`.

use std::path::{Path, PathBuf};

use domain::audit::OPERATOR;
use domain::db::dialect::roll::VanishScope;
use domain::error::{Error, Result};
use domain::id::ImportId;
use domain::roll::codes::LevelKind;
use domain::roll::import::header::Mapping;
use domain::roll::model::{ImportKind, ImportOptions, ImportReport, ImportState, NewImport};
use domain::roll::{commands, queries};

use super::Outcome;
use super::drain::{Subject, drain};
use super::output::{self, Format};
use crate::house::House;
use crate::staging::{digest_file, stage};

/// Verbs on the roll.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Compare a file with the roll and apply the difference.
    Import(ImportArgs),
    /// Take an applied import back.
    Undo {
        /// Its number.
        import_id: ImportId,
    },
}

/// Arguments of `roll import`.
#[derive(clap::Args)]
pub struct ImportArgs {
    /// CSV, XLSX, XLS or DBF.
    file: PathBuf,
    /// What the file brings: roll, admission or identity-check.
    #[arg(long, default_value = "roll")]
    kind: ImportKind,
    /// Encoding of text: auto, utf-8, gb18030, utf-16le or utf-16be.
    #[arg(long, default_value = "auto")]
    encoding: String,
    /// TOML file that says which column is which.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// What the file is complete for, e.g. school=10001,level=本科,year=2026; records in it that the file lacks have vanished.
    #[arg(long)]
    scope: Option<String>,
    /// Only compare.
    #[arg(long)]
    dry_run: bool,
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    match verb {
        Verb::Import(args) => import(house, args, format).await,
        Verb::Undo { import_id } => {
            let now_ms = house.clock.now_ms();
            let report = house
                .db
                .write_tx(move |conn| commands::undo_import(conn, import_id, OPERATOR, now_ms))
                .await?;
            drain(house, Subject::Import(import_id)).await?;
            output::print(format, &report, |report| {
                format!("{} rows reversed, {} kept", report.reversed, report.kept)
            })?;
            Ok(if report.kept > 0 {
                Outcome::SomeFailed
            } else {
                Outcome::Done
            })
        }
    }
}

async fn import(house: &House, args: ImportArgs, format: Format) -> Result<Outcome> {
    let options = ImportOptions {
        encoding: (args.encoding != "auto").then_some(args.encoding),
        sheet: None,
        mapping: args
            .mapping
            .as_deref()
            .map(read_mapping)
            .transpose()?
            .unwrap_or_default(),
        scope: args.scope.as_deref().map(parse_scope).transpose()?,
    };
    let report = import_file(house, &args.file, args.kind, options, args.dry_run).await?;
    output::print(format, &report, describe)?;
    Ok(if report.error_total > 0 {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    })
}

/// Stages a file, waits for its import and returns the report.
pub async fn import_file(
    house: &House,
    file: &Path,
    kind: ImportKind,
    options: ImportOptions,
    is_dry_run: bool,
) -> Result<ImportReport> {
    let (source_sha256, _) = digest_file(file, "FILE")?;
    let staged_object = stage(&house.store, file).await?;
    let new = NewImport {
        kind,
        staged_object,
        source_sha256,
        options,
        is_dry_run,
        is_attended: false,
        actor: OPERATOR.to_owned(),
    };
    let now_ms = house.clock.now_ms();
    let import_id = house
        .db
        .write_tx(move |conn| commands::create_import(conn, &new, now_ms))
        .await?;
    drain(house, Subject::Import(import_id)).await?;
    let (import, report) = house
        .db
        .read(move |conn| {
            Ok((
                queries::get_import(conn, import_id)?,
                queries::get_report(conn, import_id)?,
            ))
        })
        .await?;
    match import.state {
        ImportState::Applied | ImportState::Previewed => Ok(report),
        ImportState::Failed => Err(Error::Refused {
            code: import.failure_code.unwrap_or_default(),
            message: import.failure_message.unwrap_or_default(),
        }),
        _ => Err(Error::internal("the import did not end; see `rollproof jobs list`")),
    }
}

/// The report in one line, and the first errors.
pub fn describe(report: &ImportReport) -> String {
    let mut text = format!(
        "import {}: {} rows · {} new · {} changed · {} unchanged · {} vanished · {} errors · {} warnings",
        report.import_id,
        report.rows,
        report.new,
        report.changed,
        report.unchanged,
        report.vanished,
        report.error_total,
        report.warning_total
    );
    for issue in report.errors.iter().take(20) {
        text.push_str(&format!(
            "\n  row {} {}: {} ({})",
            issue.row, issue.column, issue.message, issue.code
        ));
    }
    text
}

fn read_mapping(path: &Path) -> Result<Mapping> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::invalid(
            "mapping-unreadable",
            "--mapping",
            format!("the file cannot be read: {}", error.kind()),
        )
    })?;
    toml::from_str(&text).map_err(|error| {
        Error::invalid(
            "mapping",
            "--mapping",
            format!("the file is not a mapping: {}", error.message()),
        )
    })
}

fn parse_scope(text: &str) -> Result<VanishScope> {
    let fault = || {
        Error::invalid(
            "scope",
            "--scope",
            "write the scope as school=10001,level=本科,year=2026; each part may be left out",
        )
    };
    let mut scope = VanishScope::default();
    for part in text.split(',') {
        let (key, value) = part.split_once('=').ok_or_else(fault)?;
        match key.trim() {
            "school" => scope.school_code = Some(value.trim().to_owned()),
            "level" => scope.level_kind = Some(LevelKind::of(value).ok_or_else(fault)?.as_str().to_owned()),
            "year" => scope.grad_year = Some(value.trim().parse().map_err(|_| fault())?),
            _ => return Err(fault()),
        }
    }
    Ok(scope)
}
