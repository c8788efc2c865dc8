//! The form that adds a file. It works without a script: two fields for a file, one of which opens a telephone's camera.

use domain::accounts::model::Role;
use domain::error::Error;
use domain::evidence::commands::{NewEvidence, add_evidence};
use domain::evidence::model::{CameBy, MAX_FILE_BYTES};
use domain::id::TicketId;
use domain::tickets::model::Hand;
use domain::tickets::queries::get_ticket;
use poem::http::StatusCode;
use poem::web::{Multipart, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use tokio::io::AsyncReadExt as _;

use crate::error::Failure;
use crate::evidence::take_in;
use crate::pages::screen::Screen;

/// Parts of the form that are looked at.
const MAX_PARTS: usize = 8;
/// Longest word for what a file is, in bytes.
const WORD_BYTES: usize = 512;

/// What somebody adds.
pub struct EvidenceForm {
    /// What it is said to be.
    pub what: String,
    /// The file.
    pub file: Vec<u8>,
}

impl EvidenceForm {
    /// Reads the form, the file no further than one may have; of two files the first counts.
    pub async fn read(multipart: poem::Result<Multipart>) -> Result<Self, Failure> {
        let mut multipart = multipart.map_err(|_| Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE))?;
        let unreadable = |_| Failure::status(StatusCode::BAD_REQUEST);
        let (mut what, mut file) = (None, None);
        for _ in 0..MAX_PARTS {
            let Some(part) = multipart.next_field().await.map_err(unreadable)? else {
                break;
            };
            match part.name() {
                Some("what") => what = Some(part.text().await.map_err(unreadable)?),
                // A browser sends an empty name when nothing was chosen.
                Some("file") if file.is_none() && part.file_name().is_some_and(|name| !name.is_empty()) => {
                    let mut bytes = Vec::new();
                    let mut reader = Box::pin(part.into_async_read()).take(MAX_FILE_BYTES + 1);
                    let read = reader.read_to_end(&mut bytes).await;
                    read.map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?;
                    file = Some(bytes);
                }
                _ => {}
            }
        }
        let what = what.filter(|what| what.len() <= WORD_BYTES);
        match (what, file) {
            (Some(what), Some(file)) => Ok(Self { what, file }),
            (None, _) => Err(Failure::coded(StatusCode::UNPROCESSABLE_ENTITY, "field-missing").about("what")),
            (_, None) => Err(Failure::coded(StatusCode::UNPROCESSABLE_ENTITY, "file-missing").about("file")),
        }
    }
}

/// `POST /console/tickets/:ticket_id/evidence`: paper that a student brought, scanned by the office.
#[handler]
pub async fn add(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    multipart: poem::Result<Multipart>,
) -> Result<Response, Failure> {
    let ticket_id = TicketId(ticket_id);
    let staff = screen.allowed("evidence.add", Role::may_answer_tickets).await?;
    let house = screen.state.house();
    // Before any byte of a file is taken in.
    let reader = staff.clone();
    house
        .db
        .read(move |conn| get_ticket(conn, Hand::Staff(&reader), ticket_id).map(drop))
        .await?;
    let EvidenceForm { what, file } = EvidenceForm::read(multipart).await?;
    let sealer = house.sealer.clone();
    take_in(house, file, move |conn, upload, now_ms| {
        let new = NewEvidence {
            ticket_id,
            hand: Hand::Staff(&staff),
            came_by: CameBy::Office,
            what: &what,
            upload,
            expires_at_ms: None,
        };
        add_evidence(conn, &sealer, &new, now_ms)
    })
    .await
    .map_err(refused)?;
    Ok(Redirect::see_other(format!("/console/tickets/{ticket_id}")).into_response())
}

/// What is wrong with a file is said in the reader's language.
pub(in crate::pages) fn refused(error: Error) -> Failure {
    match error {
        Error::TooMuch { code, .. } => Failure::coded(StatusCode::PAYLOAD_TOO_LARGE, code),
        Error::Invalid { code, field, .. } => Failure::coded(StatusCode::UNPROCESSABLE_ENTITY, code).about(field),
        other => other.into(),
    }
}
