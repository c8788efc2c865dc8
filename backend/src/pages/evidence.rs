//! Evidence of tickets: what is there and the form that adds to it, on the pages of staff and of students; and the viewer, which is the one
//! place where the office sees it.

mod form;
mod viewer;

pub use form::add;
pub(in crate::pages) use form::{EvidenceForm, refused};
pub(in crate::pages) use viewer::{ShownPage, Signature, pages_of, send_page, wish_for};
pub use viewer::{picture, show};

use domain::clock::TimestampMs;
use domain::db::Conn;
use domain::evidence::commands::look::may_look;
use domain::evidence::model::{Evidence, EvidenceState, MAX_FILE_BYTES, MAX_PER_TICKET, OTHER};
use domain::evidence::queries::list_evidence;
use domain::tickets::kinds::get_kind;
use domain::tickets::model::{Hand, Ticket};
use serde::Serialize;

use crate::pages::moment::Moment;

/// `partials/_evidence.html`: what supports a ticket, and the form to add to it. A page that includes it calls it `evidence`.
#[derive(Serialize)]
pub struct EvidencePart {
    /// Where files go, and below which pieces are looked at.
    path: String,
    is_for_office: bool,
    pieces: Vec<Piece>,
    /// What the ticket's kind asks for, and something else.
    choices: Vec<Choice>,
    /// What is chosen at first: what is missing, above all what has to be there.
    suggested: String,
    /// Whether more may be added now.
    may_add: bool,
    most: i64,
    limit_mb: u64,
}

#[derive(Serialize)]
struct Piece {
    number: i64,
    /// Worded by `ticket-evidence-<word>`, or the word itself.
    what: String,
    state: EvidenceState,
    /// Worded by `evidence-fault-<code>`.
    fault: Option<String>,
    page_count: i64,
    by: Option<String>,
    is_of_student: bool,
    at: Moment,
    deleted: Option<Moment>,
    /// Where it is looked at; none where the reader may not, or there is nothing to see.
    href: Option<String>,
}

#[derive(Serialize)]
struct Choice {
    what: String,
    is_required: bool,
    /// Whether one is there that counts.
    is_there: bool,
}

impl EvidencePart {
    /// The part of a ticket's page, for whoever may see the ticket.
    pub fn read(conn: &mut Conn, hand: Hand<'_>, ticket: &Ticket, now_ms: TimestampMs) -> domain::Result<Self> {
        let is_for_office = matches!(hand, Hand::Staff(_));
        let area = if is_for_office { "/console" } else { "" };
        let path = format!("{area}/tickets/{}/evidence", ticket.ticket_id);
        let found = list_evidence(conn, ticket.ticket_id)?;
        let kept: Vec<&Evidence> = found.iter().filter(|piece| is_kept(piece)).collect();
        let wanted = get_kind(conn, ticket.kind)?.definition.evidence;
        let choices = wanted.into_iter().map(|wanted| Choice {
            is_there: kept.iter().any(|piece| piece.what == wanted.what),
            is_required: wanted.is_required,
            what: wanted.what,
        });
        let other = Choice {
            what: OTHER.to_owned(),
            is_required: false,
            is_there: false,
        };
        let may_write = match hand {
            Hand::Staff(staff) => staff.role.may_answer_tickets(),
            Hand::Student(_) => true,
            Hand::Writer | Hand::House => false,
        };
        let choices: Vec<Choice> = choices.chain([other]).collect();
        let missing = choices.iter().rev().filter(|choice| !choice.is_there);
        let suggested = missing
            .max_by_key(|choice| choice.is_required)
            .map(|choice| choice.what.clone());
        let has_room = i64::try_from(kept.len()).is_ok_and(|count| count < MAX_PER_TICKET);
        Ok(Self {
            suggested: suggested.unwrap_or_default(),
            choices,
            may_add: may_write && ticket.state.is_open() && has_room,
            pieces: found
                .iter()
                .map(|piece| Piece::new(hand, piece, &path, now_ms))
                .collect(),
            most: MAX_PER_TICKET,
            limit_mb: MAX_FILE_BYTES >> 20,
            is_for_office,
            path,
        })
    }
}

impl Piece {
    fn new(hand: Hand<'_>, piece: &Evidence, path: &str, now_ms: TimestampMs) -> Self {
        let is_for_office = matches!(hand, Hand::Staff(_));
        let reads_looks = matches!(hand, Hand::Staff(staff) if staff.role.may_read_audit_trail());
        let has_pages = piece.state == EvidenceState::Ready && may_look(hand, piece);
        Self {
            number: piece.evidence_id.0,
            what: piece.what.clone(),
            state: piece.state,
            fault: piece.fault.clone(),
            page_count: piece.page_count,
            // Students are not told the names of the office's people.
            by: is_for_office.then(|| piece.uploaded_by.clone()),
            is_of_student: piece.is_of_student,
            at: Moment::new(piece.uploaded_at_ms, now_ms),
            deleted: piece.deleted_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
            href: (has_pages || reads_looks).then(|| format!("{path}/{}", piece.evidence_id)),
        }
    }
}

fn is_kept(piece: &Evidence) -> bool {
    matches!(piece.state, EvidenceState::Waiting | EvidenceState::Ready)
}
