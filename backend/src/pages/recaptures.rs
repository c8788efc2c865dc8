//! 补采: who must be photographed again, until when, and what the agency was told.

use domain::batches::model::MaskedStudent;
use domain::clock::day_in_shanghai;
use domain::error::Error;
use domain::id::RecaptureId;
use domain::recaptures::commands;
use domain::recaptures::model::{ListedRecapture, RecaptureChange, RecaptureFilter, RecaptureState, Standing};
use domain::recaptures::queries::{count_by_reason, count_pending, list_page};
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{PAGE_ROWS, Screen, address, local_path};
use crate::pages::views::Views;

const HERE: &str = "/console/recaptures";

/// `recaptures/list.html`.
#[derive(Serialize)]
pub struct RecaptureListPage {
    frame: Frame,
    campaign_name: Option<String>,
    max_attempts: i32,
    total: i64,
    oldest: Option<Moment>,
    /// Worded by `recapture-standing-…`.
    standing: &'static str,
    standings: Vec<Chip>,
    reasons: Vec<Chip>,
    rows: Vec<RecaptureRow>,
    views: Views,
    here: String,
    is_first: bool,
    first: String,
    next_href: Option<String>,
}

/// A part of the list.
#[derive(Serialize)]
struct Chip {
    word: String,
    count: Option<i64>,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct RecaptureRow {
    number: i64,
    student: MaskedStudent,
    reason: String,
    batch_id: Option<i64>,
    attempt: i32,
    is_in_person: bool,
    state: RecaptureState,
    since: Moment,
    changed: Moment,
    due: String,
    is_overdue: bool,
}

/// The chosen part, all of it in the address.
#[derive(Clone, Default, Deserialize)]
pub struct PartQuery {
    standing: Option<String>,
    reason: Option<String>,
    after: Option<i64>,
}

/// Parts by where re-captures stand, in the order of the page.
const STANDINGS: [&str; 8] = [
    "pending",
    "open",
    "exported",
    "shot",
    "overdue",
    "in-person",
    "closed",
    "cancelled",
];

impl PartQuery {
    fn standing(&self) -> &'static str {
        let chosen = self.standing.as_deref();
        let known = STANDINGS.into_iter().find(|word| Some(*word) == chosen);
        known.unwrap_or("pending")
    }

    fn filter(&self, now_ms: i64) -> RecaptureFilter {
        let standing = match self.standing() {
            "overdue" => Standing::Overdue(now_ms),
            "in-person" => Standing::InPerson,
            word => word.parse().map_or(Standing::Pending, Standing::In),
        };
        RecaptureFilter {
            standing,
            reason: self.reason.clone().filter(|reason| !reason.is_empty()),
        }
    }

    fn address(&self, standing: &str, reason: Option<&str>, after: Option<i64>) -> String {
        let fields = [
            ("standing", Some(standing.to_owned()).filter(|word| word != "pending")),
            ("reason", reason.map(str::to_owned)),
            ("after", after.map(|after| after.to_string())),
        ];
        address(HERE, fields)
    }
}

/// `GET /console/recaptures`.
#[handler]
pub async fn list(screen: Screen, Query(part): Query<PartQuery>) -> Result<Response, Failure> {
    let console = screen.console(Section::Recaptures).await?;
    let now_ms = console.now_ms;
    let (filter, after) = (part.filter(now_ms), part.after.map(RecaptureId));
    let campaign_name = console.campaign.as_ref().map(|campaign| campaign.name.clone());
    let max_attempts = console
        .campaign
        .as_ref()
        .map_or(0, |campaign| campaign.plan.max_attempts);
    let ((total, oldest), counts, rows) = match console.campaign {
        None => ((0, None), Vec::new(), Vec::new()),
        Some(campaign) => {
            let db = &screen.state.house().db;
            let read = db.read(move |conn| {
                let rows = list_page(conn, &campaign, &filter, after, PAGE_ROWS)?;
                Ok((count_pending(conn, &campaign)?, count_by_reason(conn, &campaign)?, rows))
            });
            read.await?
        }
    };
    let (standing, reason) = (part.standing(), part.reason.as_deref());
    let last = rows.last().filter(|_| rows.len() == PAGE_ROWS as usize);
    let page = RecaptureListPage {
        frame: console.frame,
        campaign_name,
        max_attempts,
        total,
        oldest: oldest.map(|at_ms| Moment::new(at_ms, now_ms)),
        standing,
        standings: standings(&part, &counts),
        reasons: reasons(&part, &counts),
        views: Views::of(&screen, HERE, part.address(standing, reason, None)).await?,
        here: part.address(standing, reason, part.after),
        is_first: part.after.is_none(),
        first: part.address(standing, reason, None),
        next_href: last.map(|row| part.address(standing, reason, Some(row.recapture_id.0))),
        rows: rows
            .into_iter()
            .map(|listed| row(listed, max_attempts, now_ms))
            .collect(),
    };
    screen.show("recaptures/list.html", &page)
}

