//! The first half of a registration: address and password, and the mail with the link.

use domain::students::commands::registration::{self, Registration, read_email};
use domain::students::password;
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Request, Response, handler};
use serde::{Deserialize, Serialize};

use super::captcha::{CaptchaAnswer, CaptchaField, CaptchaQuery};
use super::{Problem, StudentFrame, next_step};
use crate::auth::origin::origin_of;
use crate::error::Failure;
use crate::pages::screen::Screen;

/// `student/register.html`.
#[derive(Serialize)]
pub struct RegisterPage {
    frame: StudentFrame,
    email: String,
    captcha: CaptchaField,
    problem: Option<Problem>,
}

/// `student/sent.html`: look into the mailbox.
#[derive(Serialize)]
pub struct SentPage {
    frame: StudentFrame,
    email: String,
    captcha: CaptchaField,
    problem: Option<Problem>,
    is_again: bool,
}

#[derive(Deserialize)]
struct RegisterForm {
    email: String,
    password: String,
    repeat: String,
    #[serde(flatten)]
    answer: CaptchaAnswer,
}

/// `GET /register`.
#[handler]
pub fn blank(screen: Screen, Query(query): Query<CaptchaQuery>) -> Result<Response, Failure> {
    if let Some(student) = &screen.visit().student {
        return Ok(Redirect::see_other(next_step(student.state)).into_response());
    }
    let page = RegisterPage {
        frame: screen.student_frame(""),
        email: String::new(),
        captcha: query.fresh(&screen)?,
        problem: None,
    };
    screen.show("student/register.html", &page)
}

/// `POST /register`: the answer is the same whether the address has an account or not.
#[handler]
pub async fn register(screen: Screen, request: &Request, Form(form): Form<RegisterForm>) -> Result<Response, Failure> {
    screen.brake_public().await?;
    let problem = match check_register(&form) {
        Some(problem) => Some(problem),
        None => form.answer.check(&screen).await?,
    };
    if problem.is_some() {
        let page = RegisterPage {
            frame: screen.student_frame(""),
            email: form.email.clone(),
            captcha: form.answer.again(&screen)?,
            problem,
        };
        return screen.show_form("student/register.html", &page, page.problem.as_ref());
    }
    let email = read_email(&form.email)?;
    screen.brake_mailbox("activation", &email).await?;
    let house = screen.state.house();
    let (own, typed) = (email.clone(), form.password);
    // Hashed on a reader's thread: the one writer waits for nobody's password.
    let password_hash = house.db.read(move |_| password::hash_new(&typed, &own)).await?;
    let new = Registration {
        email: email.clone(),
        password_hash,
        language: screen.language(),
        from: origin_of(request),
    };
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| registration::register(conn, &sealer, &new, now_ms))
        .await?;
    sent(&screen, email, None, false)
}

fn check_register(form: &RegisterForm) -> Option<Problem> {
    let email = match read_email(&form.email) {
        Ok(email) => email,
        Err(error) => return Some(Problem::new(error.code(), "email")),
    };
    if let Err(error) = password::require_usable(&form.password, &email) {
        return Some(Problem::new(error.code(), "password"));
    }
    (form.password != form.repeat).then(|| Problem::new("password-differs", "repeat"))
}

fn sent(screen: &Screen, email: String, problem: Option<Problem>, is_again: bool) -> Result<Response, Failure> {
    let page = SentPage {
        frame: screen.student_frame(""),
        email,
        captcha: CaptchaQuery::default().fresh(screen)?,
        problem,
        is_again,
    };
    screen.show_form("student/sent.html", &page, page.problem.as_ref())
}

#[derive(Deserialize)]
struct ResendForm {
    email: String,
    #[serde(flatten)]
    answer: CaptchaAnswer,
}

/// `POST /register/resend`: the link once more, where there is an account that waits for it.
#[handler]
pub async fn resend(screen: Screen, request: &Request, Form(form): Form<ResendForm>) -> Result<Response, Failure> {
    screen.brake_public().await?;
    if let Some(problem) = form.answer.check(&screen).await? {
        return sent(&screen, form.email, Some(problem), false);
    }
    let email = read_email(&form.email)?;
    screen.brake_mailbox("activation", &email).await?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let (to, from) = (email.clone(), origin_of(request));
    house
        .db
        .write_tx(move |conn| registration::resend(conn, &sealer, &to, &from, now_ms))
        .await?;
    sent(&screen, email, None, true)
}
