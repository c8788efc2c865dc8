//! The office's own work on tickets: who has it, what it is linked to, what goes up in what, the checklist, who looks at it now.

use diesel::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::steps::{StepForm, take_step};
use super::{MOST_WORDS_CHARS, NewEvent, begin, hand_in, insert, record};
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::dialect::tickets as statements;
use crate::db::schema::{ticket_checks, ticket_links, tickets};
use crate::error::{Error, Result};
use crate::id::{RecordId, StaffId, TicketId};
use crate::roll::queries::records::get_record;
use crate::tickets::kinds::get_kind;
use crate::tickets::machine::Step;
use crate::tickets::model::{CameBy, EventKind, Hand, LinkTarget, NewTicket, Ticket, TicketKind};
use crate::tickets::queries::assignees::list_assignees;
use crate::tickets::queries::{get_ticket, list_events};

/// Tickets that one act is about at most.
pub const MOST_AT_ONCE: usize = 200;

fn ticket_for(conn: &mut Conn, by: &Staff, ticket_id: TicketId) -> Result<Ticket> {
    if !by.role.may_answer_tickets() {
        return Err(Error::Forbidden {
            right: "work on tickets",
        });
    }
    get_ticket(conn, Hand::Staff(by), ticket_id)
}

/// Gives a ticket to somebody who may have it, or to nobody.
pub fn assign(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket_id: TicketId,
    assignee: Option<StaffId>,
    now_ms: TimestampMs,
) -> Result<()> {
    let ticket = ticket_for(conn, by, ticket_id)?;
    if ticket.assignee_id == assignee {
        return Ok(());
    }
    if let Some(assignee) = assignee
        && !list_assignees(conn, Some(&ticket))?
            .iter()
            .any(|known| known.staff_id == assignee)
    {
        return Err(Error::invalid(
            "assignee",
            "assignee",
            "choose somebody who answers tickets and may see this one",
        ));
    }
    let event = NewEvent::internal(EventKind::Assigned, "", json!({ "to": assignee }));
    record(conn, sealer, Hand::Staff(by), ticket_id, None, &event, now_ms)?;
    diesel::update(tickets::table.find(ticket_id))
        .set((tickets::assignee_id.eq(assignee), tickets::assigned_at_ms.eq(now_ms)))
        .execute(conn)?;
    audit::append(conn, &Act::new("ticket.assign", "ticket", ticket_id).by(by), now_ms)
}

/// Gives a ticket to whoever of those who decide about its kind, and may see it, was given one longest ago.
pub fn assign_in_turn(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket_id: TicketId,
    now_ms: TimestampMs,
) -> Result<StaffId> {
    let ticket = ticket_for(conn, by, ticket_id)?;
    let kind = get_kind(conn, ticket.kind)?;
    let next = list_assignees(conn, Some(&ticket))?
        .into_iter()
        .filter(|known| kind.definition.decided_by.contains(&known.role))
        .min_by_key(|known| (known.last_given_ms, known.staff_id));
    let next = next.ok_or_else(|| {
        Error::conflict(
            "nobody-to-assign",
            "nobody decides about tickets of this kind and may see this one: invite somebody",
        )
    })?;
    assign(conn, sealer, by, ticket_id, Some(next.staff_id), now_ms)?;
    Ok(next.staff_id)
}

