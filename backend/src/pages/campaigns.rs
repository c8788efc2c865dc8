//! 活动: what is captured, for whom, until when and by which rules.

pub mod rules;

use domain::agencies::commands::{add_agency, name_agencies};
use domain::agencies::queries::{list_agencies, list_named};
use domain::campaigns::commands::{add_campaign, change_plan};
use domain::campaigns::model::{Campaign, CampaignMode, CampaignPlan, Expected, NewCampaign};
use domain::campaigns::profile::{BUILTIN_NAMES, Profile};
use domain::campaigns::queries::tallies::{Part, list_parts};
use domain::campaigns::queries::{get_campaign, list_campaigns};
use domain::clock::{TimestampMs, day_in_shanghai, start_of_day_in_shanghai};
use domain::error::Error;
use domain::id::{AgencyId, CampaignId};
use domain::roll::codes::LevelKind;
use domain::schools::queries::{get_school_id, list_schools};
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::batches::AgencyChoice;
use crate::pages::fields::{day, given};
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::Screen;

const HERE: &str = "/console/campaigns";

/// `campaigns/list.html`.
#[derive(Serialize)]
pub struct CampaignsPage {
    frame: Frame,
    campaigns: Vec<CampaignRow>,
    agencies: Vec<AgencyChoice>,
}

#[derive(Serialize)]
struct CampaignRow {
    number: i64,
    code: String,
    name: String,
    mode: CampaignMode,
    /// Name, worded by `profile-…`, and version of its rules.
    profile: (String, u32),
    expected: i64,
    matched: i64,
    upload_expected: Option<String>,
    freeze: Option<Moment>,
    is_frozen: bool,
}

/// `campaigns/new.html`.
#[derive(Serialize)]
pub struct NewCampaignPage {
    frame: Frame,
    profiles: Vec<&'static str>,
    /// Code and name of every school, to choose one.
    schools: Vec<(String, String)>,
}

/// `campaigns/show.html`.
#[derive(Serialize)]
pub struct CampaignPage {
    frame: Frame,
    campaign: CampaignRow,
    freeze_day: Option<String>,
    recapture_days: i32,
    max_attempts: i32,
    remind_days: String,
    recapture_place: Option<String>,
    agencies: Vec<NamedAgency>,
    rules: rules::RulesForm,
}

/// An agency, and whether it was named for the campaign.
#[derive(Serialize)]
struct NamedAgency {
    number: i64,
    code: String,
    name: String,
    is_named: bool,
}

impl CampaignRow {
    fn new(campaign: Campaign, counts: &Part, now_ms: TimestampMs) -> Self {
        let freeze_at_ms = campaign.plan.freeze_at_ms;
        Self {
            number: campaign.campaign_id.0,
            code: campaign.code,
            name: campaign.name,
            mode: campaign.mode,
            profile: (campaign.profile.name, campaign.profile.version),
            expected: counts.expected,
            matched: counts.matched,
            upload_expected: campaign.plan.upload_expected,
            freeze: freeze_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
            is_frozen: freeze_at_ms.is_some_and(|at_ms| at_ms <= now_ms),
        }
    }
}

/// `GET /console/campaigns`.
#[handler]
pub async fn list(screen: Screen) -> Result<Response, Failure> {
    let console = screen.console(Section::Campaigns).await?;
    let (staff, now_ms) = (screen.staff()?.clone(), console.now_ms);
    let (campaigns, agencies) = screen
        .state
        .house()
        .db
        .read(move |conn| {
            // A house has a handful of campaigns: one each year.
            let counted = list_campaigns(conn)?.into_iter().map(|campaign| {
                let counts = Part::sum(&list_parts(conn, &staff, campaign.campaign_id, None)?);
                Ok(CampaignRow::new(campaign, &counts, now_ms))
            });
            let campaigns = counted.collect::<domain::Result<Vec<_>>>()?;
            Ok((campaigns, list_agencies(conn)?))
        })
        .await?;
    let page = CampaignsPage {
        frame: console.frame,
        campaigns,
        agencies: agencies.into_iter().map(AgencyChoice::from).collect(),
    };
    screen.show("campaigns/list.html", &page)
}

/// `GET /console/campaigns/new`.
#[handler]
pub async fn blank(screen: Screen) -> Result<Response, Failure> {
    let console = screen.console(Section::Campaigns).await?;
    let schools = screen.state.house().db.read(list_schools).await?;
    let page = NewCampaignPage {
        frame: console.frame,
        profiles: BUILTIN_NAMES.to_vec(),
        schools: schools.into_iter().map(|school| (school.code, school.name)).collect(),
    };
    screen.show("campaigns/new.html", &page)
}

#[derive(Deserialize)]
struct NewForm {
    code: String,
    name: String,
    mode: String,
    profile: String,
    #[serde(default)]
    school: String,
    #[serde(default)]
    grad_year: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    freeze: String,
    #[serde(default)]
    upload_expected: String,
    #[serde(default)]
    recapture_place: String,
}

