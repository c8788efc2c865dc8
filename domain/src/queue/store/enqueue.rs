//! Queuing: always on the connection of the transaction that makes the job necessary.

use diesel::prelude::*;

use super::JobState;
use crate::clock::TimestampMs;
use crate::db::bulk::{self, Column};
use crate::db::schema::jobs;
use crate::db::{Conn, dialect};
use crate::error::Result;
use crate::id::JobId;
use crate::jobs::Job;
use crate::trace;

/// Queues a job in the caller's transaction; says `None` where the same work waits or runs already.
pub fn enqueue<J: Job>(conn: &mut Conn, job: &J, now_ms: TimestampMs) -> Result<Option<JobId>> {
    let run_at_ms = due_at_once(conn, now_ms)?;
    enqueue_at(conn, job, run_at_ms, now_ms)
}

/// From when on a job may run that is due at once. Workers go by the database's clock, so a machine whose own is ahead must not make its jobs
/// wait until the database's has come as far.
pub(super) fn due_at_once(conn: &mut Conn, now_ms: TimestampMs) -> Result<TimestampMs> {
    let of_database = dialect::read_clock(conn)?;
    Ok(of_database.map_or(now_ms, |database_ms| database_ms.min(now_ms)))
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
            jobs::trace_parent.eq(trace::here()),
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
    trace_parent: Option<String>,
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
    Column::Text("trace_parent"),
];

/// [`enqueue`] for a fan-out: many jobs of one kind in one statement; those that wait or run already are passed over.
pub fn enqueue_many<J: Job>(conn: &mut Conn, jobs: &[J], now_ms: TimestampMs) -> Result<()> {
    let (run_at_ms, trace_parent) = (due_at_once(conn, now_ms)?, trace::here());
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
                run_at_ms,
                unique_key: job.unique_key(),
                created_at_ms: now_ms,
                trace_parent: trace_parent.clone(),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    bulk::insert(conn, "jobs", NEW_JOB_COLUMNS, "ON CONFLICT DO NOTHING", &rows)?;
    dialect::notify_workers(conn)
}

/// Queues a job that is due by the clock, unless one of its kind was queued in the same tick.
pub fn enqueue_scheduled<J: Job>(conn: &mut Conn, job: &J, now_ms: TimestampMs) -> Result<()> {
    let Some(every_ms) = J::SPEC.every_ms else {
        return Ok(());
    };
    let tick_ms = now_ms - now_ms.rem_euclid(every_ms);
    let queued = jobs::table
        .filter(jobs::name.eq(J::SPEC.name))
        .filter(jobs::created_at_ms.ge(tick_ms))
        .select(jobs::job_id)
        .first::<JobId>(conn)
        .optional()?;
    match queued {
        Some(_) => Ok(()),
        None => enqueue_many(conn, std::slice::from_ref(job), now_ms),
    }
}
