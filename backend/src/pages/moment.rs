//! Points and spans of time as people read them: Asia/Shanghai, exact, with the distance beside it.

use chrono::DateTime;
use domain::clock::TimestampMs;
use serde::Serialize;

/// China has had one zone without summer time since 1992.
const SHANGHAI_OFFSET_MS: i64 = 8 * 3_600_000;

/// A point in time on a page; `partials/_moment.html` writes it.
#[derive(Clone, Debug, Serialize)]
pub struct Moment {
    /// `2026-05-07 14:30`.
    pub local: String,
    /// `2026-05-07T14:30:09+08:00`, for `<time datetime>`.
    pub iso: String,
    /// How long ago, in the unit that suits.
    pub ago: Span,
}

/// A length of time in one unit: `text-span-<unit>` with `n`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// `seconds`, `minutes`, `hours` or `days`.
    pub unit: &'static str,
    /// How many of them, rounded down.
    pub n: i64,
}

impl Moment {
    /// `at_ms` and `now_ms` in milliseconds since 1970, UTC; an instant outside the calendar shows as 1970.
    pub fn new(at_ms: TimestampMs, now_ms: TimestampMs) -> Self {
        let local = DateTime::from_timestamp_millis(at_ms.saturating_add(SHANGHAI_OFFSET_MS)).unwrap_or_default();
        Self {
            local: local.format("%Y-%m-%d %H:%M").to_string(),
            iso: local.format("%Y-%m-%dT%H:%M:%S+08:00").to_string(),
            ago: Span::of_ms(now_ms.saturating_sub(at_ms)),
        }
    }
}

impl Span {
    /// The length of time; a negative one, from clocks that disagree, counts as none.
    pub fn of_ms(length_ms: i64) -> Self {
        let seconds = (length_ms / 1_000).max(0);
        let (unit, n) = match seconds {
            0..60 => ("seconds", seconds),
            60..3_600 => ("minutes", seconds / 60),
            3_600..172_800 => ("hours", seconds / 3_600),
            _ => ("days", seconds / 86_400),
        };
        Self { unit, n }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_shanghai_time_with_its_distance() {
        let at_ms = 1_778_178_609_000;
        let moment = Moment::new(at_ms, at_ms + 130 * 60_000);
        assert_eq!(moment.local, "2026-05-08 02:30");
        assert_eq!(moment.iso, "2026-05-08T02:30:09+08:00");
        assert_eq!(moment.ago, Span { unit: "hours", n: 2 });
    }

    #[test]
    fn a_clock_that_runs_behind_shows_no_negative_time() {
        assert_eq!(Span::of_ms(-5_000), Span { unit: "seconds", n: 0 });
    }
}
