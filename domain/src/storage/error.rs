//! What a store can fail with, told alike by every backend.

use std::io;

use super::key::ObjectKey;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a store could not do what was asked. Texts name object keys (identifiers and hashes), never file names.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The object is not in the store.
    #[error("object {key} is not in the store; it was never written or has expired")]
    NotFound {
        /// The object that was asked for.
        key: ObjectKey,
    },
    /// The object is larger than the caller's or the store's limit.
    #[error("object {key} is larger than the limit of {limit_bytes} bytes; raise the limit or deliver a smaller file")]
    TooLarge {
        /// The object at fault.
        key: ObjectKey,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The store does not answer or has no room; the same call may succeed later.
    #[error("the object store cannot {action} at the moment; check that it runs, is reachable and has room")]
    Unavailable {
        /// What was being done, as in "write an object".
        action: &'static str,
        /// What the store said, for the log.
        #[source]
        source: Source,
    },
    /// The store refuses these credentials or this user.
    #[error("the object store does not permit to {action}; check its credentials, its policy or the folder's owner")]
    Denied {
        /// What was being done.
        action: &'static str,
        /// What the store said, for the log.
        #[source]
        source: Source,
    },
    /// The storage address cannot be used.
    #[error("the storage address is not usable: {reason}")]
    InvalidUrl {
        /// What is wrong with it and how it should look.
        reason: &'static str,
    },
    /// A fault of ours or an answer nobody expected.
    #[error("the object store could not {action} because of an internal fault")]
    Internal {
        /// What was being done.
        action: &'static str,
        /// The fault, for the log.
        #[source]
        source: Source,
    },
}

impl StorageError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "object-not-found",
            Self::TooLarge { .. } => "object-too-large",
            Self::Unavailable { .. } => "storage-unavailable",
            Self::Denied { .. } => "storage-denied",
            Self::InvalidUrl { .. } => "storage-url-invalid",
            Self::Internal { .. } => "storage-internal",
        }
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    pub(super) fn unavailable(action: &'static str, source: impl Into<Source>) -> Self {
        Self::Unavailable {
            action,
            source: source.into(),
        }
    }

    pub(super) fn internal(action: &'static str, source: impl Into<Source>) -> Self {
        Self::Internal {
            action,
            source: source.into(),
        }
    }

    /// Sorts an error of the file system; `NotFound` is the caller's to recognise, since only it knows the key.
    pub(super) fn from_io(action: &'static str, source: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match source.kind() {
            Kind::PermissionDenied => Self::Denied {
                action,
                source: source.into(),
            },
            Kind::StorageFull
            | Kind::QuotaExceeded
            | Kind::ReadOnlyFilesystem
            | Kind::StaleNetworkFileHandle
            | Kind::ResourceBusy
            | Kind::TimedOut => Self::unavailable(action, source),
            _ => Self::internal(action, source),
        }
    }
}
