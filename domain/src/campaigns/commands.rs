//! What changes campaigns.

pub mod tallies;

use diesel::prelude::*;

use super::limits::list_limits;
use super::model::{CampaignPlan, NewCampaign, require_code, require_place};
use super::profile::Profile;
use super::queries::get_campaign;
use crate::accounts::model::Staff;
use crate::audit::{self, Act, Actor};
use crate::clock::{TimestampMs, day_in_shanghai};
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::campaigns;
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::jobs::TallyCampaigns;
use crate::queue;

/// Makes a campaign.
pub fn add_campaign<'a>(
    conn: &mut Conn,
    actor: impl Into<Actor<'a>>,
    new: &NewCampaign,
    now_ms: TimestampMs,
) -> Result<CampaignId> {
    require_code(&new.code, "campaign")?;
    require_place(new.recapture_place.as_deref())?;
    new.profile
        .validate()
        .map_err(|error| Error::invalid("profile", "profile", error.to_string()))?;
    let statuses = (!new.expected.statuses.is_empty()).then(|| new.expected.statuses.join(","));
    let campaign_id = diesel::insert_into(campaigns::table)
        .values((
            campaigns::school_id.eq(new.expected.school_id),
            campaigns::code.eq(&new.code),
            campaigns::name.eq(&new.name),
            campaigns::mode.eq(new.mode),
            campaigns::profile.eq(serde_json::to_string(&new.profile)?),
            campaigns::freeze_at_ms.eq(new.freeze_at_ms),
            campaigns::upload_expected.eq(&new.upload_expected),
            campaigns::recapture_place.eq(&new.recapture_place),
            campaigns::grad_year.eq(new.expected.grad_year),
            campaigns::level_kind.eq(&new.expected.level_kind),
            campaigns::statuses.eq(statuses),
            campaigns::created_at_ms.eq(now_ms),
        ))
        .returning(campaigns::campaign_id)
        .get_result(conn)?;
    let act = Act::new("campaign.add", "campaign", campaign_id).by(actor);
    audit::append(conn, &act, now_ms)?;
    queue::enqueue(conn, &TallyCampaigns {}, now_ms)?;
    Ok(campaign_id)
}

fn may_plan(by: &Staff) -> Result<()> {
    if by.role.may_change_rolls_and_batches() {
        return Ok(());
    }
    Err(Error::Forbidden {
        right: "plan campaigns",
    })
}

/// Changes dates and limits of a campaign.
pub fn change_plan(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    campaign_id: CampaignId,
    plan: &CampaignPlan,
    now_ms: TimestampMs,
) -> Result<()> {
    may_plan(by)?;
    plan.validate()?;
    let before = get_campaign(conn, campaign_id)?.plan;
    diesel::update(campaigns::table.find(campaign_id))
        .set((
            campaigns::name.eq(plan.name.trim()),
            campaigns::freeze_at_ms.eq(plan.freeze_at_ms),
            campaigns::upload_expected.eq(&plan.upload_expected),
            campaigns::recapture_days.eq(plan.recapture_days),
            campaigns::max_attempts.eq(plan.max_attempts),
            campaigns::remind_days.eq(plan.remind_days.trim()),
            campaigns::recapture_place.eq(&plan.recapture_place),
        ))
        .execute(conn)?;
    let day = |at_ms: Option<TimestampMs>| at_ms.map(day_in_shanghai).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let changed = audit::describe_change(&[
        ("name", before.name.clone(), plan.name.trim().to_owned()),
        ("freeze", day(before.freeze_at_ms), day(plan.freeze_at_ms)),
        ("upload", text(&before.upload_expected), text(&plan.upload_expected)),
        (
            "recapture days",
            before.recapture_days.to_string(),
            plan.recapture_days.to_string(),
        ),
        (
            "attempts",
            before.max_attempts.to_string(),
            plan.max_attempts.to_string(),
        ),
        (
            "reminders",
            before.remind_days.clone(),
            plan.remind_days.trim().to_owned(),
        ),
        ("place", text(&before.recapture_place), text(&plan.recapture_place)),
    ]);
    let act = Act::new("campaign.plan", "campaign", campaign_id).by(by);
    match changed {
        Some(changed) => audit::append_with(conn, sealer, &act, &changed, now_ms),
        None => Ok(()),
    }
}

/// Gives a campaign other rules for the photos that arrive from now on; the version counts up by itself. What was judged before keeps
/// its findings.
pub fn change_profile(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    campaign_id: CampaignId,
    profile: &Profile,
    now_ms: TimestampMs,
) -> Result<()> {
    may_plan(by)?;
    let campaign = get_campaign(conn, campaign_id)?;
    campaign.require_open(now_ms)?;
    if profile.version != campaign.profile.version {
        return Err(Error::conflict(
            "profile-moved-on",
            "somebody changed the rules since the page was loaded; look at them again",
        ));
    }
    let next = Profile {
        version: profile.version + 1,
        ..profile.clone()
    };
    next.validate()
        .map_err(|error| Error::invalid("profile", "profile", error.to_string()))?;
    diesel::update(campaigns::table.find(campaign_id))
        .set(campaigns::profile.eq(serde_json::to_string(&next)?))
        .execute(conn)?;
    let (before, after) = (list_limits(&campaign.profile)?, list_limits(&next)?);
    let fields: Vec<(&str, String, String)> = before
        .iter()
        .zip(&after)
        .map(|((limit, old), (_, new))| (limit.name, old.to_string(), new.to_string()))
        .collect();
    let changed = audit::describe_change(&fields).unwrap_or_default();
    let act = Act::new("campaign.profile", "campaign", campaign_id).by(by);
    audit::append_with(conn, sealer, &act, &changed, now_ms)
}