type Counts = [(RecaptureState, String, i64)];

fn is_pending(state: RecaptureState) -> bool {
    matches!(
        state,
        RecaptureState::Open | RecaptureState::Exported | RecaptureState::Shot
    )
}

fn standings(part: &PartQuery, counts: &Counts) -> Vec<Chip> {
    let count = |word: &str| -> Option<i64> {
        let is_of = |state: RecaptureState| match word {
            "pending" => is_pending(state),
            other => state.as_str() == other,
        };
        let of_it = counts.iter().filter(|(state, ..)| is_of(*state));
        (!matches!(word, "overdue" | "in-person")).then(|| of_it.map(|(.., count)| count).sum())
    };
    let chips = STANDINGS.into_iter().map(|word| Chip {
        count: count(word),
        href: part.address(word, None, None),
        is_current: part.standing() == word,
        word: word.to_owned(),
    });
    chips.collect()
}

/// The reasons of what is pending; a chosen one leads back to all.
fn reasons(part: &PartQuery, counts: &Counts) -> Vec<Chip> {
    let mut sums: Vec<(String, i64)> = Vec::new();
    for (_, reason, count) in counts.iter().filter(|(state, ..)| is_pending(*state)) {
        match sums.iter_mut().find(|(known, _)| known == reason) {
            Some((_, sum)) => *sum += count,
            None => sums.push((reason.clone(), *count)),
        }
    }
    let chosen = part.reason.as_deref();
    let chips = sums.into_iter().map(|(reason, count)| {
        let is_current = chosen == Some(reason.as_str());
        Chip {
            count: Some(count),
            href: part.address(part.standing(), (!is_current).then_some(reason.as_str()), None),
            is_current,
            word: reason,
        }
    });
    chips.collect()
}

fn row(listed: ListedRecapture, max_attempts: i32, now_ms: i64) -> RecaptureRow {
    RecaptureRow {
        number: listed.recapture_id.0,
        student: listed.student,
        reason: listed.reason,
        batch_id: listed.batch_id.map(|batch_id| batch_id.0),
        attempt: listed.attempt,
        is_in_person: listed.attempt > max_attempts,
        state: listed.state,
        since: Moment::new(listed.created_at_ms, now_ms),
        changed: Moment::new(listed.updated_at_ms, now_ms),
        due: day_in_shanghai(listed.due_at_ms),
        is_overdue: is_pending(listed.state) && listed.due_at_ms < now_ms,
    }
}

/// `POST /console/recaptures/changes`: what a person does to the rows that were ticked.
#[handler]
pub async fn change(screen: Screen, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, Failure> {
    let staff = screen.changer("recapture.change").await?;
    let mut ids = Vec::new();
    let (mut what, mut back) = (None, HERE.to_owned());
    for (name, value) in fields {
        match (name.as_str(), value.as_str()) {
            ("recapture", number) => ids.push(RecaptureId(number.parse().map_err(|_| unknown("recapture"))?)),
            ("what", "shot") => what = Some(RecaptureChange::Shot),
            ("what", "cancel") => what = Some(RecaptureChange::Cancel),
            ("what", "reopen") => what = Some(RecaptureChange::Reopen),
            ("back", path) => back = local_path(path).unwrap_or(HERE).to_owned(),
            _ => {}
        }
    }
    let what = what.ok_or_else(|| unknown("what"))?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| commands::change(conn, &sealer, &staff, &ids, what, now_ms))
        .await?;
    Ok(Redirect::see_other(back).into_response())
}

fn unknown(field: &'static str) -> Error {
    Error::invalid("field", field, "use the form of the page")
}
