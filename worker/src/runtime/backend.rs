//! One queue as apalis sees it: a stream of leased jobs. Finishing and failing are written by the jobs' own transactions, so apalis
//! has nothing to acknowledge.

use std::convert::Infallible;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::worker::context::WorkerContext;
use domain::jobs::Queue;
use domain::queue::{self, Claimed};
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, unfold};
use tower_layer::Identity;

use crate::context::JobContext;

/// Leases due jobs of one queue, one at a time, as fast as they are taken.
pub struct QueueBackend {
    claims: BoxStream<'static, Claimed>,
}

impl QueueBackend {
    /// A driver of `queue`.
    pub fn new(ctx: JobContext, queue: Queue) -> Self {
        let claims = unfold(
            ctx,
            move |ctx| async move { Some((next_claimed(&ctx, queue).await, ctx)) },
        );
        Self { claims: claims.boxed() }
    }
}

async fn next_claimed(ctx: &JobContext, queue: Queue) -> Claimed {
    loop {
        // Interest is registered before looking, so that a job queued in between is not missed.
        let woken = ctx.wake().notified();
        ctx.rested().await;
        match claim_one(ctx, queue).await {
            Ok(Some(claimed)) => return claimed,
            Ok(None) => {}
            // An error returned to apalis would end this queue's driver; a busy database is only waited for.
            Err(error) => {
                tracing::warn!(queue = queue.name, error = %error.with_sources(), "jobs could not be claimed; trying again");
                ctx.rest();
            }
        }
        let poll = Duration::from_millis(ctx.config().jobs_poll_ms);
        if tokio::time::timeout(poll, woken).await.is_err() {
            tracing::trace!(queue = queue.name, "looking for jobs again");
        }
    }
}

async fn claim_one(ctx: &JobContext, queue: Queue) -> domain::Result<Option<Claimed>> {
    let clock = ctx.clock().clone();
    let is_due = ctx
        .db()
        .read(move |conn| {
            let now_ms = queue::lease_time(conn, &clock)?;
            queue::is_due(conn, queue.name, now_ms)
        })
        .await?;
    if !is_due {
        return Ok(None);
    }
    let (worker_name, lease_ms) = (ctx.worker_name().to_owned(), ctx.config().jobs_lease_ms);
    let claimed = ctx
        .write_leases(move |conn, now_ms| queue::claim(conn, queue.name, &worker_name, 1, now_ms, now_ms + lease_ms))
        .await?;
    Ok(claimed.into_iter().next())
}

impl Backend for QueueBackend {
    type Task = Task<Claimed>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Option<Result<Self::Task, Infallible>>> {
        self.claims
            .poll_next_unpin(cx)
            .map(|claimed| claimed.map(|claimed| Ok(TaskBuilder::new(claimed).build())))
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for QueueBackend {
    type Args = Claimed;
    type Id = i64;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}
