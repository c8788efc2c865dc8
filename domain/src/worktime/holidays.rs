//! The State Council's holidays and make-up workdays: facts, kept as data in `holidays.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::calendar::DayKind;

const HOLIDAYS: &str = include_str!("holidays.toml");

crate::text_enum! {
    /// A holiday that notices arrange; worded by `holiday-<word>`.
    Holiday {
        /// 元旦.
        NewYear = "new-year",
        /// 春节.
        SpringFestival = "spring-festival",
        /// 清明节.
        Qingming = "qingming",
        /// 劳动节.
        LabourDay = "labour-day",
        /// 端午节.
        DragonBoat = "dragon-boat",
        /// 中秋节.
        MidAutumn = "mid-autumn",
        /// 国庆节.
        NationalDay = "national-day",
        /// 国庆节 and 中秋节 in one stretch.
        NationalAndMidAutumn = "national-and-mid-autumn",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i32,
    notices: Vec<String>,
    holidays: Vec<Stretch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stretch {
    name: Holiday,
    from: NaiveDate,
    to: NaiveDate,
    #[serde(default)]
    work: Vec<NaiveDate>,
}

/// What the notices say, by day and by year.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Facts {
    days: BTreeMap<NaiveDate, (DayKind, Holiday)>,
    years: BTreeMap<i32, Vec<String>>,
}

impl Facts {
    fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut facts = Self::default();
        for year in toml::from_str::<File>(text)?.year {
            for stretch in &year.holidays {
                let off = stretch.from.iter_days().take_while(|day| *day <= stretch.to);
                facts.days.extend(off.map(|day| (day, (DayKind::Off, stretch.name))));
                let work = stretch.work.iter();
                facts.days.extend(work.map(|day| (*day, (DayKind::Work, stretch.name))));
            }
            facts.years.insert(year.year, year.notices);
        }
        Ok(facts)
    }

    /// What a notice says about the day; `None` where the weekday decides.
    pub fn day(&self, day: NaiveDate) -> Option<(DayKind, Holiday)> {
        self.days.get(&day).copied()
    }

    /// The numbers of the notices that arrange the year; `None` where none is known.
    pub fn notices(&self, year: i32) -> Option<&[String]> {
        self.years.get(&year).map(Vec::as_slice)
    }
}

/// The facts that ship with the program.
pub fn facts() -> &'static Facts {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    FACTS.get_or_init(|| match Facts::read(HOLIDAYS) {
        Ok(facts) => facts,
        Err(fault) => {
            // A test reads the file, so that no program is ever built with one like this.
            tracing::error!(error = %fault, "the holidays cannot be read");
            Facts::default()
        }
    })
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike as _, Weekday};

    use super::*;
    use crate::texts::{Language, Texts};

    fn is_weekend(day: NaiveDate) -> bool {
        matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    fn file() -> Vec<Year> {
        toml::from_str::<File>(HOLIDAYS).expect("the file is well formed").year
    }

    #[test]
    fn every_year_from_2019_to_2026_has_its_notice() {
        let years: Vec<i32> = facts().years.keys().copied().collect();
        assert_eq!(years, (2019..=2026).collect::<Vec<_>>());
        assert!(
            facts()
                .years
                .values()
                .flatten()
                .all(|notice| notice.starts_with("国办发明电〔"))
        );
        assert_eq!(facts().notices(2027), None);
    }

    #[test]
    fn stretches_are_in_order_apart_and_inside_their_year() {
        for Year { year, holidays, .. } in file() {
            let first_day = NaiveDate::from_ymd_opt(year - 1, 12, 29).expect("a real day");
            let mut last = first_day;
            for stretch in holidays {
                assert!(
                    last < stretch.from && stretch.from <= stretch.to,
                    "{year}: {}",
                    stretch.name
                );
                assert!(stretch.to.year() == year, "{year}: {}", stretch.name);
                assert!((stretch.to - stretch.from).num_days() < 10, "{year}: {}", stretch.name);
                last = stretch.to;
            }
        }
    }

    #[test]
    fn what_is_worked_in_exchange_lies_at_a_weekend_near_its_holiday() {
        for Stretch { name, from, to, work } in file().into_iter().flat_map(|year| year.holidays) {
            for day in work {
                assert!(is_weekend(day), "{day} for {name}");
                assert!(!(from..=to).contains(&day), "{day} for {name}");
                let distance = (from - day).num_days().max((day - to).num_days());
                assert!((1..=14).contains(&distance), "{day} for {name}");
                assert_eq!(facts().day(day), Some((DayKind::Work, name)));
            }
        }
    }

    /// From the law, not from the notices: it gives eleven days, thirteen since 2025, moves those at a weekend to weekdays, and every
    /// further weekday off is worked at a weekend. The winter of 2020 gave two more.
    #[test]
    fn every_year_gives_as_many_weekdays_as_the_law() {
        for Year { year, holidays, .. } in file() {
            let off = holidays
                .iter()
                .flat_map(|stretch| stretch.from.iter_days().take_while(|day| *day <= stretch.to));
            let weekdays_off = off.filter(|day| !is_weekend(*day)).count();
            let worked: usize = holidays.iter().map(|stretch| stretch.work.len()).sum();
            let by_law = if year == 2020 || year >= 2025 { 13 } else { 11 };
            assert_eq!(weekdays_off - worked, by_law, "{year}");
        }
    }

    #[test]
    fn a_day_is_what_its_notice_says() {
        let day = |text: &str| facts().day(text.parse().expect("a date"));
        assert_eq!(day("2026-02-23"), Some((DayKind::Off, Holiday::SpringFestival)));
        assert_eq!(day("2026-02-24"), None);
        assert_eq!(day("2026-02-28"), Some((DayKind::Work, Holiday::SpringFestival)));
        assert_eq!(day("2018-12-31"), Some((DayKind::Off, Holiday::NewYear)));
        assert_eq!(day("2025-10-08"), Some((DayKind::Off, Holiday::NationalAndMidAutumn)));
    }

    #[test]
    fn every_holiday_has_its_words() {
        let texts = Texts::load().expect("the embedded texts parse");
        for holiday in Holiday::ALL {
            let key = format!("holiday-{holiday}");
            assert!(texts.has(&key), "{key}");
            assert_ne!(
                texts.text(Language::En, &key, None),
                texts.text(Language::ZhCn, &key, None)
            );
        }
    }
}
