//! `rollproof backup …` and `rollproof restore`.

use std::path::PathBuf;
use std::time::Duration;

use domain::config::Config;
use domain::error::Result;
use domain::storage::moving::Moved;
use indicatif::ProgressBar;

use super::Outcome;
use super::output::{self, Format};
use crate::backup;
use crate::house::House;

/// Arguments of `backup`.
#[derive(clap::Args)]
pub struct Args {
    /// The folder. A later backup into the same one copies only objects that are new.
    folder: PathBuf,
    /// Only read what is there and compare it with its checksums; exit 3 when something is broken.
    #[arg(long)]
    pub verify: bool,
}

/// Arguments of `restore`.
#[derive(clap::Args)]
pub struct RestoreArgs {
    /// The folder of the backup.
    folder: PathBuf,
}

/// Makes a backup.
pub async fn make(house: &House, args: Args, format: Format) -> Result<Outcome> {
    let bar = start_bar();
    let made = backup::make(house, &args.folder, |moved| show(&bar, moved)).await;
    bar.finish_and_clear();
    output::print(format, &made?, |made| {
        format!(
            "{} and {} objects are in the folder. Keep a copy of the secret file elsewhere: without it nobody can read sealed values.",
            made.database, made.objects
        )
    })?;
    Ok(Outcome::Done)
}

/// Looks through a backup; needs no database.
pub async fn verify(config: &Config, args: &Args, format: Format) -> Result<Outcome> {
    let verified = backup::verify(config, &args.folder).await?;
    output::print(format, &verified, |verified| {
        let mut lines = vec![format!(
            "{} objects read, {} broken",
            verified.objects,
            verified.broken.len()
        )];
        lines.extend(verified.broken.iter().map(|name| format!("broken: {name}")));
        lines.join("\n")
    })?;
    Ok(match verified.broken.is_empty() {
        true => Outcome::Done,
        false => Outcome::SomeFailed,
    })
}

/// Puts a backup into an empty database and store.
pub async fn restore(config: &Config, args: &RestoreArgs, format: Format) -> Result<Outcome> {
    let bar = start_bar();
    let restored = backup::restore(config, &args.folder, |moved| show(&bar, moved)).await;
    bar.finish_and_clear();
    output::print(format, &restored?, |restored| {
        format!(
            "{} objects and the database are back as they were; put the secret file in its place, then run `rollproof doctor`",
            restored.objects
        )
    })?;
    Ok(Outcome::Done)
}

fn start_bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn show(bar: &ProgressBar, moved: &Moved) {
    bar.set_message(format!("{} objects seen, {} copied", moved.seen, moved.copied));
}
