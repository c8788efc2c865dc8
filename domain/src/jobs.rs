//! The catalogue of jobs: what each is called, where it queues and what it carries. How a job runs lives in `worker`.
//!
//! A payload holds numbers and parameters, never names, identity numbers or file names.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::id::{BatchId, DeliveryId, EvidenceId, ImportId, NoticeDeliveryId};

/// A queue and how many of its jobs one process runs at a time by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The stored name.
    pub name: &'static str,
    /// Jobs at a time in one process; `None` means two per processor, one of which computes.
    pub concurrency: Option<usize>,
}

/// Roll imports: one at a time, since each may touch every row.
pub const ROLL: Queue = Queue {
    name: "roll",
    concurrency: Some(1),
};
/// Work on whole batches: listing and reconciliation, short on processor and heavy on the database.
pub const BATCHES: Queue = Queue {
    name: "batches",
    concurrency: Some(1),
};
/// Decoding and measuring photos: one job per processor.
pub const PHOTOS: Queue = Queue {
    name: "photos",
    concurrency: None,
};
/// What others are told; a slow receiver holds up no other work.
pub const NOTICES: Queue = Queue {
    name: "notices",
    concurrency: Some(4),
};
/// Evidence of tickets: a few at a time, since each may have another program at work; it waits while that is not there.
pub const EVIDENCE: Queue = Queue {
    name: "evidence",
    concurrency: Some(2),
};
/// Clean-up that may wait.
pub const UPKEEP: Queue = Queue {
    name: "upkeep",
    concurrency: Some(1),
};

/// Every queue, in the order in which a console lists them.
pub const QUEUES: &[Queue] = &[ROLL, BATCHES, PHOTOS, NOTICES, EVIDENCE, UPKEEP];

/// Those whose end a command waits for. Notices and evidence are not among them: a server of somebody else's may be out of order for hours.
pub const AWAITED: &[Queue] = &[ROLL, BATCHES, PHOTOS, UPKEEP];

/// Somebody waits for it.
pub const PRIORITY_INTERACTIVE: i16 = 0;
/// The usual.
pub const PRIORITY_NORMAL: i16 = 10;
/// When nothing else is to be done.
pub const PRIORITY_IDLE: i16 = 20;

/// What is known about a kind of job before any runs.
#[derive(Clone, Copy, Debug)]
pub struct JobSpec {
    /// The stored name; never changed once released, since rows carry it.
    pub name: &'static str,
    /// Where it queues.
    pub queue: Queue,
    /// Smaller runs first.
    pub priority: i16,
    /// How often it may be started before it is dead.
    pub max_attempts: i32,
    /// How long one run may take.
    pub timeout_ms: u64,
    /// How often it is due by the clock; `None` where something else causes it.
    pub every_ms: Option<i64>,
}

/// A payload that can be queued.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The catalogue's entry for it.
    const SPEC: JobSpec;

    /// Names work that must not be queued twice while it waits or runs.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

const HOUR_MS: u64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* } = $spec:expr, key $key:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Serialize, Deserialize)]
            pub struct $name { $($(#[$field_doc])* pub $field: $type),* }

            impl Job for $name {
                const SPEC: JobSpec = $spec;
                fn unique_key(&self) -> Option<String> {
                    let key: fn(&Self) -> Option<String> = $key;
                    key(self)
                }
            }
        )+

        /// Every kind of job there is.
        pub const CATALOGUE: &[JobSpec] = &[$($name::SPEC),+];
    };
}

