//! `rollproof jobs …`.

use domain::error::Result;
use domain::id::JobId;
use domain::queue::{self, JobFilter, JobState, QueueHand, Selection};
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;

/// Jobs that `list` prints at most.
const MOST_LISTED: i64 = 100;

/// Verbs on the queue.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// What each queue holds, the processes that work, what is due by the clock, and what failed for which reason.
    List,
    /// One job: what it is about, how often it was tried, and what went wrong last.
    Show {
        /// The job.
        job_id: JobId,
    },
    /// Give dead jobs a fresh set of attempts.
    Retry(Which),
    /// Stop jobs that wait; they are kept with the dead and can be tried again.
    Cancel(Which),
    /// Take no more jobs of a queue.
    Pause {
        /// The queue.
        queue: String,
    },
    /// Take jobs of a queue again.
    Resume {
        /// The queue.
        queue: String,
    },
    /// Run so many jobs of a queue at a time over all processes, from now on.
    Limit {
        /// The queue.
        queue: String,
        /// How many; unset: as many as each process runs by its own settings.
        most_running: Option<i32>,
    },
}

/// Which jobs are meant; unset: all.
#[derive(clap::Args)]
pub struct Which {
    /// One job.
    job_id: Option<JobId>,
    /// Only jobs of this name.
    #[arg(long, conflicts_with = "job_id")]
    name: Option<String>,
    /// Only jobs whose last failure has this code.
    #[arg(long, conflicts_with = "job_id")]
    code: Option<String>,
}

impl From<Which> for Selection {
    fn from(which: Which) -> Self {
        match which.job_id {
            Some(job_id) => Self::Named(vec![job_id]),
            None => Self::Matching(JobFilter {
                state: None,
                name: which.name,
                code: which.code,
            }),
        }
    }
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let (db, now_ms, by) = (&house.db, house.clock.now_ms(), QueueHand::Shell);
    match verb {
        Verb::List => list(house, format).await?,
        Verb::Show { job_id } => {
            let job = db.read(move |conn| queue::get_job(conn, job_id)).await?;
            output::print(format, &job, |job| {
                let failure = job.last_error.as_deref().unwrap_or("nothing went wrong");
                format!(
                    "job {} {} is {}, attempt {} of {}: {}\n{failure}",
                    job.job_id, job.name, job.state, job.attempts, job.max_attempts, job.payload
                )
            })?;
        }
        Verb::Retry(which) => {
            let selection = which.into();
            let retried = db
                .write_tx(move |conn| queue::retry(conn, by, &selection, now_ms))
                .await?;
            output::print(format, &json!({ "retried": retried }), |_| {
                format!("{retried} jobs queued again")
            })?;
        }
        Verb::Cancel(which) => {
            let selection = which.into();
            let cancelled = db
                .write_tx(move |conn| queue::cancel(conn, by, &selection, now_ms))
                .await?;
            output::print(format, &json!({ "cancelled": cancelled }), |_| {
                format!("{cancelled} jobs stopped; `rollproof jobs retry --code cancelled` queues them again")
            })?;
        }
        Verb::Pause { queue: name } => {
            db.write_tx(move |conn| queue::pause(conn, by, &name, now_ms)).await?;
            output::print(format, &json!({ "paused": true }), |_| "paused".to_owned())?;
        }
        Verb::Resume { queue: name } => {
            db.write_tx(move |conn| queue::resume(conn, by, &name, now_ms)).await?;
            output::print(format, &json!({ "paused": false }), |_| "resumed".to_owned())?;
        }
        Verb::Limit {
            queue: name,
            most_running,
        } => {
            db.write_tx(move |conn| queue::limit(conn, by, &name, most_running, now_ms))
                .await?;
            output::print(format, &json!({ "most_running": most_running }), |_| "set".to_owned())?;
        }
    }
    Ok(Outcome::Done)
}

async fn list(house: &House, format: Format) -> Result<()> {
    let now_ms = house.clock.now_ms();
    let read = house.db.read(move |conn| {
        let dead = JobFilter {
            state: Some(JobState::Dead),
            ..JobFilter::default()
        };
        Ok((
            queue::count_queues(conn)?,
            queue::list_jobs(conn, &dead, None, MOST_LISTED)?,
            queue::group_failures(conn)?,
            queue::list_workers(conn)?,
            queue::list_schedules(conn, now_ms)?,
        ))
    });
    let (queues, dead, failures, workers, schedules) = read.await?;
    let shown =
        json!({ "queues": queues, "dead": dead, "failures": failures, "workers": workers, "schedules": schedules });
    output::print(format, &shown, |_| {
        let mut text = String::from("queue      queued  running  dead");
        for counts in &queues {
            let paused = if counts.is_paused { "  paused" } else { "" };
            let limit = counts
                .most_running
                .map(|most| format!("  at most {most}"))
                .unwrap_or_default();
            text.push_str(&format!(
                "\n{:<10} {:>6}  {:>7}  {:>4}{paused}{limit}",
                counts.queue, counts.queued, counts.running, counts.dead
            ));
        }
        for worker in &workers {
            let silent_s = (now_ms - worker.last_seen_ms) / 1_000;
            text.push_str(&format!(
                "\n  worker {} ({}) runs {}, heard of {silent_s} s ago",
                worker.worker_name, worker.version, worker.running
            ));
        }
        for failure in &failures {
            let fate = if failure.is_dead { "given up" } else { "tried again" };
            text.push_str(&format!(
                "\n  {} {}: {} {fate}",
                failure.name, failure.code, failure.count
            ));
        }
        for job in &dead {
            let error = job.last_error.as_deref().unwrap_or_default();
            text.push_str(&format!(
                "\n  job {} {} after {} attempts: {error}",
                job.job_id, job.name, job.attempts
            ));
        }
        text
    })
}
