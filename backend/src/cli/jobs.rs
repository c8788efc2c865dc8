//! `rollproof jobs …`.

use domain::audit::OPERATOR;
use domain::error::Result;
use domain::id::JobId;
use domain::queue::{self, JobState};
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;

/// Verbs on the queue.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// What each queue holds, and the jobs that were given up.
    List,
    /// Give dead jobs a fresh set of attempts.
    Retry {
        /// One job; unset: all.
        job_id: Option<JobId>,
        /// Only jobs of this name.
        #[arg(long)]
        name: Option<String>,
    },
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
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let now_ms = house.clock.now_ms();
    match verb {
        Verb::List => {
            let (queues, dead) = house
                .db
                .read(|conn| Ok((queue::count_queues(conn)?, queue::list_jobs(conn, JobState::Dead, 100)?)))
                .await?;
            output::print(format, &json!({ "queues": queues, "dead": dead }), |_| {
                let mut text = String::from("queue      queued  running  dead");
                for counts in &queues {
                    let paused = if counts.is_paused { "  paused" } else { "" };
                    text.push_str(&format!(
                        "\n{:<10} {:>6}  {:>7}  {:>4}{paused}",
                        counts.queue, counts.queued, counts.running, counts.dead
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
            })?;
        }
        Verb::Retry { job_id, name } => {
            let retried = house
                .db
                .write_tx(move |conn| queue::retry_dead(conn, job_id, name.as_deref(), now_ms))
                .await?;
            output::print(format, &json!({ "retried": retried }), |_| {
                format!("{retried} jobs queued again")
            })?;
        }
        Verb::Pause { queue: name } => {
            house
                .db
                .write_tx(move |conn| queue::pause(conn, &name, OPERATOR, now_ms))
                .await?;
            output::print(format, &json!({ "paused": true }), |_| "paused".to_owned())?;
        }
        Verb::Resume { queue: name } => {
            house.db.write_tx(move |conn| queue::resume(conn, &name)).await?;
            output::print(format, &json!({ "paused": false }), |_| "resumed".to_owned())?;
        }
    }
    Ok(Outcome::Done)
}
