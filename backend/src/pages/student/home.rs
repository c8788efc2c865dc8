//! The student's own page: where each photo stands in one sentence, how far it has come, and what to do.

use domain::db::Conn;
use domain::error::Error;
use domain::id::RecordId;
use domain::schools::model::Contact;
use domain::students::model::StudentState;
use domain::students::queries::Session;
use domain::tickets::kinds::kind_that_mends;
use domain::tickets::model::TicketKind;
use domain::tickets::queries::own::{OpenTicket, list_own_open};
use domain::verdicts::category::{Answer, Category, Reason};
use domain::verdicts::model::{Enrolment, Verdict};
use domain::verdicts::queries::{answer_beside, contact_beside};
use poem::web::Data;
use poem::{Response, handler};
use serde::Serialize;

use super::photo::PhotoSigner;
use super::{StudentFrame, shown};
use crate::error::Failure;
use crate::pages::contact::ContactCard;
use crate::pages::screen::Screen;

const HERE: &str = "/home";

/// What the page shows, as it is read together with the session: most visits of students are to this page, and every read goes to a
/// thread that may block and back.
#[derive(Clone)]
pub struct HomeFacts {
    enrolments: Vec<Enrolment>,
    beside: Option<(Answer, Option<Contact>)>,
    tickets: Vec<OpenTicket>,
    unread: i64,
}

impl HomeFacts {
    /// Whether a path is of the page that shows them.
    pub fn is_shown_at(path: &str) -> bool {
        path == HERE
    }

    /// What there is besides the enrolments, where the account is complete.
    pub fn read(conn: &mut Conn, session: &Session, mut enrolments: Vec<Enrolment>) -> Result<Option<Self>, Error> {
        let student = &session.student;
        let Some(person) = student
            .person
            .as_ref()
            .filter(|_| student.state == StudentState::Registered)
        else {
            return Ok(None);
        };
        let beside = match answer_beside(conn, person, &enrolments)? {
            Some(answer) => Some((answer, contact_beside(conn, answer)?)),
            None => None,
        };
        let tickets = match session.has_open_ticket {
            true => list_own_open(conn, student.student_id)?,
            false => Vec::new(),
        };
        enrolments.iter_mut().for_each(|one| one.heed(&tickets));
        Ok(Some(Self {
            enrolments,
            beside,
            tickets,
            unread: session.unread,
        }))
    }
}

/// `student/home.html`.
#[derive(Serialize)]
pub struct HomePage<'a> {
    frame: StudentFrame,
    masked_name: String,
    cards: Vec<Card<'a>>,
    /// What the student is told besides: that there is no enrolment, or not the one they look for.
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Next>,
    /// The kind of ticket that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    beside_asks: Option<TicketKind>,
    /// Open tickets of no enrolment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tickets: Vec<&'a OpenTicket>,
    unread: i64,
    /// When the student signed in before, and from where.
    previous_login: Option<String>,
    previous_address: Option<&'a str>,
}

/// What the student is told, and what comes next: who acts, when, where, and whom to ask.
#[derive(Serialize)]
pub struct Next {
    /// What the student is told.
    pub answer: Answer,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_for: Option<String>,
    /// Where a photo is shot, where one is wanted of the student.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// Whether a photo is wanted of the student, of which an example is shown.
    wants_capture: bool,
    /// Whether the photo is confirmed and the roll's data are not.
    awaits_roll: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactCard>,
}

impl Next {
    /// What comes next in an enrolment.
    pub fn new(enrolment: &Enrolment) -> Self {
        Self {
            answer: enrolment.answer,
            expected_on: enrolment.expected_on.clone(),
            refused_for: enrolment.refused_for.clone(),
            place: enrolment.capture_place.clone(),
            wants_capture: enrolment.answer.wants_capture(),
            awaits_roll: enrolment.answer.reason == Reason::Confirmed && enrolment.awaits_roll_verdict(),
            contact: enrolment.contact.as_ref().map(ContactCard::from),
        }
    }

    /// What comes next for somebody without the enrolment that they look for.
    fn beside((answer, contact): &(Answer, Option<Contact>)) -> Self {
        Self {
            answer: *answer,
            expected_on: None,
            refused_for: None,
            place: None,
            wants_capture: false,
            awaits_roll: false,
            contact: contact.as_ref().map(ContactCard::from),
        }
    }
}

