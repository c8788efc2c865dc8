//! What adds schools.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::SchoolCode;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::schools;
use crate::error::Result;
use crate::id::SchoolId;

/// Adds a school by hand.
pub fn add_school(conn: &mut Conn, code: &SchoolCode, name: &str, now_ms: TimestampMs) -> Result<SchoolId> {
    let school_id = diesel::insert_into(schools::table)
        .values((
            schools::code.eq(code.as_str()),
            schools::name.eq(name),
            schools::created_at_ms.eq(now_ms),
        ))
        .returning(schools::school_id)
        .get_result(conn)?;
    audit::append(conn, &Act::new("school.add", "school", school_id), now_ms)?;
    Ok(school_id)
}

/// Adds the schools that a roll file names and the house does not know yet: code to name.
pub fn add_missing_schools(conn: &mut Conn, named: &BTreeMap<String, String>, now_ms: TimestampMs) -> Result<()> {
    let known: Vec<String> = schools::table.select(schools::code).load(conn)?;
    for (code, name) in named.iter().filter(|(code, _)| !known.contains(code)) {
        add_school(conn, &SchoolCode::parse(code)?, name, now_ms)?;
    }
    Ok(())
}
