//! The clock against a slow second one that asks every minute on its own whether it counts, and shares nothing with the first but the
//! file of holidays.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{Datelike as _, NaiveDate};
use proptest::prelude::*;
use proptest::sample::select;

use crate::worktime::calendar::{Calendar, DayKind, Hours, OwnDay};
use crate::worktime::clock::{Due, IntervalKind, Pause, due_at, explain, worked_between};

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 1_440;
/// 2019 to 2028, two years without a notice and two leap days among them.
const YEARS: std::ops::RangeInclusive<i32> = 2019..=2028;

/// What a minute is, for the slow clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Minute {
    Work,
    Night,
    Lunch,
    Weekend,
    Holiday,
}

/// A calendar, and every minute of its years.
struct World {
    calendar: Calendar,
    minutes: Vec<Minute>,
    /// The minutes that are worked, in order.
    worked: Vec<i64>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.calendar.fmt(f)
    }
}

fn first_minute() -> i64 {
    let first_day = NaiveDate::from_ymd_opt(*YEARS.start(), 1, 1).expect("a real day");
    first_day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 60 - 8 * 60
}

/// The days that the file names, read without the code under test: true is worked.
fn named_days() -> BTreeMap<NaiveDate, bool> {
    let file: toml::Table = include_str!("../holidays.toml").parse().expect("a table");
    let date = |value: &toml::Value| -> NaiveDate { value.as_str().expect("a text").parse().expect("a date") };
    let mut named = BTreeMap::new();
    for year in file["year"].as_array().expect("years") {
        for stretch in year["holidays"].as_array().expect("holidays") {
            let mut day = date(&stretch["from"]);
            while day <= date(&stretch["to"]) {
                named.insert(day, false);
                day = day.succ_opt().expect("another day");
            }
            let worked = stretch.get("work").and_then(toml::Value::as_array);
            named.extend(worked.into_iter().flatten().map(|day| (date(day), true)));
        }
    }
    named
}

impl World {
    fn new(hours: (u16, Option<(u16, u16)>, u16), own: &[(&str, DayKind)]) -> Self {
        let mut named = named_days();
        let own: BTreeMap<NaiveDate, DayKind> = own
            .iter()
            .map(|(day, kind)| (day.parse().expect("a date"), *kind))
            .collect();
        named.extend(own.iter().map(|(day, kind)| (*day, *kind == DayKind::Work)));
        let (opens, lunch, closes) = hours;
        let mut minutes = Vec::new();
        let first_day = NaiveDate::from_ymd_opt(*YEARS.start(), 1, 1).expect("a real day");
        for day in first_day.iter_days().take_while(|day| YEARS.contains(&day.year())) {
            let is_weekend = day.weekday().number_from_monday() > 5;
            for minute in 0..24 * 60 {
                minutes.push(match named.get(&day) {
                    Some(false) => Minute::Holiday,
                    None if is_weekend => Minute::Weekend,
                    _ if minute < opens || minute >= closes => Minute::Night,
                    _ if lunch.is_some_and(|(from, until)| from <= minute && minute < until) => Minute::Lunch,
                    _ => Minute::Work,
                });
            }
        }
        let worked = (first_minute()..)
            .zip(&minutes)
            .filter(|(_, kind)| **kind == Minute::Work)
            .map(|(minute, _)| minute)
            .collect();
        let own_day = |kind: DayKind| OwnDay {
            kind,
            name: "校历".to_owned(),
        };
        let calendar = Calendar {
            hours: Hours::new(opens, lunch, closes).expect("hours in order"),
            own_days: own.into_iter().map(|(day, kind)| (day, own_day(kind))).collect(),
            ..Calendar::default()
        };
        Self {
            calendar,
            minutes,
            worked,
        }
    }

    /// The minute after the last of the budget, or what is left of it when a pause never ends.
    fn due(&self, start: i64, budget: i64, pauses: &[Stand]) -> Result<i64, i64> {
        let mut left = budget;
        let from = self.worked.partition_point(|minute| *minute < start);
        for minute in &self.worked[from..] {
            match stands(pauses, *minute) {
                Some(NEVER) => return Err(left),
                Some(_) => {}
                None => left -= 1,
            }
            if left == 0 {
                return Ok(minute + 1);
            }
        }
        unreachable!("the years are long enough")
    }

