//! Proposing a change of a locked field; somebody else approves it with the ticket.

use diesel::prelude::*;
use serde_json::json;

use super::{NewEvent, record};
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::ticket_proposals;
use crate::error::{Error, Result};
use crate::id::{ProposalId, TicketId};
use crate::roll::commands::correct::read_corrections;
use crate::tickets::kinds::get_kind;
use crate::tickets::machine::TicketState;
use crate::tickets::model::{EventKind, Hand, ProposalState, RollField, TICKET_CHANGE, Ticket};
use crate::tickets::queries::{get_ticket, read_field};

/// Proposes that a field of the ticket's record says something else; an earlier open proposal for the field is dropped.
pub fn propose(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    (ticket_id, version): (TicketId, i64),
    (field, after): (RollField, &str),
    now_ms: TimestampMs,
) -> Result<()> {
    let hand = Hand::Staff(by);
    let ticket = get_ticket(conn, hand, ticket_id)?;
    may_propose(conn, by, &ticket, field)?;
    let Some(record_id) = ticket.record_id else {
        return Err(Error::conflict(
            "record-missing",
            "link the ticket to a record of the roll first",
        ));
    };
    read_corrections(&[(field.into(), after.to_owned())], now_ms)?;
    let before = read_field(conn, sealer, record_id, field)?;
    if before == after.trim() {
        return Err(Error::conflict("nothing-changes", "the roll says that already"));
    }
    drop_open(conn, by, ticket_id, field, now_ms)?;
    diesel::insert_into(ticket_proposals::table)
        .values((
            ticket_proposals::ticket_id.eq(ticket_id),
            ticket_proposals::record_id.eq(record_id),
            ticket_proposals::field.eq(field),
            ticket_proposals::before_sealed.eq(sealer.seal(TICKET_CHANGE, before.as_bytes())?),
            ticket_proposals::after_sealed.eq(sealer.seal(TICKET_CHANGE, after.trim().as_bytes())?),
            ticket_proposals::state.eq(ProposalState::Open),
            ticket_proposals::proposed_by.eq(by.staff_id),
            ticket_proposals::proposed_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    let event = NewEvent::internal(EventKind::Proposed, "", json!({ "field": field }));
    record(conn, sealer, hand, ticket_id, Some(version), &event, now_ms)?;
    let act = Act::new("ticket.propose", "ticket", ticket_id).by(by);
    audit::append_with(
        conn,
        sealer,
        &act,
        &format!("{field}: {before} → {}", after.trim()),
        now_ms,
    )
}

fn may_propose(conn: &mut Conn, by: &Staff, ticket: &Ticket, field: RollField) -> Result<()> {
    if !by.role.may_answer_tickets() {
        return Err(Error::Forbidden {
            right: "propose changes of the roll",
        });
    }
    if ticket.state != TicketState::InReview {
        return Err(Error::conflict(
            "ticket-step",
            "take the ticket into review before proposing a change",
        ));
    }
    if get_kind(conn, ticket.kind)?.definition.fields.contains(&field) {
        return Ok(());
    }
    Err(Error::conflict(
        "field-not-of-kind",
        "tickets of this kind do not change that field: triage it to another kind",
    ))
}

fn drop_open(conn: &mut Conn, by: &Staff, ticket_id: TicketId, field: RollField, now_ms: TimestampMs) -> Result<()> {
    diesel::update(
        ticket_proposals::table
            .filter(ticket_proposals::ticket_id.eq(ticket_id))
            .filter(ticket_proposals::field.eq(field))
            .filter(ticket_proposals::state.eq(ProposalState::Open)),
    )
    .set((
        ticket_proposals::state.eq(ProposalState::Dropped),
        ticket_proposals::decided_by.eq(by.staff_id),
        ticket_proposals::decided_at_ms.eq(now_ms),
    ))
    .execute(conn)?;
    Ok(())
}

/// Drops a proposal: whoever made it takes it back, or whoever should approve it does not.
pub fn drop_proposal(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    (ticket_id, version): (TicketId, i64),
    proposal_id: ProposalId,
    now_ms: TimestampMs,
) -> Result<()> {
    let hand = Hand::Staff(by);
    get_ticket(conn, hand, ticket_id)?;
    if !by.role.may_answer_tickets() {
        return Err(Error::Forbidden {
            right: "drop proposals",
        });
    }
    let dropped = diesel::update(
        ticket_proposals::table
            .find(proposal_id)
            .filter(ticket_proposals::ticket_id.eq(ticket_id))
            .filter(ticket_proposals::state.eq(ProposalState::Open)),
    )
    .set((
        ticket_proposals::state.eq(ProposalState::Dropped),
        ticket_proposals::decided_by.eq(by.staff_id),
        ticket_proposals::decided_at_ms.eq(now_ms),
    ))
    .execute(conn)?;
    if dropped == 0 {
        return Err(Error::not_found("proposal", proposal_id));
    }
    let event = NewEvent::internal(EventKind::Dropped, "", json!({ "proposal": proposal_id }));
    record(conn, sealer, hand, ticket_id, Some(version), &event, now_ms)?;
    audit::append(conn, &Act::new("ticket.drop", "ticket", ticket_id).by(by), now_ms)
}
