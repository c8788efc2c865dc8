//! What is said about a ticket: messages that both sides read, notes of the office, telephone calls, and how content the student is.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::steps::{StepForm, inform, take_step};
use super::{NewEvent, record, refuse_long};
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::tickets;
use crate::error::{Error, Result};
use crate::id::TicketId;
use crate::notices::model::NoticeKind;
use crate::students::model::Student;
use crate::tickets::machine::{Step, TicketState};
use crate::tickets::model::{EventKind, Hand, Ticket};
use crate::tickets::queries::get_ticket;

/// Says something that both sides read. A student's message to a ticket that waits for them is the answer; one to a ticket that ended is
/// refused with what to do instead.
pub fn say(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket_id: TicketId,
    words: &str,
    now_ms: TimestampMs,
) -> Result<()> {
    let ticket = open_for_words(conn, hand, ticket_id, words)?;
    if ticket.state == TicketState::NeedMore && hand.is_of_student() {
        let form = StepForm {
            step: Step::Answer,
            words: words.to_owned(),
            ..StepForm::blank(&ticket)
        };
        take_step(conn, sealer, hand, &form, now_ms)?;
        return Ok(());
    }
    let event = NewEvent::public(EventKind::Message, words, json!({}));
    let number = record(conn, sealer, hand, ticket_id, None, &event, now_ms)?;
    audit::append(
        conn,
        &Act::new("ticket.message", "ticket", ticket_id).by(hand.actor()),
        now_ms,
    )?;
    if hand.is_of_student() {
        return Ok(());
    }
    inform(conn, sealer, &ticket, NoticeKind::TicketMessage, number, now_ms)
}

fn open_for_words(conn: &mut Conn, hand: Hand<'_>, ticket_id: TicketId, words: &str) -> Result<Ticket> {
    refuse_long(words)?;
    if words.trim().is_empty() {
        return Err(Error::invalid("words-missing", "words", "write something first"));
    }
    let ticket = get_ticket(conn, hand, ticket_id)?;
    if let Hand::Staff(staff) = hand {
        may_write(staff)?;
    } else if !ticket.state.is_open() {
        return Err(ended());
    }
    Ok(ticket)
}

fn ended() -> Error {
    Error::conflict(
        "ticket-ended",
        "the ticket has ended: take it up again first, or open another",
    )
}

fn may_write(by: &Staff) -> Result<()> {
    if by.role.may_answer_tickets() {
        return Ok(());
    }
    Err(Error::Forbidden {
        right: "answer tickets",
    })
}

/// Notes something for the office alone.
pub fn note(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket_id: TicketId,
    words: &str,
    now_ms: TimestampMs,
) -> Result<()> {
    let hand = Hand::Staff(by);
    open_for_words(conn, hand, ticket_id, words)?;
    let event = NewEvent::internal(EventKind::Note, words, json!({}));
    record(conn, sealer, hand, ticket_id, None, &event, now_ms)?;
    audit::append(conn, &Act::new("ticket.note", "ticket", ticket_id).by(by), now_ms)
}

/// Says that evidence came, which both sides see. The ticket must be open, and whoever brings it one who may write to it.
pub(crate) fn note_evidence(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket_id: TicketId,
    parameters: Value,
    now_ms: TimestampMs,
) -> Result<()> {
    let ticket = get_ticket(conn, hand, ticket_id)?;
    if let Hand::Staff(staff) = hand {
        may_write(staff)?;
    }
    if !ticket.state.is_open() {
        return Err(ended());
    }
    let event = NewEvent::public(EventKind::Evidence, "", parameters);
    record(conn, sealer, hand, ticket_id, None, &event, now_ms)?;
    Ok(())
}

crate::text_enum! {
    /// How a call went; worded by `ticket-call-<word>`.
    CallOutcome {
        /// The student was told.
        Reached = "reached",
        /// Nobody answered.
        NoAnswer = "no-answer",
        /// The number is wrong.
        WrongNumber = "wrong-number",
        /// The student called.
        CalledUs = "called-us",
    }
}

impl CallOutcome {
    /// Whether the student knows then what there was to say.
    fn has_told(self) -> bool {
        matches!(self, Self::Reached | Self::CalledUs)
    }
}

/// Notes a telephone call: who, when and how it went. Where a ticket is done and its student has no account, reaching them is telling them.
pub fn note_call(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket_id: TicketId,
    (outcome, words): (CallOutcome, &str),
    now_ms: TimestampMs,
) -> Result<()> {
    let hand = Hand::Staff(by);
    may_write(by)?;
    refuse_long(words)?;
    let ticket = get_ticket(conn, hand, ticket_id)?;
    let event = NewEvent::public(EventKind::Phoned, words, json!({ "outcome": outcome }));
    let number = record(conn, sealer, hand, ticket_id, None, &event, now_ms)?;
    audit::append(conn, &Act::new("ticket.call", "ticket", ticket_id).by(by), now_ms)?;
    if ticket.state == TicketState::Applied && outcome.has_told() {
        let form = StepForm {
            step: Step::Notify,
            version: number,
            ..StepForm::blank(&ticket)
        };
        take_step(conn, sealer, hand, &form, now_ms)?;
    }
    Ok(())
}

/// Says how content the student is, 1 to 5, once, when it is over.
pub fn rate(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Student,
    ticket_id: TicketId,
    (satisfaction, words): (i32, &str),
    now_ms: TimestampMs,
) -> Result<()> {
    let hand = Hand::Student(by);
    refuse_long(words)?;
    let ticket = get_ticket(conn, hand, ticket_id)?;
    if !ticket.state.is_answered() {
        return Err(Error::conflict("ticket-step", "say that when the ticket is over"));
    }
    if !(1..=5).contains(&satisfaction) {
        return Err(Error::invalid("satisfaction", "satisfaction", "choose 1 to 5"));
    }
    if ticket.satisfaction.is_some() {
        return Err(Error::conflict("rated", "this was said already"));
    }
    let event = NewEvent::public(EventKind::Rated, words, json!({ "satisfaction": satisfaction }));
    record(conn, sealer, hand, ticket_id, Some(ticket.version), &event, now_ms)?;
    diesel::update(tickets::table.find(ticket_id))
        .set(tickets::satisfaction.eq(satisfaction))
        .execute(conn)?;
    audit::append(conn, &Act::new("ticket.rate", "ticket", ticket_id).by(by), now_ms)
}
