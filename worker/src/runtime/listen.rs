//! Wakes this process's queues when another process has queued a job.

use std::convert::Infallible;
use std::time::Duration;

use domain::error::Result;

use crate::context::JobContext;

/// How often the socket is looked at; far below the interval at which queues look by themselves.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// The pause after a lost connection.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Listens until the process ends. Where nothing can be heard, queues go on looking by themselves.
pub async fn wake_on_notice(ctx: JobContext) {
    loop {
        match listen(&ctx).await {
            Ok(None) => return,
            Ok(Some(never)) => match never {},
            Err(error) => {
                tracing::warn!(error = %error.with_sources(), "queued jobs cannot be listened for; trying again");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    }
}

async fn listen(ctx: &JobContext) -> Result<Option<Infallible>> {
    let Some(mut listener) = ctx.db().listen().await? else {
        return Ok(None);
    };
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let has_heard;
        (listener, has_heard) = ctx.db().has_heard(listener).await?;
        if has_heard {
            ctx.wake().notify_waiters();
        }
    }
}
