//! The ways back in: which address the account has, and another password.

use domain::accounts::commands::link_hash;
use domain::clock::date_in_shanghai;
use domain::students::commands::recovery;
use domain::students::commands::registration::read_email;
use domain::students::identity::person_of;
use domain::students::model::LinkKind;
use domain::students::password;
use domain::students::queries::{LinkStanding, find_link, get_account};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query, Redirect};
use poem::{IntoResponse, Request, Response, handler};
use serde::{Deserialize, Serialize};

use super::captcha::{CaptchaAnswer, CaptchaField, CaptchaQuery};
use super::{Problem, StudentFrame};
use crate::auth::origin::origin_of;
use crate::error::Failure;
use crate::pages::screen::Screen;

/// `student/find_name.html`.
#[derive(Serialize)]
pub struct FindNamePage {
    frame: StudentFrame,
    name: String,
    captcha: CaptchaField,
    problem: Option<Problem>,
    /// The address, masked; empty where there is no such account; none before anybody asked.
    found: Option<String>,
}

/// `student/find_password.html`.
#[derive(Serialize)]
pub struct FindPasswordPage {
    frame: StudentFrame,
    email: String,
    captcha: CaptchaField,
    problem: Option<Problem>,
    is_sent: bool,
}

/// `student/reset.html`.
#[derive(Serialize)]
pub struct ResetPage {
    frame: StudentFrame,
    token: String,
    is_good: bool,
    problem: Option<Problem>,
}

/// `GET /find-name`.
#[handler]
pub fn name_form(screen: Screen, Query(query): Query<CaptchaQuery>) -> Result<Response, Failure> {
    let page = FindNamePage {
        frame: screen.student_frame(""),
        name: String::new(),
        captcha: query.fresh(&screen)?,
        problem: None,
        found: None,
    };
    screen.show("student/find_name.html", &page)
}

#[derive(Deserialize)]
struct FindNameForm {
    name: String,
    id_number: String,
    #[serde(flatten)]
    answer: CaptchaAnswer,
}

/// `POST /find-name`.
#[handler]
pub async fn find_name(screen: Screen, request: &Request, Form(form): Form<FindNameForm>) -> Result<Response, Failure> {
    screen.brake_public().await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let person = person_of(&house.sealer, &form.name, &form.id_number, date_in_shanghai(now_ms));
    let problem = match (form.answer.check(&screen).await?, &person) {
        (Some(problem), _) => Some(problem),
        (None, None) => Some(Problem::new("id-shape", "id_number")),
        (None, Some(_)) => None,
    };
    let mut found = None;
    if let (None, Some(person)) = (&problem, person) {
        screen.brake_person(&person).await?;
        let from = origin_of(request);
        let asked = house
            .db
            .write_tx(move |conn| recovery::find_user_name(conn, &person, &from, now_ms));
        found = Some(asked.await?.unwrap_or_default());
    }
    let page = FindNamePage {
        frame: screen.student_frame(""),
        name: form.name.clone(),
        captcha: form.answer.again(&screen)?,
        problem,
        found,
    };
    screen.show_form("student/find_name.html", &page, page.problem.as_ref())
}

/// `GET /find-password`.
#[handler]
pub fn password_form(screen: Screen, Query(query): Query<CaptchaQuery>) -> Result<Response, Failure> {
    let page = FindPasswordPage {
        frame: screen.student_frame(""),
        email: String::new(),
        captcha: query.fresh(&screen)?,
        problem: None,
        is_sent: false,
    };
    screen.show("student/find_password.html", &page)
}

#[derive(Deserialize)]
struct FindPasswordForm {
    email: String,
    #[serde(flatten)]
    answer: CaptchaAnswer,
}

/// `POST /find-password`: the answer is the same whether there is such an account or not.
#[handler]
pub async fn find_password(
    screen: Screen,
    request: &Request,
    Form(form): Form<FindPasswordForm>,
) -> Result<Response, Failure> {
    screen.brake_public().await?;
    let email = read_email(&form.email);
    let problem = match &email {
        Err(_) => Some(Problem::new("email", "email")),
        Ok(_) => form.answer.check(&screen).await?,
    };
    if let (None, Ok(email)) = (&problem, email) {
        screen.brake_mailbox("reset", &email).await?;
        let house = screen.state.house();
        let (sealer, now_ms, from) = (house.sealer.clone(), house.clock.now_ms(), origin_of(request));
        house
            .db
            .write_tx(move |conn| recovery::ask_reset(conn, &sealer, &email, &from, now_ms))
            .await?;
    }
    let page = FindPasswordPage {
        frame: screen.student_frame(""),
        email: form.email.clone(),
        captcha: form.answer.again(&screen)?,
        is_sent: problem.is_none(),
        problem,
    };
    screen.show_form("student/find_password.html", &page, page.problem.as_ref())
}

/// `GET /reset/:token`.
#[handler]
pub async fn reset_form(screen: Screen, Path(token): Path<String>) -> Result<Response, Failure> {
    reset_page(&screen, token, None).await
}

async fn standing_of(screen: &Screen, token: &str) -> Result<LinkStanding, Failure> {
    let house = screen.state.house();
    let (hash, now_ms) = (link_hash(token), house.clock.now_ms());
    Ok(house
        .db
        .read(move |conn| find_link(conn, LinkKind::Reset, &hash, now_ms))
        .await?)
}

async fn reset_page(screen: &Screen, token: String, problem: Option<Problem>) -> Result<Response, Failure> {
    let is_good = matches!(standing_of(screen, &token).await?, LinkStanding::Good(..));
    let page = ResetPage {
        frame: screen.student_frame(""),
        token,
        is_good,
        problem,
    };
    let mut response = screen.show_form("student/reset.html", &page, page.problem.as_ref())?;
    if !is_good {
        response.set_status(StatusCode::GONE);
    }
    Ok(response)
}

#[derive(Deserialize)]
struct ResetForm {
    password: String,
    repeat: String,
}

/// `POST /reset/:token`.
#[handler]
pub async fn reset(
    screen: Screen,
    request: &Request,
    Path(token): Path<String>,
    Form(form): Form<ResetForm>,
) -> Result<Response, Failure> {
    screen.brake_public().await?;
    let LinkStanding::Good(student_id, _) = standing_of(&screen, &token).await? else {
        screen.note_refusal("student.reset").await;
        return reset_page(&screen, token, None).await;
    };
    if form.password != form.repeat {
        return reset_page(&screen, token, Some(Problem::new("password-differs", "repeat"))).await;
    }
    let house = screen.state.house();
    let typed = form.password;
    let hashed = house
        .db
        .read(move |conn| password::hash_new(&typed, &get_account(conn, student_id)?.email))
        .await;
    let hash = match hashed {
        Ok(hash) => hash,
        Err(error) => return reset_page(&screen, token, Some(Problem::of(error)?)).await,
    };
    let (now_ms, from, link) = (house.clock.now_ms(), origin_of(request), token.clone());
    house
        .db
        .write_tx(move |conn| recovery::reset_password(conn, &link, &hash, &from, now_ms))
        .await?;
    Ok(Redirect::see_other("/login?notice=password-set").into_response())
}
