//! How tickets went, per kind and per member of staff, over a stretch of time.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;

use crate::accounts::model::Staff;
use crate::clock::TimestampMs;
use crate::db::schema::{roll_records, staff, tickets};
use crate::db::{Backend, Conn};
use crate::error::Result;
use crate::tickets::machine::TicketState;
use crate::tickets::model::TicketKind;

/// How many tickets of a group did what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Handed in within the time.
    pub handed_in: i64,
    /// Of those, still open.
    pub open: i64,
    /// Found right and done.
    pub done: i64,
    /// Found not to be right.
    pub rejected: i64,
    /// Taken back or merged.
    pub dropped: i64,
    /// Ended within the promise, of done and rejected.
    pub in_time: i64,
    /// How many said how content they are.
    pub rated: i64,
    /// The sum of what they said.
    pub satisfaction: i64,
}

impl Tally {
    /// The mean of what students said, 1 to 5.
    pub fn mean_satisfaction(&self) -> Option<f64> {
        (self.rated > 0).then(|| self.satisfaction as f64 / self.rated as f64)
    }
}

/// A line of the statistics: a kind, whoever has the tickets, and how they went.
pub type TallyLine = (TicketKind, Option<String>, Tally);

type Facts = (
    TicketKind,
    TicketState,
    Option<String>,
    Option<TimestampMs>,
    Option<TimestampMs>,
    Option<i32>,
);

/// Tickets handed in from the first instant on and before the second, by kind and by who has them.
pub fn tally(conn: &mut Conn, by: &Staff, (from_ms, until_ms): (TimestampMs, TimestampMs)) -> Result<Vec<TallyLine>> {
    if !by.may_see_records() {
        return Ok(Vec::new());
    }
    let mut rows = tickets::table
        .left_join(roll_records::table)
        .left_join(staff::table)
        .filter(tickets::started_at_ms.ge(from_ms))
        .filter(tickets::started_at_ms.lt(until_ms))
        .into_boxed::<Backend>();
    if let Some(school_id) = by.scope.school_id {
        rows = rows.filter(tickets::school_id.eq(school_id));
    }
    if let Some(college) = &by.scope.college {
        rows = rows.filter(roll_records::college.eq(college.clone()));
    }
    if let Some(class_name) = &by.scope.class_name {
        rows = rows.filter(roll_records::class_name.eq(class_name.clone()));
    }
    let rows: Vec<Facts> = rows
        .select((
            tickets::kind,
            tickets::state,
            staff::email.nullable(),
            tickets::promised_at_ms,
            tickets::closed_at_ms,
            tickets::satisfaction,
        ))
        .load(conn)?;
    let mut groups: BTreeMap<(TicketKind, Option<String>), Tally> = BTreeMap::new();
    for (kind, state, assignee, promised_at_ms, closed_at_ms, satisfaction) in rows {
        let group = groups.entry((kind, assignee)).or_default();
        group.handed_in += 1;
        let is_done = matches!(state, TicketState::Notified | TicketState::Closed);
        let is_rejected = state == TicketState::Rejected;
        let was_in_time = closed_at_ms
            .zip(promised_at_ms)
            .is_some_and(|(closed, promised)| closed <= promised);
        group.open += i64::from(state.is_open());
        group.done += i64::from(is_done);
        group.rejected += i64::from(is_rejected);
        group.dropped += i64::from(matches!(state, TicketState::Withdrawn | TicketState::Merged));
        group.in_time += i64::from((is_done || is_rejected) && was_in_time);
        group.rated += i64::from(satisfaction.is_some());
        group.satisfaction += i64::from(satisfaction.unwrap_or_default());
    }
    Ok(groups
        .into_iter()
        .map(|((kind, who), tally)| (kind, who, tally))
        .collect())
}
