//! The first page, help, and the ways to a language.

use poem::web::Redirect;
use poem::{IntoResponse, Response, handler};
use serde::Serialize;

use super::StudentFrame;
use crate::error::Failure;
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

/// `GET /help`.
#[handler]
pub fn help(screen: Screen) -> Result<Response, Failure> {
    let frame = screen.student_frame("help");
    screen.show("student/help.html", &FrontPage { frame })
}
