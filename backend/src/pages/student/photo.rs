//! The student's own pictures, under addresses that are signed for one account and good for ten minutes.

use domain::clock::TimestampMs;
use domain::crypto::Purpose;
use domain::id::StudentId;
use domain::storage::ObjectKey;
use poem::http::StatusCode;
use poem::web::{Path, Query};
use poem::{Response, handler};
use serde::Deserialize;

use crate::error::Failure;
use crate::house::House;
use crate::pages::pictures::send_picture;
use crate::pages::screen::Screen;

const GOOD_FOR_MS: i64 = 10 * 60_000;

/// Signs addresses of pictures for one student.
pub struct PhotoSigner<'a> {
    house: &'a House,
    student_id: StudentId,
    expires_at_ms: TimestampMs,
}

impl<'a> PhotoSigner<'a> {
    /// For a page shown at `now_ms`.
    pub fn new(house: &'a House, student_id: StudentId, now_ms: TimestampMs) -> Self {
        Self {
            house,
            student_id,
            expires_at_ms: now_ms.saturating_add(GOOD_FOR_MS),
        }
    }

    /// The address of a standardised photo by its hash.
    pub fn address(&self, sha256: &str) -> String {
        let message = message(self.student_id, sha256);
        let key = self
            .house
            .sealer
            .sign(Purpose::PHOTO_ADDRESS, &message, self.expires_at_ms);
        format!("/photo/{sha256}?key={key}")
    }
}

fn message(student_id: StudentId, sha256: &str) -> Vec<u8> {
    format!("student {student_id} {sha256}").into_bytes()
}

#[derive(Deserialize)]
struct Signature {
    key: String,
}

/// `GET /photo/:sha256?key=…`.
#[handler]
pub async fn show(
    screen: Screen,
    Path(sha256): Path<String>,
    Query(signature): Query<Signature>,
) -> Result<Response, Failure> {
    let student_id = screen.student()?.student_id;
    let house = screen.state.house();
    let message = message(student_id, &sha256);
    house
        .sealer
        .verify(Purpose::PHOTO_ADDRESS, &message, &signature.key, house.clock.now_ms())
        .map_err(|fault| Failure::coded(StatusCode::FORBIDDEN, fault.code()))?;
    let sha256 = sha256.parse().map_err(|_| Failure::status(StatusCode::NOT_FOUND))?;
    send_picture(house, &ObjectKey::Standard { sha256 }).await
}
