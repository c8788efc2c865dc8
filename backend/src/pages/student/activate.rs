//! Following the links of mails. Opening a link changes nothing, since scanners of mail open every one: the form behind it does.

use domain::accounts::commands::link_hash;
use domain::students::commands::registration::{Activation, activate as follow};
use domain::students::model::LinkKind;
use domain::students::queries::{LinkStanding, find_link};
use poem::http::StatusCode;
use poem::web::{Form, Path, Query, Redirect};
use poem::{IntoResponse, Request, Response, handler};
use serde::{Deserialize, Serialize};

use super::login::open;
use super::{Problem, StudentFrame};
use crate::auth::origin::origin_of;
use crate::error::Failure;
use crate::pages::screen::Screen;

/// `student/activate.html`.
#[derive(Serialize)]
pub struct ActivatePage {
    frame: StudentFrame,
    token: String,
    /// `good`, `used`, `dead`, or `none` where the link is to be pasted.
    standing: &'static str,
    problem: Option<Problem>,
    minutes: u64,
}

#[derive(Deserialize)]
struct PasteQuery {
    #[serde(default)]
    link: String,
}

/// `GET /activate`: for a link that cannot be clicked; `?link=` with it pasted leads on.
#[handler]
pub fn paste(screen: Screen, Query(query): Query<PasteQuery>) -> Result<Response, Failure> {
    let token: String = query.link.trim().rsplit('/').next().unwrap_or_default().to_owned();
    if is_token(&token) {
        return Ok(Redirect::see_other(format!("/activate/{token}")).into_response());
    }
    let page = ActivatePage {
        frame: screen.student_frame(""),
        token: String::new(),
        standing: "none",
        problem: (!query.link.is_empty()).then(|| Problem::new("link-shape", "link")),
        minutes: 0,
    };
    screen.show_form("student/activate.html", &page, page.problem.as_ref())
}

fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `GET /activate/:token`.
#[handler]
pub async fn blank(screen: Screen, Path(token): Path<String>) -> Result<Response, Failure> {
    page(&screen, token, None, 0).await
}

async fn page(screen: &Screen, token: String, problem: Option<Problem>, minutes: u64) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (hash, now_ms) = (link_hash(&token), house.clock.now_ms());
    let standing = house
        .db
        .read(move |conn| find_link(conn, LinkKind::Activate, &hash, now_ms))
        .await?;
    let page = ActivatePage {
        frame: screen.student_frame(""),
        token,
        standing: match standing {
            LinkStanding::Good(..) => "good",
            LinkStanding::Used => "used",
            LinkStanding::Dead => "dead",
        },
        problem,
        minutes,
    };
    let mut response = screen.show_form("student/activate.html", &page, page.problem.as_ref())?;
    if page.standing == "dead" {
        response.set_status(StatusCode::GONE);
    }
    Ok(response)
}

#[derive(Deserialize)]
struct PasswordForm {
    password: String,
}

/// `POST /activate/:token`: activates, signs in, and goes on to the form of who the student is.
#[handler]
pub async fn activate(
    screen: Screen,
    request: &Request,
    Path(token): Path<String>,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Failure> {
    screen.brake_public().await?;
    let house = screen.state.house();
    let done = follow(
        &house.db,
        &token,
        form.password,
        origin_of(request),
        house.clock.now_ms(),
    );
    match done.await? {
        Activation::Done(student_id) => open(&screen, student_id, origin_of(request), "/register/identity").await,
        Activation::Already => page(&screen, token, None, 0).await,
        Activation::Dead => {
            screen.note_refusal("student.activate").await;
            page(&screen, token, None, 0).await
        }
        Activation::WrongPassword => {
            let problem = Problem::new("password-wrong", "password");
            page(&screen, token, Some(problem), 0).await
        }
        Activation::Locked(minutes) => {
            let problem = Problem::new("locked", "password");
            page(&screen, token, Some(problem), minutes).await
        }
    }
}
