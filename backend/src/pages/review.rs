//! 复核: the photos that wait for a person, and those that passed and are looked through; deciding about them one by one, by selection,
//! or all that match.

pub mod case;

use domain::batches::commands::decisions::{self, Decided, MOST_ENTRIES};
use domain::batches::model::{Band, Decision};
use domain::batches::queries::review::{
    RecentDecision, ReviewQuery, count_queue, count_queue_reasons, list_queue, list_queue_ids, list_recent,
};
use domain::db::Conn;
use domain::error::Error;
use domain::id::{BatchId, CampaignId, EntryId};
use domain::photos::finding::FindingCode;
use poem::http::{HeaderMap, header};
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::entry_rows::EntryRow;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::pictures::Signer;
use crate::pages::screen::{Screen, address, local_path};
use crate::pages::views::Views;

/// The page of the queue.
const QUEUE: &str = "/console/review";
/// Tiles of one page: six rows of ten on a wide screen.
const PAGE_TILES: i64 = 60;
/// Decisions that can be taken back from the page.
const RECENT_DECISIONS: i64 = 12;

/// `review/list.html`.
#[derive(Serialize)]
pub struct ReviewPage {
    frame: Frame,
    band: Band,
    bands: Vec<BandLink>,
    matching: i64,
    most: usize,
    batch: Option<i64>,
    reason: Option<String>,
    chips: Vec<Chip>,
    tiles: Vec<EntryRow>,
    reasons: Vec<&'static str>,
    query: String,
    views: Views,
    csv: String,
    xlsx: String,
    is_first: bool,
    first: String,
    next: Option<String>,
    recent: Vec<RecentRow>,
    refused: Option<Refused>,
}

#[derive(Serialize)]
struct BandLink {
    band: Band,
    /// Counted as far as `most`.
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
struct RecentRow {
    entry_id: i64,
    decision: Decision,
    reason: Option<String>,
    at: Moment,
    student: Option<domain::batches::model::MaskedStudent>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    waiting: i64,
    passed: i64,
    matching: i64,
}

/// Photos that a decision could not be made about, worded by `review-refused-<code>`.
#[derive(Serialize)]
struct Refused {
    count: usize,
    code: String,
}

/// The chosen part of the queue, all of it in the address.
#[derive(Clone, Default, Deserialize)]
pub struct QueueQuery {
    batch: Option<i64>,
    band: Option<String>,
    reason: Option<String>,
    after: Option<i64>,
    refused: Option<usize>,
    why: Option<String>,
}

impl QueueQuery {
    /// What of the queue it means.
    pub fn within(&self, campaign_id: CampaignId) -> ReviewQuery {
        ReviewQuery {
            campaign_id,
            band: self.band(),
            batch_id: self.batch.map(BatchId),
            reason: self.reason.clone(),
        }
    }

    fn band(&self) -> Band {
        let band = self.band.as_deref().and_then(|word| word.parse().ok());
        band.unwrap_or(Band::Waiting)
    }

