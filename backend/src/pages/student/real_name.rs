//! The second half of a registration: who the student is, the code of the telephone, and the question whether all of it is right.

use domain::clock::date_in_shanghai;
use domain::students::commands::real_name::{self, Claims, FillOutcome};
use domain::students::identity::{RealName, read};
use domain::students::model::{StudentState, mask_phone};
use domain::students::queries::find_draft;
use domain::tickets::commands::MOST_WORDS_CHARS;
use domain::tickets::commands::identity::ask_for_identity;
use domain::tickets::model::TicketKind;
use domain::tickets::queries::own::list_own_open;
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
    is_id_taken: bool,
    claims_phone: bool,
    claims_number: bool,
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
    problem: Option<Problem>,
    /// The open ticket by which the identity is proved.
    ticket: Option<String>,
    most_chars: usize,
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
    #[serde(default)]
    claim_number: String,
}

impl IdentityForm {
    fn claims(&self) -> Claims {
        Claims {
            phone: self.move_phone == "yes",
            number: self.claim_number == "yes",
        }
    }
}

/// `GET /register/identity`.
#[handler]
pub fn identity(screen: Screen) -> Result<Response, Failure> {
    if let Some(elsewhere) = elsewhere(&screen, StudentState::Activated)? {
        return Ok(elsewhere);
    }
    identity_page(&screen, IdentityForm::default(), None)
}

fn identity_page(screen: &Screen, form: IdentityForm, problem: Option<Problem>) -> Result<Response, Failure> {
    let claims = form.claims();
    let is_about = |code: &str| problem.as_ref().is_some_and(|problem| problem.code == code);
    let page = IdentityPage {
        frame: screen.student_frame(""),
        name: form.name,
        id_number: form.id_number,
        region: form.region,
        phone: form.phone,
        regions: REGIONS.to_vec(),
        // What was claimed once is offered again, so that nothing is to be ticked twice.
        is_phone_taken: claims.phone || is_about("phone-taken"),
        is_id_taken: claims.number || is_about("id-taken"),
        claims_phone: claims.phone,
        claims_number: claims.number,
        problem,
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
        Err(error) => return identity_page(&screen, form, Some(Problem::of(error)?)),
    };
    let claims = form.claims();
    let filled = house
        .db
        .write_tx(move |conn| real_name::fill(conn, &sealer, &student, &draft, claims, now_ms))
        .await;
    screen.note_spent(&filled).await;
    match filled {
        Ok(FillOutcome::CodeSent) => Ok(Redirect::see_other("/register/phone").into_response()),
        Ok(FillOutcome::IdTaken) => identity_page(&screen, form, Some(Problem::new("id-taken", "id_number"))),
        Ok(FillOutcome::PhoneTaken) => identity_page(&screen, form, Some(Problem::new("phone-taken", "phone"))),
        Err(error) => {
            let problem = Problem::of(error)?;
            identity_page(&screen, form, Some(Problem::new(problem.code, "phone")))
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
        .write_tx(move |conn| real_name::resend_code(conn, &sealer, &student, now_ms))
        .await;
    screen.note_spent(&sent).await;
    let problem = sent.err().map(Problem::of).transpose()?;
    phone_page(&screen, problem).await
}

/// `GET /register/confirm`.
#[handler]
pub async fn confirmation(screen: Screen) -> Result<Response, Failure> {
    if let Some(elsewhere) = elsewhere(&screen, StudentState::Confirming)? {
        return Ok(elsewhere);
    }
    confirm_page(&screen, None).await
}

async fn confirm_page(screen: &Screen, problem: Option<Problem>) -> Result<Response, Failure> {
    let draft = draft_of(screen).await?;
    let student = screen.student()?.clone();
    let (email, student_id) = (student.email, student.student_id);
    let open = screen
        .state
        .house()
        .db
        .read(move |conn| list_own_open(conn, student_id))
        .await?;
    let proof = open.into_iter().find(|ticket| ticket.kind == TicketKind::Account);
    let page = ConfirmPage {
        frame: screen.student_frame(""),
        email,
        name: draft.name,
        id_number: draft.id_number,
        birth_date: draft.birth_date,
        sex: draft.sex,
        region: draft.region,
        phone: draft.phone,
        problem,
        ticket: proof.map(|ticket| ticket.ticket_id.to_string()),
        most_chars: MOST_WORDS_CHARS,
    };
    screen.show_form("student/confirm.html", &page, page.problem.as_ref())
}

#[derive(Deserialize)]
struct AnswerForm {
    /// `yes` (是) or `no` (否).
    answer: String,
}

/// `POST /register/confirm`: 是 completes the account, 否 begins the form anew. Where another account has the number, the page offers
/// to prove whose it is.
#[handler]
pub async fn confirm(screen: Screen, Form(form): Form<AnswerForm>) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let is_yes = form.answer == "yes";
    let answered = house
        .db
        .write_tx(move |conn| {
            if is_yes {
                real_name::confirm(conn, &sealer, &student, now_ms)
            } else {
                real_name::begin_again(conn, &student, now_ms)
            }
        })
        .await;
    match answered {
        Err(error) if error.code() == "id-taken" => confirm_page(&screen, Some(Problem::in_the_way("id-taken"))).await,
        Err(error) => Err(error.into()),
        Ok(()) if is_yes => Ok(Redirect::see_other("/register/done").into_response()),
        Ok(()) => Ok(Redirect::see_other("/register/identity").into_response()),
    }
}

#[derive(Deserialize)]
struct ProofForm {
    #[serde(default)]
    words: String,
}

/// `POST /register/identity-proof`: asks the office for a number that another account has, and leads to the ticket.
#[handler]
pub async fn prove(screen: Screen, Form(form): Form<ProofForm>) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let ticket_id = house
        .db
        .write_tx(move |conn| ask_for_identity(conn, &sealer, &student, &form.words, now_ms))
        .await?;
    Ok(Redirect::see_other(format!("/tickets/{ticket_id}?done=opened")).into_response())
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
