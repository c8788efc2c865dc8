//! A year as twelve small months.

use chrono::{Datelike as _, NaiveDate};
use domain::worktime::calendar::{Calendar, DayName, Standing};
use serde::Serialize;

/// A month: its weeks from Monday on, and what its special days are called.
#[derive(Serialize)]
pub struct Month {
    number: u32,
    weeks: Vec<[Option<DayCell>; 7]>,
    named: Vec<NamedDays>,
}

#[derive(Clone, Serialize)]
struct DayCell {
    day: u32,
    iso: String,
    /// `working`, `makeup`, `weekend` or `holiday`.
    standing: &'static str,
    is_own: bool,
    is_today: bool,
}

/// Days of a month that follow each other under one name.
#[derive(Serialize)]
struct NamedDays {
    from: u32,
    to: u32,
    standing: &'static str,
    name: DayName,
}

/// The months of a year.
pub fn months_of(calendar: &Calendar, year: i32, today: NaiveDate) -> Vec<Month> {
    let first_days = (1..=12).filter_map(|month| NaiveDate::from_ymd_opt(year, month, 1));
    first_days.map(|first| month_of(calendar, first, today)).collect()
}

fn month_of(calendar: &Calendar, first: NaiveDate, today: NaiveDate) -> Month {
    let mut month = Month {
        number: first.month(),
        weeks: Vec::new(),
        named: Vec::new(),
    };
    for day in first.iter_days().take_while(|day| day.month() == first.month()) {
        let standing = calendar.standing(day);
        let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
        if month.weeks.is_empty() || weekday == 0 {
            month.weeks.push(Default::default());
        }
        if let Some(cell) = month.weeks.last_mut().and_then(|week| week.get_mut(weekday)) {
            *cell = Some(DayCell {
                day: day.day(),
                iso: day.to_string(),
                standing: standing.word(),
                is_own: calendar.own_days.contains_key(&day),
                is_today: day == today,
            });
        }
        month.note(day.day(), &standing);
    }
    month
}

impl Month {
    /// Adds a day to what is called by a name.
    fn note(&mut self, day: u32, standing: &Standing) {
        let Some(name) = standing.name() else { return };
        match self.named.last_mut() {
            Some(last) if last.to + 1 == day && last.standing == standing.word() && last.name == *name => last.to = day,
            _ => self.named.push(NamedDays {
                from: day,
                to: day,
                standing: standing.word(),
                name: name.clone(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_its_days_under_their_weekdays() {
        let today = NaiveDate::from_ymd_opt(2026, 10, 10).expect("a real day");
        let months = months_of(&Calendar::default(), 2026, today);
        let days: Vec<usize> = months
            .iter()
            .map(|month| month.weeks.iter().flatten().flatten().count())
            .collect();
        assert_eq!(days, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
        let october = &months[9];
        assert_eq!(october.weeks[0].iter().position(Option::is_some), Some(3), "a Thursday");
        let tenth = october.weeks[1][5].clone().expect("the tenth, a Saturday");
        assert_eq!((tenth.standing, tenth.is_today, tenth.is_own), ("makeup", true, false));
        let named: Vec<(u32, u32, &str)> = october
            .named
            .iter()
            .map(|run| (run.from, run.to, run.standing))
            .collect();
        assert_eq!(named, [(1, 7, "holiday"), (10, 10, "makeup")]);
        let leap = &months_of(&Calendar::default(), 2028, today)[1];
        assert_eq!(leap.weeks.iter().flatten().flatten().count(), 29);
    }
}
