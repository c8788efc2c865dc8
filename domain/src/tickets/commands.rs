//! Everything that changes tickets. Whatever happens raises the ticket's version and is an event of that number, in one commit with the
//! act in the audit trail and the notice to the student.

mod apply;
pub mod disputes;
mod follow;
pub mod identity;
pub mod kinds;
pub mod office;
pub mod proposals;
pub mod recount;
pub mod steps;
pub mod talk;
pub mod texts;
pub mod watch;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::kinds::get_kind;
use super::machine::{Step, TicketState, find_transition};
use super::model::{EventKind, Hand, NewTicket, TICKET_ADDRESS, TICKET_WORDS, Ticket, TicketKind, Warned};
use super::promise::calendar_of;
use super::queries::{find_open_about, get_ticket};
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::{roll_records, ticket_events, tickets};
use crate::error::{Error, Result};
use crate::id::{RecordId, SchoolId, StudentId, TicketId};
use crate::verdicts::queries::get_enrolment;

/// Characters of what is said at once, at most.
pub const MOST_WORDS_CHARS: usize = 4_000;
/// Open tickets that a student has at most.
const MOST_OPEN: i64 = 10;

/// Something that happens to a ticket.
struct NewEvent<'a> {
    kind: EventKind,
    moved: Option<(TicketState, TicketState)>,
    is_public: bool,
    body: &'a str,
    parameters: Value,
}

impl<'a> NewEvent<'a> {
    /// Something that the student sees.
    fn public(kind: EventKind, body: &'a str, parameters: Value) -> Self {
        Self {
            kind,
            moved: None,
            is_public: true,
            body,
            parameters,
        }
    }

    /// Something for the office alone.
    fn internal(kind: EventKind, body: &'a str, parameters: Value) -> Self {
        Self {
            is_public: false,
            ..Self::public(kind, body, parameters)
        }
    }
}

