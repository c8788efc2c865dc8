//! Queries and transactions of the job table.

use diesel::prelude::*;

use crate::clock::TimestampMs;
use crate::db::bulk::{self, Column};
use crate::db::schema::{jobs, queue_pauses, workers};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::jobs::{Job, spec_of};

/// The job's row while this very attempt holds it. A macro, since the query's type cannot be written for both databases.
macro_rules! held {
    ($lease:expr) => {
        jobs::table
            .filter(jobs::job_id.eq($lease.job_id))
            .filter(jobs::state.eq(JobState::Running))
            .filter(jobs::attempts.eq($lease.attempt))
            .filter(jobs::locked_by.eq(&$lease.worker_name))
    };
}

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
}

/// How an attempt went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure {
    /// Stable code of the cause.
    pub code: String,
    /// One line without personal data.
    pub message: String,
    /// Whether another attempt may help.
    pub may_retry: bool,
}

/// A job as a console lists it.
#[derive(Clone, Debug, Queryable, Selectable, serde::Serialize)]
#[diesel(table_name = jobs)]
pub struct JobRow {
    /// Its number.
    pub job_id: JobId,
    /// Where it queues.
    pub queue: String,
    /// Its kind.
    pub name: String,
    /// Where it stands.
    pub state: JobState,
    /// Attempts begun so far.
    pub attempts: i32,
    /// Attempts allowed.
    pub max_attempts: i32,
    /// When it may run, UTC ms.
    pub run_at_ms: TimestampMs,
    /// Code of the last failure.
    pub last_error_code: Option<String>,
    /// Text of the last failure.
    pub last_error: Option<String>,
    /// When it was queued, UTC ms.
    pub created_at_ms: TimestampMs,
}

/// What one queue holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct QueueCounts {
    /// The queue.
    pub queue: String,
    /// Jobs per state.
    pub queued: i64,
    /// Leased jobs.
    pub running: i64,
    /// Jobs given up.
    pub dead: i64,
    /// When the oldest waiting job was queued, UTC ms.
    pub oldest_queued_at_ms: Option<TimestampMs>,
    /// Whether the queue is paused.
    pub is_paused: bool,
}

/// Queues a job in the caller's transaction; says `None` where the same work waits or runs already.
pub fn enqueue<J: Job>(conn: &mut Conn, job: &J, now_ms: TimestampMs) -> Result<Option<JobId>> {
    enqueue_at(conn, job, now_ms, now_ms)
}

/// [`enqueue`] for a job that may not run before `run_at_ms`.
pub fn enqueue_at<J: Job>(
    conn: &mut Conn,
    job: &J,
    run_at_ms: TimestampMs,
    now_ms: TimestampMs,
) -> Result<Option<JobId>> {
    let unique_key = job.unique_key();
    if let Some(key) = &unique_key {
        let twin = jobs::table
            .filter(jobs::unique_key.eq(key))
            .filter(jobs::state.eq_any([JobState::Queued, JobState::Running]))
            .select(jobs::job_id)
            .first::<JobId>(conn)
            .optional()?;
        if twin.is_some() {
            return Ok(None);
        }
    }
    let job_id = diesel::insert_into(jobs::table)
        .values((
            jobs::queue.eq(J::SPEC.queue.name),
            jobs::name.eq(J::SPEC.name),
            jobs::payload.eq(serde_json::to_string(job)?),
            jobs::priority.eq(J::SPEC.priority),
            jobs::state.eq(JobState::Queued),
            jobs::attempts.eq(0),
            jobs::max_attempts.eq(J::SPEC.max_attempts),
            jobs::run_at_ms.eq(run_at_ms),
            jobs::unique_key.eq(unique_key),
            jobs::created_at_ms.eq(now_ms),
        ))
        .returning(jobs::job_id)
        .get_result(conn)?;
    dialect::notify_workers(conn)?;
    Ok(Some(job_id))
}

#[derive(serde::Serialize)]
struct NewJobRow {
    queue: &'static str,
    name: &'static str,
    payload: String,
    priority: i16,
    state: JobState,
    attempts: i32,
    max_attempts: i32,
    run_at_ms: TimestampMs,
    unique_key: Option<String>,
    created_at_ms: TimestampMs,
}

const NEW_JOB_COLUMNS: &[Column] = &[
    Column::Text("queue"),
    Column::Text("name"),
    Column::Text("payload"),
    Column::Integer("priority"),
    Column::Text("state"),
    Column::Integer("attempts"),
    Column::Integer("max_attempts"),
    Column::Integer("run_at_ms"),
    Column::Text("unique_key"),
    Column::Integer("created_at_ms"),
];

