//! The file that holds the installation's keys.
//!
//! It is text, one key a line, the newest last:
//!
//! ```text
//! rollproof-secret 1
//! retired 5f0c19aa kJ3…   (32 bytes, base64 without padding, URL-safe letters)
//! active 91b2e07d Xw0…
//! ```
//!
//! Exactly one key is active: everything new is made with it. Retired ones only open what they sealed, until re-sealing is
//! done and they are dropped. Lines that begin with `#` are remarks; they are kept out when the file is written anew.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::Sha256;

use super::CryptoError;

const HEADER: &str = "rollproof-secret 1";

/// Far above any real file, which has one line for each rotation.
const MAX_FILE_BYTES: u64 = 64 << 10;

/// Names a key in every value made with it; 8 hexadecimal digits, drawn at random, no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(pub(super) [u8; 4]);

impl KeyId {
    /// The name as it is stored beside a code.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads a stored name back; `None` for anything but four bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// One key and its name; sub-keys are derived from it, it is never used itself.
struct RootKey {
    id: KeyId,
    bytes: SecretBox<[u8; 32]>,
}

impl RootKey {
    fn generate() -> Result<Self, CryptoError> {
        // Straight from the system: this key outlives the process and everything derived from it.
        let mut drawn = Zeroizing::new([0_u8; 36]);
        let filled = OsRng.try_fill_bytes(drawn.as_mut_slice());
        filled.map_err(|error| CryptoError::SecretIo(std::io::Error::other(error)))?;
        let [id_0, id_1, id_2, id_3, bytes @ ..] = *drawn;
        Ok(Self {
            id: KeyId([id_0, id_1, id_2, id_3]),
            bytes: SecretBox::new(Box::new(bytes)),
        })
    }

    fn derive(&self, label: &str) -> SecretBox<[u8; 32]> {
        SecretBox::init_with_mut(|derived: &mut [u8; 32]| {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(self.bytes.expose_secret()).expect("HMAC takes keys of any length");
            mac.update(b"rollproof/1/");
            mac.update(label.as_bytes());
            derived.copy_from_slice(&mac.finalize().into_bytes());
        })
    }
}

/// The installation's keys, read from or made in a file only its owner may read.
pub struct SecretFile {
    active: RootKey,
    /// Oldest first.
    retired: Vec<RootKey>,
}

impl SecretFile {
    /// Makes a fresh key and its file (0600); an existing file is never touched. It returns when the file is durable, since
    /// what is sealed afterwards is lost without it.
    pub fn create(path: &Path) -> Result<Self, CryptoError> {
        let secret = Self {
            active: RootKey::generate()?,
            retired: Vec::new(),
        };
        let mut options = OpenOptions::new();
        let mut file = match options.write(true).create_new(true).mode(0o600).open(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(CryptoError::SecretExists),
            opened => opened.map_err(CryptoError::SecretIo)?,
        };
        if let Err(error) = secret.write_to(&mut file, path) {
            // Half a key is worse than none: the next start would refuse it instead of making one.
            drop(fs::remove_file(path));
            return Err(CryptoError::SecretIo(error));
        }
        Ok(secret)
    }