/// Writes down what happened and says its number. Where a version is expected, nothing may have happened since it was looked at.
fn record(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket_id: TicketId,
    expected: Option<i64>,
    event: &NewEvent<'_>,
    now_ms: TimestampMs,
) -> Result<i64> {
    let raised = (
        tickets::version.eq(tickets::version + 1),
        tickets::changed_at_ms.eq(now_ms),
    );
    let own = tickets::table.filter(tickets::ticket_id.eq(ticket_id));
    let changed = match expected {
        Some(version) => diesel::update(own.filter(tickets::version.eq(version)))
            .set(raised)
            .execute(conn)?,
        None => diesel::update(own).set(raised).execute(conn)?,
    };
    if changed == 0 {
        return Err(changed_meanwhile());
    }
    let number: i64 = tickets::table.find(ticket_id).select(tickets::version).first(conn)?;
    let body = event.body.trim();
    let sealed = (!body.is_empty())
        .then(|| sealer.seal(TICKET_WORDS, body.as_bytes()))
        .transpose()?;
    diesel::insert_into(ticket_events::table)
        .values((
            ticket_events::ticket_id.eq(ticket_id),
            ticket_events::number.eq(number),
            ticket_events::kind.eq(event.kind),
            ticket_events::from_state.eq(event.moved.map(|(from, _)| from)),
            ticket_events::to_state.eq(event.moved.map(|(_, to)| to)),
            ticket_events::actor.eq(hand.actor().name),
            ticket_events::is_of_student.eq(hand.is_of_student()),
            ticket_events::is_public.eq(event.is_public),
            ticket_events::body_sealed.eq(sealed),
            ticket_events::parameters.eq(event.parameters.to_string()),
            ticket_events::at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    Ok(number)
}

fn changed_meanwhile() -> Error {
    Error::conflict(
        "ticket-changed",
        "something happened to the ticket meanwhile: look at it again, then decide",
    )
}

/// Refuses what was said or decided while something else stood on the page than stands now.
pub fn refuse_stale(conn: &mut Conn, hand: Hand<'_>, ticket_id: TicketId, version: i64) -> Result<()> {
    if get_ticket(conn, hand, ticket_id)?.version == version {
        return Ok(());
    }
    Err(changed_meanwhile())
}

/// Refuses what is too long.
fn refuse_long(words: &str) -> Result<()> {
    if words.chars().count() > MOST_WORDS_CHARS {
        return Err(Error::invalid("words", "words", "write at most 4,000 characters"));
    }
    Ok(())
}

/// Opens a ticket. A student's is about one of their own enrolments; the same thing is not opened twice.
pub fn open_ticket(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    new: &NewTicket,
    now_ms: TimestampMs,
) -> Result<TicketId> {
    refuse_long(&new.body)?;
    if new.body.trim().is_empty() && new.reason.is_none() {
        return Err(Error::invalid("words-missing", "words", "say what is to be corrected"));
    }
    may_open(conn, hand, new, now_ms)?;
    if let Some(open) = find_open_about(conn, new)? {
        return Err(Error::conflict(
            "ticket-exists",
            format!("ticket {open} about the same is open: add to it"),
        ));
    }
    let ticket_id = insert(conn, sealer, new, now_ms)?;
    let parameters = json!({ "by": new.came_by, "reason": new.reason });
    begin(conn, sealer, hand, ticket_id, (&new.body, parameters), now_ms)?;
    Ok(ticket_id)
}

/// The first event of a ticket, with what was said.
fn begin(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket_id: TicketId,
    (words, parameters): (&str, Value),
    now_ms: TimestampMs,
) -> Result<()> {
    let opened = NewEvent {
        moved: Some((TicketState::Draft, TicketState::Draft)),
        ..NewEvent::public(EventKind::Opened, words, parameters)
    };
    record(conn, sealer, hand, ticket_id, None, &opened, now_ms)?;
    audit::append(
        conn,
        &Act::new("ticket.open", "ticket", ticket_id).by(hand.actor()),
        now_ms,
    )
}

/// Hands a draft in without asking for evidence.
pub(crate) fn hand_in(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket_id: TicketId,
    now_ms: TimestampMs,
) -> Result<()> {
    move_on(conn, sealer, hand, ticket_id, Step::Submit, now_ms)
}

/// Takes back a draft that nobody confirmed.
pub(crate) fn withdraw(conn: &mut Conn, sealer: &Sealer, ticket_id: TicketId, now_ms: TimestampMs) -> Result<()> {
    move_on(conn, sealer, Hand::House, ticket_id, Step::Withdraw, now_ms)
}

/// Takes a step whose guards were looked at by whoever calls this, where it can be taken at all.
fn move_on(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket_id: TicketId,
    step: Step,
    now_ms: TimestampMs,
) -> Result<()> {
    let ticket = get_ticket(conn, hand, ticket_id)?;
    let form = steps::StepForm {
        step,
        ..steps::StepForm::blank(&ticket)
    };
    if let Some(transition) = find_transition(step, ticket.state) {
        steps::advance(conn, sealer, hand, ticket, transition, &form, now_ms)?;
    }
    Ok(())
}

fn may_open(conn: &mut Conn, hand: Hand<'_>, new: &NewTicket, now_ms: TimestampMs) -> Result<()> {
    match hand {
        Hand::Student(student) => {
            if new.student_id != Some(student.student_id) {
                return Err(Error::Forbidden {
                    right: "open tickets for others",
                });
            }
            match (new.record_id, &student.person) {
                (Some(record_id), Some(person)) => {
                    get_enrolment(conn, person, record_id, now_ms)?;
                }
                (Some(record_id), None) => return Err(Error::not_found("record", record_id)),
                (None, None) if new.kind != TicketKind::Account => {
                    return Err(Error::conflict(
                        "account-first",
                        "complete the account first; only the account itself can be corrected before that",
                    ));
                }
                (None, _) => {}
            }
            refuse_too_many(conn, student.student_id)
        }
        Hand::Staff(staff) if staff.role.may_answer_tickets() => {
            if let Some(record_id) = new.record_id {
                crate::roll::queries::records::get_record(conn, staff, record_id)?;
            }
            Ok(())
        }
        Hand::Staff(_) => Err(Error::Forbidden { right: "open tickets" }),
        Hand::Writer | Hand::House => Ok(()),
    }
}

fn refuse_too_many(conn: &mut Conn, student_id: StudentId) -> Result<()> {
    let open: i64 = tickets::table
        .filter(tickets::student_id.eq(student_id))
        .filter(tickets::is_open.eq(true))
        .count()
        .get_result(conn)?;
    if open < MOST_OPEN {
        return Ok(());
    }
    Err(Error::conflict(
        "ticket-too-many",
        "ten of your tickets are open: wait for one of them, or take one back",
    ))
}

fn insert(conn: &mut Conn, sealer: &Sealer, new: &NewTicket, now_ms: TimestampMs) -> Result<TicketId> {
    let seal = |purpose: Purpose, text: &Option<String>| -> Result<Option<Vec<u8>>> {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Ok(text.map(|text| sealer.seal(purpose, text.as_bytes())).transpose()?)
    };
    let school_id = new.record_id.map(|record_id| school_of(conn, record_id)).transpose()?;
    Ok(diesel::insert_into(tickets::table)
        .values((
            tickets::school_id.eq(school_id),
            tickets::kind.eq(new.kind),
            tickets::state.eq(TicketState::Draft),
            tickets::is_open.eq(true),
            tickets::came_by.eq(new.came_by),
            tickets::student_id.eq(new.student_id),
            tickets::record_id.eq(new.record_id),
            tickets::photo_id.eq(new.photo_id),
            tickets::reason.eq(&new.reason),
            tickets::reply_to_sealed.eq(seal(TICKET_ADDRESS, &new.reply_to)?),
            tickets::phone_sealed.eq(seal(TICKET_ADDRESS, &new.phone)?),
            tickets::budget_ms.eq(0),
            tickets::turn_ms.eq(steps::NO_TURN_MS),
            tickets::is_provisional.eq(false),
            tickets::warned.eq(Warned::No),
            tickets::version.eq(0),
            tickets::created_at_ms.eq(now_ms),
            tickets::changed_at_ms.eq(now_ms),
        ))
        .returning(tickets::ticket_id)
        .get_result(conn)?)
}

fn school_of(conn: &mut Conn, record_id: RecordId) -> Result<SchoolId> {
    let school = roll_records::table
        .find(record_id)
        .select(roll_records::school_id)
        .first(conn)
        .optional()?;
    school.ok_or_else(|| Error::not_found("record", record_id))
}

/// Opens a ticket and hands it in at once.
pub fn submit_ticket(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    new: &NewTicket,
    now_ms: TimestampMs,
) -> Result<TicketId> {
    let ticket_id = open_ticket(conn, sealer, hand, new, now_ms)?;
    let ticket = get_ticket(conn, hand, ticket_id)?;
    let form = steps::StepForm {
        step: Step::Submit,
        ..steps::StepForm::blank(&ticket)
    };
    steps::take_step(conn, sealer, hand, &form, now_ms)?;
    Ok(ticket_id)
}

/// The promise of a kind, in ms of the working time of the ticket's school.
fn budget_of(conn: &mut Conn, ticket: &Ticket) -> Result<i64> {
    let working_days = get_kind(conn, ticket.kind)?.definition.working_days;
    let calendar = calendar_of(conn, ticket)?;
    Ok(calendar.working_days_ms(u16::try_from(working_days).unwrap_or(u16::MAX)))
}

/// Opens a ticket, and hands it in at once where its kind wants no evidence; else it is a draft until that is there.
pub fn begin_or_submit(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    new: &NewTicket,
    now_ms: TimestampMs,
) -> Result<TicketId> {
    let wants_evidence = get_kind(conn, new.kind)?
        .definition
        .evidence
        .iter()
        .any(|wanted| wanted.is_required);
    if wants_evidence {
        open_ticket(conn, sealer, hand, new, now_ms)
    } else {
        submit_ticket(conn, sealer, hand, new, now_ms)
    }
}
