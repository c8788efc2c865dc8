//! Counting promises anew when the calendar that they were counted by has changed.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::Serialize;

use super::steps::NO_TURN_MS;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::schema::{ticket_events, tickets};
use crate::error::Result;
use crate::id::{SchoolId, TicketId};
use crate::tickets::machine::TicketState;
use crate::tickets::model::Ticket;
use crate::tickets::promise::{Move, instants};
use crate::worktime::queries::load_calendar;

#[derive(Serialize)]
struct Recounted {
    ticket_id: TicketId,
    due_at_ms: Option<TimestampMs>,
    warn_at_ms: Option<TimestampMs>,
    promised_at_ms: Option<TimestampMs>,
    turn_ms: TimestampMs,
    is_provisional: bool,
}

const COLUMNS: &[Column] = &[
    Column::Integer("due_at_ms"),
    Column::Integer("warn_at_ms"),
    Column::Integer("promised_at_ms"),
    Column::Integer("turn_ms"),
    Column::Bool("is_provisional"),
];

/// Counts the promises of a school's open tickets by its calendar as it stands; says how many moved.
pub fn recount_school(conn: &mut Conn, school_id: SchoolId) -> Result<usize> {
    let calendar = load_calendar(conn, school_id)?;
    let open: Vec<Ticket> = tickets::table
        .filter(tickets::school_id.eq(school_id))
        .filter(tickets::is_open.eq(true))
        .filter(tickets::due_at_ms.is_not_null())
        .select(Ticket::as_select())
        .load(conn)?;
    let events: Vec<(TicketId, Option<TicketState>, TimestampMs)> = ticket_events::table
        .inner_join(tickets::table)
        .filter(tickets::school_id.eq(school_id))
        .filter(tickets::is_open.eq(true))
        .filter(ticket_events::to_state.is_not_null())
        .order((ticket_events::ticket_id, ticket_events::number))
        .select((ticket_events::ticket_id, ticket_events::to_state, ticket_events::at_ms))
        .load(conn)?;
    let mut moves: HashMap<TicketId, Vec<Move>> = HashMap::new();
    for (ticket_id, state, at_ms) in events {
        moves
            .entry(ticket_id)
            .or_default()
            .extend(state.map(|state| (state, at_ms)));
    }
    let moved: Vec<Recounted> = open
        .iter()
        .filter_map(|ticket| {
            let own = moves.get(&ticket.ticket_id).map(Vec::as_slice).unwrap_or_default();
            let counted = instants(&calendar, ticket, own);
            let is_same = counted.due_at_ms == ticket.due_at_ms && counted.is_provisional == ticket.is_provisional;
            (!is_same).then_some(Recounted {
                ticket_id: ticket.ticket_id,
                due_at_ms: counted.due_at_ms,
                warn_at_ms: counted.warn_at_ms,
                promised_at_ms: counted.due_at_ms.or(ticket.promised_at_ms),
                turn_ms: counted.due_at_ms.unwrap_or(NO_TURN_MS),
                is_provisional: counted.is_provisional,
            })
        })
        .collect();
    bulk::update(conn, "tickets", "ticket_id", COLUMNS, &moved)
}
