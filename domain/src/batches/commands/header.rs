//! What an agency announced, kept beside its batch and held against what arrived.

use diesel::prelude::*;

use crate::batches::header::{BatchHeader, compare};
use crate::db::Conn;
use crate::db::schema::{batch_entries, batch_headers};
use crate::error::Result;
use crate::id::BatchId;

/// Keeps a batch's header.
pub(super) fn record_header(conn: &mut Conn, batch_id: BatchId, header: &BatchHeader) -> Result<()> {
    diesel::insert_into(batch_headers::table)
        .values((
            batch_headers::batch_id.eq(batch_id),
            batch_headers::content.eq(serde_json::to_string(header)?),
            batch_headers::digests.eq(serde_json::to_string(&header.sha256)?),
        ))
        .execute(conn)?;
    Ok(())
}

/// Holds what arrived against the header, where there is one.
pub(super) fn hold_against_header(conn: &mut Conn, batch_id: BatchId) -> Result<()> {
    let kept: Option<(String, String)> = batch_headers::table
        .find(batch_id)
        .select((batch_headers::content, batch_headers::digests))
        .first(conn)
        .optional()?;
    let Some((content, digests)) = kept else { return Ok(()) };
    let header: BatchHeader = serde_json::from_str(&content)?;
    let announced: Vec<String> = serde_json::from_str(&digests)?;
    let arrived: Vec<String> = batch_entries::table
        .filter(batch_entries::batch_id.eq(batch_id))
        .filter(batch_entries::sha256.is_not_null())
        .select(batch_entries::sha256.assume_not_null())
        .load(conn)?;
    let found = compare(header.count, &announced, &arrived);
    diesel::update(batch_headers::table.find(batch_id))
        .set((
            batch_headers::photos_missing.eq(i64::try_from(found.missing).unwrap_or(i64::MAX)),
            batch_headers::photos_unannounced.eq(i64::try_from(found.unannounced).unwrap_or(i64::MAX)),
            batch_headers::missing_digests.eq(serde_json::to_string(&found.missing_digests)?),
        ))
        .execute(conn)?;
    Ok(())
}
