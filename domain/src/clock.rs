//! Time as a parameter: nothing else in the project asks the system what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike as _};

/// Milliseconds since 1970-01-01T00:00:00Z, the only form in which instants are stored.
pub type TimestampMs = i64;

/// Tells the time: the system's in production, a settable one in tests.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock standing at `now_ms`.
    pub fn fixed(now_ms: TimestampMs) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(now_ms)))
    }

    /// The present instant.
    pub fn now_ms(&self) -> TimestampMs {
        match self {
            Self::System => system_now_ms(),
            Self::Fixed(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Moves a fixed clock forward; a system clock cannot be moved.
    pub fn advance_ms(&self, by_ms: i64) {
        if let Self::Fixed(now) = self {
            now.fetch_add(by_ms, Ordering::SeqCst);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks the system for the time"
)]
fn system_now_ms() -> TimestampMs {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

const SHANGHAI_OFFSET_SECONDS: i32 = 8 * 3600;

fn shanghai(at_ms: TimestampMs) -> Option<DateTime<FixedOffset>> {
    let offset = FixedOffset::east_opt(SHANGHAI_OFFSET_SECONDS)?;
    Some(DateTime::from_timestamp_millis(at_ms)?.with_timezone(&offset))
}

/// The instant as people in China read it, `2026-05-07 14:30`; empty for an instant outside the calendar.
pub fn format_shanghai(at_ms: TimestampMs) -> String {
    shanghai(at_ms)
        .map(|at| at.format("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

/// The day in China at that instant, `2026-05-07`; empty for an instant outside the calendar.
pub fn day_in_shanghai(at_ms: TimestampMs) -> String {
    shanghai(at_ms)
        .map(|at| at.date_naive().to_string())
        .unwrap_or_default()
}

/// The hour of the day in China at that instant, 0 to 23.
pub fn hour_in_shanghai(at_ms: TimestampMs) -> u32 {
    shanghai(at_ms).map_or(0, |at| at.hour())
}

/// The date in China at that instant; the first day of 1970 for one outside the calendar.
pub fn date_in_shanghai(at_ms: TimestampMs) -> NaiveDate {
    shanghai(at_ms).map(|at| at.date_naive()).unwrap_or_default()
}

/// The calendar year in China at that instant.
pub fn year_in_shanghai(at_ms: TimestampMs) -> i32 {
    shanghai(at_ms).map_or(1970, |at| at.year())
}

/// The first instant of a day in China.
pub fn start_of_day_in_shanghai(day: NaiveDate) -> TimestampMs {
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() - i64::from(SHANGHAI_OFFSET_SECONDS) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_instants_in_chinese_time() {
        assert_eq!(format_shanghai(0), "1970-01-01 08:00");
        assert_eq!(day_in_shanghai(16 * 3600 * 1000), "1970-01-02");
    }

    #[test]
    fn a_day_in_china_begins_at_sixteen_hundred_utc_of_the_day_before() {
        let day = NaiveDate::from_ymd_opt(1970, 1, 2).expect("a real day");
        assert_eq!(start_of_day_in_shanghai(day), 16 * 3600 * 1000);
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(5);
        clock.advance_ms(7);
        assert_eq!(clock.now_ms(), 12);
    }
}
