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
    /// Where and when photos are shot, in words.
    pub recapture_place: Option<String>,
    /// Whom it expects.
    pub expected: Expected,
}

/// What of a campaign may change while it runs; mode and code may not, since batches were named by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignPlan {
    /// Its name for people.
    pub name: String,
    /// When nothing may change any more, UTC ms.
    pub freeze_at_ms: Option<TimestampMs>,
    /// The day the agency promised, `YYYY-MM-DD`.
    pub upload_expected: Option<String>,
    /// Days from the rejection of a photo to the new one.
    pub recapture_days: i32,
    /// Times that the agency shoots somebody again before the student comes in person.
    pub max_attempts: i32,
    /// Days after a photo came, on which students who have said nothing are reminded, separated by commas.
    pub remind_days: String,
    /// Where and when those come whose photo is shot (again), in words.
    pub recapture_place: Option<String>,
}

/// Characters of [`CampaignPlan::recapture_place`] at most.
const MOST_PLACE_CHARS: usize = 200;

/// The steps of reminders that a new campaign has.
pub const REMIND_DAYS: &str = "3,7,14";

impl CampaignPlan {
    /// Refuses what makes no sense.
    pub fn validate(&self) -> Result<()> {
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            return Err(Error::invalid(
                "name",
                "name",
                "give the campaign a name of at most 100 characters",
            ));
        }
        if !(1..=365).contains(&self.recapture_days) {
            return Err(Error::invalid(
                "recapture-days",
                "recapture_days",
                "give the agency 1 to 365 days",
            ));
        }
        if !(1..=20).contains(&self.max_attempts) {
            return Err(Error::invalid(
                "max-attempts",
                "max_attempts",
                "let the agency try 1 to 20 times",
            ));
        }
        require_place(self.recapture_place.as_deref())?;
        let steps: Vec<Option<u16>> = self.remind_days.split(',').map(|day| day.trim().parse().ok()).collect();
        let is_usable = |step: &Option<u16>| step.is_some_and(|days| (1..=365).contains(&days));
        if !self.remind_days.trim().is_empty() && (steps.len() > 10 || !steps.iter().all(is_usable)) {
            return Err(Error::invalid(
                "remind-days",
                "remind_days",
                "name up to ten numbers of days from 1 to 365, as in 3,7,14; nothing reminds nobody",
            ));
        }
        Ok(())
    }
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
    /// The rules of its photos; findings keep the version that they were made by.
    pub profile: Profile,
    /// Whom it expects.
    pub expected: Expected,
    /// Its dates and limits.
    pub plan: CampaignPlan,
}

impl Campaign {
    /// Refuses a change after the freeze: what was reported upwards must stay what it was.
    pub fn require_open(&self, now_ms: TimestampMs) -> Result<()> {
        match self.plan.freeze_at_ms {
            Some(freeze_at_ms) if freeze_at_ms <= now_ms => Err(Error::conflict(
                "campaign-frozen",
                "the campaign is frozen: move its freeze date first",
            )),
            _ => Ok(()),
        }
    }
}

/// A place is described in at most 200 characters.
pub(super) fn require_place(place: Option<&str>) -> Result<()> {
    if place.is_none_or(|place| place.chars().count() <= MOST_PLACE_CHARS) {
        return Ok(());
    }
    Err(Error::invalid(
        "recapture-place",
        "recapture_place",
        "describe the place in at most 200 characters",
    ))
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
