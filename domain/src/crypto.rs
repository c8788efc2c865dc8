//! Keys and what is done with them: sealing values, blind indexes for looking sealed values up, the audit chain's codes and
//! signed short-lived addresses.
//!
//! Here belongs cryptography and the file that holds the keys. Which values are sealed is decided by the rooms that own them;
//! masking for display has nothing to do with keys and lives elsewhere.

mod data_key;
mod sealer;
mod secret_file;
mod signature;

pub use data_key::DataKey;
pub use sealer::{AuditCode, Purpose, Sealer};
pub use secret_file::{KeyId, SecretFile};

/// What can go wrong with keys and sealed values; texts never hold a key or a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// The secret file is not there.
    #[error(
        "there is no secret file; restore it from where it was kept, or start with an empty database to make a new one"
    )]
    SecretMissing,
    /// The secret file is there already and is never overwritten.
    #[error("there is a secret file already; it is never overwritten, since values sealed with it could not be opened")]
    SecretExists,
    /// Others than the owner can read the secret file.
    #[error(
        "the secret file is open to others (mode {mode:03o}); take their rights away with chmod 600 and consider it known"
    )]
    SecretExposed {
        /// The file's permission bits.
        mode: u32,
    },
    /// The secret file cannot be understood.
    #[error("line {line} of the secret file is not usable: {reason}")]
    SecretMalformed {
        /// Line counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The secret file cannot be read or written.
    #[error("the secret file cannot be read or written; check its folder, owner and free space")]
    SecretIo(#[source] std::io::Error),
    /// A sealed value was made by another version of this program.
    #[error("a sealed value is in a format this version does not know; use the version that wrote it, or a newer one")]
    UnknownFormat,
    /// A sealed value names a key that the secret file does not hold.
    #[error("a value is sealed with key {key_id}, which the secret file does not hold; restore the file that does")]
    UnknownKey {
        /// The missing key.
        key_id: KeyId,
    },
    /// A sealed value was changed, cut, or sealed for another purpose.
    #[error(
        "a sealed value does not open: it was changed, cut or sealed for another purpose; restore it from a backup"
    )]
    NotAuthentic,
    /// A value is too large to seal.
    #[error("a value of {size_bytes} bytes is too large to seal in one piece")]
    TooLarge {
        /// The value's size in bytes.
        size_bytes: usize,
    },
    /// A signed address was changed or never signed by us.
    #[error("the address is not signed by this system; open the page again to get a fresh one")]
    BadSignature,
    /// A signed address has expired.
    #[error("the address has expired; open the page again to get a fresh one")]
    Expired,
}

impl CryptoError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SecretMissing => "secret-missing",
            Self::SecretExists => "secret-exists",
            Self::SecretExposed { .. } => "secret-exposed",
            Self::SecretMalformed { .. } => "secret-malformed",
            Self::SecretIo(_) => "secret-unreadable",
            Self::UnknownFormat => "sealed-unknown-format",
            Self::UnknownKey { .. } => "sealed-unknown-key",
            Self::NotAuthentic => "sealed-not-authentic",
            Self::TooLarge { .. } => "sealed-too-large",
            Self::BadSignature => "signature-invalid",
            Self::Expired => "signature-expired",
        }
    }
}
