//! What the program says about itself while it runs: log lines on standard error, and, where somebody watches them, spans of requests and
//! jobs as OTLP over HTTP. Neither holds a path, a name or a number of a person.

use std::future::Future;
use std::io::stderr;
use std::pin::Pin;

use domain::config::Traces;
use domain::error::{Error, Result};
use domain::trace::{self, Tracer};
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// Sends what is left when it is dropped.
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.take().map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}

/// Begins to log, as JSON or for people, and to send spans where the settings say whereto. `runtime` carries them.
pub fn start(is_json: bool, traces: Option<&Traces>, runtime: &Handle) -> Result<Telemetry> {
    let provider = traces.map(|traces| provider(traces, runtime)).transpose()?;
    let filter = EnvFilter::try_from_env("ROLLPROOF_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,domain=info,worker=info,backend=info"));
    let lines = fmt::layer().with_writer(stderr).with_target(false);
    let lines = if is_json {
        lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_filter(filter)
            .boxed()
    } else {
        lines.with_filter(filter).boxed()
    };
    let spans = provider.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("rollproof"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // Spans alone: what lines say stays in the log.
            .with_filter(filter_fn(|metadata| metadata.is_span() && is_ours(metadata.target())))
    });
    tracing_subscriber::registry().with(lines).with(spans).init();
    if provider.is_some() {
        trace::install(Tracer { here, follow });
    }
    Ok(Telemetry(provider))
}

fn is_ours(target: &str) -> bool {
    ["backend", "worker", "domain"]
        .iter()
        .any(|name| target == *name || target.starts_with(&format!("{name}::")))
}

fn provider(traces: &Traces, runtime: &Handle) -> Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Carrier {
            client: reqwest::Client::builder().build().map_err(Error::internal)?,
            runtime: runtime.clone(),
        })
        .with_protocol(Protocol::HttpJson)
        .with_endpoint(&traces.url)
        .build()
        .map_err(Error::internal)?;
    let resource = Resource::builder()
        .with_service_name("rollproof")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(traces.share))))
        .build())
}

/// Names a span that is watched by what is known only in the end; a field does no more once the span has begun elsewhere.
pub fn rename(span: &Span, name: impl FnOnce() -> String) {
    let context = span.context();
    if context.span().is_recording() {
        context.span().update_name(name());
    }
}

fn here() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| {
        format!(
            "00-{}-{}-{:02x}",
            span.trace_id(),
            span.span_id(),
            span.trace_flags().to_u8()
        )
    })
}

fn follow(span: &Span, parent: &str) {
    let Some(parent) = read_parent(parent) else { return };
    if let Err(error) = span.set_parent(Context::new().with_remote_span_context(parent)) {
        tracing::debug!(%error, "a job's span does not follow its cause");
    }
}

fn read_parent(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    (version == "00" && parts.next().is_none() && context.is_valid()).then_some(context)
}

/// Spans leave from a thread of their own, which has no runtime; the program's carries them, with the client that everything else uses.
#[derive(Debug)]
struct Carrier {
    client: reqwest::Client,
    runtime: Handle,
}

impl HttpClient for Carrier {
    fn send_bytes<'carrier, 'sent>(
        &'carrier self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'carrier: 'sent,
        Self: 'sent,
    {
        let (client, runtime) = (self.client.clone(), self.runtime.clone());
        Box::pin(async move {
            let sending = runtime.spawn(async move {
                let answer = client.execute(request.try_into()?).await?.error_for_status()?;
                let status = answer.status();
                let mut response = Response::new(answer.bytes().await?);
                *response.status_mut() = status;
                Ok::<_, reqwest::Error>(response)
            });
            Ok(sending.await??)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::read_parent;

    #[test]
    fn reads_what_the_trace_context_writes_and_nothing_else() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let read = read_parent(parent).expect("it is well formed");
        assert_eq!(read.span_id().to_string(), "00f067aa0ba902b7");
        assert!(read.is_sampled() && read.is_remote());
        for text in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-somebody-00f067aa0ba902b7-01",
        ] {
            assert!(read_parent(text).is_none(), "{text}");
        }
    }
}
