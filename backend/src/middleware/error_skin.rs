//! Turns every error and panic into an answer in the right skin, so that nothing outside has to know about errors.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use poem::{Endpoint, IntoResponse, Request, Response, Result};

use crate::app::AppState;
use crate::error::{Asked, Failure};

/// Answers errors and panics of everything inside.
pub async fn error_skin<E: Endpoint>(next: Arc<E>, request: Request) -> Result<Response> {
    let Some(state) = request.data::<AppState>() else {
        return Ok(next.call(request).await?.into_response());
    };
    let asked = Asked::of(state, &request);
    // A panic leaves nothing half-changed behind: shared state is behind locks that survive it, rows are behind transactions.
    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    Ok(match outcome {
        Ok(Ok(response)) => response.into_response(),
        Ok(Err(error)) => asked.refuse_error(error),
        Err(panic) => asked.refuse(&Failure::internal(format!(
            "a handler panicked: {}",
            panic_text(panic.as_ref())
        ))),
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a text")
}
