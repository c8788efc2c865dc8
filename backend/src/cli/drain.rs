//! Waits until queued work is done: runs it here when no worker lives, else watches the worker do it.

use std::io::IsTerminal as _;
use std::time::Duration;

use domain::batches::queries as batch_queries;
use domain::error::Result;
use domain::id::{BatchId, ImportId};
use domain::jobs::AWAITED;
use domain::queue;
use domain::roll::queries as roll_queries;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::work::job_context;
use crate::house::House;

/// A worker that has not been heard of for this long is not waited for.
const WORKER_SILENCE_MS: i64 = 30_000;
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What the progress bar follows.
#[derive(Clone, Copy)]
pub enum Subject {
    /// Photos inspected of a batch.
    Batch(BatchId),
    /// Rows applied of an import.
    Import(ImportId),
}

/// Runs or watches until nothing is queued any more.
pub async fn drain(house: &House, subject: Subject) -> Result<()> {
    let bar = start_bar();
    let watched = house.clone();
    let watching = bar.clone();
    let watcher = tokio::spawn(async move {
        loop {
            if let Err(error) = show(&watched, subject, &watching).await {
                tracing::debug!(error = %error.with_sources(), "the progress could not be read");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    });
    let clock = house.clock.clone();
    let is_worker_alive = house
        .db
        .read(move |conn| {
            let now_ms = queue::lease_time(conn, &clock)?;
            queue::exists_live_worker(conn, now_ms, WORKER_SILENCE_MS)
        })
        .await?;
    let drained = if is_worker_alive {
        wait_for_worker(house).await
    } else {
        worker::run_until_empty(job_context(house)).await
    };
    watcher.abort();
    bar.finish_and_clear();
    drained
}

async fn wait_for_worker(house: &House) -> Result<()> {
    let names: Vec<&'static str> = AWAITED.iter().map(|queue| queue.name).collect();
    loop {
        let (names, clock) = (names.clone(), house.clock.clone());
        let (unfinished, is_alive) = house
            .db
            .read(move |conn| {
                let now_ms = queue::lease_time(conn, &clock)?;
                Ok((
                    queue::count_unfinished(conn, &names)?,
                    queue::exists_live_worker(conn, now_ms, WORKER_SILENCE_MS)?,
                ))
            })
            .await?;
        if unfinished == 0 {
            return Ok(());
        }
        if !is_alive {
            return worker::run_until_empty(job_context(house)).await;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn start_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg} {per_sec} {eta}") {
        bar.set_style(style);
    }
    bar
}

async fn show(house: &House, subject: Subject, bar: &ProgressBar) -> Result<()> {
    let (done, total, state) = match subject {
        Subject::Batch(batch_id) => {
            let batch = house
                .db
                .read(move |conn| batch_queries::get_batch(conn, batch_id))
                .await?;
            (batch.entries_inspected, batch.entries_total, batch.state.as_str())
        }
        Subject::Import(import_id) => {
            let import = house
                .db
                .read(move |conn| roll_queries::get_import(conn, import_id))
                .await?;
            (import.rows_applied, import.rows_total, import.state.as_str())
        }
    };
    bar.set_length(u64::try_from(total).unwrap_or(0));
    bar.set_position(u64::try_from(done).unwrap_or(0));
    bar.set_message(state);
    Ok(())
}
