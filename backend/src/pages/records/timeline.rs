//! What happened to a record, as its page words it.

use domain::notices::model::{Channel, DeliveryState};
use domain::roll::queries::timeline::{Event, EventKind, StudentEvent};
use domain::tickets::model::TicketKind;
use domain::verdicts::model::{DisputeReason, Subject};
use serde::Serialize;

use crate::pages::moment::Moment;
use crate::pages::pictures::Signer;

/// Worded by `event-<kind>`, with the subject behind it where there is one.
#[derive(Serialize, Default)]
pub struct EventRow {
    kind: &'static str,
    at: Option<Moment>,
    number: Option<i64>,
    href: Option<String>,
    thumbnail: Option<String>,
    word: Option<String>,
    codes: Vec<String>,
    person: Option<String>,
    is_withdrawn: bool,
    subject: Option<Subject>,
    reason: Option<DisputeReason>,
    /// What a ticket is about.
    about: Option<TicketKind>,
    /// By which ways the student was told, and how that went.
    ways: Vec<(Channel, DeliveryState)>,
}

impl EventRow {
    /// An event as the page shows it.
    pub fn new(event: Event, signer: &Signer<'_>, now_ms: i64) -> Self {
        Self {
            at: Some(Moment::new(event.at_ms, now_ms)),
            ..row(event.kind, signer)
        }
    }
}

fn row(kind: EventKind, signer: &Signer<'_>) -> EventRow {
    let row = EventRow::default();
    match kind {
        EventKind::Imported(import_id) => EventRow {
            kind: "imported",
            number: Some(import_id.0),
            ..row
        },
        EventKind::Changed(import_id) => EventRow {
            kind: "changed",
            number: Some(import_id.0),
            ..row
        },
        EventKind::Delivered {
            entry_id,
            batch_id,
            verdict,
            thumbnail_sha256,
            codes,
            ..
        } => EventRow {
            kind: "delivered",
            number: Some(batch_id.0),
            href: Some(format!("/console/review/{entry_id}")),
            thumbnail: thumbnail_sha256.map(|sha256| signer.thumbnail(&sha256)),
            word: Some(verdict.to_string()),
            codes,
            ..row
        },
        EventKind::Published { version, state } => EventRow {
            kind: "published",
            number: Some(i64::from(version)),
            word: Some(state),
            ..row
        },
        EventKind::Decided {
            decision,
            decided_by,
            is_withdrawn,
            ..
        } => EventRow {
            kind: "decided",
            word: Some(decision.to_string()),
            person: Some(decided_by),
            is_withdrawn,
            ..row
        },
        EventKind::Recapture { reason, state, attempt } => EventRow {
            kind: "recapture",
            number: Some(i64::from(attempt)),
            word: Some(state.to_string()),
            codes: vec![reason],
            ..row
        },
        EventKind::OfStudent(event) => row_of_student(event),
    }
}

fn row_of_student(event: StudentEvent) -> EventRow {
    let row = EventRow::default();
    match event {
        StudentEvent::Judged {
            subject,
            verdict,
            reason,
            on_behalf,
        } => EventRow {
            kind: "judged",
            subject: Some(subject),
            word: Some(verdict.to_string()),
            reason,
            person: on_behalf,
            ..row
        },
        StudentEvent::Reopened { subject, reopened_by } => EventRow {
            kind: "reopened",
            subject: Some(subject),
            person: Some(reopened_by),
            ..row
        },
        StudentEvent::Told { notice, ways } => EventRow {
            kind: "told",
            word: Some(notice.to_string()),
            ways,
            ..row
        },
        StudentEvent::Ticket { ticket_id, kind, state } => EventRow {
            kind: "ticket",
            number: Some(ticket_id.0),
            href: Some(format!("/console/tickets/{ticket_id}")),
            word: Some(state.to_string()),
            about: Some(kind),
            ..row
        },
    }
}
