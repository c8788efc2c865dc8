//! Forms for the printer, filled in as far as is known: 图像校对确认表 and 毕业生资格审查表. The student signs, the counsellor enters the answer.

use domain::id::RecordId;
use domain::roll::identity::mask;
use domain::roll::queries::records::Record;
use domain::verdicts::model::{Enrolment, ExtraFacts};
use poem::web::Path;
use poem::{Response, handler};
use serde::Serialize;

use super::StudentFrame;
use super::photo::PhotoSigner;
use super::proof::{facts, id_number, own_enrolment};
use crate::error::Failure;
use crate::house::House;
use crate::pages::records::sheet::Bars;
use crate::pages::screen::Screen;

/// `student/paper.html`.
#[derive(Serialize)]
pub struct PaperPage {
    frame: StudentFrame,
    number: i64,
    forms: Forms,
}

/// `partials/_paper.html`: what is filled in on both forms.
#[derive(Serialize)]
pub struct Forms {
    /// Address of the graduation photo.
    photo: Option<String>,
    /// Label and value of the roll's fields.
    facts: Vec<(&'static str, String)>,
    /// Whether the student prints them; otherwise the birth date is left to be written in.
    is_own: bool,
    /// 身份证号, masked where somebody else prints.
    id_number: String,
    student_no: String,
    /// 学号, for a reader of bar codes.
    bars: Option<Bars>,
}

impl Forms {
    /// The forms of an enrolment: with number and birth date in full for the student, who hands them in, masked for anybody else.
    pub fn new(
        house: &House,
        (enrolment, (record, extra)): &(Enrolment, (Record, ExtraFacts)),
        photo: Option<String>,
        is_own: bool,
    ) -> Result<Self, Failure> {
        let mut facts = facts(house, &enrolment.school, record, extra)?;
        let mut id_number = id_number(house, record)?;
        if !is_own {
            facts.retain(|(name, _)| *name != "birth");
            id_number = mask(&id_number);
        }
        Ok(Self {
            photo,
            facts,
            is_own,
            id_number,
            bars: Bars::of(&record.student_no),
            student_no: record.student_no.clone(),
        })
    }
}

/// `GET /proof/:record_id/paper`: with the whole number, since the forms are the student's own and are handed in.
#[handler]
pub async fn show(screen: Screen, Path(record_id): Path<i64>) -> Result<Response, Failure> {
    let own = own_enrolment(&screen, RecordId(record_id)).await?;
    let house = screen.state.house();
    let signer = PhotoSigner::new(house, screen.registered()?.0.student_id, house.clock.now_ms());
    let photo = own.0.photo.as_ref().map(|photo| signer.address(&photo.standard_sha256));
    let page = PaperPage {
        frame: screen.student_frame(""),
        number: record_id,
        forms: Forms::new(house, &own, photo, true)?,
    };
    screen.show("student/paper.html", &page)
}
