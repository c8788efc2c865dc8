//! Reads of schools.

use diesel::prelude::*;

use super::model::{Contact, School};
use crate::accounts::model::Staff;
use crate::db::Conn;
use crate::db::dialect::terms::is_one_of;
use crate::db::schema::{school_contacts, schools};
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

/// Every school, by code.
pub fn list_schools(conn: &mut Conn) -> Result<Vec<School>> {
    Ok(schools::table
        .order(schools::code)
        .select(School::as_select())
        .load(conn)?)
}

/// A school as somebody of the office may see it; one that they do not work for does not exist for them.
pub fn get_school(conn: &mut Conn, by: &Staff, school_id: SchoolId) -> Result<School> {
    let is_own = by.scope.school_id.is_none_or(|own| own == school_id);
    let found = schools::table.find(school_id).select(School::as_select()).first(conn);
    let school = found.optional()?.filter(|_| is_own);
    school.ok_or_else(|| Error::not_found("school", school_id))
}

/// Whether a school lets verdicts be given from signed paper.
pub fn takes_paper_verdicts(conn: &mut Conn, school_id: SchoolId) -> Result<bool> {
    let asked = schools::table.find(school_id).select(schools::takes_paper_verdicts);
    Ok(asked.first(conn)?)
}

/// How those are reached who act for the students of these schools: the nearest first, the offices of single colleges after that for all.
pub fn list_contacts(conn: &mut Conn, school_ids: &[SchoolId]) -> Result<Vec<Contact>> {
    let mut contacts: Vec<Contact> = school_contacts::table
        .filter(is_one_of(conn, school_contacts::school_id, school_ids))
        .select(Contact::as_select())
        .load(conn)?;
    contacts.sort_by(|one, other| {
        let key = |contact: &Contact| (contact.school_id, contact.actor);
        key(one).cmp(&key(other)).then_with(|| one.college.cmp(&other.college))
    });
    Ok(contacts)
}
