//! Queries and transactions of the job table.

pub mod console;
pub mod enqueue;
pub mod lease;
pub mod operate;

use crate::id::JobId;

crate::text_enum! {
    /// Where a job stands.
    JobState {
        /// Waiting for its time and a worker.
        Queued = "queued",
        /// Leased to a worker.
        Running = "running",
        /// Finished.
        Done = "done",
        /// Given up; kept with its last error until somebody retries it.
        Dead = "dead",
    }
}

/// The right of one attempt to write a job's results: holds until another attempt begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job_id: JobId,
    /// Which attempt this is, counted from 1.
    pub attempt: i32,
    /// The process that holds it.
    pub worker_name: String,
}

/// A job handed to a worker.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The right to finish it.
    pub lease: Lease,
    /// Its kind.
    pub name: String,
    /// Its payload as JSON.
    pub payload: String,
    /// What caused it, where traces are watched.
    pub trace_parent: Option<String>,
}

/// How an attempt went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure {
    /// Stable code of the cause.
    pub code: String,
    /// One line without personal data.
    pub message: String,
    /// What another attempt may do about it.
    pub kind: FailureKind,
}

/// What another attempt may do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It may help: tried again after a growing pause, as often as the job may be started.
    Passing,
    /// A part of the house (database, object store) is away, which is none of the job's doing: it waits as long as that takes.
    Outage,
    /// The same input will fail again.
    Lasting,
}
