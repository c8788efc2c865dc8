//! The second half of a registration: who the student is, the code of the telephone, and the question whether all of it is right.

use domain::clock::date_in_shanghai;
use domain::students::commands;
use domain::students::commands::real_name::{self, FillOutcome};
use domain::students::identity::{RealName, read};
use domain::students::model::{StudentState, mask_phone};
use domain::students::queries::find_draft;
use poem::web::{Form, Redirect};
use poem::{IntoResponse, Request, Response, handler};
use serde::{Deserialize, Serialize};

use super::{Problem, StudentFrame, next_step};
use crate::error::Failure;
use crate::pages::screen::Screen;

/// 省级行政区, in the order of GB/T 2260.
const REGIONS: [&str; 34] = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "台湾",
    "香港",
    "澳门",
];

/// `student/identity.html`.
#[derive(Serialize)]
pub struct IdentityPage {
    frame: StudentFrame,
    name: String,
    id_number: String,
    region: String,
    phone: String,
    regions: Vec<&'static str>,
    problem: Option<Problem>,
    is_phone_taken: bool,
}

/// `student/phone.html`.
#[derive(Serialize)]
pub struct PhonePage {
    frame: StudentFrame,
    phone: String,
    problem: Option<Problem>,
}

/// `student/confirm.html`: everything that was typed, once more.
#[derive(Serialize)]
pub struct ConfirmPage {
    frame: StudentFrame,
    email: String,
    name: String,
    id_number: String,
    birth_date: String,
    sex: String,
    region: String,
    phone: String,
}

/// `student/done.html`: complete; on to signing in after half a minute, or at once, or not at all.
#[derive(Serialize)]
pub struct DonePage {
    frame: StudentFrame,
    seconds: u32,
}

#[derive(Clone, Default, Deserialize)]
struct IdentityForm {
    name: String,
    id_number: String,
    region: String,
    phone: String,
    #[serde(default)]
    move_phone: String,
}

/// `GET /register/identity`.
#[handler]
pub fn identity(screen: Screen) -> Result<Response, Failure> {
    if let Some(elsewhere) = elsewhere(&screen, StudentState::Activated)? {
        return Ok(elsewhere);
    }
    identity_page(&screen, IdentityForm::default(), None, false)
}

fn identity_page(
    screen: &Screen,
    form: IdentityForm,
    problem: Option<Problem>,
    is_phone_taken: bool,
) -> Result<Response, Failure> {
    let page = IdentityPage {
        frame: screen.student_frame(""),
        name: form.name,
        id_number: form.id_number,
        region: form.region,
        phone: form.phone,
        regions: REGIONS.to_vec(),
        problem,
        is_phone_taken,
    };
    screen.show_form("student/identity.html", &page, page.problem.as_ref())
}

/// `POST /register/identity`.
#[handler]
pub async fn fill(screen: Screen, Form(form): Form<IdentityForm>) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let typed = RealName {
        name: form.name.clone(),
        id_number: form.id_number.clone(),
        region: form.region.clone(),
        phone: form.phone.clone(),
    };
    let draft = match read(&typed, date_in_shanghai(now_ms)) {
        Ok(draft) => draft,
        Err(error) => return identity_page(&screen, form, Some(Problem::of(error)?), false),
    };
    let may_move = form.move_phone == "yes";
    let filled = house
        .db
        .write_tx(move |conn| real_name::fill(conn, &sealer, &student, &draft, may_move, now_ms))
        .await;
    match filled {
        Ok(FillOutcome::CodeSent) => Ok(Redirect::see_other("/register/phone").into_response()),
        Ok(FillOutcome::IdTaken) => identity_page(&screen, form, Some(Problem::new("id-taken", "id_number")), false),
        Ok(FillOutcome::PhoneTaken) => identity_page(&screen, form, Some(Problem::new("phone-taken", "phone")), true),
        Err(error) => {
            let problem = Problem::of(error)?;
            identity_page(&screen, form, Some(Problem::new(problem.code, "phone")), false)
        }
    }
}

