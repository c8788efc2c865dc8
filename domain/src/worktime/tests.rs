//! The clock by example; `by_minute` holds it against a second one, `school` has what schools decide.

mod by_minute;
mod school;

use chrono::{NaiveDate, NaiveDateTime};

use super::calendar::{Calendar, DayKind, DayName, Hours, OwnDay, Standing};
use super::clock::{Due, Interval, IntervalKind, Pause, due_at, explain, is_provisional, worked_between};
use super::holidays::Holiday;
use crate::clock::{format_shanghai, start_of_day_in_shanghai};

const HOUR_MS: i64 = 3_600_000;

/// The instant of `2026-05-07 14:30` in China.
fn at(text: &str) -> i64 {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time");
    local.and_utc().timestamp_millis() - 8 * HOUR_MS
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn pause(from: &str, until: &str) -> Pause {
    Pause {
        from_ms: at(from),
        until_ms: (!until.is_empty()).then(|| at(until)),
    }
}

/// When three working days from then on are over, as people read it.
fn three_days(calendar: &Calendar, start: &str, pauses: &[Pause]) -> String {
    let due = due_at(calendar, at(start), calendar.working_days_ms(3), pauses);
    due.at_ms().map_or_else(|| format!("{due:?}"), format_shanghai)
}

#[test]
fn three_working_days_end_at_the_same_time_of_the_third() {
    let calendar = Calendar::default();
    for (start, due) in [
        ("2026-03-09 10:00", "2026-03-12 10:00"),
        // A weekend lies between; the day of the leap year counts like any other.
        ("2026-03-12 15:10", "2026-03-17 15:10"),
        ("2024-02-27 09:00", "2024-03-01 09:00"),
        ("2028-02-28 09:00", "2028-03-02 09:00"),
        // Before, within and after the hours, on the edges, and at midnight.
        ("2026-03-09 00:00", "2026-03-11 17:30"),
        ("2026-03-09 08:30", "2026-03-11 17:30"),
        ("2026-03-09 12:00", "2026-03-12 12:00"),
        ("2026-03-09 13:15", "2026-03-12 12:00"),
        ("2026-03-09 14:00", "2026-03-12 12:00"),
        ("2026-03-09 17:29", "2026-03-12 17:29"),
        ("2026-03-09 17:30", "2026-03-12 17:30"),
        ("2026-03-09 23:59", "2026-03-12 17:30"),
        ("2026-03-14 11:00", "2026-03-18 17:30"),
    ] {
        assert_eq!(three_days(&calendar, start, &[]), due, "from {start}");
    }
}

#[test]
fn holidays_do_not_count_and_make_up_workdays_do() {
    let calendar = Calendar::default();
    for (start, due) in [
        // 春节 of 2026, with 14 and 28 February worked.
        ("2026-02-13 16:00", "2026-02-25 16:00"),
        ("2026-02-26 09:00", "2026-03-02 09:00"),
        // 国庆节, with Sunday 20 September and Saturday 10 October worked, and 中秋节 before.
        ("2026-09-18 14:00", "2026-09-22 12:00"),
        ("2026-09-24 17:00", "2026-09-30 17:00"),
        ("2026-09-30 11:00", "2026-10-10 11:00"),
    ] {
        assert_eq!(three_days(&calendar, start, &[]), due, "from {start}");
    }
}

#[test]
fn what_a_school_decides_outweighs_notices_and_weekdays() {
    let own = |kind, name: &str| OwnDay {
        kind,
        name: name.to_owned(),
    };
    let calendar = Calendar {
        own_days: [
            (day("2026-03-10"), own(DayKind::Off, "校庆")),
            (day("2026-03-14"), own(DayKind::Work, "校庆")),
            (day("2026-10-05"), own(DayKind::Work, "值班")),
        ]
        .into(),
        ..Calendar::default()
    };
    assert_eq!(three_days(&calendar, "2026-03-09 10:00", &[]), "2026-03-13 10:00");
    assert_eq!(three_days(&calendar, "2026-03-12 10:00", &[]), "2026-03-16 10:00");
    assert_eq!(
        calendar.standing(day("2026-10-05")),
        Standing::Makeup(DayName::Own("值班".to_owned()))
    );
    for text in [
        "2026-03-09",
        "2026-03-10",
        "2026-03-14",
        "2026-03-15",
        "2026-10-05",
        "2026-10-06",
    ] {
        let standing = calendar.standing(day(text));
        assert_eq!(calendar.is_worked(day(text)), standing.is_worked(), "{text}");
    }
}

#[test]
fn the_clock_stands_while_it_is_paused() {
    let calendar = Calendar::default();
    for (pauses, due) in [
        (vec![pause("2026-03-09 11:00", "2026-03-09 14:30")], "2026-03-12 11:30"),
        // From lunch to lunch, over nights alone, over a weekend alone.
        (vec![pause("2026-03-09 12:30", "2026-03-10 13:00")], "2026-03-13 10:00"),
        (vec![pause("2026-03-09 17:30", "2026-03-10 08:30")], "2026-03-12 10:00"),
        (vec![pause("2026-03-09 20:00", "2026-03-10 03:00")], "2026-03-12 10:00"),
        // Overlapping, touching and nested pauses stand once; an empty one not at all.
        (
            vec![
                pause("2026-03-10 09:30", "2026-03-10 11:00"),
                pause("2026-03-10 08:30", "2026-03-10 10:00"),
                pause("2026-03-10 11:00", "2026-03-10 11:30"),
                pause("2026-03-10 09:00", "2026-03-10 09:10"),
                pause("2026-03-11 09:00", "2026-03-11 09:00"),
            ],
            "2026-03-12 15:00",
        ),
        // Before the start.
        (vec![pause("2026-03-01 09:00", "2026-03-09 09:00")], "2026-03-12 10:00"),
    ] {
        assert_eq!(three_days(&calendar, "2026-03-09 10:00", &pauses), due, "{pauses:?}");
    }
    let over_holidays = [pause("2026-09-30 15:00", "2026-10-08 09:30")];
    assert_eq!(
        three_days(&calendar, "2026-09-30 11:00", &over_holidays),
        "2026-10-10 16:30"
    );
}

#[test]
fn while_a_pause_lasts_nobody_can_say_when_something_is_due() {
    let calendar = Calendar::default();
    let start_ms = at("2026-03-09 10:00");
    let budget_ms = calendar.working_days_ms(1);
    let since = |from: &str| due_at(&calendar, start_ms, budget_ms, &[pause(from, "")]);
    assert_eq!(since("2026-03-09 15:00"), Due::Paused { left_ms: 4 * HOUR_MS });
    assert_eq!(since("2026-03-01 15:00"), Due::Paused { left_ms: budget_ms });
    // The budget was used up before, or at that very instant.
    assert_eq!(since("2026-03-10 11:00").at_ms(), Some(at("2026-03-10 10:00")));
    assert_eq!(since("2026-03-10 10:00").at_ms(), Some(at("2026-03-10 10:00")));
}

#[test]
fn a_calendar_without_working_time_promises_nothing() {
    let off = OwnDay {
        kind: DayKind::Off,
        name: "停课".to_owned(),
    };
    let days = day("2026-01-01").iter_days().take(4_000);
    let calendar = Calendar {
        own_days: days.map(|day| (day, off.clone())).collect(),
        ..Calendar::default()
    };
    assert_eq!(due_at(&calendar, at("2026-01-05 09:00"), 1, &[]), Due::Never);
    assert_eq!(
        due_at(&calendar, at("2026-01-05 09:00"), 0, &[]).at_ms(),
        Some(at("2026-01-05 09:00"))
    );
}

#[test]
fn a_year_without_a_notice_is_provisional_until_the_school_declares_it() {
    let mut calendar = Calendar::default();
    let provisional = |calendar: &Calendar, start: &str| {
        let due = due_at(calendar, at(start), calendar.working_days_ms(3), &[]);
        matches!(
            due,
            Due::At {
                is_provisional: true,
                ..
            }
        )
    };
    assert!(!provisional(&calendar, "2026-12-28 09:00"));
    assert!(provisional(&calendar, "2026-12-30 09:00"));
    assert!(!is_provisional(
        &calendar,
        at("2026-12-30 09:00"),
        at("2027-01-01 00:00")
    ));
    assert!(is_provisional(
        &calendar,
        at("2026-12-30 09:00"),
        at("2027-01-01 00:01")
    ));
    assert!(is_provisional(
        &calendar,
        at("2018-12-30 09:00"),
        at("2019-06-01 00:00")
    ));
    calendar.declared_years.insert(2027);
    assert!(!provisional(&calendar, "2026-12-30 09:00"));
}

#[test]
fn the_account_names_every_stretch() {
    let calendar = Calendar::default();
    let pauses = [pause("2026-02-25 09:00", "2026-02-25 10:00")];
    let told = explain(&calendar, at("2026-02-13 16:00"), at("2026-02-25 17:00"), &pauses);
    let lines: Vec<(String, &str, bool)> = told
        .iter()
        .map(|line| {
            (
                format_shanghai(line.from_ms)[5..].to_owned(),
                line.kind.word(),
                line.makeup.is_some(),
            )
        })
        .collect();
    let expected = [
        ("02-13 16:00", "counted", false),
        ("02-13 17:30", "night", false),
        ("02-14 08:30", "counted", true),
        ("02-14 12:00", "lunch", true),
        ("02-14 14:00", "counted", true),
        ("02-14 17:30", "night", false),
        ("02-15 00:00", "holiday", false),
        ("02-24 00:00", "night", false),
        ("02-24 08:30", "counted", false),
        ("02-24 12:00", "lunch", false),
        ("02-24 14:00", "counted", false),
        ("02-24 17:30", "night", false),
        ("02-25 08:30", "counted", false),
        ("02-25 09:00", "paused", false),
        ("02-25 10:00", "counted", false),
        ("02-25 12:00", "lunch", false),
        ("02-25 14:00", "counted", false),
    ];
    assert_eq!(
        lines,
        expected.map(|(from, kind, makeup)| (from.to_owned(), kind, makeup))
    );
    assert_eq!(
        told[6].kind,
        IntervalKind::Holiday(DayName::Known(Holiday::SpringFestival))
    );
    assert!(told.iter().all(|line| !line.is_provisional));
    assert_eq!(
        explain(&calendar, at("2026-02-13 16:00"), at("2026-02-13 16:00"), &[]),
        []
    );
}

#[test]
fn the_account_says_where_a_provisional_year_begins() {
    let told = explain(
        &Calendar::default(),
        at("2026-12-31 16:00"),
        at("2027-01-01 10:00"),
        &[],
    );
    let lines: Vec<(&str, bool)> = told
        .iter()
        .map(|line: &Interval| (line.kind.word(), line.is_provisional))
        .collect();
    assert_eq!(
        lines,
        [("counted", false), ("night", false), ("night", true), ("counted", true)]
    );
}

#[test]
fn hours_are_read_as_people_write_them() {
    let hours = Hours::parse("8:30", ("12：00", "14:00"), " 17:30 ").expect("the usual hours");
    assert_eq!(hours, Hours::default());
    assert_eq!(hours.to_string(), "08:30–12:00, 14:00–17:30");
    assert_eq!(hours.day_ms(), 7 * HOUR_MS);
    let whole = Hours::parse("00:00", ("", ""), "24:00").expect("the whole day");
    assert_eq!(
        (whole.to_string().as_str(), whole.day_ms()),
        ("00:00–24:00", 24 * HOUR_MS)
    );
    for (opens, lunch, closes) in [
        ("17:30", ("12:00", "14:00"), "08:30"),
        ("08:30", ("14:00", "12:00"), "17:30"),
        ("08:30", ("08:30", "12:00"), "17:30"),
        ("08:30", ("12:00", ""), "17:30"),
        ("08:60", ("", ""), "17:30"),
        ("08:30", ("", ""), "24:01"),
        ("half past", ("", ""), "17:30"),
    ] {
        assert!(
            Hours::parse(opens, lunch, closes).is_err(),
            "{opens} {lunch:?} {closes}"
        );
    }
}

#[test]
fn without_a_lunch_break_the_day_counts_through() {
    let calendar = Calendar {
        hours: Hours::parse("09:00", ("", ""), "17:00").expect("hours"),
        ..Calendar::default()
    };
    let told = explain(&calendar, at("2026-03-09 08:00"), at("2026-03-10 00:00"), &[]);
    let words: Vec<&str> = told.iter().map(|line| line.kind.word()).collect();
    assert_eq!(words, ["night", "counted", "night"]);
    let midnight_ms = start_of_day_in_shanghai(day("2026-03-10"));
    assert_eq!(
        worked_between(&calendar, at("2026-03-09 12:30"), midnight_ms, &[]),
        9 * HOUR_MS / 2
    );
}
