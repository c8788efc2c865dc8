//! Statements about tickets that the query builder does not have for both databases.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::query;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::error::Result;
use crate::id::{StaffId, TicketId};

/// Notes that somebody has a ticket open at that instant.
pub fn note_viewer(conn: &mut Conn, ticket_id: TicketId, staff_id: StaffId, now_ms: TimestampMs) -> Result<()> {
    query(
        conn,
        "INSERT INTO ticket_viewers (ticket_id, staff_id, seen_at_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (ticket_id, staff_id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms",
    )
    .bind::<BigInt, _>(ticket_id)
    .bind::<BigInt, _>(staff_id)
    .bind::<BigInt, _>(now_ms)
    .execute(conn)?;
    Ok(())
}

/// What the office is warned of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The promise is nearly over.
    Soon,
    /// It is over.
    Overdue,
}

/// Warns of every ticket whose time has come and that was not warned of so: an event each, without a gap in their numbers.
pub fn warn(conn: &mut Conn, warning: Warning, now_ms: TimestampMs) -> Result<usize> {
    let (word, event, time, before) = match warning {
        Warning::Soon => ("soon", "due-soon", "warn_at_ms", "'no'"),
        Warning::Overdue => ("overdue", "overdue", "due_at_ms", "'no', 'soon'"),
    };
    raise(
        conn,
        &format!("warned = '{word}'"),
        &format!("is_open AND {time} <= $1 AND warned IN ({before})"),
        now_ms,
    )?;
    append(
        conn,
        event,
        "NULL, NULL",
        &format!("t.warned = '{word}' AND t.is_open"),
        false,
        now_ms,
    )
}

/// Closes what was answered before `answered_before_ms`.
pub fn close_answered(conn: &mut Conn, answered_before_ms: TimestampMs, now_ms: TimestampMs) -> Result<usize> {
    raise(
        conn,
        "state = 'closed'",
        &format!("state = 'notified' AND closed_at_ms <= {answered_before_ms}"),
        now_ms,
    )?;
    append(
        conn,
        "moved",
        "'notified', 'closed'",
        "t.state = 'closed'",
        true,
        now_ms,
    )
}

fn raise(conn: &mut Conn, assignment: &str, condition: &str, now_ms: TimestampMs) -> Result<()> {
    query(
        conn,
        format!("UPDATE tickets SET {assignment}, version = version + 1, changed_at_ms = $1 WHERE {condition}"),
    )
    .bind::<BigInt, _>(now_ms)
    .execute(conn)?;
    Ok(())
}

/// An event for each ticket that was raised at that instant and has none of that number yet.
fn append(
    conn: &mut Conn,
    event: &str,
    states: &str,
    condition: &str,
    is_public: bool,
    now_ms: TimestampMs,
) -> Result<usize> {
    let statement = format!(
        "INSERT INTO ticket_events (ticket_id, number, kind, from_state, to_state, actor, is_of_student, is_public, parameters, at_ms) \
         SELECT t.ticket_id, t.version, '{event}', {states}, 'rollproof', FALSE, {is_public}, '{{}}', $1 FROM tickets AS t \
         WHERE t.changed_at_ms = $1 AND {condition} AND NOT EXISTS (SELECT 1 FROM ticket_events AS e \
         WHERE e.ticket_id = t.ticket_id AND e.number = t.version)"
    );
    Ok(query(conn, statement).bind::<BigInt, _>(now_ms).execute(conn)?)
}
