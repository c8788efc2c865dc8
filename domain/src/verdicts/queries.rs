//! What a person's enrolments and their photos look like, to the person and to whoever knows number and name.

pub mod progress;
pub mod standing;

use diesel::prelude::*;

use self::standing::{Row, list_standings};
use super::category::{Answer, Known, NextActor, PersonFacts, PublicStanding, decide_without_enrolment};
use super::model::{Enrolment, ExtraFacts};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::conn::inside;
use crate::db::schema::{admission_records, roll_details, roll_records, schools};
use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::roll::codes::LevelKind;
use crate::roll::name::{self, NameMatch};
use crate::roll::queries::records::Record;

/// Enrolments of one person that are looked at; nobody has as many, and so no statement needs to end there.
const MOST_ENROLMENTS: usize = 20;

/// By what a person is known: the blind index of the identity number, and the name as they spell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonKey {
    /// Blind index of the number.
    pub id_index: Vec<u8>,
    /// 姓名.
    pub name: String,
}

impl PersonKey {
    /// Whether a list's name for the same number is this person's: a character that the list has lost makes nobody another person.
    pub fn is_name(&self, listed: &str) -> bool {
        name::compare(listed, &self.name) != NameMatch::Different
    }
}

/// The rows of the roll with the number, and of those the ones with the name.
fn find_rows(conn: &mut Conn, person: &PersonKey) -> Result<(usize, Vec<Row>)> {
    let mut rows: Vec<Row> = roll_records::table
        .filter(roll_records::id_index.eq(&person.id_index))
        .filter(roll_records::vanished_import_id.is_null())
        .order((roll_records::is_open.desc(), roll_records::record_id.desc()))
        .select(Row::as_select())
        .load(conn)?;
    rows.truncate(MOST_ENROLMENTS);
    let with_number = rows.len();
    rows.retain(|row| person.is_name(&row.name));
    Ok((with_number, rows))
}

/// What anybody may learn who knows number and name; empty for whoever is not known so. Asks the same queries either way.
pub fn look_up(conn: &mut Conn, person: &PersonKey, now_ms: TimestampMs) -> Result<Vec<(PublicStanding, NextActor)>> {
    let (_, rows) = find_rows(conn, person)?;
    let standings = list_standings(conn, person, &rows, now_ms)?;
    Ok(standings.into_iter().map(|standing| standing.answer.public()).collect())
}

/// The person's enrolments, those that go on first.
pub fn list_enrolments(conn: &mut Conn, person: &PersonKey, now_ms: TimestampMs) -> Result<Vec<Enrolment>> {
    let asked = roll_records::table
        .inner_join(schools::table)
        .filter(roll_records::id_index.eq(&person.id_index))
        .filter(roll_records::vanished_import_id.is_null())
        .order((roll_records::is_open.desc(), roll_records::record_id.desc()));
    let mut found: Vec<(Row, Record, (String, String))> = inside!(conn, |conn| asked
        .select((Row::as_select(), Record::as_select(), (schools::name, schools::code)))
        .load(conn)?);
    found.truncate(MOST_ENROLMENTS);
    found.retain(|(row, ..)| person.is_name(&row.name));
    let rows: Vec<Row> = found.iter().map(|(row, ..)| row.clone()).collect();
    let standings = list_standings(conn, person, &rows, now_ms)?;
    let enrolments = found
        .into_iter()
        .zip(standings)
        .map(|((row, record, school), standing)| Enrolment {
            record,
            version: row.changed_import_id,
            school,
            answer: standing.answer,
            photo: standing.photo,
            admission_photo: standing.admission_photo,
            photo_verdict: standing.photo_verdict,
            roll_verdict: standing.roll_verdict,
            is_open: row.is_open,
            is_frozen: standing.is_frozen,
            expected_on: standing.expected_on,
            refused_for: standing.refused_for,
        });
    Ok(enrolments.collect())
}

/// Columns of an enrolment that its own page alone shows.
pub fn get_extra_facts(conn: &mut Conn, record_id: RecordId) -> Result<ExtraFacts> {
    Ok(roll_details::table
        .find(record_id)
        .select(ExtraFacts::as_select())
        .get_result(conn)?)
}

/// One of the person's enrolments; another's does not exist for them.
pub fn get_enrolment(
    conn: &mut Conn,
    person: &PersonKey,
    record_id: RecordId,
    now_ms: TimestampMs,
) -> Result<Enrolment> {
    let enrolments = list_enrolments(conn, person, now_ms)?;
    enrolments
        .into_iter()
        .find(|enrolment| enrolment.record_id() == record_id)
        .ok_or_else(|| Error::not_found("record", record_id))
}

/// What somebody is told who has no enrolment.
pub fn answer_without_enrolment(conn: &mut Conn, person: &PersonKey) -> Result<Answer> {
    let (with_number, _) = find_rows(conn, person)?;
    let admitted: Vec<(String, Option<String>)> = admission_records::table
        .filter(admission_records::id_index.eq(&person.id_index))
        .select((admission_records::name, admission_records::level_kind))
        .load(conn)?;
    let own: Vec<&(String, Option<String>)> = admitted.iter().filter(|(name, _)| person.is_name(name)).collect();
    let in_admission = match (own.is_empty(), admitted.is_empty()) {
        (false, _) => Known::Yes,
        (true, false) => Known::UnderOtherName,
        (true, true) => Known::No,
    };
    let is_upgrade = own
        .iter()
        .any(|(_, level)| level.as_deref() == Some(LevelKind::Upgrade.as_str()));
    Ok(decide_without_enrolment(PersonFacts {
        is_in_roll_under_other_name: with_number > 0,
        in_admission,
        is_upgrade,
    }))
}
