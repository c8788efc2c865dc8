//! What a person's enrolments and their photos look like, to the person and to whoever knows number and name.

mod known;
pub mod progress;
mod standing;

use diesel::prelude::*;

use self::known::{KnownEnrolment, list_known};
use self::standing::list_standings;
use super::category::{
    Answer, Known, NextActor, PersonFacts, PublicStanding, decide_beside_ended, decide_without_enrolment,
};
use super::model::{Enrolment, ExtraFacts};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::conn::inside;
use crate::db::schema::{admission_records, roll_details, roll_records};
use crate::error::{Error, Result};
use crate::id::{RecordId, SchoolId};
use crate::roll::codes::LevelKind;
use crate::roll::name::{self, NameMatch};
use crate::roll::queries::records::Record;
use crate::schools::model::{Contact, pick_contact};
use crate::schools::queries::{list_contacts, list_schools};

pub use self::known::list_known_of_session;

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

    /// Whether a list has the person, by the names that it has under their number.
    fn known_by<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> Known {
        let mut names = names.into_iter().peekable();
        match (names.peek().is_some(), names.any(|name| self.is_name(name))) {
            (false, _) => Known::No,
            (true, false) => Known::UnderOtherName,
            (true, true) => Known::Yes,
        }
    }
}

/// The names that the roll has under a person's number, one for each record.
fn list_names(conn: &mut Conn, person: &PersonKey) -> Result<Vec<String>> {
    let asked = roll_records::table
        .filter(roll_records::id_index.eq(&person.id_index))
        .filter(roll_records::vanished_import_id.is_null())
        .select(roll_records::name);
    Ok(inside!(conn, |conn| asked.load(conn)?))
}

/// What anybody may learn who knows number and name; empty for whoever is not known so.
pub fn look_up(conn: &mut Conn, person: &PersonKey, now_ms: TimestampMs) -> Result<Vec<(PublicStanding, NextActor)>> {
    // A wrong name must take no longer than an unknown number: neither is asked for more than names.
    if !list_names(conn, person)?.iter().any(|name| person.is_name(name)) {
        return Ok(Vec::new());
    }
    let enrolments = list_enrolments(conn, person, now_ms)?;
    let beside = answer_beside(conn, person, &enrolments)?;
    let answers = enrolments.into_iter().map(|one| one.answer).chain(beside);
    Ok(answers.map(Answer::public).collect())
}

/// The person's enrolments, those that go on first.
pub fn list_enrolments(conn: &mut Conn, person: &PersonKey, now_ms: TimestampMs) -> Result<Vec<Enrolment>> {
    let known = list_known(conn, person)?;
    list_own_standings(conn, known, person, now_ms)
}

/// Where those of the enrolments under a person's number stand that are this person's.
pub fn list_own_standings(
    conn: &mut Conn,
    mut known: Vec<KnownEnrolment>,
    person: &PersonKey,
    now_ms: TimestampMs,
) -> Result<Vec<Enrolment>> {
    known.truncate(MOST_ENROLMENTS);
    known.retain(|one| person.is_name(&one.row.name));
    list_standings(conn, known, now_ms)
}

/// What the roll says of one of the person's enrolments, which its own page alone shows.
pub fn get_roll_facts(conn: &mut Conn, enrolment: &Enrolment) -> Result<(Record, ExtraFacts)> {
    let record = roll_records::table
        .find(enrolment.record_id)
        .select(Record::as_select())
        .get_result(conn)?;
    let extra = roll_details::table
        .find(enrolment.record_id)
        .select(ExtraFacts::as_select())
        .get_result(conn)?;
    Ok((record, extra))
}

/// One of the person's enrolments, where the record is theirs.
pub fn find_enrolment(
    conn: &mut Conn,
    person: &PersonKey,
    record_id: RecordId,
    now_ms: TimestampMs,
) -> Result<Option<Enrolment>> {
    let enrolments = list_enrolments(conn, person, now_ms)?;
    Ok(enrolments.into_iter().find(|one| one.record_id == record_id))
}

/// [`find_enrolment`]; another's does not exist for them.
pub fn get_enrolment(
    conn: &mut Conn,
    person: &PersonKey,
    record_id: RecordId,
    now_ms: TimestampMs,
) -> Result<Enrolment> {
    find_enrolment(conn, person, record_id, now_ms)?.ok_or_else(|| Error::not_found("record", record_id))
}

/// What the person is told besides what their enrolments say.
pub fn answer_beside(conn: &mut Conn, person: &PersonKey, enrolments: &[Enrolment]) -> Result<Option<Answer>> {
    if enrolments.is_empty() {
        return answer_without_enrolment(conn, person).map(Some);
    }
    if enrolments.iter().any(|one| one.is_open) {
        return Ok(None);
    }
    let admitted = list_admitted(conn, person)?;
    // A level that no list has may be the one that is looked for.
    let for_it = [LevelKind::Upgrade, LevelKind::Bachelor].map(LevelKind::as_str);
    let enrolled: Vec<String> = roll_records::table
        .filter(roll_records::id_index.eq(&person.id_index))
        .filter(roll_records::vanished_import_id.is_null())
        .filter(
            roll_records::level_kind
                .eq_any(for_it)
                .or(roll_records::level_kind.is_null()),
        )
        .select(roll_records::name)
        .load(conn)?;
    Ok(decide_beside_ended(
        is_admitted_to_upgrade(person, &admitted),
        person.known_by(&enrolled),
    ))
}

/// How whoever can be asked is reached for somebody without the enrolment that they look for, where the house has one school: of several it is
/// not known which has them.
pub fn contact_beside(conn: &mut Conn, answer: Answer) -> Result<Option<Contact>> {
    let Some(actor) = answer.to_ask() else { return Ok(None) };
    let schools: Vec<SchoolId> = list_schools(conn)?.iter().map(|school| school.school_id).collect();
    let &[school_id] = schools.as_slice() else {
        return Ok(None);
    };
    let contacts = list_contacts(conn, &[school_id])?;
    Ok(pick_contact(&contacts, school_id, actor, None).cloned())
}

/// Names and levels that the admission data have under a person's number.
fn list_admitted(conn: &mut Conn, person: &PersonKey) -> Result<Vec<(String, Option<String>)>> {
    Ok(admission_records::table
        .filter(admission_records::id_index.eq(&person.id_index))
        .select((admission_records::name, admission_records::level_kind))
        .load(conn)?)
}

fn is_admitted_to_upgrade(person: &PersonKey, admitted: &[(String, Option<String>)]) -> bool {
    let upgrade = Some(LevelKind::Upgrade.as_str());
    admitted
        .iter()
        .any(|(name, level)| level.as_deref() == upgrade && person.is_name(name))
}

fn answer_without_enrolment(conn: &mut Conn, person: &PersonKey) -> Result<Answer> {
    let is_under_number = !list_names(conn, person)?.is_empty();
    let admitted = list_admitted(conn, person)?;
    Ok(decide_without_enrolment(PersonFacts {
        is_in_roll_under_other_name: is_under_number,
        in_admission: person.known_by(admitted.iter().map(|(name, _)| name)),
        is_upgrade: is_admitted_to_upgrade(person, &admitted),
    }))
}