    /// The address of a part of the queue, or of a page within it.
    fn address(&self, path: &str, reason: Option<&str>, after: Option<EntryId>) -> String {
        let fields = [
            ("batch", self.batch.map(|batch| batch.to_string())),
            ("band", self.band.clone()),
            ("reason", reason.map(str::to_owned)),
            ("after", after.map(|after| after.to_string())),
        ];
        address(path, fields)
    }
}

/// `GET /console/review`.
#[handler]
pub async fn list(screen: Screen, Query(query): Query<QueueQuery>) -> Result<Response, Failure> {
    let console = screen.console(Section::Review).await?;
    let house = screen.state.house();
    let staff = screen.staff()?.clone();
    let now_ms = console.now_ms;
    let wanted = console
        .campaign
        .as_ref()
        .map(|campaign| query.within(campaign.campaign_id));
    let after = query.after.map(EntryId);
    let email = staff.email.clone();
    let read = house.db.read(move |conn| {
        let recent = list_recent(conn, &email, RECENT_DECISIONS)?;
        let Some(wanted) = wanted else {
            return Ok((Counts::default(), Vec::new(), Vec::new(), recent));
        };
        let part = |band, reason| ReviewQuery {
            band,
            reason,
            ..wanted.clone()
        };
        let waiting = part(Band::Waiting, None);
        let counts = Counts {
            waiting: count_queue(conn, &waiting)?,
            passed: count_as_far(conn, &part(Band::Passed, None))?,
            matching: match wanted.band {
                Band::Waiting => count_queue(conn, &wanted)?,
                Band::Passed => count_as_far(conn, &wanted)?,
            },
        };
        Ok((
            counts,
            count_queue_reasons(conn, &waiting)?,
            list_queue(conn, &wanted, after, PAGE_TILES)?,
            recent,
        ))
    });
    let (counts, reasons, entries, recent) = read.await?;
    let signer = Signer::new(house, staff.staff_id, now_ms);
    let last = entries.last().map(|entry| entry.entry_id);
    let next = last.filter(|_| entries.len() == PAGE_TILES as usize);
    let reason = query.reason.as_deref();
    let band = query.band();
    let page = ReviewPage {
        frame: console.frame,
        band,
        bands: bands(&query, counts),
        matching: counts.matching,
        most: MOST_ENTRIES,
        batch: query.batch,
        chips: reasons
            .into_iter()
            .map(|(code, count)| chip(&query, code, count))
            .collect(),
        tiles: entries.into_iter().map(|entry| EntryRow::new(entry, &signer)).collect(),
        reasons: FindingCode::DECIDABLE.iter().map(|code| code.as_str()).collect(),
        query: query.address("", reason, None),
        views: Views::of(&screen, QUEUE, query.address(QUEUE, reason, None)).await?,
        csv: query.address("/console/review.csv", reason, None),
        xlsx: query.address("/console/review.xlsx", reason, None),
        is_first: after.is_none(),
        first: query.address(QUEUE, reason, None),
        next: next.map(|entry_id| query.address(QUEUE, reason, Some(entry_id))),
        recent: recent
            .into_iter()
            .map(|decision| recent_row(decision, now_ms))
            .collect(),
        refused: query
            .refused
            .zip(query.why.clone())
            .map(|(count, code)| Refused { count, code }),
        reason: query.reason,
    };
    screen.show("review/list.html", &page)
}

/// Counts no further than one decision reaches: a campaign may have passed a million photos.
fn count_as_far(conn: &mut Conn, query: &ReviewQuery) -> Result<i64, Error> {
    let found = list_queue_ids(conn, query, MOST_ENTRIES as i64 + 1)?;
    Ok(found.len() as i64)
}

fn bands(query: &QueueQuery, counts: Counts) -> Vec<BandLink> {
    let link = |band: Band, count| BandLink {
        band,
        count,
        href: QueueQuery {
            band: (band != Band::Waiting).then(|| band.to_string()),
            ..query.clone()
        }
        .address(QUEUE, None, None),
        is_current: query.band() == band,
    };
    vec![link(Band::Waiting, counts.waiting), link(Band::Passed, counts.passed)]
}

fn chip(query: &QueueQuery, code: String, count: i64) -> Chip {
    let is_current = query.reason.as_ref() == Some(&code);
    // A chosen chip leads back to the whole queue.
    let href = query.address(QUEUE, (!is_current).then_some(code.as_str()), None);
    Chip {
        code,
        count,
        href,
        is_current,
    }
}

fn recent_row(decision: RecentDecision, now_ms: i64) -> RecentRow {
    RecentRow {
        entry_id: decision.entry_id.0,
        decision: decision.decision,
        reason: decision.reason,
        at: Moment::new(decision.decided_at_ms, now_ms),
        student: decision.student,
    }
}

/// What a form or a script sends: single entries, or a part of the queue with the number that was seen.
#[derive(Default)]
struct DecisionForm {
    entries: Vec<EntryId>,
    shown: Vec<EntryId>,
    decision: Option<Decision>,
    reason: Option<FindingCode>,
    matching: Option<String>,
    part: QueueQuery,
    back: Option<String>,
}

impl DecisionForm {
    fn read(fields: Vec<(String, String)>) -> Result<Self, Error> {
        let mut form = Self::default();
        let number = |name: &'static str, text: &str| {
            let not_a_number = |_| Error::invalid("not-a-number", name, "send the number of a photo or a batch");
            text.parse::<i64>().map_err(not_a_number)
        };
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "entry" => form.entries.push(EntryId(number("entry", &value)?)),
                "shown" => form.shown.push(EntryId(number("entry", &value)?)),
                "decision" => form.decision = Some(value.parse()?),
                "reason" => form.reason = Some(reason(&value)?),
                "matching" => form.matching = Some(value),
                "part-band" => form.part.band = Some(value),
                "part-batch" => form.part.batch = Some(number("batch", &value)?),
                "part-reason" => form.part.reason = Some(value),
                "back" => form.back = Some(value),
                _ => {}
            }
        }
        Ok(form)
    }
}

