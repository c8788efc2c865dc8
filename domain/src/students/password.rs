//! Passwords of students: eight characters of three kinds, and none of those that everybody tries first (domain.md R3).

use crate::accounts::password::{MAX_BYTES, hash};
use crate::error::{Error, Result};

/// Shortest password taken.
pub const MIN_CHARS: usize = 8;

/// Passwords of three kinds of characters that stand in every list of leaked ones, folded to lower case.
const KNOWN: &[&str] = &[
    "password1",
    "passw0rd1",
    "p@ssw0rd",
    "p@ssword1",
    "qwer1234",
    "qwerty123",
    "qwerty12",
    "abcd1234",
    "abc12345",
    "abc123456",
    "abc@123456",
    "abc@1234",
    "aa123456",
    "aa123456.",
    "aa12345678",
    "a123456789",
    "a1234567",
    "admin123",
    "admin@123",
    "admin1234",
    "asdf1234",
    "asd123456",
    "zxcv1234",
    "zxc123456",
    "1qaz2wsx",
    "1qaz@wsx",
    "!qaz2wsx",
    "qaz123456",
    "woaini1314",
    "woaini520",
    "iloveyou1",
    "welcome1",
    "welcome123",
    "test1234",
    "test@123",
    "user1234",
    "root1234",
    "student1",
    "student123",
    "xuesheng1",
    "changeme1",
    "letmein1",
    "dragon123",
    "monkey123",
    "superman1",
    "1q2w3e4r",
    "q1w2e3r4",
    "a1b2c3d4",
    "aaa12345",
    "qqq12345",
    "zzz12345",
    "wang1234",
    "zhang123",
    "li123456",
];

/// Refuses what is too short, too long, of too few kinds, known to everybody, or the account's own address.
pub fn require_usable(password: &str, email: &str) -> Result<()> {
    let invalid = |code: &'static str, message: &'static str| Err(Error::invalid(code, "password", message));
    if password.chars().count() < MIN_CHARS {
        return invalid("password-short", "a password has at least 8 characters");
    }
    if password.len() > MAX_BYTES {
        return invalid("password-long", "a password has at most 256 bytes");
    }
    let kinds = [
        password.chars().any(|c| c.is_ascii_lowercase()),
        password.chars().any(|c| c.is_ascii_uppercase()),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_ascii_alphanumeric()),
    ];
    if kinds.into_iter().filter(|has| *has).count() < 3 {
        return invalid(
            "password-plain",
            "a password has three of: small letters, capitals, digits, other characters",
        );
    }
    let folded = password.to_lowercase();
    let own = email.split('@').next().unwrap_or_default().to_lowercase();
    if KNOWN.contains(&folded.as_str()) || (own.len() >= 4 && folded.contains(&own)) {
        return invalid("password-known", "this password is among the first that anybody tries");
    }
    Ok(())
}

/// Hashes a usable password; takes tens of milliseconds, so it stands outside the write transaction.
pub fn hash_new(password: &str, email: &str) -> Result<String> {
    require_usable(password, email)?;
    hash(password)
}
