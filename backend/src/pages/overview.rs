//! 总览: what is open, how old the oldest is, what is next; then the campaign and its latest batches.

use domain::batches::queries::listing;
use domain::campaigns::queries::progress::{OpenWork, Progress, get_progress};
use poem::{Response, handler};
use serde::Serialize;

use crate::error::Failure;
use crate::pages::batches::BatchRow;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::Screen;

const LATEST_BATCHES: i64 = 5;

/// `overview/show.html`.
#[derive(Serialize)]
pub struct OverviewPage {
    frame: Frame,
    open_total: i64,
    oldest: Option<Moment>,
    work: Vec<WorkRow>,
    progress: Option<Progress>,
    batches: Vec<BatchRow>,
}

/// One kind of open work, oldest kind first: the first row is what comes next.
#[derive(Serialize)]
struct WorkRow {
    kind: &'static str,
    count: i64,
    oldest: Option<Moment>,
    href: &'static str,
}

/// `GET /console`.
#[handler]
pub async fn show(screen: Screen) -> Result<Response, Failure> {
    let console = screen.console(Section::Overview).await?;
    let now_ms = console.now_ms;
    let mut open: Vec<OpenWork> = console.open;
    open.sort_by_key(|work| work.oldest_at_ms);
    let (progress, batches) = match console.campaign {
        None => (None, Vec::new()),
        Some(campaign) => {
            let db = &screen.state.house().db;
            let read = db.read(move |conn| {
                let progress = get_progress(conn, &campaign)?;
                Ok((
                    Some(progress),
                    listing::list_summaries(conn, &campaign, None, LATEST_BATCHES)?,
                ))
            });
            read.await?
        }
    };
    let page = OverviewPage {
        frame: console.frame,
        open_total: open.iter().map(|work| work.count).sum(),
        oldest: open.first().map(|work| Moment::new(work.oldest_at_ms, now_ms)),
        work: open
            .into_iter()
            .map(|work| WorkRow {
                kind: work.kind,
                count: work.count,
                oldest: Some(Moment::new(work.oldest_at_ms, now_ms)),
                href: address_of(work.kind),
            })
            .collect(),
        progress,
        batches: batches.into_iter().map(|batch| BatchRow::new(batch, now_ms)).collect(),
    };
    screen.show("overview/show.html", &page)
}

fn address_of(kind: &str) -> &'static str {
    match kind {
        "recapture" => "/console/recaptures",
        "review" => "/console/review",
        _ => "/console/batches",
    }
}
