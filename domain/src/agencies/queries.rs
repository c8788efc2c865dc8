//! Reads of agencies.

use diesel::prelude::*;

use super::model::Agency;
use crate::db::Conn;
use crate::db::schema::agencies;
use crate::error::{Error, Result};

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
