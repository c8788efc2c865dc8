//! What server this is.

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

/// Operations that need no token.
pub struct MetaApi;

/// The server's name and version.
#[derive(Object)]
struct VersionResponse {
    /// Always `rollproof`.
    name: String,
    /// Version of the server, as in its changelog.
    version: String,
}

#[OpenApi]
impl MetaApi {
    /// Tells which server and version answers.
    #[oai(path = "/version", method = "get", operation_id = "get_version")]
    async fn get_version(&self) -> Json<VersionResponse> {
        Json(VersionResponse {
            name: "rollproof".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}
