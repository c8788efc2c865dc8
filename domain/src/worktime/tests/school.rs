//! A school's own calendar: its rows, its changes, their previews, and lists as files.

use std::io::Write as _;

use super::{at, day, three_days};
use crate::accounts::model::{Role, Scope, Staff};
use crate::audit::queries::{ActQuery, list_acts};
use crate::clock::format_shanghai;
use crate::crypto::{Sealer, SecretFile};
use crate::id::SchoolId;
use crate::schools::commands::add_school;
use crate::schools::model::SchoolCode;
use crate::testing::{TestDb, rows};
use crate::worktime::calendar::{Calendar, DayKind, Hours, OwnDay};
use crate::worktime::clock::Pause;
use crate::worktime::commands::change_calendar;
use crate::worktime::import::{change_for, read_list};
use crate::worktime::model::{CalendarChange, SchoolCalendar};
use crate::worktime::preview::{Opened, examples, preview};
use crate::worktime::queries::{get_school_calendar, list_own_days, load_calendar};

const NOW_MS: i64 = 1_790_000_000_000;

fn staff(role: Role, school_id: Option<SchoolId>) -> Staff {
    let scope = Scope {
        school_id,
        ..Scope::default()
    };
    rows::staff(role, scope, NOW_MS)
}

fn own(kind: DayKind, name: &str) -> OwnDay {
    OwnDay {
        kind,
        name: name.to_owned(),
    }
}

fn set(days: &[(&str, DayKind, &str)]) -> CalendarChange {
    CalendarChange {
        set: days
            .iter()
            .map(|(text, kind, name)| (day(text), own(*kind, name)))
            .collect(),
        ..CalendarChange::default()
    }
}

struct House {
    test: TestDb,
    sealer: Sealer,
    school_id: SchoolId,
    other_id: SchoolId,
}

impl House {
    fn new() -> Self {
        let test = TestDb::new();
        let secret = SecretFile::create(&test.folder().join("secret.key")).expect("a secret file");
        let add = |code: &'static str, name: &'static str| {
            let code = SchoolCode::parse(code).expect("five digits");
            test.db()
                .write_tx_blocking(|conn| add_school(conn, &code, name, NOW_MS))
                .expect("a school")
        };
        let (school_id, other_id) = (add("10001", "第一大学"), add("10002", "第二大学"));
        Self {
            sealer: Sealer::new(&secret),
            test,
            school_id,
            other_id,
        }
    }

    fn change_by(&self, by: &Staff, version: i64, change: &CalendarChange) -> Result<(), String> {
        let changed = self.test.db().write_tx_blocking(|conn| {
            change_calendar(conn, &self.sealer, by, self.school_id, (version, change), NOW_MS)
        });
        changed.map_err(|error| error.code().to_owned())
    }

    fn change(&self, version: i64, change: &CalendarChange) -> Result<(), String> {
        self.change_by(&staff(Role::Registrar, None), version, change)
    }

    fn standing(&self) -> SchoolCalendar {
        let read = |conn: &mut crate::db::Conn| get_school_calendar(conn, self.school_id);
        self.test.db().read_blocking(read).expect("the calendar")
    }

    /// What the auditor reads of the changes, the newest first.
    fn trail(&self) -> Vec<String> {
        let query = ActQuery {
            action: Some("calendar.change".to_owned()),
            ..ActQuery::default()
        };
        let auditor = staff(Role::Auditor, None);
        let acts = self
            .test
            .db()
            .read_blocking(|conn| list_acts(conn, &auditor, &query, None, 50))
            .expect("the trail");
        let detail = |act: &crate::audit::queries::ListedAct| act.detail(&self.sealer).expect("it opens");
        acts.iter().filter_map(detail).collect()
    }
}

#[test]
fn a_school_without_decisions_has_what_ships() {
    let house = House::new();
    let standing = house.standing();
    assert_eq!((standing.version, &standing.calendar), (0, &Calendar::default()));
    let missing = house.test.db().read_blocking(|conn| load_calendar(conn, SchoolId(99)));
    assert_eq!(missing.expect_err("no such school").code(), "not-found");
}

