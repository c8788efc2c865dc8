//! What a student does to a ticket of their own. Every form names the version that it was filled in on; what was typed into one that comes
//! too late stands on the page that answers.

use domain::id::TicketId;
use domain::students::model::Student;
use domain::tickets::commands::refuse_stale;
use domain::tickets::commands::steps::{StepForm, take_step};
use domain::tickets::commands::talk::{rate as rate_ticket, say as say_words};
use domain::tickets::machine::Step;
use domain::tickets::model::Hand;
use domain::tickets::queries::{get_ticket, read_addresses};
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::show::{Typed, page};
use crate::error::Failure;
use crate::pages::screen::Screen;
use crate::pages::student::Problem;

#[derive(Deserialize)]
struct WordsForm {
    version: i64,
    #[serde(default)]
    words: String,
}

/// `POST /tickets/:ticket_id/steps/:step`.
#[handler]
pub async fn take(
    screen: Screen,
    Path((ticket_id, step)): Path<(i64, String)>,
    Form(form): Form<WordsForm>,
) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let ticket_id = TicketId(ticket_id);
    let step: Step = step.parse().map_err(|_| Failure::status(StatusCode::NOT_FOUND))?;
    if matches!(step, Step::Submit | Step::Reopen) {
        brake_reply(&screen, student.clone(), ticket_id).await?;
    }
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let typed = Typed::new(step.as_str(), form.words.clone());
    let taken = house
        .db
        .write_tx(move |conn| {
            let hand = Hand::Student(&student);
            let ticket = get_ticket(conn, hand, ticket_id)?;
            let form = StepForm {
                step,
                version: form.version,
                words: form.words,
                ..StepForm::blank(&ticket)
            };
            take_step(conn, &sealer, hand, &form, now_ms)
        })
        .await;
    answer(&screen, ticket_id, typed, step.as_str(), taken.map(drop)).await
}

/// Counts the mail that handing a ticket in sends where answers go to an address that was typed: it is anybody's, for all we know.
async fn brake_reply(screen: &Screen, student: Student, ticket_id: TicketId) -> Result<(), Failure> {
    let house = screen.state.house();
    let sealer = house.sealer.clone();
    let (reply_to, _) = house
        .db
        .read(move |conn| {
            get_ticket(conn, Hand::Student(&student), ticket_id)?;
            read_addresses(conn, &sealer, ticket_id)
        })
        .await?;
    match reply_to {
        Some(email) => screen.brake_mailbox("ticket", email.expose_secret()).await,
        None => Ok(()),
    }
}

/// `POST /tickets/:ticket_id/messages`.
#[handler]
pub async fn say(screen: Screen, Path(ticket_id): Path<i64>, Form(form): Form<WordsForm>) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let ticket_id = TicketId(ticket_id);
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let typed = Typed::new("message", form.words.clone());
    let said = house
        .db
        .write_tx(move |conn| {
            let hand = Hand::Student(&student);
            refuse_stale(conn, hand, ticket_id, form.version)?;
            say_words(conn, &sealer, hand, ticket_id, &form.words, now_ms)
        })
        .await;
    answer(&screen, ticket_id, typed, "message", said).await
}

#[derive(Deserialize)]
struct SatisfactionForm {
    version: i64,
    satisfaction: Option<i32>,
    #[serde(default)]
    words: String,
}

/// `POST /tickets/:ticket_id/satisfaction`: 1 to 5, once.
#[handler]
pub async fn rate(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(form): Form<SatisfactionForm>,
) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let ticket_id = TicketId(ticket_id);
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let mut typed = Typed::new("rate", form.words.clone());
    typed.satisfaction = form.satisfaction;
    let rated = house
        .db
        .write_tx(move |conn| {
            refuse_stale(conn, Hand::Student(&student), ticket_id, form.version)?;
            // Nothing chosen is none of the five.
            let said = (form.satisfaction.unwrap_or(0), form.words.as_str());
            rate_ticket(conn, &sealer, &student, ticket_id, said, now_ms)
        })
        .await;
    answer(&screen, ticket_id, typed, "rated", rated).await
}

/// Leads to the ticket as it stands now, or shows it with what was typed and why that was not taken.
async fn answer(
    screen: &Screen,
    ticket_id: TicketId,
    typed: Typed,
    done: &str,
    outcome: Result<(), domain::Error>,
) -> Result<Response, Failure> {
    match outcome {
        Ok(()) => Ok(Redirect::see_other(format!("/tickets/{ticket_id}?done={done}")).into_response()),
        Err(error) => {
            let problem = Problem::of_step(error)?;
            page(screen, ticket_id, typed, Some(problem), None).await
        }
    }
}
