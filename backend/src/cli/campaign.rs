//! `rollproof campaign …`.

use chrono::NaiveDate;
use domain::audit::OPERATOR;
use domain::campaigns::commands::add_campaign;
use domain::campaigns::model::{CampaignMode, Expected, NewCampaign};
use domain::campaigns::profile::Profile;
use domain::clock::start_of_day_in_shanghai;
use domain::error::{Error, Result};
use domain::roll::codes::LevelKind;
use domain::schools::queries::find_school;
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;

/// Verbs on campaigns.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Add a campaign.
    Add(AddArgs),
}

/// Arguments of `campaign add`.
#[derive(clap::Args)]
pub struct AddArgs {
    /// Its short name.
    code: String,
    /// Its name for people.
    #[arg(long)]
    name: String,
    /// `legacy` (files named by number) or `code` (capture codes).
    #[arg(long)]
    mode: CampaignMode,
    /// Rules for its photos.
    #[arg(long, default_value = "chsi-graduation")]
    profile: String,
    /// First day on which nothing may change any more, YYYY-MM-DD.
    #[arg(long)]
    freeze_at: Option<NaiveDate>,
    /// The day the agency promised, YYYY-MM-DD.
    #[arg(long)]
    upload_expected: Option<NaiveDate>,
    /// Where and when photos are shot, in words that students read.
    #[arg(long)]
    recapture_place: Option<String>,
    /// Expect only this school.
    #[arg(long)]
    school: Option<String>,
    /// Expect only this year of graduation.
    #[arg(long)]
    grad_year: Option<i32>,
    /// Expect only this level (层次).
    #[arg(long)]
    level: Option<String>,
    /// Expect only these statuses (学籍状态), separated by commas.
    #[arg(long, value_delimiter = ',')]
    status: Vec<String>,
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let Verb::Add(args) = verb;
    let profile = Profile::builtin(&args.profile).ok_or_else(|| {
        Error::invalid(
            "profile",
            "--profile",
            "there is no profile of that name; use chsi-graduation or studio-original",
        )
    })?;
    let level_kind = args.level.as_deref().map(parse_level).transpose()?;
    let now_ms = house.clock.now_ms();
    let campaign_id = house
        .db
        .write_tx(move |conn| {
            let school_id = match &args.school {
                None => None,
                Some(code) => Some(find_school(conn, code)?.ok_or_else(|| Error::not_found("school", code))?),
            };
            let new = NewCampaign {
                code: args.code,
                name: args.name,
                mode: args.mode,
                profile,
                freeze_at_ms: args.freeze_at.map(start_of_day_in_shanghai),
                upload_expected: args.upload_expected.map(|day| day.to_string()),
                recapture_place: args.recapture_place,
                expected: Expected {
                    school_id,
                    grad_year: args.grad_year,
                    level_kind,
                    statuses: args.status,
                },
            };
            add_campaign(conn, OPERATOR, &new, now_ms)
        })
        .await?;
    output::print(format, &json!({ "campaign_id": campaign_id }), |_| {
        format!("campaign {campaign_id} added")
    })?;
    Ok(Outcome::Done)
}

fn parse_level(word: &str) -> Result<String> {
    LevelKind::of(word)
        .map(|level| level.as_str().to_owned())
        .ok_or_else(|| {
            Error::invalid(
                "level",
                "--level",
                "use a level (层次) as rolls spell it: 本科, 专科, 专升本, 硕士研究生, 博士研究生",
            )
        })
}
