//! Imaging agencies (图像采集机构): who delivers batches.

use diesel::prelude::*;

use crate::audit::{self, Act};
use crate::campaigns::require_code;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::agencies;
use crate::error::{Error, Result};
use crate::id::AgencyId;

/// An agency.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = agencies)]
pub struct Agency {
    /// Its number.
    pub agency_id: AgencyId,
    /// Its short name.
    pub code: String,
    /// Its name for people.
    pub name: String,
}

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

/// The agency of that code.
pub fn get_agency_by_code(conn: &mut Conn, code: &str) -> Result<Agency> {
    let agency = agencies::table
        .filter(agencies::code.eq(code))
        .select(Agency::as_select())
        .first(conn)
        .optional()?;
    agency.ok_or_else(|| Error::not_found("agency", code))
}

/// Every agency by name.
pub fn list_agencies(conn: &mut Conn) -> Result<Vec<Agency>> {
    Ok(agencies::table
        .order(agencies::name)
        .select(Agency::as_select())
        .load(conn)?)
}