impl DecisionForm {
    /// The photos meant: what is ticked. Where all were ticked beforehand, nothing but an acceptance is said of the ticked ones, and
    /// anything else of those that somebody unticked.
    fn meant(self) -> Vec<EntryId> {
        if self.shown.is_empty() || self.decision == Some(Decision::Accept) {
            return self.entries;
        }
        let unticked = self.shown.into_iter().filter(|entry| !self.entries.contains(entry));
        unticked.collect()
    }
}

fn reason(text: &str) -> Result<FindingCode, Error> {
    let known = |_| Error::invalid("unknown-finding-code", "reason", "choose one of the listed reasons");
    text.parse().map_err(known)
}

/// `POST /console/review/decisions`: decides; answers a script with JSON, a form with the page it came from.
#[handler]
pub async fn decide(
    screen: Screen,
    headers: &HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let staff = screen.changer("photo.decide").await?;
    let form = DecisionForm::read(fields)?;
    let decision = form
        .decision
        .ok_or_else(|| Error::invalid("decision-missing", "decision", "say what is decided"))?;
    let (house, now_ms) = (screen.state.house(), screen.state.house().clock.now_ms());
    let part = match &form.matching {
        None => None,
        Some(typed) => {
            let campaign = screen
                .campaign()
                .await?
                .ok_or_else(|| Error::not_found("campaign", ""))?;
            Some((
                form.part.within(campaign.campaign_id),
                typed.replace([',', '，', ' '], ""),
            ))
        }
    };
    let (back, reason, sealer) = (form.back.clone(), form.reason, house.sealer.clone());
    let entries = form.meant();
    let decide = house.db.write_tx(move |conn| {
        let entries = match &part {
            None => entries.clone(),
            Some((part, typed)) => {
                let found = list_queue_ids(conn, part, MOST_ENTRIES as i64)?;
                if *typed != found.len().to_string() {
                    return Err(Error::invalid(
                        "number-differs",
                        "matching",
                        "the number typed is not the number of photos that match",
                    ));
                }
                found
            }
        };
        decisions::decide(conn, &sealer, &staff, &entries, decision, reason, now_ms)
    });
    let decided = decide.await?;
    answer(headers, back.as_deref(), &decided)
}

/// `POST /console/review/take-back`: takes decisions back.
#[handler]
pub async fn take_back(
    screen: Screen,
    headers: &HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let staff = screen.changer("photo.take-back").await?;
    let form = DecisionForm::read(fields)?;
    let (house, now_ms) = (screen.state.house(), screen.state.house().clock.now_ms());
    let (entries, sealer) = (form.entries, house.sealer.clone());
    let take_back = house.db.write_tx(move |conn| {
        decisions::take_back(conn, &sealer, &staff, &entries, now_ms)?;
        Ok(Decided {
            decided: entries.clone(),
            refused: Vec::new(),
        })
    });
    let decided = take_back.await?;
    answer(headers, form.back.as_deref(), &decided)
}

fn answer(headers: &HeaderMap, back: Option<&str>, decided: &Decided) -> Result<Response, Failure> {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|accepted| accepted.starts_with("application/json")) {
        let json = serde_json::to_string(decided).map_err(|error| Failure::internal(error.to_string()))?;
        return Ok(Response::builder()
            .content_type("application/json; charset=utf-8")
            .body(json));
    }
    let back = back.and_then(local_path).unwrap_or(QUEUE);
    let Some(first) = decided.refused.first() else {
        return Ok(Redirect::see_other(back).into_response());
    };
    let mark = if back.contains('?') { '&' } else { '?' };
    let refused = format!("{back}{mark}refused={}&why={}", decided.refused.len(), first.code);
    Ok(Redirect::see_other(refused).into_response())
}
