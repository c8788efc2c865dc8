//! `expire_data`: deletes staged files whose retention has passed, finished jobs as old, and sessions and links that have ended.

use domain::jobs::ExpireData;
use domain::queue::Lease;
use domain::upkeep::{self, strays::sweep_staged};

use crate::context::JobContext;
use crate::error::JobError;
use domain::storage::staged;

const DAY_MS: i64 = 86_400_000;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, _job: ExpireData) -> Result<(), JobError> {
    let before_ms = ctx.clock().now_ms() - ctx.config().staged_retention_days * DAY_MS;
    let names = ctx
        .db()
        .read(move |conn| upkeep::queries::list_expired_staged(conn, before_ms))
        .await?;
    for name in &names {
        ctx.store()
            .delete(&staged::staging_key(name)?)
            .await
            .map_err(domain::Error::from)?;
    }
    sweep_staged(ctx.db(), ctx.store(), ctx.clock().now_ms(), true).await?;
    ctx.store()
        .sweep_unfinished(before_ms)
        .await
        .map_err(domain::Error::from)?;
    let sealer = ctx.sealer().clone();
    Ok(ctx
        .commit(move |conn, now_ms| upkeep::commands::record_expired(conn, &sealer, &lease, &names, before_ms, now_ms))
        .await?)
}
