//! Seals values so that only a holder of the secret file can open them, and indexes them so that it can find them again.

use std::fmt;
use std::sync::Arc;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use hmac::{Hmac, Mac as _};
use rand::RngCore as _;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::Sha256;

use super::CryptoError;
use super::secret_file::{KeyId, SecretFile};

/// First byte of a sealed value.
const FORMAT: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 12;
/// Format, key name and nonce in front of the ciphertext.
const PREFIX_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES;

/// Scans are the largest values sealed; a whole archive is not a value.
const MAX_PLAINTEXT_BYTES: usize = 64 << 20;

/// What a value is sealed, indexed or signed for: a value of one purpose never passes for one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purpose(&'static str);

impl Purpose {
    /// 身份证件号 (ID number).
    pub const ID_NUMBER: Self = Self("id-number");
    /// The last four characters of the ID number, for lookup in `code` campaigns.
    pub const ID_NUMBER_LAST_FOUR: Self = Self("id-number-last-four");
    /// 出生日期 (birth date).
    pub const BIRTH_DATE: Self = Self("birth-date");
    /// Telephone number.
    pub const PHONE: Self = Self("phone");
    /// Entry name of a legacy batch, which is an ID number.
    pub const ENTRY_NAME: Self = Self("entry-name");
    /// A value before or after a change, in the audit trail.
    pub const AUDIT_VALUE: Self = Self("audit-value");
    /// Secret of a staff member's one-time passwords.
    pub const TOTP_SECRET: Self = Self("totp-secret");
    /// Scan that supports a ticket.
    pub const EVIDENCE: Self = Self("evidence");
    /// Short-lived address of a photo.
    pub const PHOTO_ADDRESS: Self = Self("photo-address");

    /// Address by which a student wants no more reminders.
    pub const UNSUBSCRIBE: Self = Self("unsubscribe");

    /// A purpose of another room; the name is fixed for ever once a value was sealed for it.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }
}

/// The sub-keys of one root key, each expanded once.
pub(super) struct KeySet {
    pub(super) id: KeyId,
    seal: Aes256Gcm,
    index: Hmac<Sha256>,
    audit: Hmac<Sha256>,
    pub(super) sign: Hmac<Sha256>,
}

/// The code that chains a segment of the audit trail: the key's name and 32 bytes of HMAC-SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditCode {
    /// The key it was made with.
    pub key_id: KeyId,
    /// The code itself.
    pub mac: [u8; 32],
}

/// Seals, opens, indexes and signs with the installation's keys; cloning it is cheap, all of it may be used from any thread.
#[derive(Clone)]
pub struct Sealer {
    /// The active key's set first, then the retired ones from new to old.
    keys: Arc<[KeySet]>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("active", &self.active().id)
            .finish_non_exhaustive()
    }
}

impl Sealer {
    /// Expands the sub-keys of every key in the file.
    pub fn new(secret: &SecretFile) -> Self {
        let mac = |key: &[u8]| Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        let sub_keys = secret
            .derive_all("seal")
            .zip(secret.derive_all("index"))
            .zip(secret.derive_all("audit").zip(secret.derive_all("sign")));
        let keys = secret
            .key_ids()
            .zip(sub_keys)
            .map(|(id, ((seal, index), (audit, sign)))| KeySet {
                id,
                seal: Aes256Gcm::new(seal.expose_secret().into()),
                index: mac(index.expose_secret()),
                audit: mac(audit.expose_secret()),
                sign: mac(sign.expose_secret()),
            });
        Self { keys: keys.collect() }
    }

    pub(super) fn active(&self) -> &KeySet {
        self.keys
            .first()
            .expect("a secret file has exactly one active key, and it comes first")
    }

    pub(super) fn every_key(&self) -> impl Iterator<Item = &KeySet> {
        self.keys.iter()
    }

