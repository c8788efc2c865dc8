//! Asking for a correction: what it is about, what is to be added to it, and in the student's own words what is wrong.

use domain::crypto::{Purpose, Sealer};
use domain::db::Conn;
use domain::error::Error;
use domain::id::{RecordId, TicketId};
use domain::students::commands::registration::read_email;
use domain::students::identity::read_phone;
use domain::students::model::{Student, mask_email, mask_phone};
use domain::students::queries::get_account;
use domain::tickets::commands::{MOST_WORDS_CHARS, begin_or_submit};
use domain::tickets::kinds::{KindDefinition, get_kind};
use domain::tickets::model::{CameBy, Hand, NewTicket, TicketKind};
use domain::tickets::queries::{find_open_about, get_ticket};
use domain::verdicts::model::Enrolment;
use domain::verdicts::queries::{PersonKey, find_enrolment, list_enrolments};
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::AboutEnrolment;
use crate::error::Failure;
use crate::pages::fields::given;
use crate::pages::screen::Screen;
use crate::pages::student::{Problem, StudentFrame};

/// `student/ticket_kinds.html`: what can be corrected.
#[derive(Serialize)]
pub struct KindsPage {
    frame: StudentFrame,
    kinds: &'static [TicketKind],
    /// The enrolment that whoever chooses comes from.
    record: Option<i64>,
}

/// `student/ticket_new.html`.
#[derive(Serialize)]
pub struct NewTicketPage {
    frame: StudentFrame,
    kind: TicketKind,
    definition: KindDefinition,
    enrolments: Vec<Choice>,
    /// Whether one of them must be chosen.
    is_about_enrolment: bool,
    /// Where answers go and where the office calls when nothing else is typed, masked.
    own_email: String,
    own_phone: Option<String>,
    most_chars: usize,
    typed: Asked,
    problem: Option<Problem>,
    /// The open ticket about the same.
    open: Option<String>,
}

/// An enrolment that a ticket can be about.
#[derive(Serialize)]
struct Choice {
    #[serde(flatten)]
    enrolment: AboutEnrolment,
    /// Whether its photo still waits for a verdict, which is the shorter way to say that it is wrong.
    awaits_photo: bool,
}

impl From<&Enrolment> for Choice {
    fn from(enrolment: &Enrolment) -> Self {
        Self {
            enrolment: AboutEnrolment::from(enrolment),
            awaits_photo: enrolment.awaits_photo_verdict(),
        }
    }
}

#[derive(Deserialize)]
struct KindQuery {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    record: String,
}

/// What is typed into the form.
#[derive(Clone, Deserialize, Serialize)]
struct Asked {
    kind: TicketKind,
    #[serde(default)]
    record: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    reply_to: String,
    /// Which form of the page; it has no other.
    #[serde(skip_deserializing)]
    form: &'static str,
}

/// `GET /tickets/new?kind=&record=`: without a kind, which there are.
#[handler]
pub async fn blank(screen: Screen, Query(query): Query<KindQuery>) -> Result<Response, Failure> {
    let record = query.record.parse::<i64>().ok();
    let Ok(kind) = query.kind.parse() else {
        let page = KindsPage {
            frame: screen.student_frame("tickets"),
            kinds: TicketKind::ALL,
            record,
        };
        return screen.show("student/ticket_kinds.html", &page);
    };
    let typed = Asked {
        kind,
        record: record.map(|number| number.to_string()).unwrap_or_default(),
        words: String::new(),
        phone: String::new(),
        reply_to: String::new(),
        form: "",
    };
    form_page(&screen, typed, None, None).await
}

async fn form_page(
    screen: &Screen,
    mut typed: Asked,
    problem: Option<Problem>,
    open: Option<TicketId>,
) -> Result<Response, Failure> {
    let (student, person) = screen.registered()?;
    let house = screen.state.house();
    let (now_ms, known, student_id, kind) = (house.clock.now_ms(), person.clone(), student.student_id, typed.kind);
    let (enrolments, definition, account) = house
        .db
        .read(move |conn| {
            let enrolments = list_enrolments(conn, &known, now_ms)?;
            let definition = get_kind(conn, kind)?.definition;
            Ok((enrolments, definition, get_account(conn, student_id)?))
        })
        .await?;
    // Whoever has one enrolment need not say which.
    if let (true, [only]) = (
        typed.record.is_empty() && kind.is_about_enrolment(),
        enrolments.as_slice(),
    ) {
        typed.record = only.record_id.to_string();
    }
    let own_phone = open_phone(&house.sealer, account.phone_sealed.as_deref())?;
    let page = NewTicketPage {
        frame: screen.student_frame("tickets"),
        kind,
        definition,
        enrolments: match kind {
            TicketKind::Account => Vec::new(),
            _ => enrolments.iter().map(Choice::from).collect(),
        },
        is_about_enrolment: kind.is_about_enrolment(),
        own_email: mask_email(&student.email),
        own_phone: own_phone.map(|phone| mask_phone(&phone)),
        most_chars: MOST_WORDS_CHARS,
        typed,
        problem,
        open: open.map(|ticket_id| ticket_id.to_string()),
    };
    screen.show_form("student/ticket_new.html", &page, page.problem.as_ref())
}

