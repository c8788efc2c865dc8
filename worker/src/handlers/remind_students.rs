//! `remind_students`: tells students what is new about their photos, and reminds those who have said nothing; reminders never at night.

use domain::jobs::RemindStudents;
use domain::notices::commands::tell_due;
use domain::queue::Lease;

use crate::context::JobContext;
use crate::error::JobError;

/// Students told in one transaction of a statement, so that nobody waits long for the one writer of SQLite.
const STEP: i64 = 2_000;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, _job: RemindStudents) -> Result<(), JobError> {
    loop {
        // Each step at an instant of its own: its deliveries are made from the notices of that instant.
        let told = ctx.db().write_tx({
            let now_ms = ctx.clock().now_ms();
            move |conn| tell_due(conn, STEP, now_ms)
        });
        if told.await? == 0 {
            return Ok(ctx.finish(lease).await?);
        }
    }
}
