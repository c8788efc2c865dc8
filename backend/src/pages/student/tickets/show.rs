//! One ticket of the student's own: where it stands and who acts next, its clock, its conversation, and what can be done.

use domain::clock::{TimestampMs, day_in_shanghai};
use domain::crypto::Sealer;
use domain::db::Conn;
use domain::error::Error;
use domain::id::TicketId;
use domain::students::model::{Student, StudentState};
use domain::tickets::commands::MOST_WORDS_CHARS;
use domain::tickets::commands::steps::is_recent;
use domain::tickets::machine::{Step, Taker, TicketState, steps_from};
use domain::tickets::model::{Body, Hand, Ticket, TicketEvent, TicketKind};
use domain::tickets::promise::{Promise, explained};
use domain::tickets::queries::own::find_photo;
use domain::tickets::queries::{get_ticket, list_events};
use domain::verdicts::model::Enrolment;
use domain::verdicts::queries::find_enrolment;
use poem::web::{Path, Query};
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use super::conversation::Said;
use super::{AboutEnrolment, onward};
use crate::error::Failure;
use crate::pages::clock_bar::ClockBar;
use crate::pages::evidence::EvidencePart;
use crate::pages::screen::Screen;
use crate::pages::student::photo::PhotoSigner;
use crate::pages::student::{Problem, StudentFrame};

/// What a page can say was done; worded by `correction-done-<word>`.
const DONE: [&str; 10] = [
    "opened", "disputed", "evidence", "submit", "answer", "withdraw", "close", "reopen", "message", "rated",
];

/// `student/ticket.html`.
#[derive(Serialize)]
pub struct TicketPage {
    frame: StudentFrame,
    number: String,
    kind: TicketKind,
    state: TicketState,
    version: i64,
    /// What is wrong, in a word.
    reason: Option<String>,
    /// `student`, `school` or `nobody`; the body that has it stands in `body`.
    actor: &'static str,
    body: Option<Body>,
    merged_into: Option<String>,
    opened: String,
    enrolment: Option<AboutEnrolment>,
    photo: Option<String>,
    admission_photo: Option<String>,
    clock: Option<ClockBar>,
    evidence: EvidencePart,
    /// What the office asked for last, while the student is to answer.
    asked: Option<Said>,
    events: Vec<Said>,
    offers: Offers,
    satisfaction: Option<i32>,
    most_chars: usize,
    typed: Typed,
    problem: Option<Problem>,
    done: Option<&'static str>,
    /// Where the registration goes on, before the account is complete.
    onward: Option<&'static str>,
}

/// What the student can do, as the machine's table has it.
#[derive(Serialize)]
struct Offers {
    submit: bool,
    answer: bool,
    message: bool,
    withdraw: bool,
    close: bool,
    reopen: bool,
    rate: bool,
}

impl Offers {
    fn new(ticket: &Ticket, now_ms: TimestampMs) -> Self {
        let steps = steps_from(ticket.state, &[Taker::Student]);
        let has = |step: Step| steps.contains(&step);
        Self {
            submit: has(Step::Submit),
            answer: has(Step::Answer),
            message: ticket.state.is_open() && !has(Step::Answer),
            withdraw: has(Step::Withdraw),
            close: has(Step::Close),
            reopen: has(Step::Reopen) && is_recent(ticket, now_ms),
            rate: ticket.state.is_answered() && ticket.satisfaction.is_none(),
        }
    }

    fn has(&self, form: &str) -> bool {
        match form {
            "answer" => self.answer,
            "message" => self.message,
            "reopen" => self.reopen,
            "rate" => self.rate,
            _ => false,
        }
    }
}

/// What was typed into one of the page's forms and was not taken.
#[derive(Clone, Default, Serialize)]
pub struct Typed {
    /// `answer`, `message`, `reopen`, `rate`, or the word of a step that takes no words.
    pub form: &'static str,
    /// The words.
    pub words: String,
    /// How content the student is.
    pub satisfaction: Option<i32>,
    /// Whether the form is not offered any more; the words are shown by themselves then.
    is_homeless: bool,
}

impl Typed {
    /// The words of a form.
    pub fn new(form: &'static str, words: String) -> Self {
        Self {
            form,
            words,
            ..Self::default()
        }
    }
}

/// Everything that the page is made of.
struct Found {
    ticket: Ticket,
    promise: Option<Promise>,
    events: Vec<TicketEvent>,
    evidence: EvidencePart,
    enrolment: Option<Enrolment>,
    photo: Option<String>,
}

