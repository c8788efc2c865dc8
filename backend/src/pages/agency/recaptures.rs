//! Whom an agency is to shoot again, until when.

use domain::agencies::model::Deliverer;
use domain::agencies::queries::list_campaigns_for;
use domain::campaigns::model::Campaign;
use domain::clock::day_in_shanghai;
use domain::id::RecaptureId;
use domain::recaptures::model::RecaptureRow;
use domain::recaptures::queries::list_for_agency;
use poem::http::StatusCode;
use poem::web::Query;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use super::{Head, Place};
use crate::error::Failure;
use crate::pages::downloads::file;
use crate::pages::frame::Frame;
use crate::pages::screen::{PAGE_ROWS, Screen, address};
use crate::sheets::{self, SheetKind};

const HERE: &str = "/agency/recaptures";
/// Rows of a list to take away; a campaign has fewer.
const ALL_ROWS: i64 = 1_000_000;

/// `agency/recaptures.html`.
#[derive(Serialize)]
pub struct RecapturePage {
    frame: Frame,
    head: Head,
    campaigns: Vec<(String, String)>,
    campaign: Option<String>,
    rows: Vec<Row>,
    csv: String,
    xlsx: String,
    is_first: bool,
    first: String,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    student_no: String,
    college: Option<String>,
    class_name: Option<String>,
    reason: String,
    attempt: i32,
    due: String,
    is_overdue: bool,
}

impl Row {
    fn new(row: RecaptureRow, now_ms: i64) -> Self {
        Self {
            name: row.masked_name,
            student_no: row.student_no,
            college: row.college,
            class_name: row.class_name,
            reason: row.reason,
            attempt: row.attempt,
            due: day_in_shanghai(row.due_at_ms),
            is_overdue: row.due_at_ms < now_ms,
        }
    }
}

#[derive(Clone, Deserialize)]
struct Part {
    campaign: Option<String>,
    after: Option<i64>,
}

fn chosen<'c>(campaigns: &'c [Campaign], part: &Part) -> Option<&'c Campaign> {
    let named = campaigns
        .iter()
        .find(|campaign| Some(&campaign.code) == part.campaign.as_ref());
    named.or_else(|| campaigns.first())
}

fn address_of(path: &str, campaign: Option<&str>, after: Option<i64>) -> String {
    let fields = [
        ("campaign", campaign.map(str::to_owned)),
        ("after", after.map(|after| after.to_string())),
    ];
    address(path, fields)
}

/// `GET /agency/recaptures`.
#[handler]
pub async fn list(screen: Screen, Query(part): Query<Part>) -> Result<Response, Failure> {
    let (frame, head) = screen.agency(Place::Recaptures).await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let by = Deliverer::from(screen.operator()?);
    let wanted = part.clone();
    let read = house.db.read(move |conn| {
        let campaigns = list_campaigns_for(conn, &by)?;
        let after = wanted.after.map(RecaptureId);
        let rows = match chosen(&campaigns, &wanted) {
            None => Vec::new(),
            Some(campaign) => list_for_agency(conn, &by, campaign, after, PAGE_ROWS)?,
        };
        Ok((campaigns, rows))
    });
    let (campaigns, rows) = read.await?;
    let campaign = chosen(&campaigns, &part).map(|campaign| campaign.code.clone());
    let code = campaign.as_deref();
    let last = rows.last().filter(|_| rows.len() == PAGE_ROWS as usize);
    let page = RecapturePage {
        frame,
        head,
        csv: address_of("/agency/recaptures.csv", code, None),
        xlsx: address_of("/agency/recaptures.xlsx", code, None),
        is_first: part.after.is_none(),
        first: address_of(HERE, code, None),
        next: last.map(|row| address_of(HERE, code, Some(row.recapture_id.0))),
        rows: rows.into_iter().map(|row| Row::new(row, now_ms)).collect(),
        campaigns: campaigns
            .into_iter()
            .map(|campaign| (campaign.code, campaign.name))
            .collect(),
        campaign,
    };
    screen.show("agency/recaptures.html", &page)
}

/// `GET /agency/recaptures.csv`, or `.xlsx`: the whole list, for the cameras.
#[handler]
pub async fn download(screen: Screen, Query(part): Query<Part>) -> Result<Response, Failure> {
    let by = Deliverer::from(screen.operator()?);
    let kind = SheetKind::of_path(screen.path());
    let read = screen.state.house().db.read(move |conn| {
        let campaigns = list_campaigns_for(conn, &by)?;
        match chosen(&campaigns, &part) {
            None => Ok(None),
            Some(campaign) => list_for_agency(conn, &by, campaign, None, ALL_ROWS).map(Some),
        }
    });
    let rows = read.await?.ok_or_else(|| Failure::status(StatusCode::NOT_FOUND))?;
    file(sheets::recaptures(kind, &rows)?, kind, "recaptures")
}
