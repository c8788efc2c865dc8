//! A process's sign of life: while it lasts, its leases hold.

use std::time::Duration;

use domain::error::{Error, Result};
use domain::queue;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::context::JobContext;

/// A running heartbeat.
pub struct Heartbeat {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    ctx: JobContext,
}

/// Registers the process and keeps its leases from now on.
pub async fn start(ctx: JobContext) -> Result<Heartbeat> {
    beat(&ctx).await?;
    let (stop, mut stopped) = oneshot::channel();
    let beating = ctx.clone();
    let task = tokio::spawn(async move {
        let interval = Duration::from_millis(
            u64::try_from(beating.config().jobs_lease_ms / 4)
                .unwrap_or(1_000)
                .max(50),
        );
        while tokio::time::timeout(interval, &mut stopped).await.is_err() {
            if let Err(error) = beat(&beating).await {
                tracing::warn!(error = %error.with_sources(), "leases could not be extended; trying again");
            }
        }
    });
    Ok(Heartbeat { stop, task, ctx })
}

async fn beat(ctx: &JobContext) -> Result<()> {
    let (worker_name, lease_ms) = (ctx.worker_name().to_owned(), ctx.config().jobs_lease_ms);
    ctx.write_leases(move |conn, now_ms| queue::extend_leases(conn, &worker_name, now_ms, now_ms + lease_ms))
        .await?;
    Ok(())
}

impl Heartbeat {
    /// Ends the heartbeat and returns what is still leased to the queue.
    pub async fn stop(self) -> Result<()> {
        if self.stop.send(()).is_err() {
            tracing::error!("the heartbeat had ended before it was stopped");
        }
        self.task.await.map_err(Error::internal)?;
        let worker_name = self.ctx.worker_name().to_owned();
        self.ctx
            .write_leases(move |conn, now_ms| queue::unregister_worker(conn, &worker_name, now_ms))
            .await
    }
}
