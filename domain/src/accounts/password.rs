//! Passwords: Argon2id with the parameters of RFC 9106's second choice as OWASP reduces them (19 MiB, 2 passes).
//!
//! Hashing takes tens of milliseconds and 19 MiB: callers are on a blocking thread that holds a database connection, and the pool
//! of connections bounds how many hash at a time.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

use crate::error::{Error, Result};

/// Shortest password taken; NIST SP 800-63B asks for 8 at least, and staff see every student's record.
pub const MIN_CHARS: usize = 12;
/// Longest one, so that hashing it costs a bounded time.
pub const MAX_BYTES: usize = 256;

/// What is hashed where there is no password to compare with, so that unknown accounts take as long as known ones.
static DUMMY: LazyLock<Option<String>> = LazyLock::new(|| hash("an account that does not exist").ok());

/// Hashes a password with a fresh salt; the result is a PHC string.
pub fn hash(password: &str) -> Result<String> {
    Ok(Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(Error::internal)?
        .to_string())
}

/// Whether the password is the one that was hashed; without a hash it takes as long and is never right.
pub fn is_right(password: &str, stored: Option<&str>) -> bool {
    let Some(text) = stored.or(DUMMY.as_deref()) else {
        return false;
    };
    let Ok(parsed) = PasswordHash::new(text) else {
        return false;
    };
    let is_same = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    is_same && stored.is_some()
}

/// Refuses passwords that are too short or too long.
pub fn require_usable(password: &str) -> Result<()> {
    if password.chars().count() < MIN_CHARS {
        return Err(Error::invalid(
            "password-short",
            "password",
            "a password has at least 12 characters",
        ));
    }
    if password.len() > MAX_BYTES {
        return Err(Error::invalid(
            "password-long",
            "password",
            "a password has at most 256 bytes",
        ));
    }
    Ok(())
}
