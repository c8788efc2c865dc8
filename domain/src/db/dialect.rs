//! Statements that the query builder cannot say for both databases. Together with the migrations the only place of SQL text.

pub mod batches;
pub mod expected;
pub mod notices;
pub mod roll;
pub mod terms;
pub mod tickets;
pub mod verdicts;
pub mod what_if;

use diesel::prelude::*;
use diesel::query_builder::SqlQuery;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::conn::Conn;
use crate::clock::TimestampMs;
use crate::error::Result;
use crate::id::JobId;

/// A statement with numbered parameters `$1`, `$2`, … as each database spells them. SQLite takes `$1` for a name and numbers names
/// by their first appearance; `?1` is the number.
pub fn query(conn: &Conn, statement: impl AsRef<str>) -> SqlQuery {
    match conn {
        Conn::Sqlite(_) => diesel::sql_query(statement.as_ref().replace('$', "?")),
        Conn::Pg(_) => diesel::sql_query(statement.as_ref()),
    }
}

/// A row that [`claim_jobs`] leased.
#[derive(QueryableByName)]
pub struct ClaimedRow {
    /// The job.
    #[diesel(sql_type = BigInt)]
    pub job_id: JobId,
    /// Its kind.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Its payload as JSON.
    #[diesel(sql_type = Text)]
    pub payload: String,
    /// The attempt that begins now, counted from 1.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// What caused it.
    #[diesel(sql_type = Nullable<Text>)]
    pub trace_parent: Option<String>,
}

/// Leases due jobs of these kinds in one statement. On PostgreSQL workers pass over rows that another is taking at the same moment; SQLite's
/// write lock keeps them apart.
pub fn claim_jobs(
    conn: &mut Conn,
    (queue, names): (&str, &[&'static str]),
    worker_name: &str,
    limit: i64,
    now_ms: TimestampMs,
    lease_until_ms: TimestampMs,
) -> Result<Vec<ClaimedRow>> {
    let skip_locked = match conn {
        Conn::Sqlite(_) => "",
        Conn::Pg(_) => "FOR UPDATE SKIP LOCKED",
    };
    // The catalogue's own words.
    let names = names.join("', '");
    let statement = format!(
        "UPDATE jobs SET state = 'running', locked_by = $1, lease_until_ms = $2, attempts = attempts + 1 \
         WHERE job_id IN (SELECT job_id FROM jobs WHERE queue = $3 AND state = 'queued' AND run_at_ms <= $4 AND name IN ('{names}') \
         AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE queue_pauses.queue = $3) \
         ORDER BY priority, run_at_ms, job_id LIMIT $5 {skip_locked}) \
         RETURNING job_id, name, payload, attempts, trace_parent"
    );
    let mut rows: Vec<ClaimedRow> = query(conn, statement)
        .bind::<Text, _>(worker_name)
        .bind::<BigInt, _>(lease_until_ms)
        .bind::<Text, _>(queue)
        .bind::<BigInt, _>(now_ms)
        .bind::<BigInt, _>(limit)
        .load(conn)?;
    rows.sort_by_key(|row| row.job_id);
    Ok(rows)
}

/// Says that a process lives.
pub fn upsert_worker(conn: &mut Conn, worker_name: &str, version: &str, now_ms: TimestampMs) -> Result<()> {
    query(
        conn,
        "INSERT INTO workers (worker_name, started_at_ms, last_seen_ms, version) VALUES ($1, $2, $2, $3) \
         ON CONFLICT (worker_name) DO UPDATE SET last_seen_ms = excluded.last_seen_ms",
    )
    .bind::<Text, _>(worker_name)
    .bind::<BigInt, _>(now_ms)
    .bind::<Text, _>(version)
    .execute(conn)?;
    Ok(())
}

/// Jobs of a queue that ended in a stretch of time, numbered from 0.
#[derive(QueryableByName)]
pub struct DoneRow {
    /// The queue.
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// The stretch.
    #[diesel(sql_type = BigInt)]
    pub bucket: i64,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub done: i64,
}

/// What was done since then, in stretches of that length.
pub fn count_done(conn: &mut Conn, since_ms: TimestampMs, stretch_ms: i64) -> Result<Vec<DoneRow>> {
    let statement = format!(
        "SELECT queue, CAST((finished_at_ms - {since_ms}) / {stretch_ms} AS BIGINT) AS bucket, COUNT(*) AS done FROM jobs \
         WHERE finished_at_ms >= {since_ms} AND state = 'done' GROUP BY 1, 2"
    );
    Ok(query(conn, statement).load(conn)?)
}

/// How many tables a database has.
pub fn count_tables(conn: &mut Conn) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        tables: i64,
    }
    let statement = match conn {
        Conn::Sqlite(_) => "SELECT COUNT(*) AS tables FROM sqlite_master",
        Conn::Pg(_) => "SELECT COUNT(*) AS tables FROM information_schema.tables WHERE table_schema = current_schema()",
    };
    Ok(query(conn, statement).get_result::<Count>(conn)?.tables)
}

/// The clock of PostgreSQL's machine, UTC ms; SQLite has none of its own.
pub fn read_clock(conn: &mut Conn) -> Result<Option<TimestampMs>> {
    #[derive(QueryableByName)]
    struct Clock {
        #[diesel(sql_type = BigInt)]
        at_ms: TimestampMs,
    }
    let Conn::Pg(pg) = conn else { return Ok(None) };
    let clock: Clock =
        diesel::sql_query("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS at_ms")
            .get_result(pg)?;
    Ok(Some(clock.at_ms))
}

/// The PostgreSQL channel that says a job was queued.
pub const JOBS_CHANNEL: &str = "rollproof_jobs";

/// Wakes waiting workers of other processes when the transaction commits. SQLite has nothing of the kind: its workers look again
/// after a moment.
pub fn notify_workers(conn: &mut Conn) -> Result<()> {
    if let Conn::Pg(pg) = conn {
        diesel::sql_query("SELECT pg_notify($1, '')")
            .bind::<Text, _>(JOBS_CHANNEL)
            .execute(pg)?;
    }
    Ok(())
}
