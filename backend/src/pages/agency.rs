//! 图片社: the pages of an agency's people. They deliver, read what became of it, see whom to shoot again, and keep their own tokens and
//! people; nothing of the office's or of another agency's can be reached from here.

pub mod batches;
pub mod people;
pub mod recaptures;
pub mod tokens;
pub mod webhooks;

use domain::accounts::model::{Operator, Role};
use domain::agencies::model::Deliverer;
use domain::agencies::queries::{get_agency, list_campaigns_for};
use domain::batches::queries::delivered::list_delivered;
use domain::campaigns::model::CampaignMode;
use domain::id::BatchId;
use poem::http::StatusCode;
use poem::web::Query;
use poem::{Response, handler};
use serde::{Deserialize, Serialize};

use self::batches::DeliveredRow;
use crate::error::Failure;
use crate::pages::frame::{Frame, Person};
use crate::pages::screen::Screen;

const HERE: &str = "/agency";
/// Batches of one page.
const PAGE_BATCHES: i64 = 20;

/// A page of the agency's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// 交付.
    Deliver,
    /// 重拍.
    Recaptures,
    /// 令牌.
    Tokens,
    /// 通知.
    Webhooks,
    /// 人员.
    People,
}

/// What stands at the head of every page of an agency.
#[derive(Serialize)]
pub struct Head {
    name: String,
    places: Vec<PlaceLink>,
}

#[derive(Serialize)]
struct PlaceLink {
    /// Worded by `agency-place-…`.
    place: Place,
    href: &'static str,
    is_current: bool,
}

impl Screen {
    /// The signed-in person of an agency.
    pub fn operator(&self) -> Result<&Operator, Failure> {
        let operator = self.visit().operator.as_ref();
        operator.ok_or_else(|| Failure::status(StatusCode::UNAUTHORIZED))
    }

    /// The signed-in administrator of an agency.
    fn agency_admin(&self) -> Result<&Operator, Failure> {
        let operator = self.operator()?;
        if operator.is_admin {
            return Ok(operator);
        }
        Err(Failure::status(StatusCode::FORBIDDEN))
    }

    /// Everything around a page of the agency's.
    async fn agency(&self, current: Place) -> Result<(Frame, Head), Failure> {
        let operator = self.operator()?;
        let agency_id = operator.agency_id;
        let agency = self
            .state
            .house()
            .db
            .read(move |conn| get_agency(conn, agency_id))
            .await?;
        let role = if operator.is_admin {
            Role::AgencyAdmin
        } else {
            Role::AgencyOperator
        };
        let frame = Frame {
            person: Some(Person {
                name: operator.email.clone(),
                role,
            }),
            ..self.plain_frame()
        };
        let places = [
            (Place::Deliver, HERE),
            (Place::Recaptures, "/agency/recaptures"),
            (Place::Tokens, "/agency/tokens"),
            (Place::Webhooks, "/agency/webhooks"),
            (Place::People, "/agency/people"),
        ];
        let open = places
            .into_iter()
            .filter(|(place, _)| operator.is_admin || matches!(place, Place::Deliver | Place::Recaptures));
        let places = open.map(|(place, href)| PlaceLink {
            place,
            href,
            is_current: place == current,
        });
        let head = Head {
            name: agency.name,
            places: places.collect(),
        };
        Ok((frame, head))
    }
}

/// `agency/deliver.html`.
#[derive(Serialize)]
pub struct DeliverPage {
    frame: Frame,
    head: Head,
    campaigns: Vec<CampaignChoice>,
    limit_bytes: u64,
    /// The newest batch, whose outcome is told in words.
    last: Option<DeliveredRow>,
    rows: Vec<DeliveredRow>,
    is_first: bool,
    next: Option<String>,
}

#[derive(Serialize)]
struct CampaignChoice {
    code: String,
    name: String,
    mode: CampaignMode,
    upload_expected: Option<String>,
}

#[derive(Deserialize)]
struct Before {
    before: Option<i64>,
}

/// `GET /agency`. It never refreshes itself: a file may be on its way.
#[handler]
pub async fn deliver(screen: Screen, Query(query): Query<Before>) -> Result<Response, Failure> {
    let (frame, head) = screen.agency(Place::Deliver).await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let by = Deliverer::from(screen.operator()?);
    let before = query.before.map(BatchId);
    let read = house.db.read(move |conn| {
        Ok((
            list_campaigns_for(conn, &by)?,
            list_delivered(conn, &by, before, PAGE_BATCHES)?,
        ))
    });
    let (campaigns, batches) = read.await?;
    let last_number = batches.last().map(|summary| summary.batch.batch_id);
    let is_full = batches.len() == PAGE_BATCHES as usize;
    let rows: Vec<DeliveredRow> = batches
        .into_iter()
        .map(|summary| DeliveredRow::new(summary, now_ms))
        .collect();
    let open = campaigns
        .into_iter()
        .filter(|campaign| campaign.require_open(now_ms).is_ok());
    let page = DeliverPage {
        frame,
        head,
        campaigns: open
            .map(|campaign| CampaignChoice {
                code: campaign.code,
                name: campaign.name,
                mode: campaign.mode,
                upload_expected: campaign.plan.upload_expected,
            })
            .collect(),
        limit_bytes: house.config.limits.archive_bytes,
        last: rows.first().filter(|_| before.is_none()).cloned(),
        is_first: before.is_none(),
        next: last_number
            .filter(|_| is_full)
            .map(|batch_id| format!("{HERE}?before={batch_id}")),
        rows,
    };
    screen.show("agency/deliver.html", &page)
}
