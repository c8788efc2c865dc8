//! `rollproof push`: the agency's resumable uploader.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::batches::model::{BatchKind, KeyPolicyWord};
use domain::error::{Error, Result};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use worker::archive::{ArchiveLimits, pack_folder};

use super::Outcome;
use super::output::{self, Format};
use crate::files::read_file;
use crate::push::client::Client;
use crate::push::{Delivery, Watcher, hand_in, send, wait_for_report};
use crate::staging::digest_file;

/// Arguments of `push`.
#[derive(clap::Args)]
pub struct Args {
    /// ZIPs, or folders of photos.
    #[arg(required = true)]
    deliveries: Vec<PathBuf>,
    /// The server's address, as people open it.
    #[arg(long)]
    server: String,
    /// Code of the campaign.
    #[arg(long)]
    campaign: String,
    /// A file with the token in its only line.
    #[arg(long)]
    token_file: PathBuf,
    /// Which photo of the records it brings: graduation or admission.
    #[arg(long, default_value = "graduation")]
    kind: BatchKind,
    /// By which number files are named: auto, id-number, exam-no or student-no.
    #[arg(long, default_value = "auto")]
    key: KeyPolicyWord,
    /// Deliveries sent at a time.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    concurrency: u8,
    /// Size of a piece, in MiB.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=64))]
    piece_mib: u64,
}

/// Runs the verb. Every delivery is sent and answered for, whatever becomes of the others; a fault ends the command after that.
pub async fn run(args: Args, format: Format) -> Result<Outcome> {
    let unreadable = |error: std::io::Error| {
        Error::invalid(
            "file-unreadable",
            "--token-file",
            format!("the file cannot be read: {}", error.kind()),
        )
    };
    let token = tokio::fs::read_to_string(&args.token_file).await.map_err(unreadable)?;
    let client = Client::new(&args.server, &token)?;
    let pushed: Vec<Result<Value>> = stream::iter(&args.deliveries)
        .map(|path| push(&client, &args, path))
        .buffered(usize::from(args.concurrency))
        .collect()
        .await;
    let mut outcome = Ok(Outcome::Done);
    for (path, pushed) in args.deliveries.iter().zip(pushed) {
        match pushed {
            Ok(report) => {
                output::print(format, &report, words)?;
                let has_refused = count(&report, "rejected") + count(&report, "unmatched") > 0;
                if has_refused && outcome.is_ok() {
                    outcome = Ok(Outcome::SomeFailed);
                }
            }
            Err(fault) => {
                tracing::error!("{} was not delivered", path.display());
                if let Err(earlier) = std::mem::replace(&mut outcome, Err(fault)) {
                    output::print_error(format, &earlier);
                }
            }
        }
    }
    outcome
}

async fn push(client: &Client, args: &Args, path: &Path) -> Result<Value> {
    let file_name = path
        .file_name()
        .map_or_else(|| "delivery".to_owned(), |name| name.to_string_lossy().into_owned());
    let archive = archive_of(path).await?;
    let measured = archive.path().to_owned();
    let (sha256, size_bytes) = read_file(move || digest_file(&measured, "delivery")).await??;
    let bar = Bar::new(&file_name, size_bytes);
    let delivery = Delivery {
        path: archive.path(),
        file_name,
        sha256,
        size_bytes,
    };
    let upload = send(client, &delivery, args.piece_mib << 20, &bar).await?;
    let batch_id = hand_in(client, &upload, &args.campaign, args.kind.as_str(), args.key.as_str()).await?;
    let report = wait_for_report(client, batch_id, &bar).await?;
    bar.end();
    Ok(report)
}

/// A ZIP as it is, or one made of a folder, which goes when it is dropped.
enum Archive {
    Given(PathBuf),
    Packed(tempfile::NamedTempFile),
}

impl Archive {
    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Packed(file) => file.path(),
        }
    }
}

async fn archive_of(path: &Path) -> Result<Archive> {
    if !path.is_dir() {
        return Ok(Archive::Given(path.to_owned()));
    }
    let folder = path.to_owned();
    read_file(move || {
        let mut file = tempfile::NamedTempFile::new().map_err(Error::internal)?;
        pack_folder(&folder, file.as_file_mut(), &ArchiveLimits::default()).map_err(|error| Error::Refused {
            code: error.code().to_owned(),
            message: error.to_string(),
        })?;
        Ok(Archive::Packed(file))
    })
    .await?
}

/// The progress of one delivery, on a terminal.
struct Bar {
    bar: ProgressBar,
    size_bytes: u64,
}

impl Bar {
    fn new(name: &str, size_bytes: u64) -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(size_bytes), target);
        if let Ok(style) =
            ProgressStyle::with_template("{prefix} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta} {msg}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        Self { bar, size_bytes }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watcher for Bar {
    fn sent(&self, bytes: u64) {
        self.bar.set_message("");
        self.bar.set_position(bytes);
    }

    fn waiting(&self, pause: Duration) {
        self.bar
            .set_message(format!("the line broke; trying again in {} s", pause.as_secs()));
    }

    fn inspected(&self, done: i64, total: i64) {
        self.bar.set_position(self.size_bytes);
        self.bar.set_message(format!("looked at {done} of {total}"));
    }
}

fn count(report: &Value, name: &str) -> i64 {
    report["counts"][name].as_i64().unwrap_or(0)
}

/// The receipt in words: what was accepted, and each file that was not with its reasons.
fn words(report: &Value) -> String {
    let mut lines = vec![format!(
        "batch {}: {} accepted, {} with the school, {} sent back, {} with an unknown number, {} no photos",
        report["batch_id"],
        count(report, "matched"),
        count(report, "review"),
        count(report, "rejected"),
        count(report, "unmatched"),
        count(report, "ignored"),
    )];
    for photo in report["photos"].as_array().into_iter().flatten() {
        let verdict = photo["verdict"].as_str().unwrap_or_default();
        if matches!(verdict, "rejected" | "unmatched") {
            let codes = photo["findings"].as_array().into_iter().flatten();
            let codes: Vec<&str> = codes.filter_map(|finding| finding["code"].as_str()).collect();
            lines.push(format!(
                "  {verdict:9} {} ({})",
                photo["entry"].as_str().unwrap_or_default(),
                codes.join(", ")
            ));
        }
    }
    lines.join("\n")
}
