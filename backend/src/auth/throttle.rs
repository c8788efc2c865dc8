//! How often somebody may ask within a minute: an address that tries passwords, whose accounts have a lockout of their own besides, or
//! a program with its token.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(60);
/// Callers remembered at a time, so that a flood of them costs a bounded amount of memory (about 4 MiB).
const MAX_CALLERS: usize = 65_536;

/// Counts attempts per caller within a minute, in this process.
pub struct Throttle<Caller> {
    limit: u32,
    counts: Mutex<HashMap<Caller, (Instant, u32)>>,
}

/// What a caller may still do, and the seconds after which the count begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Attempts.
    pub attempts: u32,
    /// Seconds.
    pub seconds: u64,
}

impl<Caller: Eq + Hash> Throttle<Caller> {
    /// Allows `limit` attempts per caller and minute.
    pub fn per_minute(limit: u32) -> Self {
        Self {
            limit,
            counts: Mutex::new(HashMap::new()),
        }
    }

    /// The attempts that a minute has.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Counts an attempt made `now`; refused ones get the seconds after which the next may succeed.
    pub fn attempt(&self, caller: Caller, now: Instant) -> Result<Left, u64> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MAX_CALLERS {
            counts.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
            if counts.len() >= MAX_CALLERS {
                // Forgetting everybody lets a flood through for a moment; refusing everybody would lock the staff out.
                counts.clear();
            }
        }
        let (since, count) = counts.entry(caller).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        let seconds = (WINDOW - now.duration_since(*since)).as_secs() + 1;
        match self.limit.checked_sub(*count) {
            Some(attempts) => Ok(Left { attempts, seconds }),
            None => Err(seconds),
        }
    }
}

/// A household or server has a whole /64 of IPv6 addresses to try from.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::from((v6.to_bits() & !u128::from(u64::MAX)).to_be_bytes()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_the_attempt_over_the_limit_until_the_minute_is_over() {
        let throttle = Throttle::per_minute(2);
        let address = IpAddr::from([192, 0, 2, 1]);
        let start = Instant::now();
        let left = |attempts, seconds| Ok(Left { attempts, seconds });
        assert_eq!(throttle.attempt(address, start), left(1, 61));
        assert_eq!(throttle.attempt(address, start), left(0, 61));
        assert_eq!(throttle.attempt(address, start + Duration::from_secs(20)), Err(41));
        assert_eq!(throttle.attempt(IpAddr::from([192, 0, 2, 2]), start), left(1, 61));
        assert_eq!(throttle.attempt(address, start + WINDOW), left(1, 61));
    }

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let of = |address: &str| network(address.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
