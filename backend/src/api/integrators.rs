//! Operations of the school's other systems: the roll in step, how far students' photos are, the approved photos. A token reaches what it
//! was made for, perhaps one school alone; a row names students by number and never by name.

mod objects;

use domain::accounts::commands::link_hash;
use domain::accounts::tokens::is_use_due;
use domain::crypto::Purpose;
use domain::id::ImportId;
use domain::integrators::commands::{IdempotencyKey, note_photos, note_use};
use domain::integrators::model::{Integrator, Right};
use domain::integrators::queries::{find_integrator, get_own_import, list_photos, list_status, school_for};
use domain::roll::model::{IssueSeverity, MAX_REPORTED_ISSUES};
use domain::roll::queries::list_issues;
use domain::storage::{ContentHash, ObjectKey, StorageError};
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::{Binary, Json};
use poem_openapi::{ApiResponse, OpenApi, SecurityScheme, Tags};

use self::objects::{
    ApprovedPhotoPage, EnrolmentPage, ImportObject, RollPageObject, StudentsObject, page_as_table, photo_address,
};
use crate::api::answer::Answer;
use crate::app::AppState;
use crate::auth::caller::refused;
use crate::auth::origin::address_of;
use crate::error::Failure;
use crate::intake;

/// How long the address of a photo is good.
const ADDRESS_GOOD_FOR_MS: i64 = 10 * 60_000;

/// A token of another system of the school: `Authorization: Bearer rollproof_…`, made with `rollproof integrator add`.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", checker = "integrator_of")]
pub struct IntegratorToken(Integrator);

async fn integrator_of(request: &Request, bearer: poem_openapi::auth::Bearer) -> poem::Result<Integrator> {
    let state = request
        .data::<AppState>()
        .ok_or_else(|| Failure::internal("the routes were built without their state"))?;
    let found = find_by_secret(state, request, &bearer.token).await?;
    Ok(found.ok_or_else(refused)?)
}

/// Whose token a secret is, while it is good.
pub async fn find_by_secret(state: &AppState, request: &Request, secret: &str) -> Result<Option<Integrator>, Failure> {
    let house = state.house();
    let (hash, now_ms) = (link_hash(secret), house.clock.now_ms());
    let found = house.db.read(move |conn| find_integrator(conn, &hash, now_ms)).await?;
    let Some(by) = found else { return Ok(None) };
    if is_use_due(by.last_used_at_ms, now_ms) {
        let noted = by.clone();
        house.db.write_tx(move |conn| note_use(conn, &noted, now_ms)).await?;
    }
    Ok(Some(Integrator {
        address: address_of(request).map(|address| address.to_string()),
        ..by
    }))
}

#[derive(Tags)]
enum Part {
    /// Other systems of the school.
    Integrator,
}

/// The import that a page became.
#[derive(ApiResponse)]
enum PageTaken {
    /// It is compared with the roll and applied by a worker now.
    #[oai(status = 202)]
    New(Json<ImportObject>),
    /// The same request came before, under the same key: this is its import.
    #[oai(status = 200)]
    Known(Json<ImportObject>),
}

/// A photo.
#[derive(ApiResponse)]
enum Picture {
    /// The standardised photo, without metadata.
    #[oai(status = 200, content_type = "image/jpeg")]
    Jpeg(Binary<Body>),
}

/// Operations of the school's other systems.
pub struct IntegratorApi;

#[OpenApi(tag = "Part::Integrator")]
impl IntegratorApi {
    /// Hands in a page of the roll: rows are added or changed in the fields that they have, and nobody vanishes. The page becomes an import
    /// like any other, with its differences, errors and undo.
    #[oai(path = "/roll/pages", method = "post", operation_id = "create_roll_page")]
    async fn create_roll_page(
        &self,
        state: Data<&AppState>,
        token: IntegratorToken,
        /// The caller's own word for this request; the same word with the same page again makes nothing new.
        #[oai(name = "Idempotency-Key", validator(min_length = 1, max_length = 100))]
        idempotency_key: Header<Option<String>>,
        page: Json<RollPageObject>,
    ) -> poem::Result<Answer<PageTaken>> {
        let (by, page) = (token.0, page.0);
        by.require(Right::Roll).map_err(Failure::from)?;
        let (reader, code) = (by.clone(), page.school_code.clone());
        if by.school_id.is_some() {
            let allowed = state.house().db.read(move |conn| school_for(conn, &reader, &code));
            allowed.await.map_err(Failure::from)?;
        }
        let table = page_as_table(&page).map_err(Failure::from)?;
        let taken = intake::take_page(state.house(), &by, table, page.school_code, |sha256| {
            idempotency_key.0.map(|key| IdempotencyKey {
                key,
                request_sha256: sha256.to_owned(),
            })
        });
        let (import_id, is_new) = taken.await.map_err(Failure::from)?;
        let import = find_import(&state, by, import_id).await?;
        Ok(Answer(if is_new {
            PageTaken::New(Json(import))
        } else {
            PageTaken::Known(Json(import))
        }))
    }

