//! Roll and photo of one enrolment, and the two verdicts (the guide's fifth window).

use domain::crypto::Purpose;
use domain::id::RecordId;
use domain::roll::identity::mask;
use domain::roll::queries::records::Record;
use domain::tickets::commands::disputes;
use domain::tickets::model::TicketKind;
use domain::tickets::queries::own::{OpenTicket, list_own_open};
use domain::verdicts::commands::{Refusal, Speaker, Spoken, Statement};
use domain::verdicts::model::{DisputeReason, Enrolment, ExtraFacts, Given, StandingVerdict, Subject, Verdict};
use domain::verdicts::queries::{get_enrolment, get_roll_facts};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::home::{Next, asked_for, open_about};
use super::photo::PhotoSigner;
use super::{Problem, StudentFrame, shown};
use crate::error::Failure;
use crate::house::House;
use crate::pages::screen::Screen;

/// `student/proof.html`.
#[derive(Serialize)]
pub struct ProofPage<'a> {
    frame: StudentFrame,
    sheet: Sheet,
    /// Worded by `proof-done-…`.
    done: Option<&'static str>,
    /// Open tickets about the enrolment.
    tickets: Vec<&'a OpenTicket>,
    /// The kind of ticket that mends what the student is told, unless one is open.
    asks: Option<TicketKind>,
}

/// `student/dispute.html`.
#[derive(Serialize)]
pub struct DisputePage {
    frame: StudentFrame,
    sheet: Sheet,
    subject: Subject,
    reasons: Vec<DisputeReason>,
    remark: String,
    problem: Option<Problem>,
}

