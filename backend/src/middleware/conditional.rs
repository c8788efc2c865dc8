//! Answers that have not changed are not sent again: every JSON answer to a `GET` carries an entity tag, and whoever has it already
//! gets `304` (RFC 9110, 13.1.2).

use std::sync::Arc;

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Request, Response, Result};
use sha2::{Digest, Sha256};

use crate::error::Failure;

/// Bytes of the SHA-256 in a tag.
const TAG_BYTES: usize = 16;

/// Tags answers, and leaves out those that the caller has.
pub async fn conditional<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    let is_get = request.method() == Method::GET;
    let asked = request.headers().clone();
    let mut response = next.call(request).await?.into_response();
    if !is_get || response.status() != StatusCode::OK || !is_json(&response) {
        return Ok(response);
    }
    let body = response.take_body().into_bytes().await;
    let body = body.map_err(|fault| Failure::internal(fault.to_string()))?;
    let digest = Sha256::digest(&body);
    let tag = format!("\"{}\"", hex::encode(digest.get(..TAG_BYTES).unwrap_or(&digest)));
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    if has_current(&asked, &tag) {
        headers.remove(header::CONTENT_TYPE);
        response.set_status(StatusCode::NOT_MODIFIED);
    } else {
        response.set_body(Body::from_bytes(body));
    }
    Ok(response)
}

fn is_json(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

/// Whether whoever asks has the answer of that tag already; a weak tag is as good here.
pub fn has_current(headers: &HeaderMap, tag: &str) -> bool {
    let Some(known) = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    known
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tags_names_strong_and_weak_ones() {
        for (list, is_named) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            let headers = [(header::IF_NONE_MATCH, HeaderValue::from_static(list))]
                .into_iter()
                .collect();
            assert_eq!(has_current(&headers, "\"a\""), is_named, "{list}");
        }
    }
}
