//! Resumable uploads of agencies at `/api/v1/uploads`: tus 1.0 (<https://tus.io/protocols/resumable-upload>) with the extensions
//! creation, creation-with-upload, termination, expiration and checksum (SHA-1, SHA-256).
//!
//! Six rules make it right with clients as they are: an upload has come as far as its file is long, and nothing else says so; what arrived
//! before a cut is kept; the newest request takes an upload over from an older one, whose connection may be dead without anybody having
//! noticed; addresses are relative, so they hold behind a proxy; a body that is too long changes nothing; every answer names the protocol.

mod lanes;
mod protocol;
mod staged_bytes;

use std::sync::Arc;

use domain::agencies::model::Deliverer;
use domain::error::Error;
use domain::uploads::commands::{self, Quota};
use domain::uploads::model::{NewUpload, Upload, UploadId};
use domain::uploads::queries;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::web::{Data, Path, Query};
use poem::{Body, Endpoint, IntoResponse, Request, Response, RouteMethod, handler};
use serde::{Deserialize, Serialize};

use self::lanes::Held;
pub use self::lanes::Lanes;
use self::protocol::{Checksum, UPLOAD_EXPIRES, UPLOAD_LENGTH, UPLOAD_OFFSET};
use self::staged_bytes::{Outcome, Piece, StagedBytes};
pub use self::staged_bytes::{sweep, uploads_folder};
use crate::app::AppState;
use crate::auth::caller::Caller;
use crate::error::{Asked, Failure};
use crate::house::House;

/// Where the uploads are; what `Location` begins with.
const HERE: &str = "/api/v1/uploads";

/// `/api/v1/uploads`.
pub fn collection() -> impl Endpoint {
    use poem::EndpointExt;
    RouteMethod::new().options(discover).post(create).get(list).around(tus)
}

/// `/api/v1/uploads/:upload_id`.
pub fn one() -> impl Endpoint {
    use poem::EndpointExt;
    let methods = RouteMethod::new()
        .options(discover)
        .head(tell_offset)
        .patch(append)
        .delete(give_up);
    methods.around(tus)
}

/// What holds for every request of the protocol: its version is asked for and named, also by refusals; a method that a proxy does not
/// let through may stand in a header.
async fn tus<E: Endpoint>(next: Arc<E>, mut request: Request) -> poem::Result<Response> {
    let state = request
        .data::<AppState>()
        .cloned()
        .ok_or_else(|| Failure::internal("the routes were built without their state"))?;
    let asked = Asked::of(&state, &request).by_program();
    if let Some(method) = protocol::overridden_method(request.headers()) {
        request.set_method(method);
    }
    let is_versioned = !matches!(*request.method(), Method::OPTIONS | Method::GET);
    let answer = if is_versioned {
        match protocol::require_version(request.headers()) {
            Ok(()) => next.call(request).await.map(IntoResponse::into_response),
            Err(failure) => Err(failure.into()),
        }
    } else {
        next.call(request).await.map(IntoResponse::into_response)
    };
    let mut response = answer.unwrap_or_else(|error| asked.refuse_error(error));
    protocol::sign(&mut response);
    Ok(response)
}

/// `OPTIONS`: what this server can do.
#[handler]
fn discover(state: Data<&AppState>) -> Response {
    protocol::discovery(state.house().config.limits.archive_bytes)
}

/// `POST /api/v1/uploads`: begins an upload, with its first piece where the request carries one.
#[handler]
async fn create(
    Caller(by): Caller,
    state: Data<&AppState>,
    request: &Request,
    body: Body,
) -> Result<Response, Failure> {
    let headers = request.headers();
    let new = new_upload(headers)?;
    let house = state.house();
    let quota = Quota {
        file_bytes: house.config.limits.archive_bytes,
        agency_bytes: house.config.limits.agency_upload_bytes,
    };
    let now_ms = house.clock.now_ms();
    let (sealer, deliverer) = (house.sealer.clone(), by.clone());
    let upload_id = house
        .db
        .write_tx(move |conn| commands::begin(conn, &sealer, &deliverer, &new, quota, now_ms))
        .await?;
    StagedBytes::create(house, &upload_id).await?;
    let answer = Response::builder()
        .status(StatusCode::CREATED)
        .header(header::LOCATION, format!("{HERE}/{upload_id}"));
    if !protocol::is_piece(headers) {
        let expires = protocol::http_date(now_ms.saturating_add(commands::KEPT_MS));
        return Ok(answer.header(UPLOAD_EXPIRES, expires).finish());
    }
    let piece = receive(&state, &by, &upload_id, 0, protocol::checksum(headers)?, body).await?;
    Ok(answer
        .header(UPLOAD_OFFSET, piece.offset)
        .header(UPLOAD_EXPIRES, piece.expires)
        .finish())
}

