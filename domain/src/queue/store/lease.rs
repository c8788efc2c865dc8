//! Leases: taking a job, keeping it, and ending it only while it is still held.

use diesel::prelude::*;

use super::{Claimed, FailureKind, JobFailure, JobState, Lease};
use crate::clock::{Clock, TimestampMs};
use crate::db::schema::{jobs, queue_limits, queue_pauses, workers};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::jobs::names_of;

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

/// The instant that leases go by: the database's where several machines share one, so that one whose clock is wrong takes no job from
/// another and loses none. A clock that tests move is moved for leases too.
pub fn lease_time(conn: &mut Conn, clock: &Clock) -> Result<TimestampMs> {
    let of_database = match clock {
        Clock::System => dialect::read_clock(conn)?,
        Clock::Fixed(_) => None,
    };
    Ok(of_database.unwrap_or_else(|| clock.now_ms()))
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
        .filter(jobs::name.eq_any(names_of(queue)))
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
    Ok(expired.is_some() || due.is_some() && room_of(conn, queue)? > 0)
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
    stand_in_line(conn, queue)?;
    let limit = limit.min(room_of(conn, queue)?);
    if limit <= 0 {
        return Ok(Vec::new());
    }
    let rows = dialect::claim_jobs(
        conn,
        (queue, &names_of(queue)),
        worker_name,
        limit,
        now_ms,
        lease_until_ms,
    )?;
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
            trace_parent: row.trace_parent,
        })
        .collect())
}

/// Where a queue is limited, lets those who claim from it wait until the one before has committed.
fn stand_in_line(conn: &mut Conn, queue: &str) -> Result<()> {
    diesel::update(queue_limits::table.find(queue))
        .set(queue_limits::queue.eq(queue))
        .execute(conn)?;
    Ok(())
}

/// How many more jobs of a queue may run over all processes.
fn room_of(conn: &mut Conn, queue: &str) -> Result<i64> {
    let own = queue_limits::table.find(queue);
    let most: Option<i32> = own.select(queue_limits::most_running).first(conn).optional()?;
    let Some(most) = most else { return Ok(i64::MAX) };
    let running: i64 = jobs::table
        .filter(jobs::queue.eq(queue))
        .filter(jobs::state.eq(JobState::Running))
        .count()
        .get_result(conn)?;
    Ok(i64::from(most) - running)
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
    dialect::upsert_worker(conn, worker_name, env!("CARGO_PKG_VERSION"), now_ms)?;
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

/// How long a job waits for a part of the house that is away.
const OUTAGE_PAUSE_MS: i64 = 5_000;

/// Records a failed attempt: the job waits for its next one, or is dead. While a part of the house is away no attempt is counted.
pub fn fail(conn: &mut Conn, lease: &Lease, failure: &JobFailure, now_ms: TimestampMs) -> Result<JobState> {
    let max_attempts = held!(lease).select(jobs::max_attempts).first::<i32>(conn).optional()?;
    let Some(max_attempts) = max_attempts else {
        return Err(Error::LeaseLost { job_id: lease.job_id.0 });
    };
    let (attempts, pause_ms) = match failure.kind {
        FailureKind::Outage => (lease.attempt - 1, OUTAGE_PAUSE_MS),
        FailureKind::Passing | FailureKind::Lasting => (lease.attempt, backoff_ms(lease.attempt)),
    };
    let is_dead = failure.kind == FailureKind::Lasting || attempts >= max_attempts;
    let state = if is_dead { JobState::Dead } else { JobState::Queued };
    diesel::update(held!(lease))
        .set((
            jobs::state.eq(state),
            jobs::attempts.eq(attempts),
            jobs::locked_by.eq(None::<String>),
            jobs::lease_until_ms.eq(None::<i64>),
            jobs::last_error_code.eq(&failure.code),
            jobs::last_error.eq(&failure.message),
            jobs::run_at_ms.eq(now_ms + pause_ms),
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
