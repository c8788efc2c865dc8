//! The HTTP interface for programs: OpenAPI under `/api/v1`, its document and a page to try it.

pub mod docs;
pub mod health;
pub mod meta;

use poem::{EndpointExt, Route, get};
use poem_openapi::OpenApiService;

use crate::middleware::body_limit::at_most;

/// Largest JSON body, in bytes; files come by tus, which has a limit of its own.
const JSON_BYTES: u64 = 1 << 20;

/// Everything under `/api`.
pub fn routes() -> Route {
    let service = OpenApiService::new(meta::MetaApi, "Rollproof", env!("CARGO_PKG_VERSION")).server("/api/v1");
    let document = service.spec_endpoint();
    Route::new()
        .at("/docs", get(docs::show))
        .at("/v1/openapi.json", get(document))
        .nest("/v1", service.around(at_most(JSON_BYTES)))
}
