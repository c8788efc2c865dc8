//! What of a campaign waits for a person.

use diesel::prelude::*;

use crate::batches::model::{BatchState, Verdict};
use crate::campaigns::model::Campaign;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{batch_entries, batches, recaptures};
use crate::error::Result;
use crate::recaptures::model::RecaptureState;

/// One kind of work that waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenWork {
    /// `review`, `unmatched` or `recapture`.
    pub kind: &'static str,
    /// How much of it.
    pub count: i64,
    /// Since when the oldest waits, UTC ms.
    pub oldest_at_ms: TimestampMs,
}

/// What of a campaign waits for a person; kinds without work are left out.
pub fn list_open_work(conn: &mut Conn, campaign: &Campaign) -> Result<Vec<OpenWork>> {
    let judged: Vec<(Option<Verdict>, i64, Option<TimestampMs>)> = batch_entries::table
        .inner_join(batches::table)
        .filter(batches::campaign_id.eq(campaign.campaign_id))
        .filter(batches::state.eq(BatchState::Reconciled))
        .filter(batch_entries::verdict.eq_any([Verdict::Review, Verdict::Unmatched]))
        .group_by(batch_entries::verdict)
        .select((
            batch_entries::verdict,
            diesel::dsl::count_star(),
            diesel::dsl::min(batches::received_at_ms),
        ))
        .load(conn)?;
    let (pending, oldest): (i64, Option<TimestampMs>) = recaptures::table
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .filter(recaptures::state.eq(RecaptureState::Open))
        .select((diesel::dsl::count_star(), diesel::dsl::min(recaptures::created_at_ms)))
        .first(conn)?;
    let judged = judged
        .into_iter()
        .filter_map(|(verdict, count, oldest)| Some((verdict?.as_str(), count, oldest)));
    Ok(judged
        .chain([("recapture", pending, oldest)])
        .filter_map(|(kind, count, oldest)| {
            Some(OpenWork {
                kind,
                count,
                oldest_at_ms: oldest?,
            })
        })
        .collect())
}

/// Upper ends of the ages that open work is counted by, in days; the last is open.
pub const AGE_DAYS: [i64; 3] = [1, 3, 7];
const DAY_MS: i64 = 86_400_000;

/// Open work of one kind by age: younger than each of [`AGE_DAYS`], then all older.
pub type Ages = [i64; AGE_DAYS.len() + 1];

/// How old the open work of a campaign is: kind and ages.
pub fn list_ages(conn: &mut Conn, campaign: &Campaign, now_ms: TimestampMs) -> Result<Vec<(&'static str, Ages)>> {
    let judged: Vec<(Option<Verdict>, TimestampMs, i64)> = batch_entries::table
        .inner_join(batches::table)
        .filter(batches::campaign_id.eq(campaign.campaign_id))
        .filter(batches::state.eq(BatchState::Reconciled))
        .filter(batch_entries::verdict.eq_any([Verdict::Review, Verdict::Unmatched]))
        .group_by((batch_entries::verdict, batches::received_at_ms))
        .select((
            batch_entries::verdict,
            batches::received_at_ms,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    let opened: Vec<(TimestampMs, i64)> = recaptures::table
        .filter(recaptures::campaign_id.eq(campaign.campaign_id))
        .filter(recaptures::state.eq(RecaptureState::Open))
        .group_by(recaptures::created_at_ms)
        .select((recaptures::created_at_ms, diesel::dsl::count_star()))
        .load(conn)?;
    let mut kinds = [
        (Verdict::Review.as_str(), Ages::default()),
        (Verdict::Unmatched.as_str(), Ages::default()),
        ("recapture", Ages::default()),
    ];
    let judged = judged
        .into_iter()
        .filter_map(|(verdict, since_ms, count)| Some((verdict?.as_str(), since_ms, count)));
    let opened = opened
        .into_iter()
        .map(|(since_ms, count)| ("recapture", since_ms, count));
    for (kind, since_ms, count) in judged.chain(opened) {
        let days = now_ms.saturating_sub(since_ms) / DAY_MS;
        let place = AGE_DAYS.iter().position(|end| days < *end).unwrap_or(AGE_DAYS.len());
        let ages = kinds.iter_mut().find(|(known, _)| *known == kind);
        if let Some(slot) = ages.and_then(|(_, ages)| ages.get_mut(place)) {
            *slot += count;
        }
    }
    Ok(kinds
        .into_iter()
        .filter(|(_, ages)| ages.iter().any(|count| *count > 0))
        .collect())
}
