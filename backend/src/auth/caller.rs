//! Who asks for an agency: a program by its bearer token, or one of the agency's people by the session of their browser.

use domain::accounts::commands::link_hash;
use domain::accounts::model::Person;
use domain::accounts::tokens::is_use_due;
use domain::agencies::commands::note_use;
use domain::agencies::model::Deliverer;
use domain::agencies::queries::find_token;
use poem::http::{StatusCode, header};
use poem::{FromRequest, Request, RequestBody};

use super::SessionToken;
use super::origin::address_of;
use crate::app::AppState;
use crate::error::Failure;
use crate::middleware::csrf::HEADER;
use crate::middleware::visit::find_person;

/// The agency that a request is for.
pub struct Caller(pub Deliverer);

impl<'a> FromRequest<'a> for Caller {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let state = request
            .data::<AppState>()
            .ok_or_else(|| Failure::internal("the routes were built without their state"))?;
        let found = match bearer(request) {
            Some(secret) => by_token(state, request, secret).await?,
            None => by_session(state, request).await?,
        };
        Ok(Self(found.ok_or_else(refused)?))
    }
}

/// The answer to whoever has no token, or one that is not good any more.
pub fn refused() -> Failure {
    Failure::coded(StatusCode::UNAUTHORIZED, "token-refused")
}

/// The secret of the token that a request carries.
pub fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The agency of a token's secret. Secrets are looked up by their hash, so that no comparison tells how much of one was right.
pub async fn by_token(state: &AppState, request: &Request, secret: &str) -> Result<Option<Deliverer>, Failure> {
    let house = state.house();
    let (hash, now_ms) = (link_hash(secret), house.clock.now_ms());
    let found = house.db.read(move |conn| find_token(conn, &hash, now_ms)).await?;
    let Some(token) = found else { return Ok(None) };
    if is_use_due(token.last_used_at_ms, now_ms) {
        let token_id = token.token_id;
        house.db.write_tx(move |conn| note_use(conn, token_id, now_ms)).await?;
    }
    Ok(Some(Deliverer {
        address: address_of(request).map(|address| address.to_string()),
        ..token.deliverer
    }))
}

/// The agency of a browser's session. What changes something must carry the session's form token in a header, as the page's script does.
async fn by_session(state: &AppState, request: &Request) -> Result<Option<Deliverer>, Failure> {
    let Some(token) = SessionToken::from_cookies(request.headers(), state.settings()) else {
        return Ok(None);
    };
    let sent = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
    if !request.method().is_safe() && !sent.is_some_and(|sent| token.has_form_token(sent)) {
        return Err(Failure::coded(StatusCode::FORBIDDEN, "csrf-refused"));
    }
    let Some(Person::Operator(operator)) = find_person(state, &token).await? else {
        return Ok(None);
    };
    Ok(Some(Deliverer {
        address: address_of(request).map(|address| address.to_string()),
        ..Deliverer::from(&operator)
    }))
}
