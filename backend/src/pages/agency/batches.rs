//! An agency's deliveries: handing one in, watching it, and its receipt.

use domain::agencies::model::Deliverer;
use domain::batches::model::{BatchKind, BatchState, KeyPolicyWord, Verdict};
use domain::batches::queries::announced::find_announced;
use domain::batches::queries::delivered::{ReceiptLine, ReceiptQuery, get_delivered, list_receipt};
use domain::batches::queries::listing::{BatchSummary, ReasonCount, count_reasons};
use domain::id::BatchId;
use poem::web::{Form, Path, Query};
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use super::{Head, Place};
use crate::error::Failure;
use crate::intake;
use crate::pages::announced::AnnouncedLine;
use crate::pages::downloads::file;
use crate::pages::entry_rows::FindingLine;
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;
use crate::pages::screen::{PAGE_ROWS, Screen, address};
use crate::receipts::receipt;
use crate::sheets::SheetKind;

/// A batch in the agency's list.
#[derive(Clone, Serialize)]
pub struct DeliveredRow {
    number: i64,
    campaign: String,
    state: BatchState,
    is_moving: bool,
    failure: Option<String>,
    received: Moment,
    files: i64,
    matched: i64,
    review: i64,
    rejected: i64,
    unmatched: i64,
    ignored: i64,
    inspected: i64,
    to_inspect: i64,
    sha256: String,
}

impl DeliveredRow {
    /// As the agency sees it.
    pub fn new(summary: BatchSummary, now_ms: i64) -> Self {
        let (batch, counts) = (summary.batch, summary.counts);
        Self {
            number: batch.batch_id.0,
            campaign: summary.campaign_name,
            state: batch.state,
            is_moving: matches!(
                batch.state,
                BatchState::Received | BatchState::Inspecting | BatchState::Reconciling
            ),
            failure: batch.failure_code,
            received: Moment::new(batch.received_at_ms, now_ms),
            files: summary.files,
            matched: counts.matched,
            review: counts.review,
            rejected: counts.rejected,
            unmatched: counts.unmatched,
            ignored: counts.ignored,
            inspected: batch.entries_inspected,
            to_inspect: batch.entries_total,
            sha256: batch.sha256,
        }
    }
}

/// What the page's script hands in once a file has arrived.
#[derive(Deserialize)]
struct HandInForm {
    upload: String,
    campaign: String,
    kind: String,
    key: String,
}

/// `POST /agency/batches`: makes a batch of an upload; answers with its page's address.
#[handler]
pub async fn hand_in(screen: Screen, Form(form): Form<HandInForm>) -> Result<Response, Failure> {
    let by = Deliverer::from(screen.operator()?);
    let (kind, key_policy): (BatchKind, KeyPolicyWord) = (form.kind.parse()?, form.key.parse()?);
    let upload_id = form.upload.parse()?;
    let received = intake::hand_in(&screen.state, &by, (&upload_id, form.campaign), (kind, key_policy)).await?;
    let batch_id = received.batch_id();
    let json = serde_json::json!({ "href": format!("/agency/batches/{batch_id}"), "batch_id": batch_id });
    Ok(Response::builder()
        .content_type("application/json; charset=utf-8")
        .body(json.to_string()))
}

/// `agency/batch.html`.
#[derive(Serialize)]
pub struct BatchPage {
    frame: Frame,
    head: Head,
    batch: DeliveredRow,
    announced: Option<AnnouncedLine>,
    lists: Vec<ListLink>,
    list: String,
    reasons: Vec<Chip>,
    rows: Vec<ReceiptRow>,
    is_first: bool,
    first: String,
    next: Option<String>,
}

