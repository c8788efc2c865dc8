//! A student's two forms printed by the office, for those who sign at the counter.

use domain::audit::{self, Act};
use domain::error::Error;
use domain::id::RecordId;
use domain::verdicts::queries::get_roll_facts;
use domain::verdicts::queries::progress::find_for_staff;
use poem::web::Path;
use poem::{Response, handler};
use serde::Serialize;

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::pictures::Signer;
use crate::pages::screen::Screen;
use crate::pages::student::paper::Forms;

/// `records/paper.html`.
#[derive(Serialize)]
pub struct PaperPage {
    frame: Frame,
    record_id: i64,
    forms: Forms,
}

/// `GET /console/records/:record_id/paper`: a full name, so the password is asked for and the trail knows; number and birth date
/// stay masked, and the student writes them in.
#[handler]
pub async fn show(screen: Screen, Path(record_id): Path<i64>) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    let console = screen.console(Section::Records).await?;
    let (house, staff, now_ms) = (screen.state.house(), screen.staff()?.clone(), console.now_ms);
    let (reader, record) = (staff.clone(), RecordId(record_id));
    let read = house.db.write_tx(move |conn| {
        let enrolment = find_for_staff(conn, &reader, record, now_ms)?;
        let enrolment = enrolment.ok_or_else(|| Error::not_found("record", record))?;
        let of_roll = get_roll_facts(conn, &enrolment)?;
        let act = Act::new("record.paper", "record", record).by(&reader);
        audit::append(conn, &act, now_ms)?;
        Ok((enrolment, of_roll))
    });
    let known = read.await?;
    let signer = Signer::new(house, staff.staff_id, now_ms);
    let photo = known
        .0
        .photo
        .as_ref()
        .map(|photo| signer.standard(&photo.standard_sha256));
    let page = PaperPage {
        frame: console.frame,
        record_id,
        forms: Forms::new(house, &known, photo, false)?,
    };
    screen.show("records/paper.html", &page)
}
