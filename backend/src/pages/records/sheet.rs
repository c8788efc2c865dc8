//! A class's sign-off sheet for the printer: photo, name, number as bars, room for a signature.

use barcoders::sym::code128::Code128;
use domain::audit::{self, Act};
use domain::roll::queries::sheet::{SheetStudent, list_class};
use poem::http::StatusCode;
use poem::web::Query;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::pictures::Signer;
use crate::pages::screen::Screen;

/// `records/sheet.html`.
#[derive(Serialize)]
pub struct SheetPage {
    frame: Frame,
    campaign_name: String,
    college: String,
    class: String,
    printed: Moment,
    students: Vec<StudentRow>,
}

#[derive(Serialize)]
struct StudentRow {
    student_no: String,
    name: String,
    thumbnail: Option<String>,
    bars: Option<Bars>,
}

/// A bar code as dark runs: where each begins and how wide it is, in modules.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Bars {
    width: usize,
    runs: Vec<(usize, usize)>,
}

impl Bars {
    /// Code 128, set B; `None` for a number with characters that it does not have.
    pub fn of(text: &str) -> Option<Self> {
        // The library names the set by this letter.
        let modules = Code128::new(format!("\u{181}{text}")).ok()?.encode();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (place, _) in modules.iter().enumerate().filter(|(_, module)| **module == 1) {
            match runs.last_mut().filter(|(start, width)| start + width == place) {
                Some((_, width)) => *width += 1,
                None => runs.push((place, 1)),
            }
        }
        Some(Self {
            width: modules.len(),
            runs,
        })
    }
}

/// Which class.
#[derive(Deserialize)]
struct ClassQuery {
    #[serde(default)]
    college: String,
    class: String,
}

/// `GET /console/records/sheet?college=…&class=…`: full names, so the password is asked for and the trail knows.
#[handler]
pub async fn show(screen: Screen, Query(query): Query<ClassQuery>) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    let console = screen.console(Section::Records).await?;
    let campaign = console.campaign.ok_or_else(|| Failure::status(StatusCode::NOT_FOUND))?;
    let (house, staff, now_ms) = (screen.state.house(), screen.staff()?.clone(), console.now_ms);
    let (reader, campaign_name) = (staff.clone(), campaign.name.clone());
    let (college, class) = (query.college.clone(), query.class.clone());
    let students = house
        .db
        .write_tx(move |conn| {
            let act = Act::new("record.sheet", "campaign", campaign.campaign_id).by(&reader);
            audit::append(conn, &act, now_ms)?;
            list_class(conn, &reader, &campaign, &college, &class)
        })
        .await?;
    let signer = Signer::new(house, staff.staff_id, now_ms);
    let page = SheetPage {
        frame: console.frame,
        campaign_name,
        college: query.college,
        class: query.class,
        printed: Moment::new(now_ms, now_ms),
        students: students.into_iter().map(|student| row(student, &signer)).collect(),
    };
    screen.show("records/sheet.html", &page)
}

fn row(student: SheetStudent, signer: &Signer<'_>) -> StudentRow {
    StudentRow {
        bars: Bars::of(&student.student_no),
        thumbnail: student.thumbnail_sha256.map(|sha256| signer.thumbnail(&sha256)),
        student_no: student.student_no,
        name: student.name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_code_128_with_its_start_and_stop() {
        let bars = Bars::of("202201010001").expect("digits");
        // Start, twelve characters, check character and stop: 11 modules each, 13 the stop.
        assert_eq!(bars.width, 11 * 14 + 13);
        assert_eq!(bars.runs.first(), Some(&(0, 2)), "start B begins with two dark modules");
        assert_eq!(Bars::of("学号"), None);
    }
}
