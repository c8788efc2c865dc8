//! `rollproof mail …`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use domain::error::{Error, Result};
use domain::mail_intake::letter::MAX_LETTER_BYTES;
use domain::mail_intake::model::Taken;
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;
use crate::mail_intake::take_mail;

/// Verbs on mails that come in.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Take mails in: one from standard input, as a mail server's pipe gives it, or all that are new in a Maildir. Answers to tickets go
    /// into them, other mails begin one that their writer confirms. Exit 3 when a mail of a Maildir could not be read; it stays there.
    Take {
        /// The folder with `new` and `cur`.
        #[arg(long, conflicts_with = "input")]
        maildir: Option<PathBuf>,
        /// `-`: one mail from standard input.
        #[arg(value_parser = ["-"], required_unless_present = "maildir")]
        input: Option<String>,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let Verb::Take { maildir, .. } = verb;
    match maildir {
        Some(folder) => take_folder(house, &folder, format).await,
        None => {
            let raw = tokio::task::block_in_place(read_input)?;
            let taken = take_mail(house, raw).await?;
            let shown = json!({ "outcome": taken.outcome, "ticket_id": taken.ticket_id, "is_known": taken.is_known });
            output::print(format, &shown, |_| sentence(&taken))?;
            Ok(Outcome::Done)
        }
    }
}

fn sentence(taken: &Taken) -> String {
    let known = if taken.is_known { " (it came before)" } else { "" };
    match taken.ticket_id {
        Some(ticket_id) => format!("{}: ticket {ticket_id}{known}", taken.outcome),
        None => format!("{}{known}", taken.outcome),
    }
}

/// Reads one byte more than a mail may have, which is then refused as too large.
fn read_input() -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    let most = u64::try_from(MAX_LETTER_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::io::stdin()
        .take(most)
        .read_to_end(&mut raw)
        .map_err(Error::internal)?;
    Ok(raw)
}

async fn take_folder(house: &House, folder: &Path, format: Format) -> Result<Outcome> {
    let (mut counts, mut failed) = (BTreeMap::<String, usize>::new(), 0);
    for path in list_new(folder)? {
        match take_file(house, folder, &path).await {
            Ok(taken) => *counts.entry(taken.outcome.to_string()).or_default() += 1,
            // A part of ours that is away fails every mail: better to come back later.
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                failed += 1;
                tracing::warn!(
                    error.code = error.code(),
                    "a mail could not be taken in and stays where it is"
                );
            }
        }
    }
    output::print(format, &json!({ "taken": counts, "failed": failed }), |_| {
        let mut lines: Vec<String> = counts
            .iter()
            .map(|(outcome, count)| format!("{outcome}: {count}"))
            .collect();
        lines.push(format!("failed: {failed}"));
        lines.join("\n")
    })?;
    Ok(if failed == 0 {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

/// The mails that are new, in the order of their names, which begin with when they came.
fn list_new(folder: &Path) -> Result<Vec<PathBuf>> {
    let unusable = |error: std::io::Error| {
        let advice = format!("the folder `new` of the Maildir cannot be read: {}", error.kind());
        Error::invalid("maildir-unreadable", "maildir", advice)
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder.join("new")).map_err(unusable)? {
        let entry = entry.map_err(unusable)?;
        if entry.file_type().map_err(unusable)?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// Takes a file in, and then moves it to where mails lie that were seen.
async fn take_file(house: &House, folder: &Path, path: &Path) -> Result<Taken> {
    let size_bytes = tokio::fs::metadata(path).await.map_err(Error::internal)?.len();
    if size_bytes > u64::try_from(MAX_LETTER_BYTES).unwrap_or(u64::MAX) {
        return Err(Error::TooMuch {
            code: "mail-too-large",
            message: format!("a mail has at most {} MB", MAX_LETTER_BYTES >> 20),
        });
    }
    let raw = tokio::fs::read(path).await.map_err(Error::internal)?;
    let taken = take_mail(house, raw).await?;
    let seen = folder.join("cur");
    tokio::fs::create_dir_all(&seen).await.map_err(Error::internal)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    tokio::fs::rename(path, seen.join(format!("{name}:2,S")))
        .await
        .map_err(Error::internal)?;
    Ok(taken)
}
