//! A school's calendar with what tells one state of it from the next, and changes that nobody has made yet.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, DayKind, Hours, OwnDay};
use crate::clock::TimestampMs;
use crate::db::schema::work_days;
use crate::error::{Error, Result};

/// Most days that one change may name; an arrangement of a year has some forty.
const MAX_DAYS: usize = 400;
/// Most characters of a day's name.
const MAX_NAME: usize = 40;
/// The years that a calendar may be changed in.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// A school's calendar as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolCalendar {
    /// Counts the changes; a change names the version that it was thought up on.
    pub version: i64,
    /// The calendar.
    pub calendar: Calendar,
}

/// A day that a school decided about itself, and who did.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = work_days)]
pub struct ListedDay {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Off or worked.
    pub kind: DayKind,
    /// What people call it.
    pub name: String,
    /// Who said so.
    pub changed_by: String,
    /// When, UTC ms.
    pub changed_at_ms: TimestampMs,
}

/// A change of a calendar: looked at first, made then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarChange {
    /// Days to be decided.
    pub set: BTreeMap<NaiveDate, OwnDay>,
    /// Days to be left to notices and weekdays again.
    pub clear: BTreeSet<NaiveDate>,
    /// Other hours.
    pub hours: Option<Hours>,
    /// Years to be declared settled.
    pub declare: BTreeSet<i32>,
    /// Years to be provisional again.
    pub withdraw: BTreeSet<i32>,
}

impl CalendarChange {
    /// Refuses what makes no sense.
    pub fn validate(&self) -> Result<()> {
        if self.set.len() + self.clear.len() > MAX_DAYS {
            return Err(Error::TooMuch {
                code: "calendar-days",
                message: format!("change at most {MAX_DAYS} days at a time"),
            });
        }
        if self.set.values().any(|own| !is_name(&own.name)) {
            return Err(Error::invalid(
                "work-day-name",
                "name",
                format!("name the day in 1 to {MAX_NAME} characters"),
            ));
        }
        let days = self.set.keys().chain(&self.clear).map(NaiveDate::year);
        let mut years = days.chain(self.declare.iter().chain(&self.withdraw).copied());
        if let Some(year) = years.find(|year| !YEARS.contains(year)) {
            return Err(Error::invalid(
                "calendar-year",
                "year",
                format!("{year} is out of reach: name days of 2000 to 2100"),
            ));
        }
        self.hours.map_or(Ok(()), |hours| hours.validate())
    }

    /// The calendar with the change made.
    pub fn applied_to(&self, calendar: &Calendar) -> Calendar {
        let mut changed = calendar.clone();
        changed.own_days.retain(|day, _| !self.clear.contains(day));
        changed
            .own_days
            .extend(self.set.iter().map(|(day, own)| (*day, own.clone())));
        changed.hours = self.hours.unwrap_or(changed.hours);
        changed.declared_years.extend(&self.declare);
        changed.declared_years.retain(|year| !self.withdraw.contains(year));
        changed
    }
}

/// Whether a day can be called that.
pub(super) fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.chars().count()) && name.trim() == name && !name.contains(char::is_control)
}
