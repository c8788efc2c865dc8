//! What changes a school's calendar.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use super::calendar::{Calendar, DayKind, OwnDay};
use super::model::CalendarChange;
use super::queries::load_calendar;
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::schema::{schools, work_days, work_hours, work_years};
use crate::error::{Error, Result};
use crate::id::SchoolId;

/// Makes a change that was thought up on `version` of the school's calendar.
pub fn change_calendar(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    school_id: SchoolId,
    (version, change): (i64, &CalendarChange),
    now_ms: TimestampMs,
) -> Result<()> {
    may_change(by, school_id)?;
    change.validate()?;
    count_up(conn, school_id, version)?;
    let before = load_calendar(conn, school_id)?;
    let after = change.applied_to(&before);
    write_days(conn, by, school_id, change, now_ms)?;
    write_years(conn, by, school_id, change, now_ms)?;
    write_hours(conn, by, school_id, change, now_ms)?;
    let act = Act::new("calendar.change", "school", school_id).by(by);
    match describe(change, &before, &after) {
        Some(changed) => audit::append_with(conn, sealer, &act, &changed, now_ms),
        None => Ok(()),
    }
}

/// Whether the person keeps the school's calendar: who plans campaigns, within the own school.
pub fn may_change(by: &Staff, school_id: SchoolId) -> Result<()> {
    let is_own = by.scope.school_id.is_none_or(|own| own == school_id);
    if by.role.may_change_rolls_and_batches() && is_own {
        return Ok(());
    }
    Err(Error::Forbidden {
        right: "change the calendar",
    })
}

/// Counts a change; holds the school's row until the transaction ends, so that changes come one after the other.
fn count_up(conn: &mut Conn, school_id: SchoolId, version: i64) -> Result<()> {
    let counted = diesel::update(
        schools::table
            .find(school_id)
            .filter(schools::calendar_version.eq(version)),
    )
    .set(schools::calendar_version.eq(version + 1))
    .execute(conn)?;
    if counted == 1 {
        return Ok(());
    }
    // A school that does not exist is not found.
    load_calendar(conn, school_id)?;
    Err(Error::conflict(
        "calendar-moved-on",
        "somebody changed the calendar since the page was loaded; look at it again",
    ))
}

#[derive(Serialize)]
struct DayRow<'a> {
    school_id: i64,
    day: String,
    kind: DayKind,
    name: &'a str,
    changed_by: &'a str,
    changed_at_ms: TimestampMs,
}

const DAY_COLUMNS: &[Column] = &[
    Column::Integer("school_id"),
    Column::Text("day"),
    Column::Text("kind"),
    Column::Text("name"),
    Column::Text("changed_by"),
    Column::Integer("changed_at_ms"),
];

fn write_days(
    conn: &mut Conn,
    by: &Staff,
    school_id: SchoolId,
    change: &CalendarChange,
    now_ms: TimestampMs,
) -> Result<()> {
    let named: Vec<String> = change
        .set
        .keys()
        .chain(&change.clear)
        .map(NaiveDate::to_string)
        .collect();
    if named.is_empty() {
        return Ok(());
    }
    diesel::delete(
        work_days::table
            .filter(work_days::school_id.eq(school_id))
            .filter(work_days::day.eq_any(named)),
    )
    .execute(conn)?;
    let rows: Vec<DayRow<'_>> = change
        .set
        .iter()
        .map(|(day, own)| DayRow {
            school_id: school_id.0,
            day: day.to_string(),
            kind: own.kind,
            name: &own.name,
            changed_by: &by.email,
            changed_at_ms: now_ms,
        })
        .collect();
    bulk::insert(conn, "work_days", DAY_COLUMNS, "", &rows)?;
    Ok(())
}

#[derive(Serialize)]
struct YearRow<'a> {
    school_id: i64,
    year: i32,
    declared_by: &'a str,
    declared_at_ms: TimestampMs,
}

const YEAR_COLUMNS: &[Column] = &[
    Column::Integer("school_id"),
    Column::Integer("year"),
    Column::Text("declared_by"),
    Column::Integer("declared_at_ms"),
];

fn write_years(
    conn: &mut Conn,
    by: &Staff,
    school_id: SchoolId,
    change: &CalendarChange,
    now_ms: TimestampMs,
) -> Result<()> {
    if !change.withdraw.is_empty() {
        diesel::delete(
            work_years::table
                .filter(work_years::school_id.eq(school_id))
                .filter(work_years::year.eq_any(&change.withdraw)),
        )
        .execute(conn)?;
    }
    let declared = change.declare.difference(&change.withdraw);
    let rows: Vec<YearRow<'_>> = declared
        .map(|year| YearRow {
            school_id: school_id.0,
            year: *year,
            declared_by: &by.email,
            declared_at_ms: now_ms,
        })
        .collect();
    bulk::insert(conn, "work_years", YEAR_COLUMNS, "ON CONFLICT DO NOTHING", &rows)?;
    Ok(())
}

fn write_hours(
    conn: &mut Conn,
    by: &Staff,
    school_id: SchoolId,
    change: &CalendarChange,
    now_ms: TimestampMs,
) -> Result<()> {
    let Some(hours) = change.hours else {
        return Ok(());
    };
    let lunch = hours.lunch();
    diesel::delete(work_hours::table.find(school_id)).execute(conn)?;
    diesel::insert_into(work_hours::table)
        .values((
            work_hours::school_id.eq(school_id),
            work_hours::opens.eq(i32::from(hours.opens())),
            work_hours::lunch_from.eq(lunch.map(|(from, _)| i32::from(from))),
            work_hours::lunch_until.eq(lunch.map(|(_, until)| i32::from(until))),
            work_hours::closes.eq(i32::from(hours.closes())),
            work_hours::changed_by.eq(&by.email),
            work_hours::changed_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    Ok(())
}

/// What changed, for the auditor; `None` where nothing did.
fn describe(change: &CalendarChange, before: &Calendar, after: &Calendar) -> Option<String> {
    let own = |calendar: &Calendar, day: &NaiveDate| {
        let text = |own: &OwnDay| format!("{} {}", own.kind, own.name);
        calendar.own_days.get(day).map(text).unwrap_or_default()
    };
    let declared = |calendar: &Calendar, year: &i32| {
        let is_declared = calendar.declared_years.contains(year);
        if is_declared { "settled" } else { "" }.to_owned()
    };
    let mut fields = vec![("hours".to_owned(), before.hours.to_string(), after.hours.to_string())];
    let years = change.declare.union(&change.withdraw);
    fields.extend(years.map(|year| (year.to_string(), declared(before, year), declared(after, year))));
    let days = change.set.keys().chain(&change.clear);
    fields.extend(days.map(|day| (day.to_string(), own(before, day), own(after, day))));
    let named: Vec<(&str, String, String)> = fields
        .iter()
        .map(|(name, before, after)| (name.as_str(), before.clone(), after.clone()))
        .collect();
    audit::describe_change(&named)
}
