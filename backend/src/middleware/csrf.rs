//! Refuses requests that change something unless a page of ours sent them: by where the browser says they come from, and by the
//! session's form token.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use poem::http::{HeaderMap, StatusCode};
use poem::{Body, Endpoint, IntoResponse, Request, Response, Result};

use crate::app::{AppState, WebSettings};
use crate::auth::Visit;
use crate::error::Failure;
use crate::middleware::body_limit::FORM_BYTES;

/// The field of a form that carries its token; the first one, so that it is read before any file.
pub const FIELD: &str = "csrf";
/// The header in which scripts send the token.
pub const HEADER: &str = "x-csrf-token";
/// How far into a multipart body the token may stand.
const MULTIPART_HEAD_BYTES: usize = 4 << 10;

/// Checks every request whose method may change something.
pub async fn csrf<E: Endpoint>(next: Arc<E>, mut request: Request) -> Result<Response> {
    if !request.method().is_safe() {
        let settings = request
            .data::<AppState>()
            .ok_or_else(|| Failure::internal("the routes were built without their state"))?
            .settings();
        if !is_from_our_page(request.headers(), settings) {
            return Err(refused());
        }
        // Apart, so that a request that changes nothing does not carry the room for reading a form along.
        let sent = Box::pin(sent_token(&mut request)).await?;
        let visit = Visit::of(&request).ok_or_else(|| Failure::internal("csrf stands outside visit"))?;
        if !sent.is_some_and(|sent| visit.token.has_form_token(&sent)) {
            return Err(refused());
        }
    }
    Ok(next.call(request).await?.into_response())
}

fn refused() -> poem::Error {
    Failure::coded(StatusCode::FORBIDDEN, "csrf-refused").into()
}

/// `Sec-Fetch-Site` where the browser sends it, else `Origin`; old clients that send neither are left to the token.
fn is_from_our_page(headers: &HeaderMap, settings: &WebSettings) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text("origin") else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    origin == settings.public_url.trim_end_matches('/') || (host.is_some() && host == text("host"))
}

async fn sent_token(request: &mut Request) -> Result<Option<String>> {
    if let Some(token) = request.headers().get(HEADER) {
        return Ok(token.to_str().ok().map(str::to_owned));
    }
    let content_type = request.content_type().unwrap_or_default();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return form_token(request).await;
    }
    if content_type.starts_with("multipart/form-data") {
        return multipart_token(request).await;
    }
    Ok(None)
}

async fn form_token(request: &mut Request) -> Result<Option<String>> {
    let limit = usize::try_from(FORM_BYTES).unwrap_or(usize::MAX);
    let bytes = request.take_body().into_bytes_limit(limit).await?;
    // A body that is no form has no token either; the refusal says all there is to say.
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
    request.set_body(Body::from_bytes(bytes));
    Ok(fields
        .into_iter()
        .find_map(|(name, value)| (name == FIELD).then_some(value)))
}

/// Reads just far enough into the upload to see its first field, and puts what was read back in front.
async fn multipart_token(request: &mut Request) -> Result<Option<String>> {
    let mut body = Box::pin(request.take_body().into_bytes_stream());
    let mut head = BytesMut::new();
    let mut token = None;
    while token.is_none() && head.len() < MULTIPART_HEAD_BYTES {
        match body.next().await {
            Some(chunk) => head.extend_from_slice(&chunk.map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?),
            None => break,
        }
        token = first_field(&head);
    }
    let head: Bytes = head.freeze();
    request.set_body(Body::from_bytes_stream(stream::once(async { Ok(head) }).chain(body)));
    Ok(token)
}

/// The value of the first part of a multipart body, when that part is the token and whole.
fn first_field(head: &[u8]) -> Option<String> {
    let head = &head[..head.len().min(MULTIPART_HEAD_BYTES)];
    let end_of_headers = head.windows(4).position(|window| window == b"\r\n\r\n")?;
    let headers = std::str::from_utf8(&head[..end_of_headers]).ok()?;
    if !headers.contains(&format!("name=\"{FIELD}\"")) {
        return None;
    }
    let value = &head[end_of_headers + 4..];
    let end_of_value = value.windows(4).position(|window| window == b"\r\n--")?;
    String::from_utf8(value[..end_of_value].to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn believes_the_browser_about_where_a_request_comes_from() {
        let settings = WebSettings {
            public_url: "https://photos.example.edu".to_owned(),
            ..WebSettings::default()
        };
        for (sent, is_ours) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-site")], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://photos.example.edu"),
                ],
                false,
            ),
            (&[("origin", "https://photos.example.edu")], true),
            (
                &[("origin", "https://evil.example"), ("host", "photos.example.edu")],
                false,
            ),
            (&[("origin", "http://10.0.0.7:8700"), ("host", "10.0.0.7:8700")], true),
            (&[("origin", "null"), ("host", "photos.example.edu")], false),
            (&[("origin", "null")], false),
            (&[], true),
        ] {
            assert_eq!(is_from_our_page(&headers(sent), &settings), is_ours, "{sent:?}");
        }
    }

    #[test]
    fn finds_the_token_only_in_the_first_field() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--x\r\n";
        assert_eq!(first_field(body).as_deref(), Some("abc"));
        assert_eq!(first_field(&body[..body.len() - 6]), None, "cut inside the value");
        let other = b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nname=\"csrf\"\r\n\r\nabc\r\n--x";
        assert_eq!(first_field(other), None);
    }
}
