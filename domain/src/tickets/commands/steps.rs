//! Taking a step: one function for every row of the machine's table.

use diesel::prelude::*;
use secrecy::ExposeSecret;
use serde_json::json;

use super::{NewEvent, budget_of, changed_meanwhile, follow, record, refuse_long};
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{ticket_events, ticket_proposals, tickets};
use crate::error::{Error, Result};
use crate::id::{StaffId, TicketId};
use crate::mail_intake::address::writer_token;
use crate::notices::commands::tell;
use crate::notices::model::{NewNotice, NoticeKind};
use crate::tickets::kinds::{KnownKind, get_kind};
use crate::tickets::machine::{Guard, Step, TicketState, Transition, find_transition};
use crate::tickets::model::{Body, EventKind, Hand, ProposalState, Ticket, TicketKind, Warned};
use crate::tickets::promise;
use crate::tickets::queries::{get_ticket, missing_evidence, read_addresses};

/// How long after its end a ticket may be taken up again.
const REOPEN_WITHIN_MS: i64 = 30 * 86_400_000;

/// Where a ticket whose clock stands is in the order of what is due: at the end of all days.
pub(super) const NO_TURN_MS: i64 = 9_000_000_000_000_000;

/// A step that somebody wants to take.
#[derive(Clone, Debug)]
pub struct StepForm {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Its version as it was looked at.
    pub version: i64,
    /// The step.
    pub step: Step,
    /// Why, or what is asked or answered, in words that both sides read.
    pub words: String,
    /// Of what kind it is, when it is triaged.
    pub kind: Option<TicketKind>,
    /// Whom it is handed to, when it is escalated.
    pub body: Option<Body>,
    /// The ticket it goes up in, when it is merged.
    pub into: Option<TicketId>,
}

impl StepForm {
    /// A step without anything said, on the ticket as it stands.
    pub fn blank(ticket: &Ticket) -> Self {
        Self {
            ticket_id: ticket.ticket_id,
            version: ticket.version,
            step: Step::Submit,
            words: String::new(),
            kind: None,
            body: None,
            into: None,
        }
    }
}

/// Takes a step; an approval does what follows from it and tells the student in the same commit. Says where the ticket stands then.
pub fn take_step(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    form: &StepForm,
    now_ms: TimestampMs,
) -> Result<TicketState> {
    refuse_long(&form.words)?;
    let ticket = get_ticket(conn, hand, form.ticket_id)?;
    if ticket.version != form.version {
        return Err(changed_meanwhile());
    }
    let transition = find_transition(form.step, ticket.state).ok_or_else(|| not_now(&ticket))?;
    let kind = get_kind(conn, form.kind.unwrap_or(ticket.kind))?;
    may_take(hand, &kind, transition)?;
    for guard in transition.guards {
        check(conn, hand, &ticket, &kind, form, *guard, now_ms)?;
    }
    let moved = advance(conn, sealer, hand, ticket, transition, form, now_ms)?;
    match form.step {
        Step::Approve => follow::follow_approval(conn, sealer, hand, moved, now_ms),
        _ => Ok(moved.state),
    }
}

fn not_now(ticket: &Ticket) -> Error {
    Error::conflict(
        "ticket-step",
        format!(
            "the ticket is {} by now: this step cannot be taken from there",
            ticket.state
        ),
    )
}

fn may_take(hand: Hand<'_>, kind: &KnownKind, transition: &Transition) -> Result<()> {
    let is_decider = matches!(hand, Hand::Staff(staff) if kind.definition.is_decided_by(staff));
    let takers = hand.takers(is_decider);
    if transition.by.iter().any(|taker| takers.contains(taker)) {
        return Ok(());
    }
    Err(Error::Forbidden {
        right: "take this step of a ticket",
    })
}

