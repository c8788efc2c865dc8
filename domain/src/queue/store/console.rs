//! What people see of the queues.

use diesel::prelude::*;

use super::JobState;
use crate::clock::TimestampMs;
use crate::db::schema::{jobs, queue_limits, queue_pauses, workers};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::jobs::{CATALOGUE, QUEUES, names_of};

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
    /// When it ended, UTC ms.
    pub finished_at_ms: Option<TimestampMs>,
    /// What it is about, as JSON: numbers alone.
    pub payload: String,
    /// The process that runs it.
    pub locked_by: Option<String>,
    /// What caused it, as the W3C's trace context writes it.
    pub trace_parent: Option<String>,
}

impl JobRow {
    /// The trace that it belongs to, for a system that watches traces.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_parent.as_deref()?.split('-').nth(1)
    }
}

/// Which jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Only those in a state.
    pub state: Option<JobState>,
    /// Only those of a kind.
    pub name: Option<String>,
    /// Only those whose last failure has this code.
    pub code: Option<String>,
}

/// Jobs that failed for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FailureGroup {
    /// Their kind.
    pub name: String,
    /// The code of the failure.
    pub code: String,
    /// Whether they are given up; else they are tried again.
    pub is_dead: bool,
    /// How many there are.
    pub count: i64,
    /// The newest of them.
    pub newest: JobId,
}

/// A process that runs jobs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WorkerRow {
    /// Its name: the machine and the process.
    pub worker_name: String,
    /// When it started, UTC ms.
    pub started_at_ms: TimestampMs,
    /// When it was last heard of, UTC ms.
    pub last_seen_ms: TimestampMs,
    /// The version of the program.
    pub version: String,
    /// Jobs it runs now.
    pub running: i64,
}

/// Work that is due by the clock.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ScheduleRow {
    /// The job.
    pub name: &'static str,
    /// How often it is due.
    pub every_ms: i64,
    /// When it was last queued, UTC ms.
    pub last_ms: Option<TimestampMs>,
    /// When it is due next, UTC ms.
    pub next_ms: TimestampMs,
    /// How the last one stands.
    pub state: Option<JobState>,
}

/// How many jobs of each queue ended in each of the last twelve five minutes, the newest last.
pub type Throughput = Vec<(&'static str, [i64; BUCKETS])>;
/// Stretches of [`Throughput`].
pub const BUCKETS: usize = 12;
const BUCKET_MS: i64 = 300_000;

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
    /// How many of its jobs run at a time over all processes, where that is limited.
    pub most_running: Option<i32>,
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

/// Jobs of kinds that this version knows that are still to end, in these queues.
pub fn count_unfinished(conn: &mut Conn, queues: &[&str]) -> Result<i64> {
    let names: Vec<&str> = queues.iter().flat_map(|queue| names_of(queue)).collect();
    let count = jobs::table
        .filter(jobs::state.eq_any([JobState::Queued, JobState::Running]))
        .filter(jobs::queue.eq_any(queues))
        .filter(jobs::name.eq_any(names))
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
    let limits: Vec<(String, i32)> = queue_limits::table
        .select((queue_limits::queue, queue_limits::most_running))
        .load(conn)?;
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
                most_running: limits
                    .iter()
                    .find(|(name, _)| name == queue.name)
                    .map(|(_, most)| *most),
            }
        })
        .collect())
}

/// Jobs, newest first, from below one of them on.
pub fn list_jobs(conn: &mut Conn, filter: &JobFilter, before: Option<JobId>, limit: i64) -> Result<Vec<JobRow>> {
    let mut rows = jobs::table.into_boxed::<Backend>();
    if let Some(state) = filter.state {
        rows = rows.filter(jobs::state.eq(state));
    }
    if let Some(name) = &filter.name {
        rows = rows.filter(jobs::name.eq(name.clone()));
    }
    if let Some(code) = &filter.code {
        rows = rows.filter(jobs::last_error_code.eq(code.clone()));
    }
    if let Some(before) = before {
        rows = rows.filter(jobs::job_id.lt(before));
    }
    Ok(rows
        .order(jobs::job_id.desc())
        .limit(limit)
        .select(JobRow::as_select())
        .load(conn)?)
}

/// A job.
pub fn get_job(conn: &mut Conn, job_id: JobId) -> Result<JobRow> {
    let found = jobs::table
        .find(job_id)
        .select(JobRow::as_select())
        .first(conn)
        .optional()?;
    found.ok_or_else(|| Error::not_found("job", job_id))
}

