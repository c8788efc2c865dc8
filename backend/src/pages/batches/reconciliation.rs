//! A batch's own page: six counts that are tabs, the reasons behind them, and the rows of the chosen one.

mod address;

use domain::batches::model::MaskedStudent;
use domain::batches::model::Verdict;
use domain::batches::queries::announced::find_announced;
use domain::batches::queries::entries::{EntryQuery, ListedEntry, list_entries};
use domain::batches::queries::listing::{self, BatchSummary, ListCounts, ReasonCount};
use domain::campaigns::model::Campaign;
use domain::clock::TimestampMs;
use domain::db::Conn;
use domain::id::{BatchId, RecordId};
use poem::http::StatusCode;
use poem::web::{Path, Query};
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use self::address::Address;
use super::{BatchRow, is_moving};
use crate::error::Failure;
use crate::pages::announced::AnnouncedLine;
use crate::pages::entry_rows::EntryRow;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Span;
use crate::pages::pictures::Signer;
use crate::pages::screen::{PAGE_ROWS, Screen};

/// The lists of a batch in the order of its tiles, each with its symbol.
const LISTS: [(&str, &str); 7] = [
    ("matched", "circle-check"),
    ("review", "eye"),
    ("rejected", "circle-x"),
    ("unmatched", "link-off"),
    ("ignored", "ban"),
    ("missing", "photo-off"),
    ("manifest_only", "file-text"),
];

/// `batches/show.html`.
#[derive(Serialize)]
pub struct BatchPage {
    frame: Frame,
    batch: BatchRow,
    announced: Option<AnnouncedLine>,
    progress: Option<Progress>,
    failure: Option<FailureNote>,
    open_total: i64,
    open_list: &'static str,
    open_count: i64,
    open_href: String,
    tiles: Vec<Tile>,
    list: &'static str,
    list_count: i64,
    reasons: Vec<ReasonChip>,
    reason: Option<String>,
    rows: Vec<EntryRow>,
    is_first: bool,
    first: String,
    next: Option<String>,
    download: String,
}

/// How far the work is.
#[derive(Serialize)]
pub struct Progress {
    done: i64,
    total: i64,
    per_second: Option<i64>,
    left: Option<Span>,
}

impl Progress {
    /// From work begun at `started_at_ms`; rate and time left only once they mean something.
    pub fn new(done: i64, total: i64, started_at_ms: Option<TimestampMs>, now_ms: TimestampMs) -> Self {
        let running_ms = started_at_ms.map(|started_at_ms| now_ms.saturating_sub(started_at_ms));
        let seconds = running_ms.map(|ms| ms / 1_000).filter(|seconds| *seconds >= 2);
        let per_second = seconds
            .and_then(|seconds| done.checked_div(seconds))
            .filter(|rate| *rate > 0);
        let left = per_second.map(|rate| total.saturating_sub(done) / rate);
        Self {
            done: done.min(total),
            total,
            per_second,
            left: left.map(|seconds| Span::of_ms(seconds.saturating_mul(1_000))),
        }
    }
}

/// Why a job ended without a result: worded by `failure-<code>`, else by what the job said.
#[derive(Serialize)]
pub struct FailureNote {
    code: String,
    message: String,
}

impl FailureNote {
    /// From what a row says of its failure.
    pub fn new(code: Option<String>, message: Option<String>) -> Option<Self> {
        Some(Self {
            code: code?,
            message: message.unwrap_or_default(),
        })
    }
}

#[derive(Serialize)]
struct Tile {
    list: &'static str,
    icon: &'static str,
    count: i64,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct ReasonChip {
    code: String,
    count: i64,
    pairs: Option<i64>,
    href: String,
    is_current: bool,
}

/// The chosen list, all of it in the address.
#[derive(Clone, Deserialize)]
pub struct ListQuery {
    /// Its name.
    pub list: Option<String>,
    /// Only files with this finding.
    pub reason: Option<String>,
    after: Option<i64>,
}

/// One page of rows, and where it goes on.
#[derive(Default)]
struct Rows {
    entries: Vec<ListedEntry>,
    missing: Vec<(RecordId, MaskedStudent)>,
    manifest_rows: Vec<i64>,
}

impl Rows {
    fn read(
        conn: &mut Conn,
        campaign: &Campaign,
        batch_id: BatchId,
        list: &str,
        query: &ListQuery,
    ) -> domain::Result<Self> {
        let mut rows = Self::default();
        match list {
            "missing" => rows.missing = listing::list_missing(conn, campaign, query.after.map(RecordId), PAGE_ROWS)?,
            "manifest_only" => {
                rows.manifest_rows = listing::list_manifest_only(conn, batch_id, query.after, PAGE_ROWS)?;
            }
            verdict => {
                let wanted = EntryQuery {
                    batch_id,
                    verdict: Some(verdict.parse::<Verdict>()?),
                    reason: query.reason.clone(),
                    after_seq: query.after,
                    limit: PAGE_ROWS,
                };
                rows.entries = list_entries(conn, &wanted)?;
            }
        }
        Ok(rows)
    }

    fn next(&self) -> Option<i64> {
        let last = [
            self.entries.last().map(|entry| entry.seq),
            self.missing.last().map(|(record_id, _)| record_id.0),
            self.manifest_rows.last().copied(),
        ];
        let is_full = self.entries.len().max(self.missing.len()).max(self.manifest_rows.len()) == PAGE_ROWS as usize;
        last.into_iter().flatten().next().filter(|_| is_full)
    }

