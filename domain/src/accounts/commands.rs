//! Everything that changes accounts and sessions, each in one transaction.

pub mod sign_in;

use diesel::prelude::*;
use rand::TryRngCore as _;
use sha2::{Digest as _, Sha256};

use super::model::{Role, Scope, Staff};
use super::{password, queries};
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::{sessions, staff, staff_links};
use crate::error::{Error, Result};
use crate::id::StaffId;

/// How long a link to set a password is good.
const LINK_MS: i64 = 24 * 3_600_000;
/// Longest address taken (RFC 5321).
const MAX_EMAIL_BYTES: usize = 254;
/// A session's last use is written at most this often: pages come with many requests.
const SEEN_EVERY_MS: i64 = 60_000;

/// The SHA-256 under which a link's token is kept.
pub fn link_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Makes an account, or gives a known one a new link; returns the one-time token that sets its password, good for 24 hours.
pub fn add_staff(conn: &mut Conn, email: &str, role: Role, now_ms: TimestampMs) -> Result<String> {
    let email = email.trim().to_lowercase();
    require_email(&email)?;
    let known = queries::find_account(conn, &email)?;
    let (staff_id, action) = match known {
        Some(account) if account.role == role => (account.staff_id, "staff.link"),
        Some(_) => {
            return Err(Error::conflict(
                "staff-exists",
                "the account exists with another role; name that role to get a new link",
            ));
        }
        None => {
            let staff_id: StaffId = diesel::insert_into(staff::table)
                .values((
                    staff::email.eq(&email),
                    staff::role.eq(role),
                    staff::failed_attempts.eq(0),
                    staff::is_active.eq(true),
                    staff::created_at_ms.eq(now_ms),
                ))
                .returning(staff::staff_id)
                .get_result(conn)?;
            (staff_id, "staff.add")
        }
    };
    let token = new_token()?;
    diesel::delete(
        staff_links::table
            .filter(staff_links::staff_id.eq(staff_id))
            .filter(staff_links::used_at_ms.is_null()),
    )
    .execute(conn)?;
    diesel::insert_into(staff_links::table)
        .values((
            staff_links::token_hash.eq(link_hash(&token).to_vec()),
            staff_links::staff_id.eq(staff_id),
            staff_links::expires_at_ms.eq(now_ms.saturating_add(LINK_MS)),
        ))
        .execute(conn)?;
    audit::append(conn, &Act::new(action, "staff", staff_id), now_ms)?;
    Ok(token)
}

/// Narrows what of the roll a member of staff may see, from the next request on.
pub fn narrow_staff(conn: &mut Conn, email: &str, scope: &Scope, now_ms: TimestampMs) -> Result<()> {
    let account = queries::find_account(conn, email)?.ok_or_else(|| Error::not_found("account", email))?;
    diesel::update(staff::table.find(account.staff_id))
        .set((
            staff::school_id.eq(scope.school_id),
            staff::college.eq(&scope.college),
            staff::class_name.eq(&scope.class_name),
        ))
        .execute(conn)?;
    audit::append(conn, &Act::new("staff.narrow", "staff", account.staff_id), now_ms)
}

fn require_email(email: &str) -> Result<()> {
    let is_plain = email.len() <= MAX_EMAIL_BYTES && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    let has_both_sides = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if is_plain && has_both_sides {
        return Ok(());
    }
    Err(Error::invalid(
        "email",
        "email",
        "staff sign in with an e-mail address, as in name@example.edu",
    ))
}

fn new_token() -> Result<String> {
    let mut secret = [0_u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut secret).map_err(Error::internal)?;
    Ok(hex::encode(secret))
}

/// Sets the password of a link's account: uses the link up, ends every session, lifts a lock. `password_hash` is a PHC string.
pub fn set_password(conn: &mut Conn, token: &str, password_hash: &str, now_ms: TimestampMs) -> Result<()> {
    let hash = link_hash(token);
    let dead = || {
        Error::conflict(
            "link-dead",
            "the link was used or has expired; ask the administrator for a new one",
        )
    };
    let email = queries::find_password_link(conn, &hash, now_ms)?.ok_or_else(dead)?;
    let account = queries::find_account(conn, &email)?.ok_or_else(dead)?;
    diesel::update(staff_links::table.find(hash.as_slice()))
        .set(staff_links::used_at_ms.eq(now_ms))
        .execute(conn)?;
    diesel::update(staff::table.find(account.staff_id))
        .set((
            staff::password_hash.eq(password_hash),
            staff::failed_attempts.eq(0),
            staff::locked_until_ms.eq(None::<i64>),
        ))
        .execute(conn)?;
    diesel::delete(sessions::table.filter(sessions::staff_id.eq(account.staff_id))).execute(conn)?;
    audit::append(
        conn,
        &Act::new("staff.password", "staff", account.staff_id).by(&email),
        now_ms,
    )
}

/// Hashes a usable password; takes tens of milliseconds, so it stands outside the write transaction.
pub fn hash_new_password(password: &str) -> Result<String> {
    password::require_usable(password)?;
    password::hash(password)
}

/// Gives an account a secret for one-time codes; from then on signing in asks for one.
pub fn set_totp_secret(
    conn: &mut Conn,
    sealer: &Sealer,
    staff_id: StaffId,
    secret: &[u8],
    now_ms: TimestampMs,
) -> Result<()> {
    let sealed = sealer.seal(Purpose::TOTP_SECRET, secret)?;
    diesel::update(staff::table.find(staff_id))
        .set((staff::totp_sealed.eq(sealed), staff::totp_last_step.eq(None::<i64>)))
        .execute(conn)?;
    audit::append(conn, &Act::new("staff.totp", "staff", staff_id), now_ms)
}

/// Notes that a session is in use.
pub fn touch_session(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<()> {
    diesel::update(sessions::table.find(token_hash.as_slice()))
        .set(sessions::last_seen_ms.eq(now_ms))
        .execute(conn)?;
    Ok(())
}

/// Whether a session's last use is old enough to be written again.
pub fn is_touch_due(session: &queries::LiveSession, now_ms: TimestampMs) -> bool {
    now_ms.saturating_sub(session.last_seen_ms) >= SEEN_EVERY_MS
}

/// Ends a session; an unknown one is fine.
pub fn end_session(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<()> {
    let ended: Option<StaffId> = diesel::delete(sessions::table.find(token_hash.as_slice()))
        .returning(sessions::staff_id)
        .get_result(conn)
        .optional()?;
    if let Some(staff_id) = ended {
        let email: String = staff::table.find(staff_id).select(staff::email).first(conn)?;
        audit::append(conn, &Act::new("staff.sign-out", "staff", staff_id).by(&email), now_ms)?;
    }
    Ok(())
}

/// Notes that somebody tried what their role may not do.
pub fn record_refusal(conn: &mut Conn, staff: &Staff, action: &str, now_ms: TimestampMs) -> Result<()> {
    audit::append(
        conn,
        &Act::new(action, "staff", staff.staff_id).by(&staff.email).refused(),
        now_ms,
    )
}
