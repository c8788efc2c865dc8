//! Reads of students' accounts and sessions.

mod session;

use diesel::prelude::*;
use secrecy::ExposeSecret as _;

use super::identity::phone_index;
use super::model::{Draft, LinkKind, StudentAccount, StudentState};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::{student_links, students};
use crate::error::{Error, Result};
use crate::id::StudentId;
use crate::verdicts::queries::PersonKey;

pub use self::session::{ONE_COUNT, Session, SessionRow, find_session, find_session_with_enrolments};

pub(super) const DRAFT: Purpose = Purpose::new("student-draft");

/// The account of an address, whatever its case; a cancelled one is none.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<StudentAccount>> {
    Ok(students::table
        .filter(students::email.eq(email.trim().to_lowercase()))
        .filter(students::state.ne(StudentState::Cancelled))
        .select(StudentAccount::as_select())
        .first(conn)
        .optional()?)
}

/// The complete account of a mobile number.
pub fn find_by_phone(conn: &mut Conn, phone_index: &[u8]) -> Result<Option<StudentAccount>> {
    Ok(students::table
        .filter(students::phone_index.eq(phone_index))
        .filter(students::state.eq(StudentState::Registered))
        .select(StudentAccount::as_select())
        .first(conn)
        .optional()?)
}

/// The account that somebody signs in to: by address, or by mobile number.
pub fn find_by_login(conn: &mut Conn, sealer: &Sealer, typed: &str) -> Result<Option<StudentAccount>> {
    match super::identity::read_phone(typed) {
        Ok(phone) => find_by_phone(conn, &phone_index(sealer, &phone)),
        Err(_) => find_by_email(conn, typed),
    }
}

/// The complete account of a person, by number and name.
pub fn find_by_person(conn: &mut Conn, person: &PersonKey) -> Result<Option<StudentAccount>> {
    let found: Option<StudentAccount> = students::table
        .filter(students::id_index.eq(&person.id_index))
        .filter(students::state.eq(StudentState::Registered))
        .select(StudentAccount::as_select())
        .first(conn)
        .optional()?;
    let is_own = |account: &StudentAccount| account.name.as_deref().is_some_and(|name| person.is_name(name));
    Ok(found.filter(is_own))
}

/// The account of that number.
pub fn get_account(conn: &mut Conn, student_id: StudentId) -> Result<StudentAccount> {
    let account = students::table
        .find(student_id)
        .select(StudentAccount::as_select())
        .first(conn)
        .optional()?;
    account.ok_or_else(|| Error::not_found("account", student_id))
}

/// How a link of a mail stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    /// Good: whose it is, and the address that it leads to where it changes one.
    Good(StudentId, Option<String>),
    /// It was followed to its end before.
    Used,
    /// It has expired, was replaced, or never was.
    Dead,
}

/// How a link of a mail stands, by the SHA-256 of its token.
pub fn find_link(conn: &mut Conn, kind: LinkKind, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<LinkStanding> {
    let row: Option<(StudentId, Option<String>, TimestampMs, Option<TimestampMs>)> = student_links::table
        .filter(student_links::token_hash.eq(token_hash.as_slice()))
        .filter(student_links::kind.eq(kind))
        .select((
            student_links::student_id,
            student_links::email,
            student_links::expires_at_ms,
            student_links::used_at_ms,
        ))
        .first(conn)
        .optional()?;
    Ok(match row {
        Some((.., Some(_))) => LinkStanding::Used,
        Some((student_id, email, expires_at_ms, None)) if expires_at_ms > now_ms => {
            LinkStanding::Good(student_id, email)
        }
        _ => LinkStanding::Dead,
    })
}

/// What a student typed and has not confirmed.
pub fn find_draft(conn: &mut Conn, sealer: &Sealer, student_id: StudentId) -> Result<Option<Draft>> {
    let account = get_account(conn, student_id)?;
    let Some(sealed) = account.draft_sealed else {
        return Ok(None);
    };
    let text = sealer.open_text(DRAFT, &sealed)?;
    Ok(Some(serde_json::from_str(text.expose_secret())?))
}

/// Whether an account wants reminders by mail.
pub fn takes_reminders(conn: &mut Conn, student_id: StudentId) -> Result<bool> {
    Ok(students::table
        .find(student_id)
        .select(students::takes_reminders)
        .first(conn)?)
}
