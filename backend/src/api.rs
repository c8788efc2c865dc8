//! The HTTP interface for programs: OpenAPI under `/api/v1`, its document and a page to try it.

pub mod agency;
pub mod answer;
pub mod docs;
pub mod health;
pub mod integrators;
pub mod mail;
pub mod meta;
mod values;

use domain::mail_intake::letter::MAX_LETTER_BYTES;
use poem::{EndpointExt, Route, get, post};
use poem_openapi::OpenApiService;

use crate::middleware::body_limit::at_most;
use crate::middleware::conditional::conditional;
use crate::middleware::rate_limit::rate_limit;
use crate::uploads;

/// Largest JSON body, in bytes; files come by tus, which has a limit of its own.
const JSON_BYTES: u64 = 1 << 20;

/// What the document says of itself.
const ABOUT: &str = "Other systems of the school keep the roll in step, ask how far photos are and fetch the approved ones; \
    programs of imaging agencies deliver photos and read what became of them. A delivery goes in two steps: the \
    archive is uploaded to `/api/v1/uploads` by the resumable protocol tus 1.0 (creation, creation-with-upload, termination, expiration, \
    checksum; metadata `filename` and, if known, `sha256`), then `POST /batches` hands it in. `GET /api/v1/uploads?sha256=…` finds an \
    upload to go on with. Every JSON answer to a `GET` carries an `ETag`; with `If-None-Match` it is answered `304` where nothing has \
    changed. `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` say how many requests a minute has, how many are left and \
    in how many seconds the count begins anew; over it the answer is `429` with `Retry-After`. The school's mail server hands mails in as they \
    came (RFC 5322, at most 25 MB) with `POST /api/v1/mail` and a token with the right `mail`; the answer says what became of one.";

/// Everything under `/api`.
pub fn routes() -> Route {
    let service = OpenApiService::new(
        (meta::MetaApi, agency::AgencyApi, integrators::IntegratorApi),
        "Rollproof",
        env!("CARGO_PKG_VERSION"),
    )
    .description(ABOUT)
    .server("/api/v1");
    let document = service.spec_endpoint();
    Route::new()
        .at("/docs", get(docs::show))
        .at("/v1/openapi.json", get(document))
        .at(
            "/v1/mail",
            post(mail::take.around(at_most(MAX_LETTER_BYTES as u64)).around(rate_limit)),
        )
        .at("/v1/uploads", uploads::collection())
        .at("/v1/uploads/:upload_id", uploads::one())
        .nest(
            "/v1",
            service
                .around(at_most(JSON_BYTES))
                .around(conditional)
                .around(rate_limit),
        )
}
