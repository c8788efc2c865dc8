//! Reads of uploads.

use diesel::prelude::*;

use super::model::{Upload, UploadId};
use crate::agencies::model::Deliverer;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::uploads;
use crate::error::{Error, Result};
use crate::id::AgencyId;

/// An upload of the agency; another agency's does not exist for it.
pub fn get_upload(conn: &mut Conn, by: &Deliverer, upload_id: &UploadId) -> Result<Upload> {
    let upload = uploads::table
        .filter(uploads::upload_id.eq(upload_id.as_str()))
        .filter(uploads::agency_id.eq(by.agency_id))
        .select(Upload::as_select())
        .first(conn)
        .optional()?;
    upload.ok_or_else(|| Error::not_found("upload", ""))
}

/// The agency's uploads that are still to become batches, the newest first; where a hash is given, those of that file alone.
pub fn list_open(conn: &mut Conn, by: &Deliverer, sha256: Option<&str>, now_ms: TimestampMs) -> Result<Vec<Upload>> {
    let mut open = uploads::table
        .filter(uploads::agency_id.eq(by.agency_id))
        .filter(uploads::batch_id.is_null())
        .filter(uploads::expires_at_ms.gt(now_ms))
        .order(uploads::created_at_ms.desc())
        .limit(100)
        .select(Upload::as_select())
        .into_boxed();
    if let Some(sha256) = sha256 {
        open = open.filter(uploads::sha256.eq(sha256.to_owned()));
    }
    Ok(open.load(conn)?)
}

/// How many uploads an agency has open, and the bytes that they will take.
pub(super) fn weigh_open(conn: &mut Conn, agency_id: AgencyId, now_ms: TimestampMs) -> Result<(i64, i64)> {
    let sizes: Vec<i64> = uploads::table
        .filter(uploads::agency_id.eq(agency_id))
        .filter(uploads::batch_id.is_null())
        .filter(uploads::expires_at_ms.gt(now_ms))
        .select(uploads::size_bytes)
        .load(conn)?;
    let count = i64::try_from(sizes.len()).unwrap_or(i64::MAX);
    Ok((count, sizes.into_iter().fold(0, i64::saturating_add)))
}

/// Names of uploads whose bytes must be kept.
pub fn list_kept(conn: &mut Conn, now_ms: TimestampMs) -> Result<Vec<String>> {
    Ok(uploads::table
        .filter(uploads::batch_id.is_null())
        .filter(uploads::expires_at_ms.gt(now_ms))
        .select(uploads::upload_id)
        .load(conn)?)
}
