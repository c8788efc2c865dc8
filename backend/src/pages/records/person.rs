//! One record: masked facts, one field at a time opened with a reason, and everything that happened, newest first.

use domain::accounts::model::{Role, Staff};
use domain::batches::model::MaskedStudent;
use domain::crypto::Sealer;
use domain::error::Error;
use domain::id::RecordId;
use domain::roll::commands::reveal::{Field, record_reveal};
use domain::roll::queries::records::{Record, get_record};
use domain::roll::queries::timeline::list_events;
use domain::schools::queries::takes_paper_verdicts;
use domain::verdicts::model::{DisputeReason, Enrolment, StandingVerdict, Subject, Verdict};
use domain::verdicts::queries::progress::find_for_staff;
use poem::web::{Form, Path};
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::pictures::Signer;
use crate::pages::records::timeline::EventRow;
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
    judged: Vec<Judged>,
    /// Whether the two forms can be printed.
    has_forms: bool,
    may_speak: bool,
    may_reopen: bool,
}

/// What was said about the photo or the data; worded by `judged-<subject>`.
#[derive(Serialize)]
struct Judged {
    subject: Subject,
    version: i64,
    /// Whether something may be said now.
    is_open: bool,
    verdict: Option<Verdict>,
    reason: Option<DisputeReason>,
    at: Option<Moment>,
    is_on_behalf: bool,
    reasons: Vec<DisputeReason>,
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
    let console = screen.console(Section::Records).await?;
    let now_ms = console.now_ms;
    let ((record, school_code), events, enrolment, is_paper_taken) = house
        .db
        .read(move |conn| {
            let record = get_record(conn, &reader, record_id)?;
            let enrolment = find_for_staff(conn, &reader, record_id, now_ms)?;
            let is_paper_taken = match &enrolment {
                Some(enrolment) => takes_paper_verdicts(conn, enrolment.school_id)?,
                None => false,
            };
            Ok((record, list_events(conn, record_id)?, enrolment, is_paper_taken))
        })
        .await?;
    let signer = Signer::new(house, staff.staff_id, console.now_ms);
    let page = PersonPage {
        record_id: record_id.0,
        student: MaskedStudent::new(&record.name, record.student_no.clone(), record.class_name.clone()),
        sealed: sealed_facts(&house.sealer, &record, revealed)?,
        sex: record.sex.clone(),
        facts: facts(record, school_code),
        judged: enrolment
            .as_ref()
            .map(|enrolment| judged(enrolment, now_ms))
            .unwrap_or_default(),
        has_forms: enrolment.is_some(),
        may_speak: is_paper_taken && staff.role.may_speak_for_students(),
        may_reopen: staff.role.may_change_rolls_and_batches(),
        may_reveal: staff.role.may_reveal(),
        needs_confirm: !staff.is_confirmed(console.now_ms),
        confirm_href: address(
            "/console/confirm",
            [("next", Some(format!("/console/records/{record_id}")))],
        ),
        events: events
            .into_iter()
            .map(|event| EventRow::new(event, &signer, console.now_ms))
            .collect(),
        frame: console.frame,
    };
    screen.show("records/person.html", &page)
}

fn judged(enrolment: &Enrolment, now_ms: i64) -> Vec<Judged> {
    let row = |subject: Subject, version: i64, is_open: bool, said: Option<&StandingVerdict>| Judged {
        subject,
        version,
        is_open,
        verdict: said.map(|said| said.verdict),
        reason: said.and_then(|said| said.reason),
        at: said.map(|said| Moment::new(said.given_at_ms, now_ms)),
        is_on_behalf: said.is_some_and(|said| said.is_on_behalf),
        reasons: DisputeReason::of(subject).to_vec(),
    };
    let (photo_said, roll_said) = (enrolment.photo_verdict.as_ref(), enrolment.roll_verdict.as_ref());
    let photo = enrolment.photo.as_ref().map(|photo| {
        let is_open = enrolment.awaits_photo_verdict();
        row(Subject::Photo, photo.photo_id.0, is_open, photo_said)
    });
    let data = row(
        Subject::Roll,
        enrolment.version,
        enrolment.awaits_roll_verdict(),
        roll_said,
    );
    photo.into_iter().chain([data]).collect()
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
