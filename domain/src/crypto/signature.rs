//! Signed addresses: proof that this system handed an address out, and until when it is good.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::CryptoError;
use super::sealer::{Purpose, Sealer};
use super::secret_file::KeyId;
use crate::clock::TimestampMs;

/// Half of a SHA-256 code: 128 bits, as much as anybody can guess at.
const MAC_BYTES: usize = 16;
/// 4 bytes key name, 8 bytes instant, code.
const TOKEN_BYTES: usize = 12 + MAC_BYTES;
/// Of a code that stands in addresses of mails: 96 bits, none of which can be tried out anywhere but here.
const SHORT_BYTES: usize = 12;
const TOKEN_CHARS: usize = (TOKEN_BYTES * 4).div_ceil(3);

impl Sealer {
    /// Signs a message (such as a photo's address and who may see it) until an instant: 38 characters that are safe in a URL.
    /// The message itself is not in the token.
    pub fn sign(&self, purpose: Purpose, message: &[u8], expires_at_ms: TimestampMs) -> String {
        let key = self.active();
        let expiry = expires_at_ms.to_be_bytes();
        let mac = code(&key.sign, purpose, message, &expiry).finalize().into_bytes();
        let mut token = Vec::with_capacity(TOKEN_BYTES);
        token.extend_from_slice(&key.id.0);
        token.extend_from_slice(&expiry);
        token.extend(mac.into_iter().take(MAC_BYTES));
        BASE64.encode(token)
    }

    /// Checks a token against the message it should have been made for; compares in constant time.
    pub fn verify(
        &self,
        purpose: Purpose,
        message: &[u8],
        token: &str,
        now_ms: TimestampMs,
    ) -> Result<(), CryptoError> {
        if token.len() != TOKEN_CHARS {
            return Err(CryptoError::BadSignature);
        }
        let token = BASE64.decode(token).map_err(|_| CryptoError::BadSignature)?;
        let (id, rest) = token.split_first_chunk::<4>().ok_or(CryptoError::BadSignature)?;
        let (expiry, mac) = rest.split_first_chunk::<8>().ok_or(CryptoError::BadSignature)?;
        let key = self.find_key(KeyId(*id)).ok_or(CryptoError::BadSignature)?;
        let expected = code(&key.sign, purpose, message, expiry);
        expected
            .verify_truncated_left(mac)
            .map_err(|_| CryptoError::BadSignature)?;
        // Only after the code: an instant nobody signed says nothing.
        if now_ms >= TimestampMs::from_be_bytes(*expiry) {
            Err(CryptoError::Expired)
        } else {
            Ok(())
        }
    }
}

impl Sealer {
    /// A code for a message that holds for ever, in 24 characters of `0-9` and `a-f`: mail programs change the case of what stands in
    /// addresses. A purpose is used for such codes alone.
    pub fn short_code(&self, purpose: Purpose, message: &[u8]) -> String {
        let mac = short(&self.active().sign, purpose, message).finalize().into_bytes();
        hex::encode(mac.get(..SHORT_BYTES).unwrap_or_default())
    }

    /// Checks such a code in constant time, whichever key it was made with.
    pub fn verify_short_code(&self, purpose: Purpose, message: &[u8], code: &str) -> Result<(), CryptoError> {
        let mut mac = [0_u8; SHORT_BYTES];
        hex::decode_to_slice(code, &mut mac).map_err(|_| CryptoError::BadSignature)?;
        let fitting = self.every_key().filter(|key| {
            let expected = short(&key.sign, purpose, message);
            expected.verify_truncated_left(&mac).is_ok()
        });
        match fitting.count() {
            0 => Err(CryptoError::BadSignature),
            _ => Ok(()),
        }
    }
}

fn short(key: &Hmac<Sha256>, purpose: Purpose, message: &[u8]) -> Hmac<Sha256> {
    purpose.begin(key).chain_update(message)
}

fn code(key: &Hmac<Sha256>, purpose: Purpose, message: &[u8], expiry: &[u8; 8]) -> Hmac<Sha256> {
    // The instant has a fixed length and comes first, so that no message can pass for a longer one.
    purpose.begin(key).chain_update(expiry).chain_update(message)
}

#[cfg(test)]
mod tests;
