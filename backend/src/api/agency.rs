//! Operations of an imaging agency: its campaigns, its deliveries and what became of them, and whom to shoot again. A token reaches its own
//! agency alone; what belongs to another does not exist for it. No answer holds a full name or an identity number.

pub(super) mod objects;
mod report;

use domain::agencies::model::Deliverer;
use domain::agencies::queries::{get_campaign_for, list_campaigns_for};
use domain::batches::model::{BatchKind, KeyPolicyWord, Received};
use domain::batches::queries::announced::find_announced;
use domain::batches::queries::delivered;
use domain::id::{BatchId, RecaptureId};
use domain::recaptures::queries::list_for_agency;
use domain::uploads::model::UploadId;
use poem::web::Data;
use poem::{Body, Request};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Json};
use poem_openapi::{ApiResponse, OpenApi, SecurityScheme, Tags};

use self::objects::{BatchObject, BatchPage, CampaignObject, CampaignPage, NewBatchObject, RecapturePage};
use self::report::ReportObject;
use crate::api::answer::Answer;
use crate::app::AppState;
use crate::auth::caller::{by_token, refused};
use crate::error::Failure;
use crate::intake::hand_in;
use crate::receipts::receipt;
use crate::sheets::SheetKind;

/// Rows of a page where the caller names no number.
const PAGE_ROWS: i64 = 50;

/// A token of an agency: `Authorization: Bearer rollproof_…`. Its administrator makes it on the agency's pages, or the operator with
/// `rollproof agency token`.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", checker = "deliverer_of")]
pub struct AgencyToken(Deliverer);

async fn deliverer_of(request: &Request, bearer: poem_openapi::auth::Bearer) -> poem::Result<Deliverer> {
    let state = request
        .data::<AppState>()
        .ok_or_else(|| Failure::internal("the routes were built without their state"))?;
    let found = by_token(state, request, &bearer.token).await?;
    Ok(found.ok_or_else(refused)?)
}

#[derive(Tags)]
enum Part {
    /// Deliveries of an agency.
    Agency,
}

/// The batch that an upload became.
#[derive(ApiResponse)]
enum TakenIn {
    /// It was taken in; a worker looks at it now.
    #[oai(status = 201)]
    New(Json<BatchObject>),
    /// The same archive was delivered before: this is its batch.
    #[oai(status = 200)]
    Known(Json<BatchObject>),
}

/// A table as a file.
#[derive(ApiResponse)]
enum Table {
    /// CSV in UTF-8 with a byte-order mark; cells that a spreadsheet would run begin with an apostrophe.
    #[oai(status = 200, content_type = "text/csv; charset=utf-8")]
    Csv(Binary<Body>),
}

/// Operations of an imaging agency.
pub struct AgencyApi;

#[OpenApi(tag = "Part::Agency")]
impl AgencyApi {
    /// Lists the campaigns that the agency delivers for, the newest first.
    #[oai(path = "/campaigns", method = "get", operation_id = "list_campaigns")]
    async fn list_campaigns(
        &self,
        state: Data<&AppState>,
        token: AgencyToken,
    ) -> poem::Result<Answer<Json<CampaignPage>>> {
        let house = state.house();
        let now_ms = house.clock.now_ms();
        let read = house.db.read(move |conn| list_campaigns_for(conn, &token.0));
        let campaigns = read.await.map_err(Failure::from)?;
        let campaigns = campaigns
            .into_iter()
            .map(|campaign| CampaignObject::new(campaign, now_ms));
        Ok(Answer(Json(CampaignPage {
            campaigns: campaigns.collect(),
        })))
    }

    /// Hands in an upload that is whole. The same archive for the same campaign is the same batch, however often it is sent, so that
    /// repeating the request after a lost answer changes nothing.
    #[oai(path = "/batches", method = "post", operation_id = "create_batch")]
    async fn create_batch(
        &self,
        state: Data<&AppState>,
        token: AgencyToken,
        new: Json<NewBatchObject>,
    ) -> poem::Result<Answer<TakenIn>> {
        let (new, by) = (new.0, token.0);
        let upload_id: UploadId = new.upload.parse().map_err(Failure::from)?;
        let kind = new.kind.map_or(BatchKind::Graduation, BatchKind::from);
        let key = new.key.map_or(KeyPolicyWord::Auto, KeyPolicyWord::from);
        let received = hand_in(&state, &by, (&upload_id, new.campaign), (kind, key)).await?;
        let batch = find_batch(&state, by, received.batch_id()).await?;
        Ok(Answer(match received {
            Received::New(_) => TakenIn::New(Json(batch)),
            Received::Known(_) => TakenIn::Known(Json(batch)),
        }))
    }

