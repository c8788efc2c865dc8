//! Reads of campaigns.

pub mod progress;
pub mod tallies;

use diesel::prelude::*;

use super::model::{Campaign, CampaignMode, CampaignPlan, Expected};
use crate::campaigns::limits::Limit;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::dialect::what_if::count_beyond;
use crate::db::schema::campaigns;
use crate::error::{Error, Result};
use crate::id::{CampaignId, SchoolId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = campaigns)]
struct CampaignRow {
    campaign_id: CampaignId,
    school_id: Option<SchoolId>,
    code: String,
    name: String,
    mode: CampaignMode,
    profile: String,
    grad_year: Option<i32>,
    level_kind: Option<String>,
    statuses: Option<String>,
    freeze_at_ms: Option<TimestampMs>,
    upload_expected: Option<String>,
    recapture_days: i32,
    max_attempts: i32,
    remind_days: String,
    recapture_place: Option<String>,
}

impl CampaignRow {
    fn into_campaign(self) -> Result<Campaign> {
        Ok(Campaign {
            campaign_id: self.campaign_id,
            code: self.code,
            plan: CampaignPlan {
                name: self.name.clone(),
                freeze_at_ms: self.freeze_at_ms,
                upload_expected: self.upload_expected,
                recapture_days: self.recapture_days,
                max_attempts: self.max_attempts,
                remind_days: self.remind_days,
                recapture_place: self.recapture_place,
            },
            name: self.name,
            mode: self.mode,
            profile: serde_json::from_str(&self.profile)?,
            expected: Expected {
                school_id: self.school_id,
                grad_year: self.grad_year,
                level_kind: self.level_kind,
                statuses: self
                    .statuses
                    .map(|list| list.split(',').map(str::to_owned).collect())
                    .unwrap_or_default(),
            },
        })
    }
}

/// The campaign of that number.
pub fn get_campaign(conn: &mut Conn, campaign_id: CampaignId) -> Result<Campaign> {
    let row = campaigns::table
        .find(campaign_id)
        .select(CampaignRow::as_select())
        .first(conn)
        .optional()?;
    row.ok_or_else(|| Error::not_found("campaign", campaign_id))?
        .into_campaign()
}

/// The campaign of that code; codes that several schools use must be told apart by the school.
pub fn get_campaign_by_code(conn: &mut Conn, code: &str) -> Result<Campaign> {
    let mut rows: Vec<CampaignRow> = campaigns::table
        .filter(campaigns::code.eq(code))
        .limit(2)
        .select(CampaignRow::as_select())
        .load(conn)?;
    match (rows.pop(), rows.pop()) {
        (Some(row), None) => row.into_campaign(),
        (None, _) => Err(Error::not_found("campaign", code)),
        (Some(_), Some(_)) => Err(Error::conflict(
            "campaign-ambiguous",
            "several schools have a campaign of that code; name the school too",
        )),
    }
}

/// What limits that nobody has set yet would do to the accepted photos of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// Accepted photos that would be flagged.
    pub flagged: i64,
    /// The same by limit, those without any left out.
    pub by_limit: Vec<(&'static str, i64)>,
}

/// Holds the measurements of accepted photos against limits.
pub fn what_if(conn: &mut Conn, campaign_id: CampaignId, changed: &[(&'static Limit, f64)]) -> Result<WhatIf> {
    let mut by_limit = Vec::new();
    for one in changed {
        let count = count_beyond(conn, campaign_id, std::slice::from_ref(one))?;
        if count > 0 {
            by_limit.push((one.0.name, count));
        }
    }
    Ok(WhatIf {
        flagged: count_beyond(conn, campaign_id, changed)?,
        by_limit,
    })
}

/// Every campaign, newest first.
pub fn list_campaigns(conn: &mut Conn) -> Result<Vec<Campaign>> {
    let rows: Vec<CampaignRow> = campaigns::table
        .order(campaigns::campaign_id.desc())
        .select(CampaignRow::as_select())
        .load(conn)?;
    rows.into_iter().map(CampaignRow::into_campaign).collect()
}
