//! What people see of the queues and do to them.

use diesel::prelude::*;

use super::JobState;
use crate::clock::TimestampMs;
use crate::db::schema::{jobs, queue_pauses, workers};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::jobs::spec_of;

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

/// Deletes finished jobs that ended before that instant; dead ones stay.
pub fn delete_done(conn: &mut Conn, before_ms: TimestampMs) -> Result<usize> {
    let done = jobs::table
        .filter(jobs::state.eq(JobState::Done))
        .filter(jobs::finished_at_ms.lt(before_ms));
    Ok(diesel::delete(done).execute(conn)?)
}

/// How long until the next waiting job may run; `None` where nothing waits.
pub fn due_in_ms(conn: &mut Conn, now_ms: TimestampMs) -> Result<Option<i64>> {
    let next = jobs::table
        .filter(jobs::state.eq(JobState::Queued))
        .select(diesel::dsl::min(jobs::run_at_ms))
        .first::<Option<TimestampMs>>(conn)?;
    Ok(next.map(|at| (at - now_ms).max(0)))
}

/// Whether some process has said within `within_ms` that it runs jobs.
pub fn exists_live_worker(conn: &mut Conn, now_ms: TimestampMs, within_ms: i64) -> Result<bool> {
    let live = workers::table
        .filter(workers::last_seen_ms.ge(now_ms - within_ms))
        .count()
        .get_result::<i64>(conn)?;
    Ok(live > 0)
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
