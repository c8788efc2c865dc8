//! The password again, before masked fields are opened and lists taken away.

use std::time::Instant;

use domain::accounts::commands::sign_in::{Confirmation, SignInOutcome, confirm as try_confirm};
use domain::accounts::model::SecondFactor;
use poem::http::StatusCode;
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::auth::throttle::network;
use crate::error::Failure;
use crate::pages::frame::Frame;
use crate::pages::screen::{Screen, local_path};

/// `account/confirm.html`.
#[derive(Serialize)]
pub struct ConfirmPage {
    frame: Frame,
    email: String,
    next: String,
    needs_totp: bool,
    /// Worded by `login-problem-…`.
    problem: Option<&'static str>,
    minutes: u64,
}

#[derive(Deserialize)]
struct Onward {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct ConfirmForm {
    password: String,
    #[serde(default)]
    totp: String,
    #[serde(default)]
    next: String,
}

/// `GET /console/confirm`.
#[handler]
pub fn show(screen: Screen, Query(onward): Query<Onward>) -> Result<Response, Failure> {
    let page = ConfirmPage {
        frame: screen.plain_frame(),
        email: screen.staff()?.email.clone(),
        next: onward.next,
        needs_totp: false,
        problem: None,
        minutes: 0,
    };
    screen.show("account/confirm.html", &page)
}

/// `POST /console/confirm`.
#[handler]
pub async fn confirm(screen: Screen, Form(form): Form<ConfirmForm>) -> Result<Response, Failure> {
    let by = screen.staff()?.clone();
    if let Some(address) = by.address.as_deref().and_then(|address| address.parse().ok()) {
        screen
            .state
            .sign_in_throttle()
            .attempt(network(address), Instant::now())
            .map_err(Failure::too_many)?;
    }
    let house = screen.state.house();
    let email = by.email.clone();
    let word = Confirmation {
        by,
        password: form.password,
        second_factor: SecondFactor::parse(&form.totp),
        token_hash: screen.visit().token.stored_hash(),
    };
    let outcome = try_confirm(&house.db, &house.sealer, word, house.clock.now_ms()).await?;
    if outcome == SignInOutcome::SignedIn {
        let next = local_path(&form.next).filter(|path| path.starts_with("/console"));
        return Ok(Redirect::see_other(next.unwrap_or("/console")).into_response());
    }
    let (problem, minutes) = outcome.problem();
    let page = ConfirmPage {
        frame: screen.plain_frame(),
        email,
        next: form.next,
        needs_totp: outcome.asks_second_factor(),
        problem,
        minutes,
    };
    let mut response = screen.show("account/confirm.html", &page)?;
    if problem.is_some() {
        response.set_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(response)
}
