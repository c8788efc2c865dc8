//! Reads of schools.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::schools;
use crate::error::{Error, Result};
use crate::id::SchoolId;

/// The school of that code.
pub fn find_school(conn: &mut Conn, code: &str) -> Result<Option<SchoolId>> {
    Ok(schools::table
        .filter(schools::code.eq(code))
        .select(schools::school_id)
        .first(conn)
        .optional()?)
}

/// The school of that code, which must exist.
pub fn get_school_id(conn: &mut Conn, code: &str) -> Result<SchoolId> {
    find_school(conn, code)?.ok_or_else(|| Error::not_found("school", code))
}

/// The code of the only school, where the house has just one.
pub fn find_only_school_code(conn: &mut Conn) -> Result<Option<String>> {
    let codes: Vec<String> = schools::table.select(schools::code).limit(2).load(conn)?;
    Ok(match codes.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    })
}

/// A school, to choose one.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct ListedSchool {
    /// Its number.
    pub school_id: SchoolId,
    /// Its five-digit code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// Every school, by code.
pub fn list_schools(conn: &mut Conn) -> Result<Vec<ListedSchool>> {
    Ok(schools::table
        .order(schools::code)
        .select((schools::school_id, schools::code, schools::name))
        .load(conn)?)
}
