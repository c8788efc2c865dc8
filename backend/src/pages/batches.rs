//! 批次: the list, handing one in, and a batch's reconciliation.

pub mod reconciliation;

use domain::agencies::queries::{get_agency_by_code, list_agencies};
use domain::batches::commands;
use domain::batches::model::{BatchKind, BatchState, KeyPolicyWord};
use domain::batches::queries::listing::{self, BatchSummary, ListCounts};
use domain::campaigns::queries::get_campaign_by_code;
use domain::clock::TimestampMs;
use domain::error::Error;
use domain::id::BatchId;
use poem::web::{Form, Multipart, Path, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::intake::{self, Delivery};
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::{Moment, Span};
use crate::pages::recaptures::After;
use crate::pages::screen::{PAGE_ROWS, Screen};
use crate::pages::upload::FileForm;

/// `batches/list.html`.
#[derive(Serialize)]
pub struct BatchListPage {
    frame: Frame,
    open_total: i64,
    oldest_open: Option<Moment>,
    rows: Vec<BatchRow>,
    is_first: bool,
    next_href: Option<String>,
}

/// `batches/new.html`.
#[derive(Serialize)]
pub struct NewBatchPage {
    frame: Frame,
    agencies: Vec<AgencyChoice>,
    limit_bytes: u64,
}

#[derive(Serialize)]
struct AgencyChoice {
    code: String,
    name: String,
}

/// A batch in a list; also the head of its own page.
#[derive(Clone, Debug, Serialize)]
pub struct BatchRow {
    /// Its number, as people name it.
    pub batch_id: i64,
    agency_name: String,
    campaign_name: String,
    files: i64,
    received: Moment,
    duration: Option<Span>,
    state: BatchState,
    is_moving: bool,
    counts: ListCounts,
}

impl BatchRow {
    /// The batch as seen at `now_ms`.
    pub fn new(summary: BatchSummary, now_ms: TimestampMs) -> Self {
        let batch = summary.batch;
        Self {
            batch_id: batch.batch_id.0,
            agency_name: summary.agency_name,
            campaign_name: summary.campaign_name,
            files: summary.files,
            received: Moment::new(batch.received_at_ms, now_ms),
            // Matching again moves the end, so a duration is shown only while it can be the first run's.
            duration: batch
                .reconciled_at_ms
                .filter(|_| batch.state == BatchState::Reconciled)
                .map(|at_ms| Span::of_ms(at_ms.saturating_sub(batch.received_at_ms)))
                .filter(|span| span.n > 0 && matches!(span.unit, "seconds" | "minutes")),
            state: batch.state,
            is_moving: is_moving(batch.state),
            counts: summary.counts,
        }
    }

    fn open(&self) -> i64 {
        self.counts.review + self.counts.unmatched
    }
}

/// Whether work on the batch is under way.
pub fn is_moving(state: BatchState) -> bool {
    matches!(
        state,
        BatchState::Received | BatchState::Inspecting | BatchState::Reconciling
    )
}

/// `GET /console/batches`.
#[handler]
pub async fn list(screen: Screen, Query(after): Query<After>) -> Result<Response, Failure> {
    let console = screen.console(Section::Batches).await?;
    let now_ms = console.now_ms;
    let batches = match console.campaign {
        None => Vec::new(),
        Some(campaign) => {
            let before = after.after.map(BatchId);
            let db = &screen.state.house().db;
            db.read(move |conn| listing::list_summaries(conn, &campaign, before, PAGE_ROWS))
                .await?
        }
    };
    let oldest_open = batches
        .iter()
        .filter(|summary| summary.counts.review + summary.counts.unmatched > 0)
        .map(|summary| summary.batch.received_at_ms)
        .min();
    let next = batches
        .last()
        .filter(|_| batches.len() == PAGE_ROWS as usize)
        .map(|summary| summary.batch.batch_id);
    let rows: Vec<BatchRow> = batches
        .into_iter()
        .map(|summary| BatchRow::new(summary, now_ms))
        .collect();
    let mut frame = console.frame;
    frame.refresh_seconds = rows.iter().any(|row| row.is_moving).then_some(5);
    let page = BatchListPage {
        frame,
        open_total: rows.iter().map(BatchRow::open).sum(),
        oldest_open: oldest_open.map(|at_ms| Moment::new(at_ms, now_ms)),
        rows,
        is_first: after.after.is_none(),
        next_href: next.map(|batch_id| format!("/console/batches?after={batch_id}")),
    };
    screen.show("batches/list.html", &page)
}

/// `GET /console/batches/new`.
#[handler]
pub async fn new(screen: Screen) -> Result<Response, Failure> {
    screen.changer("batch.receive").await?;
    let agencies = screen.state.house().db.read(list_agencies).await?;
    let page = NewBatchPage {
        frame: screen.console(Section::Batches).await?.frame,
        agencies: agencies
            .into_iter()
            .map(|agency| AgencyChoice {
                code: agency.code,
                name: agency.name,
            })
            .collect(),
        limit_bytes: screen.state.settings().archive_bytes,
    };
    screen.show("batches/new.html", &page)
}

/// `POST /console/batches`: takes the archive in, then shows the batch at work.
#[handler]
pub async fn receive(screen: Screen, multipart: Multipart) -> Result<Response, Failure> {
    let staff = screen.changer("batch.receive").await?;
    let house = screen.state.house();
    let mut form = FileForm::read(multipart).await?;
    let (campaign, agency) = (form.take("campaign")?, form.take("agency")?);
    let kind: BatchKind = form.take("kind")?.parse()?;
    // Looked up before the archive is read: nobody uploads for an hour to learn that the agency is unknown.
    let (campaign, agency) = house
        .db
        .read(move |conn| {
            Ok((
                get_campaign_by_code(conn, &campaign)?,
                get_agency_by_code(conn, &agency)?,
            ))
        })
        .await?;
    let arrived = intake::receive(house, form.file).await?;
    let delivery = Delivery {
        campaign,
        agency_id: agency.agency_id,
        kind,
        key_policy: KeyPolicyWord::Auto,
        actor: staff.email,
    };
    let batch_id = intake::take_batch(house, arrived, delivery).await?;
    Ok(Redirect::see_other(format!("/console/batches/{batch_id}")).into_response())
}

/// `POST /console/batches/:batch_id/rematch`.
#[handler]
pub async fn rematch(screen: Screen, Path(batch_id): Path<i64>) -> Result<Response, Failure> {
    let staff = screen.changer("batch.rematch").await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| commands::rematch_batch(conn, BatchId(batch_id), &staff, now_ms))
        .await?;
    Ok(Redirect::see_other(format!("/console/batches/{batch_id}")).into_response())
}

/// The number of files the person typed, to show that it was seen.
#[derive(Deserialize)]
struct Confirmation {
    files: String,
}

/// `POST /console/batches/:batch_id/undo`: takes every photo of the batch back, once their number was typed.
#[handler]
pub async fn undo(
    screen: Screen,
    Path(batch_id): Path<i64>,
    Form(typed): Form<Confirmation>,
) -> Result<Response, Failure> {
    let staff = screen.changer("batch.undo").await?;
    let house = screen.state.house();
    let (batch_id, now_ms) = (BatchId(batch_id), house.clock.now_ms());
    let typed = typed.files.replace([',', '，', ' '], "");
    house
        .db
        .write_tx(move |conn| {
            let files = listing::get_summary(conn, batch_id)?.0.files;
            if typed != files.to_string() {
                return Err(Error::invalid(
                    "number-differs",
                    "files",
                    "the number typed is not the batch's number of files",
                ));
            }
            commands::undo_batch(conn, batch_id, &staff, now_ms)
        })
        .await?;
    Ok(Redirect::see_other(format!("/console/batches/{batch_id}")).into_response())
}