    /// Lists the agency's batches, the newest first.
    #[oai(path = "/batches", method = "get", operation_id = "list_batches")]
    async fn list_batches(
        &self,
        state: Data<&AppState>,
        token: AgencyToken,
        /// Only batches with a smaller number: the `next` of the page before.
        #[oai(validator(minimum(value = "1")))]
        before: Query<Option<i64>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<i64>>,
    ) -> poem::Result<Answer<Json<BatchPage>>> {
        let (before, limit) = (before.0.map(BatchId), limit.0.unwrap_or(PAGE_ROWS));
        let house = state.house();
        let read = house
            .db
            .read(move |conn| delivered::list_delivered(conn, &token.0, before, limit));
        let batches = read.await.map_err(Failure::from)?;
        Ok(Answer(Json(BatchPage::new(batches, limit))))
    }

    /// Tells where a batch stands and what came of it so far.
    #[oai(path = "/batches/:batch_id", method = "get", operation_id = "get_batch")]
    async fn get_batch(
        &self,
        state: Data<&AppState>,
        token: AgencyToken,
        /// Number of the batch.
        batch_id: Path<i64>,
    ) -> poem::Result<Answer<Json<BatchObject>>> {
        Ok(Answer(Json(find_batch(&state, token.0, BatchId(batch_id.0)).await?)))
    }

    /// Reports what became of every file. `missing` is empty: it is about the roll, which an agency does not see; whom to shoot again is
    /// in `/recaptures`.
    #[oai(path = "/batches/:batch_id/report", method = "get", operation_id = "get_report")]
    async fn get_report(
        &self,
        state: Data<&AppState>,
        token: AgencyToken,
        /// Number of the batch.
        batch_id: Path<i64>,
    ) -> poem::Result<Answer<Json<ReportObject>>> {
        let house = state.house();
        let sealer = house.sealer.clone();
        let read = house
            .db
            .read(move |conn| delivered::get_delivered_report(conn, &sealer, &token.0, BatchId(batch_id.0)));
        Ok(Answer(Json(ReportObject::from(read.await.map_err(Failure::from)?))))
    }

    /// The same for people: one line a file, with its outcome, the reason in words and how to mend it.
    #[oai(
        path = "/batches/:batch_id/receipt.csv",
        method = "get",
        operation_id = "get_receipt"
    )]
    async fn get_receipt(
        &self,
        state: Data<&AppState>,
        token: AgencyToken,
        /// Number of the batch.
        batch_id: Path<i64>,
    ) -> poem::Result<Answer<Table>> {
        let sheet = receipt(&state, token.0, BatchId(batch_id.0), SheetKind::Csv).await?;
        let file = tokio::fs::File::from_std(sheet.finish().map_err(Failure::from)?);
        Ok(Answer(Table::Csv(Binary(Body::from_async_read(file)))))
    }

    /// Lists whom to shoot again: students whose photo of this agency is not usable.
    #[oai(path = "/recaptures", method = "get", operation_id = "list_recaptures")]
    async fn list_recaptures(
        &self,
        state: Data<&AppState>,
        token: AgencyToken,
        /// Code of the campaign.
        #[oai(validator(min_length = 1, max_length = 64))]
        campaign: Query<String>,
        /// Only those with a larger number: the `next` of the page before.
        after: Query<Option<i64>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
        limit: Query<Option<i64>>,
    ) -> poem::Result<Answer<Json<RecapturePage>>> {
        let house = state.house();
        let (after, limit) = (after.0.map(RecaptureId), limit.0.unwrap_or(PAGE_ROWS));
        let read = house.db.read(move |conn| {
            let campaign = get_campaign_for(conn, &token.0, &campaign.0)?;
            list_for_agency(conn, &token.0, &campaign, after, limit)
        });
        let rows = read.await.map_err(Failure::from)?;
        Ok(Answer(Json(RecapturePage::new(rows, limit))))
    }
}

async fn find_batch(state: &AppState, by: Deliverer, batch_id: BatchId) -> Result<BatchObject, Failure> {
    let read = state.house().db.read(move |conn| {
        let (summary, _) = delivered::get_delivered(conn, &by, batch_id)?;
        Ok((summary, find_announced(conn, batch_id)?))
    });
    let (summary, announced) = read.await?;
    Ok(BatchObject::from(summary).announced(announced))
}
