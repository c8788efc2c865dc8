//! `expire_evidence`: what supports tickets that ended long enough ago becomes unreadable, is removed, and leaves a proof of that.

use domain::evidence::{commands, queries};
use domain::id::EvidenceId;
use domain::jobs::ExpireEvidence;
use domain::queue::{self, Lease};

use crate::context::JobContext;
use crate::error::JobError;
use crate::evidence::erase::{erase_leftover, sweep_strays};

const DAY_MS: i64 = 86_400_000;
/// Pieces of one step.
const STEP: i64 = 100;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, _job: ExpireEvidence) -> Result<(), JobError> {
    forget_due(&ctx, &lease).await?;
    let mut after = EvidenceId(0);
    loop {
        let left = ctx
            .db()
            .read(move |conn| queries::list_leftovers(conn, after, STEP))
            .await?;
        let Some(last) = left.last() else { break };
        after = last.evidence_id;
        for piece in left {
            erase_leftover(&ctx, piece).await?;
        }
    }
    sweep_strays(&ctx).await?;
    Ok(ctx.finish(lease).await?)
}

/// Keys first: whatever happens to the objects then, nobody reads them.
async fn forget_due(ctx: &JobContext, lease: &Lease) -> Result<(), JobError> {
    let now_ms = ctx.clock().now_ms();
    let ended_before_ms = now_ms - ctx.config().evidence.retention_days * DAY_MS;
    loop {
        let due = ctx
            .db()
            .read(move |conn| queries::list_due(conn, ended_before_ms, now_ms, STEP))
            .await?;
        if due.is_empty() {
            return Ok(());
        }
        let lease = lease.clone();
        ctx.db()
            .write_tx(move |conn| {
                queue::require_lease(conn, &lease)?;
                commands::forget_keys(conn, &due)
            })
            .await?;
    }
}
