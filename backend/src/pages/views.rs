//! Parts of lists that people keep under a name, for themselves or for all.

use domain::accounts::commands::views::{delete_view, save_view};
use domain::accounts::queries::list_views;
use poem::web::{Form, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::screen::{Screen, local_path};

/// What `partials/_views.html` shows above a list.
#[derive(Serialize)]
pub struct Views {
    /// The part that is looked at.
    here: String,
    kept: Vec<ViewChip>,
    /// Whether the part may be kept: it is narrowed and not kept yet.
    may_keep: bool,
}

#[derive(Serialize)]
struct ViewChip {
    number: i64,
    name: String,
    href: String,
    is_shared: bool,
    is_own: bool,
    is_current: bool,
}

impl Views {
    /// The views of the list at `list`, while its part at `here` is looked at.
    pub async fn of(screen: &Screen, list: &'static str, here: String) -> Result<Self, Failure> {
        let staff = screen.staff()?.clone();
        let reader = staff.clone();
        let views = screen
            .state
            .house()
            .db
            .read(move |conn| list_views(conn, &reader, list))
            .await?;
        let kept: Vec<ViewChip> = views
            .into_iter()
            .map(|view| ViewChip {
                number: view.view_id,
                name: view.name,
                is_shared: view.is_shared,
                is_own: view.staff_id == staff.staff_id,
                is_current: view.path == here,
                href: view.path,
            })
            .collect();
        Ok(Self {
            may_keep: here != list && !kept.iter().any(|view| view.is_current),
            kept,
            here,
        })
    }
}

#[derive(Deserialize)]
struct KeepForm {
    name: String,
    path: String,
    #[serde(default)]
    shared: Option<String>,
}

/// `POST /console/views`.
#[handler]
pub async fn keep(screen: Screen, Form(form): Form<KeepForm>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (staff, now_ms) = (screen.staff()?.clone(), house.clock.now_ms());
    let back = local_path(&form.path).unwrap_or("/console").to_owned();
    let path = back.clone();
    house
        .db
        .write_tx(move |conn| save_view(conn, &staff, &form.name, &path, form.shared.is_some(), now_ms))
        .await?;
    Ok(Redirect::see_other(back).into_response())
}

#[derive(Deserialize)]
struct DropForm {
    view: i64,
    path: String,
}

/// `POST /console/views/delete`.
#[handler]
pub async fn delete(screen: Screen, Form(form): Form<DropForm>) -> Result<Response, Failure> {
    let staff = screen.staff()?.clone();
    let back = local_path(&form.path).unwrap_or("/console").to_owned();
    let house = screen.state.house();
    house
        .db
        .write_tx(move |conn| delete_view(conn, &staff, form.view))
        .await?;
    Ok(Redirect::see_other(back).into_response())
}
