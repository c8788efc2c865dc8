//! Signing in: the password is checked outside the write transaction, everything it leads to is settled inside.

use diesel::prelude::*;
use secrecy::ExposeSecret as _;

use crate::accounts::model::{Account, SessionTimes};
use crate::accounts::{password, queries, totp};
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::schema::{sessions, staff};
use crate::db::{Conn, Db};
use crate::error::Result;

/// Wrong passwords or codes after which an account is locked.
const MAX_FAILURES: i32 = 5;
/// How long it stays locked.
const LOCK_MS: i64 = 15 * 60_000;

/// An attempt.
#[derive(Clone)]
pub struct SignIn {
    /// The address as typed.
    pub email: String,
    /// The password as typed.
    pub password: String,
    /// The one-time code, six digits, where one was typed.
    pub totp: Option<String>,
    /// SHA-256 of the cookie that the session would get.
    pub new_token_hash: [u8; 32],
    /// How long the session would last.
    pub times: SessionTimes,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInOutcome {
    /// The session exists.
    SignedIn,
    /// The password is right; a one-time code is needed too.
    NeedsTotp,
    /// The one-time code is wrong or was used already.
    WrongTotp,
    /// Wrong password, or no such account: nobody can tell which.
    Refused,
    /// Too many wrong attempts.
    Locked {
        /// Minutes until the next attempt may succeed.
        minutes: u64,
    },
}

/// Signs somebody in, or says why not. Takes the same time for unknown accounts and wrong passwords.
pub async fn sign_in(db: &Db, sealer: &Sealer, attempt: SignIn, now_ms: TimestampMs) -> Result<SignInOutcome> {
    let (email, typed) = (attempt.email.clone(), attempt.password.clone());
    let is_password_right = db
        .read(move |conn| {
            let account = queries::find_account(conn, &email)?.filter(|account| account.is_active);
            Ok(password::is_right(
                &typed,
                account.as_ref().and_then(|account| account.password_hash.as_deref()),
            ))
        })
        .await?;
    let sealer = sealer.clone();
    db.write_tx(move |conn| settle(conn, &sealer, &attempt, is_password_right, now_ms))
        .await
}

fn settle(
    conn: &mut Conn,
    sealer: &Sealer,
    attempt: &SignIn,
    is_password_right: bool,
    now_ms: TimestampMs,
) -> Result<SignInOutcome> {
    let Some(account) = queries::find_account(conn, &attempt.email)?.filter(|account| account.is_active) else {
        audit::append(
            conn,
            &Act::new("staff.sign-in", "staff", "unknown").by("unknown").refused(),
            now_ms,
        )?;
        return Ok(SignInOutcome::Refused);
    };
    if let Some(left_ms) = account
        .locked_until_ms
        .map(|until_ms| until_ms - now_ms)
        .filter(|left_ms| *left_ms > 0)
    {
        refuse(conn, &account, now_ms)?;
        return Ok(locked(left_ms));
    }
    if !is_password_right {
        return count_failure(conn, &account, SignInOutcome::Refused, now_ms);
    }
    let mut step = account.totp_last_step;
    if let Some(sealed) = &account.totp_sealed {
        let Some(typed) = &attempt.totp else {
            return Ok(SignInOutcome::NeedsTotp);
        };
        let secret = sealer.open(Purpose::TOTP_SECRET, sealed)?;
        step = totp::matching_step(secret.expose_secret(), typed, account.totp_last_step, now_ms);
        if step.is_none() {
            return count_failure(conn, &account, SignInOutcome::WrongTotp, now_ms);
        }
    }
    open_session(conn, &account, attempt, step, now_ms)?;
    Ok(SignInOutcome::SignedIn)
}

fn open_session(
    conn: &mut Conn,
    account: &Account,
    attempt: &SignIn,
    totp_step: Option<i64>,
    now_ms: TimestampMs,
) -> Result<()> {
    diesel::update(staff::table.find(account.staff_id))
        .set((
            staff::failed_attempts.eq(0),
            staff::locked_until_ms.eq(None::<i64>),
            staff::totp_last_step.eq(totp_step),
            staff::last_login_at_ms.eq(now_ms),
        ))
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
        ))
        .execute(conn)?;
    audit::append(
        conn,
        &Act::new("staff.sign-in", "staff", account.staff_id).by(&account.email),
        now_ms,
    )
}

fn count_failure(
    conn: &mut Conn,
    account: &Account,
    otherwise: SignInOutcome,
    now_ms: TimestampMs,
) -> Result<SignInOutcome> {
    refuse(conn, account, now_ms)?;
    let failures = account.failed_attempts.saturating_add(1);
    let is_over = failures >= MAX_FAILURES;
    let locked_until_ms = is_over.then(|| now_ms.saturating_add(LOCK_MS));
    diesel::update(staff::table.find(account.staff_id))
        .set((
            staff::failed_attempts.eq(if is_over { 0 } else { failures }),
            staff::locked_until_ms.eq(locked_until_ms),
        ))
        .execute(conn)?;
    Ok(if is_over { locked(LOCK_MS) } else { otherwise })
}

fn refuse(conn: &mut Conn, account: &Account, now_ms: TimestampMs) -> Result<()> {
    audit::append(
        conn,
        &Act::new("staff.sign-in", "staff", account.staff_id)
            .by(&account.email)
            .refused(),
        now_ms,
    )
}

fn locked(left_ms: i64) -> SignInOutcome {
    SignInOutcome::Locked {
        minutes: u64::try_from(left_ms).unwrap_or(0).div_ceil(60_000),
    }
}
