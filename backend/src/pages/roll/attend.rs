//! What a person says to an import under way: go on, wait, no.

use domain::error::{Error, Result};
use domain::id::ImportId;
use domain::roll::commands::attend;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::Deserialize;

use crate::error::Failure;
use crate::pages::screen::Screen;

/// `approve`, `columns`, `pause`, `resume` or `cancel`.
#[derive(Deserialize)]
struct Said {
    what: String,
}

/// `POST /console/roll/imports/:import_id/attend`.
#[handler]
pub async fn say(screen: Screen, Path(import_id): Path<i64>, Form(form): Form<Said>) -> Result<Response, Failure> {
    let staff = screen.changer("roll.import").await?;
    let house = screen.state.house();
    let (import, now_ms) = (ImportId(import_id), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| match form.what.as_str() {
            "approve" => attend::approve(conn, &staff, import, now_ms),
            "columns" => attend::reconsider_columns(conn, &staff, import),
            "pause" => attend::pause(conn, &staff, import, now_ms),
            "resume" => attend::resume(conn, &staff, import, now_ms),
            "cancel" => attend::cancel(conn, &staff, import, now_ms).map(drop),
            _ => Err(Error::invalid("attend", "what", "use the buttons of the page")),
        })
        .await?;
    Ok(Redirect::see_other(format!("/console/roll/imports/{import_id}")).into_response())
}
