//! How much a request may send. poem has no limit of its own, and its `SizeLimit` refuses every request without a length.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use poem::http::{StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Request, Response, Result};

use crate::error::Failure;

/// Fields of a form without files; 64 KiB.
pub const FORM_BYTES: u64 = 64 << 10;
/// What a multipart form may carry besides its file: fields, boundaries, headers; 64 KiB.
pub const MULTIPART_OVERHEAD_BYTES: u64 = 64 << 10;

/// Refuses a declared length over the limit before reading, and cuts a stream that grows over it. For `Endpoint::around`.
pub fn at_most<E: Endpoint + 'static>(
    limit_bytes: u64,
) -> impl Fn(Arc<E>, Request) -> BoxFuture<'static, Result<Response>> + Send + Sync {
    move |next, request| Box::pin(limited(next, request, limit_bytes))
}

async fn limited<E: Endpoint>(next: Arc<E>, mut request: Request, limit_bytes: u64) -> Result<Response> {
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit_bytes) {
        return Err(too_large());
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let mut left = limit_bytes;
    let noticed = Arc::clone(&is_over);
    let counted = request.take_body().into_bytes_stream().map(move |chunk| {
        let chunk = chunk?;
        match left.checked_sub(chunk.len() as u64) {
            Some(rest) => left = rest,
            None => {
                noticed.store(true, Ordering::Relaxed);
                return Err(io::Error::other("the request's body is over its limit"));
            }
        }
        Ok(chunk)
    });
    request.set_body(Body::from_bytes_stream(counted));
    let outcome = next.call(request).await;
    // Handlers see a broken read, whatever they make of it; the answer is ours.
    if is_over.load(Ordering::Relaxed) {
        return Err(too_large());
    }
    Ok(outcome?.into_response())
}

fn too_large() -> poem::Error {
    Failure::status(StatusCode::PAYLOAD_TOO_LARGE).into()
}