impl NewForm {
    fn read(self) -> Result<(NewCampaign, Option<String>), Error> {
        let unknown = |field: &'static str, what: &'static str| Error::invalid("field", field, what);
        let grad_year = given(&self.grad_year)
            .map(|year| year.parse().map_err(|_| unknown("grad_year", "a year has four digits")))
            .transpose()?;
        let level_kind = given(&self.level)
            .map(|level| LevelKind::of(level).ok_or_else(|| unknown("level", "use a level as rolls spell it")))
            .transpose()?
            .map(|level| level.as_str().to_owned());
        let new = NewCampaign {
            profile: Profile::builtin(&self.profile)
                .ok_or_else(|| unknown("profile", "choose one of the profiles offered"))?,
            mode: self.mode.parse()?,
            freeze_at_ms: day(&self.freeze, "freeze")?.map(start_of_day_in_shanghai),
            upload_expected: day(&self.upload_expected, "upload_expected")?.map(|day| day.to_string()),
            recapture_place: given(&self.recapture_place).map(str::to_owned),
            code: self.code.trim().to_owned(),
            name: self.name.trim().to_owned(),
            expected: Expected {
                grad_year,
                level_kind,
                ..Expected::default()
            },
        };
        Ok((new, given(&self.school).map(str::to_owned)))
    }
}

/// `POST /console/campaigns`.
#[handler]
pub async fn create(screen: Screen, Form(form): Form<NewForm>) -> Result<Response, Failure> {
    let staff = screen.changer("campaign.add").await?;
    let (mut new, school) = form.read()?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let campaign_id = house
        .db
        .write_tx(move |conn| {
            new.expected.school_id = school.as_deref().map(|code| get_school_id(conn, code)).transpose()?;
            add_campaign(conn, &staff, &new, now_ms)
        })
        .await?;
    Ok(Redirect::see_other(format!("{HERE}/{campaign_id}")).into_response())
}

/// `GET /console/campaigns/:campaign_id`.
#[handler]
pub async fn show(screen: Screen, Path(campaign_id): Path<i64>) -> Result<Response, Failure> {
    page(&screen, CampaignId(campaign_id), None).await
}

/// The campaign's page, with rules that were tried out where some were.
async fn page(screen: &Screen, campaign_id: CampaignId, tried: Option<rules::Tried>) -> Result<Response, Failure> {
    let console = screen.console(Section::Campaigns).await?;
    let staff = screen.staff()?.clone();
    let (campaign, counts, agencies, named) = screen
        .state
        .house()
        .db
        .read(move |conn| {
            let campaign = get_campaign(conn, campaign_id)?;
            let counts = Part::sum(&list_parts(conn, &staff, campaign_id, None)?);
            Ok((campaign, counts, list_agencies(conn)?, list_named(conn, campaign_id)?))
        })
        .await?;
    let agencies = agencies.into_iter().map(|agency| NamedAgency {
        number: agency.agency_id.0,
        is_named: named.contains(&agency.agency_id),
        code: agency.code,
        name: agency.name,
    });
    let plan = campaign.plan.clone();
    let page = CampaignPage {
        freeze_day: plan.freeze_at_ms.map(day_in_shanghai),
        recapture_days: plan.recapture_days,
        max_attempts: plan.max_attempts,
        remind_days: plan.remind_days,
        recapture_place: plan.recapture_place,
        agencies: agencies.collect(),
        rules: rules::RulesForm::new(&campaign.profile, tried)?,
        campaign: CampaignRow::new(campaign, &counts, console.now_ms),
        frame: console.frame,
    };
    screen.show("campaigns/show.html", &page)
}

#[derive(Deserialize)]
struct PlanForm {
    name: String,
    #[serde(default)]
    freeze: String,
    #[serde(default)]
    upload_expected: String,
    recapture_days: i32,
    max_attempts: i32,
    #[serde(default)]
    remind_days: String,
    #[serde(default)]
    recapture_place: String,
}

/// `POST /console/campaigns/:campaign_id`.
#[handler]
pub async fn change(
    screen: Screen,
    Path(campaign_id): Path<i64>,
    Form(form): Form<PlanForm>,
) -> Result<Response, Failure> {
    let staff = screen.changer("campaign.plan").await?;
    let plan = CampaignPlan {
        name: form.name,
        freeze_at_ms: day(&form.freeze, "freeze")?.map(start_of_day_in_shanghai),
        upload_expected: day(&form.upload_expected, "upload_expected")?.map(|day| day.to_string()),
        recapture_days: form.recapture_days,
        max_attempts: form.max_attempts,
        remind_days: form.remind_days,
        recapture_place: given(&form.recapture_place).map(str::to_owned),
    };
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| change_plan(conn, &sealer, &staff, CampaignId(campaign_id), &plan, now_ms))
        .await?;
    Ok(Redirect::see_other(format!("{HERE}/{campaign_id}")).into_response())
}

/// `POST /console/campaigns/:campaign_id/agencies`: who delivers for it; the form repeats `agency` for each.
#[handler]
pub async fn name_deliverers(
    screen: Screen,
    Path(campaign_id): Path<i64>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let staff = screen.changer("campaign.agencies").await?;
    let named = fields
        .iter()
        .filter(|(field, _)| field == "agency")
        .map(|(_, number)| number.parse().map(AgencyId))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| Error::invalid("field", "agency", "choose among the agencies offered"))?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| name_agencies(conn, &sealer, &staff, CampaignId(campaign_id), &named, now_ms))
        .await?;
    Ok(Redirect::see_other(format!("{HERE}/{campaign_id}")).into_response())
}

#[derive(Deserialize)]
struct AgencyForm {
    code: String,
    name: String,
}

/// `POST /console/agencies`.
#[handler]
pub async fn create_agency(screen: Screen, Form(form): Form<AgencyForm>) -> Result<Response, Failure> {
    let staff = screen.changer("agency.add").await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| add_agency(conn, &staff, form.code.trim(), form.name.trim(), now_ms))
        .await?;
    Ok(Redirect::see_other(HERE).into_response())
}