    fn into_page(self, signer: &Signer<'_>) -> Vec<EntryRow> {
        let entries = self.entries.into_iter().map(|entry| EntryRow::new(entry, signer));
        let missing = self
            .missing
            .into_iter()
            .map(|(record_id, student)| EntryRow::missing(record_id.0, student));
        let manifest_rows = self.manifest_rows.into_iter().map(EntryRow::manifest_only);
        entries.chain(missing).chain(manifest_rows).collect()
    }
}

/// `GET /console/batches/:batch_id`.
#[handler]
pub async fn show(
    screen: Screen,
    Path(batch_id): Path<i64>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (summary, campaign, reasons, announced) = house
        .db
        .read(move |conn| {
            let batch_id = BatchId(batch_id);
            let (summary, campaign) = listing::get_summary(conn, batch_id)?;
            let reasons = listing::count_reasons(conn, batch_id)?;
            Ok((summary, campaign, reasons, find_announced(conn, batch_id)?))
        })
        .await?;
    let list = chosen_list(query.list.as_deref(), &summary.counts)?;
    let is_moving = is_moving(summary.batch.state);
    let rows = if is_moving {
        Rows::default()
    } else {
        let query = query.clone();
        house
            .db
            .read(move |conn| Rows::read(conn, &campaign, BatchId(batch_id), list, &query))
            .await?
    };
    let console = screen.console(Section::Batches).await?;
    let signer = Signer::new(house, screen.staff()?.staff_id, console.now_ms);
    let mut frame = console.frame;
    frame.refresh_seconds = is_moving.then_some(3);
    let address = Address {
        batch_id,
        list,
        reason: query.reason.as_deref(),
    };
    let counts = summary.counts;
    let open_list = first_list(&counts);
    let page = BatchPage {
        announced: announced.map(AnnouncedLine::from),
        open_total: counts.review + counts.unmatched + counts.rejected,
        open_list,
        open_count: count_of(open_list, &counts),
        open_href: Address {
            batch_id,
            list: open_list,
            reason: None,
        }
        .page(),
        frame,
        progress: is_moving.then(|| progress(&summary, console.now_ms)),
        failure: FailureNote::new(
            summary.batch.failure_code.clone(),
            summary.batch.failure_message.clone(),
        ),
        tiles: tiles(batch_id, list, &counts),
        list,
        list_count: count_of(list, &counts),
        reasons: chips(&reasons, &address),
        is_first: query.after.is_none(),
        first: address.page(),
        next: rows.next().map(|after| address.after(after)),
        rows: rows.into_page(&signer),
        download: address.download(),
        batch: BatchRow::new(summary, console.now_ms),
        reason: query.reason,
    };
    screen.show("batches/show.html", &page)
}

fn progress(summary: &BatchSummary, now_ms: TimestampMs) -> Progress {
    let batch = &summary.batch;
    Progress::new(
        batch.entries_inspected,
        batch.entries_total,
        Some(batch.received_at_ms),
        now_ms,
    )
}

/// The list that an address names, else the one a person opens the page for.
pub fn chosen_list(named: Option<&str>, counts: &ListCounts) -> Result<&'static str, Failure> {
    let Some(named) = named else {
        return Ok(first_list(counts));
    };
    let known = LISTS.into_iter().map(|(list, _)| list).find(|list| *list == named);
    known.ok_or_else(|| Failure::status(StatusCode::NOT_FOUND))
}

/// The list a person opens the page for: what waits for a decision, else what went well.
fn first_list(counts: &ListCounts) -> &'static str {
    ["review", "unmatched", "rejected"]
        .into_iter()
        .find(|list| count_of(list, counts) > 0)
        .unwrap_or("matched")
}

fn count_of(list: &str, counts: &ListCounts) -> i64 {
    match list {
        "matched" => counts.matched,
        "review" => counts.review,
        "rejected" => counts.rejected,
        "unmatched" => counts.unmatched,
        "ignored" => counts.ignored,
        "missing" => counts.missing,
        _ => counts.manifest_only,
    }
}

fn tiles(batch_id: i64, current: &str, counts: &ListCounts) -> Vec<Tile> {
    let tile = |(list, icon): (&'static str, &'static str)| Tile {
        list,
        icon,
        count: count_of(list, counts),
        href: Address {
            batch_id,
            list,
            reason: None,
        }
        .page(),
        is_current: list == current,
    };
    // The seventh appears only where a manifest named photos that did not come.
    LISTS
        .into_iter()
        .map(tile)
        .filter(|tile| tile.list != "manifest_only" || tile.count > 0)
        .collect()
}

fn chips(reasons: &[ReasonCount], address: &Address<'_>) -> Vec<ReasonChip> {
    let of_list = |reason: &&ReasonCount| reason.verdict.as_str() == address.list;
    let chip = |reason: &ReasonCount| {
        let is_current = address.reason == Some(reason.code.as_str());
        // A chosen chip leads back to the whole list.
        let chosen = (!is_current).then_some(reason.code.as_str());
        ReasonChip {
            code: reason.code.clone(),
            count: reason.files,
            pairs: reason.pairs,
            href: Address {
                reason: chosen,
                ..*address
            }
            .page(),
            is_current,
        }
    };
    reasons.iter().filter(of_list).map(chip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_with_what_waits_for_a_decision() {
        assert_eq!(
            first_list(&ListCounts {
                matched: 9,
                ..ListCounts::default()
            }),
            "matched"
        );
        assert_eq!(
            first_list(&ListCounts {
                matched: 9,
                rejected: 1,
                unmatched: 2,
                ..ListCounts::default()
            }),
            "unmatched"
        );
    }
}
