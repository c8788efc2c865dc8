//! 任务: what the queues hold, who works, what is due by the clock and what failed; and what an administrator does about it.

use domain::accounts::model::{Role, Staff};
use domain::clock::TimestampMs;
use domain::error::{Error, Result};
use domain::id::JobId;
use domain::jobs::{CATALOGUE, spec_of};
use domain::queue::{
    self, BUCKETS, FailureGroup, JobFilter, JobRow, JobState, MOST_NAMED, QueueCounts, QueueHand, ScheduleRow,
    Selection, WorkerRow,
};
use poem::web::{Form, Path, Query, Redirect};
use poem::{IntoResponse as _, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::fields::given;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::{Moment, Span};
use crate::pages::screen::{PAGE_ROWS, Screen, address};

const HERE: &str = "/console/jobs";
/// A process that was not heard of for this long has died or hangs.
const SILENT_MS: i64 = 60_000;

/// `jobs/list.html`.
#[derive(Serialize)]
struct JobsPage {
    frame: Frame,
    may_operate: bool,
    queues: Vec<QueueRow>,
    workers: Vec<Worker>,
    failures: Vec<FailureGroup>,
    schedules: Vec<Schedule>,
    part: PartQuery,
    names: Vec<&'static str>,
    states: &'static [JobState],
    rows: Vec<Row>,
    is_first: bool,
    next_href: Option<String>,
    acted: Option<i64>,
}

#[derive(Serialize)]
struct QueueRow {
    #[serde(flatten)]
    counts: QueueCounts,
    oldest: Option<Moment>,
    done: i64,
    /// Heights of the bars of the last hour, of 24.
    bars: Vec<i64>,
}

#[derive(Serialize)]
struct Worker {
    #[serde(flatten)]
    row: WorkerRow,
    started: Moment,
    seen: Moment,
    is_silent: bool,
}

#[derive(Serialize)]
struct Schedule {
    name: &'static str,
    every: Span,
    last: Option<Moment>,
    next: Moment,
    state: Option<JobState>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    job: JobRow,
    since: Moment,
    batch: Option<i64>,
    import: Option<i64>,
    trace: Option<String>,
}

impl Row {
    fn new(job: JobRow, now_ms: TimestampMs) -> Self {
        let about: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
        Self {
            since: Moment::new(job.finished_at_ms.unwrap_or(job.created_at_ms), now_ms),
            batch: about["batch_id"].as_i64(),
            import: about["import_id"].as_i64(),
            trace: job.trace_id().map(str::to_owned),
            job,
        }
    }
}

/// Which jobs the list shows.
#[derive(Clone, Default, Deserialize, Serialize)]
struct PartQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
    before: Option<i64>,
    acted: Option<i64>,
}

impl PartQuery {
    fn filter(&self) -> JobFilter {
        let owned = |text: &str| given(text).map(str::to_owned);
        JobFilter {
            state: Some(self.state.parse().unwrap_or(JobState::Dead)),
            name: owned(&self.name).filter(|name| spec_of(name).is_some()),
            code: owned(&self.code),
        }
    }

    /// The list of these jobs, with one more field.
    fn address(&self, field: &str, value: String) -> String {
        let fields = [
            ("state", self.state.clone()),
            ("name", self.name.clone()),
            ("code", self.code.clone()),
            (field, value),
        ];
        address(HERE, fields.map(|(name, value)| (name, Some(value))))
    }
}

/// `GET /console/jobs`.
#[handler]
pub async fn list(screen: Screen, Query(part): Query<PartQuery>) -> Result<Response, Failure> {
    let console = screen.console(Section::Settings).await?;
    let (house, now_ms, filter) = (screen.state.house(), console.now_ms, part.filter());
    let before = part.before.map(JobId);
    let read = house.db.read(move |conn| {
        Ok((
            queue::count_queues(conn)?,
            queue::count_done(conn, now_ms)?,
            queue::list_workers(conn)?,
            queue::group_failures(conn)?,
            queue::list_schedules(conn, now_ms)?,
            queue::list_jobs(conn, &filter, before, PAGE_ROWS)?,
        ))
    });
    let (counts, done, workers, failures, schedules, jobs) = read.await?;
    let last = jobs.last().filter(|_| jobs.len() == PAGE_ROWS as usize);
    let next_href = last.map(|job| part.address("before", job.job_id.to_string()));
    let page = JobsPage {
        may_operate: screen.staff()?.role.may_operate_queues(),
        frame: console.frame,
        queues: counts
            .into_iter()
            .map(|counts| queue_row(counts, &done, now_ms))
            .collect(),
        workers: workers.into_iter().map(|row| worker(row, now_ms)).collect(),
        failures,
        schedules: schedules.into_iter().map(|row| schedule(&row, now_ms)).collect(),
        names: CATALOGUE.iter().map(|spec| spec.name).collect(),
        states: JobState::ALL,
        rows: jobs.into_iter().map(|job| Row::new(job, now_ms)).collect(),
        is_first: part.before.is_none(),
        next_href,
        acted: part.acted,
        part,
    };
    screen.show("jobs/list.html", &page)
}

