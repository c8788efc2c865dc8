//! A key of one thing's own, which is kept sealed with the house's: forgetting it makes everything sealed with it unreadable at once,
//! wherever copies of that lie.

use std::fmt;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretSlice};

use super::CryptoError;
use super::sealer::{Purpose, Sealer};

/// First byte of what such a key sealed.
const FORMAT: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const PREFIX_BYTES: usize = 1 + NONCE_BYTES;
/// As for values that the house's key seals.
const MAX_PLAINTEXT_BYTES: usize = 64 << 20;

/// An opened key.
pub struct DataKey(Aes256Gcm);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl Sealer {
    /// Draws a key, and gives it opened and as it is kept.
    pub fn make_data_key(&self, purpose: Purpose) -> Result<(DataKey, Vec<u8>), CryptoError> {
        let mut drawn = Zeroizing::new([0_u8; KEY_BYTES]);
        fill(drawn.as_mut_slice())?;
        let sealed = self.seal(purpose, drawn.as_slice())?;
        Ok((DataKey(Aes256Gcm::new((&*drawn).into())), sealed))
    }

    /// Opens a kept key.
    pub fn open_data_key(&self, purpose: Purpose, sealed: &[u8]) -> Result<DataKey, CryptoError> {
        let opened = self.open(purpose, sealed)?;
        Aes256Gcm::new_from_slice(opened.expose_secret())
            .map(DataKey)
            .map_err(|_| CryptoError::NotAuthentic)
    }
}

impl DataKey {
    /// Seals one part of the thing; a sealed part never opens as another one.
    pub fn seal(&self, part: &str, plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let too_large = CryptoError::TooLarge {
            size_bytes: plaintext.len(),
        };
        if plaintext.len() > MAX_PLAINTEXT_BYTES {
            return Err(too_large);
        }
        let mut nonce = [0_u8; NONCE_BYTES];
        fill(&mut nonce)?;
        let payload = Payload {
            msg: plaintext,
            aad: part.as_bytes(),
        };
        let ciphertext = self.0.encrypt(&nonce.into(), payload).map_err(|_| too_large)?;
        let mut sealed = Vec::with_capacity(PREFIX_BYTES + ciphertext.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Opens a sealed part; wiped from memory when dropped.
    pub fn open(&self, part: &str, sealed: &[u8]) -> Result<SecretSlice<u8>, CryptoError> {
        let (prefix, ciphertext) = sealed
            .split_first_chunk::<PREFIX_BYTES>()
            .ok_or(CryptoError::NotAuthentic)?;
        let [format, nonce @ ..] = *prefix;
        if format != FORMAT {
            return Err(CryptoError::UnknownFormat);
        }
        let payload = Payload {
            msg: ciphertext,
            aad: part.as_bytes(),
        };
        let opened = self.0.decrypt(&nonce.into(), payload);
        opened.map(SecretSlice::from).map_err(|_| CryptoError::NotAuthentic)
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), CryptoError> {
    // From the system: a few dozen bytes for a scan, where speed is nothing and foresight everything.
    let filled = OsRng.try_fill_bytes(bytes);
    filled.map_err(|error| CryptoError::SecretIo(std::io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SecretFile;

    const PURPOSE: Purpose = Purpose::EVIDENCE;

    fn sealer() -> Sealer {
        let folder = tempfile::tempdir().expect("a folder");
        Sealer::new(&SecretFile::create(&folder.path().join("secret.key")).expect("a key"))
    }

    #[test]
    fn a_part_opens_with_its_own_key_as_itself_only() {
        let sealer = sealer();
        let (key, kept) = sealer.make_data_key(PURPOSE).expect("a key");
        let sealed = key.seal("page 1", b"scan").expect("sealed");
        let again = sealer.open_data_key(PURPOSE, &kept).expect("the same key");
        assert_eq!(again.open("page 1", &sealed).expect("opened").expose_secret(), b"scan");
        assert!(again.open("page 2", &sealed).is_err());
        let (other, _) = sealer.make_data_key(PURPOSE).expect("another key");
        assert!(other.open("page 1", &sealed).is_err());
        assert!(sealer.open_data_key(Purpose::PHONE, &kept).is_err());
        assert!(!sealed.windows(4).any(|window| window == b"scan"));
    }

    #[test]
    fn what_was_cut_changed_or_written_by_others_does_not_open() {
        let (key, _) = sealer().make_data_key(PURPOSE).expect("a key");
        let sealed = key.seal("page 1", b"scan").expect("sealed");
        for length in 0..sealed.len() {
            assert!(key.open("page 1", &sealed[..length]).is_err(), "{length}");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("page 1", &changed).is_err(), "{at}");
        }
    }
}
