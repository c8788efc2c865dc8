//! What an agency announced of a batch, and how that compares with what arrived.

use diesel::prelude::*;

use crate::batches::header::BatchHeader;
use crate::db::Conn;
use crate::db::schema::batch_headers;
use crate::error::Result;
use crate::id::BatchId;

/// A header, with the comparison once there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// What was said; without its digests.
    pub header: BatchHeader,
    /// Photos that were announced and are not there.
    pub missing: Option<i64>,
    /// Photos that nobody announced.
    pub unannounced: Option<i64>,
    /// Digests of the missing, where digests were announced; at most [`crate::batches::header::MOST_NAMED`].
    pub missing_digests: Vec<String>,
}

type Kept = (String, Option<i64>, Option<i64>, Option<String>);

/// What was announced of a batch; nothing where its archive had no header.
pub fn find_announced(conn: &mut Conn, batch_id: BatchId) -> Result<Option<Announced>> {
    let kept: Option<Kept> = batch_headers::table
        .find(batch_id)
        .select((
            batch_headers::content,
            batch_headers::photos_missing,
            batch_headers::photos_unannounced,
            batch_headers::missing_digests,
        ))
        .first(conn)
        .optional()?;
    let Some((content, missing, unannounced, digests)) = kept else {
        return Ok(None);
    };
    Ok(Some(Announced {
        header: serde_json::from_str(&content)?,
        missing,
        unannounced,
        missing_digests: digests
            .map(|text| serde_json::from_str(&text))
            .transpose()?
            .unwrap_or_default(),
    }))
}
