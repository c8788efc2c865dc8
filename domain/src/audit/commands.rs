//! Appending to the trail: the only thing that is ever done to it.

use diesel::prelude::*;

use super::model::Act;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::audit_entries;
use crate::error::Result;

/// Appends an act to the trail.
pub fn append(conn: &mut Conn, act: &Act<'_>, now_ms: TimestampMs) -> Result<()> {
    diesel::insert_into(audit_entries::table)
        .values((
            audit_entries::at_ms.eq(now_ms),
            audit_entries::actor.eq(act.actor),
            audit_entries::action.eq(act.action),
            audit_entries::subject_kind.eq(act.subject_kind),
            audit_entries::subject_id.eq(act.subject_id),
            audit_entries::is_success.eq(act.is_success),
            audit_entries::detail_sealed.eq(act.detail_sealed),
        ))
        .execute(conn)?;
    Ok(())
}
