//! A number for every request, shown to people on error pages and written beside every log line.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use poem::http::{HeaderValue, header::HeaderName};
use poem::{Endpoint, IntoResponse, Request, Response, Result};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Names one request; random, so that it tells nothing about how many there are.
#[derive(Clone, Default)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id as pages and headers carry it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for RequestId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives the request its id and returns it in `X-Request-Id`. An id sent by the client is not taken over: it could be anything.
pub async fn request_id<E: Endpoint>(next: Arc<E>, mut request: Request) -> Result<Response> {
    let id = RequestId(hex::encode(rand::random::<[u8; 8]>()).into());
    request.set_data(id.clone());
    let mut response = next.call(request).await?.into_response();
    response.headers_mut().insert(
        HEADER,
        HeaderValue::from_str(id.as_str()).expect("hex is a header value"),
    );
    Ok(response)
}