#[derive(Serialize)]
struct ListLink {
    list: String,
    count: i64,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct Chip {
    code: String,
    count: i64,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct ReceiptRow {
    /// Its place in the delivery, from 1: what finds a file again whose name is hidden.
    place: i64,
    file: String,
    verdict: Verdict,
    student_no: Option<String>,
    is_recapture: bool,
    findings: Vec<FindingLine>,
}

impl ReceiptRow {
    fn new(line: ReceiptLine) -> Self {
        let weighty = line
            .entry
            .findings
            .into_iter()
            .filter(|finding| finding.severity != "note");
        Self {
            place: line.entry.seq + 1,
            file: line.file,
            verdict: line.entry.verdict,
            student_no: line.entry.student.map(|student| student.student_no),
            is_recapture: line.entry.is_recapture,
            findings: weighty.map(FindingLine::new).collect(),
        }
    }
}

#[derive(Clone, Default, Deserialize)]
struct Part {
    list: Option<String>,
    reason: Option<String>,
    after: Option<i64>,
}

impl Part {
    /// What needs something to be done, where nothing else was chosen.
    fn verdict(&self, batch: &DeliveredRow) -> Verdict {
        let chosen = self.list.as_deref().and_then(|word| word.parse().ok());
        let first = [
            (Verdict::Rejected, batch.rejected),
            (Verdict::Unmatched, batch.unmatched),
            (Verdict::Review, batch.review),
        ];
        let needing = first.into_iter().find(|(_, count)| *count > 0);
        chosen.unwrap_or(needing.map_or(Verdict::Matched, |(verdict, _)| verdict))
    }
}

fn address_of(batch_id: BatchId, verdict: Verdict, reason: Option<&str>, after: Option<i64>) -> String {
    let fields = [
        ("list", Some(verdict.to_string())),
        ("reason", reason.map(str::to_owned)),
        ("after", after.map(|after| after.to_string())),
    ];
    address(&format!("/agency/batches/{batch_id}"), fields)
}

/// `GET /agency/batches/:batch_id`.
#[handler]
pub async fn show(screen: Screen, Path(batch_id): Path<i64>, Query(part): Query<Part>) -> Result<Response, Failure> {
    let (mut frame, head) = screen.agency(Place::Deliver).await?;
    let (house, batch_id) = (screen.state.house(), BatchId(batch_id));
    let now_ms = house.clock.now_ms();
    let by = Deliverer::from(screen.operator()?);
    let (sealer, wanted) = (house.sealer.clone(), part.clone());
    let read = house.db.read(move |conn| {
        let batch = DeliveredRow::new(get_delivered(conn, &by, batch_id)?.0, now_ms);
        let verdict = wanted.verdict(&batch);
        let query = ReceiptQuery {
            verdict: Some(verdict),
            reason: wanted.reason.clone(),
            after_seq: wanted.after,
            limit: PAGE_ROWS,
        };
        let lines = list_receipt(conn, &sealer, &by, batch_id, &query)?;
        let announced = find_announced(conn, batch_id)?;
        Ok((batch, announced, verdict, count_reasons(conn, batch_id)?, lines))
    });
    let (batch, announced, verdict, reasons, lines) = read.await?;
    frame.refresh_seconds = batch.is_moving.then_some(3);
    let reason = part.reason.as_deref();
    let last = lines.last().map(|line| line.entry.seq);
    let is_full = lines.len() == PAGE_ROWS as usize;
    let page = BatchPage {
        frame,
        head,
        announced: announced.map(AnnouncedLine::from),
        lists: lists(batch_id, &batch, verdict),
        list: verdict.to_string(),
        reasons: chips(batch_id, verdict, reason, reasons),
        rows: lines.into_iter().map(ReceiptRow::new).collect(),
        is_first: part.after.is_none(),
        first: address_of(batch_id, verdict, reason, None),
        next: last
            .filter(|_| is_full)
            .map(|after| address_of(batch_id, verdict, reason, Some(after))),
        batch,
    };
    screen.show("agency/batch.html", &page)
}

fn lists(batch_id: BatchId, batch: &DeliveredRow, current: Verdict) -> Vec<ListLink> {
    let counts = [
        (Verdict::Matched, batch.matched),
        (Verdict::Review, batch.review),
        (Verdict::Rejected, batch.rejected),
        (Verdict::Unmatched, batch.unmatched),
        (Verdict::Ignored, batch.ignored),
    ];
    let links = counts.into_iter().map(|(verdict, count)| ListLink {
        list: verdict.to_string(),
        count,
        href: address_of(batch_id, verdict, None, None),
        is_current: verdict == current,
    });
    links.collect()
}

/// The reasons within a list; a chosen one leads back to all of it.
fn chips(batch_id: BatchId, verdict: Verdict, chosen: Option<&str>, reasons: Vec<ReasonCount>) -> Vec<Chip> {
    let of_list = reasons.into_iter().filter(|reason| reason.verdict == verdict);
    let chips = of_list.map(|reason| {
        let is_current = chosen == Some(reason.code.as_str());
        Chip {
            count: reason.files,
            href: address_of(batch_id, verdict, (!is_current).then_some(reason.code.as_str()), None),
            is_current,
            code: reason.code,
        }
    });
    chips.collect()
}

/// `GET /agency/batches/:batch_id/receipt.csv`, or `.xlsx`.
#[handler]
pub async fn download(screen: Screen, Path(batch_id): Path<i64>) -> Result<Response, Failure> {
    let by = Deliverer::from(screen.operator()?);
    let kind = SheetKind::of_path(screen.path());
    let sheet = receipt(&screen.state, by, BatchId(batch_id), kind).await?;
    file(sheet, kind, &format!("batch-{batch_id}-receipt"))
}
