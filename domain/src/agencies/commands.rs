//! What changes the list of agencies.

use diesel::prelude::*;

use crate::audit::{self, Act};
use crate::campaigns::model::require_code;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::agencies;
use crate::error::Result;
use crate::id::AgencyId;

/// Makes an agency that serves the whole house.
pub fn add_agency(conn: &mut Conn, code: &str, name: &str, now_ms: TimestampMs) -> Result<AgencyId> {
    require_code(code, "agency")?;
    let agency_id = diesel::insert_into(agencies::table)
        .values((
            agencies::code.eq(code),
            agencies::name.eq(name),
            agencies::created_at_ms.eq(now_ms),
        ))
        .returning(agencies::agency_id)
        .get_result(conn)?;
    audit::append(conn, &Act::new("agency.add", "agency", agency_id), now_ms)?;
    Ok(agency_id)
}