fn new_upload(headers: &poem::http::HeaderMap) -> Result<NewUpload, Failure> {
    let size_bytes = protocol::length(headers)?;
    let mut metadata = protocol::metadata(headers)?;
    Ok(NewUpload {
        file_name: metadata.remove("filename").unwrap_or_default(),
        size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
        sha256: metadata.remove("sha256").filter(|text| !text.is_empty()),
    })
}

/// `HEAD /api/v1/uploads/:upload_id`: how far it has come. Takes the upload over, so that the client may go on at once even where the
/// server still waits for its dead connection.
#[handler]
async fn tell_offset(Caller(by): Caller, state: Data<&AppState>, Path(id): Path<String>) -> Result<Response, Failure> {
    let upload_id: UploadId = id.parse()?;
    let house = state.house();
    find(house, &by, &upload_id).await?;
    let _held = take_over(&state, &upload_id).await?;
    let upload = open(house, &by, &upload_id).await?;
    let staged = StagedBytes::open(house, &upload_id).await?;
    staged.make_durable().await?;
    Ok(Response::builder()
        .header(UPLOAD_OFFSET, staged.length())
        .header(UPLOAD_LENGTH, upload.size_bytes)
        .header(UPLOAD_EXPIRES, protocol::http_date(upload.expires_at_ms))
        .header(header::CACHE_CONTROL, "no-store")
        .finish())
}