fn check(
    conn: &mut Conn,
    hand: Hand<'_>,
    ticket: &Ticket,
    kind: &KnownKind,
    form: &StepForm,
    guard: Guard,
    now_ms: TimestampMs,
) -> Result<()> {
    match guard {
        Guard::Words if form.words.trim().is_empty() => Err(Error::invalid(
            "words-missing",
            "words",
            "say why, in words that the student reads",
        )),
        Guard::Body
            if !form
                .body
                .is_some_and(|body| kind.definition.escalates_to.contains(&body)) =>
        {
            Err(Error::invalid(
                "body",
                "body",
                "choose one of the bodies that tickets of this kind go to",
            ))
        }
        Guard::Recent if !is_recent(ticket, now_ms) => Err(Error::conflict(
            "ticket-too-old",
            "it ended more than 30 days ago: open another ticket",
        )),
        Guard::Evidence => match missing_evidence(conn, ticket, kind)?.as_slice() {
            [] => Ok(()),
            missing => Err(Error::conflict(
                "evidence-missing",
                format!("add first: {}", missing.join(", ")),
            )),
        },
        Guard::SecondPerson if kind.definition.needs_second_person => refuse_same_person(conn, hand, ticket),
        _ => Ok(()),
    }
}

/// Whether a ticket that ended may still be taken up again.
pub fn is_recent(ticket: &Ticket, now_ms: TimestampMs) -> bool {
    ticket
        .closed_at_ms
        .is_none_or(|at_ms| now_ms - at_ms <= REOPEN_WITHIN_MS)
}

/// Whoever took it into review, or proposed a change, does not approve it.
fn refuse_same_person(conn: &mut Conn, hand: Hand<'_>, ticket: &Ticket) -> Result<()> {
    let Hand::Staff(staff) = hand else { return Ok(()) };
    let reviewer: Option<String> = ticket_events::table
        .filter(ticket_events::ticket_id.eq(ticket.ticket_id))
        .filter(ticket_events::to_state.eq(TicketState::InReview))
        .filter(ticket_events::is_of_student.eq(false))
        .order(ticket_events::number.desc())
        .select(ticket_events::actor)
        .first(conn)
        .optional()?;
    let proposers: Vec<StaffId> = ticket_proposals::table
        .filter(ticket_proposals::ticket_id.eq(ticket.ticket_id))
        .filter(ticket_proposals::state.eq(ProposalState::Open))
        .select(ticket_proposals::proposed_by)
        .load(conn)?;
    let is_same = if proposers.is_empty() {
        reviewer.as_deref() == Some(staff.email.as_str())
    } else {
        proposers.contains(&staff.staff_id)
    };
    if is_same {
        return Err(Error::conflict(
            "second-person",
            "whoever proposed or reviewed this does not approve it: ask somebody else",
        ));
    }
    Ok(())
}

/// Moves a ticket along a row of the table.
pub(super) fn advance(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket: Ticket,
    transition: &Transition,
    form: &StepForm,
    now_ms: TimestampMs,
) -> Result<Ticket> {
    let event = NewEvent {
        moved: Some((ticket.state, transition.to)),
        ..NewEvent::public(
            EventKind::Moved,
            &form.words,
            json!({ "step": transition.step, "kind": form.kind, "body": form.body, "into": form.into }),
        )
    };
    let number = record(
        conn,
        sealer,
        hand,
        ticket.ticket_id,
        Some(ticket.version),
        &event,
        now_ms,
    )?;
    let moved = write_state(conn, hand, ticket, transition, form, number, now_ms)?;
    let action = format!("ticket.{}", transition.step);
    let act = Act::new(&action, "ticket", moved.ticket_id).by(hand.actor());
    audit::append(conn, &act, now_ms)?;
    if let Some(kind) = transition.notice {
        inform(conn, sealer, &moved, kind, number, now_ms)?;
    }
    Ok(moved)
}

