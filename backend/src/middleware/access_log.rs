//! One line per request, with the route's pattern instead of its path: paths and queries may carry student numbers and one-time links.

use std::sync::Arc;
use std::time::Instant;

use poem::PathPattern;
use poem::{Endpoint, IntoResponse, Request, Response, Result};
use tracing::Instrument as _;

use crate::metrics::Metrics;
use crate::middleware::request_id::RequestId;
use crate::telemetry;

/// Logs and counts method, route, status and duration.
pub async fn access_log<E: Endpoint>(next: Arc<E>, request: Request, metrics: Metrics) -> Result<Response> {
    let started = Instant::now();
    let method = request.method().clone();
    let id = request.data::<RequestId>().cloned().unwrap_or_default();
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        request.id = %id,
        http.request.method = %method,
        http.route = tracing::field::Empty,
        http.response.status_code = tracing::field::Empty,
    );
    let response = next.call(request).instrument(span.clone()).await?.into_response();
    let route = response
        .data::<PathPattern>()
        .map(|pattern| &*pattern.0)
        .filter(|route| !route.is_empty())
        .unwrap_or("(none)");
    telemetry::rename(&span, || format!("{method} {route}"));
    span.record("http.route", route);
    span.record("http.response.status_code", response.status().as_u16());
    metrics.note(method.as_str(), route, response.status().as_u16(), started.elapsed());
    tracing::info!(
        request.id = %id,
        http.method = %method,
        http.route = route,
        http.status = response.status().as_u16(),
        duration_ms = started.elapsed().as_millis() as u64,
        "answered"
    );
    Ok(response)
}
