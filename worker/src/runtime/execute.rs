//! One attempt of one job: find its handler, bound its time, catch its panics, record how it failed.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::error::Error;
use domain::jobs;
use domain::queue::{self, Claimed, FailureKind, JobFailure, JobState, Lease};
use domain::trace;
use futures_util::FutureExt;
use tracing::Instrument as _;

use crate::context::JobContext;
use crate::error::JobError;
use crate::registry;

/// Runs a leased job; whatever happens ends in its row.
pub async fn execute(ctx: &JobContext, claimed: Claimed) {
    let span = tracing::info_span!(
        "job", otel.name = %claimed.name, job.id = %claimed.lease.job_id, job.attempt = claimed.lease.attempt,
    );
    if let Some(parent) = &claimed.trace_parent {
        trace::follow(&span, parent);
    }
    run(ctx, claimed).instrument(span).await;
}

async fn run(ctx: &JobContext, claimed: Claimed) {
    let Claimed {
        lease, name, payload, ..
    } = claimed;
    let started_ms = ctx.clock().now_ms();
    let outcome = attempt(ctx, &lease, &name, payload.clone()).await;
    let duration_ms = ctx.clock().now_ms() - started_ms;
    match outcome {
        Ok(()) => {
            tracing::debug!(job.id = %lease.job_id, job.name = %name, duration_ms, "job {} is done", lease.job_id)
        }
        Err(JobError::LeaseLost) => {
            tracing::warn!(job.id = %lease.job_id, job.name = %name, "job {} went to another worker; nothing was written", lease.job_id);
        }
        Err(error) => record_failure(ctx, &lease, &name, &payload, &error).await,
    }
    ctx.wake().notify_waiters();
}

async fn attempt(ctx: &JobContext, lease: &Lease, name: &str, payload: String) -> Result<(), JobError> {
    let (Some(spec), Some(handler)) = (jobs::spec_of(name), registry::handler_of(name)) else {
        return Err(JobError::permanent(
            "unknown-job",
            "this version of the program has no such job",
        ));
    };
    let run = AssertUnwindSafe(handler(ctx.clone(), lease.clone(), payload)).catch_unwind();
    match tokio::time::timeout(Duration::from_millis(spec.timeout_ms), run).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(JobError::retry(
            "panic",
            "the job's code broke off; this is a fault of the program",
        )),
        Err(_elapsed) => Err(JobError::retry("timeout", "the job took longer than it may")),
    }
}

async fn record_failure(ctx: &JobContext, lease: &Lease, name: &str, payload: &str, error: &JobError) {
    let failure = JobFailure {
        code: error.code().to_owned(),
        message: error.to_string(),
        kind: error.kind(),
    };
    tracing::warn!(
        job.id = %lease.job_id, job.name = %name, attempt = lease.attempt, code = %failure.code,
        source = %error.with_sources(), "attempt {} of job {} failed", lease.attempt, lease.job_id,
    );
    if failure.kind == FailureKind::Outage {
        ctx.rest();
    }
    let failed_lease = lease.clone();
    let recorded = ctx
        .write_leases(move |conn, now_ms| queue::fail(conn, &failed_lease, &failure, now_ms))
        .await;
    match recorded {
        Ok(JobState::Dead) => {
            tracing::error!(job.id = %lease.job_id, job.name = %name, "job {} is dead; see `rollproof jobs list`", lease.job_id);
            registry::on_dead(ctx, name, payload).await;
        }
        Ok(_) | Err(Error::LeaseLost { .. }) => {}
        // The lease runs out by itself and the job comes back: nothing is lost.
        Err(error) => {
            tracing::error!(job.id = %lease.job_id, error = %error.with_sources(), "a failure could not be recorded");
        }
    }
}
