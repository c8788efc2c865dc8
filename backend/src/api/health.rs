//! Whether the process lives, and whether it can work.

use domain::keys;
use poem::web::Data;
use poem::{Response, handler};

use crate::app::AppState;
use crate::error::Failure;

/// `GET /healthz`: the process answers.
#[handler]
pub fn healthz() -> Response {
    Response::builder()
        .content_type("application/json; charset=utf-8")
        .body(r#"{"status":"ok"}"#)
}

/// `GET /readyz`: the database and the object store answer too.
#[handler]
pub async fn readyz(state: Data<&AppState>) -> Result<Response, Failure> {
    let house = state.house();
    house.db.read(keys::check_answers).await?;
    house.store.ready().await.map_err(domain::Error::from)?;
    Ok(Response::builder()
        .content_type("application/json; charset=utf-8")
        .body(r#"{"status":"ready"}"#))
}
