//! What changes uploads.

use diesel::prelude::*;

use super::model::{NewUpload, Upload, UploadId};
use super::queries;
use crate::agencies::model::Deliverer;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::uploads;
use crate::error::{Error, Result};
use crate::id::BatchId;

/// How long an upload waits for its next piece.
pub const KEPT_MS: i64 = 7 * 86_400_000;
/// Uploads of one agency that may be under way at a time.
const MAX_OPEN: i64 = 500;
/// Longest file name kept, in bytes.
const MAX_NAME_BYTES: usize = 1_024;

/// How much an agency may have under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The largest file, in bytes.
    pub file_bytes: u64,
    /// All files that are under way together, in bytes.
    pub agency_bytes: u64,
}

/// Begins an upload.
pub fn begin(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Deliverer,
    new: &NewUpload,
    quota: Quota,
    now_ms: TimestampMs,
) -> Result<UploadId> {
    require_usable(new)?;
    let limit = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    if new.size_bytes > limit(quota.file_bytes) {
        return Err(Error::TooMuch {
            code: "upload-too-large",
            message: format!("one file may have at most {} bytes", quota.file_bytes),
        });
    }
    let (count, bytes) = queries::weigh_open(conn, by.agency_id, now_ms)?;
    if count >= MAX_OPEN || bytes.saturating_add(new.size_bytes) > limit(quota.agency_bytes) {
        return Err(Error::TooMuch {
            code: "quota-exceeded",
            message: format!(
                "the agency has {count} uploads of {bytes} bytes under way; finish or give up some of them first (at most \
                 {MAX_OPEN} and {} bytes)",
                quota.agency_bytes
            ),
        });
    }
    let upload_id = UploadId::random();
    diesel::insert_into(uploads::table)
        .values((
            uploads::upload_id.eq(upload_id.as_str()),
            uploads::agency_id.eq(by.agency_id),
            uploads::file_name_sealed.eq(sealer.seal(Purpose::ENTRY_NAME, new.file_name.as_bytes())?),
            uploads::size_bytes.eq(new.size_bytes),
            uploads::sha256.eq(&new.sha256),
            uploads::created_by.eq(&by.actor),
            uploads::created_at_ms.eq(now_ms),
            uploads::expires_at_ms.eq(now_ms.saturating_add(KEPT_MS)),
        ))
        .execute(conn)?;
    audit::append(conn, &Act::new("upload.begin", "upload", "").by(by), now_ms)?;
    Ok(upload_id)
}

fn require_usable(new: &NewUpload) -> Result<()> {
    if new.size_bytes <= 0 {
        return Err(Error::invalid(
            "upload-empty",
            "Upload-Length",
            "an empty file is no delivery",
        ));
    }
    if new.file_name.is_empty() || new.file_name.len() > MAX_NAME_BYTES || new.file_name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "file-name",
            "filename",
            format!(
                "give the file's name in the metadata `filename`, at most {MAX_NAME_BYTES} bytes without control characters"
            ),
        ));
    }
    let is_hash = |text: &String| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if new.sha256.as_ref().is_some_and(|sha256| !is_hash(sha256)) {
        return Err(Error::invalid(
            "sha256",
            "sha256",
            "write the SHA-256 as 64 lower-case hexadecimal digits",
        ));
    }
    Ok(())
}

/// An upload that may still grow: one that became a batch or was given up is gone.
pub fn require_open(upload: &Upload, now_ms: TimestampMs) -> Result<()> {
    if upload.batch_id.is_none() && upload.expires_at_ms > now_ms {
        return Ok(());
    }
    Err(Error::Gone {
        code: "upload-over",
        message: "the upload became a batch, or nothing arrived for a week; begin a new one".to_owned(),
    })
}

/// Whether what arrived is worth moving the day on which an upload is given up: an hour is.
pub fn is_extension_due(upload: &Upload, now_ms: TimestampMs) -> bool {
    upload.expires_at_ms < now_ms.saturating_add(KEPT_MS - 3_600_000)
}

/// Moves the day on which an upload is given up.
pub fn extend(conn: &mut Conn, upload_id: &UploadId, now_ms: TimestampMs) -> Result<TimestampMs> {
    let expires_at_ms = now_ms.saturating_add(KEPT_MS);
    diesel::update(uploads::table.find(upload_id.as_str()))
        .set(uploads::expires_at_ms.eq(expires_at_ms))
        .execute(conn)?;
    Ok(expires_at_ms)
}

/// Says what an upload became.
pub fn record_batch(conn: &mut Conn, upload_id: &UploadId, batch_id: BatchId) -> Result<()> {
    diesel::update(uploads::table.find(upload_id.as_str()))
        .set(uploads::batch_id.eq(batch_id))
        .execute(conn)?;
    Ok(())
}

/// Gives an upload up.
pub fn give_up(conn: &mut Conn, by: &Deliverer, upload_id: &UploadId, now_ms: TimestampMs) -> Result<()> {
    let upload = queries::get_upload(conn, by, upload_id)?;
    require_open(&upload, now_ms)?;
    diesel::delete(uploads::table.find(upload_id.as_str())).execute(conn)?;
    audit::append(conn, &Act::new("upload.give-up", "upload", "").by(by), now_ms)
}

/// Forgets uploads that were given up, and those that became batches a while ago.
pub fn forget_expired(conn: &mut Conn, now_ms: TimestampMs) -> Result<usize> {
    Ok(diesel::delete(uploads::table.filter(uploads::expires_at_ms.le(now_ms))).execute(conn)?)
}
