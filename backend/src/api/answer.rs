//! What every operation may answer besides what it is for.

use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object};

/// A refusal or a failure.
#[derive(Object)]
pub struct ErrorAnswer {
    /// What happened.
    error: ErrorDetail,
}

/// What happened, for programs and for people.
#[derive(Object)]
pub struct ErrorDetail {
    /// Stable code.
    #[oai(validator(min_length = 1))]
    code: String,
    /// What happened and what to do, in a sentence.
    message: String,
    /// The field, parameter or header at fault.
    #[oai(skip_serializing_if_is_none)]
    field: Option<String>,
    /// Names the request in the server's log.
    request_id: String,
}

/// An answer, documented with every refusal that an operation may meet.
pub struct Answer<T>(pub T);

const REFUSALS: [(u16, &str); 10] = [
    (400, "The request is malformed."),
    (401, "No token was sent, or it is not good any more."),
    (403, "The token may not do this."),
    (404, "There is no such thing, or it is not this agency's."),
    (409, "The request contradicts the state of things."),
    (413, "The request is too large, or a quota is used up."),
    (415, "The body has another media type than `application/json`."),
    (422, "A field is not usable; `field` says which."),
    (429, "Too many requests in a minute; `Retry-After` says when to go on."),
    (500, "The server failed; the request may be sent again."),
];

impl<T: ApiResponse> ApiResponse for Answer<T> {
    fn meta() -> MetaResponses {
        let mut meta = T::meta();
        meta.responses
            .extend(REFUSALS.map(|(status, description)| MetaResponse {
                description,
                status: Some(status),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "application/json; charset=utf-8",
                    schema: ErrorAnswer::schema_ref(),
                }],
                headers: Vec::new(),
            }));
        meta
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
        ErrorAnswer::register(registry);
    }
}

impl<T: IntoResponse> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
