//! The job queue: a table that workers lease rows from. A job is queued in the transaction of the change that causes it.

mod store;

pub use store::console::{
    JobRow, QueueCounts, count_queues, count_unfinished, delete_done, due_in_ms, exists_live_worker, list_jobs, pause,
    resume, retry_dead,
};
pub use store::enqueue::{enqueue, enqueue_at, enqueue_many, enqueue_once_per};
pub use store::lease::{
    claim, extend_leases, fail, finish, is_due, release, requeue_expired, require_lease, unregister_worker,
};
pub use store::{Claimed, JobFailure, JobState, Lease};
