//! The language of the pages: a cookie, set by the switch in the top bar.

use poem::http::{HeaderMap, header};
use poem::web::{Data, Form, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::Deserialize;

use crate::app::AppState;
use crate::auth::{cookie, cookie_header};
use crate::pages::screen::local_path;
use domain::texts::Language;

const COOKIE: &str = "lang";

/// What the switch sends.
#[derive(Deserialize)]
struct Switch {
    language: String,
    back: String,
}

/// The visitor's language; Chinese unless the visitor chose another.
pub fn language_of(headers: &HeaderMap) -> Language {
    cookie(headers, COOKIE).and_then(Language::parse).unwrap_or_default()
}

/// `POST /language`: remembers the choice for a year and returns to the page.
#[handler]
pub fn switch(state: Data<&AppState>, Form(switch): Form<Switch>) -> Response {
    let language = Language::parse(&switch.language).unwrap_or_default();
    let cookie = format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
        language.tag()
    );
    let back = Redirect::see_other(local_path(&switch.back).unwrap_or("/"));
    back.with_header(header::SET_COOKIE, cookie_header(&cookie, state.settings()))
        .into_response()
}
