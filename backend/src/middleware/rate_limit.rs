//! How often a program may ask: so many requests a minute for each token, and for each address that comes without one. Every answer says
//! what is left (`RateLimit-*`, draft-ietf-httpapi-ratelimit-headers-07).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use domain::accounts::commands::link_hash;
use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse, Request, Response, Result};

use crate::app::AppState;
use crate::auth::caller::bearer;
use crate::auth::origin::address_of;
use crate::auth::throttle::network;
use crate::error::{Asked, Failure};

/// Who asks, as far as counting goes.
#[derive(PartialEq, Eq, Hash)]
pub enum Asker {
    /// Whoever has this token, known by its SHA-256.
    Token([u8; 32]),
    /// Somebody at this address.
    Address(Option<IpAddr>),
}

impl Asker {
    fn of(request: &Request) -> Self {
        match bearer(request) {
            Some(secret) => Self::Token(link_hash(secret)),
            None => Self::Address(address_of(request).map(network)),
        }
    }
}

/// Refuses what is too much.
pub async fn rate_limit<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    let state = request
        .data::<AppState>()
        .cloned()
        .ok_or_else(|| Failure::internal("the routes were built without their state"))?;
    let (throttle, asked) = (state.request_throttle(), Asked::of(&state, &request).by_program());
    let (left, seconds, mut response) = match throttle.attempt(Asker::of(&request), Instant::now()) {
        Ok(left) => {
            let answer = next.call(request).await.map(IntoResponse::into_response);
            let response = answer.unwrap_or_else(|error| asked.refuse_error(error));
            (left.attempts, left.seconds, response)
        }
        Err(seconds) => (0, seconds, asked.refuse(&Failure::too_many(seconds))),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        ("ratelimit-limit", u64::from(throttle.limit())),
        ("ratelimit-remaining", u64::from(left)),
        ("ratelimit-reset", seconds),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    Ok(response)
}
