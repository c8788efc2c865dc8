//! Forms for the printer, filled in as far as is known: 图像校对确认表 and 毕业生资格审查表. The student signs, the counsellor enters the answer.

use domain::id::RecordId;
use poem::web::Path;
use poem::{Response, handler};
use serde::Serialize;

use super::StudentFrame;
use super::proof::{Sheet, sheet_of};
use crate::error::Failure;
use crate::pages::records::sheet::Bars;
use crate::pages::screen::Screen;

/// `student/paper.html`.
#[derive(Serialize)]
pub struct PaperPage {
    frame: StudentFrame,
    sheet: Sheet,
    bars: Option<Bars>,
}

/// `GET /proof/:record_id/paper`.
#[handler]
pub async fn show(screen: Screen, Path(record_id): Path<i64>) -> Result<Response, Failure> {
    let sheet = sheet_of(&screen, RecordId(record_id)).await?;
    let page = PaperPage {
        frame: screen.student_frame(""),
        bars: sheet.student_no().and_then(Bars::of),
        sheet,
    };
    screen.show("student/paper.html", &page)
}
