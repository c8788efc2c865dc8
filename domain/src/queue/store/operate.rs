//! What people do to the queues. Whoever may is asked here, and every act is in the trail; nothing that is done to a job loses it.

use diesel::prelude::*;

use super::JobState;
use super::console::JobFilter;
use super::enqueue::due_at_once;
use crate::accounts::model::Staff;
use crate::audit::{self, Act, Actor, OPERATOR};
use crate::clock::TimestampMs;
use crate::db::schema::{jobs, queue_limits, queue_pauses};
use crate::db::{Conn, dialect};
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::jobs::{QUEUES, spec_of};

/// The code of jobs that somebody stopped.
pub const CANCELLED: &str = "cancelled";
/// Jobs named one by one at most.
pub const MOST_NAMED: usize = 200;
/// Jobs of a queue at a time over all processes, at most.
const MOST_RUNNING: i32 = 10_000;

/// Whose hand is on the queues.
#[derive(Clone, Copy, Debug)]
pub enum QueueHand<'a> {
    /// Whoever has a shell on the server.
    Shell,
    /// A member of staff, who must be an administrator.
    Staff(&'a Staff),
}

impl<'a> QueueHand<'a> {
    fn actor(self) -> Result<Actor<'a>> {
        match self {
            Self::Shell => Ok(OPERATOR.into()),
            Self::Staff(by) if by.role.may_operate_queues() => Ok(by.into()),
            Self::Staff(_) => Err(Error::Forbidden {
                right: "operate the queues",
            }),
        }
    }
}

/// Which jobs are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Named(Vec<JobId>),
    /// All that match; the state is given by what is done.
    Matching(JobFilter),
}

impl Selection {
    fn verify(&self) -> Result<()> {
        match self {
            Self::Named(ids) if ids.is_empty() => Err(Error::invalid("jobs-missing", "job", "choose a job first")),
            Self::Named(ids) if ids.len() > MOST_NAMED => Err(Error::invalid(
                "jobs-too-many",
                "job",
                "choose at most 200 jobs, or all that match",
            )),
            Self::Matching(JobFilter { name: Some(name), .. }) if spec_of(name).is_none() => Err(Error::invalid(
                "unknown-job",
                "name",
                "there is no job of that name; see `rollproof jobs list`",
            )),
            _ => Ok(()),
        }
    }
}

/// The jobs of a selection that are in a state. A macro, since the query's type cannot be written for both databases.
macro_rules! chosen {
    ($selection:expr, $state:expr) => {{
        let mut chosen = diesel::update(jobs::table.filter(jobs::state.eq($state))).into_boxed();
        match $selection {
            Selection::Named(ids) => chosen = chosen.filter(jobs::job_id.eq_any(ids.clone())),
            Selection::Matching(filter) => {
                if let Some(name) = &filter.name {
                    chosen = chosen.filter(jobs::name.eq(name.clone()));
                }
                if let Some(code) = &filter.code {
                    chosen = chosen.filter(jobs::last_error_code.eq(code.clone()));
                }
            }
        }
        chosen
    }};
}

/// Gives dead jobs a fresh set of attempts; says how many they were.
pub fn retry(conn: &mut Conn, by: QueueHand<'_>, selection: &Selection, now_ms: TimestampMs) -> Result<usize> {
    let actor = by.actor()?;
    selection.verify()?;
    let run_at_ms = due_at_once(conn, now_ms)?;
    let retried = chosen!(selection, JobState::Dead)
        .set((
            jobs::state.eq(JobState::Queued),
            jobs::attempts.eq(0),
            jobs::run_at_ms.eq(run_at_ms),
            jobs::finished_at_ms.eq(None::<i64>),
        ))
        .execute(conn)?;
    dialect::notify_workers(conn)?;
    note(conn, actor, "jobs.retry", selection, now_ms)?;
    Ok(retried)
}

/// Stops jobs that wait. They are kept with those that were given up, and can be tried again; says how many they were.
pub fn cancel(conn: &mut Conn, by: QueueHand<'_>, selection: &Selection, now_ms: TimestampMs) -> Result<usize> {
    let actor = by.actor()?;
    selection.verify()?;
    let cancelled = chosen!(selection, JobState::Queued)
        .set((
            jobs::state.eq(JobState::Dead),
            jobs::last_error_code.eq(CANCELLED),
            jobs::last_error.eq("somebody stopped the job before it ran"),
            jobs::finished_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    note(conn, actor, "jobs.cancel", selection, now_ms)?;
    Ok(cancelled)
}

fn note(conn: &mut Conn, actor: Actor<'_>, action: &str, selection: &Selection, now_ms: TimestampMs) -> Result<()> {
    match selection {
        Selection::Named(ids) => {
            for job_id in ids {
                audit::append(conn, &Act::new(action, "job", job_id).by(actor), now_ms)?;
            }
            Ok(())
        }
        Selection::Matching(filter) => {
            let name = filter.name.as_deref().unwrap_or("every job");
            audit::append(conn, &Act::new(action, name, "all").by(actor), now_ms)
        }
    }
}

/// Stops workers from taking jobs of a queue; running ones go on.
pub fn pause(conn: &mut Conn, by: QueueHand<'_>, queue: &str, now_ms: TimestampMs) -> Result<()> {
    let actor = by.actor()?;
    require_queue(queue)?;
    diesel::delete(queue_pauses::table.find(queue)).execute(conn)?;
    diesel::insert_into(queue_pauses::table)
        .values((
            queue_pauses::queue.eq(queue),
            queue_pauses::paused_at_ms.eq(now_ms),
            queue_pauses::paused_by.eq(actor.name),
        ))
        .execute(conn)?;
    audit::append(conn, &Act::new("queue.pause", queue, "").by(actor), now_ms)
}

/// Lets workers take jobs of a queue again.
pub fn resume(conn: &mut Conn, by: QueueHand<'_>, queue: &str, now_ms: TimestampMs) -> Result<()> {
    let actor = by.actor()?;
    require_queue(queue)?;
    diesel::delete(queue_pauses::table.find(queue)).execute(conn)?;
    dialect::notify_workers(conn)?;
    audit::append(conn, &Act::new("queue.resume", queue, "").by(actor), now_ms)
}

/// Limits how many jobs of a queue run at a time over all processes, from now on; `None` leaves it to each process.
pub fn limit(
    conn: &mut Conn,
    by: QueueHand<'_>,
    queue: &str,
    most_running: Option<i32>,
    now_ms: TimestampMs,
) -> Result<()> {
    let actor = by.actor()?;
    require_queue(queue)?;
    if most_running.is_some_and(|most| !(1..=MOST_RUNNING).contains(&most)) {
        return Err(Error::invalid(
            "queue-limit",
            "most_running",
            "write a number from 1 to 10,000, or nothing for no limit",
        ));
    }
    diesel::delete(queue_limits::table.find(queue)).execute(conn)?;
    if let Some(most) = most_running {
        diesel::insert_into(queue_limits::table)
            .values((
                queue_limits::queue.eq(queue),
                queue_limits::most_running.eq(most),
                queue_limits::set_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
    }
    dialect::notify_workers(conn)?;
    audit::append(conn, &Act::new("queue.limit", queue, "").by(actor), now_ms)
}

fn require_queue(queue: &str) -> Result<()> {
    if QUEUES.iter().any(|known| known.name == queue) {
        return Ok(());
    }
    Err(Error::invalid(
        "unknown-queue",
        "queue",
        "there is no queue of that name; see `rollproof jobs list`",
    ))
}
