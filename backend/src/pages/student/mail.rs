//! The pages behind the links of mails: whoever began a ticket by mail says that it was them, and reads what became of it.

use domain::accounts::commands::link_hash;
use domain::clock::day_in_shanghai;
use domain::mail_intake::address::read_writer_token;
use domain::mail_intake::commands::confirm as confirm_ticket;
use domain::mail_intake::queries::find_confirmation;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};
use serde::Serialize;

use domain::tickets::machine::TicketState;
use domain::tickets::model::{Hand, TicketKind};
use domain::tickets::queries::{get_ticket, list_events};

use super::tickets::conversation::Said;
use super::{StudentFrame, shown};
use crate::error::Failure;
use crate::pages::screen::Screen;

/// `student/mail.html`.
#[derive(Serialize)]
struct MailPage {
    frame: StudentFrame,
    path: String,
    ticket: String,
    is_done: bool,
}

fn mail_page(screen: &Screen, ticket: String, is_done: bool) -> Result<Response, Failure> {
    let page = MailPage {
        frame: screen.student_frame(""),
        path: screen.path().to_owned(),
        ticket,
        is_done,
    };
    screen.show("student/mail.html", &page)
}

/// `GET /mail/:token`: asks; opening the address alone changes nothing, since programs open what stands in mails.
#[handler]
pub async fn ask(screen: Screen, Path(token): Path<String>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (hash, now_ms) = (link_hash(&token), house.clock.now_ms());
    let found = house
        .db
        .read(move |conn| find_confirmation(conn, &hash, now_ms))
        .await?;
    match found {
        Some(ticket_id) => mail_page(&screen, ticket_id.to_string(), false),
        None => Err(dead(&screen).await),
    }
}

/// A link that is not good, or not any more; the trail knows that somebody tried it.
async fn dead(screen: &Screen) -> Failure {
    screen.note_refusal("ticket.mail-link").await;
    Failure::coded(StatusCode::GONE, "mail-link-dead")
}

/// `student/mail_ticket.html`.
#[derive(Serialize)]
struct WrittenTicketPage {
    frame: StudentFrame,
    number: String,
    kind: TicketKind,
    state: TicketState,
    opened: String,
    due: Option<String>,
    events: Vec<Said>,
}

/// `GET /mail/tickets/:token`: a ticket that was begun by mail, for whoever has the mail; what supports it is not shown. Once the ticket is
/// an account's, it is read there alone.
#[handler]
pub async fn show(screen: Screen, Path(token): Path<String>) -> Result<Response, Failure> {
    screen.brake_public().await?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let Some(ticket_id) = read_writer_token(&sealer, &token, now_ms) else {
        return Err(dead(&screen).await);
    };
    let read = house.db.read(move |conn| {
        let ticket = get_ticket(conn, Hand::Writer, ticket_id)?;
        Ok((list_events(conn, &sealer, ticket_id, true)?, ticket))
    });
    let (events, ticket) = read.await?;
    let page = WrittenTicketPage {
        frame: screen.student_frame(""),
        number: ticket_id.to_string(),
        kind: ticket.kind,
        state: ticket.state,
        opened: day_in_shanghai(ticket.created_at_ms),
        due: ticket.due_at_ms.filter(|_| ticket.state.is_counting()).map(shown),
        events: events.iter().map(Said::new).collect(),
    };
    screen.show("student/mail_ticket.html", &page)
}

/// `POST /mail/:token`: hands the ticket in, once.
#[handler]
pub async fn confirm(screen: Screen, Path(token): Path<String>) -> Result<Response, Failure> {
    screen.brake_public().await?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let confirmed = house
        .db
        .write_tx(move |conn| confirm_ticket(conn, &sealer, &token, now_ms));
    match confirmed.await {
        Ok(ticket_id) => mail_page(&screen, ticket_id.to_string(), true),
        Err(domain::Error::Conflict {
            code: "mail-link-dead", ..
        }) => Err(dead(&screen).await),
        Err(other) => Err(other.into()),
    }
}
