//! What adds schools, and says how their students reach those who act for them.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::{Contact, Reach, SchoolCode};
use super::queries::{get_school, list_contacts};
use crate::accounts::model::Staff;
use crate::audit::{self, Act, Actor};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{school_contacts, schools};
use crate::error::{Error, Result};
use crate::id::SchoolId;
use crate::verdicts::category::NextActor;

/// Characters of a school's or a college's name at most.
const MOST_NAME_CHARS: usize = 100;

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

fn may_change(by: &Staff) -> Result<()> {
    if by.role.may_change_rolls_and_batches() {
        return Ok(());
    }
    Err(Error::Forbidden {
        right: "change schools",
    })
}

/// Changes a school's name, and whether verdicts are taken from signed paper.
pub fn change_school(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    (school_id, name, takes_paper_verdicts): (SchoolId, &str, bool),
    now_ms: TimestampMs,
) -> Result<()> {
    may_change(by)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MOST_NAME_CHARS {
        return Err(Error::invalid(
            "school-name",
            "name",
            "give the school a name of at most 100 characters",
        ));
    }
    let before = get_school(conn, by, school_id)?;
    let changed = audit::describe_change(&[
        ("name", before.name, name.to_owned()),
        (
            "verdicts from paper",
            before.takes_paper_verdicts.to_string(),
            takes_paper_verdicts.to_string(),
        ),
    ]);
    let Some(changed) = changed else { return Ok(()) };
    diesel::update(schools::table.find(school_id))
        .set((
            schools::name.eq(name),
            schools::takes_paper_verdicts.eq(takes_paper_verdicts),
        ))
        .execute(conn)?;
    let act = Act::new("school.change", "school", school_id).by(by);
    audit::append_with(conn, sealer, &act, &changed, now_ms)
}

/// Says how somebody who acts for a school's students is reached; one who cannot be reached by anything is taken from the list.
pub fn keep_contact(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    contact: &Contact,
    now_ms: TimestampMs,
) -> Result<()> {
    may_change(by)?;
    get_school(conn, by, contact.school_id)?;
    put_contact(conn, sealer, by, contact, now_ms)
}

/// [`keep_contact`] by whoever runs the program.
pub fn put_contact<'a>(
    conn: &mut Conn,
    sealer: &Sealer,
    by: impl Into<Actor<'a>>,
    contact: &Contact,
    now_ms: TimestampMs,
) -> Result<()> {
    contact.reach.validate()?;
    let college = contact.college.trim();
    if !contact.actor.can_be_reached() {
        return Err(Error::invalid(
            "actor",
            "actor",
            "choose an office, the agency or an authority",
        ));
    }
    let has_own_college = contact.actor == NextActor::College;
    if college.chars().count() > MOST_NAME_CHARS || (!college.is_empty() && !has_own_college) {
        return Err(Error::invalid(
            "college",
            "college",
            "name a college of at most 100 characters, for a college's office alone",
        ));
    }
    let known = list_contacts(conn, &[contact.school_id])?;
    let same = |one: &&Contact| one.actor == contact.actor && one.college == college;
    let before = known.iter().find(same).map(|one| one.reach.clone()).unwrap_or_default();
    let Some(changed) = describe(college, &before, &contact.reach) else {
        return Ok(());
    };
    let kept = school_contacts::table
        .filter(school_contacts::school_id.eq(contact.school_id))
        .filter(school_contacts::actor.eq(contact.actor))
        .filter(school_contacts::college.eq(college));
    diesel::delete(kept).execute(conn)?;
    if !contact.reach.is_empty() {
        let Reach {
            phone,
            email,
            place,
            hours,
        } = &contact.reach;
        diesel::insert_into(school_contacts::table)
            .values((
                school_contacts::school_id.eq(contact.school_id),
                school_contacts::actor.eq(contact.actor),
                school_contacts::college.eq(college),
                school_contacts::phone.eq(phone),
                school_contacts::email.eq(email),
                school_contacts::place.eq(place),
                school_contacts::hours.eq(hours),
            ))
            .execute(conn)?;
    }
    let act = Act::new("school.contact", "school", contact.school_id).by(by);
    let what = format!("{} {changed}", contact.actor);
    audit::append_with(conn, sealer, &act, &what, now_ms)
}

fn describe(college: &str, before: &Reach, after: &Reach) -> Option<String> {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let changed = audit::describe_change(&[
        ("phone", text(&before.phone), text(&after.phone)),
        ("email", text(&before.email), text(&after.email)),
        ("place", text(&before.place), text(&after.place)),
        ("hours", text(&before.hours), text(&after.hours)),
    ])?;
    Some(format!("{college} {changed}").trim().to_owned())
}