type FailureColumns = (String, Option<String>, JobState, i64, Option<JobId>);

/// What failed and was not done since, by kind and cause, the largest first.
pub fn group_failures(conn: &mut Conn) -> Result<Vec<FailureGroup>> {
    let rows: Vec<FailureColumns> = jobs::table
        .filter(jobs::state.eq_any([JobState::Dead, JobState::Queued]))
        .filter(jobs::last_error_code.is_not_null())
        .group_by((jobs::name, jobs::last_error_code, jobs::state))
        .select((
            jobs::name,
            jobs::last_error_code,
            jobs::state,
            diesel::dsl::count_star(),
            diesel::dsl::max(jobs::job_id),
        ))
        .load(conn)?;
    let groups = rows.into_iter().filter_map(|(name, code, state, count, newest)| {
        Some(FailureGroup {
            name,
            code: code?,
            is_dead: state == JobState::Dead,
            count,
            newest: newest?,
        })
    });
    let mut groups: Vec<FailureGroup> = groups.collect();
    groups.sort_by_key(|group| (!group.is_dead, std::cmp::Reverse(group.count)));
    Ok(groups)
}

/// The processes that run jobs, or ran some and died.
pub fn list_workers(conn: &mut Conn) -> Result<Vec<WorkerRow>> {
    let running: Vec<(Option<String>, i64)> = jobs::table
        .filter(jobs::state.eq(JobState::Running))
        .group_by(jobs::locked_by)
        .select((jobs::locked_by, diesel::dsl::count_star()))
        .load(conn)?;
    let rows: Vec<(String, TimestampMs, TimestampMs, String)> = workers::table
        .order(workers::worker_name)
        .select((
            workers::worker_name,
            workers::started_at_ms,
            workers::last_seen_ms,
            workers::version,
        ))
        .load(conn)?;
    let of = |name: &str| {
        running
            .iter()
            .find(|row| row.0.as_deref() == Some(name))
            .map_or(0, |row| row.1)
    };
    let rows = rows
        .into_iter()
        .map(|(worker_name, started_at_ms, last_seen_ms, version)| WorkerRow {
            running: of(&worker_name),
            worker_name,
            started_at_ms,
            last_seen_ms,
            version,
        });
    Ok(rows.collect())
}

/// What is due by the clock, in the catalogue's order.
pub fn list_schedules(conn: &mut Conn, now_ms: TimestampMs) -> Result<Vec<ScheduleRow>> {
    let scheduled = CATALOGUE.iter().filter_map(|spec| Some((spec.name, spec.every_ms?)));
    let scheduled: Vec<(&'static str, i64)> = scheduled.collect();
    let names: Vec<&str> = scheduled.iter().map(|(name, _)| *name).collect();
    let newest: Vec<Option<JobId>> = jobs::table
        .filter(jobs::name.eq_any(&names))
        .group_by(jobs::name)
        .select(diesel::dsl::max(jobs::job_id))
        .load(conn)?;
    let newest: Vec<JobId> = newest.into_iter().flatten().collect();
    let last: Vec<(String, TimestampMs, JobState)> = jobs::table
        .filter(jobs::job_id.eq_any(&newest))
        .select((jobs::name, jobs::created_at_ms, jobs::state))
        .load(conn)?;
    let rows = scheduled.into_iter().map(|(name, every_ms)| {
        let last = last.iter().find(|row| row.0 == name);
        ScheduleRow {
            name,
            every_ms,
            last_ms: last.map(|row| row.1),
            next_ms: now_ms - now_ms.rem_euclid(every_ms) + every_ms,
            state: last.map(|row| row.2),
        }
    });
    Ok(rows.collect())
}

/// What was done in the last hour.
pub fn count_done(conn: &mut Conn, now_ms: TimestampMs) -> Result<Throughput> {
    let since_ms = now_ms - BUCKET_MS * BUCKETS as i64;
    let counted = crate::db::dialect::count_done(conn, since_ms, BUCKET_MS)?;
    let of_queue = QUEUES.iter().map(|queue| {
        let mut buckets = [0; BUCKETS];
        for row in counted.iter().filter(|row| row.queue == queue.name) {
            if let Some(bucket) = usize::try_from(row.bucket)
                .ok()
                .and_then(|place| buckets.get_mut(place))
            {
                *bucket += row.done;
            }
        }
        (queue.name, buckets)
    });
    Ok(of_queue.collect())
}