fn find(
    conn: &mut Conn,
    sealer: &Sealer,
    student: &Student,
    ticket_id: TicketId,
    now_ms: TimestampMs,
) -> Result<Found, Error> {
    let ticket = get_ticket(conn, Hand::Student(student), ticket_id)?;
    let enrolment = enrolment_of(conn, student, &ticket, now_ms)?;
    let photo = match &enrolment {
        Some(_) => find_photo(conn, &ticket)?,
        None => None,
    };
    Ok(Found {
        promise: explained(conn, &ticket, now_ms)?,
        events: list_events(conn, sealer, ticket_id, true)?,
        evidence: EvidencePart::read(conn, Hand::Student(student), &ticket, now_ms)?,
        enrolment,
        photo,
        ticket,
    })
}

/// The enrolment of the ticket while it is the student's own: what becomes another's shows nothing here any more.
fn enrolment_of(
    conn: &mut Conn,
    student: &Student,
    ticket: &Ticket,
    now_ms: TimestampMs,
) -> Result<Option<Enrolment>, Error> {
    let person = student
        .person
        .as_ref()
        .filter(|_| student.state == StudentState::Registered);
    let (Some(record_id), Some(person)) = (ticket.record_id, person) else {
        return Ok(None);
    };
    find_enrolment(conn, person, record_id, now_ms)
}

#[derive(Deserialize)]
struct DoneQuery {
    #[serde(default)]
    done: String,
}

/// `GET /tickets/:ticket_id`.
#[handler]
pub async fn show(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Query(query): Query<DoneQuery>,
) -> Result<Response, Failure> {
    let done = DONE.into_iter().find(|known| *known == query.done);
    page(&screen, TicketId(ticket_id), Typed::default(), None, done).await
}

/// The page, after a form that was not taken with what was typed and why.
pub(super) async fn page(
    screen: &Screen,
    ticket_id: TicketId,
    typed: Typed,
    problem: Option<Problem>,
    done: Option<&'static str>,
) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let house = screen.state.house();
    let (sealer, now_ms, reader) = (house.sealer.clone(), house.clock.now_ms(), student.clone());
    let found = house
        .db
        .read(move |conn| find(conn, &sealer, &reader, ticket_id, now_ms))
        .await?;
    let signer = PhotoSigner::new(house, student.student_id, now_ms);
    let frame = screen.student_frame("tickets");
    let page = TicketPage {
        typed,
        problem,
        done,
        onward: onward(&student),
        ..TicketPage::new(frame, found, &signer, now_ms)
    }
    .with_words_kept();
    screen.show_form("student/ticket.html", &page, page.problem.as_ref())
}

impl TicketPage {
    fn new(frame: StudentFrame, found: Found, signer: &PhotoSigner<'_>, now_ms: TimestampMs) -> Self {
        let ticket = &found.ticket;
        let admission = found.enrolment.as_ref().and_then(|one| one.admission_photo.as_ref());
        let admission = admission.filter(|_| found.photo.is_some());
        Self {
            frame,
            number: ticket.ticket_id.to_string(),
            kind: ticket.kind,
            state: ticket.state,
            version: ticket.version,
            reason: ticket.reason.clone(),
            actor: next_actor(ticket.state),
            body: ticket.escalated_to,
            merged_into: ticket.merged_into.map(|into| into.to_string()),
            opened: day_in_shanghai(ticket.created_at_ms),
            enrolment: found.enrolment.as_ref().map(AboutEnrolment::from),
            photo: found.photo.as_deref().map(|sha256| signer.address(sha256)),
            admission_photo: admission.map(|photo| signer.address(&photo.standard_sha256)),
            clock: found.promise.as_ref().map(|promise| ClockBar::new(ticket, promise)),
            evidence: found.evidence,
            asked: asked(ticket, &found.events),
            events: found.events.iter().map(Said::new).collect(),
            offers: Offers::new(ticket, now_ms),
            satisfaction: ticket.satisfaction,
            most_chars: MOST_WORDS_CHARS,
            typed: Typed::default(),
            problem: None,
            done: None,
            onward: None,
        }
    }

    /// Nothing that was typed is lost, also where its form is not offered any more.
    fn with_words_kept(mut self) -> Self {
        self.typed.is_homeless = !self.typed.words.trim().is_empty() && !self.offers.has(self.typed.form);
        self
    }
}

fn asked(ticket: &Ticket, events: &[TicketEvent]) -> Option<Said> {
    let mut said = events
        .iter()
        .rev()
        .filter(|event| !event.is_of_student && event.body.is_some());
    said.next()
        .filter(|_| ticket.state == TicketState::NeedMore)
        .map(Said::new)
}

/// Who acts next; while another body has the ticket, the page names that body instead.
fn next_actor(state: TicketState) -> &'static str {
    match state {
        state if state.waits_for_student() => "student",
        state if state.is_open() => "school",
        _ => "nobody",
    }
}
