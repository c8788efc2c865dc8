//! The second factor: an app's one-time codes, and recovery codes for the day the app is lost.

use diesel::prelude::*;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use super::random_bytes;
use super::staff::clear_second_factor;
use crate::accounts::model::{Account, SecondFactor, Staff};
use crate::accounts::{queries, totp};
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::{staff, staff_recovery_codes};
use crate::error::{Error, Result};
use crate::id::StaffId;

/// Recovery codes that a person is given at a time.
const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code: too many to be guessed, so a plain hash keeps them.
const RECOVERY_BYTES: usize = 10;

/// Begins an enrolment: a fresh secret, sealed, that is not in force before one of its codes was typed. An enrolment that was begun
/// already goes on with its secret, so that a page that is loaded twice shows one picture.
pub fn begin_enrolment(conn: &mut Conn, sealer: &Sealer, by: &Staff) -> Result<Vec<u8>> {
    let account = queries::get_account(conn, by.staff_id)?;
    if let Some(sealed) = &account.totp_pending_sealed {
        return Ok(sealer.open(Purpose::TOTP_SECRET, sealed)?.expose_secret().to_vec());
    }
    let secret = random_bytes::<{ totp::SECRET_BYTES }>()?;
    diesel::update(staff::table.find(by.staff_id))
        .set(staff::totp_pending_sealed.eq(sealer.seal(Purpose::TOTP_SECRET, &secret)?))
        .execute(conn)?;
    Ok(secret.to_vec())
}

/// Puts the secret in force once a code of it is right; returns the recovery codes, which are shown once.
pub fn complete_enrolment(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    typed: &str,
    now_ms: TimestampMs,
) -> Result<Vec<String>> {
    let account = queries::get_account(conn, by.staff_id)?;
    let sealed = account.totp_pending_sealed.ok_or_else(|| {
        Error::conflict(
            "enrolment-not-begun",
            "open the page again and scan the picture that it shows",
        )
    })?;
    let secret = sealer.open(Purpose::TOTP_SECRET, &sealed)?;
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let step = totp::matching_step(secret.expose_secret(), &digits, None, now_ms);
    let Some(step) = step else {
        return Err(Error::invalid(
            "totp-wrong",
            "code",
            "the code is not one of this secret; check that the telephone's clock is right and type the code it shows now",
        ));
    };
    diesel::update(staff::table.find(by.staff_id))
        .set((
            staff::totp_sealed.eq(sealed),
            staff::totp_pending_sealed.eq(None::<Vec<u8>>),
            staff::totp_last_step.eq(step),
        ))
        .execute(conn)?;
    audit::append(conn, &Act::new("staff.totp", "staff", by.staff_id).by(by), now_ms)?;
    replace_recovery_codes(conn, by.staff_id)
}

/// Gives a person new recovery codes; the ones before are dead.
pub fn renew_recovery_codes(conn: &mut Conn, by: &Staff, now_ms: TimestampMs) -> Result<Vec<String>> {
    let account = queries::get_account(conn, by.staff_id)?;
    if account.totp_sealed.is_none() {
        return Err(Error::conflict(
            "totp-off",
            "recovery codes stand in for an app; enrol one first",
        ));
    }
    audit::append(
        conn,
        &Act::new("staff.recovery-codes", "staff", by.staff_id).by(by),
        now_ms,
    )?;
    replace_recovery_codes(conn, by.staff_id)
}

fn replace_recovery_codes(conn: &mut Conn, staff_id: StaffId) -> Result<Vec<String>> {
    diesel::delete(staff_recovery_codes::table.filter(staff_recovery_codes::staff_id.eq(staff_id))).execute(conn)?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = totp::base32(&random_bytes::<RECOVERY_BYTES>()?);
        diesel::insert_into(staff_recovery_codes::table)
            .values((
                staff_recovery_codes::code_hash.eq(recovery_hash(&code)),
                staff_recovery_codes::staff_id.eq(staff_id),
            ))
            .execute(conn)?;
        codes.push(totp::grouped(&code));
    }
    Ok(codes)
}

fn recovery_hash(folded: &str) -> Vec<u8> {
    Sha256::digest(folded.as_bytes()).to_vec()
}

/// Takes the second factor off the own account.
pub fn remove_second_factor(conn: &mut Conn, by: &Staff, now_ms: TimestampMs) -> Result<()> {
    clear_second_factor(conn, by.staff_id)?;
    audit::append(conn, &Act::new("staff.totp-off", "staff", by.staff_id).by(by), now_ms)
}

/// What checking the second factor came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    /// The account has none.
    NotAsked,
    /// It has one, and nothing was typed.
    Missing,
    /// What was typed is wrong, or was used before.
    Wrong,
    /// Right, and used up.
    Right,
}

/// Checks what was typed, and uses it up where it is right.
pub(super) fn check(
    conn: &mut Conn,
    sealer: &Sealer,
    account: &Account,
    typed: Option<&SecondFactor>,
    now_ms: TimestampMs,
) -> Result<Checked> {
    let Some(sealed) = &account.totp_sealed else {
        return Ok(Checked::NotAsked);
    };
    match typed {
        None => Ok(Checked::Missing),
        Some(SecondFactor::Totp(digits)) => {
            let secret = sealer.open(Purpose::TOTP_SECRET, sealed)?;
            let step = totp::matching_step(secret.expose_secret(), digits, account.totp_last_step, now_ms);
            let Some(step) = step else { return Ok(Checked::Wrong) };
            diesel::update(staff::table.find(account.staff_id))
                .set(staff::totp_last_step.eq(step))
                .execute(conn)?;
            Ok(Checked::Right)
        }
        Some(SecondFactor::Recovery(code)) => {
            let used = diesel::update(
                staff_recovery_codes::table
                    .find(recovery_hash(code))
                    .filter(staff_recovery_codes::staff_id.eq(account.staff_id))
                    .filter(staff_recovery_codes::used_at_ms.is_null()),
            )
            .set(staff_recovery_codes::used_at_ms.eq(now_ms))
            .execute(conn)?;
            if used == 0 {
                return Ok(Checked::Wrong);
            }
            let act = Act::new("staff.recovery-code", "staff", account.staff_id).by(&account.email);
            audit::append(conn, &act, now_ms)?;
            Ok(Checked::Right)
        }
    }
}