/// Everything of an enrolment that its student sees.
#[derive(Serialize)]
pub struct Sheet {
    number: i64,
    /// Label and value of the roll's fields, in the order of the guide.
    facts: Vec<(&'static str, String)>,
    masked_number: String,
    /// The whole number, shown on tap.
    id_number: String,
    photo: Option<String>,
    admission_photo: Option<String>,
    photo_version: i64,
    roll_version: i64,
    photo_verdict: Option<Said>,
    roll_verdict: Option<Said>,
    awaits_photo: bool,
    awaits_roll: bool,
    next: Next,
    /// Whether a photo that belongs to nobody may be looked for.
    may_search: bool,
}

#[derive(Serialize)]
struct Said {
    verdict: Verdict,
    reason: Option<DisputeReason>,
    at: String,
    is_on_behalf: bool,
}

impl From<&StandingVerdict> for Said {
    fn from(said: &StandingVerdict) -> Self {
        Self {
            verdict: said.verdict,
            reason: said.reason,
            at: shown(said.given_at_ms),
            is_on_behalf: said.is_on_behalf,
        }
    }
}

impl Sheet {
    fn new(
        house: &House,
        (enrolment, (record, extra)): &(Enrolment, (Record, ExtraFacts)),
        signer: &PhotoSigner<'_>,
    ) -> Result<Self, Failure> {
        let number = id_number(house, record)?;
        let address = |photo: &domain::verdicts::model::ShownPhoto| signer.address(&photo.standard_sha256);
        Ok(Self {
            number: enrolment.record_id.0,
            facts: facts(house, &enrolment.school, record, extra)?,
            masked_number: mask(&number),
            id_number: number,
            photo: enrolment.photo.as_ref().map(address),
            admission_photo: enrolment.admission_photo.as_ref().map(address),
            photo_version: enrolment.photo.as_ref().map_or(0, |photo| photo.photo_id.0),
            roll_version: enrolment.version,
            photo_verdict: enrolment.photo_verdict.as_ref().map(Said::from),
            roll_verdict: enrolment.roll_verdict.as_ref().map(Said::from),
            awaits_photo: enrolment.awaits_photo_verdict(),
            awaits_roll: enrolment.awaits_roll_verdict(),
            next: Next::new(enrolment),
            may_search: enrolment.may_search(),
        })
    }
}

/// The whole number; empty where the roll has none.
pub(in crate::pages) fn id_number(house: &House, record: &Record) -> Result<String, Failure> {
    let sealed = record.id_sealed.as_deref();
    let open = |sealed| house.sealer.open_text(Purpose::ID_NUMBER, sealed);
    let number = sealed.map(open).transpose().map_err(domain::Error::from)?;
    Ok(number
        .map(|number| number.expose_secret().to_owned())
        .unwrap_or_default())
}

/// Label, worded by `sheet-…`, and value of the roll's fields, in the order of the guide.
pub(in crate::pages) fn facts(
    house: &House,
    school: &str,
    record: &Record,
    extra: &ExtraFacts,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let born = record.birth_sealed.as_deref();
    let born = born.map(|sealed| house.sealer.open_text(Purpose::BIRTH_DATE, sealed));
    let born = born.transpose().map_err(domain::Error::from)?;
    let born = born.map(|text| dashed(text.expose_secret())).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let shown = [
        ("name", record.name.clone()),
        ("sex", text(&record.sex)),
        ("birth", born),
        ("ethnicity", text(&extra.ethnicity)),
        ("student-no", record.student_no.clone()),
        ("school", school.to_owned()),
        ("level", text(&record.level)),
        ("major", text(&record.major_name)),
        ("duration", text(&extra.duration_years)),
        ("category", text(&extra.study_category)),
        ("form", text(&record.study_form)),
        ("college", text(&record.college)),
        ("department", text(&extra.department)),
        ("class", text(&record.class_name)),
        ("entry", text(&record.entry_date)),
        ("status", text(&record.status)),
        ("leaving", text(&record.expected_graduation)),
    ];
    Ok(shown.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

/// `20030115` as `2003-01-15`.
fn dashed(digits: &str) -> String {
    match (digits.get(..4), digits.get(4..6), digits.get(6..8)) {
        (Some(year), Some(month), Some(day)) if digits.len() == 8 => format!("{year}-{month}-{day}"),
        _ => digits.to_owned(),
    }
}

/// One of the student's own enrolments, and what the roll says of it.
pub(super) async fn own_enrolment(
    screen: &Screen,
    record_id: RecordId,
) -> Result<(Enrolment, (Record, ExtraFacts)), Failure> {
    let (_, person) = screen.registered()?;
    let house = screen.state.house();
    let (now_ms, known) = (house.clock.now_ms(), person.clone());
    let read = house.db.read(move |conn| {
        let enrolment = get_enrolment(conn, &known, record_id, now_ms)?;
        let of_roll = get_roll_facts(conn, &enrolment)?;
        Ok((enrolment, of_roll))
    });
    Ok(read.await?)
}

/// The sheet of one of the student's own enrolments.
async fn sheet_of(screen: &Screen, record_id: RecordId) -> Result<Sheet, Failure> {
    let own = own_enrolment(screen, record_id).await?;
    show_sheet(screen, &own)
}

fn show_sheet(screen: &Screen, own: &(Enrolment, (Record, ExtraFacts))) -> Result<Sheet, Failure> {
    let house = screen.state.house();
    let student_id = screen.registered()?.0.student_id;
    Sheet::new(house, own, &PhotoSigner::new(house, student_id, house.clock.now_ms()))
}

#[derive(Deserialize)]
struct DoneQuery {
    #[serde(default)]
    done: String,
}

/// `GET /proof/:record_id`.
#[handler]
pub async fn show(
    screen: Screen,
    Path(record_id): Path<i64>,
    Query(query): Query<DoneQuery>,
) -> Result<Response, Failure> {
    let mut own = own_enrolment(&screen, RecordId(record_id)).await?;
    let done = [
        "photo-confirmed",
        "photo-disputed",
        "roll-confirmed",
        "roll-disputed",
        "claimed",
    ]
    .into_iter()
    .find(|known| *known == query.done);
    let student_id = screen.registered()?.0.student_id;
    let house = screen.state.house();
    let open = house.db.read(move |conn| list_own_open(conn, student_id)).await?;
    own.0.heed(&open);
    let sheet = show_sheet(&screen, &own)?;
    let tickets = open_about(&open, Some(RecordId(record_id)));
    let page = ProofPage {
        frame: screen.student_frame("home"),
        done,
        asks: asked_for(sheet.next.answer, &tickets),
        sheet,
        tickets,
    };
    screen.show("student/proof.html", &page)
}

#[derive(Deserialize)]
struct SubjectQuery {
    #[serde(default)]
    subject: String,
}

/// `GET /proof/:record_id/dispute?subject=photo|roll`.
#[handler]
pub async fn dispute(
    screen: Screen,
    Path(record_id): Path<i64>,
    Query(query): Query<SubjectQuery>,
) -> Result<Response, Failure> {
    let subject = query.subject.parse().unwrap_or(Subject::Photo);
    dispute_page(&screen, RecordId(record_id), subject, String::new(), None).await
}

async fn dispute_page(
    screen: &Screen,
    record_id: RecordId,
    subject: Subject,
    remark: String,
    problem: Option<Problem>,
) -> Result<Response, Failure> {
    let sheet = sheet_of(screen, record_id).await?;
    let page = DisputePage {
        frame: screen.student_frame("home"),
        sheet,
        subject,
        reasons: DisputeReason::of(subject).to_vec(),
        remark,
        problem,
    };
    screen.show_form("student/dispute.html", &page, page.problem.as_ref())
}

#[derive(Clone, Deserialize)]
struct VerdictForm {
    subject: Subject,
    version: i64,
    /// `confirmed` or `disputed`.
    verdict: Verdict,
    reason: Option<DisputeReason>,
    #[serde(default)]
    remark: String,
}

/// `POST /proof/:record_id/verdict`: given once; what it was given on is named, so that nobody judges what they have not seen.
#[handler]
pub async fn judge(
    screen: Screen,
    Path(record_id): Path<i64>,
    Form(form): Form<VerdictForm>,
) -> Result<Response, Failure> {
    let record_id = RecordId(record_id);
    let given = match (form.verdict, form.reason) {
        (Verdict::Confirmed, _) => Given::Confirmed,
        (Verdict::Disputed, Some(reason)) => Given::Disputed(reason),
        (Verdict::Disputed, None) => {
            let problem = Problem::new("reason-missing", "reason");
            return dispute_page(&screen, record_id, form.subject, form.remark, Some(problem)).await;
        }
    };
    let (student, person) = screen.registered()?;
    let speaker = Speaker::Student {
        student: student.clone(),
        person: person.clone(),
    };
    let statement = Statement {
        record_id,
        subject: form.subject,
        version: form.version,
        given,
        remark: form.remark.clone(),
    };
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let spoken = house
        .db
        .write_tx(move |conn| disputes::judge(conn, &sealer, &speaker, &statement, now_ms))
        .await;
    match spoken {
        Ok((Spoken::Taken, Some(ticket_id))) => {
            Ok(Redirect::see_other(format!("/tickets/{ticket_id}?done=disputed")).into_response())
        }
        Ok((Spoken::Taken, None)) => {
            let done = format!("{}-{}", form.subject, form.verdict);
            Ok(Redirect::see_other(format!("/proof/{record_id}?done={done}")).into_response())
        }
        Ok((Spoken::Refused(refusal), _)) => Err(refused(refusal)),
        Err(error) => {
            let problem = Problem::of(error)?;
            dispute_page(&screen, record_id, form.subject, form.remark, Some(problem)).await
        }
    }
}

fn refused(refusal: Refusal) -> Failure {
    Failure::coded(StatusCode::CONFLICT, refusal.as_str())
}
