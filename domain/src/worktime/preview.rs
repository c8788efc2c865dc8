//! What a change of the calendar would move, before anybody makes it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::calendar::{Calendar, Hours, MINUTE_MS, Standing};
use super::clock::{Due, Pause, due_at};
use crate::clock::{TimestampMs, date_in_shanghai, start_of_day_in_shanghai};

/// Days on which the examples are opened.
const EXAMPLES: usize = 10;
/// What the examples promise: three working days, as tickets do.
pub const EXAMPLE_DAYS: u16 = 3;

/// Something that was promised: an example, or an open ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Since when working time counts, UTC ms.
    pub at_ms: TimestampMs,
    /// How many working days were promised.
    pub working_days: u16,
    /// When the clock stood.
    pub pauses: Vec<Pause>,
}

/// A day that would be something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayChange {
    /// The day.
    pub day: NaiveDate,
    /// What it is.
    pub before: Standing,
    /// What it would be.
    pub after: Standing,
}

/// When something is due, and when it would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Since when it counts, UTC ms.
    pub opened_ms: TimestampMs,
    /// Now.
    pub before: Due,
    /// With the change.
    pub after: Due,
}

impl Promise {
    /// Whether the change moves it.
    pub fn is_moved(&self) -> bool {
        self.before.at_ms() != self.after.at_ms()
    }
}

/// What a change would move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The days that would be something else, by date.
    pub days: Vec<DayChange>,
    /// The hours before and after, where they differ.
    pub hours: Option<(Hours, Hours)>,
    /// The years that would be settled, or no longer, with which it is.
    pub years: Vec<(i32, bool)>,
    /// The promises, in the order in which they were handed in.
    pub promises: Vec<Promise>,
}

impl Preview {
    /// Whether the change would leave everything as it is.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty() && self.hours.is_none() && self.years.is_empty()
    }
}

/// Holds two calendars against each other, and against what was promised.
pub fn preview(old: &Calendar, new: &Calendar, opened: &[Opened]) -> Preview {
    let due = |calendar: &Calendar, opened: &Opened| {
        let budget_ms = calendar.working_days_ms(opened.working_days);
        due_at(calendar, opened.at_ms, budget_ms, &opened.pauses)
    };
    let years: BTreeSet<i32> = old.declared_years.union(&new.declared_years).copied().collect();
    let settled = years
        .into_iter()
        .filter(|year| old.is_settled(*year) != new.is_settled(*year));
    let promises = opened.iter().map(|opened| Promise {
        opened_ms: opened.at_ms,
        before: due(old, opened),
        after: due(new, opened),
    });
    Preview {
        days: changed_days(old, new),
        hours: (old.hours != new.hours).then_some((old.hours, new.hours)),
        years: settled.map(|year| (year, new.is_settled(year))).collect(),
        promises: promises.collect(),
    }
}

/// The days that are something else in the other calendar; no other than own days can be.
fn changed_days(old: &Calendar, new: &Calendar) -> Vec<DayChange> {
    let days: BTreeSet<NaiveDate> = old.own_days.keys().chain(new.own_days.keys()).copied().collect();
    let changes = days.into_iter().map(|day| DayChange {
        day,
        before: old.standing(day),
        after: new.standing(day),
    });
    changes.filter(|change| change.before != change.after).collect()
}

/// Examples of promises: one opened with the first hour of each of ten days that are worked in one calendar or the other, the next
/// ones, or those around the first day that changes where that is later.
pub fn examples(old: &Calendar, new: &Calendar, now_ms: TimestampMs) -> Vec<Opened> {
    let today = date_in_shanghai(now_ms);
    let is_worked = |day: &NaiveDate| old.is_worked(*day) || new.is_worked(*day);
    let first_change = changed_days(old, new)
        .into_iter()
        .map(|change| change.day)
        .find(|day| *day >= today);
    let days_before = |day: NaiveDate| {
        let earlier = std::iter::successors(day.pred_opt(), NaiveDate::pred_opt);
        let worked = earlier.take(30).filter(is_worked);
        worked.take(usize::from(EXAMPLE_DAYS)).last()
    };
    let first = first_change.and_then(days_before).map_or(today, |day| day.max(today));
    let worked = first.iter_days().take(365).filter(is_worked).take(EXAMPLES);
    worked
        .map(|day| Opened {
            at_ms: start_of_day_in_shanghai(day) + i64::from(old.hours.opens()) * MINUTE_MS,
            working_days: EXAMPLE_DAYS,
            pauses: Vec::new(),
        })
        .collect()
}
