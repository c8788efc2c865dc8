//! Capture campaigns: whom one expects, under which rules its photos are judged, how its agency names files.

pub mod profile;
pub mod progress;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::campaigns;
use crate::error::{Error, Result};
use crate::id::{CampaignId, SchoolId};
use profile::Profile;

crate::text_enum! {
    /// How the agency knows the students.
    CampaignMode {
        /// 旧模式: files named by identity, exam or student number.
        Legacy = "legacy",
        /// 采集码模式 (the rule since 2023): opaque numbers, masked names, join on school code and student number.
        Code = "code",
    }
}

/// Whom a campaign expects; everything unset expects every open row of the roll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Only this school.
    pub school_id: Option<SchoolId>,
    /// Only this year of expected graduation.
    pub grad_year: Option<i32>,
    /// Only this level, normalised.
    pub level_kind: Option<String>,
    /// Only these statuses, as the roll spells them.
    pub statuses: Vec<String>,
}

/// A campaign about to be made.
#[derive(Clone, Debug)]
pub struct NewCampaign {
    /// Its short name on the command line and in addresses.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// How the agency knows the students.
    pub mode: CampaignMode,
    /// The rules of its photos.
    pub profile: Profile,
    /// When nothing may change any more, UTC ms.
    pub freeze_at_ms: Option<TimestampMs>,
    /// The day the agency promised, `YYYY-MM-DD`.
    pub upload_expected: Option<String>,
    /// Whom it expects.
    pub expected: Expected,
}

/// A campaign.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its number.
    pub campaign_id: CampaignId,
    /// Its short name.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// How the agency knows the students.
    pub mode: CampaignMode,
    /// The rules of its photos, as they were when it was made.
    pub profile: Profile,
    /// Whom it expects.
    pub expected: Expected,
}

/// Codes stand in addresses and on command lines: letters, digits, `-`, `_` and `.`, at most 64.
pub fn require_code(code: &str, field: &'static str) -> Result<()> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !code.is_empty() && code.chars().count() <= 64 && code.chars().all(is_plain) {
        return Ok(());
    }
    Err(Error::invalid(
        "code",
        field,
        "a code has 1 to 64 letters, digits, '-', '_' or '.'",
    ))
}

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
