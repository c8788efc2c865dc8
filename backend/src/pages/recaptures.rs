//! 补采: who must be photographed again, as a list and as files for the agency.

use domain::batches::model::MaskedStudent;
use domain::id::RecaptureId;
use domain::recaptures::queries::{count_pending, list_page};
use poem::web::Query;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{PAGE_ROWS, Screen};

/// `recaptures/list.html`.
#[derive(Serialize)]
pub struct RecaptureListPage {
    frame: Frame,
    campaign_name: Option<String>,
    total: i64,
    oldest: Option<Moment>,
    rows: Vec<RecaptureRow>,
    is_first: bool,
    next_href: Option<String>,
}

#[derive(Serialize)]
struct RecaptureRow {
    student: MaskedStudent,
    codes: Vec<String>,
    batch_id: Option<i64>,
    since: Moment,
    delivered: Option<Moment>,
}

/// Where a list goes on.
#[derive(Deserialize)]
pub struct After {
    /// The last row of the page before.
    pub after: Option<i64>,
}

/// `GET /console/recaptures`.
#[handler]
pub async fn list(screen: Screen, Query(after): Query<After>) -> Result<Response, Failure> {
    let console = screen.console(Section::Recaptures).await?;
    let now_ms = console.now_ms;
    let campaign_name = console.campaign.as_ref().map(|campaign| campaign.name.clone());
    let ((total, oldest), rows) = match console.campaign {
        None => ((0, None), Vec::new()),
        Some(campaign) => {
            let db = &screen.state.house().db;
            let read = db.read(move |conn| {
                let rows = list_page(conn, &campaign, after.after.map(RecaptureId), PAGE_ROWS)?;
                Ok((count_pending(conn, &campaign)?, rows))
            });
            read.await?
        }
    };
    let page = RecaptureListPage {
        frame: console.frame,
        campaign_name,
        total,
        oldest: oldest.map(|at_ms| Moment::new(at_ms, now_ms)),
        is_first: after.after.is_none(),
        next_href: rows
            .last()
            .filter(|_| rows.len() == PAGE_ROWS as usize)
            .map(|row| format!("/console/recaptures?after={}", row.recapture_id)),
        rows: rows
            .into_iter()
            .map(|row| RecaptureRow {
                student: row.student,
                codes: vec![row.reason],
                batch_id: row.batch_id.map(|batch_id| batch_id.0),
                since: Moment::new(row.created_at_ms, now_ms),
                delivered: row.exported_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
            })
            .collect(),
    };
    screen.show("recaptures/list.html", &page)
}
