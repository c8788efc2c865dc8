//! Signing in, by address or mobile number. The password is checked outside the write transaction, what it leads to is settled inside.

use diesel::prelude::*;

use super::sessions::open_session;
use super::{note, note_unknown};
use crate::accounts::model::{Origin, SessionTimes};
use crate::accounts::{lockout, password};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::schema::students;
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::id::StudentId;
use crate::students::model::{StudentAccount, StudentState};
use crate::students::queries::{find_by_login, get_account};

/// An attempt.
#[derive(Clone)]
pub struct SignIn {
    /// The address or mobile number as typed.
    pub login: String,
    /// The password as typed.
    pub password: String,
    /// SHA-256 of the cookie that the session would get.
    pub new_token_hash: [u8; 32],
    /// How long the session would last.
    pub times: SessionTimes,
    /// Where it comes from.
    pub from: Origin,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInOutcome {
    /// The session exists; how far the account is.
    SignedIn(StudentState),
    /// Wrong password, or no such account: nobody can tell which.
    Refused,
    /// The password is right, but the link of the mail was not followed yet.
    NotActivated,
    /// Too many wrong attempts: minutes to wait.
    Locked(u64),
}

/// Signs a student in, or says why not. Takes the same time for unknown accounts and wrong passwords.
pub async fn sign_in(db: &Db, sealer: &Sealer, attempt: SignIn, now_ms: TimestampMs) -> Result<SignInOutcome> {
    let (sealer, login, typed) = (sealer.clone(), attempt.login.clone(), attempt.password.clone());
    let checked = db
        .read(move |conn| {
            let account = find_by_login(conn, &sealer, &login)?;
            let stored = account.as_ref().map(|account| account.password_hash.as_str());
            Ok((
                account.as_ref().map(|account| account.student_id),
                password::is_right(&typed, stored),
            ))
        })
        .await?;
    db.write_tx(move |conn| {
        let (Some(student_id), is_right) = checked else {
            note_unknown(conn, "student.sign-in", &attempt.from, now_ms)?;
            return Ok(SignInOutcome::Refused);
        };
        let account = get_account(conn, student_id)?;
        match settle_password(conn, &account, "student.sign-in", is_right, &attempt.from, now_ms)? {
            PasswordCheck::Locked(minutes) => return Ok(SignInOutcome::Locked(minutes)),
            PasswordCheck::Wrong => return Ok(SignInOutcome::Refused),
            PasswordCheck::Right => {}
        }
        if account.state == StudentState::PendingActivation {
            return Ok(SignInOutcome::NotActivated);
        }
        open_session(
            conn,
            &account,
            &attempt.new_token_hash,
            attempt.times,
            &attempt.from,
            now_ms,
        )?;
        Ok(SignInOutcome::SignedIn(account.state))
    })
    .await
}

/// Whether the password is an account's; hashing it takes tens of milliseconds.
pub(super) async fn check_password(db: &Db, student_id: StudentId, typed: String) -> Result<bool> {
    db.read(move |conn| {
        let account = get_account(conn, student_id)?;
        Ok(password::is_right(&typed, Some(&account.password_hash)))
    })
    .await
}

/// What a checked password leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PasswordCheck {
    Right,
    Wrong,
    Locked(u64),
}

/// Counts wrong passwords and locks after too many; a right one starts the count anew, unless the account is locked.
pub(super) fn settle_password(
    conn: &mut Conn,
    account: &StudentAccount,
    action: &str,
    is_right: bool,
    from: &Origin,
    now_ms: TimestampMs,
) -> Result<PasswordCheck> {
    if let Some(minutes) = lockout::minutes_left(account.locked_until_ms, now_ms) {
        note(conn, action, account.student_id, from, false, now_ms)?;
        return Ok(PasswordCheck::Locked(minutes));
    }
    let standing = match is_right {
        true => lockout::OPEN,
        false => lockout::after_failure(account.failed_attempts, now_ms),
    };
    diesel::update(students::table.find(account.student_id))
        .set((
            students::failed_attempts.eq(standing.failed_attempts),
            students::locked_until_ms.eq(standing.locked_until_ms),
        ))
        .execute(conn)?;
    if is_right {
        return Ok(PasswordCheck::Right);
    }
    note(conn, action, account.student_id, from, false, now_ms)?;
    let locked = lockout::minutes_left(standing.locked_until_ms, now_ms);
    Ok(locked.map_or(PasswordCheck::Wrong, PasswordCheck::Locked))
}
