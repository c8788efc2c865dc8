//! A ticket's clock as both sides read it: a bar of working time, and the account of every stretch. Time that does not count has no place
//! on the bar.

use domain::clock::format_shanghai;
use domain::tickets::model::Ticket;
use domain::tickets::promise::Promise;
use domain::worktime::calendar::DayName;
use domain::worktime::clock::{Interval, IntervalKind};
use serde::Serialize;

/// The width of the bar, in its own units.
const WIDTH: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;

/// The clock of a ticket that was handed in.
#[derive(Serialize)]
pub struct ClockBar {
    used: Length,
    within: Length,
    left: Length,
    over: Length,
    paused: Length,
    promised: Length,
    segments: Vec<Segment>,
    is_over: bool,
    has_paused: bool,
    /// Whether it stands now.
    is_standing: bool,
    /// Whether it has ended.
    is_ended: bool,
    /// Until when it is promised; unset while it stands and when it has ended.
    until: Option<String>,
    is_provisional: bool,
    lines: Vec<Line>,
}

/// A length of working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Length {
    hours: i64,
    minutes: i64,
}

impl Length {
    fn of_minutes(minutes: i64) -> Self {
        Self {
            hours: minutes.max(0) / 60,
            minutes: minutes.max(0) % 60,
        }
    }
}

/// A part of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Segment {
    /// `used`, `over` or `left`.
    part: &'static str,
    x: i64,
    width: i64,
}

/// A stretch of the account.
#[derive(Serialize)]
struct Line {
    from: String,
    until: String,
    /// Worded by `promise-<word>`.
    word: &'static str,
    /// How much of the promise it took, where it counts.
    length: Option<Length>,
    /// What a day off is called, or the one that working hours were worked in exchange for.
    name: Option<DayWord>,
    is_makeup: bool,
    is_provisional: bool,
}

/// The name of a day: one that has words in every language, or the school's own.
#[derive(Serialize)]
struct DayWord {
    holiday: Option<String>,
    own: Option<String>,
}

impl From<&DayName> for DayWord {
    fn from(name: &DayName) -> Self {
        match name {
            DayName::Known(holiday) => Self {
                holiday: Some(holiday.to_string()),
                own: None,
            },
            DayName::Own(own) => Self {
                holiday: None,
                own: Some(own.clone()),
            },
        }
    }
}

impl From<&Interval> for Line {
    fn from(stretch: &Interval) -> Self {
        let is_counted = stretch.kind == IntervalKind::Counted;
        let name = match &stretch.kind {
            IntervalKind::Holiday(name) => Some(name),
            _ => stretch.makeup.as_ref(),
        };
        let (from, until) = (format_shanghai(stretch.from_ms), format_shanghai(stretch.until_ms));
        Self {
            until: on_the_same_day(&from, &until).unwrap_or(&until).to_owned(),
            from,
            word: stretch.kind.word(),
            length: is_counted.then(|| Length::of_minutes((stretch.until_ms - stretch.from_ms) / MINUTE_MS)),
            name: name.map(DayWord::from),
            is_makeup: stretch.makeup.is_some(),
            is_provisional: stretch.is_provisional,
        }
    }
}

/// The hour alone of an instant on the same day as another.
fn on_the_same_day<'a>(from: &str, until: &'a str) -> Option<&'a str> {
    let (day, _) = from.split_once(' ')?;
    until.strip_prefix(day)?.strip_prefix(' ')
}

impl ClockBar {
    /// What a promise says about the ticket that it was given for.
    pub fn new(ticket: &Ticket, promise: &Promise) -> Self {
        let is_open = ticket.state.is_open();
        // Rounded once, so that the lengths on the page add up.
        let (used, promised) = (promise.used_ms / MINUTE_MS, promise.budget_ms / MINUTE_MS);
        let (within, over, left) = (used.min(promised), (used - promised).max(0), (promised - used).max(0));
        Self {
            used: Length::of_minutes(used),
            within: Length::of_minutes(within),
            left: Length::of_minutes(left),
            over: Length::of_minutes(over),
            paused: Length::of_minutes(promise.paused_ms / MINUTE_MS),
            promised: Length::of_minutes(promised),
            segments: segments([("used", within), ("over", over), ("left", left)]),
            is_over: over > 0,
            has_paused: promise.paused_ms >= MINUTE_MS,
            is_standing: is_open && ticket.state.is_pause(),
            is_ended: !is_open,
            until: promise.due_at_ms.filter(|_| is_open).map(format_shanghai),
            is_provisional: is_open && promise.is_provisional,
            lines: promise.intervals.iter().map(Line::from).collect(),
        }
    }
}

/// The parts side by side over the whole width; what took no time has no part.
fn segments(parts: [(&'static str, i64); 3]) -> Vec<Segment> {
    let whole: i64 = parts.iter().map(|(_, length)| length).sum();
    let place = |before: i64| (before * WIDTH).checked_div(whole).unwrap_or(0);
    let mut before = 0;
    let mut drawn = Vec::new();
    for (part, length) in parts {
        let x = place(before);
        before += length;
        let width = place(before) - x;
        if width > 0 {
            drawn.push(Segment { part, x, width });
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_the_bar_fill_it_without_a_gap() {
        let drawn = segments([("used", 7), ("over", 0), ("left", 11)]);
        let parts: Vec<&str> = drawn.iter().map(|segment| segment.part).collect();
        assert_eq!(parts, ["used", "left"]);
        let mut end = 0;
        for segment in drawn {
            assert_eq!(segment.x, end);
            end += segment.width;
        }
        assert_eq!(end, WIDTH);
        assert_eq!(segments([("used", 0), ("over", 0), ("left", 0)]), []);
    }

    #[test]
    fn a_day_is_said_once() {
        assert_eq!(on_the_same_day("2026-05-28 10:00", "2026-05-28 12:00"), Some("12:00"));
        assert_eq!(on_the_same_day("2026-05-28 17:30", "2026-05-29 00:00"), None);
    }

    #[test]
    fn lengths_are_hours_and_minutes_and_never_negative() {
        assert_eq!(Length::of_minutes(90), Length { hours: 1, minutes: 30 });
        assert_eq!(Length::of_minutes(-1), Length { hours: 0, minutes: 0 });
    }
}
