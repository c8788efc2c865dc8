//! 没照片，找找看: a photo that came with the student's number and belongs to nobody yet. Looked at, confirmed twice, and then it is theirs (the
//! guide's second to fourth window).

use domain::error::Error;
use domain::id::{EntryId, RecordId};
use domain::verdicts::commands::claim::{Candidate, ClaimRefusal, claim, find_shown, search};
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use super::StudentFrame;
use super::photo::PhotoSigner;
use super::proof::own_enrolment;
use crate::error::Failure;
use crate::pages::screen::Screen;

/// `student/candidate.html`.
#[derive(Serialize)]
pub struct CandidatePage {
    frame: StudentFrame,
    record: i64,
    /// `nothing`, `look` (W2), `confirm` (W3), or `sure` (W4).
    step: &'static str,
    /// Which of the three windows it is.
    number: i64,
    entry: i64,
    photo: Option<String>,
    masked_name: Option<String>,
    student_no: Option<String>,
    /// The enrolment that it would be given to: 层次, 专业, 学号.
    into: Vec<String>,
}

/// `POST /proof/:record_id/search`.
#[handler]
pub async fn look_for(screen: Screen, Path(record_id): Path<i64>) -> Result<Response, Failure> {
    let student = screen.registered()?.0.clone();
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let found = house
        .db
        .write_tx(move |conn| search(conn, &student, RecordId(record_id), now_ms));
    match found.await?.map_err(refused)? {
        Some(photo) => {
            let onward = format!("/proof/{record_id}/candidate/{}", photo.entry_id);
            Ok(Redirect::see_other(onward).into_response())
        }
        None => show(&screen, record_id, "nothing", None).await,
    }
}

fn refused(refusal: ClaimRefusal) -> Failure {
    Failure::coded(StatusCode::CONFLICT, refusal.as_str())
}

async fn show(screen: &Screen, record: i64, step: &'static str, photo: Option<Candidate>) -> Result<Response, Failure> {
    let (enrolment, _) = own_enrolment(screen, RecordId(record)).await?;
    let student_id = screen.registered()?.0.student_id;
    let house = screen.state.house();
    let signer = PhotoSigner::new(house, student_id, house.clock.now_ms());
    let page = CandidatePage {
        frame: screen.student_frame("home"),
        record,
        step,
        number: ["look", "confirm", "sure"]
            .iter()
            .position(|word| *word == step)
            .map_or(0, |place| place as i64 + 1),
        entry: photo.as_ref().map_or(0, |photo| photo.entry_id.0),
        photo: photo.as_ref().map(|photo| signer.address(&photo.standard_sha256)),
        masked_name: photo.as_ref().and_then(|photo| photo.masked_name.clone()),
        student_no: photo.and_then(|photo| photo.student_no),
        into: [enrolment.level, enrolment.major_name, Some(enrolment.student_no)]
            .into_iter()
            .flatten()
            .collect(),
    };
    screen.show("student/candidate.html", &page)
}

async fn shown(screen: &Screen, record_id: i64, entry_id: i64) -> Result<Candidate, Failure> {
    let student = screen.registered()?.0.clone();
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let named = (RecordId(record_id), EntryId(entry_id));
    let found = house
        .db
        .read(move |conn| find_shown(conn, &student, named, now_ms))
        .await?;
    found.ok_or_else(|| Error::not_found("photo", entry_id).into())
}

/// `GET /proof/:record_id/candidate/:entry_id`: only what a search has shown to this student.
#[handler]
pub async fn candidate(screen: Screen, Path((record_id, entry_id)): Path<(i64, i64)>) -> Result<Response, Failure> {
    let photo = shown(&screen, record_id, entry_id).await?;
    show(&screen, record_id, "look", Some(photo)).await
}

#[derive(Deserialize)]
struct StepForm {
    /// `confirm`, `sure` or `take`: the step that the button leads to.
    step: String,
}

/// `POST /proof/:record_id/candidate/:entry_id`: on to the next window, and from the last to the record.
#[handler]
pub async fn go_on(
    screen: Screen,
    Path((record_id, entry_id)): Path<(i64, i64)>,
    Form(form): Form<StepForm>,
) -> Result<Response, Failure> {
    let next = match form.step.as_str() {
        "confirm" => "confirm",
        "sure" => "sure",
        _ => return take(&screen, record_id, entry_id).await,
    };
    let photo = shown(&screen, record_id, entry_id).await?;
    show(&screen, record_id, next, Some(photo)).await
}

async fn take(screen: &Screen, record_id: i64, entry_id: i64) -> Result<Response, Failure> {
    let student = screen.registered()?.0.clone();
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let named = (RecordId(record_id), EntryId(entry_id));
    let claimed = house.db.write_tx(move |conn| claim(conn, &student, named, now_ms));
    claimed.await?.map_err(refused)?;
    Ok(Redirect::see_other(format!("/proof/{record_id}?done=claimed")).into_response())
}
