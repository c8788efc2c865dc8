//! The clock of a ticket as a bar and as a list: what counted, what stood still, what was free.

use domain::clock::TimestampMs;
use domain::tickets::promise::Promise;
use domain::worktime::calendar::DayName;
use domain::worktime::clock::Interval;
use serde::Serialize;

use crate::pages::moment::Moment;

/// Length of the bar, in units of its drawing.
const LENGTH: i64 = 1_000;

/// `partials/_clock.html`.
#[derive(Serialize)]
pub struct ClockBar {
    due: Option<Moment>,
    is_overdue: bool,
    is_provisional: bool,
    used_minutes: i64,
    budget_minutes: i64,
    segments: Vec<Segment>,
    /// Where now is on the bar.
    now: i64,
    lines: Vec<Line>,
}

/// A stretch of the bar.
#[derive(Serialize)]
struct Segment {
    word: &'static str,
    from: i64,
    length: i64,
}

/// A stretch of the list; worded by `clock-<word>`.
#[derive(Serialize)]
struct Line {
    from: String,
    until: String,
    word: &'static str,
    minutes: i64,
    /// What the day is called: worded by `holiday-<key>`, or as the school wrote it.
    day_key: Option<&'static str>,
    day_name: Option<String>,
    is_makeup: bool,
    is_provisional: bool,
}

impl ClockBar {
    /// A promise as it stands at `now_ms`.
    pub fn new(promise: &Promise, now_ms: TimestampMs) -> Self {
        let first = promise.intervals.first().map_or(now_ms, |interval| interval.from_ms);
        let last = promise.intervals.last().map_or(now_ms, |interval| interval.until_ms);
        let whole = (last - first).max(1);
        let place = |at_ms: TimestampMs| (at_ms.clamp(first, last) - first) * LENGTH / whole;
        let segments = promise.intervals.iter().map(|interval| Segment {
            word: interval.kind.word(),
            from: place(interval.from_ms),
            length: place(interval.until_ms) - place(interval.from_ms),
        });
        Self {
            due: promise.due_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
            is_overdue: promise.due_at_ms.is_some_and(|at_ms| at_ms <= now_ms),
            is_provisional: promise.is_provisional,
            used_minutes: promise.used_ms / 60_000,
            budget_minutes: promise.budget_ms / 60_000,
            segments: segments.collect(),
            now: place(now_ms),
            lines: promise.intervals.iter().map(Line::new).collect(),
        }
    }
}

impl Line {
    fn new(interval: &Interval) -> Self {
        use domain::worktime::clock::IntervalKind;
        let local = |at_ms| Moment::new(at_ms, at_ms).local;
        let name = match (&interval.kind, &interval.makeup) {
            (IntervalKind::Holiday(name), _) | (_, Some(name)) => Some(name),
            _ => None,
        };
        let (day_key, day_name) = match name {
            Some(DayName::Known(holiday)) => (Some(holiday.as_str()), None),
            Some(DayName::Own(text)) => (None, Some(text.clone())),
            None => (None, None),
        };
        Self {
            from: local(interval.from_ms),
            until: local(interval.until_ms),
            word: interval.kind.word(),
            minutes: (interval.until_ms - interval.from_ms) / 60_000,
            day_key,
            day_name,
            is_makeup: interval.makeup.is_some(),
            is_provisional: interval.is_provisional,
        }
    }
}