    pub(super) fn find_key(&self, id: KeyId) -> Option<&KeySet> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// Seals a value: format byte ‖ 4 bytes key name ‖ 12 bytes nonce ‖ AES-256-GCM ciphertext and tag, with the purpose as
    /// associated data; 33 bytes longer than the value.
    ///
    /// Nonces are random: NIST SP 800-38D allows 2³² values a key, 400 fields for each of ten million records.
    pub fn seal(&self, purpose: Purpose, plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let too_large = CryptoError::TooLarge {
            size_bytes: plaintext.len(),
        };
        if plaintext.len() > MAX_PLAINTEXT_BYTES {
            return Err(too_large);
        }
        let key = self.active();
        let mut nonce = [0_u8; NONCE_BYTES];
        // The thread's ChaCha12 generator, seeded by the system: a system call for each value would halve the speed.
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload {
            msg: plaintext,
            aad: purpose.0.as_bytes(),
        };
        let ciphertext = key.seal.encrypt(&nonce.into(), payload).map_err(|_| too_large)?;
        let mut sealed = Vec::with_capacity(PREFIX_BYTES + ciphertext.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&key.id.0);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Opens a sealed value with whichever key it names; wiped from memory when dropped, never printed by `Debug`.
    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Result<SecretSlice<u8>, CryptoError> {
        self.open_bytes(purpose, sealed).map(SecretSlice::from)
    }

    /// Opens a sealed text.
    pub fn open_text(&self, purpose: Purpose, sealed: &[u8]) -> Result<SecretString, CryptoError> {
        let text = String::from_utf8(self.open_bytes(purpose, sealed)?).map_err(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            CryptoError::NotAuthentic
        })?;
        Ok(SecretString::from(text))
    }

    fn open_bytes(&self, purpose: Purpose, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (prefix, ciphertext) = sealed
            .split_first_chunk::<PREFIX_BYTES>()
            .ok_or(CryptoError::NotAuthentic)?;
        let [format, key_0, key_1, key_2, key_3, nonce @ ..] = *prefix;
        if format != FORMAT {
            return Err(CryptoError::UnknownFormat);
        }
        let key_id = KeyId([key_0, key_1, key_2, key_3]);
        let key = self.find_key(key_id).ok_or(CryptoError::UnknownKey { key_id })?;
        let payload = Payload {
            msg: ciphertext,
            aad: purpose.0.as_bytes(),
        };
        key.seal
            .decrypt(&nonce.into(), payload)
            .map_err(|_| CryptoError::NotAuthentic)
    }

    /// Whether a sealed value still has to be re-sealed after a rotation.
    pub fn is_sealed_with_retired_key(&self, sealed: &[u8]) -> bool {
        sealed.get(1..=KEY_ID_BYTES).is_some_and(|id| id != self.active().id.0)
    }

    /// The blind index of a value under the active key: equal values have equal indexes, and without the key nobody can try
    /// values out. The caller brings the value into its one canonical spelling first.
    pub fn blind_index(&self, purpose: Purpose, canonical: &[u8]) -> [u8; 32] {
        index_with(self.active(), purpose, canonical)
    }

    /// The blind indexes under which a value may stand while a rotation is being re-sealed: the active key's first.
    pub fn blind_index_candidates(&self, purpose: Purpose, canonical: &[u8]) -> Vec<[u8; 32]> {
        self.keys
            .iter()
            .map(|key| index_with(key, purpose, canonical))
            .collect()
    }

    /// The code of an audit segment, which must include its predecessor's code to form a chain.
    pub fn audit_code(&self, segment: &[u8]) -> AuditCode {
        let key = self.active();
        let mac = key.audit.clone().chain_update(segment).finalize().into_bytes().into();
        AuditCode { key_id: key.id, mac }
    }

    /// Checks the code of an audit segment in constant time.
    pub fn verify_audit_code(&self, segment: &[u8], code: &AuditCode) -> Result<(), CryptoError> {
        let key = self
            .find_key(code.key_id)
            .ok_or(CryptoError::UnknownKey { key_id: code.key_id })?;
        let mac = key.audit.clone().chain_update(segment);
        mac.verify_slice(&code.mac).map_err(|_| CryptoError::NotAuthentic)
    }
}

impl Purpose {
    /// Starts a code with the purpose, ended by a byte no purpose contains.
    pub(super) fn begin(self, mac: &Hmac<Sha256>) -> Hmac<Sha256> {
        mac.clone().chain_update(self.0.as_bytes()).chain_update([0])
    }
}

fn index_with(key: &KeySet, purpose: Purpose, canonical: &[u8]) -> [u8; 32] {
    purpose
        .begin(&key.index)
        .chain_update(canonical)
        .finalize()
        .into_bytes()
        .into()
}

#[cfg(test)]
mod tests;
