//! What a campaign is.

use serde::{Deserialize, Serialize};

use super::profile::Profile;
use crate::clock::TimestampMs;
use crate::error::{Error, Result};
use crate::id::{CampaignId, SchoolId};

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
