//! The clock: how much working time passes between two instants, when a budget of it is used up, and how that came about.
//!
//! Everything is counted in China's one zone, which has stood eight hours ahead of UTC since its last summer time ended in 1991; so a
//! day has twenty-four hours and an hour of the day has one instant. Stretches hold their first instant and not their last: a ticket
//! opened at the end of a day begins to count in the next morning, and a budget used up at the end of a day is due at that end.

use chrono::{Datelike as _, NaiveDate};

use super::calendar::{Calendar, DayName, MINUTE_MS, Standing};
use crate::clock::{TimestampMs, date_in_shanghai, start_of_day_in_shanghai, year_in_shanghai};

const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// How far ahead a due instant is looked for: ten years, beyond which nobody promises anything.
const HORIZON_MS: i64 = 3_653 * DAY_MS;

/// A stretch during which the clock stands, because somebody else has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Since when, UTC ms.
    pub from_ms: TimestampMs,
    /// Until when, UTC ms; unset while it lasts.
    pub until_ms: Option<TimestampMs>,
}

/// When a budget of working time is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// At an instant.
    At {
        /// The instant, UTC ms.
        at_ms: TimestampMs,
        /// Whether days may still change that it was counted through.
        is_provisional: bool,
    },
    /// Nobody can say: the clock stands.
    Paused {
        /// The working time that is left, in ms.
        left_ms: i64,
    },
    /// Not within ten years: the calendar has no working time left.
    Never,
}

impl Due {
    /// The instant, where there is one.
    pub fn at_ms(self) -> Option<TimestampMs> {
        match self {
            Self::At { at_ms, .. } => Some(at_ms),
            Self::Paused { .. } | Self::Never => None,
        }
    }
}

/// Why a stretch of time counts or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntervalKind {
    /// Working time.
    Counted,
    /// Before work begins, or after it ends.
    Night,
    /// The break at noon.
    Lunch,
    /// Saturday or Sunday.
    Weekend,
    /// A day off.
    Holiday(DayName),
    /// The clock stood, whatever else it was.
    Paused,
}

impl IntervalKind {
    /// The word for texts and styles.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Night => "night",
            Self::Lunch => "lunch",
            Self::Weekend => "weekend",
            Self::Holiday(_) => "holiday",
            Self::Paused => "paused",
        }
    }
}

/// A line of the account of how a due instant came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its first instant, UTC ms.
    pub from_ms: TimestampMs,
    /// The first instant after it, UTC ms.
    pub until_ms: TimestampMs,
    /// Why it counts or does not.
    pub kind: IntervalKind,
    /// The day off that working hours were worked in exchange for, on a make-up workday.
    pub makeup: Option<DayName>,
    /// Whether the days of that year may still change.
    pub is_provisional: bool,
}

/// From one instant to before another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from_ms: i64,
    until_ms: i64,
}

impl Span {
    fn of_minutes(day: NaiveDate, (from, until): (u16, u16)) -> Self {
        let midnight_ms = start_of_day_in_shanghai(day);
        Self {
            from_ms: midnight_ms + i64::from(from) * MINUTE_MS,
            until_ms: midnight_ms + i64::from(until) * MINUTE_MS,
        }
    }

    fn within(self, other: Self) -> Option<Self> {
        let common = Self {
            from_ms: self.from_ms.max(other.from_ms),
            until_ms: self.until_ms.min(other.until_ms),
        };
        (common.from_ms < common.until_ms).then_some(common)
    }

    /// The days in China that it touches.
    fn days(self) -> impl Iterator<Item = NaiveDate> {
        let days = date_in_shanghai(self.from_ms).iter_days();
        days.take_while(move |day| start_of_day_in_shanghai(*day) < self.until_ms)
    }

    /// Its pieces, in order, each with whether the clock stood; the pauses must be merged.
    fn cut(self, pauses: &[Self]) -> Vec<(Self, bool)> {
        let mut pieces = Vec::new();
        let mut from_ms = self.from_ms;
        let first = pauses.partition_point(|pause| pause.until_ms <= self.from_ms);
        for pause in pauses.iter().skip(first).map_while(|pause| pause.within(self)) {
            if from_ms < pause.from_ms {
                let until_ms = pause.from_ms;
                pieces.push((Self { from_ms, until_ms }, false));
            }
            pieces.push((pause, true));
            from_ms = pause.until_ms;
        }
        if from_ms < self.until_ms {
            pieces.push((Self { from_ms, ..self }, false));
        }
        pieces
    }
}

/// The pauses in order, overlapping and touching ones made one; one that still lasts ends with time itself.
fn merged(pauses: &[Pause]) -> Vec<Span> {
    let mut spans: Vec<Span> = pauses
        .iter()
        .map(|pause| Span {
            from_ms: pause.from_ms,
            until_ms: pause.until_ms.unwrap_or(i64::MAX),
        })
        .filter(|span| span.from_ms < span.until_ms)
        .collect();
    spans.sort_unstable();
    spans.dedup_by(|later, earlier| {
        let is_one = later.from_ms <= earlier.until_ms;
        if is_one {
            earlier.until_ms = earlier.until_ms.max(later.until_ms);
        }
        is_one
    });
    spans
}

