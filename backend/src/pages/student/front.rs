//! The first page, help, and the ways to a language.

use domain::id::SchoolId;
use domain::schools::queries::{list_contacts, list_schools};
use poem::web::Redirect;
use poem::{IntoResponse, Response, handler};
use serde::Serialize;

use super::StudentFrame;
use crate::error::Failure;
use crate::pages::contact::ContactCard;
use crate::pages::screen::Screen;

/// `student/front.html`.
#[derive(Serialize)]
pub struct FrontPage {
    frame: StudentFrame,
}

/// `GET /`: what there is to do here; whoever is signed in is led to the own page.
#[handler]
pub fn front(screen: Screen) -> Result<Response, Failure> {
    if screen.visit().student.is_some() {
        return Ok(Redirect::see_other("/home").into_response());
    }
    let frame = screen.student_frame("");
    screen.show("student/front.html", &FrontPage { frame })
}

/// `student/help.html`.
#[derive(Serialize)]
pub struct HelpPage {
    frame: StudentFrame,
    /// Name of every school that can be reached, and by whom.
    schools: Vec<(String, Vec<ContactCard>)>,
}

/// `GET /help`.
#[handler]
pub async fn help(screen: Screen) -> Result<Response, Failure> {
    let read = screen.state.house().db.read(|conn| {
        let schools = list_schools(conn)?;
        let numbers: Vec<SchoolId> = schools.iter().map(|school| school.school_id).collect();
        Ok((schools, list_contacts(conn, &numbers)?))
    });
    let (schools, contacts) = read.await?;
    let reachable = schools.into_iter().filter_map(|school| {
        let of_school = contacts.iter().filter(|one| one.school_id == school.school_id);
        let cards: Vec<ContactCard> = of_school.map(ContactCard::from).collect();
        (!cards.is_empty()).then_some((school.name, cards))
    });
    let page = HelpPage {
        schools: reachable.collect(),
        frame: screen.student_frame("help"),
    };
    screen.show("student/help.html", &page)
}
