//! 总览: what is open, how old the oldest is, what is next; then how far the campaign is, as charts over tables.

use domain::batches::queries::listing::{self, BatchFilter};
use domain::campaigns::queries::progress::{AGE_DAYS, Ages, OpenWork, list_ages};
use domain::campaigns::queries::tallies::{Day, Part, list_days, list_parts, list_rules, tallied_at};
use domain::clock::day_in_shanghai;
use poem::web::Query;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::batches::BatchRow;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{Screen, address};

const LATEST_BATCHES: i64 = 5;
/// Rules that the chart over time shows: those that flagged most.
const SHOWN_RULES: usize = 5;

/// `overview/show.html`.
#[derive(Serialize)]
pub struct OverviewPage {
    frame: Frame,
    has_campaign: bool,
    open_total: i64,
    oldest: Option<Moment>,
    work: Vec<WorkRow>,
    total: Part,
    /// The college whose classes are shown.
    college: Option<String>,
    parts: Vec<PartRow>,
    days: Vec<DayRow>,
    rules: Vec<RuleRow>,
    age_days: [i64; AGE_DAYS.len()],
    ages: Vec<AgeRow>,
    tallied: Option<Moment>,
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

#[derive(Serialize)]
struct PartRow {
    name: String,
    expected: i64,
    matched: i64,
    in_review: i64,
    confirmed: i64,
    disputed: i64,
    /// Named by a photo that is neither matched nor in review, or by none.
    missing: i64,
    href: String,
    /// The class's sign-off sheet.
    sheet: Option<String>,
}

#[derive(Serialize)]
struct DayRow {
    day: String,
    matched: i64,
    in_review: i64,
    rejected: i64,
    unmatched: i64,
}

/// Flags of a rule as percents of each day's photos, in the order of the days.
#[derive(Serialize)]
struct RuleRow {
    code: String,
    percents: Vec<String>,
}

#[derive(Serialize)]
struct AgeRow {
    kind: &'static str,
    counts: Ages,
    href: &'static str,
}

/// What of the campaign is looked at.
#[derive(Deserialize)]
pub struct PartQuery {
    college: Option<String>,
}

#[derive(Default)]
struct Charts {
    parts: Vec<Part>,
    days: Vec<Day>,
    rules: Vec<(i64, String, i64)>,
    ages: Vec<(&'static str, Ages)>,
    tallied_at_ms: Option<i64>,
    batches: Vec<listing::BatchSummary>,
}

/// `GET /console`.
#[handler]
pub async fn show(screen: Screen, Query(query): Query<PartQuery>) -> Result<Response, Failure> {
    let console = screen.console(Section::Overview).await?;
    let now_ms = console.now_ms;
    let mut open: Vec<OpenWork> = console.open;
    open.sort_by_key(|work| work.oldest_at_ms);
    let (staff, college) = (screen.staff()?.clone(), query.college.clone());
    // Who sees one college alone sees how far that is, and nothing of whole deliveries.
    let is_everywhere = staff.role.may_see_every_college();
    let has_campaign = console.campaign.is_some();
    let charts = match console.campaign {
        None => Charts::default(),
        Some(campaign) => {
            let read = screen.state.house().db.read(move |conn| {
                let campaign_id = campaign.campaign_id;
                let parts = list_parts(conn, &staff, campaign_id, college.as_deref())?;
                let tallied_at_ms = tallied_at(conn, campaign_id)?;
                if !is_everywhere {
                    return Ok(Charts {
                        parts,
                        tallied_at_ms,
                        ..Charts::default()
                    });
                }
                let days = list_days(conn, campaign_id)?;
                Ok(Charts {
                    parts,
                    tallied_at_ms,
                    rules: list_rules(conn, campaign_id, &days)?,
                    days,
                    ages: list_ages(conn, &campaign, now_ms)?,
                    batches: listing::list_summaries(conn, &campaign, &BatchFilter::default(), None, LATEST_BATCHES)?,
                })
            });
            read.await?
        }
    };
    let college = query.college.filter(|college| !college.is_empty());
    let page = OverviewPage {
        frame: console.frame,
        has_campaign,
        open_total: open.iter().map(|work| work.count).sum(),
        oldest: open.first().map(|work| Moment::new(work.oldest_at_ms, now_ms)),
        work: open.into_iter().map(|work| work_row(work, now_ms)).collect(),
        total: Part::sum(&charts.parts),
        parts: charts
            .parts
            .into_iter()
            .map(|part| part_row(part, college.as_deref()))
            .collect(),
        rules: rule_rows(&charts.days, &charts.rules),
        days: charts.days.iter().map(day_row).collect(),
        age_days: AGE_DAYS,
        ages: charts
            .ages
            .into_iter()
            .map(|(kind, counts)| AgeRow {
                kind,
                counts,
                href: address_of(kind),
            })
            .collect(),
        tallied: charts.tallied_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
        batches: charts
            .batches
            .into_iter()
            .map(|batch| BatchRow::new(batch, now_ms))
            .collect(),
        college,
    };
    screen.show("overview/show.html", &page)
}

fn work_row(work: OpenWork, now_ms: i64) -> WorkRow {
    WorkRow {
        kind: work.kind,
        count: work.count,
        oldest: Some(Moment::new(work.oldest_at_ms, now_ms)),
        href: address_of(work.kind),
    }
}

fn part_row(part: Part, college: Option<&str>) -> PartRow {
    let missing = part.expected - part.matched - part.in_review;
    let class_of = |path: &str| {
        let fields = [
            ("college", college.map(str::to_owned)),
            ("class", Some(part.name.clone())),
        ];
        address(path, fields)
    };
    let href = match college {
        Some(_) => class_of("/console/records"),
        None => address("/console", [("college", Some(part.name.clone()))]),
    };
    PartRow {
        href,
        sheet: college
            .filter(|_| !part.name.is_empty())
            .map(|_| class_of("/console/records/sheet")),
        expected: part.expected,
        matched: part.matched,
        in_review: part.in_review,
        confirmed: part.confirmed,
        disputed: part.disputed,
        missing,
        name: part.name,
    }
}

const DAY_MS: i64 = 86_400_000;

fn day_row(day: &Day) -> DayRow {
    DayRow {
        // The number counts days in China: its midnight in UTC is the same calendar day at eight in the morning there.
        day: day_in_shanghai(day.day * DAY_MS),
        matched: day.matched,
        in_review: day.in_review,
        rejected: day.rejected,
        unmatched: day.unmatched,
    }
}

fn rule_rows(days: &[Day], rules: &[(i64, String, i64)]) -> Vec<RuleRow> {
    let mut codes: Vec<(&str, i64)> = Vec::new();
    for (_, code, flagged) in rules {
        match codes.iter_mut().find(|(known, _)| known == code) {
            Some((_, sum)) => *sum += flagged,
            None => codes.push((code, *flagged)),
        }
    }
    codes.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let percent = |day: &Day, code: &str| {
        let of_day = rules.iter().find(|(at, of, _)| *at == day.day && of == code);
        let share = of_day.map_or(0.0, |(.., flagged)| *flagged as f64 / day.photos.max(1) as f64);
        ((share * 1_000.0).round() / 10.0).to_string()
    };
    let shown = codes.into_iter().take(SHOWN_RULES).map(|(code, _)| RuleRow {
        code: code.to_owned(),
        percents: days.iter().map(|day| percent(day, code)).collect(),
    });
    shown.collect()
}

fn address_of(kind: &str) -> &'static str {
    match kind {
        "recapture" => "/console/recaptures",
        "review" => "/console/review",
        _ => "/console/batches",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_percents_of_a_day_and_the_busiest_rules_come_first() {
        let day = |day| Day {
            day,
            photos: 200,
            matched: 0,
            in_review: 0,
            rejected: 0,
            unmatched: 0,
        };
        let rules = [
            (1, "BG".to_owned(), 3),
            (2, "BG".to_owned(), 1),
            (2, "DUP".to_owned(), 20),
        ];
        let rows = rule_rows(&[day(1), day(2)], &rules);
        let shown: Vec<(&str, String)> = rows
            .iter()
            .map(|row| (row.code.as_str(), row.percents.join(" ")))
            .collect();
        assert_eq!(shown, [("DUP", "0 10".to_owned()), ("BG", "1.5 0.5".to_owned())]);
    }
}
