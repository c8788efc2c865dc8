//! What changes the list of agencies.

use diesel::prelude::*;

use crate::audit::{self, Act, Actor};
use crate::campaigns::model::require_code;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::agencies;
use crate::error::{Error, Result};
use crate::id::AgencyId;

/// Makes an agency that serves the whole house.
pub fn add_agency<'a>(
    conn: &mut Conn,
    actor: impl Into<Actor<'a>>,
    code: &str,
    name: &str,
    now_ms: TimestampMs,
) -> Result<AgencyId> {
    require_code(code, "agency")?;
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid(
            "name",
            "name",
            "give the agency a name of at most 100 characters",
        ));
    }
    let agency_id = diesel::insert_into(agencies::table)
        .values((
            agencies::code.eq(code),
            agencies::name.eq(name),
            agencies::created_at_ms.eq(now_ms),
        ))
        .returning(agencies::agency_id)
        .get_result(conn)?;
    audit::append(conn, &Act::new("agency.add", "agency", agency_id).by(actor), now_ms)?;
    Ok(agency_id)
}
