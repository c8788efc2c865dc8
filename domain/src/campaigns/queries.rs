//! Reads of campaigns.

pub mod progress;

use diesel::prelude::*;

use super::model::{Campaign, CampaignMode, Expected};
use crate::db::Conn;
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
}

impl CampaignRow {
    fn into_campaign(self) -> Result<Campaign> {
        Ok(Campaign {
            campaign_id: self.campaign_id,
            code: self.code,
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

/// Every campaign, newest first.
pub fn list_campaigns(conn: &mut Conn) -> Result<Vec<Campaign>> {
    let rows: Vec<CampaignRow> = campaigns::table
        .order(campaigns::campaign_id.desc())
        .select(CampaignRow::as_select())
        .load(conn)?;
    rows.into_iter().map(CampaignRow::into_campaign).collect()
}
