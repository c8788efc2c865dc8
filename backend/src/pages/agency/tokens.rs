//! The tokens of an agency's programs, kept by its administrator.

use domain::agencies::commands::{TokenKeeper, add_token, revoke_token};
use domain::agencies::model::ListedToken;
use domain::agencies::queries::list_tokens;
use domain::error::Error;
use domain::id::TokenId;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use super::{Head, Place};
use crate::error::Failure;
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;
use crate::pages::screen::Screen;

const HERE: &str = "/agency/tokens";

/// `agency/tokens.html`.
#[derive(Serialize)]
pub struct TokensPage {
    frame: Frame,
    head: Head,
    /// A token that was just made: shown this once.
    secret: Option<String>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    number: i64,
    name: String,
    created_by: String,
    created: Moment,
    /// The day it ends.
    expires: String,
    last_used: Option<Moment>,
    /// `good`, `expired` or `revoked`.
    standing: &'static str,
}

impl Row {
    fn new(token: ListedToken, now_ms: i64) -> Self {
        Self {
            number: token.token_id.0,
            name: token.name,
            created_by: token.created_by,
            created: Moment::new(token.created_at_ms, now_ms),
            expires: domain::clock::day_in_shanghai(token.expires_at_ms),
            last_used: token.last_used_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
            standing: match token.revoked_at_ms {
                Some(_) => "revoked",
                None if token.expires_at_ms <= now_ms => "expired",
                None => "good",
            },
        }
    }
}

/// `GET /agency/tokens`.
#[handler]
pub async fn list(screen: Screen) -> Result<Response, Failure> {
    page(&screen, None).await
}

async fn page(screen: &Screen, secret: Option<String>) -> Result<Response, Failure> {
    let agency_id = screen.agency_admin()?.agency_id;
    let (frame, head) = screen.agency(Place::Tokens).await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let tokens = house.db.read(move |conn| list_tokens(conn, agency_id)).await?;
    let page = TokensPage {
        frame,
        head,
        secret,
        rows: tokens.into_iter().map(|token| Row::new(token, now_ms)).collect(),
    };
    screen.show("agency/tokens.html", &page)
}

#[derive(Deserialize)]
struct TokenForm {
    name: String,
    days: String,
}

/// `POST /agency/tokens`: makes a token and shows its secret, once.
#[handler]
pub async fn add(screen: Screen, Form(form): Form<TokenForm>) -> Result<Response, Failure> {
    let admin = screen.agency_admin()?.clone();
    let not_a_number = |_| Error::invalid("days", "days", "give the days as a number");
    let days: i64 = form.days.trim().parse().map_err(not_a_number)?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let made = house.db.write_tx(move |conn| {
        let keeper = TokenKeeper::Operator(&admin);
        add_token(conn, keeper, admin.agency_id, (&form.name, days), now_ms)
    });
    page(&screen, Some(made.await?)).await
}

/// `POST /agency/tokens/:token_id/revoke`.
#[handler]
pub async fn revoke(screen: Screen, Path(token_id): Path<i64>) -> Result<Response, Failure> {
    let admin = screen.agency_admin()?.clone();
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| revoke_token(conn, TokenKeeper::Operator(&admin), TokenId(token_id), now_ms))
        .await?;
    Ok(Redirect::see_other(HERE).into_response())
}
