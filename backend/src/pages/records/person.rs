//! One record: masked facts, one field at a time opened with a reason, and everything that happened, newest first.

use domain::accounts::model::{Role, Staff};
use domain::batches::model::MaskedStudent;
use domain::crypto::Sealer;
use domain::error::Error;
use domain::id::RecordId;
use domain::roll::commands::reveal::{Field, record_reveal};
use domain::roll::queries::records::{Record, get_record};
use domain::roll::queries::timeline::{Event, EventKind, list_events};
use poem::web::{Form, Path};
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::pictures::Signer;
use crate::pages::screen::{Screen, address};

/// `records/person.html`.
#[derive(Serialize)]
pub struct PersonPage {
    frame: Frame,
    record_id: i64,
    student: MaskedStudent,
    sex: Option<String>,
    facts: Vec<Fact>,
    sealed: Vec<SealedFact>,
    may_reveal: bool,
    /// Whether the password is asked for again before a field is opened.
    needs_confirm: bool,
    confirm_href: String,
    events: Vec<EventRow>,
}

/// Worded by `fact-<name>`.
#[derive(Serialize)]
struct Fact {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
struct SealedFact {
    field: Field,
    masked: String,
    revealed: Option<String>,
}

/// Worded by `event-<kind>`.
#[derive(Serialize, Default)]
struct EventRow {
    kind: &'static str,
    at: Option<Moment>,
    number: Option<i64>,
    href: Option<String>,
    thumbnail: Option<String>,
    word: Option<String>,
    codes: Vec<String>,
    person: Option<String>,
    is_withdrawn: bool,
}

/// `GET /console/records/:record_id`.
#[handler]
pub async fn show(screen: Screen, Path(record_id): Path<i64>) -> Result<Response, Failure> {
    page(&screen, RecordId(record_id), None).await
}

/// Which field to open, and why.
#[derive(Deserialize)]
struct RevealForm {
    field: Field,
    reason: String,
}

/// `POST /console/records/:record_id/reveal`: shows one field once. Who, which and why is in the audit trail before it is shown.
#[handler]
pub async fn reveal(
    screen: Screen,
    Path(record_id): Path<i64>,
    Form(form): Form<RevealForm>,
) -> Result<Response, Failure> {
    let staff = screen.allowed("record.reveal", Role::may_reveal).await?;
    let house = screen.state.house();
    let (record_id, field, sealer, now_ms) = (
        RecordId(record_id),
        form.field,
        house.sealer.clone(),
        house.clock.now_ms(),
    );
    house
        .db
        .write_tx(move |conn| record_reveal(conn, &sealer, &staff, record_id, field, &form.reason, now_ms))
        .await?;
    page(&screen, record_id, Some(field)).await
}

async fn page(screen: &Screen, record_id: RecordId, revealed: Option<Field>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let staff: Staff = screen.staff()?.clone();
    let reader = staff.clone();
    let ((record, school_code), events) = house
        .db
        .read(move |conn| {
            let record = get_record(conn, &reader, record_id)?;
            Ok((record, list_events(conn, record_id)?))
        })
        .await?;
    let console = screen.console(Section::Records).await?;
    let signer = Signer::new(house, staff.staff_id, console.now_ms);
    let page = PersonPage {
        record_id: record_id.0,
        student: MaskedStudent::new(&record.name, record.student_no.clone(), record.class_name.clone()),
        sealed: sealed_facts(&house.sealer, &record, revealed)?,
        sex: record.sex.clone(),
        facts: facts(record, school_code),
        may_reveal: staff.role.may_reveal(),
        needs_confirm: !staff.is_confirmed(console.now_ms),
        confirm_href: address(
            "/console/confirm",
            [("next", Some(format!("/console/records/{record_id}")))],
        ),
        events: events
            .into_iter()
            .map(|event| row(event, &signer, console.now_ms))
            .collect(),
        frame: console.frame,
    };
    screen.show("records/person.html", &page)
}

fn facts(record: Record, school_code: String) -> Vec<Fact> {
    let facts = [
        ("school", Some(school_code)),
        ("exam-no", record.exam_no),
        ("level", record.level),
        ("major", record.major_name),
        ("study-form", record.study_form),
        ("college", record.college),
        ("entry", record.entry_date),
        ("graduation", record.expected_graduation),
        ("status", record.status),
        ("identity-check", record.identity_check),
    ];
    let given = facts
        .into_iter()
        .filter_map(|(name, value)| Some(Fact { name, value: value? }));
    given.collect()
}

fn sealed_facts(sealer: &Sealer, record: &Record, revealed: Option<Field>) -> Result<Vec<SealedFact>, Error> {
    let mut facts = Vec::new();
    for field in Field::ALL {
        if let Some(value) = field.open(sealer, record)? {
            facts.push(SealedFact {
                field,
                masked: field.mask(&value),
                revealed: (revealed == Some(field)).then_some(value),
            });
        }
    }
    Ok(facts)
}

fn row(event: Event, signer: &Signer<'_>, now_ms: i64) -> EventRow {
    let row = EventRow {
        at: Some(Moment::new(event.at_ms, now_ms)),
        ..EventRow::default()
    };
    match event.kind {
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
    }
}
