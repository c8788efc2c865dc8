//! Signing in: the password is checked outside the write transaction, everything it leads to is settled inside.

use diesel::prelude::*;

use super::second_factor::{self, Checked};
use crate::accounts::model::{Account, Origin, SecondFactor, SessionTimes, Staff};
use crate::accounts::{lockout, password, queries};
use crate::audit::{self, Act, Actor};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::schema::{sessions, staff};
use crate::db::{Conn, Db};
use crate::error::Result;

/// An attempt.
#[derive(Clone)]
pub struct SignIn {
    /// The address as typed.
    pub email: String,
    /// The password as typed.
    pub password: String,
    /// The second factor, where one was typed.
    pub second_factor: Option<SecondFactor>,
    /// SHA-256 of the cookie that the session would get.
    pub new_token_hash: [u8; 32],
    /// How long the session would last.
    pub times: SessionTimes,
    /// Where it would be opened.
    pub origin: Origin,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInOutcome {
    /// The session exists.
    SignedIn,
    /// The password is right; the second factor is needed too.
    NeedsTotp,
    /// The second factor is wrong or was used already.
    WrongTotp,
    /// Wrong password, or no such account: nobody can tell which.
    Refused,
    /// Too many wrong attempts.
    Locked {
        /// Minutes until the next attempt may succeed.
        minutes: u64,
    },
}

impl SignInOutcome {
    /// What went wrong, as the texts of pages name it, and the minutes to wait.
    pub fn problem(self) -> (Option<&'static str>, u64) {
        match self {
            Self::SignedIn | Self::NeedsTotp => (None, 0),
            Self::WrongTotp => (Some("totp"), 0),
            Self::Refused => (Some("refused"), 0),
            Self::Locked { minutes } => (Some("locked"), minutes),
        }
    }

    /// Whether the next attempt must bring the second factor.
    pub fn asks_second_factor(self) -> bool {
        matches!(self, Self::NeedsTotp | Self::WrongTotp)
    }
}

/// Signs somebody in, or says why not. Takes the same time for unknown accounts and wrong passwords.
pub async fn sign_in(db: &Db, sealer: &Sealer, attempt: SignIn, now_ms: TimestampMs) -> Result<SignInOutcome> {
    let is_password_right = check_password(db, attempt.email.clone(), attempt.password.clone()).await?;
    let sealer = sealer.clone();
    db.write_tx(move |conn| {
        let outcome = settle(conn, &sealer, &Typed::of(&attempt, is_password_right), now_ms)?;
        match outcome {
            Settled::Right(account) => {
                open_session(conn, &account, &attempt, now_ms)?;
                Ok(SignInOutcome::SignedIn)
            }
            Settled::Refused(outcome) => Ok(outcome),
        }
    })
    .await
}

/// A signed-in person's word that it is still they who sit there.
#[derive(Clone)]
pub struct Confirmation {
    /// Who.
    pub by: Staff,
    /// The password as typed.
    pub password: String,
    /// The second factor, where one was typed.
    pub second_factor: Option<SecondFactor>,
    /// SHA-256 of the session's cookie.
    pub token_hash: [u8; 32],
}

/// Confirms a session, or says why not; wrong passwords count as they do at signing in.
pub async fn confirm(db: &Db, sealer: &Sealer, word: Confirmation, now_ms: TimestampMs) -> Result<SignInOutcome> {
    let is_password_right = check_password(db, word.by.email.clone(), word.password.clone()).await?;
    let sealer = sealer.clone();
    db.write_tx(move |conn| {
        let typed = Typed {
            email: &word.by.email,
            second_factor: word.second_factor.as_ref(),
            address: word.by.address.as_deref(),
            is_password_right,
            action: "staff.confirm",
        };
        match settle(conn, &sealer, &typed, now_ms)? {
            Settled::Right(account) => {
                diesel::update(sessions::table.find(word.token_hash.as_slice()))
                    .set(sessions::confirmed_at_ms.eq(now_ms))
                    .execute(conn)?;
                audit::append(conn, &typed.act(account.staff_id), now_ms)?;
                Ok(SignInOutcome::SignedIn)
            }
            Settled::Refused(outcome) => Ok(outcome),
        }
    })
    .await
}

async fn check_password(db: &Db, email: String, typed: String) -> Result<bool> {
    db.read(move |conn| {
        let account = queries::find_account(conn, &email)?.filter(|account| account.is_active);
        Ok(password::is_right(
            &typed,
            account.as_ref().and_then(|account| account.password_hash.as_deref()),
        ))
    })
    .await
}

/// What somebody typed, the password checked.
struct Typed<'a> {
    email: &'a str,
    second_factor: Option<&'a SecondFactor>,
    address: Option<&'a str>,
    is_password_right: bool,
    action: &'static str,
}

