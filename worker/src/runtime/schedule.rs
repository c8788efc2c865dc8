//! Jobs that are due by the clock. Every process asks; the queue takes each job once a tick, however many ask.

use std::time::Duration;

use domain::error::Result;
use domain::jobs::{ExpireData, ExpireEvidence, RemindStudents, SealAudit, TallyCampaigns, WatchTickets};
use domain::queue;

use crate::context::JobContext;

/// How often a process asks whether something is due.
const ASK_EVERY: Duration = Duration::from_secs(60);

/// Queues what is due, now and then, until the process ends.
pub async fn keep(ctx: JobContext) {
    loop {
        if let Err(error) = enqueue_due(&ctx).await {
            tracing::warn!(error = %error.with_sources(), "scheduled jobs could not be queued; trying again");
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

async fn enqueue_due(ctx: &JobContext) -> Result<()> {
    let now_ms = ctx.clock().now_ms();
    ctx.db()
        .write_tx(move |conn| {
            queue::enqueue_scheduled(conn, &TallyCampaigns {}, now_ms)?;
            queue::enqueue_scheduled(conn, &RemindStudents {}, now_ms)?;
            queue::enqueue_scheduled(conn, &WatchTickets {}, now_ms)?;
            queue::enqueue_scheduled(conn, &SealAudit {}, now_ms)?;
            queue::enqueue_scheduled(conn, &ExpireEvidence {}, now_ms)?;
            queue::enqueue_scheduled(conn, &ExpireData {}, now_ms)
        })
        .await
}
