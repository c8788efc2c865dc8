//! `seal_audit`: closes the runs of the audit trail that have settled.

use domain::audit::seals::close_settled;
use domain::jobs::SealAudit;
use domain::queue::{self, Lease};

use crate::context::JobContext;
use crate::error::JobError;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, _job: SealAudit) -> Result<(), JobError> {
    let sealer = ctx.sealer().clone();
    Ok(ctx
        .commit(move |conn, now_ms| {
            close_settled(conn, &sealer, now_ms)?;
            queue::finish(conn, &lease, now_ms)
        })
        .await?)
}
