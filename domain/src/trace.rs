//! What caused a job: the span that queued it, kept in the job's row, and taken up by whichever process runs it. What a span is to a
//! monitoring system is known to the program alone, which installs a [`Tracer`] where traces are watched.

use std::sync::OnceLock;

use tracing::Span;

/// How spans are told and followed across processes, as the W3C's trace context writes them: `00-TRACE-SPAN-FLAGS`.
pub struct Tracer {
    /// The span that the caller is in; none where it is not recorded.
    pub here: fn() -> Option<String>,
    /// Makes a span the child of the one that is told. One that cannot be read has no children.
    pub follow: fn(&Span, &str),
}

static TRACER: OnceLock<Tracer> = OnceLock::new();

/// Watches traces from now on; says whether nobody did so before.
pub fn install(tracer: Tracer) -> bool {
    TRACER.set(tracer).is_ok()
}

/// The span that the caller is in, for a job that it queues.
pub(crate) fn here() -> Option<String> {
    TRACER.get().and_then(|tracer| (tracer.here)())
}

/// Makes a span the child of the one that queued its job.
pub fn follow(span: &Span, parent: &str) {
    if let Some(tracer) = TRACER.get() {
        (tracer.follow)(span, parent);
    }
}