fn write_state(
    conn: &mut Conn,
    hand: Hand<'_>,
    before: Ticket,
    transition: &Transition,
    form: &StepForm,
    number: i64,
    now_ms: TimestampMs,
) -> Result<Ticket> {
    let mut after = Ticket {
        state: transition.to,
        kind: form.kind.unwrap_or(before.kind),
        escalated_to: form.body.filter(|_| transition.step == Step::Escalate),
        merged_into: form.into.or(before.merged_into),
        closed_at_ms: (!transition.to.is_open()).then(|| before.closed_at_ms.unwrap_or(now_ms)),
        version: number,
        changed_at_ms: now_ms,
        ..before
    };
    if matches!(transition.step, Step::Submit | Step::Reopen) {
        after.started_at_ms = Some(now_ms);
    }
    if matches!(transition.step, Step::Submit | Step::Reopen | Step::Triage) {
        after.budget_ms = budget_of(conn, &after)?;
    }
    if let (Step::Review, None, Hand::Staff(staff)) = (transition.step, after.assignee_id, hand) {
        after.assignee_id = Some(staff.staff_id);
    }
    let calendar = promise::calendar_of(conn, &after)?;
    let moves = promise::list_moves(conn, after.ticket_id)?;
    let instants = promise::instants(&calendar, &after, &moves);
    after.due_at_ms = instants.due_at_ms;
    after.warn_at_ms = instants.warn_at_ms;
    after.promised_at_ms = instants.due_at_ms.or(after.promised_at_ms);
    after.is_provisional = instants.is_provisional;
    store(conn, &after)?;
    Ok(after)
}

fn store(conn: &mut Conn, ticket: &Ticket) -> Result<()> {
    diesel::update(tickets::table.find(ticket.ticket_id))
        .set((
            tickets::state.eq(ticket.state),
            tickets::is_open.eq(ticket.state.is_open()),
            tickets::kind.eq(ticket.kind),
            tickets::escalated_to.eq(ticket.escalated_to),
            tickets::merged_into.eq(ticket.merged_into),
            tickets::assignee_id.eq(ticket.assignee_id),
            tickets::started_at_ms.eq(ticket.started_at_ms),
            tickets::budget_ms.eq(ticket.budget_ms),
            tickets::due_at_ms.eq(ticket.due_at_ms),
            tickets::warn_at_ms.eq(ticket.warn_at_ms),
            tickets::promised_at_ms.eq(ticket.promised_at_ms),
            tickets::turn_ms.eq(ticket.due_at_ms.unwrap_or(NO_TURN_MS)),
            tickets::is_provisional.eq(ticket.is_provisional),
            tickets::warned.eq(Warned::No),
            tickets::closed_at_ms.eq(ticket.closed_at_ms),
        ))
        .execute(conn)?;
    Ok(())
}

/// Tells the student what an event of the ticket means for them. Whoever wrote a mail and has no account reads the ticket by a link.
pub(super) fn inform(
    conn: &mut Conn,
    sealer: &Sealer,
    ticket: &Ticket,
    kind: NoticeKind,
    number: i64,
    now_ms: TimestampMs,
) -> Result<()> {
    let (reply_to, _) = read_addresses(conn, sealer, ticket.ticket_id)?;
    if ticket.student_id.is_none() && reply_to.is_none() {
        return Ok(());
    }
    let token = match ticket.student_id {
        Some(_) => None,
        None => Some(writer_token(sealer, ticket.ticket_id, now_ms)),
    };
    let path = match &token {
        Some(_) => "mail/tickets".to_owned(),
        None => format!("tickets/{}", ticket.ticket_id),
    };
    let notice = NewNotice {
        student_id: ticket.student_id,
        record_id: ticket.record_id,
        kind,
        unique_key: format!("ticket:{}:{number}", ticket.ticket_id),
        parameters: json!({
            "ticket": ticket.ticket_id,
            "path": path,
            "due_at_ms": ticket.due_at_ms,
            "is_for_writer": token.is_some(),
        }),
        secret: token.as_deref(),
        expires_at_ms: None,
        to: reply_to.as_ref().map(ExposeSecret::expose_secret),
    };
    tell(conn, sealer, &notice, now_ms)?;
    Ok(())
}
