//! What changes re-captures by hand; a reconciliation opens and closes them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::json;

use super::model::{RecaptureChange, RecaptureRow, RecaptureState};
use super::queries::{PENDING, list_pending};
use crate::accounts::model::Staff;
use crate::audit::{self, Act, Actor};
use crate::campaigns::model::Campaign;
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::schema::{batch_entries, batches, campaigns, recaptures};
use crate::db::{Backend, Conn, dialect};
use crate::error::{Error, Result};
use crate::id::{AgencyId, EntryId, RecaptureId};
use crate::webhooks;
use crate::webhooks::model::Event;

/// Lets re-captures follow the verdicts of these entries, and tells the agencies how many were opened.
pub(crate) fn settle(conn: &mut Conn, entries: &[EntryId], now_ms: TimestampMs) -> Result<()> {
    dialect::verdicts::settle_recaptures(conn, entries, now_ms)?;
    if !webhooks::queries::exists_any(conn)? {
        return Ok(());
    }
    let mut opened: BTreeMap<(AgencyId, String), i64> = BTreeMap::new();
    for chunk in entries.chunks(500) {
        let counts: Vec<(AgencyId, String, i64)> = recaptures::table
            .inner_join(batch_entries::table.inner_join(batches::table.inner_join(campaigns::table)))
            .filter(recaptures::entry_id.eq_any(chunk))
            .filter(recaptures::state.eq(RecaptureState::Open))
            .filter(recaptures::created_at_ms.eq(now_ms))
            .group_by((batches::agency_id, campaigns::code))
            .select((batches::agency_id, campaigns::code, diesel::dsl::count_star()))
            .load(conn)?;
        for (agency_id, campaign, count) in counts {
            *opened.entry((agency_id, campaign)).or_default() += count;
        }
    }
    for ((agency_id, campaign), count) in opened {
        let data = json!({ "campaign": campaign, "opened": count });
        webhooks::commands::announce(conn, agency_id, Event::RecaptureOpened, &data, now_ms)?;
    }
    Ok(())
}

/// Hands the pending list of a campaign to the agency: what was open is exported from now on.
pub fn hand_over<'a>(
    conn: &mut Conn,
    actor: impl Into<Actor<'a>>,
    campaign: &Campaign,
    now_ms: TimestampMs,
) -> Result<Vec<RecaptureRow>> {
    let rows = list_pending(conn, campaign)?;
    let ids: Vec<RecaptureId> = rows.iter().map(|row| row.recapture_id).collect();
    for chunk in ids.chunks(500) {
        diesel::update(
            recaptures::table
                .filter(recaptures::recapture_id.eq_any(chunk))
                .filter(recaptures::state.eq(RecaptureState::Open)),
        )
        .set((
            recaptures::state.eq(RecaptureState::Exported),
            recaptures::updated_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    }
    let act = Act::new("recapture.hand-over", "campaign", campaign.campaign_id).by(actor);
    audit::append(conn, &act, now_ms)?;
    Ok(rows)
}

/// Changes where some re-captures stand; says how many those were. Those that have moved on since are left alone.
pub fn change(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ids: &[RecaptureId],
    what: RecaptureChange,
    now_ms: TimestampMs,
) -> Result<usize> {
    if !by.role.may_change_rolls_and_batches() {
        return Err(Error::Forbidden {
            right: "change re-captures",
        });
    }
    let (from, to, action): (&[RecaptureState], _, _) = match what {
        RecaptureChange::Shot => (
            &[RecaptureState::Open, RecaptureState::Exported],
            RecaptureState::Shot,
            "recapture.shot",
        ),
        RecaptureChange::Cancel => (&PENDING, RecaptureState::Cancelled, "recapture.cancel"),
        RecaptureChange::Reopen => (
            &[RecaptureState::Cancelled, RecaptureState::Shot],
            RecaptureState::Open,
            "recapture.reopen",
        ),
    };
    let mut changed = 0;
    for chunk in ids.chunks(500) {
        let movable = movable(conn, chunk, from, to)?;
        let ids: Vec<RecaptureId> = movable.iter().map(|(recapture_id, _)| *recapture_id).collect();
        diesel::update(recaptures::table.filter(recaptures::recapture_id.eq_any(&ids)))
            .set((
                recaptures::state.eq(to),
                recaptures::updated_at_ms.eq(now_ms),
                recaptures::cancelled_by.eq((to == RecaptureState::Cancelled).then_some(&by.email)),
            ))
            .execute(conn)?;
        changed += ids.len();
        let told: Vec<_> = movable
            .into_iter()
            .map(|(recapture_id, before)| {
                let change = audit::describe_change(&[("state", before.to_string(), to.to_string())]);
                (recapture_id, change)
            })
            .collect();
        let act = Act::new(action, "recapture", "").by(by);
        audit::append_about(conn, sealer, &act, &told, now_ms)?;
    }
    Ok(changed)
}

/// Which of the re-captures stand where they must, and where that is. One is not reopened where another was opened for the same record since.
fn movable(
    conn: &mut Conn,
    ids: &[RecaptureId],
    from: &[RecaptureState],
    to: RecaptureState,
) -> Result<Vec<(RecaptureId, RecaptureState)>> {
    let others = diesel::alias!(recaptures as others);
    let another = others
        .filter(others.field(recaptures::campaign_id).eq(recaptures::campaign_id))
        .filter(others.field(recaptures::record_id).eq(recaptures::record_id))
        .filter(others.field(recaptures::recapture_id).ne(recaptures::recapture_id))
        .filter(others.field(recaptures::state).eq_any(PENDING));
    let mut standing = recaptures::table
        .filter(recaptures::recapture_id.eq_any(ids))
        .filter(recaptures::state.eq_any(from))
        .select((recaptures::recapture_id, recaptures::state))
        .into_boxed::<Backend>();
    if to == RecaptureState::Open {
        standing = standing.filter(diesel::dsl::not(diesel::dsl::exists(another)));
    }
    Ok(standing.load(conn)?)
}