impl<'a> Typed<'a> {
    fn of(attempt: &'a SignIn, is_password_right: bool) -> Self {
        Self {
            email: &attempt.email,
            second_factor: attempt.second_factor.as_ref(),
            address: attempt.origin.address.as_deref(),
            is_password_right,
            action: "staff.sign-in",
        }
    }

    fn act(&self, subject: impl std::fmt::Display) -> Act<'_> {
        self.act_of(self.email, subject)
    }

    fn act_of<'b>(&'b self, name: &'b str, subject: impl std::fmt::Display) -> Act<'b> {
        let address = self.address;
        Act::new(self.action, "staff", subject).by(Actor { name, address })
    }
}

enum Settled {
    Right(Account),
    Refused(SignInOutcome),
}

fn settle(conn: &mut Conn, sealer: &Sealer, typed: &Typed<'_>, now_ms: TimestampMs) -> Result<Settled> {
    let Some(account) = queries::find_account(conn, typed.email)?.filter(|account| account.is_active) else {
        audit::append(conn, &typed.act_of("unknown", "unknown").refused(), now_ms)?;
        return Ok(Settled::Refused(SignInOutcome::Refused));
    };
    if let Some(minutes) = lockout::minutes_left(account.locked_until_ms, now_ms) {
        audit::append(conn, &typed.act(account.staff_id).refused(), now_ms)?;
        return Ok(Settled::Refused(SignInOutcome::Locked { minutes }));
    }
    if !typed.is_password_right {
        let refused = count_failure(conn, typed, &account, SignInOutcome::Refused, now_ms)?;
        return Ok(Settled::Refused(refused));
    }
    match second_factor::check(conn, sealer, &account, typed.second_factor, now_ms)? {
        Checked::Missing => Ok(Settled::Refused(SignInOutcome::NeedsTotp)),
        Checked::Wrong => {
            let refused = count_failure(conn, typed, &account, SignInOutcome::WrongTotp, now_ms)?;
            Ok(Settled::Refused(refused))
        }
        Checked::NotAsked | Checked::Right => {
            keep_standing(conn, &account, lockout::OPEN)?;
            Ok(Settled::Right(account))
        }
    }
}

fn open_session(conn: &mut Conn, account: &Account, attempt: &SignIn, now_ms: TimestampMs) -> Result<()> {
    diesel::update(staff::table.find(account.staff_id))
        .set(staff::last_login_at_ms.eq(now_ms))
        .execute(conn)?;
    // Whoever signs in sweeps what has expired: there are never more rows than people and half a day's work.
    diesel::delete(sessions::table.filter(sessions::expires_at_ms.le(now_ms))).execute(conn)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(attempt.new_token_hash.to_vec()),
            sessions::staff_id.eq(account.staff_id),
            sessions::created_at_ms.eq(now_ms),
            sessions::last_seen_ms.eq(now_ms),
            sessions::expires_at_ms.eq(now_ms.saturating_add(attempt.times.absolute_ms)),
            sessions::confirmed_at_ms.eq(now_ms),
            sessions::address.eq(&attempt.origin.address),
            sessions::browser.eq(&attempt.origin.browser),
        ))
        .execute(conn)?;
    let opened = Typed::of(attempt, true);
    audit::append(conn, &opened.act(account.staff_id), now_ms)
}

fn count_failure(
    conn: &mut Conn,
    typed: &Typed<'_>,
    account: &Account,
    otherwise: SignInOutcome,
    now_ms: TimestampMs,
) -> Result<SignInOutcome> {
    audit::append(conn, &typed.act(account.staff_id).refused(), now_ms)?;
    let standing = lockout::after_failure(account.failed_attempts, now_ms);
    keep_standing(conn, account, standing)?;
    let locked = lockout::minutes_left(standing.locked_until_ms, now_ms);
    Ok(locked.map_or(otherwise, |minutes| SignInOutcome::Locked { minutes }))
}

fn keep_standing(conn: &mut Conn, account: &Account, standing: lockout::Standing) -> Result<()> {
    diesel::update(staff::table.find(account.staff_id))
        .set((
            staff::failed_attempts.eq(standing.failed_attempts),
            staff::locked_until_ms.eq(standing.locked_until_ms),
        ))
        .execute(conn)?;
    Ok(())
}
