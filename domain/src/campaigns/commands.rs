//! What changes campaigns.

use diesel::prelude::*;

use super::model::{NewCampaign, require_code};
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::campaigns;
use crate::error::{Error, Result};
use crate::id::CampaignId;

/// Makes a campaign.
pub fn add_campaign(conn: &mut Conn, new: &NewCampaign, now_ms: TimestampMs) -> Result<CampaignId> {
    require_code(&new.code, "campaign")?;
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
            campaigns::grad_year.eq(new.expected.grad_year),
            campaigns::level_kind.eq(&new.expected.level_kind),
            campaigns::statuses.eq(statuses),
            campaigns::created_at_ms.eq(now_ms),
        ))
        .returning(campaigns::campaign_id)
        .get_result(conn)?;
    audit::append(conn, &Act::new("campaign.add", "campaign", campaign_id), now_ms)?;
    Ok(campaign_id)
}
