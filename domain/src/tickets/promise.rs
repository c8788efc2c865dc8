//! What is promised: until when a ticket is handled, counted in working time, and how that came about.

use super::machine::TicketState;
use super::model::Ticket;
pub use super::queries::moves::list_moves;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::error::Result;
use crate::worktime::calendar::Calendar;
use crate::worktime::clock::{Interval, Pause, due_at, explain, is_provisional, worked_between};
use crate::worktime::queries::load_calendar;

/// A change of state, as the clock needs it.
pub type Move = (TicketState, TimestampMs);

/// What a ticket's clock says at an instant.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Until when, UTC ms; unset while the clock stands.
    pub due_at_ms: Option<TimestampMs>,
    /// Whether that rests on a year whose holidays are not published.
    pub is_provisional: bool,
    /// Working time used so far, in ms.
    pub used_ms: i64,
    /// Working time that passed while the clock stood, in ms.
    pub paused_ms: i64,
    /// Working time promised, in ms.
    pub budget_ms: i64,
    /// Every stretch from the start until it is due, or until now where the clock stands, and why it counts or not.
    pub intervals: Vec<Interval>,
}

/// The times since the start at which the clock stood.
pub fn pauses(started_at_ms: TimestampMs, moves: &[Move]) -> Vec<Pause> {
    let mut pauses: Vec<Pause> = Vec::new();
    for &(state, at_ms) in moves.iter().filter(|(_, at_ms)| *at_ms >= started_at_ms) {
        if let Some(open) = pauses.last_mut().filter(|pause| pause.until_ms.is_none()) {
            open.until_ms = Some(at_ms);
        }
        if state.is_pause() {
            pauses.push(Pause {
                from_ms: at_ms,
                until_ms: None,
            });
        }
    }
    pauses
}

/// How much working time before the end the office is warned.
const WARN_BEFORE_MS: i64 = 4 * 3_600_000;

/// The instants that a ticket's clock leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instants {
    /// Until when it is promised, UTC ms; unset while the clock stands.
    pub due_at_ms: Option<TimestampMs>,
    /// From when on the office is warned, UTC ms: half a working day before.
    pub warn_at_ms: Option<TimestampMs>,
    /// Whether they rest on a year whose holidays are not published.
    pub is_provisional: bool,
}

/// Until when a ticket is promised that stands where the last of `moves` led.
pub fn instants(calendar: &Calendar, ticket: &Ticket, moves: &[Move]) -> Instants {
    let Some(started_at_ms) = ticket.started_at_ms.filter(|_| ticket.state.is_counting()) else {
        return Instants::default();
    };
    let pauses = pauses(started_at_ms, moves);
    let after = |budget_ms: i64| due_at(calendar, started_at_ms, budget_ms.max(0), &pauses).at_ms();
    let due_at_ms = after(ticket.budget_ms);
    Instants {
        due_at_ms,
        warn_at_ms: after(ticket.budget_ms - WARN_BEFORE_MS),
        is_provisional: due_at_ms.is_some_and(|due_at_ms| is_provisional(calendar, started_at_ms, due_at_ms)),
    }
}

/// What the ticket's clock says now, with its account; nothing for a draft.
pub fn explained(conn: &mut Conn, ticket: &Ticket, now_ms: TimestampMs) -> Result<Option<Promise>> {
    let Some(started_at_ms) = ticket.started_at_ms else {
        return Ok(None);
    };
    let calendar = calendar_of(conn, ticket)?;
    let moves = list_moves(conn, ticket.ticket_id)?;
    let pauses = pauses(started_at_ms, &moves);
    // What ended is counted until it ended: later changes of state (closing) cost no more time.
    let ended = moves.iter().rev().take_while(|(state, _)| !state.is_open()).last();
    let until_ms = ended.map_or(now_ms, |(_, at_ms)| *at_ms);
    let last_ms = ticket.due_at_ms.map_or(until_ms, |due_at_ms| due_at_ms.max(until_ms));
    let used_ms = worked_between(&calendar, started_at_ms, until_ms, &pauses);
    Ok(Some(Promise {
        due_at_ms: ticket.due_at_ms,
        is_provisional: ticket.is_provisional,
        used_ms,
        paused_ms: worked_between(&calendar, started_at_ms, until_ms, &[]) - used_ms,
        budget_ms: ticket.budget_ms,
        intervals: explain(&calendar, started_at_ms, last_ms, &pauses),
    }))
}

/// The calendar that a ticket is counted by: its school's, or the one that is shipped where it is about no school yet.
pub fn calendar_of(conn: &mut Conn, ticket: &Ticket) -> Result<Calendar> {
    match ticket.school_id {
        Some(school_id) => load_calendar(conn, school_id),
        None => Ok(Calendar::default()),
    }
}
