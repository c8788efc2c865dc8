//! Wrong passwords and codes lock an account for a while, whosever it is.

use crate::clock::TimestampMs;

/// Wrong ones in a row after which an account is locked.
const MOST_FAILURES: i32 = 5;
/// How long it stays locked.
const LOCK_MS: i64 = 15 * 60_000;

/// What an account's row says after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Wrong ones since the last success or lock.
    pub failed_attempts: i32,
    /// Until when nobody may sign in, UTC ms.
    pub locked_until_ms: Option<TimestampMs>,
}

/// After a right one.
pub const OPEN: Standing = Standing {
    failed_attempts: 0,
    locked_until_ms: None,
};

/// After one more wrong one.
pub fn after_failure(failed_attempts: i32, now_ms: TimestampMs) -> Standing {
    let failed_attempts = failed_attempts.saturating_add(1);
    if failed_attempts < MOST_FAILURES {
        return Standing {
            failed_attempts,
            locked_until_ms: None,
        };
    }
    Standing {
        failed_attempts: 0,
        locked_until_ms: Some(now_ms.saturating_add(LOCK_MS)),
    }
}

/// Minutes until the next attempt may succeed, while an account is locked.
pub fn minutes_left(locked_until_ms: Option<TimestampMs>, now_ms: TimestampMs) -> Option<u64> {
    let left_ms = locked_until_ms.map(|until_ms| until_ms - now_ms);
    let left_ms = left_ms.filter(|left_ms| *left_ms > 0)?;
    Some(u64::try_from(left_ms).unwrap_or(0).div_ceil(60_000))
}