    /// Tells what became of a page that this token handed in.
    #[oai(path = "/roll/pages/:import_id", method = "get", operation_id = "get_roll_page")]
    async fn get_roll_page(
        &self,
        state: Data<&AppState>,
        token: IntegratorToken,
        /// Number of the import.
        import_id: Path<i64>,
    ) -> poem::Result<Answer<Json<ImportObject>>> {
        Ok(Answer(Json(find_import(&state, token.0, ImportId(import_id.0)).await?)))
    }

    /// Tells how far the photos of up to 500 students are. Numbers that the roll does not have are left out of the answer.
    #[oai(path = "/enrolments/query", method = "post", operation_id = "query_enrolments")]
    async fn query_enrolments(
        &self,
        state: Data<&AppState>,
        token: IntegratorToken,
        students: Json<StudentsObject>,
    ) -> poem::Result<Answer<Json<EnrolmentPage>>> {
        let (by, asked) = (token.0, students.0);
        by.require(Right::Status).map_err(Failure::from)?;
        let read = state.house().db.read(move |conn| {
            let school_id = school_for(conn, &by, &asked.school_code)?;
            list_status(conn, &by, school_id, &asked.numbers())
        });
        let rows = read.await.map_err(Failure::from)?;
        Ok(Answer(Json(EnrolmentPage::from(rows))))
    }

    /// Gives the addresses of approved photos, each good for ten minutes and for whoever has it. Students without one are left out.
    #[oai(path = "/photos/query", method = "post", operation_id = "query_photos")]
    async fn query_photos(
        &self,
        state: Data<&AppState>,
        token: IntegratorToken,
        students: Json<StudentsObject>,
    ) -> poem::Result<Answer<Json<ApprovedPhotoPage>>> {
        let (by, asked, house) = (token.0, students.0, state.house());
        by.require(Right::Photos).map_err(Failure::from)?;
        let now_ms = house.clock.now_ms();
        // Who was given portraits is on record before anybody has them.
        let found = house.db.write_tx(move |conn| {
            let school_id = school_for(conn, &by, &asked.school_code)?;
            let found = list_photos(conn, &by, school_id, &asked.numbers())?;
            note_photos(conn, &by, school_id, now_ms)?;
            Ok(found)
        });
        let found = found.await.map_err(Failure::from)?;
        let expires_at_ms = now_ms.saturating_add(ADDRESS_GOOD_FOR_MS);
        let sign = |sha256: &str| {
            house
                .sealer
                .sign(Purpose::PHOTO_ADDRESS, photo_address(sha256).as_bytes(), expires_at_ms)
        };
        Ok(Answer(Json(ApprovedPhotoPage::new(found, sign, expires_at_ms))))
    }

    /// Gives an approved photo to whoever has its address.
    #[oai(path = "/photos/:sha256", method = "get", operation_id = "get_photo")]
    async fn get_photo(
        &self,
        state: Data<&AppState>,
        /// SHA-256 of the photo.
        sha256: Path<String>,
        /// The signature in the address.
        key: Query<String>,
    ) -> poem::Result<Answer<Picture>> {
        let house = state.house();
        house
            .sealer
            .verify(
                Purpose::PHOTO_ADDRESS,
                photo_address(&sha256.0).as_bytes(),
                &key.0,
                house.clock.now_ms(),
            )
            .map_err(|fault| Failure::coded(StatusCode::FORBIDDEN, fault.code()))?;
        let missing = || Failure::status(StatusCode::NOT_FOUND);
        let sha256: ContentHash = sha256.0.parse().map_err(|_| missing())?;
        let jpeg = match house.store.get(&ObjectKey::Standard { sha256 }).await {
            Err(StorageError::NotFound { .. }) => return Err(missing().into()),
            other => other.map_err(domain::Error::from).map_err(Failure::from)?,
        };
        Ok(Answer(Picture::Jpeg(Binary(Body::from(jpeg)))))
    }
}

async fn find_import(state: &AppState, by: Integrator, import_id: ImportId) -> Result<ImportObject, Failure> {
    let read = state.house().db.read(move |conn| {
        let import = get_own_import(conn, &by, import_id)?;
        let errors = list_issues(conn, import_id, IssueSeverity::Error, 0, MAX_REPORTED_ISSUES)?;
        Ok(ImportObject::new(import, errors))
    });
    Ok(read.await?)
}