#[test]
fn what_a_school_decides_is_kept_counted_and_told_the_auditor() {
    let house = House::new();
    let hours = Hours::parse("08:00", ("", ""), "16:00").expect("hours");
    let change = CalendarChange {
        hours: Some(hours),
        declare: [2027, 2028].into(),
        ..set(&[
            ("2027-02-05", DayKind::Off, "春节"),
            ("2027-02-13", DayKind::Work, "春节调休"),
        ])
    };
    house.change(0, &change).expect("made");
    let SchoolCalendar { version, calendar } = house.standing();
    assert_eq!((version, &calendar), (1, &change.applied_to(&Calendar::default())));
    assert_eq!(three_days(&calendar, "2027-02-04 08:00", &[]), "2027-02-09 16:00");

    let second = CalendarChange {
        clear: [day("2027-02-13")].into(),
        withdraw: [2028].into(),
        ..set(&[("2027-02-05", DayKind::Off, "除夕")])
    };
    house.change(1, &second).expect("made");
    let calendar = house.standing().calendar;
    assert_eq!(
        calendar.own_days,
        [(day("2027-02-05"), own(DayKind::Off, "除夕"))].into()
    );
    assert_eq!((calendar.declared_years, calendar.hours), ([2027].into(), hours));

    let told = house.trail();
    assert!(told[1].starts_with("hours: 08:30–12:00, 14:00–17:30 → 08:00–16:00; 2027: — → settled; 2028: — → settled"));
    assert_eq!(
        told[0],
        "2028: settled → —; 2027-02-05: off 春节 → off 除夕; 2027-02-13: work 春节调休 → —"
    );
    let listed = house
        .test
        .db()
        .read_blocking(|conn| list_own_days(conn, house.school_id));
    let listed = listed.expect("days");
    assert_eq!((listed.len(), listed[0].changed_by.as_str()), (1, "lin@example.edu"));

    let other = house
        .test
        .db()
        .read_blocking(|conn| load_calendar(conn, house.other_id));
    assert_eq!(
        other.expect("a calendar"),
        Calendar::default(),
        "every school has its own"
    );
}

#[test]
fn nobody_overwrites_what_they_have_not_seen() {
    let house = House::new();
    let change = set(&[("2027-02-05", DayKind::Off, "春节")]);
    house.change(0, &change).expect("made");
    assert_eq!(house.change(0, &change), Err("calendar-moved-on".to_owned()));
    house.change(1, &change).expect("the same again changes nothing");
    assert_eq!((house.standing().version, house.trail().len()), (2, 1));
}

#[test]
fn the_calendar_is_changed_by_those_who_plan_campaigns_of_that_school() {
    let house = House::new();
    let change = set(&[("2027-02-05", DayKind::Off, "春节")]);
    for (role, school_id, is_in) in [
        (Role::Counsellor, None, false),
        (Role::Support, None, false),
        (Role::Auditor, None, false),
        (Role::Registrar, Some(house.other_id), false),
        (Role::Admin, None, true),
        (Role::Registrar, Some(house.school_id), true),
    ] {
        let version = house.standing().version;
        let changed = house.change_by(&staff(role, school_id), version, &change);
        let expected = if is_in { Ok(()) } else { Err("forbidden".to_owned()) };
        assert_eq!(changed, expected, "{role}");
    }
}

