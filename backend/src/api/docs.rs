//! The page to read and try the API: Swagger UI from the locked package, same origin. poem-openapi's own page needs inline scripts,
//! which our Content-Security-Policy forbids.

use poem::http::HeaderMap;
use poem::web::Data;
use poem::{Response, handler};
use serde::Serialize;

use crate::app::AppState;
use crate::error::Failure;
use crate::pages::language::language_of;

/// `api/docs.html`.
#[derive(Serialize)]
struct DocsPage {
    frame: DocsFrame,
}

#[derive(Serialize)]
struct DocsFrame {
    lang: &'static str,
}

/// `GET /api/docs`.
#[handler]
pub fn show(state: Data<&AppState>, headers: &HeaderMap) -> Result<Response, Failure> {
    let language = language_of(headers);
    let page = DocsPage {
        frame: DocsFrame { lang: language.tag() },
    };
    let html = state
        .templates()
        .render(language, "api/docs.html", &page)
        .map_err(|fault| Failure::internal(fault.to_string()))?;
    Ok(Response::builder().content_type("text/html; charset=utf-8").body(html))
}
