//! How tickets went, by kind and by who has them, for a stretch of days.

use chrono::{Days, NaiveDate};
use domain::clock::{TimestampMs, date_in_shanghai, start_of_day_in_shanghai};
use domain::tickets::model::TicketKind;
use domain::tickets::queries::statistics::{Tally, TallyLine, tally};
use poem::web::Query;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::downloads::file;
use crate::pages::frame::{Frame, Section};
use crate::pages::screen::{Screen, address};
use crate::sheets::{Sheet, SheetKind};

/// Days that the page shows unless others are asked for.
const USUAL_DAYS: u64 = 90;
const HEADINGS: [&str; 9] = [
    "类别",
    "经办人",
    "提交",
    "未结",
    "办结",
    "未通过",
    "撤回或并入",
    "按时",
    "平均满意度",
];

/// `tickets/statistics.html`.
#[derive(Serialize)]
pub struct StatisticsPage {
    frame: Frame,
    from: String,
    until: String,
    lines: Vec<Line>,
    downloads: (String, String),
}

#[derive(Serialize)]
struct Line {
    kind: TicketKind,
    who: Option<String>,
    tally: Tally,
    /// Percent of what ended that ended in time.
    in_time: Option<i64>,
    satisfaction: Option<String>,
}

impl Line {
    fn new((kind, who, tally): TallyLine) -> Self {
        let ended = tally.done + tally.rejected;
        Self {
            kind,
            who,
            in_time: (ended > 0).then(|| tally.in_time * 100 / ended),
            satisfaction: tally.mean_satisfaction().map(|mean| format!("{mean:.1}")),
            tally,
        }
    }
}

/// Both days are included.
#[derive(Deserialize)]
pub struct StretchQuery {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl StretchQuery {
    fn days(&self, now_ms: TimestampMs) -> (NaiveDate, NaiveDate) {
        let until = self.until.unwrap_or_else(|| date_in_shanghai(now_ms));
        let usual = until.checked_sub_days(Days::new(USUAL_DAYS)).unwrap_or(until);
        (self.from.unwrap_or(usual), until)
    }

    fn instants(&self, now_ms: TimestampMs) -> (TimestampMs, TimestampMs) {
        let (from, until) = self.days(now_ms);
        let after = until.checked_add_days(Days::new(1)).unwrap_or(until);
        (start_of_day_in_shanghai(from), start_of_day_in_shanghai(after))
    }
}

/// `GET /console/tickets/statistics`.
#[handler]
pub async fn show(screen: Screen, Query(stretch): Query<StretchQuery>) -> Result<Response, Failure> {
    let console = screen.console(Section::Tickets).await?;
    let (staff, instants) = (screen.staff()?.clone(), stretch.instants(console.now_ms));
    let lines = screen
        .state
        .house()
        .db
        .read(move |conn| tally(conn, &staff, instants))
        .await?;
    let (from, until) = stretch.days(console.now_ms);
    let days = || [("from", Some(from.to_string())), ("until", Some(until.to_string()))];
    let page = StatisticsPage {
        frame: console.frame,
        from: from.to_string(),
        until: until.to_string(),
        lines: lines.into_iter().map(Line::new).collect(),
        downloads: (
            address("/console/tickets/statistics.csv", days()),
            address("/console/tickets/statistics.xlsx", days()),
        ),
    };
    screen.show("tickets/statistics.html", &page)
}

/// `GET /console/tickets/statistics.csv`, `.xlsx`.
#[handler]
pub async fn download(screen: Screen, Query(stretch): Query<StretchQuery>) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    let house = screen.state.house();
    let (staff, instants) = (screen.staff()?.clone(), stretch.instants(house.clock.now_ms()));
    let kind = SheetKind::of_path(screen.path());
    let sheet = house.db.read(move |conn| {
        let mut sheet = Sheet::new(kind, &HEADINGS)?;
        for line in tally(conn, &staff, instants)?.into_iter().map(Line::new) {
            let tally = &line.tally;
            let counts = [
                tally.handed_in,
                tally.open,
                tally.done,
                tally.rejected,
                tally.dropped,
                tally.in_time,
            ];
            let head = [line.kind.to_string(), line.who.unwrap_or_default()];
            let tail = [line.satisfaction.unwrap_or_default()];
            sheet.push(
                head.into_iter()
                    .chain(counts.map(|count| count.to_string()))
                    .chain(tail),
            )?;
        }
        Ok(sheet)
    });
    file(sheet.await?, kind, "ticket-statistics")
}