/// [`enqueue`] for a fan-out: many jobs of one kind in one statement; those that wait or run already are passed over.
pub fn enqueue_many<J: Job>(conn: &mut Conn, jobs: &[J], now_ms: TimestampMs) -> Result<()> {
    let rows = jobs
        .iter()
        .map(|job| {
            Ok(NewJobRow {
                queue: J::SPEC.queue.name,
                name: J::SPEC.name,
                payload: serde_json::to_string(job)?,
                priority: J::SPEC.priority,
                state: JobState::Queued,
                attempts: 0,
                max_attempts: J::SPEC.max_attempts,
                run_at_ms: now_ms,
                unique_key: job.unique_key(),
                created_at_ms: now_ms,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    bulk::insert(conn, "jobs", NEW_JOB_COLUMNS, "ON CONFLICT DO NOTHING", &rows)?;
    dialect::notify_workers(conn)
}

/// Fails where another attempt has taken the job over; for work that commits in several steps before it finishes.
pub fn require_lease(conn: &mut Conn, lease: &Lease) -> Result<()> {
    let held = held!(lease).select(jobs::job_id).first::<JobId>(conn).optional()?;
    require_held(usize::from(held.is_some()), lease)
}

/// Whether a worker of this queue would find something now; a read, so that an idle worker never takes the write lock.
pub fn is_due(conn: &mut Conn, queue: &str, now_ms: TimestampMs) -> Result<bool> {
    let paused = queue_pauses::table
        .filter(queue_pauses::queue.eq(queue))
        .count()
        .get_result::<i64>(conn)?
        > 0;
    if paused {
        return Ok(false);
    }
    let due = jobs::table
        .filter(jobs::queue.eq(queue))
        .filter(jobs::state.eq(JobState::Queued))
        .filter(jobs::run_at_ms.le(now_ms))
        .select(jobs::job_id)
        .limit(1)
        .first::<JobId>(conn)
        .optional()?;
    let expired = jobs::table
        .filter(jobs::queue.eq(queue))
        .filter(jobs::state.eq(JobState::Running))
        .filter(jobs::lease_until_ms.lt(now_ms))
        .select(jobs::job_id)
        .limit(1)
        .first::<JobId>(conn)
        .optional()?;
    Ok(due.is_some() || expired.is_some())
}

/// How long until the next waiting job may run; `None` where nothing waits.
pub fn due_in_ms(conn: &mut Conn, now_ms: TimestampMs) -> Result<Option<i64>> {
    let next = jobs::table
        .filter(jobs::state.eq(JobState::Queued))
        .select(diesel::dsl::min(jobs::run_at_ms))
        .first::<Option<TimestampMs>>(conn)?;
    Ok(next.map(|at| (at - now_ms).max(0)))
}

/// Leases up to `limit` due jobs of a queue to a process until `lease_until_ms`. Call in a write transaction.
pub fn claim(
    conn: &mut Conn,
    queue: &str,
    worker_name: &str,
    limit: i64,
    now_ms: TimestampMs,
    lease_until_ms: TimestampMs,
) -> Result<Vec<Claimed>> {
    requeue_expired(conn, now_ms)?;
    let rows = dialect::claim_jobs(conn, queue, worker_name, limit, now_ms, lease_until_ms)?;
    Ok(rows
        .into_iter()
        .map(|row| Claimed {
            lease: Lease {
                job_id: row.job_id,
                attempt: row.attempts,
                worker_name: worker_name.to_owned(),
            },
            name: row.name,
            payload: row.payload,
        })
        .collect())
}

/// Returns jobs whose lease ran out to the queue; those out of attempts are dead. A job that kills its process is among them.
pub fn requeue_expired(conn: &mut Conn, now_ms: TimestampMs) -> Result<usize> {
    let expired = jobs::state.eq(JobState::Running).and(jobs::lease_until_ms.lt(now_ms));
    let died = diesel::update(
        jobs::table
            .filter(expired)
            .filter(jobs::attempts.ge(jobs::max_attempts)),
    )
    .set((
        jobs::state.eq(JobState::Dead),
        jobs::locked_by.eq(None::<String>),
        jobs::lease_until_ms.eq(None::<i64>),
        jobs::last_error_code.eq("lease-expired"),
        jobs::last_error.eq("the process that ran the job ended or hung"),
        jobs::finished_at_ms.eq(now_ms),
    ))
    .execute(conn)?;
    let back = diesel::update(jobs::table.filter(expired))
        .set((
            jobs::state.eq(JobState::Queued),
            jobs::locked_by.eq(None::<String>),
            jobs::lease_until_ms.eq(None::<i64>),
            jobs::last_error_code.eq("lease-expired"),
            jobs::last_error.eq("the process that ran the job ended or hung"),
            jobs::run_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    Ok(died + back)
}

/// Says that a process lives, and keeps its leases.
pub fn extend_leases(
    conn: &mut Conn,
    worker_name: &str,
    now_ms: TimestampMs,
    lease_until_ms: TimestampMs,
) -> Result<usize> {
    dialect::upsert_worker(conn, worker_name, now_ms)?;
    let extended = diesel::update(
        jobs::table
            .filter(jobs::state.eq(JobState::Running))
            .filter(jobs::locked_by.eq(worker_name)),
    )
    .set(jobs::lease_until_ms.eq(lease_until_ms))
    .execute(conn)?;
    Ok(extended)
}

/// Ends a process's registration; its leases return to the queue at once.
pub fn unregister_worker(conn: &mut Conn, worker_name: &str, now_ms: TimestampMs) -> Result<()> {
    diesel::delete(workers::table.filter(workers::worker_name.eq(worker_name))).execute(conn)?;
    diesel::update(
        jobs::table
            .filter(jobs::state.eq(JobState::Running))
            .filter(jobs::locked_by.eq(worker_name)),
    )
    .set((
        jobs::state.eq(JobState::Queued),
        jobs::locked_by.eq(None::<String>),
        jobs::lease_until_ms.eq(None::<i64>),
        jobs::run_at_ms.eq(now_ms),
    ))
    .execute(conn)?;
    Ok(())
}

/// Whether some process has said within `within_ms` that it runs jobs.
pub fn exists_live_worker(conn: &mut Conn, now_ms: TimestampMs, within_ms: i64) -> Result<bool> {
    let live = workers::table
        .filter(workers::last_seen_ms.ge(now_ms - within_ms))
        .count()
        .get_result::<i64>(conn)?;
    Ok(live > 0)
}

/// Finishes a job in the transaction that writes its results; fails, and so undoes them, where the lease is lost.
pub fn finish(conn: &mut Conn, lease: &Lease, now_ms: TimestampMs) -> Result<()> {
    let finished = diesel::update(held!(lease))
        .set((
            jobs::state.eq(JobState::Done),
            jobs::locked_by.eq(None::<String>),
            jobs::lease_until_ms.eq(None::<i64>),
            jobs::last_error_code.eq(None::<String>),
            jobs::last_error.eq(None::<String>),
            jobs::finished_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    require_held(finished, lease)
}

/// Returns a job unfinished to the queue, at once and without counting the attempt; for an orderly shutdown.
pub fn release(conn: &mut Conn, lease: &Lease, now_ms: TimestampMs) -> Result<()> {
    let released = diesel::update(held!(lease))
        .set((
            jobs::state.eq(JobState::Queued),
            jobs::attempts.eq(lease.attempt - 1),
            jobs::locked_by.eq(None::<String>),
            jobs::lease_until_ms.eq(None::<i64>),
            jobs::run_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    require_held(released, lease)
}

/// Records a failed attempt: the job waits for its next one, or is dead.
pub fn fail(conn: &mut Conn, lease: &Lease, failure: &JobFailure, now_ms: TimestampMs) -> Result<JobState> {
    let max_attempts = held!(lease).select(jobs::max_attempts).first::<i32>(conn).optional()?;
    let Some(max_attempts) = max_attempts else {
        return Err(Error::LeaseLost { job_id: lease.job_id.0 });
    };
    let is_dead = !failure.may_retry || lease.attempt >= max_attempts;
    let state = if is_dead { JobState::Dead } else { JobState::Queued };
    diesel::update(held!(lease))
        .set((
            jobs::state.eq(state),
            jobs::locked_by.eq(None::<String>),
            jobs::lease_until_ms.eq(None::<i64>),
            jobs::last_error_code.eq(&failure.code),
            jobs::last_error.eq(&failure.message),
            jobs::run_at_ms.eq(now_ms + backoff_ms(lease.attempt)),
            jobs::finished_at_ms.eq(is_dead.then_some(now_ms)),
        ))
        .execute(conn)?;
    Ok(state)
}

/// The wait after a failed attempt: 2, 8, 32 … seconds, at most ten minutes.
fn backoff_ms(attempt: i32) -> i64 {
    let exponent = u32::try_from(attempt.clamp(1, 6) - 1).unwrap_or(0);
    (2_000 * 4_i64.pow(exponent)).min(600_000)
}

fn require_held(updated: usize, lease: &Lease) -> Result<()> {
    if updated == 1 {
        Ok(())
    } else {
        Err(Error::LeaseLost { job_id: lease.job_id.0 })
    }
}

/// Jobs that are still to end, in these queues.
pub fn count_unfinished(conn: &mut Conn, queues: &[&str]) -> Result<i64> {
    let count = jobs::table
        .filter(jobs::state.eq_any([JobState::Queued, JobState::Running]))
        .filter(jobs::queue.eq_any(queues))
        .count()
        .get_result(conn)?;
    Ok(count)
}

/// What each queue holds, in the catalogue's order.
pub fn count_queues(conn: &mut Conn) -> Result<Vec<QueueCounts>> {
    let counts: Vec<(String, JobState, i64, Option<TimestampMs>)> = jobs::table
        .filter(jobs::state.ne(JobState::Done))
        .group_by((jobs::queue, jobs::state))
        .select((
            jobs::queue,
            jobs::state,
            diesel::dsl::count_star(),
            diesel::dsl::min(jobs::created_at_ms),
        ))
        .load(conn)?;
    let paused: Vec<String> = queue_pauses::table.select(queue_pauses::queue).load(conn)?;
    Ok(crate::jobs::QUEUES
        .iter()
        .map(|queue| {
            let of = |state: JobState| {
                counts
                    .iter()
                    .find(|(name, its_state, ..)| name == queue.name && *its_state == state)
            };
            QueueCounts {
                queue: queue.name.to_owned(),
                queued: of(JobState::Queued).map_or(0, |row| row.2),
                running: of(JobState::Running).map_or(0, |row| row.2),
                dead: of(JobState::Dead).map_or(0, |row| row.2),
                oldest_queued_at_ms: of(JobState::Queued).and_then(|row| row.3),
                is_paused: paused.iter().any(|name| name == queue.name),
            }
        })
        .collect())
}

/// Jobs in a state, newest first.
pub fn list_jobs(conn: &mut Conn, state: JobState, limit: i64) -> Result<Vec<JobRow>> {
    let rows = jobs::table
        .filter(jobs::state.eq(state))
        .order(jobs::job_id.desc())
        .limit(limit)
        .select(JobRow::as_select())
        .load(conn)?;
    Ok(rows)
}

/// Gives dead jobs a fresh set of attempts: one by number, or all of a kind, or all.
pub fn retry_dead(conn: &mut Conn, job_id: Option<JobId>, name: Option<&str>, now_ms: TimestampMs) -> Result<usize> {
    if let Some(name) = name
        && spec_of(name).is_none()
    {
        return Err(Error::invalid(
            "unknown-job",
            "name",
            "there is no job of that name; see `rollproof jobs list`",
        ));
    }
    let mut dead = diesel::update(jobs::table.filter(jobs::state.eq(JobState::Dead))).into_boxed();
    if let Some(job_id) = job_id {
        dead = dead.filter(jobs::job_id.eq(job_id));
    }
    if let Some(name) = name {
        dead = dead.filter(jobs::name.eq(name.to_owned()));
    }
    let retried = dead
        .set((
            jobs::state.eq(JobState::Queued),
            jobs::attempts.eq(0),
            jobs::run_at_ms.eq(now_ms),
            jobs::finished_at_ms.eq(None::<i64>),
        ))
        .execute(conn)?;
    dialect::notify_workers(conn)?;
    Ok(retried)
}

/// Stops workers from taking jobs of a queue; running ones go on.
pub fn pause(conn: &mut Conn, queue: &str, by: &str, now_ms: TimestampMs) -> Result<()> {
    require_queue(queue)?;
    resume(conn, queue)?;
    diesel::insert_into(queue_pauses::table)
        .values((
            queue_pauses::queue.eq(queue),
            queue_pauses::paused_at_ms.eq(now_ms),
            queue_pauses::paused_by.eq(by),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets workers take jobs of a queue again.
pub fn resume(conn: &mut Conn, queue: &str) -> Result<()> {
    require_queue(queue)?;
    diesel::delete(queue_pauses::table.filter(queue_pauses::queue.eq(queue))).execute(conn)?;
    Ok(())
}

fn require_queue(queue: &str) -> Result<()> {
    if crate::jobs::QUEUES.iter().any(|known| known.name == queue) {
        return Ok(());
    }
    Err(Error::invalid(
        "unknown-queue",
        "queue",
        "there is no queue of that name; see `rollproof jobs list`",
    ))
}
