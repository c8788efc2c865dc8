//! What the student was told, and the end of reminders.

use domain::crypto::Purpose;
use domain::id::StudentId;
use domain::notices::commands::mark_read;
use domain::notices::model::{KeptNotice, NoticeKind};
use domain::notices::queries::list_kept;
use domain::students::commands::contact::choose_reminders;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};
use serde::Serialize;

use super::{StudentFrame, shown};
use crate::error::Failure;
use crate::pages::screen::Screen;

/// Notices of one page; nobody gets as many.
const MOST: i64 = 100;

/// `student/notices.html`.
#[derive(Serialize)]
pub struct NoticesPage {
    frame: StudentFrame,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    kind: NoticeKind,
    at: String,
    is_new: bool,
    record: Option<i64>,
    /// The ticket that it is about, and where its page is.
    ticket: Option<String>,
    path: Option<String>,
    /// The code of the finding, and the day, where the notice names them.
    code: Option<String>,
    due: Option<String>,
}

impl Row {
    fn new(notice: KeptNotice) -> Self {
        let parameters: serde_json::Value = serde_json::from_str(&notice.parameters).unwrap_or_default();
        Self {
            kind: notice.kind,
            at: shown(notice.created_at_ms),
            is_new: notice.read_at_ms.is_none(),
            record: notice.record_id.map(|record_id| record_id.0),
            ticket: parameters["ticket"].as_i64().map(|number| number.to_string()),
            path: parameters["path"].as_str().map(|path| format!("/{path}")),
            code: parameters["code"].as_str().map(str::to_owned),
            due: parameters["due_at_ms"].as_i64().map(domain::clock::day_in_shanghai),
        }
    }
}

/// `GET /notices`.
#[handler]
pub async fn list(screen: Screen) -> Result<Response, Failure> {
    let student_id = screen.registered()?.0.student_id;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let rows = house.db.read(move |conn| list_kept(conn, student_id, MOST)).await?;
    if rows.iter().any(|notice| notice.read_at_ms.is_none()) {
        house
            .db
            .write_tx(move |conn| mark_read(conn, student_id, now_ms))
            .await?;
    }
    let page = NoticesPage {
        frame: screen.student_frame("notices"),
        rows: rows.into_iter().map(Row::new).collect(),
    };
    screen.show("student/notices.html", &page)
}

/// `student/unsubscribe.html`.
#[derive(Serialize)]
pub struct UnsubscribePage {
    frame: StudentFrame,
    path: String,
    is_done: bool,
}

fn student_of(screen: &Screen, student: &str, key: &str) -> Result<StudentId, Failure> {
    let house = screen.state.house();
    house
        .sealer
        .verify(Purpose::UNSUBSCRIBE, student.as_bytes(), key, house.clock.now_ms())
        .map_err(|_| Failure::coded(StatusCode::GONE, "link-dead"))?;
    student.parse().map_err(|_| Failure::status(StatusCode::NOT_FOUND))
}

fn unsubscribe_page(screen: &Screen, is_done: bool) -> Result<Response, Failure> {
    let page = UnsubscribePage {
        frame: screen.student_frame(""),
        path: screen.path().to_owned(),
        is_done,
    };
    screen.show("student/unsubscribe.html", &page)
}

/// `GET /unsubscribe/:student/:key`: asks; opening the address alone changes nothing.
#[handler]
pub fn ask(screen: Screen, Path((student, key)): Path<(String, String)>) -> Result<Response, Failure> {
    student_of(&screen, &student, &key)?;
    unsubscribe_page(&screen, false)
}

/// `POST /unsubscribe/:student/:key`: no more reminders.
#[handler]
pub async fn unsubscribe(screen: Screen, Path((student, key)): Path<(String, String)>) -> Result<Response, Failure> {
    let student_id = student_of(&screen, &student, &key)?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| choose_reminders(conn, student_id, false, now_ms))
        .await?;
    unsubscribe_page(&screen, true)
}
