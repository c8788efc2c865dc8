//! How often one address may try a password; the account's own lockout is a rule of `domain`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(60);
/// Addresses remembered at a time, so that a flood of them costs a bounded amount of memory (about 4 MiB).
const MAX_ADDRESSES: usize = 65_536;

/// Counts attempts per address within a minute, in this process.
pub struct Throttle {
    limit: u32,
    counts: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Throttle {
    /// Allows `limit` attempts per address and minute.
    pub fn per_minute(limit: u32) -> Self {
        Self {
            limit,
            counts: Mutex::new(HashMap::new()),
        }
    }

    /// Counts an attempt made `now`; refused ones get the seconds after which the next may succeed.
    pub fn attempt(&self, address: IpAddr, now: Instant) -> Result<(), u64> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MAX_ADDRESSES {
            counts.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
            if counts.len() >= MAX_ADDRESSES {
                // Forgetting everybody lets a flood through for a moment; refusing everybody would lock the staff out.
                counts.clear();
            }
        }
        let (since, count) = counts.entry(network(address)).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        if *count > self.limit {
            Err((WINDOW - now.duration_since(*since)).as_secs() + 1)
        } else {
            Ok(())
        }
    }
}

/// A household or server has a whole /64 of IPv6 addresses to try from.
fn network(address: IpAddr) -> IpAddr {
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
        assert_eq!(throttle.attempt(address, start), Ok(()));
        assert_eq!(throttle.attempt(address, start), Ok(()));
        assert_eq!(throttle.attempt(address, start + Duration::from_secs(20)), Err(41));
        assert_eq!(throttle.attempt(IpAddr::from([192, 0, 2, 2]), start), Ok(()));
        assert_eq!(throttle.attempt(address, start + WINDOW), Ok(()));
    }

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let throttle = Throttle::per_minute(1);
        let start = Instant::now();
        assert!(
            throttle
                .attempt("2001:db8::1".parse().expect("an address"), start)
                .is_ok()
        );
        assert!(
            throttle
                .attempt("2001:db8::2".parse().expect("an address"), start)
                .is_err()
        );
        assert!(
            throttle
                .attempt("2001:db8:0:1::1".parse().expect("an address"), start)
                .is_ok()
        );
    }
}
