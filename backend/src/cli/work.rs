//! `rollproof worker`.

use domain::error::{Error, Result};
use domain::jobs::{QUEUES, Queue};
use tokio::signal::unix::{SignalKind, signal};
use worker::JobContext;

use super::Outcome;
use crate::house::House;

/// Arguments of `worker`.
#[derive(clap::Args)]
pub struct Args {
    /// Photo jobs at a time; unset: one per processor.
    #[arg(long)]
    concurrency: Option<usize>,
    /// Only these queues, separated by commas; unset: all.
    #[arg(long, value_delimiter = ',')]
    queues: Vec<String>,
}

/// Runs jobs until the process is asked to stop.
pub async fn run(house: &House, args: Args) -> Result<Outcome> {
    worker::verify_registry()?;
    let mut house = house.clone();
    house.config.jobs_concurrency = args.concurrency.unwrap_or(house.config.jobs_concurrency);
    let queues = choose_queues(&args.queues)?;
    let stop = stop_asked()?;
    worker::run(job_context(&house), &queues, stop).await?;
    Ok(Outcome::Done)
}

/// What the jobs of a house are given.
pub fn job_context(house: &House) -> JobContext {
    JobContext::new(
        house.db.clone(),
        house.store.clone(),
        house.sealer.clone(),
        house.config.clone(),
        house.clock.clone(),
    )
}

fn choose_queues(names: &[String]) -> Result<Vec<Queue>> {
    if names.is_empty() {
        return Ok(QUEUES.to_vec());
    }
    names
        .iter()
        .map(|name| {
            QUEUES.iter().find(|queue| queue.name == name).copied().ok_or_else(|| {
                Error::invalid(
                    "unknown-queue",
                    "--queues",
                    "the queues are roll, batches, photos and upkeep",
                )
            })
        })
        .collect()
}

/// Resolves when the process is asked to stop, by Ctrl-C or by a service manager.
pub fn stop_asked() -> Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::internal)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
