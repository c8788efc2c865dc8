//! Evidence that a student adds to a ticket of their own, and looks at.

use domain::evidence::commands::look::{Looked, look};
use domain::evidence::commands::{NewEvidence, add_evidence};
use domain::evidence::model::CameBy;
use domain::evidence::queries::list_pages;
use domain::id::TicketId;
use domain::tickets::model::Hand;
use domain::tickets::queries::get_ticket;
use poem::http::StatusCode;
use poem::web::{Multipart, Path, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::Serialize;

use super::StudentFrame;
use crate::error::Failure;
use crate::evidence::take_in;
use crate::pages::evidence::{EvidenceForm, ShownPage, Signature, pages_of, refused, send_page, wish_for};
use crate::pages::screen::Screen;

/// `student/evidence.html`.
#[derive(Serialize)]
struct EvidencePage {
    frame: StudentFrame,
    ticket: i64,
    what: String,
    pages: Vec<ShownPage>,
}

/// `POST /tickets/:ticket_id/evidence`.
#[handler]
pub async fn add(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    multipart: poem::Result<Multipart>,
) -> Result<Response, Failure> {
    let ticket_id = TicketId(ticket_id);
    let student = screen.student()?.clone();
    let house = screen.state.house();
    // Before any byte of a file is taken in.
    let reader = student.clone();
    house
        .db
        .read(move |conn| get_ticket(conn, Hand::Student(&reader), ticket_id).map(drop))
        .await?;
    let EvidenceForm { what, file } = EvidenceForm::read(multipart).await?;
    let sealer = house.sealer.clone();
    take_in(house, file, move |conn, upload, now_ms| {
        let new = NewEvidence {
            ticket_id,
            hand: Hand::Student(&student),
            came_by: CameBy::Page,
            what: &what,
            upload,
            expires_at_ms: None,
        };
        add_evidence(conn, &sealer, &new, now_ms)
    })
    .await
    .map_err(refused)?;
    Ok(Redirect::see_other(format!("/tickets/{ticket_id}?done=evidence")).into_response())
}

/// `GET /tickets/:ticket_id/evidence/:evidence_id`: what they brought themselves.
#[handler]
pub async fn show(screen: Screen, Path((ticket_id, evidence_id)): Path<(i64, i64)>) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let reader = format!("student {}", student.student_id);
    let wish = wish_for(ticket_id, evidence_id, None);
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let seen = house.db.write_tx(move |conn| {
        Ok(match look(conn, &sealer, Hand::Student(&student), wish, now_ms)? {
            Looked::Allowed(piece) => Some((list_pages(conn, wish.evidence_id)?, piece)),
            Looked::Refused => None,
        })
    });
    let (stored, piece) = seen.await?.ok_or_else(|| Failure::status(StatusCode::FORBIDDEN))?;
    let path = format!("/tickets/{ticket_id}/evidence/{evidence_id}");
    let page = EvidencePage {
        frame: screen.student_frame("tickets"),
        ticket: ticket_id,
        pages: pages_of(house, &reader, &path, &piece, &stored, now_ms),
        what: piece.what,
    };
    screen.show("student/evidence.html", &page)
}

/// `GET /tickets/:ticket_id/evidence/:evidence_id/pages/:number?key=…`.
#[handler]
pub async fn picture(
    screen: Screen,
    Path((ticket_id, evidence_id, number)): Path<(i64, i64, i64)>,
    Query(signature): Query<Signature>,
) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let reader = format!("student {}", student.student_id);
    let wish = wish_for(ticket_id, evidence_id, Some(number));
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let looked = house
        .db
        .write_tx(move |conn| look(conn, &sealer, Hand::Student(&student), wish, now_ms));
    send_page(house, looked.await?, &reader, number, &signature).await
}
