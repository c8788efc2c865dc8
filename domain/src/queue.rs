//! The job queue: a table that workers lease rows from. A job is queued in the transaction of the change that causes it.

mod store;

pub use store::{
    Claimed, JobFailure, JobRow, JobState, Lease, QueueCounts, claim, count_queues, count_unfinished, due_in_ms,
    enqueue, enqueue_at, enqueue_many, exists_live_worker, extend_leases, fail, finish, is_due, list_jobs, pause,
    release, requeue_expired, require_lease, resume, retry_dead, unregister_worker,
};
