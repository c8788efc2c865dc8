//! Which handler runs which job: exactly one for each of the catalogue, or the process does not start.

use std::pin::Pin;

use domain::error::{Error, Result};
use domain::jobs::{
    CATALOGUE, DeliverNotice, DeliverWebhook, ExpireData, ExpireEvidence, ImportRoll, InspectPhotos, Job,
    PrepareEvidence, ReconcileBatch, RemindStudents, SealAudit, TallyCampaigns, UnpackBatch, WatchTickets,
};
use domain::queue::Lease;

use crate::context::JobContext;
use crate::error::JobError;
use crate::handlers::{
    deliver_notice, deliver_webhook, expire_data, expire_evidence, import_roll, inspect_photos, prepare_evidence,
    reconcile_batch, remind_students, seal_audit, tally_campaigns, unpack_batch, watch_tickets,
};

/// Runs one attempt of a job.
pub type Handler = fn(JobContext, Lease, String) -> Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

macro_rules! handler {
    ($job:ty, $module:ident) => {
        (<$job>::SPEC.name, |ctx, lease, payload| {
            Box::pin(async move {
                let job: $job = serde_json::from_str(&payload)?;
                $module::run(ctx, lease, job).await
            })
        })
    };
}

const HANDLERS: &[(&str, Handler)] = &[
    handler!(ImportRoll, import_roll),
    handler!(UnpackBatch, unpack_batch),
    handler!(InspectPhotos, inspect_photos),
    handler!(ReconcileBatch, reconcile_batch),
    handler!(DeliverNotice, deliver_notice),
    handler!(DeliverWebhook, deliver_webhook),
    handler!(PrepareEvidence, prepare_evidence),
    handler!(ExpireData, expire_data),
    handler!(ExpireEvidence, expire_evidence),
    handler!(RemindStudents, remind_students),
    handler!(SealAudit, seal_audit),
    handler!(TallyCampaigns, tally_campaigns),
    handler!(WatchTickets, watch_tickets),
];

/// The handler of a job's stored name.
pub fn handler_of(name: &str) -> Option<Handler> {
    HANDLERS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, handler)| *handler)
}

/// Fails unless every job of the catalogue has exactly one handler and no handler is without a job.
pub fn verify() -> Result<()> {
    let mut handled: Vec<&str> = HANDLERS.iter().map(|(name, _)| *name).collect();
    let mut catalogued: Vec<&str> = CATALOGUE.iter().map(|spec| spec.name).collect();
    handled.sort_unstable();
    catalogued.sort_unstable();
    if handled == catalogued {
        Ok(())
    } else {
        Err(Error::internal("the job catalogue and the handlers differ"))
    }
}

/// Tells the thing a dead job worked on that it will not be done.
pub async fn on_dead(ctx: &JobContext, name: &str, payload: &str) {
    let told = match name {
        "import_roll" => import_roll::on_dead(ctx, payload).await,
        "unpack_batch" => unpack_batch::on_dead(ctx, payload).await,
        "deliver_notice" => deliver_notice::on_dead(ctx, payload).await,
        "deliver_webhook" => deliver_webhook::on_dead(ctx, payload).await,
        _ => Ok(()),
    };
    if let Err(error) = told {
        tracing::error!(job.name = name, error = %error.with_sources(), "a dead job's subject could not be marked");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_job_has_exactly_one_handler() {
        assert!(super::verify().is_ok());
    }
}
