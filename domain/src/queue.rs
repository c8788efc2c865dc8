//! The job queue: a table that workers lease rows from. A job is queued in the transaction of the change that causes it.

mod store;

pub use store::console::{
    BUCKETS, FailureGroup, JobFilter, JobRow, QueueCounts, ScheduleRow, Throughput, WorkerRow, count_done,
    count_queues, count_unfinished, delete_done, due_in_ms, exists_live_worker, get_job, group_failures, list_jobs,
    list_schedules, list_workers,
};
pub use store::enqueue::{enqueue, enqueue_at, enqueue_many, enqueue_scheduled};
pub use store::lease::{
    claim, extend_leases, fail, finish, is_due, lease_time, release, requeue_expired, require_lease, unregister_worker,
};
pub use store::operate::{CANCELLED, MOST_NAMED, QueueHand, Selection, cancel, limit, pause, resume, retry};
pub use store::{Claimed, FailureKind, JobFailure, JobState, Lease};