    /// Reads the keys; refuses a file that its group or others may touch.
    pub fn load(path: &Path) -> Result<Self, CryptoError> {
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(CryptoError::SecretMissing),
            opened => opened.map_err(CryptoError::SecretIo)?,
        };
        // Asked of the open file, not of the path, which could be exchanged in between.
        let mode = file.metadata().map_err(CryptoError::SecretIo)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(CryptoError::SecretExposed { mode });
        }
        let mut text = Zeroizing::new(String::new());
        file.take(MAX_FILE_BYTES)
            .read_to_string(&mut text)
            .map_err(CryptoError::SecretIo)?;
        text.parse()
    }

    /// Makes a new key the active one and replaces the file in one step; the old keys keep opening what they sealed.
    pub fn rotate(self, path: &Path) -> Result<Self, CryptoError> {
        let mut active = RootKey::generate()?;
        while self.key_ids().any(|id| id == active.id) {
            active = RootKey::generate()?;
        }
        let mut retired = self.retired;
        retired.push(self.active);
        Self { active, retired }.replace(path)
    }

    /// Drops the retired keys, once nothing sealed with them is left, and replaces the file in one step.
    pub fn drop_retired(self, path: &Path) -> Result<Self, CryptoError> {
        Self {
            active: self.active,
            retired: Vec::new(),
        }
        .replace(path)
    }

    /// Tells installations apart without telling anything about the key: 16 hexadecimal digits, kept in the database so that
    /// a process with another active key refuses to start.
    pub fn fingerprint(&self) -> String {
        hex::encode(self.active.derive("fingerprint").expose_secret())
            .split_at(16)
            .0
            .to_owned()
    }

    /// The keys' names, the active one first, then the retired ones from new to old.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.newest_first().map(|key| key.id)
    }

    /// A sub-key of every key for one use, the active one first.
    pub(super) fn derive_all(&self, label: &str) -> impl Iterator<Item = SecretBox<[u8; 32]>> {
        self.newest_first().map(move |key| key.derive(label))
    }

    fn newest_first(&self) -> impl Iterator<Item = &RootKey> {
        std::iter::once(&self.active).chain(self.retired.iter().rev())
    }

    fn replace(self, path: &Path) -> Result<Self, CryptoError> {
        let pending = path.with_extension(crate::id::random_name());
        let mut options = OpenOptions::new();
        let replaced = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&pending)
            .and_then(|mut file| self.write_to(&mut file, &pending))
            .and_then(|()| fs::rename(&pending, path))
            .and_then(|()| sync_parent(path));
        match replaced {
            Ok(()) => Ok(self),
            Err(error) => {
                // The failure to write is the one to report; a leftover is 0600 like the file itself.
                drop(fs::remove_file(&pending));
                Err(CryptoError::SecretIo(error))
            }
        }
    }

    fn write_to(&self, file: &mut File, path: &Path) -> std::io::Result<()> {
        let mut text = Zeroizing::new(format!("{HEADER}\n"));
        let retired = self.retired.iter().map(|key| ("retired", key));
        for (state, key) in retired.chain([("active", &self.active)]) {
            let encoded = Zeroizing::new(BASE64.encode(key.bytes.expose_secret()));
            for piece in [state, " ", &key.id.to_string(), " ", &encoded, "\n"] {
                text.push_str(piece);
            }
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        sync_parent(path)
    }
}

impl fmt::Debug for SecretFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretFile")
            .field("active", &self.active.id)
            .finish_non_exhaustive()
    }
}

impl FromStr for SecretFile {
    type Err = CryptoError;

    fn from_str(text: &str) -> Result<Self, CryptoError> {
        let malformed = |line, reason| CryptoError::SecretMalformed { line, reason };
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        if lines.next().is_none_or(|(_, header)| header != HEADER) {
            return Err(malformed(
                1,
                "it must read \"rollproof-secret 1\"; an empty or foreign file holds no keys",
            ));
        }
        let (mut active, mut retired) = (None, Vec::<RootKey>::new());
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let (state, key) = parse_line(line).map_err(|reason| malformed(number, reason))?;
            if retired.iter().chain(&active).any(|other| other.id == key.id) {
                return Err(malformed(number, "its key name stands there twice"));
            }
            match state {
                "retired" => retired.push(key),
                "active" if active.is_none() => active = Some(key),
                "active" => return Err(malformed(number, "only one key can be active")),
                _ => return Err(malformed(number, "it must begin with active or retired")),
            }
        }
        let active = active.ok_or(malformed(text.lines().count(), "no key is active"))?;
        Ok(Self { active, retired })
    }
}

fn parse_line(line: &str) -> Result<(&str, RootKey), &'static str> {
    let mut fields = line.split_ascii_whitespace();
    let (Some(state), Some(id), Some(key), None) = (fields.next(), fields.next(), fields.next(), fields.next()) else {
        return Err("it must read: active or retired, the key's name, the key");
    };
    let mut key_id = [0_u8; 4];
    hex::decode_to_slice(id, &mut key_id).map_err(|_| "the key's name must have 8 hexadecimal digits")?;
    let wrong_key = "the key must be 32 bytes in URL-safe base64 without padding";
    let decoded = Zeroizing::new(BASE64.decode(key).map_err(|_| wrong_key)?);
    let bytes: &[u8; 32] = decoded.as_slice().try_into().map_err(|_| wrong_key)?;
    Ok((
        state,
        RootKey {
            id: KeyId(key_id),
            bytes: SecretBox::new(Box::new(*bytes)),
        },
    ))
}

/// Makes the file's name durable.
fn sync_parent(path: &Path) -> std::io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

#[cfg(test)]
mod tests;
