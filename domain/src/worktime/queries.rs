//! Reads of schools' calendars.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::calendar::{Calendar, Hours, OwnDay};
use super::model::{ListedDay, SchoolCalendar};
use crate::db::Conn;
use crate::db::schema::{schools, work_days, work_hours, work_years};
use crate::error::{Error, Result};
use crate::id::SchoolId;

/// The working calendar of a school: what ships with the program, and the school's own decisions over it.
pub fn load_calendar(conn: &mut Conn, school_id: SchoolId) -> Result<Calendar> {
    Ok(get_school_calendar(conn, school_id)?.calendar)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = work_hours)]
struct HoursRow {
    opens: i32,
    lunch_from: Option<i32>,
    lunch_until: Option<i32>,
    closes: i32,
}

impl HoursRow {
    fn read(&self) -> Result<Hours> {
        let minute = |minute: i32| u16::try_from(minute).map_err(Error::internal);
        let lunch = match (self.lunch_from, self.lunch_until) {
            (Some(from), Some(until)) => Some((minute(from)?, minute(until)?)),
            _ => None,
        };
        Hours::new(minute(self.opens)?, lunch, minute(self.closes)?)
    }
}

/// The same with its version, in two statements: a row for each declared year, and the days.
pub fn get_school_calendar(conn: &mut Conn, school_id: SchoolId) -> Result<SchoolCalendar> {
    let rows: Vec<(i64, Option<HoursRow>, Option<i32>)> = schools::table
        .left_join(work_hours::table)
        .left_join(work_years::table)
        .filter(schools::school_id.eq(school_id))
        .select((
            schools::calendar_version,
            Option::<HoursRow>::as_select(),
            work_years::year.nullable(),
        ))
        .load(conn)?;
    let (version, hours, _) = rows.first().ok_or_else(|| Error::not_found("school", school_id))?;
    let hours = hours.as_ref().map(HoursRow::read).transpose()?.unwrap_or_default();
    let declared_years: BTreeSet<i32> = rows.iter().filter_map(|(.., year)| *year).collect();
    let own_days = list_own_days(conn, school_id)?.into_iter().map(|row| {
        let day: NaiveDate = row.day.parse().map_err(Error::internal)?;
        let (kind, name) = (row.kind, row.name);
        Ok((day, OwnDay { kind, name }))
    });
    Ok(SchoolCalendar {
        version: *version,
        calendar: Calendar {
            hours,
            own_days: own_days.collect::<Result<BTreeMap<_, _>>>()?,
            declared_years,
        },
    })
}

/// The days that a school decided about itself, by date.
pub fn list_own_days(conn: &mut Conn, school_id: SchoolId) -> Result<Vec<ListedDay>> {
    Ok(work_days::table
        .filter(work_days::school_id.eq(school_id))
        .order(work_days::day)
        .select(ListedDay::as_select())
        .load(conn)?)
}
