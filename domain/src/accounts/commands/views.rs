//! Parts of lists that somebody keeps under a name. A part is an address with its filters; what was typed to find a person never
//! stands in one.

use diesel::prelude::*;

use crate::accounts::model::Staff;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::saved_views;
use crate::error::{Error, Result};

/// Views that one person keeps at most.
const MOST_VIEWS: i64 = 50;
/// Characters of a name at most.
const MAX_NAME_CHARS: usize = 40;
/// Bytes of an address at most.
const MAX_PATH_BYTES: usize = 500;

/// Keeps a part of a list; shared ones are offered to everybody who may open it.
pub fn save_view(
    conn: &mut Conn,
    by: &Staff,
    name: &str,
    path: &str,
    is_shared: bool,
    now_ms: TimestampMs,
) -> Result<()> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        return Err(Error::invalid(
            "view-name",
            "name",
            "give it a name of at most 40 characters",
        ));
    }
    if path.len() > MAX_PATH_BYTES || !path.starts_with("/console/") {
        return Err(Error::invalid(
            "view-path",
            "path",
            "only a list of the console can be kept",
        ));
    }
    let kept: i64 = saved_views::table
        .filter(saved_views::staff_id.eq(by.staff_id))
        .count()
        .get_result(conn)?;
    if kept >= MOST_VIEWS {
        return Err(Error::conflict(
            "too-many-views",
            "you keep 50 views already; delete one first",
        ));
    }
    diesel::insert_into(saved_views::table)
        .values((
            saved_views::staff_id.eq(by.staff_id),
            saved_views::name.eq(name),
            saved_views::path.eq(path),
            saved_views::is_shared.eq(is_shared),
            saved_views::created_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives up a view of one's own; one that is not there, or somebody else's, is fine.
pub fn delete_view(conn: &mut Conn, by: &Staff, view_id: i64) -> Result<()> {
    diesel::delete(
        saved_views::table
            .find(view_id)
            .filter(saved_views::staff_id.eq(by.staff_id)),
    )
    .execute(conn)?;
    Ok(())
}
