//! The lookup without an account: how far the photo is and who must act, for whoever knows name and number; the same answer for an unknown
//! number and for a wrong name.

use domain::clock::date_in_shanghai;
use domain::students::identity::person_of;
use domain::verdicts::category::{NextActor, PublicStanding};
use domain::verdicts::queries::look_up;
use poem::web::{Form, Query};
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use super::captcha::{CaptchaAnswer, CaptchaField, CaptchaQuery};
use super::{Problem, StudentFrame};
use crate::error::Failure;
use crate::pages::screen::Screen;

/// `student/lookup.html`.
#[derive(Serialize)]
pub struct LookupPage {
    frame: StudentFrame,
    name: String,
    captcha: CaptchaField,
    problem: Option<Problem>,
}

/// `student/lookup_result.html`: nothing in it that was typed, so that two answers differ in nothing but what they say.
#[derive(Serialize)]
pub struct LookupResultPage {
    frame: StudentFrame,
    rows: Vec<ResultRow>,
}

#[derive(Serialize)]
struct ResultRow {
    standing: PublicStanding,
    next_actor: NextActor,
}

#[derive(Deserialize)]
struct LookupForm {
    name: String,
    id_number: String,
    #[serde(flatten)]
    answer: CaptchaAnswer,
}

/// `GET /lookup`.
#[handler]
pub fn blank(screen: Screen, Query(query): Query<CaptchaQuery>) -> Result<Response, Failure> {
    let page = LookupPage {
        frame: screen.student_frame("lookup"),
        name: String::new(),
        captcha: query.fresh(&screen)?,
        problem: None,
    };
    screen.show("student/lookup.html", &page)
}

/// `POST /lookup`.
#[handler]
pub async fn show(screen: Screen, Form(form): Form<LookupForm>) -> Result<Response, Failure> {
    screen.brake_public().await?;
    if let Some(problem) = form.answer.check(&screen).await? {
        return again(&screen, &form, problem);
    }
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let Some(person) = person_of(&house.sealer, &form.name, &form.id_number, date_in_shanghai(now_ms)) else {
        return again(&screen, &form, Problem::new("id-shape", "id_number"));
    };
    screen.brake_person(&person).await?;
    let found = house.db.read(move |conn| look_up(conn, &person, now_ms)).await?;
    let page = LookupResultPage {
        frame: screen.student_frame("lookup"),
        rows: found
            .into_iter()
            .map(|(standing, next_actor)| ResultRow { standing, next_actor })
            .collect(),
    };
    screen.show("student/lookup_result.html", &page)
}

fn again(screen: &Screen, form: &LookupForm, problem: Problem) -> Result<Response, Failure> {
    let page = LookupPage {
        frame: screen.student_frame("lookup"),
        name: form.name.clone(),
        captcha: form.answer.again(screen)?,
        problem: Some(problem),
    };
    screen.show_form("student/lookup.html", &page, page.problem.as_ref())
}
