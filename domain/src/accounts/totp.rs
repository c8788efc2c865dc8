//! One-time codes by RFC 6238: HMAC-SHA-1, 6 digits, steps of 30 seconds, as authenticator apps compute them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::clock::TimestampMs;

/// Bytes of a fresh secret; RFC 4226 asks for the length of the hash.
pub const SECRET_BYTES: usize = 20;
const STEP_MS: i64 = 30_000;
const MODULUS: u32 = 1_000_000;

/// The code of a step.
fn code(secret: &[u8], step: i64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 0x0f);
    let word: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(word) & 0x7fff_ffff) % MODULUS)
}

/// The step that a code belongs to: the present one or a neighbour, for clocks that disagree, and later than the last one taken.
pub fn matching_step(secret: &[u8], typed: &str, last_step: Option<i64>, now_ms: TimestampMs) -> Option<i64> {
    if typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let typed: u32 = typed.parse().ok()?;
    let present = now_ms.div_euclid(STEP_MS);
    (present - 1..=present + 1)
        .filter(|step| last_step.is_none_or(|last| *step > last))
        .find(|step| code(secret, *step) == Some(typed))
}

/// Base 32 of RFC 4648 without padding: how apps want a secret typed.
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1));
    let bits: Vec<u8> = bits.collect();
    bits.chunks(5)
        .map(|five| five.iter().fold(0, |sum, bit| sum << 1 | bit) << (5 - five.len()))
        .filter_map(|index: u8| ALPHABET.get(usize::from(index)))
        .map(|letter| char::from(*letter))
        .collect()
}

/// A long code in groups of four, for people to copy.
pub fn grouped(code: &str) -> String {
    let characters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// The address that authenticator apps read from a picture (the Key URI Format of Google Authenticator).
pub fn key_uri(secret: &[u8], email: &str) -> String {
    let label: String = email
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    let secret = base32(secret);
    format!("otpauth://totp/Rollproof:{label}?secret={secret}&issuer=Rollproof&algorithm=SHA1&digits=6&period=30")
}

/// The code that an app with this secret shows.
#[cfg(any(test, feature = "testing"))]
pub fn code_at(secret: &[u8], now_ms: TimestampMs) -> String {
    format!("{:06}", code(secret, now_ms.div_euclid(STEP_MS)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_the_codes_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (seconds, shown) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code_at(secret, seconds * 1000), shown);
        }
    }

    #[test]
    fn writes_secrets_as_rfc_4648_does() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("foobar", "MZXW6YTBOI"), ("fooba", "MZXW6YTB")] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(grouped("MZXW6YTBOI"), "MZXW-6YTB-OI");
        assert!(key_uri(b"foobar", "lin&x@example.edu").contains("Rollproof:lin%26x@example.edu?secret=MZXW6YTBOI&"));
    }

    #[test]
    fn takes_a_code_of_a_neighbouring_step_but_none_twice() {
        let secret = b"12345678901234567890";
        let now_ms = 1_000_000_000_000;
        let shown = code_at(secret, now_ms);
        let step = matching_step(secret, &shown, None, now_ms + STEP_MS).expect("one step late is fine");
        assert_eq!(matching_step(secret, &shown, Some(step), now_ms), None);
        assert_eq!(matching_step(secret, &shown, None, now_ms + 3 * STEP_MS), None);
    }

    #[test]
    fn takes_nothing_that_is_not_six_digits() {
        for typed in ["", "12345", "1234567", "+12345", "１２３４５６"] {
            assert_eq!(matching_step(b"secret", typed, None, 0), None, "{typed}");
        }
    }
}
