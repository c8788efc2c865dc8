//! Drives handlers from the job table: the only room that knows apalis.

mod backend;
mod execute;
mod heartbeat;
mod listen;
mod schedule;

use std::io;
use std::time::Duration;

use apalis::prelude::*;
use domain::error::{Error, Result};
use domain::jobs::{AWAITED, Queue};
use domain::queue::{self, Claimed};
use domain::storage::staged::sweep_scratch;

use crate::context::JobContext;
use backend::QueueBackend;

/// How long running jobs may go on after a stop was asked for; then their leases return to the queue.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(20);

/// Runs the jobs of these queues until `stop` resolves, then lets running jobs end; queues what is due by the clock.
pub async fn run(ctx: JobContext, queues: &[Queue], stop: impl Future<Output = ()> + Send) -> Result<()> {
    if let Err(error) = sweep_scratch(&ctx.config().data_dir, ctx.clock().now_ms()).await {
        tracing::warn!(error = %error.with_sources(), "copies that an earlier process left could not be removed");
    }
    let schedule = tokio::spawn(schedule::keep(ctx.clone()));
    let outcome = drive(ctx, queues, stop).await;
    schedule.abort();
    outcome
}

async fn drive(ctx: JobContext, queues: &[Queue], stop: impl Future<Output = ()> + Send) -> Result<()> {
    let heartbeat = heartbeat::start(ctx.clone()).await?;
    let listening = tokio::spawn(listen::wake_on_notice(ctx.clone()));
    let mut monitor = Monitor::new().shutdown_timeout(SHUTDOWN_GRACE).should_restart(|worker, error| {
        tracing::error!(worker = %worker.name(), error = %error, restarts = worker.restarts(), "a queue's driver ended and is started again");
        true
    });
    for queue in queues.iter().copied() {
        let ctx = ctx.clone();
        monitor = monitor.register(move |_| {
            WorkerBuilder::new(format!("{}-{}", queue.name, ctx.worker_name()))
                .backend(QueueBackend::new(ctx.clone(), queue))
                .concurrency(ctx.concurrency_of(queue))
                .data(ctx.clone())
                .build(run_claimed)
        });
    }
    let outcome = monitor
        .run_with_signal(async {
            stop.await;
            io::Result::Ok(())
        })
        .await;
    listening.abort();
    heartbeat.stop().await?;
    outcome.map_err(Error::internal)
}

/// Runs jobs until none of the queues that somebody waits for has one that waits or runs; for the command line and for tests.
pub async fn run_until_empty(ctx: JobContext) -> Result<()> {
    let watched = ctx.clone();
    drive(ctx, AWAITED, async move {
        while let Err(error) = wait_until_empty(&watched).await {
            tracing::warn!(error = %error.with_sources(), "the queue could not be counted; looking again");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    })
    .await
}

async fn wait_until_empty(ctx: &JobContext) -> Result<()> {
    let names: Vec<&'static str> = AWAITED.iter().map(|queue| queue.name).collect();
    loop {
        // Interest is registered before counting, so that a job that ends in between is not missed.
        let progress = ctx.wake().notified();
        let names = names.clone();
        if ctx.db().read(move |conn| queue::count_unfinished(conn, &names)).await? == 0 {
            return Ok(());
        }
        if tokio::time::timeout(Duration::from_millis(250), progress)
            .await
            .is_err()
        {
            tracing::trace!("no job ended within a quarter of a second");
        }
    }
}

async fn run_claimed(claimed: Claimed, ctx: Data<JobContext>) -> std::result::Result<(), BoxDynError> {
    execute::execute(&ctx, claimed).await;
    Ok(())
}
