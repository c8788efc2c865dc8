//! What changes re-captures by hand; a reconciliation opens and closes them.

use diesel::prelude::*;

use super::model::{RecaptureChange, RecaptureRow, RecaptureState};
use super::queries::{PENDING, list_pending};
use crate::accounts::model::Staff;
use crate::audit::{self, Act, Actor};
use crate::campaigns::model::Campaign;
use crate::clock::TimestampMs;
use crate::db::schema::recaptures;
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::RecaptureId;

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
        diesel::update(recaptures::table.filter(recaptures::recapture_id.eq_any(&movable)))
            .set((
                recaptures::state.eq(to),
                recaptures::updated_at_ms.eq(now_ms),
                recaptures::cancelled_by.eq((to == RecaptureState::Cancelled).then_some(&by.email)),
            ))
            .execute(conn)?;
        changed += movable.len();
        audit::append_about(conn, &Act::new(action, "recapture", "").by(by), &movable, now_ms)?;
    }
    Ok(changed)
}

/// Which of the re-captures stand where they must. One is not reopened where another was opened for the same record since.
fn movable(
    conn: &mut Conn,
    ids: &[RecaptureId],
    from: &[RecaptureState],
    to: RecaptureState,
) -> Result<Vec<RecaptureId>> {
    let others = diesel::alias!(recaptures as others);
    let another = others
        .filter(others.field(recaptures::campaign_id).eq(recaptures::campaign_id))
        .filter(others.field(recaptures::record_id).eq(recaptures::record_id))
        .filter(others.field(recaptures::recapture_id).ne(recaptures::recapture_id))
        .filter(others.field(recaptures::state).eq_any(PENDING));
    let mut standing = recaptures::table
        .filter(recaptures::recapture_id.eq_any(ids))
        .filter(recaptures::state.eq_any(from))
        .select(recaptures::recapture_id)
        .into_boxed::<Backend>();
    if to == RecaptureState::Open {
        standing = standing.filter(diesel::dsl::not(diesel::dsl::exists(another)));
    }
    Ok(standing.load(conn)?)
}
