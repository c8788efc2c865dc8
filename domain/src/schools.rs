//! The schools of the house. Every row of the roll belongs to one.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::schools;
use crate::error::{Error, Result};
use crate::id::SchoolId;

/// The code that the ministry gives a school: five digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchoolCode(String);

impl SchoolCode {
    /// Reads a code; five ASCII digits.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::invalid(
            "school-code",
            "school",
            "a school's code (院校代码) has five digits",
        ))
    }

    /// The five digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

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
    crate::audit::append(conn, &crate::audit::Act::new("school.add", "school", school_id), now_ms)?;
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

/// The school of that code.
pub fn find_school(conn: &mut Conn, code: &str) -> Result<Option<SchoolId>> {
    Ok(schools::table
        .filter(schools::code.eq(code))
        .select(schools::school_id)
        .first(conn)
        .optional()?)
}

/// The code of the only school, where the house has just one.
pub fn find_only_school_code(conn: &mut Conn) -> Result<Option<String>> {
    let codes: Vec<String> = schools::table.select(schools::code).limit(2).load(conn)?;
    Ok(match codes.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    })
}