/// Where the account belongs, when it is not at this step.
fn elsewhere(screen: &Screen, here: StudentState) -> Result<Option<Response>, Failure> {
    let Some(student) = &screen.visit().student else {
        return Ok(Some(Redirect::see_other("/login").into_response()));
    };
    Ok((student.state != here).then(|| Redirect::see_other(next_step(student.state)).into_response()))
}

async fn draft_of(screen: &Screen) -> Result<domain::students::model::Draft, Failure> {
    let house = screen.state.house();
    let (sealer, student_id) = (house.sealer.clone(), screen.student()?.student_id);
    let draft = house.db.read(move |conn| find_draft(conn, &sealer, student_id)).await?;
    draft.ok_or_else(|| Failure::internal("an account of that state has a draft"))
}

/// `GET /register/phone`.
#[handler]
pub async fn phone(screen: Screen) -> Result<Response, Failure> {
    if let Some(elsewhere) = elsewhere(&screen, StudentState::PhonePending)? {
        return Ok(elsewhere);
    }
    phone_page(&screen, None).await
}

async fn phone_page(screen: &Screen, problem: Option<Problem>) -> Result<Response, Failure> {
    let draft = draft_of(screen).await?;
    let page = PhonePage {
        frame: screen.student_frame(""),
        phone: mask_phone(&draft.phone),
        problem,
    };
    screen.show_form("student/phone.html", &page, page.problem.as_ref())
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

/// `POST /register/phone`.
#[handler]
pub async fn verify(screen: Screen, Form(form): Form<CodeForm>) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let verified = house
        .db
        .write_tx(move |conn| real_name::verify_phone(conn, &sealer, &student, &form.code, now_ms));
    if verified.await? {
        return Ok(Redirect::see_other("/register/confirm").into_response());
    }
    phone_page(&screen, Some(Problem::new("code-wrong", "code"))).await
}

/// `POST /register/phone/resend`.
#[handler]
pub async fn resend_code(screen: Screen) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let sent = house
        .db
        .write_tx(move |conn| real_name::resend_code(conn, &sealer, &student, now_ms));
    let problem = sent.await.err().map(Problem::of).transpose()?;
    phone_page(&screen, problem).await
}

/// `GET /register/confirm`.
#[handler]
pub async fn confirmation(screen: Screen) -> Result<Response, Failure> {
    if let Some(elsewhere) = elsewhere(&screen, StudentState::Confirming)? {
        return Ok(elsewhere);
    }
    let draft = draft_of(&screen).await?;
    let page = ConfirmPage {
        frame: screen.student_frame(""),
        email: screen.student()?.email.clone(),
        name: draft.name,
        id_number: draft.id_number,
        birth_date: draft.birth_date,
        sex: draft.sex,
        region: draft.region,
        phone: draft.phone,
    };
    screen.show("student/confirm.html", &page)
}

#[derive(Deserialize)]
struct AnswerForm {
    /// `yes` (是) or `no` (否).
    answer: String,
}

/// `POST /register/confirm`: 是 completes the account, 否 begins the form anew.
#[handler]
pub async fn confirm(screen: Screen, Form(form): Form<AnswerForm>) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let is_yes = form.answer == "yes";
    house
        .db
        .write_tx(move |conn| {
            if is_yes {
                commands::real_name::confirm(conn, &sealer, &student, now_ms)
            } else {
                commands::real_name::begin_again(conn, &student, now_ms)
            }
        })
        .await?;
    let onward = if is_yes { "/register/done" } else { "/register/identity" };
    Ok(Redirect::see_other(onward).into_response())
}

/// `GET /register/done`; `?stay` stops the way on to signing in.
#[handler]
pub fn done(screen: Screen, request: &Request) -> Result<Response, Failure> {
    let stays = request.uri().query().is_some_and(|query| query.contains("stay"));
    let page = DonePage {
        frame: screen.student_frame(""),
        seconds: if stays { 0 } else { 30 },
    };
    screen.show("student/done.html", &page)
}
