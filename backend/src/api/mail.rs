//! `POST /api/v1/mail`: a mail as it came, from the mail server's own program. A token with the right `mail` may do this and nothing else.

use domain::integrators::model::Right;
use domain::mail_intake::letter::MAX_LETTER_BYTES;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, Response, handler};
use serde_json::json;

use crate::api::integrators::find_by_secret;
use crate::app::AppState;
use crate::auth::caller::{bearer, refused};
use crate::error::Failure;
use crate::mail_intake::take_mail;

/// Takes a mail in; a mail that came before is answered as it was then.
#[handler]
pub async fn take(state: Data<&AppState>, request: &Request, body: Body) -> Result<Response, Failure> {
    let secret = bearer(request).ok_or_else(refused)?;
    let by = find_by_secret(&state, request, secret).await?.ok_or_else(refused)?;
    by.require(Right::Mail)?;
    let raw = body.into_bytes_limit(MAX_LETTER_BYTES).await;
    let raw = raw.map_err(|_| Failure::status(StatusCode::PAYLOAD_TOO_LARGE))?;
    let taken = take_mail(state.house(), raw.to_vec()).await?;
    let answer = json!({ "outcome": taken.outcome, "ticket_id": taken.ticket_id, "is_known": taken.is_known });
    Ok(Response::builder()
        .content_type("application/json; charset=utf-8")
        .body(answer.to_string()))
}