/// Links a ticket to something else that it is about; a record that the ticket lacks becomes its own.
pub fn link(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket_id: TicketId,
    (target, target_id): (LinkTarget, i64),
    now_ms: TimestampMs,
) -> Result<()> {
    let ticket = ticket_for(conn, by, ticket_id)?;
    require_target(conn, by, target, target_id)?;
    if target == LinkTarget::Record && ticket.record_id.is_none() {
        let school_id = super::school_of(conn, RecordId(target_id))?;
        diesel::update(tickets::table.find(ticket_id))
            .set((tickets::record_id.eq(target_id), tickets::school_id.eq(school_id)))
            .execute(conn)?;
    }
    diesel::insert_into(ticket_links::table)
        .values((
            ticket_links::ticket_id.eq(ticket_id),
            ticket_links::target.eq(target),
            ticket_links::target_id.eq(target_id),
            ticket_links::linked_by.eq(&by.email),
            ticket_links::linked_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    let event = NewEvent::internal(EventKind::Linked, "", json!({ "target": target, "id": target_id }));
    record(conn, sealer, Hand::Staff(by), ticket_id, None, &event, now_ms)?;
    audit::append(conn, &Act::new("ticket.link", "ticket", ticket_id).by(by), now_ms)
}

fn require_target(conn: &mut Conn, by: &Staff, target: LinkTarget, target_id: i64) -> Result<()> {
    use crate::db::schema::{batches, photos};
    let found = match target {
        LinkTarget::Record | LinkTarget::SwapPartner => get_record(conn, by, RecordId(target_id)).map(|_| 1)?,
        LinkTarget::Ticket => get_ticket(conn, Hand::Staff(by), TicketId(target_id)).map(|_| 1)?,
        LinkTarget::Photo => photos::table
            .filter(photos::photo_id.eq(target_id))
            .count()
            .get_result::<i64>(conn)?,
        LinkTarget::Batch => batches::table
            .filter(batches::batch_id.eq(target_id))
            .count()
            .get_result(conn)?,
    };
    if found == 0 {
        return Err(Error::not_found("thing to link", target_id));
    }
    Ok(())
}

/// Takes a link away.
pub fn unlink(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket_id: TicketId,
    (target, target_id): (LinkTarget, i64),
    now_ms: TimestampMs,
) -> Result<()> {
    ticket_for(conn, by, ticket_id)?;
    let gone = diesel::delete(ticket_links::table.find((ticket_id, target, target_id))).execute(conn)?;
    if gone == 0 {
        return Err(Error::not_found("link", target_id));
    }
    let event = NewEvent::internal(EventKind::Unlinked, "", json!({ "target": target, "id": target_id }));
    record(conn, sealer, Hand::Staff(by), ticket_id, None, &event, now_ms)?;
    audit::append(conn, &Act::new("ticket.unlink", "ticket", ticket_id).by(by), now_ms)
}

/// Lets a ticket go up in another of the same person, whose conversation goes on. `version` is the one of the ticket that ends.
pub fn merge(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    (ticket_id, version): (TicketId, i64),
    into: TicketId,
    now_ms: TimestampMs,
) -> Result<()> {
    let ticket = ticket_for(conn, by, ticket_id)?;
    let other = ticket_for(conn, by, into)?;
    let is_same_person = (ticket.student_id.is_some() && ticket.student_id == other.student_id)
        || (ticket.record_id.is_some() && ticket.record_id == other.record_id);
    if into == ticket_id || !is_same_person || !other.state.is_open() {
        return Err(Error::conflict(
            "merge-target",
            "a ticket goes up in another open one of the same student or record",
        ));
    }
    let form = StepForm {
        step: Step::Merge,
        version,
        into: Some(into),
        ..StepForm::blank(&ticket)
    };
    take_step(conn, sealer, Hand::Staff(by), &form, now_ms)?;
    let said = words_of_student(conn, sealer, ticket_id)?;
    let event = NewEvent::public(EventKind::Absorbed, &said, json!({ "ticket": ticket_id }));
    record(conn, sealer, Hand::Staff(by), into, None, &event, now_ms)?;
    Ok(())
}

/// What a student said in a ticket, as far as one event takes it.
fn words_of_student(conn: &mut Conn, sealer: &Sealer, ticket_id: TicketId) -> Result<String> {
    let events = list_events(conn, sealer, ticket_id, true)?;
    let said = events.iter().filter(|event| event.is_of_student);
    let said: Vec<&str> = said
        .filter_map(|event| event.body.as_ref())
        .map(|body| body.expose_secret())
        .collect();
    Ok(said.join("\n\n").chars().take(MOST_WORDS_CHARS).collect())
}

/// Makes a part of a ticket one of its own, for the same student and record; both know each other. Says its number.
pub fn split(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket_id: TicketId,
    (kind, words): (TicketKind, &str),
    now_ms: TimestampMs,
) -> Result<TicketId> {
    let ticket = ticket_for(conn, by, ticket_id)?;
    super::refuse_long(words)?;
    if words.trim().is_empty() {
        return Err(Error::invalid(
            "words-missing",
            "words",
            "say what the other ticket is about",
        ));
    }
    let new = NewTicket {
        kind,
        came_by: CameBy::Office,
        student_id: ticket.student_id,
        record_id: ticket.record_id,
        photo_id: ticket.photo_id,
        reason: None,
        body: words.to_owned(),
        reply_to: None,
        phone: None,
    };
    let hand = Hand::Staff(by);
    let part = insert(conn, sealer, &new, now_ms)?;
    let parameters = json!({ "by": new.came_by, "from": ticket_id });
    begin(conn, sealer, hand, part, (words, parameters), now_ms)?;
    // The office made it of what it knows already: nothing more is asked of the student before it counts.
    hand_in(conn, sealer, hand, part, now_ms)?;
    link(conn, sealer, by, part, (LinkTarget::Ticket, ticket_id.0), now_ms)?;
    let event = NewEvent::public(EventKind::Split, "", json!({ "ticket": part }));
    record(conn, sealer, hand, ticket_id, None, &event, now_ms)?;
    Ok(part)
}

/// Ticks or unticks an item of the checklist.
pub fn check(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket_id: TicketId,
    (item, is_done): (&str, bool),
    now_ms: TimestampMs,
) -> Result<()> {
    let ticket = ticket_for(conn, by, ticket_id)?;
    if !get_kind(conn, ticket.kind)?
        .definition
        .checklist
        .iter()
        .any(|known| known == item)
    {
        return Err(Error::not_found("item of the checklist", item));
    }
    let own = ticket_checks::table.find((ticket_id, item));
    let is_ticked = own.count().get_result::<i64>(conn)? > 0;
    if is_ticked == is_done {
        return Ok(());
    }
    if is_done {
        diesel::insert_into(ticket_checks::table)
            .values((
                ticket_checks::ticket_id.eq(ticket_id),
                ticket_checks::item.eq(item),
                ticket_checks::checked_by.eq(&by.email),
                ticket_checks::checked_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
    } else {
        diesel::delete(own).execute(conn)?;
    }
    let kind = if is_done {
        EventKind::Checked
    } else {
        EventKind::Unchecked
    };
    let event = NewEvent::internal(kind, "", json!({ "item": item }));
    record(conn, sealer, Hand::Staff(by), ticket_id, None, &event, now_ms)?;
    Ok(())
}

/// Notes that somebody has the ticket open, so that a second one sees it.
pub fn look(conn: &mut Conn, by: &Staff, ticket_id: TicketId, now_ms: TimestampMs) -> Result<()> {
    statements::note_viewer(conn, ticket_id, by.staff_id, now_ms)
}