fn open_phone(sealer: &Sealer, sealed: Option<&[u8]>) -> Result<Option<String>, Error> {
    let phone = sealed
        .map(|sealed| sealer.open_text(Purpose::PHONE, sealed))
        .transpose()?;
    Ok(phone.map(|phone| phone.expose_secret().to_owned()))
}

/// What became of asking.
enum Opened {
    Now(TicketId),
    /// It was open already, and is the student's own.
    Before(TicketId),
}

/// `POST /tickets`: handed in at once where the kind wants no evidence, else a draft that waits for it.
#[handler]
pub async fn hand_in(screen: Screen, Form(form): Form<Asked>) -> Result<Response, Failure> {
    let (student, person) = screen.registered()?;
    let (student, person) = (student.clone(), person.clone());
    let new = match read(&student, &form) {
        Ok(new) => new,
        Err(problem) => return form_page(&screen, form, Some(problem), None).await,
    };
    if let Some(email) = &new.reply_to {
        screen.brake_mailbox("ticket", email).await?;
    }
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let opened = house
        .db
        .write_tx(move |conn| ask(conn, &sealer, (&student, &person), new, now_ms))
        .await;
    match opened {
        Ok(Opened::Now(ticket_id)) => {
            Ok(Redirect::see_other(format!("/tickets/{ticket_id}?done=opened")).into_response())
        }
        Ok(Opened::Before(ticket_id)) => {
            let problem = Problem::in_the_way("ticket-exists");
            form_page(&screen, form, Some(problem), Some(ticket_id)).await
        }
        Err(error) => {
            let problem = Problem::of_step(error)?;
            form_page(&screen, form, Some(problem), None).await
        }
    }
}

/// The ticket that the form asks for, as far as it can be read without the roll.
fn read(student: &Student, form: &Asked) -> Result<NewTicket, Problem> {
    let record_id = form.record.parse::<RecordId>().ok();
    if record_id.is_none() && form.kind.is_about_enrolment() {
        return Err(Problem::new("record-missing", "record"));
    }
    if form.words.trim().is_empty() {
        return Err(Problem::new("words-missing", "words"));
    }
    let phone = given(&form.phone).map(read_phone).transpose();
    let reply_to = given(&form.reply_to).map(read_email).transpose();
    let reply_to = reply_to.map_err(|error| Problem::new(error.code().to_owned(), "reply_to"))?;
    Ok(NewTicket {
        kind: form.kind,
        came_by: CameBy::Page,
        student_id: Some(student.student_id),
        record_id: record_id.filter(|_| form.kind != TicketKind::Account),
        photo_id: None,
        reason: None,
        body: form.words.clone(),
        reply_to: reply_to.filter(|email| *email != student.email),
        phone: phone.map_err(|error| Problem::new(error.code().to_owned(), "phone"))?,
    })
}

/// Opens the ticket; it is about the photo that the enrolment has now, and the office calls the account's telephone unless told otherwise.
fn ask(
    conn: &mut Conn,
    sealer: &Sealer,
    (student, person): (&Student, &PersonKey),
    mut new: NewTicket,
    now_ms: i64,
) -> Result<Opened, Error> {
    let hand = Hand::Student(student);
    if let Some(open) = find_open_about(conn, &new)? {
        match get_ticket(conn, hand, open) {
            Ok(own) => return Ok(Opened::Before(own.ticket_id)),
            // The office's, opened before the student had an account: opening another is refused below.
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    if matches!(new.kind, TicketKind::Photo | TicketKind::Duplicate)
        && let Some(record_id) = new.record_id
    {
        let about = find_enrolment(conn, person, record_id, now_ms)?;
        new.photo_id = about.and_then(|one| one.photo).map(|photo| photo.photo_id);
    }
    if new.phone.is_none() {
        let account = get_account(conn, student.student_id)?;
        new.phone = open_phone(sealer, account.phone_sealed.as_deref())?;
    }
    Ok(Opened::Now(begin_or_submit(conn, sealer, hand, &new, now_ms)?))
}
