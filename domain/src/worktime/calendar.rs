//! The working calendar: Monday to Friday, the State Council's days over that, and a school's own days over both.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::holidays::{Holiday, facts};
use crate::error::{Error, Result};

/// A minute in ms.
pub(super) const MINUTE_MS: i64 = 60_000;
/// A day has so many minutes; also how its end is written as a time of day, 24:00.
const DAY_MINUTES: u16 = 24 * 60;

crate::text_enum! {
    /// What is said of a day, whatever its weekday.
    DayKind {
        /// Nobody works.
        Off = "off",
        /// It is worked.
        Work = "work",
    }
}

/// What a day off, or a day worked in exchange, is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayName {
    /// A holiday that has words in every language.
    Known(Holiday),
    /// As the school wrote it.
    Own(String),
}

/// What a day is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A weekday that is worked.
    Working,
    /// Worked because somebody said so (调休上班): in exchange for the day off that it names.
    Makeup(DayName),
    /// Saturday or Sunday.
    Weekend,
    /// Off because somebody said so.
    Holiday(DayName),
}

impl Standing {
    /// Whether there is working time on such a day.
    pub fn is_worked(&self) -> bool {
        matches!(self, Self::Working | Self::Makeup(_))
    }

    /// The word for texts and styles.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Makeup(_) => "makeup",
            Self::Weekend => "weekend",
            Self::Holiday(_) => "holiday",
        }
    }

    /// What it is called, where it has a name.
    pub fn name(&self) -> Option<&DayName> {
        match self {
            Self::Makeup(name) | Self::Holiday(name) => Some(name),
            Self::Working | Self::Weekend => None,
        }
    }
}

/// The hours of a working day, in minutes after midnight; the same on every one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    opens: u16,
    lunch: Option<(u16, u16)>,
    closes: u16,
}

impl Default for Hours {
    /// 08:30 to 17:30 with lunch from noon to two.
    fn default() -> Self {
        Self {
            opens: 8 * 60 + 30,
            lunch: Some((12 * 60, 14 * 60)),
            closes: 17 * 60 + 30,
        }
    }
}

impl Hours {
    /// Hours in minutes after midnight, where they follow each other within one day.
    pub fn new(opens: u16, lunch: Option<(u16, u16)>, closes: u16) -> Result<Self> {
        let hours = Self { opens, lunch, closes };
        hours.validate().map(|()| hours)
    }

    /// Refuses hours that do not follow each other within one day.
    pub(super) fn validate(&self) -> Result<()> {
        let is_in_order = match self.lunch {
            Some((from, until)) => self.opens < from && from < until && until < self.closes,
            None => self.opens < self.closes,
        };
        if is_in_order && self.closes <= DAY_MINUTES {
            return Ok(());
        }
        Err(Error::invalid(
            "work-hours",
            "hours",
            "write the hours in their order within one day, as in 08:30, 12:00, 14:00, 17:30",
        ))
    }

    /// Reads hours as people write them, `08:30`; a lunch break that is left empty at both ends is none.
    pub fn parse(opens: &str, (lunch_from, lunch_until): (&str, &str), closes: &str) -> Result<Self> {
        let lunch = match (lunch_from.trim(), lunch_until.trim()) {
            ("", "") => None,
            (from, until) => Some((minute_of_day(from, "lunch_from")?, minute_of_day(until, "lunch_until")?)),
        };
        Self::new(minute_of_day(opens, "opens")?, lunch, minute_of_day(closes, "closes")?)
    }

    /// When work begins.
    pub fn opens(&self) -> u16 {
        self.opens
    }

    /// From when to when nobody works at noon.
    pub fn lunch(&self) -> Option<(u16, u16)> {
        self.lunch
    }

    /// When work ends.
    pub fn closes(&self) -> u16 {
        self.closes
    }

    /// The working time of one day, in ms.
    pub fn day_ms(&self) -> i64 {
        let (from, until) = self.lunch.unwrap_or_default();
        i64::from(self.closes - self.opens - (until - from)) * MINUTE_MS
    }

    /// The stretches that are worked, in minutes after midnight; the second is empty without a lunch break.
    pub(super) fn worked(&self) -> [(u16, u16); 2] {
        match self.lunch {
            Some((from, until)) => [(self.opens, from), (until, self.closes)],
            None => [(self.opens, self.closes), (self.closes, self.closes)],
        }
    }
}

impl std::fmt::Display for Hours {
    /// `08:30–12:00, 14:00–17:30`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}–", time_of_day(self.opens))?;
        if let Some((from, until)) = self.lunch {
            write!(f, "{}, {}–", time_of_day(from), time_of_day(until))?;
        }
        f.write_str(&time_of_day(self.closes))
    }
}

/// A minute of the day as people write it, `08:30`.
pub fn time_of_day(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute_of_day(text: &str, field: &'static str) -> Result<u16> {
    let read = |text: &str| {
        let (hour, minute) = text.trim().split_once([':', '：'])?;
        let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
        (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
    };
    read(text).ok_or_else(|| Error::invalid("time-of-day", field, "write times as 08:30"))
}

/// A day that a school decided about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDay {
    /// Off or worked.
    pub kind: DayKind,
    /// What people call it.
    pub name: String,
}

/// The calendar of a school.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// The hours of a working day.
    pub hours: Hours,
    /// The days that the school decided about itself; they outweigh notices and weekdays.
    pub own_days: BTreeMap<NaiveDate, OwnDay>,
    /// The years that the school says are settled without a notice that this program knows.
    pub declared_years: BTreeSet<i32>,
}

impl Calendar {
    /// What the day is.
    pub fn standing(&self, day: NaiveDate) -> Standing {
        let own = self.own_days.get(&day);
        let own = own.map(|own| (own.kind, DayName::Own(own.name.clone())));
        let known = || facts().day(day).map(|(kind, name)| (kind, DayName::Known(name)));
        match own.or_else(known) {
            Some((DayKind::Off, name)) => Standing::Holiday(name),
            Some((DayKind::Work, name)) => Standing::Makeup(name),
            None if is_weekend(day) => Standing::Weekend,
            None => Standing::Working,
        }
    }

    /// Whether a school's decision is there already, or a notice says as much.
    pub(super) fn has(&self, day: NaiveDate, own: &OwnDay) -> bool {
        match self.own_days.get(&day) {
            Some(known) => known == own,
            None => facts().day(day).is_some_and(|(kind, _)| kind == own.kind),
        }
    }

    /// Whether there is working time on the day.
    pub fn is_worked(&self, day: NaiveDate) -> bool {
        let own = self.own_days.get(&day).map(|own| own.kind);
        let kind = own.or_else(|| facts().day(day).map(|(kind, _)| kind));
        kind.map_or(!is_weekend(day), |kind| kind == DayKind::Work)
    }

    /// Whether the days of the year are settled: by a notice that ships with the program, or because the school says so. What is
    /// counted through any other year is provisional.
    pub fn is_settled(&self, year: i32) -> bool {
        facts().notices(year).is_some() || self.declared_years.contains(&year)
    }

    /// The working time of so many days, in ms: what a promise of three working days comes to.
    pub fn working_days_ms(&self, days: u16) -> i64 {
        i64::from(days) * self.hours.day_ms()
    }
}

/// Whether the week alone says that nobody works.
pub fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
