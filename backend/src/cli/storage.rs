//! `rollproof storage …`.

use std::time::Duration;

use domain::error::{Error, Result};
use domain::storage::moving::{Moved, copy_missing};
use indicatif::{HumanBytes, ProgressBar};

use super::Outcome;
use super::output::{self, Format};
use crate::house::{House, open_store};

/// Verbs on the object store.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Copy what lies in the store that `storage_former_url` names to the one that `storage_url` names, while the servers go on reading from
    /// both. May be stopped and run again; afterwards `storage_former_url` is taken out of the settings.
    Migrate {
        /// Remove from the former store what the new one has.
        #[arg(long)]
        remove: bool,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let Verb::Migrate { remove } = verb;
    let config = &house.config;
    let Some(former) = &config.storage_former_url else {
        return Err(Error::invalid(
            "storage-former",
            "storage_former_url",
            "set ROLLPROOF_STORAGE_FORMER_URL to where the objects are now, and ROLLPROOF_STORAGE_URL to where they go",
        ));
    };
    if *former == config.storage_url {
        return Err(Error::invalid(
            "storage-same",
            "storage_former_url",
            "the former store and the new one are the same address",
        ));
    }
    let (from, to) = (open_store(config, former)?, open_store(config, &config.storage_url)?);
    to.ready().await?;
    let scratch = config.data_dir.join("scratch");
    tokio::fs::create_dir_all(&scratch).await.map_err(Error::internal)?;
    let folder = tempfile::tempdir_in(&scratch).map_err(Error::internal)?;
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(200));
    let show = |moved: &Moved| bar.set_message(sentence(moved));
    let moved = copy_missing(&from, &to, folder.path(), remove, show).await;
    bar.finish_and_clear();
    output::print(format, &moved?, sentence)?;
    Ok(Outcome::Done)
}

fn sentence(moved: &Moved) -> String {
    format!(
        "{} objects seen, {} copied ({}), {} removed",
        moved.seen,
        moved.copied,
        HumanBytes(moved.copied_bytes),
        moved.removed
    )
}
