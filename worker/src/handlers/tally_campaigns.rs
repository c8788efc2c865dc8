//! `tally_campaigns`: counts every campaign, so that pages never do. Counting reads; only keeping the counts writes.

use domain::campaigns::commands::tallies::{keep, keep_classes};
use domain::campaigns::queries::{list_campaigns, tallies};
use domain::jobs::TallyCampaigns;
use domain::queue::{self, Lease};

use crate::context::JobContext;
use crate::error::JobError;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, _job: TallyCampaigns) -> Result<(), JobError> {
    let campaigns = ctx.db().read(list_campaigns).await?;
    for campaign in campaigns {
        let campaign_id = campaign.campaign_id;
        let counted = ctx.db().read(move |conn| tallies::count(conn, &campaign)).await?;
        let (step_lease, now_ms) = (lease.clone(), ctx.clock().now_ms());
        ctx.db()
            .write_tx(move |conn| {
                queue::require_lease(conn, &step_lease)?;
                keep(conn, campaign_id, &counted, now_ms)
            })
            .await?;
    }
    let classes = ctx.db().read(tallies::count_classes).await?;
    Ok(ctx
        .commit(move |conn, now_ms| {
            keep_classes(conn, &classes)?;
            queue::finish(conn, &lease, now_ms)
        })
        .await?)
}
