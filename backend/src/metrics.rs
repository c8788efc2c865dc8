//! What an operator's monitoring reads: requests of this process, and the queues and workers of the whole house as they are at that moment.
//! Text of OpenMetrics, on an address of its own; names and meanings stand in `docs/operating.md`. No label holds a path, a person or a number.

use std::time::Duration;

use domain::clock::TimestampMs;
use domain::db::Conn;
use domain::error::{Error, Result};
use domain::notices::model::DeliveryState;
use domain::notices::queries::count_deliveries;
use domain::queue::{self, QueueCounts, WorkerRow};
use poem::endpoint::BoxEndpoint;
use poem::web::Data;
use poem::{EndpointExt as _, Response, Route, get, handler};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::app::AppState;
use crate::error::Failure;

/// Edges of the classes of durations, seconds: the wanted 50 ms stands in the middle.
const EDGES_S: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfQueue {
    queue: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfState {
    queue: String,
    state: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfWorker {
    worker: String,
    version: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfDelivery {
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

/// What this process counts; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    answers: Family<Answer, Counter>,
    durations: Family<OfRoute, Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            answers: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(EDGES_S)),
        }
    }
}

impl Metrics {
    /// Counts an answered request by its route's pattern.
    pub fn note(&self, method: &str, route: &str, status: u16, took: Duration) {
        let answer = Answer {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        self.answers.get_or_create(&answer).inc();
        let of_route = OfRoute {
            route: route.to_owned(),
        };
        self.durations.get_or_create(&of_route).observe(took.as_secs_f64());
    }
}

/// What stands in the database.
struct House {
    queues: Vec<QueueCounts>,
    workers: Vec<WorkerRow>,
    done: queue::Throughput,
    deliveries: Vec<(DeliveryState, i64)>,
}

impl House {
    fn read(conn: &mut Conn, now_ms: TimestampMs) -> Result<Self> {
        Ok(Self {
            queues: queue::count_queues(conn)?,
            workers: queue::list_workers(conn)?,
            done: queue::count_done(conn, now_ms)?,
            deliveries: count_deliveries(conn)?,
        })
    }
}

/// The address that monitoring asks, which is not that of the pages.
pub fn endpoint(state: AppState) -> BoxEndpoint<'static> {
    Route::new()
        .at("/metrics", get(show))
        .data(state)
        .map_to_response()
        .boxed()
}

#[handler]
async fn show(state: Data<&AppState>) -> Result<Response, Failure> {
    let house = state.house();
    let now_ms = house.clock.now_ms();
    let read = house.db.read(move |conn| House::read(conn, now_ms)).await;
    let mut registry = Registry::with_prefix("rollproof");
    register_process(&mut registry, state.metrics(), read.is_ok());
    // A database that is away is what has to be told: the rest is answered all the same.
    match read {
        Ok(read) => register_house(&mut registry, &read, now_ms),
        Err(error) => tracing::warn!(error = %error.with_sources(), "the queues could not be counted for the metrics"),
    }
    let mut answer = String::new();
    text::encode(&mut answer, &registry).map_err(Error::internal)?;
    Ok(Response::builder()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(answer))
}

fn register_process(registry: &mut Registry, metrics: &Metrics, is_up: bool) {
    registry.register("http_requests", "Answered requests by route", metrics.answers.clone());
    registry.register(
        "http_request_duration_seconds",
        "How long answers took, by route",
        metrics.durations.clone(),
    );
    let build = Family::<Build, Gauge>::default();
    let version = env!("CARGO_PKG_VERSION");
    build.get_or_create(&Build { version }).set(1);
    registry.register("build_info", "The version of the program", build);
    let up: Gauge = Gauge::default();
    up.set(i64::from(is_up));
    registry.register("database_up", "Whether the database answered", up);
}

fn register_house(registry: &mut Registry, house: &House, now_ms: TimestampMs) {
    let seconds = |since_ms: TimestampMs| (now_ms - since_ms).max(0) / 1_000;
    let (jobs, oldest) = (Family::<OfState, Gauge>::default(), Family::<OfQueue, Gauge>::default());
    let (paused, done) = (Family::<OfQueue, Gauge>::default(), Family::<OfQueue, Gauge>::default());
    for counts in &house.queues {
        let queue = counts.queue.clone();
        for (state, count) in [
            ("queued", counts.queued),
            ("running", counts.running),
            ("dead", counts.dead),
        ] {
            let of_state = OfState {
                queue: queue.clone(),
                state,
            };
            jobs.get_or_create(&of_state).set(count);
        }
        let finished = house
            .done
            .iter()
            .find(|row| row.0 == queue)
            .map_or(0, |row| row.1.iter().sum());
        let of_queue = OfQueue { queue };
        oldest
            .get_or_create(&of_queue)
            .set(counts.oldest_queued_at_ms.map_or(0, seconds));
        paused.get_or_create(&of_queue).set(i64::from(counts.is_paused));
        done.get_or_create(&of_queue).set(finished);
    }
    registry.register("jobs", "Jobs that are not done, by queue and state", jobs);
    registry.register(
        "jobs_oldest_queued_seconds",
        "How long the oldest waiting job waits",
        oldest,
    );
    registry.register("jobs_done_last_hour", "Jobs that ended well in the last hour", done);
    registry.register("queue_paused", "Whether a queue is paused", paused);
    let workers = Family::<OfWorker, Gauge>::default();
    for row in &house.workers {
        let of_worker = OfWorker {
            worker: row.worker_name.clone(),
            version: row.version.clone(),
        };
        workers.get_or_create(&of_worker).set(seconds(row.last_seen_ms));
    }
    registry.register("worker_silent_seconds", "How long a worker was not heard of", workers);
    let deliveries = Family::<OfDelivery, Gauge>::default();
    let undelivered = DeliveryState::ALL
        .iter()
        .filter(|state| **state != DeliveryState::Delivered);
    for state in undelivered {
        let of_delivery = OfDelivery {
            state: state.to_string(),
        };
        let known = house.deliveries.iter().find(|(of, _)| of == state);
        deliveries
            .get_or_create(&of_delivery)
            .set(known.map_or(0, |(_, count)| *count));
    }
    registry.register(
        "notices",
        "Mails and messages that are not delivered, by state",
        deliveries,
    );
}
