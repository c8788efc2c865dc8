//! Another address or another telephone, and whether reminders are wanted.

use diesel::prelude::*;

use super::real_name::{send_code, take_code};
use super::sessions::end_sessions;
use super::{note, send_link, use_link};
use crate::accounts::commands::link_hash;
use crate::accounts::model::Origin;
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::students;
use crate::error::{Error, Result};
use crate::id::StudentId;
use crate::students::identity::phone_index;
use crate::students::model::{LinkKind, Student, StudentState};
use crate::students::queries::{LinkStanding, find_by_email, find_link, get_account};

/// Sends a link to the address that an account is to have; it counts once the link is followed. One that another account has is not told to
/// whoever asks.
pub fn ask_address(conn: &mut Conn, sealer: &Sealer, by: &Student, email: &str, now_ms: TimestampMs) -> Result<()> {
    let account = get_account(conn, by.student_id)?;
    let is_free = find_by_email(conn, email)?.is_none();
    let is_sent = is_free && send_link(conn, sealer, &account, (LinkKind::Address, Some(email)), now_ms)?;
    note(
        conn,
        "student.ask-address",
        by.student_id,
        &by.origin(),
        is_sent,
        now_ms,
    )
}

/// Takes the address that a link leads to; the account is signed in to anew.
pub fn take_address(conn: &mut Conn, token: &str, origin: &Origin, now_ms: TimestampMs) -> Result<()> {
    let dead = || Error::Gone {
        code: "link-dead",
        message: "the link was used or has expired; ask for another one".to_owned(),
    };
    let hash = link_hash(token);
    let LinkStanding::Good(student_id, Some(email)) = find_link(conn, LinkKind::Address, &hash, now_ms)? else {
        return Err(dead());
    };
    if find_by_email(conn, &email)?.is_some() {
        return Err(dead());
    }
    use_link(conn, &hash, now_ms)?;
    diesel::update(students::table.find(student_id))
        .set(students::email.eq(email))
        .execute(conn)?;
    end_sessions(conn, student_id)?;
    note(conn, "student.address", student_id, origin, true, now_ms)
}

/// Sends a code to the telephone that an account is to have.
pub fn ask_phone(conn: &mut Conn, sealer: &Sealer, by: &Student, phone: &str, now_ms: TimestampMs) -> Result<()> {
    send_code(conn, sealer, by.student_id, phone, now_ms)?;
    note(conn, "student.ask-phone", by.student_id, &by.origin(), true, now_ms)
}

/// Takes the telephone whose code was typed; it leaves any other account (E2). Says whether the code was right.
pub fn take_phone(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Student,
    (phone, code): (&str, &str),
    now_ms: TimestampMs,
) -> Result<bool> {
    let is_right = take_code(conn, sealer, by.student_id, (phone, code), now_ms)?;
    if is_right {
        let index = phone_index(sealer, phone);
        diesel::update(
            students::table
                .filter(students::state.eq(StudentState::Registered))
                .filter(students::phone_index.eq(&index))
                .filter(students::student_id.ne(by.student_id)),
        )
        .set((
            students::phone_index.eq(None::<Vec<u8>>),
            students::phone_sealed.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
        diesel::update(students::table.find(by.student_id))
            .set((
                students::phone_index.eq(index),
                students::phone_sealed.eq(sealer.seal(Purpose::PHONE, phone.as_bytes())?),
            ))
            .execute(conn)?;
    }
    note(
        conn,
        "student.take-phone",
        by.student_id,
        &by.origin(),
        is_right,
        now_ms,
    )?;
    Ok(is_right)
}

/// Says whether reminders are wanted by mail; what must be told is told either way.
pub fn choose_reminders(
    conn: &mut Conn,
    student_id: StudentId,
    takes_reminders: bool,
    now_ms: TimestampMs,
) -> Result<()> {
    diesel::update(students::table.find(student_id))
        .set(students::takes_reminders.eq(takes_reminders))
        .execute(conn)?;
    note(conn, "student.reminders", student_id, &Origin::default(), true, now_ms)
}
