//! Tokens of programs, whosever they are: a secret that is shown once and kept as its hash, a name for people, an end.

use super::commands::{link_hash, new_token};
use crate::clock::TimestampMs;
use crate::error::{Error, Result};

/// How the secret of a token begins, so that scanners of leaked secrets know it.
const PREFIX: &str = "rollproof_";
/// The longest time a token is good for, in days.
const MAX_DAYS: i64 = 366;
const DAY_MS: i64 = 86_400_000;
const MOST_CHARS: usize = 60;
/// Uses are noted to the minute.
const USE_NOTED_MS: i64 = 60_000;

/// A token that was just made.
pub struct NewToken {
    /// What its program sends.
    pub secret: String,
    /// What is kept of it.
    pub hash: Vec<u8>,
    /// What people call it.
    pub name: String,
    /// Until when it is good, UTC ms.
    pub expires_at_ms: TimestampMs,
}

/// Makes a token; `advice` says what it should be named after.
pub fn new_program_token(name: &str, days: i64, advice: &'static str, now_ms: TimestampMs) -> Result<NewToken> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MOST_CHARS || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "name", advice));
    }
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(Error::invalid(
            "days",
            "days",
            format!("a token is good for 1 to {MAX_DAYS} days"),
        ));
    }
    let secret = format!("{PREFIX}{}", new_token()?);
    Ok(NewToken {
        hash: link_hash(&secret).to_vec(),
        secret,
        name: name.to_owned(),
        expires_at_ms: now_ms.saturating_add(days * DAY_MS),
    })
}

/// Whether a use is to be noted, after the last that was.
pub fn is_use_due(last_used_at_ms: Option<TimestampMs>, now_ms: TimestampMs) -> bool {
    last_used_at_ms.is_none_or(|last| now_ms - last >= USE_NOTED_MS)
}
