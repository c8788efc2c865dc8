//! `rollproof batch …`.

use std::path::{Path, PathBuf};

use domain::agencies::queries::get_agency_by_code;
use domain::audit::OPERATOR;
use domain::batches::model::{BatchKind, BatchState, KeyPolicyWord, NewBatch};
use domain::batches::queries::report::{count_findings, get_report, open_report};
use domain::batches::report::BatchReport;
use domain::batches::{commands, queries};
use domain::campaigns::queries::get_campaign_by_code;
use domain::error::{Error, Result};
use domain::id::BatchId;
use serde_json::json;
use worker::archive::pack_folder;

use super::Outcome;
use super::drain::{Subject, drain};
use super::output::{self, Format};
use crate::house::House;
use crate::staging::{digest_file, stage};

/// Verbs on batches.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Take a delivery in, inspect and match it, print its report.
    Ingest(IngestArgs),
    /// Print the report of a batch.
    Report {
        /// Its number.
        batch_id: BatchId,
    },
    /// Match a batch again, without decoding again.
    Rematch {
        /// Its number.
        batch_id: BatchId,
    },
    /// Take a batch back.
    Undo {
        /// Its number.
        batch_id: BatchId,
    },
}

/// Arguments of `batch ingest`.
#[derive(clap::Args)]
pub struct IngestArgs {
    /// A ZIP, or a folder of photos.
    pub delivery: PathBuf,
    /// Code of the campaign.
    #[arg(long)]
    pub campaign: String,
    /// Code of the agency.
    #[arg(long)]
    pub agency: String,
    /// Which photo of the records it brings: graduation or admission.
    #[arg(long, default_value = "graduation")]
    pub kind: BatchKind,
    /// By which number files are named: auto, id-number, exam-no or student-no.
    #[arg(long, default_value = "auto")]
    pub key: KeyPolicyWord,
    /// The agency's list, where it is not inside the delivery.
    #[arg(long)]
    pub manifest: Option<PathBuf>,
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    match verb {
        Verb::Ingest(args) => {
            let batch_id = ingest(house, args).await?;
            print_report(house, batch_id, format).await
        }
        Verb::Report { batch_id } => print_report(house, batch_id, format).await,
        Verb::Rematch { batch_id } => {
            let now_ms = house.clock.now_ms();
            house
                .db
                .write_tx(move |conn| commands::rematch_batch(conn, batch_id, OPERATOR, now_ms))
                .await?;
            drain(house, Subject::Batch(batch_id)).await?;
            print_report(house, batch_id, format).await
        }
        Verb::Undo { batch_id } => {
            let now_ms = house.clock.now_ms();
            house
                .db
                .write_tx(move |conn| commands::undo_batch(conn, batch_id, OPERATOR, now_ms))
                .await?;
            output::print(
                format,
                &json!({ "batch_id": batch_id, "state": BatchState::Undone }),
                |_| format!("batch {batch_id} undone"),
            )?;
            Ok(Outcome::Done)
        }
    }
}

/// Takes a delivery in, or recognises it, and waits until it is reconciled.
pub async fn ingest(house: &House, args: IngestArgs) -> Result<BatchId> {
    let (campaign_code, agency_code) = (args.campaign.clone(), args.agency.clone());
    let (campaign, agency) = house
        .db
        .read(move |conn| {
            Ok((
                get_campaign_by_code(conn, &campaign_code)?,
                get_agency_by_code(conn, &agency_code)?,
            ))
        })
        .await?;
    let packed = pack_if_folder(house, &args.delivery)?;
    let archive = packed.as_ref().map_or(args.delivery.as_path(), |packed| packed.path());
    let (sha256, size_bytes) = digest_file(archive, "DELIVERY")?;
    let (campaign_id, agency_id, digest) = (campaign.campaign_id, agency.agency_id, sha256.clone());
    let known = house
        .db
        .read(move |conn| queries::find_delivery(conn, campaign_id, agency_id, &digest))
        .await?;
    let batch_id = match known {
        Some(batch_id) => batch_id,
        None => {
            let manifest_object = match &args.manifest {
                Some(path) => Some(stage(&house.store, path).await?),
                None => None,
            };
            let new = NewBatch {
                campaign_id,
                agency_id,
                kind: args.kind,
                key_policy: args.key,
                sha256,
                size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
                staged_object: stage(&house.store, archive).await?,
                manifest_object,
                actor: OPERATOR.to_owned(),
            };
            let now_ms = house.clock.now_ms();
            house
                .db
                .write_tx(move |conn| commands::receive_batch(conn, &new, now_ms))
                .await?
                .batch_id()
        }
    };
    drain(house, Subject::Batch(batch_id)).await?;
    Ok(batch_id)
}

/// A folder becomes an archive first, so that everything after knows only archives.
fn pack_if_folder(house: &House, delivery: &Path) -> Result<Option<tempfile::NamedTempFile>> {
    if !delivery.is_dir() {
        return Ok(None);
    }
    let scratch = house.config.data_dir.join("scratch");
    std::fs::create_dir_all(&scratch).map_err(Error::internal)?;
    let mut archive = tempfile::NamedTempFile::new_in(&scratch).map_err(Error::internal)?;
    let limits = worker::archive::ArchiveLimits {
        total_bytes: house.config.limits.archive_bytes,
        ..Default::default()
    };
    pack_folder(delivery, archive.as_file_mut(), &limits)
        .map_err(|error| Error::invalid(error.code(), "DELIVERY", error.to_string()))?;
    Ok(Some(archive))
}

/// The full report of a batch, and how many findings of each code it has.
pub async fn report_of(house: &House, batch_id: BatchId) -> Result<(BatchReport, Vec<(String, i64)>)> {
    let sealer = house.sealer.clone();
    house
        .db
        .read(move |conn| {
            let findings = count_findings(conn, batch_id)?;
            Ok((get_report(conn, &sealer, batch_id)?, findings))
        })
        .await
}

/// Prints the report while it is read: a batch may have more photos than fit into memory.
async fn print_report(house: &House, batch_id: BatchId, format: Format) -> Result<Outcome> {
    let sealer = house.sealer.clone();
    let printed = house.db.read(move |conn| {
        let findings = count_findings(conn, batch_id)?;
        let report = open_report(conn, &sealer, batch_id)?;
        let counts = report.counts;
        let report = report.map_photos(output::Streamed::new);
        let printed = output::print(format, &report, |report| describe(report, &findings));
        match report.photos.into_fault() {
            Some(fault) => Err(fault),
            None => printed.map(|()| counts),
        }
    });
    let counts = printed.await?;
    Ok(if counts.rejected + counts.unmatched > 0 {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    })
}

/// The report in one paragraph and a line per kind of finding.
pub fn describe<Photos>(report: &BatchReport<Photos>, findings: &[(String, i64)]) -> String {
    let counts = &report.counts;
    let mut text = format!(
        "batch {} ({}): {} files · {} matched · {} review · {} rejected · {} unmatched · {} ignored · {} missing · {} only in the manifest",
        report.batch_id,
        report.state,
        counts.files,
        counts.matched,
        counts.review,
        counts.rejected,
        counts.unmatched,
        counts.ignored,
        counts.missing,
        report.manifest_only.len()
    );
    for (code, count) in findings {
        text.push_str(&format!("\n  {code:<10} {count}"));
    }
    text
}
