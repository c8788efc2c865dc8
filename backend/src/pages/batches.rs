//! 批次: the list, handing one in, and a batch's reconciliation.

pub mod reconciliation;

use domain::agencies::model::Agency;
use domain::agencies::queries::{get_agency_by_code, list_agencies};
use domain::batches::commands;
use domain::batches::model::{BatchKind, BatchState, KeyPolicyWord};
use domain::batches::queries::listing::{self, BatchFilter, BatchStanding, BatchSummary, ListCounts};
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
use crate::pages::screen::{PAGE_ROWS, Screen, address};
use crate::pages::sorting::{Sort, order_of};
use crate::pages::upload::FileForm;

const HERE: &str = "/console/batches";

/// `batches/list.html`.
#[derive(Serialize)]
pub struct BatchListPage {
    frame: Frame,
    open_total: i64,
    oldest_open: Option<Moment>,
    part: BatchPart,
    agencies: Vec<AgencyChoice>,
    standings: Vec<&'static str>,
    sort: Sort,
    rows: Vec<BatchRow>,
    is_first: bool,
    first: String,
    next_href: Option<String>,
    csv: String,
    xlsx: String,
}

/// The chosen part of the batches, all of it in the address.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct BatchPart {
    agency: Option<String>,
    /// `open` for those that wait for a person, or a state.
    standing: Option<String>,
    /// `age` or `-age`, the newest first.
    sort: Option<String>,
    after: Option<i64>,
}

impl BatchPart {
    /// The batches that it means; a word that means nothing narrows nothing.
    pub fn filter(&self) -> BatchFilter {
        BatchFilter {
            agency: self.agency.clone().filter(|code| !code.is_empty()),
            standing: match self.standing.as_deref() {
                Some("open") => Some(BatchStanding::Open),
                word => word.and_then(|word| word.parse().ok()).map(BatchStanding::In),
            },
            order: order_of(self.sort.as_deref()),
        }
    }

    fn address_of(&self, path: &str, sort: Option<String>, after: Option<BatchId>) -> String {
        let fields = [
            ("agency", self.agency.clone()),
            ("standing", self.standing.clone()),
            ("sort", sort),
            ("after", after.map(|after| after.to_string())),
        ];
        address(path, fields)
    }
}

/// `batches/new.html`.
#[derive(Serialize)]
pub struct NewBatchPage {
    frame: Frame,
    agencies: Vec<AgencyChoice>,
    limit_bytes: u64,
}

/// An agency to choose or to read about.
#[derive(Serialize)]
pub struct AgencyChoice {
    code: String,
    name: String,
}

impl From<Agency> for AgencyChoice {
    fn from(agency: Agency) -> Self {
        Self {
            code: agency.code,
            name: agency.name,
        }
    }
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
pub async fn list(screen: Screen, Query(part): Query<BatchPart>) -> Result<Response, Failure> {
    let console = screen.console(Section::Batches).await?;
    let now_ms = console.now_ms;
    let (filter, after) = (part.filter(), part.after.map(BatchId));
    let (batches, agencies) = match console.campaign {
        None => (Vec::new(), Vec::new()),
        Some(campaign) => {
            let read = screen.state.house().db.read(move |conn| {
                let batches = listing::list_summaries(conn, &campaign, &filter, after, PAGE_ROWS)?;
                Ok((batches, list_agencies(conn)?))
            });
            read.await?
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
        agencies: agencies.into_iter().map(AgencyChoice::from).collect(),
        standings: ["open"]
            .into_iter()
            .chain(BatchState::ALL.iter().map(|state| state.as_str()))
            .collect(),
        sort: Sort::new("age", part.sort.as_deref().unwrap_or("-age"), |word| {
            part.address_of(HERE, Some(word), None)
        }),
        is_first: part.after.is_none(),
        first: part.address_of(HERE, part.sort.clone(), None),
        next_href: next.map(|batch_id| part.address_of(HERE, part.sort.clone(), Some(batch_id))),
        csv: part.address_of("/console/batches.csv", part.sort.clone(), None),
        xlsx: part.address_of("/console/batches.xlsx", part.sort.clone(), None),
        part,
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
        agencies: agencies.into_iter().map(AgencyChoice::from).collect(),
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
