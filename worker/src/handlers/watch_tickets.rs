//! `watch_tickets`: warns the office of tickets that are nearly due or overdue, and closes what was answered long ago.

use domain::jobs::WatchTickets;
use domain::queue::{self, Lease};
use domain::tickets::commands::watch::watch_tickets;

use crate::context::JobContext;
use crate::error::JobError;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, _job: WatchTickets) -> Result<(), JobError> {
    let sealer = ctx.sealer().clone();
    Ok(ctx
        .commit(move |conn, now_ms| {
            watch_tickets(conn, &sealer, now_ms)?;
            queue::finish(conn, &lease, now_ms)
        })
        .await?)
}