/// One enrolment on the page.
#[derive(Serialize)]
pub struct Card<'a> {
    number: i64,
    school: &'a str,
    level: Option<&'a str>,
    major: Option<&'a str>,
    student_no: &'a str,
    /// Whether it goes on.
    pub is_open: bool,
    /// Address of the graduation photo.
    #[serde(skip_serializing_if = "Option::is_none")]
    photo: Option<String>,
    /// What the student is told.
    pub next: Next,
    /// How many of the five steps are done.
    steps_done: u8,
    /// Whether the next step does not come by itself.
    is_stuck: bool,
    /// Whether a photo that belongs to nobody may be looked for.
    may_search: bool,
    is_on_behalf: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_at: Option<String>,
    /// Open tickets about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tickets: Vec<&'a OpenTicket>,
    /// The kind of ticket that mends what the student is told, unless one is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    asks: Option<TicketKind>,
}

impl<'a> Card<'a> {
    /// An enrolment as the page shows it.
    pub fn new(enrolment: &'a Enrolment, open: &'a [OpenTicket], signer: &PhotoSigner<'_>) -> Self {
        let said = enrolment.photo_verdict.as_ref();
        let tickets = open_about(open, Some(enrolment.record_id));
        Self {
            number: enrolment.record_id.0,
            school: &enrolment.school,
            level: enrolment.level.as_deref(),
            major: enrolment.major_name.as_deref(),
            student_no: &enrolment.student_no,
            is_open: enrolment.is_open,
            photo: enrolment
                .photo
                .as_ref()
                .map(|photo| signer.address(&photo.standard_sha256)),
            next: Next::new(enrolment),
            steps_done: steps_done(enrolment),
            is_stuck: is_stuck(enrolment.answer),
            may_search: enrolment.may_search(),
            is_on_behalf: said.is_some_and(|said| said.is_on_behalf),
            given_at: said.map(|said| shown(said.given_at_ms)),
            asks: asked_for(enrolment.answer, &tickets),
            tickets,
        }
    }
}

/// Those of the open tickets that are about an enrolment, or about none.
pub(super) fn open_about(open: &[OpenTicket], record_id: Option<RecordId>) -> Vec<&OpenTicket> {
    open.iter().filter(|ticket| ticket.record_id == record_id).collect()
}

/// The kind of ticket that mends what the student is told, unless one is open.
pub(super) fn asked_for(answer: Answer, open: &[&OpenTicket]) -> Option<TicketKind> {
    kind_that_mends(answer).filter(|kind| open.iter().all(|ticket| ticket.kind != *kind))
}

/// Whether somebody has to do something before the next step can come.
fn is_stuck(answer: Answer) -> bool {
    let is_reported = matches!(answer.reason, Reason::Disputed | Reason::Frozen);
    is_reported || !matches!(answer.category, Category::A | Category::B | Category::C1)
}

/// 已采集 · 已上传 · 已匹配 · 待你确认 · 已确认: how many are behind the student.
fn steps_done(enrolment: &Enrolment) -> u8 {
    let is_confirmed = enrolment
        .photo_verdict
        .as_ref()
        .is_some_and(|said| said.verdict == Verdict::Confirmed);
    match (enrolment.answer.category, enrolment.answer.reason) {
        _ if is_confirmed => 5,
        _ if enrolment.photo.is_some() => 3,
        (Category::C1, Reason::InReview) | (Category::C2 | Category::H, _) | (Category::G, Reason::Duplicate) => 2,
        _ => 0,
    }
}

/// `GET /home`.
#[handler]
pub fn home(screen: Screen, facts: Data<&HomeFacts>) -> Result<Response, Failure> {
    let (student, person) = screen.registered()?;
    let (tickets, beside) = (open_about(&facts.tickets, None), facts.beside.as_ref());
    let house = screen.state.house();
    let signer = PhotoSigner::new(house, student.student_id, house.clock.now_ms());
    let page = HomePage {
        frame: screen.student_frame("home"),
        masked_name: domain::roll::name::mask(&person.name),
        cards: facts
            .enrolments
            .iter()
            .map(|one| Card::new(one, &facts.tickets, &signer))
            .collect(),
        beside_asks: beside.and_then(|(answer, _)| asked_for(*answer, &tickets)),
        beside: beside.map(Next::beside),
        tickets,
        unread: facts.unread,
        previous_login: student.previous_login.as_ref().map(|(at_ms, _)| shown(*at_ms)),
        previous_address: student.previous_login.as_ref().and_then(|(_, from)| from.as_deref()),
    };
    screen.show("student/home.html", &page)
}
