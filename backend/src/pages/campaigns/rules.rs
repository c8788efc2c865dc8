//! The rules of a campaign's photos as a form: every number explained, tried out on the accepted photos before it is saved.

use std::collections::BTreeMap;

use domain::campaigns::commands::change_profile;
use domain::campaigns::limits::{LIMITS, Limit, Side, list_limits, with_limits};
use domain::campaigns::profile::Profile;
use domain::campaigns::queries::{WhatIf, get_campaign, what_if};
use domain::error::Error;
use domain::id::CampaignId;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::Serialize;

use super::{HERE, page};
use crate::error::Failure;
use crate::pages::screen::Screen;

/// The form.
#[derive(Serialize)]
pub struct RulesForm {
    name: String,
    version: u32,
    limits: Vec<LimitField>,
    tried: Option<TriedView>,
}

#[derive(Serialize)]
struct LimitField {
    /// Worded by `limit-<name>`.
    name: &'static str,
    code: &'static str,
    is_at_least: bool,
    /// As one types it: `20`, `0.5`.
    value: String,
    /// What is in force, where something else stands in the form.
    in_force: Option<String>,
    /// Accepted photos that would be flagged by it.
    flagged: Option<i64>,
}

#[derive(Serialize)]
struct TriedView {
    flagged: i64,
    changes: usize,
}

/// Limits that were tried out, and what they would do.
pub struct Tried {
    values: Vec<(&'static Limit, f64)>,
    outcome: WhatIf,
}

impl RulesForm {
    /// The form over a profile.
    pub fn new(profile: &Profile, tried: Option<Tried>) -> Result<Self, Error> {
        let limits = list_limits(profile)?.into_iter().map(|(limit, in_force)| {
            let other = tried.as_ref().and_then(|tried| value_of(&tried.values, limit));
            let flagged = tried.as_ref().and_then(|tried| {
                let found = tried.outcome.by_limit.iter().find(|(name, _)| *name == limit.name);
                found.map(|(_, count)| *count)
            });
            LimitField {
                name: limit.name,
                code: limit.code.as_str(),
                is_at_least: limit.side == Side::AtLeast,
                value: other.unwrap_or(in_force).to_string(),
                in_force: other.map(|_| in_force.to_string()),
                flagged,
            }
        });
        Ok(Self {
            name: profile.name.clone(),
            version: profile.version,
            limits: limits.collect(),
            tried: tried.as_ref().map(|tried| TriedView {
                flagged: tried.outcome.flagged,
                changes: tried.values.len(),
            }),
        })
    }
}

fn value_of(values: &[(&'static Limit, f64)], limit: &Limit) -> Option<f64> {
    values
        .iter()
        .find(|(other, _)| other.name == limit.name)
        .map(|(_, value)| *value)
}

/// The limits of the form that differ from those in force.
fn changed(profile: &Profile, form: &BTreeMap<String, String>) -> Result<Vec<(&'static Limit, f64)>, Error> {
    let in_force = list_limits(profile)?;
    let mut changed = Vec::new();
    for limit in LIMITS {
        let (Some(typed), Some(known)) = (form.get(limit.name), value_of(&in_force, limit)) else {
            continue;
        };
        let value: f64 = typed
            .trim()
            .parse()
            .map_err(|_| Error::invalid("limit", limit.name, "a limit is a number, as in 0.45"))?;
        if (value - known).abs() > f64::EPSILON {
            changed.push((limit, value));
        }
    }
    Ok(changed)
}

/// `POST /console/campaigns/:campaign_id/rules`: tries limits out, or saves them.
#[handler]
pub async fn settle(
    screen: Screen,
    Path(campaign_id): Path<i64>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let staff = screen.changer("campaign.profile").await?;
    let campaign_id = CampaignId(campaign_id);
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let campaign = house.db.read(move |conn| get_campaign(conn, campaign_id)).await?;
    let values = changed(&campaign.profile, &form)?;
    let mut profile = with_limits(&campaign.profile, &values)?;
    if form.get("what").map(String::as_str) == Some("save") {
        // The version that the page showed: whoever saved meanwhile is not overwritten.
        profile.version = form
            .get("version")
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        let sealer = house.sealer.clone();
        house
            .db
            .write_tx(move |conn| change_profile(conn, &sealer, &staff, campaign_id, &profile, now_ms))
            .await?;
        return Ok(Redirect::see_other(format!("{HERE}/{campaign_id}")).into_response());
    }
    let asked = values.clone();
    let outcome = house.db.read(move |conn| what_if(conn, campaign_id, &asked)).await?;
    page(&screen, campaign_id, Some(Tried { values, outcome })).await
}
