//! Signing in and out, and setting a password from a one-time link.

use std::time::Instant;

use domain::accounts::commands::sessions::end_session;
use domain::accounts::commands::sign_in::{SignIn, SignInOutcome, sign_in as try_sign_in};
use domain::accounts::model::{SecondFactor, SessionTimes};
use domain::accounts::{commands, password, queries};
use poem::http::{StatusCode, header};
use poem::web::{Form, Path, Query, Redirect};
use poem::{IntoResponse, Request, Response, handler};
use serde::{Deserialize, Serialize};

use crate::auth::origin::{address_of, origin_of};
use crate::auth::throttle::network;
use crate::auth::{SessionToken, forget_cookie};
use crate::error::Failure;
use crate::pages::frame::Frame;
use crate::pages::screen::{Screen, local_path};

/// `session/login.html`.
#[derive(Serialize)]
pub struct LoginPage {
    frame: Frame,
    email: String,
    next: String,
    needs_totp: bool,
    /// Worded by `login-problem-…`.
    problem: Option<&'static str>,
    minutes: u64,
    /// Shown after a password was set or the person signed out: `login-notice-…`.
    notice: Option<&'static str>,
}

/// `session/set_password.html`.
#[derive(Serialize)]
pub struct SetPasswordPage {
    frame: Frame,
    link: String,
    /// Whose password; `None` when the link is used up, expired or mistyped.
    email: Option<String>,
    min_chars: usize,
    /// Worded by `set-password-problem-…`.
    problem: Option<&'static str>,
}

/// Where to go after signing in, and what to say on arrival.
#[derive(Deserialize)]
struct LoginQuery {
    #[serde(default)]
    next: String,
    #[serde(default)]
    notice: String,
}

#[derive(Deserialize)]
struct LoginForm {
    email: String,
    password: String,
    #[serde(default)]
    totp: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct PasswordForm {
    password: String,
    repeat: String,
}

/// `GET /console/login`, and `GET /agency/login`: one page for whoever has a password.
#[handler]
pub fn login(screen: Screen, Query(query): Query<LoginQuery>) -> Result<Response, Failure> {
    if screen.visit().staff.is_some() || screen.visit().operator.is_some() {
        return Ok(Redirect::see_other(after_login(&query.next)).into_response());
    }
    let notice = ["password-set", "signed-out"]
        .into_iter()
        .find(|known| *known == query.notice);
    let page = LoginPage {
        frame: screen.plain_frame(),
        email: String::new(),
        next: query.next,
        needs_totp: false,
        problem: None,
        minutes: 0,
        notice,
    };
    screen.show("session/login.html", &page)
}

/// `POST /console/login`: a new session on success, so that a token known before signing in is worth nothing afterwards.
#[handler]
pub async fn sign_in(screen: Screen, request: &Request, Form(form): Form<LoginForm>) -> Result<Response, Failure> {
    if let Some(address) = address_of(request) {
        let counted = screen
            .state
            .sign_in_throttle()
            .attempt(network(address), Instant::now());
        if let Err(seconds) = counted {
            screen.note_refusal("staff.flood").await;
            return Err(Failure::too_many(seconds));
        }
    }
    let token =
        SessionToken::generate().ok_or_else(|| Failure::internal("the operating system gives no randomness"))?;
    let house = screen.state.house();
    let attempt = SignIn {
        email: form.email.trim().to_lowercase(),
        password: form.password,
        second_factor: SecondFactor::parse(&form.totp),
        new_token_hash: token.stored_hash(),
        times: SessionTimes::with_idle_minutes(house.config.session_idle_minutes),
        origin: origin_of(request),
    };
    let outcome = try_sign_in(&house.db, &house.sealer, attempt, house.clock.now_ms()).await?;
    if outcome == SignInOutcome::SignedIn {
        let onward = Redirect::see_other(after_login(&form.next));
        return Ok(onward
            .with_header(header::SET_COOKIE, token.set_cookie(screen.state.settings()))
            .into_response());
    }
    let ((problem, minutes), needs_totp) = (outcome.problem(), outcome.asks_second_factor());
    let page = LoginPage {
        frame: screen.plain_frame(),
        email: form.email,
        next: form.next,
        needs_totp,
        problem,
        minutes,
        notice: None,
    };
    let mut response = screen.show("session/login.html", &page)?;
    response.set_status(if needs_totp && problem.is_none() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    });
    Ok(response)
}

/// `POST /console/logout`.
#[handler]
pub async fn sign_out(screen: Screen) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (hash, now_ms) = (screen.visit().token.stored_hash(), house.clock.now_ms());
    house.db.write_tx(move |conn| end_session(conn, &hash, now_ms)).await?;
    let area = if screen.visit().operator.is_some() {
        "/agency"
    } else {
        "/console"
    };
    let onward = Redirect::see_other(format!("{area}/login?notice=signed-out"));
    Ok(onward
        .with_header(header::SET_COOKIE, forget_cookie(screen.state.settings()))
        .into_response())
}

/// `GET /console/set-password/:link`.
#[handler]
pub async fn password_form(screen: Screen, Path(link): Path<String>) -> Result<Response, Failure> {
    password_page(&screen, link, None).await
}

/// `POST /console/set-password/:link`.
#[handler]
pub async fn set_password(
    screen: Screen,
    Path(link): Path<String>,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Failure> {
    let problem = if form.password.chars().count() < password::MIN_CHARS {
        Some("short")
    } else if form.password.len() > password::MAX_BYTES {
        Some("long")
    } else if form.password != form.repeat {
        Some("differ")
    } else {
        None
    };
    if problem.is_some() {
        return password_page(&screen, link, problem).await;
    }
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    if find_link(&screen, &link).await?.is_none() {
        return password_page(&screen, link, None).await;
    }
    // Hashed on a reader's thread: the one writer waits for nobody's password.
    let hash = house
        .db
        .read(move |_| commands::hash_new_password(&form.password))
        .await?;
    house
        .db
        .write_tx(move |conn| commands::set_password(conn, &link, &hash, now_ms))
        .await?;
    Ok(Redirect::see_other("/console/login?notice=password-set").into_response())
}

async fn find_link(screen: &Screen, link: &str) -> Result<Option<String>, Failure> {
    let house = screen.state.house();
    let (hash, now_ms) = (commands::link_hash(link), house.clock.now_ms());
    Ok(house
        .db
        .read(move |conn| queries::find_password_link(conn, &hash, now_ms))
        .await?)
}

async fn password_page(screen: &Screen, link: String, problem: Option<&'static str>) -> Result<Response, Failure> {
    let email = find_link(screen, &link).await?;
    let is_dead = email.is_none();
    let page = SetPasswordPage {
        frame: screen.plain_frame(),
        link,
        email,
        min_chars: password::MIN_CHARS,
        problem,
    };
    let mut response = screen.show("session/set_password.html", &page)?;
    response.set_status(match (is_dead, problem) {
        (true, _) => StatusCode::GONE,
        (false, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, None) => StatusCode::OK,
    });
    Ok(response)
}

fn after_login(next: &str) -> &str {
    let is_within = |path: &&str| {
        ["/console", "/agency"]
            .into_iter()
            .any(|area| path.starts_with(area) && !path[area.len()..].starts_with("/log"))
    };
    local_path(next).filter(is_within).unwrap_or("/console")
}