/// `PATCH /api/v1/uploads/:upload_id`: the next piece.
#[handler]
async fn append(
    Caller(by): Caller,
    state: Data<&AppState>,
    Path(id): Path<String>,
    request: &Request,
    body: Body,
) -> Result<Response, Failure> {
    let headers = request.headers();
    if !protocol::is_piece(headers) {
        return Err(Failure::status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let (from, checksum) = (protocol::offset(headers)?, protocol::checksum(headers)?);
    let piece = receive(&state, &by, &id.parse()?, from, checksum, body).await?;
    Ok(Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(UPLOAD_OFFSET, piece.offset)
        .header(UPLOAD_EXPIRES, piece.expires)
        .finish())
}

/// A piece that has arrived and is durable.
struct Received {
    offset: u64,
    expires: HeaderValue,
}

async fn receive(
    state: &AppState,
    by: &Deliverer,
    upload_id: &UploadId,
    from: u64,
    checksum: Option<Checksum>,
    body: Body,
) -> Result<Received, Failure> {
    let house = state.house();
    find(house, by, upload_id).await?;
    let held = take_over(state, upload_id).await?;
    let upload = open(house, by, upload_id).await?;
    let piece = Piece {
        from,
        size_bytes: u64::try_from(upload.size_bytes).unwrap_or(0),
        checksum,
    };
    let (receiving_house, id) = (house.clone(), upload_id.clone());
    // In a task of its own: a client that goes away drops this handler, and must not drop a half-written piece with the lane still warm.
    let receiving = tokio::spawn(async move {
        let staged = StagedBytes::open(&receiving_house, &id).await?;
        staged.append(&piece, body.into_bytes_stream(), &held).await
    });
    let outcome = receiving
        .await
        .map_err(|fault| Failure::internal(fault.to_string()))??;
    let offset = match outcome {
        Outcome::Appended(offset) => offset,
        Outcome::Elsewhere => return Err(protocol::offset_differs()),
        Outcome::TooLong => return Err(Failure::coded(StatusCode::PAYLOAD_TOO_LARGE, "piece-too-long")),
        Outcome::ChecksumDiffers => return Err(protocol::checksum_differs()),
        Outcome::TakenOver => return Err(protocol::busy()),
        Outcome::Cut => return Err(Failure::coded(StatusCode::BAD_REQUEST, "upload-cut")),
    };
    let (now_ms, id) = (house.clock.now_ms(), upload_id.clone());
    let expires_at_ms = if commands::is_extension_due(&upload, now_ms) {
        house
            .db
            .write_tx(move |conn| commands::extend(conn, &id, now_ms))
            .await?
    } else {
        upload.expires_at_ms
    };
    Ok(Received {
        offset,
        expires: protocol::http_date(expires_at_ms),
    })
}

/// `DELETE /api/v1/uploads/:upload_id`: gives it up and frees its space.
#[handler]
async fn give_up(Caller(by): Caller, state: Data<&AppState>, Path(id): Path<String>) -> Result<Response, Failure> {
    let upload_id: UploadId = id.parse()?;
    let house = state.house();
    find(house, &by, &upload_id).await?;
    let _held = take_over(&state, &upload_id).await?;
    let (now_ms, id) = (house.clock.now_ms(), upload_id.clone());
    house
        .db
        .write_tx(move |conn| commands::give_up(conn, &by, &id, now_ms))
        .await?;
    staged_bytes::remove(house, &upload_id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// An upload that can be gone on with.
#[derive(Serialize)]
struct OpenUpload {
    location: String,
    file_name: String,
    size_bytes: i64,
    offset: u64,
}

#[derive(Deserialize)]
struct OpenQuery {
    sha256: Option<String>,
}

/// `GET /api/v1/uploads?sha256=…`: the agency's uploads that can be gone on with, so that nobody needs to remember an address. Not a part
/// of the protocol.
#[handler]
async fn list(Caller(by): Caller, state: Data<&AppState>, Query(query): Query<OpenQuery>) -> Result<Response, Failure> {
    let house = state.house();
    let now_ms = house.clock.now_ms();
    let read = house
        .db
        .read(move |conn| queries::list_open(conn, &by, query.sha256.as_deref(), now_ms));
    let mut open = Vec::new();
    for upload in read.await? {
        let upload_id = upload.id()?;
        let Some(offset) = staged_bytes::length_of(house, &upload_id).await? else {
            continue;
        };
        open.push(OpenUpload {
            location: format!("{HERE}/{upload_id}"),
            file_name: domain::batches::queries::open_name(&house.sealer, &upload.file_name_sealed)?,
            size_bytes: upload.size_bytes,
            offset,
        });
    }
    let json = serde_json::json!({ "uploads": open }).to_string();
    Ok(Response::builder()
        .content_type("application/json; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(json))
}

async fn find(house: &House, by: &Deliverer, upload_id: &UploadId) -> Result<Upload, Failure> {
    let (by, id) = (by.clone(), upload_id.clone());
    Ok(house.db.read(move |conn| queries::get_upload(conn, &by, &id)).await?)
}

/// An upload that may grow; looked at once the lane is held, since whoever held it before may have ended it.
async fn open(house: &House, by: &Deliverer, upload_id: &UploadId) -> Result<Upload, Failure> {
    let upload = find(house, by, upload_id).await?;
    commands::require_open(&upload, house.clock.now_ms())?;
    Ok(upload)
}

async fn take_over(state: &AppState, upload_id: &UploadId) -> Result<Held, Failure> {
    state.lanes().take_over(upload_id).await.ok_or_else(protocol::busy)
}

/// The whole of an upload that has arrived, held so that nothing is appended while it becomes a batch.
pub struct Arrival {
    /// The file.
    pub path: std::path::PathBuf,
    /// What was said about it.
    pub upload: Upload,
    _held: Held,
}

/// Takes hold of an upload whose bytes are all here.
pub async fn arrived(state: &AppState, by: &Deliverer, upload_id: &UploadId) -> Result<Arrival, Failure> {
    let house = state.house();
    find(house, by, upload_id).await?;
    let held = take_over(state, upload_id).await?;
    let upload = open(house, by, upload_id).await?;
    let staged = StagedBytes::open(house, upload_id).await?;
    if i64::try_from(staged.length()) != Ok(upload.size_bytes) {
        return Err(Error::conflict(
            "upload-incomplete",
            "the upload is not whole yet; send the rest of it first",
        )
        .into());
    }
    staged.make_durable().await?;
    Ok(Arrival {
        path: staged.path().to_owned(),
        upload,
        _held: held,
    })
}

/// Removes the bytes of an upload that became a batch; what cannot be removed now is swept later.
pub async fn discard(house: &House, upload_id: &UploadId) {
    if let Err(fault) = staged_bytes::remove(house, upload_id).await {
        tracing::warn!(error.detail = %fault, "the bytes of a finished upload could not be removed");
    }
}