    fn worked_between(&self, from: i64, until: i64, pauses: &[Stand]) -> i64 {
        let mut count = 0;
        let first = self.worked.partition_point(|minute| *minute < from);
        for minute in &self.worked[first..] {
            if *minute >= until {
                break;
            }
            if stands(pauses, *minute).is_none() {
                count += 1;
            }
        }
        count
    }

    fn kind_at(&self, minute: i64) -> Minute {
        self.minutes[usize::try_from(minute - first_minute()).expect("within the years")]
    }
}

/// From which minute to before which the clock stands; [`NEVER`] where that does not end.
type Stand = (i64, i64);
const NEVER: i64 = i64::MAX;

/// Until when the clock stands at that minute; none where it runs.
fn stands(pauses: &[Stand], minute: i64) -> Option<i64> {
    let mut until = None;
    for pause in pauses {
        if pause.0 <= minute && minute < pause.1 {
            until = until.max(Some(pause.1));
        }
    }
    until
}

/// Four calendars: the usual one; one without lunch and with days of its own, odd ones among them; one with a lunch of a minute, open
/// to midnight; one that never closes.
fn worlds() -> &'static [World] {
    static WORLDS: OnceLock<Vec<World>> = OnceLock::new();
    let own = [
        ("2024-02-29", DayKind::Off),
        ("2028-02-29", DayKind::Off),
        ("2026-10-05", DayKind::Work),
        ("2026-10-10", DayKind::Off),
        ("2026-03-14", DayKind::Work),
        ("2027-02-05", DayKind::Off),
        ("2027-02-08", DayKind::Off),
        ("2027-02-06", DayKind::Work),
        ("2025-12-31", DayKind::Off),
        ("2026-06-10", DayKind::Work),
    ];
    WORLDS.get_or_init(|| {
        vec![
            World::new((510, Some((720, 840)), 1050), &[]),
            World::new((480, None, 960), &own),
            World::new((601, Some((719, 720)), 1440), &own),
            World::new((0, None, 1440), &[]),
        ]
    })
}

/// A minute between 2019 and the middle of 2028, often on an edge of a day near something special.
fn instant() -> impl Strategy<Value = i64> {
    let special: Vec<i64> = named_days()
        .into_keys()
        .chain(["2024-02-29", "2028-02-29", "2027-12-31"].map(|day| day.parse().expect("a date")))
        .filter(|day| YEARS.contains(&day.year()))
        .map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 60 - 8 * 60)
        .collect();
    let edges: Vec<i64> = [0, 480, 510, 601, 719, 720, 840, 960, 1050]
        .iter()
        .flat_map(|edge| [edge - 1, *edge, edge + 1])
        .collect();
    let days_in_all = 9 * 365 + 150_i64;
    let any_day = (0..days_in_all).prop_map(|day| first_minute() + day * DAY_MINUTES);
    let day = prop_oneof![
        any_day,
        (select(special), -3..=3_i64).prop_map(|(day, by)| day + by * DAY_MINUTES)
    ];
    let minute = prop_oneof![0..DAY_MINUTES, select(edges)];
    (day, minute).prop_map(|(day, minute)| (day + minute).max(first_minute()))
}

/// One of the four calendars; seldom the one that never closes, whose minutes are many.
fn world() -> impl Strategy<Value = &'static World> {
    prop_oneof![4 => 0..3_usize, 1 => Just(3_usize)].prop_map(|world| &worlds()[world])
}

/// Up to four pauses around a start, some overlapping, one in ten without an end.
fn pauses() -> impl Strategy<Value = Vec<Stand>> {
    let length = prop_oneof![8 => 0..900_i64, 1 => 0..20_000_i64];
    let one = (-2_000..8_000_i64, prop::option::weighted(0.9, length))
        .prop_map(|(from, length)| (from, length.map_or(NEVER, |length| from + length)));
    prop::collection::vec(one, 0..=4)
}

fn moved(start: i64, pauses: &[Stand]) -> Vec<Stand> {
    let moved = |(from, until): &Stand| (start + from, if *until == NEVER { NEVER } else { start + until });
    pauses.iter().map(moved).collect()
}

