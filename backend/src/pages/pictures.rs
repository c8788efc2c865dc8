//! Pictures, small and whole, under addresses that are signed for one member of staff and good for half an hour.

use domain::clock::TimestampMs;
use domain::crypto::Purpose;
use domain::id::StaffId;
use domain::storage::{ContentHash, ObjectKey, StorageError};
use poem::http::{StatusCode, header};
use poem::web::{Path, Query};
use poem::{Response, handler};
use serde::Deserialize;

use crate::error::Failure;
use crate::house::House;
use crate::pages::screen::Screen;

/// As long as a session stays open without a request: a list that is read slowly keeps its pictures.
const GOOD_FOR_MS: i64 = 30 * 60_000;

/// The signature of an address.
#[derive(Deserialize)]
struct Signature {
    key: String,
}

/// Which form of a photo.
#[derive(Clone, Copy)]
enum Form {
    Thumbnail,
    Standard,
}

impl Form {
    fn word(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnails",
            Self::Standard => "photos",
        }
    }
}

/// Signs addresses of pictures for one reader of one page.
pub struct Signer<'a> {
    house: &'a House,
    staff_id: StaffId,
    expires_at_ms: TimestampMs,
}

impl<'a> Signer<'a> {
    /// For a page shown at `now_ms`.
    pub fn new(house: &'a House, staff_id: StaffId, now_ms: TimestampMs) -> Self {
        Self {
            house,
            staff_id,
            expires_at_ms: now_ms.saturating_add(GOOD_FOR_MS),
        }
    }

    /// The address of a thumbnail by its hash.
    pub fn thumbnail(&self, sha256: &str) -> String {
        self.address(Form::Thumbnail, sha256)
    }

    /// The address of a standardised photo by its hash.
    pub fn standard(&self, sha256: &str) -> String {
        self.address(Form::Standard, sha256)
    }

    fn address(&self, form: Form, sha256: &str) -> String {
        let key = self.house.sealer.sign(
            Purpose::PHOTO_ADDRESS,
            &message(form, self.staff_id, sha256),
            self.expires_at_ms,
        );
        format!("/console/{}/{sha256}?key={key}", form.word())
    }
}

fn message(form: Form, staff_id: StaffId, sha256: &str) -> Vec<u8> {
    format!("{} {staff_id} {sha256}", form.word()).into_bytes()
}

/// `GET /console/thumbnails/:sha256?key=…`.
#[handler]
pub async fn thumbnail(
    screen: Screen,
    Path(sha256): Path<String>,
    Query(signature): Query<Signature>,
) -> Result<Response, Failure> {
    show(&screen, Form::Thumbnail, &sha256, &signature).await
}

/// `GET /console/photos/:sha256?key=…`.
#[handler]
pub async fn standard(
    screen: Screen,
    Path(sha256): Path<String>,
    Query(signature): Query<Signature>,
) -> Result<Response, Failure> {
    show(&screen, Form::Standard, &sha256, &signature).await
}

async fn show(screen: &Screen, form: Form, sha256: &str, signature: &Signature) -> Result<Response, Failure> {
    let house = screen.state.house();
    let staff = screen.staff()?;
    house
        .sealer
        .verify(
            Purpose::PHOTO_ADDRESS,
            &message(form, staff.staff_id, sha256),
            &signature.key,
            house.clock.now_ms(),
        )
        .map_err(|fault| Failure::coded(StatusCode::FORBIDDEN, fault.code()))?;
    let sha256: ContentHash = sha256.parse().map_err(|_| Failure::status(StatusCode::NOT_FOUND))?;
    let key = match form {
        Form::Thumbnail => ObjectKey::Thumbnail { sha256 },
        Form::Standard => ObjectKey::Standard { sha256 },
    };
    send_picture(house, &key).await
}

/// A picture of the store, for whoever was just found to be allowed to see it. A shared computer keeps nobody's portrait.
pub async fn send_picture(house: &House, key: &ObjectKey) -> Result<Response, Failure> {
    let jpeg = match house.store.get(key).await {
        Err(StorageError::NotFound { .. }) => return Err(Failure::status(StatusCode::NOT_FOUND)),
        other => other.map_err(domain::Error::from)?,
    };
    Ok(Response::builder()
        .content_type(key.content_type())
        .header(header::CACHE_CONTROL, "no-store")
        .body(jpeg))
}