#[test]
fn changes_without_sense_are_refused() {
    let house = House::new();
    let long = "节".repeat(41);
    let many: Vec<(String, OwnDay)> = day("2027-01-01")
        .iter_days()
        .take(401)
        .map(|day| (day.to_string(), own(DayKind::Off, "停课")))
        .collect();
    let many = CalendarChange {
        set: many.into_iter().map(|(text, own)| (day(&text), own)).collect(),
        ..CalendarChange::default()
    };
    let hours: Hours = serde_json::from_str(r#"{"opens":600,"lunch":[500,700],"closes":900}"#).expect("numbers");
    let hours = CalendarChange {
        hours: Some(hours),
        ..CalendarChange::default()
    };
    for (change, code) in [
        (set(&[("2027-02-05", DayKind::Off, "")]), "work-day-name"),
        (set(&[("2027-02-05", DayKind::Off, &long)]), "work-day-name"),
        (set(&[("1999-12-31", DayKind::Off, "除夕")]), "calendar-year"),
        (many, "calendar-days"),
        (hours, "work-hours"),
    ] {
        assert_eq!(house.change(0, &change), Err(code.to_owned()));
    }
    assert_eq!(house.standing().version, 0);
}

#[test]
fn a_preview_shows_days_and_promises_that_would_move() {
    let old = Calendar::default();
    // The college festival on Wednesday, worked off on the Saturday before; Thursday's name changes nothing about Thursday.
    let change = set(&[
        ("2026-03-11", DayKind::Off, "校庆"),
        ("2026-03-07", DayKind::Work, "校庆"),
    ]);
    let new = change.applied_to(&old);
    let shown = preview(&old, &new, &examples(&old, &new, at("2026-03-05 12:00")));
    let days: Vec<(String, &str, &str)> = shown
        .days
        .iter()
        .map(|day| (day.day.to_string(), day.before.word(), day.after.word()))
        .collect();
    assert_eq!(
        days,
        [
            ("2026-03-07".to_owned(), "weekend", "makeup"),
            ("2026-03-11".to_owned(), "working", "holiday")
        ]
    );
    let due = |at_ms: Option<i64>| {
        at_ms
            .map(|at_ms| format_shanghai(at_ms)[5..].to_owned())
            .unwrap_or_default()
    };
    let promises: Vec<[String; 3]> = shown
        .promises
        .iter()
        .filter(|promise| promise.is_moved())
        .map(|promise| {
            [
                due(Some(promise.opened_ms)),
                due(promise.before.at_ms()),
                due(promise.after.at_ms()),
            ]
        })
        .collect();
    assert_eq!(
        promises,
        [
            ["03-05 08:30", "03-09 17:30", "03-07 17:30"],
            ["03-06 08:30", "03-10 17:30", "03-09 17:30"],
            ["03-07 08:30", "03-11 17:30", "03-10 17:30"],
            ["03-09 08:30", "03-11 17:30", "03-12 17:30"],
            ["03-10 08:30", "03-12 17:30", "03-13 17:30"],
            ["03-11 08:30", "03-13 17:30", "03-16 17:30"],
        ]
        .map(|line| line.map(str::to_owned))
    );
    assert_eq!(shown.promises.len(), 10);
    assert!(preview(&old, &old, &[]).is_empty() && !shown.is_empty());
}

#[test]
fn a_preview_of_a_later_year_shows_examples_from_shortly_before() {
    let old = Calendar::default();
    let change = CalendarChange {
        declare: [2027].into(),
        ..set(&[
            ("2027-02-05", DayKind::Off, "春节"),
            ("2026-11-02", DayKind::Off, "已过"),
        ])
    };
    let new = change.applied_to(&old);
    let opened = examples(&old, &new, at("2026-11-26 12:00"));
    assert_eq!(format_shanghai(opened[0].at_ms), "2027-02-02 08:30");
    let shown = preview(&old, &new, &opened);
    assert_eq!(shown.years, [(2027, true)]);
    // Before the first change there is nothing to see: today comes first.
    let near = set(&[("2026-11-27", DayKind::Off, "校庆")]).applied_to(&old);
    let opened = examples(&old, &near, at("2026-11-26 12:00"));
    assert_eq!(format_shanghai(opened[0].at_ms), "2026-11-26 08:30");
}

#[test]
fn what_is_open_can_be_held_against_a_change_with_its_pauses() {
    let old = Calendar::default();
    let hours = Hours::parse("09:00", ("12:00", "13:00"), "17:00").expect("hours");
    let change = CalendarChange {
        hours: Some(hours),
        ..CalendarChange::default()
    };
    let pause = |until: Option<&str>| Pause {
        from_ms: at("2026-03-10 09:00"),
        until_ms: until.map(at),
    };
    let opened = |pauses: Vec<Pause>| Opened {
        at_ms: at("2026-03-09 09:00"),
        working_days: 2,
        pauses,
    };
    let asked = [opened(vec![pause(Some("2026-03-10 17:30"))]), opened(vec![pause(None)])];
    let shown = preview(&old, &change.applied_to(&old), &asked);
    assert_eq!(shown.hours, Some((old.hours, hours)));
    let due = |at_ms: Option<i64>| at_ms.map(format_shanghai);
    assert_eq!(
        due(shown.promises[0].before.at_ms()).as_deref(),
        Some("2026-03-11 17:30")
    );
    assert_eq!(
        due(shown.promises[0].after.at_ms()).as_deref(),
        Some("2026-03-11 17:00")
    );
    assert!(
        !shown.promises[1].is_moved(),
        "a clock that stands has no due date to move"
    );
}

fn list(text: &[u8]) -> Result<Vec<(String, DayKind, String)>, String> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text).expect("written");
    let days =
        read_list(file.path()).map_err(|error| format!("{} {}", error.code(), error.field().unwrap_or_default()))?;
    Ok(days
        .into_iter()
        .map(|(day, own)| (day.to_string(), own.kind, own.name))
        .collect())
}

