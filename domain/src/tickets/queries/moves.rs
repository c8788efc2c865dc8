//! The changes of state of a ticket, as its clock reads them.

use diesel::prelude::*;

use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::ticket_events;
use crate::error::Result;
use crate::id::TicketId;
use crate::tickets::machine::TicketState;
use crate::tickets::promise::Move;

/// Every change of state of a ticket, in order.
pub fn list_moves(conn: &mut Conn, ticket_id: TicketId) -> Result<Vec<Move>> {
    let moves: Vec<(Option<TicketState>, TimestampMs)> = ticket_events::table
        .filter(ticket_events::ticket_id.eq(ticket_id))
        .filter(ticket_events::to_state.is_not_null())
        .order(ticket_events::number)
        .select((ticket_events::to_state, ticket_events::at_ms))
        .load(conn)?;
    Ok(moves
        .into_iter()
        .filter_map(|(state, at_ms)| Some((state?, at_ms)))
        .collect())
}
