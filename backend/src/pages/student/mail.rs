//! The page behind the link of a mail: whoever began a ticket by mail says that it was them.

use domain::accounts::commands::link_hash;
use domain::mail_intake::commands::confirm as confirm_ticket;
use domain::mail_intake::queries::find_confirmation;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Serialize;

use super::StudentFrame;
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
    let ticket_id = found.ok_or_else(|| Failure::coded(StatusCode::GONE, "mail-link-dead"))?;
    mail_page(&screen, ticket_id.to_string(), false)
}

/// `POST /mail/:token`: hands the ticket in, once.
#[handler]
pub async fn confirm(screen: Screen, request: &Request, Path(token): Path<String>) -> Result<Response, Failure> {
    screen.brake_public(request)?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let confirmed = house
        .db
        .write_tx(move |conn| confirm_ticket(conn, &sealer, &token, now_ms));
    let ticket_id = confirmed.await.map_err(|error| match error {
        domain::Error::Conflict {
            code: "mail-link-dead", ..
        } => Failure::coded(StatusCode::GONE, "mail-link-dead"),
        other => other.into(),
    })?;
    mail_page(&screen, ticket_id.to_string(), true)
}
