//! Signing in and out.

use domain::accounts::model::Origin;
use domain::accounts::model::SessionTimes;
use domain::id::StudentId;
use domain::students::commands::sessions::{end_session, open_session};
use domain::students::commands::sign_in::{SignIn, SignInOutcome, sign_in as try_sign_in};
use domain::students::queries::get_account;
use poem::http::{StatusCode, header};
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Request, Response, handler};
use serde::{Deserialize, Serialize};

use super::captcha::{CaptchaAnswer, CaptchaField, CaptchaQuery};
use super::{Problem, StudentFrame, next_step};
use crate::auth::origin::origin_of;
use crate::auth::{SessionToken, forget_cookie};
use crate::error::Failure;
use crate::pages::screen::{Screen, local_path};

/// `student/login.html`.
#[derive(Serialize)]
pub struct LoginPage {
    frame: StudentFrame,
    login: String,
    next: String,
    captcha: CaptchaField,
    problem: Option<Problem>,
    minutes: u64,
    /// Worded by `student-login-notice-…`.
    notice: Option<&'static str>,
}

#[derive(Deserialize)]
struct LoginQuery {
    #[serde(default)]
    next: String,
    #[serde(default)]
    notice: String,
    #[serde(flatten)]
    captcha: CaptchaQuery,
}

#[derive(Deserialize)]
struct LoginForm {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
    #[serde(flatten)]
    answer: CaptchaAnswer,
}

/// `GET /login`.
#[handler]
pub fn blank(screen: Screen, Query(query): Query<LoginQuery>) -> Result<Response, Failure> {
    if let Some(student) = &screen.visit().student {
        return Ok(Redirect::see_other(next_step(student.state)).into_response());
    }
    let notice = ["password-set", "signed-out", "address-taken", "registered"]
        .into_iter()
        .find(|known| *known == query.notice);
    let page = LoginPage {
        frame: screen.student_frame("login"),
        login: String::new(),
        next: query.next,
        captcha: query.captcha.fresh(&screen)?,
        problem: None,
        minutes: 0,
        notice,
    };
    screen.show("student/login.html", &page)
}

/// `POST /login`: a new session on success, so that a token known before signing in is worth nothing afterwards.
#[handler]
pub async fn sign_in(screen: Screen, request: &Request, Form(form): Form<LoginForm>) -> Result<Response, Failure> {
    screen.brake_public().await?;
    if let Some(problem) = form.answer.check(&screen).await? {
        return again(&screen, form, problem, 0);
    }
    let house = screen.state.house();
    let token = new_token()?;
    let attempt = SignIn {
        login: form.login.clone(),
        password: form.password.clone(),
        new_token_hash: token.stored_hash(),
        times: SessionTimes::with_idle_minutes(house.config.session_idle_minutes),
        from: origin_of(request),
    };
    match try_sign_in(&house.db, &house.sealer, attempt, house.clock.now_ms()).await? {
        SignInOutcome::SignedIn(state) => {
            let wanted = local_path(&form.next).filter(|path| is_own(path));
            let onward = match (next_step(state), wanted) {
                ("/home", wanted) => wanted.unwrap_or("/home"),
                // What is asked about the account itself is not put off until the account is complete.
                (_, Some(ticket)) if ticket.starts_with("/tickets/") => ticket,
                (step, _) => step,
            };
            Ok(enter(&screen, &token, onward))
        }
        SignInOutcome::Refused => again(&screen, form, Problem::new("login-refused", "login"), 0),
        SignInOutcome::NotActivated => again(&screen, form, Problem::new("not-activated", "login"), 0),
        SignInOutcome::Locked(minutes) => again(&screen, form, Problem::new("locked", "login"), minutes),
    }
}

fn is_own(path: &str) -> bool {
    ["/home", "/proof", "/notices", "/account", "/tickets"]
        .iter()
        .any(|place| path.starts_with(place))
}

fn again(screen: &Screen, form: LoginForm, problem: Problem, minutes: u64) -> Result<Response, Failure> {
    let page = LoginPage {
        frame: screen.student_frame("login"),
        login: form.login,
        next: form.next,
        captcha: form.answer.again(screen)?,
        problem: Some(problem),
        minutes,
        notice: None,
    };
    screen.show_form("student/login.html", &page, page.problem.as_ref())
}

fn new_token() -> Result<SessionToken, Failure> {
    SessionToken::generate().ok_or_else(|| Failure::internal("the operating system gives no randomness"))
}

fn enter(screen: &Screen, token: &SessionToken, onward: &str) -> Response {
    Redirect::see_other(onward)
        .with_header(header::SET_COOKIE, token.set_cookie(screen.state.settings()))
        .into_response()
}

/// Opens a session for an account that was just proved to be the visitor's.
pub(super) async fn open(
    screen: &Screen,
    student_id: StudentId,
    from: Origin,
    onward: &str,
) -> Result<Response, Failure> {
    let token = new_token()?;
    let house = screen.state.house();
    let (hash, now_ms) = (token.stored_hash(), house.clock.now_ms());
    let times = SessionTimes::with_idle_minutes(house.config.session_idle_minutes);
    house
        .db
        .write_tx(move |conn| {
            let account = get_account(conn, student_id)?;
            open_session(conn, &account, &hash, times, &from, now_ms)
        })
        .await?;
    Ok(enter(screen, &token, onward))
}

/// `POST /logout`.
#[handler]
pub async fn sign_out(screen: Screen, request: &Request) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (hash, now_ms, from) = (
        screen.visit().token.stored_hash(),
        house.clock.now_ms(),
        origin_of(request),
    );
    house
        .db
        .write_tx(move |conn| end_session(conn, &hash, &from, now_ms))
        .await?;
    let mut response = Redirect::see_other("/login?notice=signed-out").into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, forget_cookie(screen.state.settings()));
    response.set_status(StatusCode::SEE_OTHER);
    Ok(response)
}
