//! How far a campaign is, and what in it waits for a person.

use diesel::prelude::*;
use serde::Serialize;

use crate::batches::model::{BatchState, Verdict};
use crate::campaigns::model::Campaign;
use crate::clock::TimestampMs;
use crate::db::schema::{batch_entries, batches, photos, recaptures};
use crate::db::{Conn, dialect};
use crate::error::Result;
use crate::recaptures::model::RecaptureState;

/// The records of a campaign, by how far each has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Expected at all.
    pub expected: i64,
    /// Named by some delivered file.
    pub received: i64,
    /// With an accepted photo.
    pub matched: i64,
}

/// Counts a campaign's records.
pub fn get_progress(conn: &mut Conn, campaign: &Campaign) -> Result<Progress> {
    let received = batch_entries::table
        .inner_join(batches::table)
        .filter(batches::campaign_id.eq(campaign.campaign_id))
        .filter(batches::state.ne(BatchState::Undone))
        .select(diesel::dsl::count(batch_entries::record_id).aggregate_distinct())
        .first(conn)?;
    let matched = photos::table
        .filter(photos::campaign_id.eq(campaign.campaign_id))
        .filter(photos::state.eq("accepted"))
        .select(diesel::dsl::count(photos::record_id).aggregate_distinct())
        .first(conn)?;
    Ok(Progress {
        expected: dialect::expected::count_expected(conn, campaign)?,
        received,
        matched,
    })
}

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
