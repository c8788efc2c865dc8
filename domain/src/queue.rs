//! The job queue: a table that workers lease rows from. A job is queued in the transaction of the change that causes it.

mod store;

pub use store::{
    Claimed, JobFailure, JobState, Lease, QueueCounts, JobRow, claim, count_queues, count_unfinished, enqueue, enqueue_at, enqueue_many, require_lease, exists_live_worker,
    extend_leases, fail, finish, is_due, list_jobs, pause, requeue_expired, resume, retry_dead, unregister_worker, release, due_in_ms,
};
