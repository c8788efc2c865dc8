//! The ways back in: which address an account has, and another password for it.

use diesel::prelude::*;

use super::sessions::end_sessions;
use super::{note, note_unknown, send_link, use_link};
use crate::accounts::commands::link_hash;
use crate::accounts::model::Origin;
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::students;
use crate::error::{Error, Result};
use crate::students::model::{LinkKind, StudentState, mask_email};
use crate::students::queries::{LinkStanding, find_by_email, find_by_person, find_link};
use crate::verdicts::queries::PersonKey;

/// The address of a person's account, masked; `None` where there is no such account.
pub fn find_user_name(
    conn: &mut Conn,
    person: &PersonKey,
    from: &Origin,
    now_ms: TimestampMs,
) -> Result<Option<String>> {
    let Some(account) = find_by_person(conn, person)? else {
        note_unknown(conn, "student.find-name", from, now_ms)?;
        return Ok(None);
    };
    note(conn, "student.find-name", account.student_id, from, true, now_ms)?;
    Ok(Some(mask_email(&account.email)))
}

/// Sends a link that sets another password; says nothing of whether there is such an account.
pub fn ask_reset(conn: &mut Conn, sealer: &Sealer, email: &str, from: &Origin, now_ms: TimestampMs) -> Result<()> {
    let Some(account) = find_by_email(conn, email)? else {
        return note_unknown(conn, "student.ask-reset", from, now_ms);
    };
    // An account that was never activated is activated by its own link, which takes the password.
    let kind = match account.state {
        StudentState::PendingActivation => LinkKind::Activate,
        _ => LinkKind::Reset,
    };
    let is_sent = send_link(conn, sealer, &account, (kind, None), now_ms)?;
    note(conn, "student.ask-reset", account.student_id, from, is_sent, now_ms)
}

/// Sets another password by a link: uses it up, ends every session, lifts a lock. `password_hash` is a PHC string.
pub fn reset_password(
    conn: &mut Conn,
    token: &str,
    password_hash: &str,
    from: &Origin,
    now_ms: TimestampMs,
) -> Result<()> {
    let hash = link_hash(token);
    let LinkStanding::Good(student_id, _) = find_link(conn, LinkKind::Reset, &hash, now_ms)? else {
        return Err(Error::Gone {
            code: "link-dead",
            message: "the link was used or has expired; ask for another one".to_owned(),
        });
    };
    use_link(conn, &hash, now_ms)?;
    diesel::update(students::table.find(student_id))
        .set((
            students::password_hash.eq(password_hash),
            students::failed_attempts.eq(0),
            students::locked_until_ms.eq(None::<i64>),
        ))
        .execute(conn)?;
    end_sessions(conn, student_id)?;
    note(conn, "student.reset", student_id, from, true, now_ms)
}
