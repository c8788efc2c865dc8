//! What changes re-captures by hand; a reconciliation opens and closes them.

use diesel::prelude::*;

use super::model::{RecaptureRow, RecaptureState};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::recaptures;
use crate::error::Result;
use crate::id::RecaptureId;

/// Records that the open ones of a list were handed to the agency.
pub fn mark_exported(conn: &mut Conn, rows: &[RecaptureRow], now_ms: TimestampMs) -> Result<()> {
    let ids: Vec<RecaptureId> = rows.iter().map(|row| row.recapture_id).collect();
    for chunk in ids.chunks(500) {
        diesel::update(
            recaptures::table
                .filter(recaptures::recapture_id.eq_any(chunk))
                .filter(recaptures::state.eq(RecaptureState::Open)),
        )
        .set((
            recaptures::state.eq(RecaptureState::Exported),
            recaptures::updated_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    }
    Ok(())
}