/// The stretches within `span` that count, day by day.
fn counted<'a>(calendar: &'a Calendar, span: Span, pauses: &'a [Span]) -> impl Iterator<Item = Span> + 'a {
    span.days()
        .filter(|day| calendar.is_worked(*day))
        .flat_map(|day| calendar.hours.worked().map(|minutes| Span::of_minutes(day, minutes)))
        .filter_map(move |worked| worked.within(span))
        .flat_map(|worked| worked.cut(pauses))
        .filter_map(|(piece, is_paused)| (!is_paused).then_some(piece))
}

/// When `budget_ms` of working time from `start_ms` on is used up. While a pause lasts nobody can say, unless it was used up before.
pub fn due_at(calendar: &Calendar, start_ms: TimestampMs, budget_ms: i64, pauses: &[Pause]) -> Due {
    let pauses = merged(pauses);
    let standing_since_ms = pauses
        .last()
        .filter(|pause| pause.until_ms == i64::MAX)
        .map(|pause| pause.from_ms.max(start_ms));
    let horizon_ms = start_ms.saturating_add(HORIZON_MS);
    let span = Span {
        from_ms: start_ms,
        until_ms: standing_since_ms.map_or(horizon_ms, |since_ms| since_ms.min(horizon_ms)),
    };
    let at = |at_ms| Due::At {
        at_ms,
        is_provisional: is_provisional(calendar, start_ms, at_ms),
    };
    let mut left_ms = budget_ms;
    if left_ms <= 0 {
        return at(start_ms);
    }
    for piece in counted(calendar, span, &pauses) {
        let length_ms = piece.until_ms - piece.from_ms;
        if left_ms <= length_ms {
            return at(piece.from_ms + left_ms);
        }
        left_ms -= length_ms;
    }
    match standing_since_ms {
        Some(since_ms) if since_ms < horizon_ms => Due::Paused { left_ms },
        _ => Due::Never,
    }
}

/// The working time between two instants, in ms, the pauses left out.
pub fn worked_between(calendar: &Calendar, from_ms: TimestampMs, until_ms: TimestampMs, pauses: &[Pause]) -> i64 {
    let span = Span { from_ms, until_ms };
    counted(calendar, span, &merged(pauses))
        .map(|piece| piece.until_ms - piece.from_ms)
        .sum()
}

/// Whether days between two instants may still change, because their year's are not settled.
pub fn is_provisional(calendar: &Calendar, from_ms: TimestampMs, until_ms: TimestampMs) -> bool {
    let last_ms = until_ms.saturating_sub(1).max(from_ms);
    (year_in_shanghai(from_ms)..=year_in_shanghai(last_ms)).any(|year| !calendar.is_settled(year))
}

/// Every stretch between two instants and why it counts or does not, without gap or overlap; what counts adds up to
/// [`worked_between`].
pub fn explain(calendar: &Calendar, start_ms: TimestampMs, until_ms: TimestampMs, pauses: &[Pause]) -> Vec<Interval> {
    let pauses = merged(pauses);
    let span = Span {
        from_ms: start_ms,
        until_ms,
    };
    let mut told: Vec<Interval> = Vec::new();
    for day in span.days() {
        let is_provisional = !calendar.is_settled(day.year());
        let standing = calendar.standing(day);
        for (minutes, kind) in tile(calendar, &standing) {
            let Some(stretch) = Span::of_minutes(day, minutes).within(span) else {
                continue;
            };
            for (piece, is_paused) in stretch.cut(&pauses) {
                let kind = if is_paused { IntervalKind::Paused } else { kind.clone() };
                tell(&mut told, piece, kind, &standing, is_provisional);
            }
        }
    }
    told
}

/// A whole day of that standing as stretches of minutes after midnight.
fn tile(calendar: &Calendar, standing: &Standing) -> Vec<((u16, u16), IntervalKind)> {
    const MIDNIGHT: u16 = 24 * 60;
    let whole_day = (0, MIDNIGHT);
    match standing {
        Standing::Weekend => vec![(whole_day, IntervalKind::Weekend)],
        Standing::Holiday(name) => vec![(whole_day, IntervalKind::Holiday(name.clone()))],
        Standing::Working | Standing::Makeup(_) => {
            let [morning, afternoon] = calendar.hours.worked();
            vec![
                ((0, morning.0), IntervalKind::Night),
                (morning, IntervalKind::Counted),
                ((morning.1, afternoon.0), IntervalKind::Lunch),
                (afternoon, IntervalKind::Counted),
                ((afternoon.1, MIDNIGHT), IntervalKind::Night),
            ]
        }
    }
}

/// Adds a piece to the account, to its last line where it is more of the same.
fn tell(told: &mut Vec<Interval>, piece: Span, kind: IntervalKind, standing: &Standing, is_provisional: bool) {
    let is_at_work = matches!(kind, IntervalKind::Counted | IntervalKind::Lunch);
    let makeup = match standing {
        Standing::Makeup(name) if is_at_work => Some(name.clone()),
        _ => None,
    };
    match told.last_mut() {
        Some(last) if last.kind == kind && last.makeup == makeup && last.is_provisional == is_provisional => {
            last.until_ms = piece.until_ms;
        }
        _ => told.push(Interval {
            from_ms: piece.from_ms,
            until_ms: piece.until_ms,
            kind,
            makeup,
            is_provisional,
        }),
    }
}