catalogue! {
    /// Reads a staged roll file, compares it with the roll and applies the difference.
    ImportRoll {
        /// The import.
        import_id: ImportId
    } = JobSpec { name: "import_roll", queue: ROLL, priority: PRIORITY_INTERACTIVE, max_attempts: 5, timeout_ms: 2 * HOUR_MS, every_ms: None },
        key |job| Some(format!("import_roll:{}", job.import_id));

    /// Lists a staged archive, records its entries and fans out their inspection.
    UnpackBatch {
        /// The batch.
        batch_id: BatchId
    } = JobSpec { name: "unpack_batch", queue: BATCHES, priority: PRIORITY_INTERACTIVE, max_attempts: 5, timeout_ms: HOUR_MS, every_ms: None },
        key |job| Some(format!("unpack_batch:{}", job.batch_id));

    /// Decodes, checks, standardises and hashes a run of a batch's entries.
    InspectPhotos {
        /// The batch.
        batch_id: BatchId,
        /// Number of the first entry.
        first_seq: i64,
        /// Number of the last entry, included.
        last_seq: i64
    } = JobSpec { name: "inspect_photos", queue: PHOTOS, priority: PRIORITY_NORMAL, max_attempts: 5, timeout_ms: HOUR_MS, every_ms: None },
        key |job| Some(format!("inspect_photos:{}:{}", job.batch_id, job.first_seq));

    /// Matches a batch's photos to the roll, finds duplicates and writes verdicts; run again after every change of the roll.
    ReconcileBatch {
        /// The batch.
        batch_id: BatchId
    } = JobSpec { name: "reconcile_batch", queue: BATCHES, priority: PRIORITY_NORMAL, max_attempts: 5, timeout_ms: HOUR_MS, every_ms: None },
        key |job| Some(format!("reconcile_batch:{}", job.batch_id));

    /// Tells an agency's server what happened. Tried for about four hours.
    DeliverWebhook {
        /// What is to be told.
        delivery_id: DeliveryId
    } = JobSpec { name: "deliver_webhook", queue: NOTICES, priority: PRIORITY_NORMAL, max_attempts: 30, timeout_ms: 60_000, every_ms: None },
        key |job| Some(format!("deliver_webhook:{}", job.delivery_id));

    /// Sends a student a mail or a text message. Tried for about four hours.
    DeliverNotice {
        /// The delivery.
        notice_delivery_id: NoticeDeliveryId
    } = JobSpec { name: "deliver_notice", queue: NOTICES, priority: PRIORITY_NORMAL, max_attempts: 30, timeout_ms: 120_000, every_ms: None },
        key |job| Some(format!("deliver_notice:{}", job.notice_delivery_id));

    /// Tells students what is new about their photos, and reminds those who have said nothing.
    RemindStudents {} = JobSpec { name: "remind_students", queue: UPKEEP, priority: PRIORITY_NORMAL, max_attempts: 3, timeout_ms: HOUR_MS, every_ms: Some(5 * MINUTE_MS) },
        key |_| Some("remind_students".to_owned());

    /// Warns the office of tickets that are nearly due or overdue, and closes what was answered long ago.
    WatchTickets {} = JobSpec { name: "watch_tickets", queue: UPKEEP, priority: PRIORITY_NORMAL, max_attempts: 3, timeout_ms: HOUR_MS, every_ms: Some(MINUTE_MS) },
        key |_| Some("watch_tickets".to_owned());

    /// Counts every campaign class by class and day by day, for the pages that show how far it is: now and then for decisions that people
    /// took; deliveries and imports queue it themselves.
    TallyCampaigns {} = JobSpec { name: "tally_campaigns", queue: UPKEEP, priority: PRIORITY_NORMAL, max_attempts: 3, timeout_ms: HOUR_MS, every_ms: Some(MINUTE_MS) },
        key |_| Some("tally_campaigns".to_owned());

    /// Deletes staged files and finished jobs whose time has passed, and sessions and links that have ended.
    ExpireData {} = JobSpec { name: "expire_data", queue: UPKEEP, priority: PRIORITY_IDLE, max_attempts: 3, timeout_ms: HOUR_MS, every_ms: Some(360 * MINUTE_MS) },
        key |_| Some("expire_data".to_owned());

    /// Makes marked pages of a piece of evidence. Tried for about four hours, while its font, its renderer or the malware scanner are away.
    PrepareEvidence {
        /// The piece.
        evidence_id: EvidenceId
    } = JobSpec { name: "prepare_evidence", queue: EVIDENCE, priority: PRIORITY_NORMAL, max_attempts: 30, timeout_ms: 300_000, every_ms: None },
        key |job| Some(format!("prepare_evidence:{}", job.evidence_id));

    /// Deletes evidence whose time has passed, with proof, and what broken attempts left of any.
    ExpireEvidence {} = JobSpec { name: "expire_evidence", queue: UPKEEP, priority: PRIORITY_IDLE, max_attempts: 3, timeout_ms: HOUR_MS, every_ms: Some(360 * MINUTE_MS) },
        key |_| Some("expire_evidence".to_owned());

    /// Closes the runs of the audit trail that have settled.
    SealAudit {} = JobSpec { name: "seal_audit", queue: UPKEEP, priority: PRIORITY_IDLE, max_attempts: 3, timeout_ms: HOUR_MS, every_ms: Some(10 * MINUTE_MS) },
        key |_| Some("seal_audit".to_owned());
}

/// The kinds that this version knows of a queue. While a newer version runs beside it, there may be others, which wait for that one.
pub fn names_of(queue: &str) -> Vec<&'static str> {
    let of_queue = CATALOGUE.iter().filter(|spec| spec.queue.name == queue);
    of_queue.map(|spec| spec.name).collect()
}

/// The catalogue's entry of a stored name.
pub fn spec_of(name: &str) -> Option<&'static JobSpec> {
    CATALOGUE.iter().find(|spec| spec.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_queue_is_listed() {
        let mut names: Vec<_> = CATALOGUE.iter().map(|spec| spec.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CATALOGUE.len());
        assert!(CATALOGUE.iter().all(|spec| QUEUES.contains(&spec.queue)));
    }
}
