//! Everything that changes accounts and sessions, each in one transaction.

pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod staff;
pub mod views;

use diesel::prelude::*;
use rand::TryRngCore as _;
use sha2::{Digest as _, Sha256};

use super::model::Staff;
use super::{password, queries};
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema;
use crate::error::{Error, Result};

/// The SHA-256 under which a link's token is kept.
pub fn link_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

pub(crate) fn new_token() -> Result<String> {
    Ok(hex::encode(random_bytes::<32>()?))
}

fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
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
    diesel::update(schema::staff_links::table.find(hash.as_slice()))
        .set(schema::staff_links::used_at_ms.eq(now_ms))
        .execute(conn)?;
    diesel::update(schema::staff::table.find(account.staff_id))
        .set((
            schema::staff::password_hash.eq(password_hash),
            schema::staff::failed_attempts.eq(0),
            schema::staff::locked_until_ms.eq(None::<i64>),
        ))
        .execute(conn)?;
    diesel::delete(schema::sessions::table.filter(schema::sessions::staff_id.eq(account.staff_id))).execute(conn)?;
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

/// Notes that somebody tried what their role may not do.
pub fn record_refusal(conn: &mut Conn, staff: &Staff, action: &str, now_ms: TimestampMs) -> Result<()> {
    audit::append(
        conn,
        &Act::new(action, "staff", staff.staff_id).by(staff).refused(),
        now_ms,
    )
}