fn of_ms(pauses: &[Stand]) -> Vec<Pause> {
    let pause = |(from, until): &Stand| Pause {
        from_ms: from * MINUTE_MS,
        until_ms: (*until != NEVER).then(|| until * MINUTE_MS),
    };
    pauses.iter().map(pause).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn both_clocks_agree_when_something_is_due(
        world in world(), start in instant(), budget in 1..1_500_i64, pauses in pauses(),
    ) {
        let pauses = moved(start, &pauses);
        let due = match due_at(&world.calendar, start * MINUTE_MS, budget * MINUTE_MS, &of_ms(&pauses)) {
            Due::At { at_ms, .. } => Ok(at_ms),
            Due::Paused { left_ms } => Err(left_ms),
            Due::Never => Err(-1),
        };
        let slow = world.due(start, budget, &pauses);
        prop_assert_eq!(due, slow.map(|minute| minute * MINUTE_MS).map_err(|left| left * MINUTE_MS));
    }

    #[test]
    fn both_clocks_agree_how_much_was_worked(
        world in world(), from in instant(), length in prop_oneof![9 => 0..3_000_i64, 1 => 0..30_000_i64], pauses in pauses(),
    ) {
        let pauses = moved(from, &pauses);
        let worked_ms = worked_between(&world.calendar, from * MINUTE_MS, (from + length) * MINUTE_MS, &of_ms(&pauses));
        prop_assert_eq!(worked_ms, world.worked_between(from, from + length, &pauses) * MINUTE_MS);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// To the millisecond: at the due instant exactly the budget was worked, and a millisecond before one less.
    #[test]
    fn a_due_instant_is_the_first_by_which_the_budget_was_worked(
        world in world(), start in instant(), beyond_ms in 0..MINUTE_MS, budget_ms in 1..90_000_000_i64, pauses in pauses(),
    ) {
        let calendar = &world.calendar;
        let start_ms = start * MINUTE_MS + beyond_ms;
        let pauses = of_ms(&moved(start, &pauses));
        match due_at(calendar, start_ms, budget_ms, &pauses) {
            Due::At { at_ms, .. } => {
                prop_assert_eq!(worked_between(calendar, start_ms, at_ms, &pauses), budget_ms);
                prop_assert_eq!(worked_between(calendar, start_ms, at_ms - 1, &pauses), budget_ms - 1);
            }
            Due::Paused { left_ms } => {
                let since_ms = pauses.iter().filter(|pause| pause.until_ms.is_none()).map(|pause| pause.from_ms).min();
                let worked_ms = worked_between(calendar, start_ms, since_ms.expect("an open pause"), &pauses);
                prop_assert_eq!(worked_ms, budget_ms - left_ms);
            }
            Due::Never => prop_assert!(false, "there is always working time"),
        }
    }

    #[test]
    fn the_account_tiles_the_time_and_says_of_every_minute_what_it_was(
        world in world(), from in instant(), length in 1..15_000_i64, pauses in pauses(), probes in prop::collection::vec(0.0..1.0, 8),
    ) {
        let pauses = moved(from, &pauses);
        let (from_ms, until_ms) = (from * MINUTE_MS, (from + length) * MINUTE_MS);
        let told = explain(&world.calendar, from_ms, until_ms, &of_ms(&pauses));
        let mut reached_ms = from_ms;
        let mut counted_ms = 0;
        for line in &told {
            prop_assert_eq!(line.from_ms, reached_ms);
            prop_assert!(line.until_ms > line.from_ms);
            reached_ms = line.until_ms;
            if line.kind == IntervalKind::Counted {
                counted_ms += line.until_ms - line.from_ms;
            }
        }
        prop_assert_eq!(reached_ms, until_ms);
        prop_assert_eq!(counted_ms, worked_between(&world.calendar, from_ms, until_ms, &of_ms(&pauses)));
        for probe in probes {
            #[expect(clippy::cast_possible_truncation, reason = "a minute of a few weeks")]
            let minute = from + (length as f64 * probe) as i64;
            let line = told.iter().find(|line| minute * MINUTE_MS < line.until_ms).expect("a line of the account");
            let expected = if stands(&pauses, minute).is_some() {
                "paused"
            } else {
                match world.kind_at(minute) {
                    Minute::Work => "counted",
                    Minute::Night => "night",
                    Minute::Lunch => "lunch",
                    Minute::Weekend => "weekend",
                    Minute::Holiday => "holiday",
                }
            };
            prop_assert_eq!(line.kind.word(), expected);
        }
    }
}