fn queue_row(counts: QueueCounts, done: &queue::Throughput, now_ms: TimestampMs) -> QueueRow {
    let buckets = done
        .iter()
        .find(|row| row.0 == counts.queue)
        .map_or([0; BUCKETS], |row| row.1);
    let most = buckets.iter().copied().max().unwrap_or_default().max(1);
    QueueRow {
        oldest: counts.oldest_queued_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
        done: buckets.iter().sum(),
        bars: buckets.iter().map(|count| count * 24 / most).collect(),
        counts,
    }
}

fn worker(row: WorkerRow, now_ms: TimestampMs) -> Worker {
    Worker {
        started: Moment::new(row.started_at_ms, now_ms),
        seen: Moment::new(row.last_seen_ms, now_ms),
        is_silent: now_ms - row.last_seen_ms > SILENT_MS,
        row,
    }
}

fn schedule(row: &ScheduleRow, now_ms: TimestampMs) -> Schedule {
    Schedule {
        name: row.name,
        every: Span::of_ms(row.every_ms),
        last: row.last_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
        next: Moment::new(row.next_ms, now_ms),
        state: row.state,
    }
}

/// `jobs/show.html`.
#[derive(Serialize)]
struct JobPage {
    frame: Frame,
    may_operate: bool,
    row: Row,
    created: Moment,
}

/// `GET /console/jobs/:job_id`.
#[handler]
pub async fn show(screen: Screen, Path(job_id): Path<i64>) -> Result<Response, Failure> {
    let console = screen.console(Section::Settings).await?;
    let found = screen
        .state
        .house()
        .db
        .read(move |conn| queue::get_job(conn, JobId(job_id)));
    let job = found.await?;
    let page = JobPage {
        may_operate: screen.staff()?.role.may_operate_queues(),
        frame: console.frame,
        created: Moment::new(job.created_at_ms, console.now_ms),
        row: Row::new(job, console.now_ms),
    };
    screen.show("jobs/show.html", &page)
}

/// `POST /console/jobs`: tries jobs again, or stops them: those that were ticked, or all that match.
#[handler]
pub async fn act(screen: Screen, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, Failure> {
    let staff = screen.allowed("jobs.operate", Role::may_operate_queues).await?;
    let all = |wanted: &'static str| {
        fields
            .iter()
            .filter(move |(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let field = |wanted| all(wanted).next().cloned().unwrap_or_default();
    let part = PartQuery {
        state: field("state"),
        name: field("name"),
        code: field("code"),
        ..PartQuery::default()
    };
    let (what, which) = field("what")
        .split_once('-')
        .map(|(what, which)| (what.to_owned(), which.to_owned()))
        .unwrap_or_default();
    let selection = match which.as_str() {
        "all" => Selection::Matching(part.filter()),
        _ => {
            let ids = all("job").take(MOST_NAMED + 1);
            Selection::Named(ids.filter_map(|id| id.parse().ok().map(JobId)).collect())
        }
    };
    let is_retry = what == "retry";
    let (house, now_ms) = (screen.state.house(), screen.state.house().clock.now_ms());
    let done = house.db.write_tx(move |conn| match is_retry {
        true => queue::retry(conn, QueueHand::Staff(&staff), &selection, now_ms),
        false => queue::cancel(conn, QueueHand::Staff(&staff), &selection, now_ms),
    });
    let acted = done.await?.to_string();
    Ok(Redirect::see_other(part.address("acted", acted)).into_response())
}

#[derive(Deserialize)]
struct QueueForm {
    what: String,
    #[serde(default)]
    most_running: String,
}

/// `POST /console/jobs/queues/:queue`: pauses a queue, resumes it, or limits it.
#[handler]
pub async fn steer(screen: Screen, Path(name): Path<String>, Form(form): Form<QueueForm>) -> Result<Response, Failure> {
    let staff = screen.allowed("jobs.operate", Role::may_operate_queues).await?;
    let (house, now_ms) = (screen.state.house(), screen.state.house().clock.now_ms());
    let done = house
        .db
        .write_tx(move |conn| steer_queue(conn, &staff, &name, &form, now_ms));
    done.await?;
    Ok(Redirect::see_other(HERE).into_response())
}

fn steer_queue(
    conn: &mut domain::db::Conn,
    staff: &Staff,
    name: &str,
    form: &QueueForm,
    now_ms: TimestampMs,
) -> Result<()> {
    let by = QueueHand::Staff(staff);
    match form.what.as_str() {
        "pause" => queue::pause(conn, by, name, now_ms),
        "resume" => queue::resume(conn, by, name, now_ms),
        _ => {
            let most = form.most_running.trim();
            let most = (!most.is_empty()).then(|| most.parse()).transpose();
            let most = most.map_err(|_| {
                Error::invalid(
                    "queue-limit",
                    "most_running",
                    "write a number from 1 to 10,000, or nothing for no limit",
                )
            })?;
            queue::limit(conn, by, name, most, now_ms)
        }
    }
}