#[test]
fn a_list_changes_only_what_the_calendar_does_not_have_already() {
    let calendar = set(&[("2027-02-05", DayKind::Off, "春节")]).applied_to(&Calendar::default());
    let list = set(&[
        ("2026-10-01", DayKind::Off, "国庆"),
        ("2026-10-10", DayKind::Off, "校庆"),
        ("2027-02-05", DayKind::Off, "春节"),
        ("2027-02-06", DayKind::Off, "春节"),
    ]);
    let change = change_for(list.set.clone(), &calendar, true);
    assert_eq!(
        change,
        CalendarChange {
            declare: [2027].into(),
            ..set(&[
                ("2026-10-10", DayKind::Off, "校庆"),
                ("2027-02-06", DayKind::Off, "春节")
            ])
        }
    );
    assert!(change_for(list.set, &calendar, false).declare.is_empty());
}

#[test]
fn lists_are_read_in_the_spellings_that_people_use() {
    let expected = vec![
        ("2027-02-05".to_owned(), DayKind::Off, "春节".to_owned()),
        ("2027-02-13".to_owned(), DayKind::Work, "春节".to_owned()),
    ];
    let text = "日期,类型,名称\r\n2027/2/5,休,春节\r\n\r\n2027年2月13日,调休上班,春节\r\n";
    assert_eq!(list(text.as_bytes()), Ok(expected.clone()));
    let (gbk, ..) = encoding_rs::GB18030.encode(text);
    assert_eq!(list(&gbk), Ok(expected.clone()));
    assert_eq!(
        list("20270213;WORK;春节\n2027-02-05;off;春节\n".as_bytes()),
        Ok(expected)
    );
}

#[test]
fn a_list_with_a_row_that_cannot_be_read_is_refused_whole() {
    for (text, fault) in [
        ("2027-02-05,off,春节\n2027-02-30,off,春节\n", "date 2"),
        ("date,kind,name\n2027-02-05,maybe,春节\n", "kind 2"),
        ("2027-02-05,off,春节\n2027-02-06,off, \n", "name 2"),
        ("2027-02-05,off,春节\n2027-02-06,off\n", "name 2"),
        (
            "2027-02-05,off,春节\n2027-02-06,off,春节\n2027-02-05,work,春节\n",
            "twice 3",
        ),
        ("date,kind,name\n", "empty file"),
    ] {
        assert_eq!(list(text.as_bytes()), Err(format!("calendar-list-{fault}")), "{text}");
    }
    assert!(list(b"").is_err_and(|code| code.starts_with("table-empty")));
}
