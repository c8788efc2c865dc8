//! Jobs that are due by the clock. Every process asks; the queue takes each job once a tick, however many ask.

use std::time::Duration;

use domain::error::Result;
use domain::jobs::{ExpireData, ExpireEvidence, RemindStudents, SealAudit, TallyCampaigns, WatchTickets};
use domain::queue;

use crate::context::JobContext;

/// How often clean-up runs.
const EXPIRE_EVERY_MS: i64 = 6 * 3_600_000;
/// How often settled runs of the audit trail are closed.
const SEAL_EVERY_MS: i64 = 10 * 60_000;
/// How often campaigns are counted, for decisions that people took; deliveries and imports queue it themselves.
const TALLY_EVERY_MS: i64 = 60_000;
/// How often students are told what is new.
const REMIND_EVERY_MS: i64 = 5 * 60_000;
/// How often tickets are looked at for what is due.
const WATCH_EVERY_MS: i64 = 60_000;
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
            queue::enqueue_once_per(conn, &TallyCampaigns {}, TALLY_EVERY_MS, now_ms)?;
            queue::enqueue_once_per(conn, &RemindStudents {}, REMIND_EVERY_MS, now_ms)?;
            queue::enqueue_once_per(conn, &WatchTickets {}, WATCH_EVERY_MS, now_ms)?;
            queue::enqueue_once_per(conn, &SealAudit {}, SEAL_EVERY_MS, now_ms)?;
            queue::enqueue_once_per(conn, &ExpireEvidence {}, EXPIRE_EVERY_MS, now_ms)?;
            queue::enqueue_once_per(conn, &ExpireData {}, EXPIRE_EVERY_MS, now_ms)
        })
        .await
}
