//! The project's error: a small closed set of kinds, each with a stable code and a sentence for people.

use std::borrow::Cow;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What every command and query of this package can fail with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The thing asked for does not exist, or not for this reader.
    #[error("there is no {what} {id}")]
    NotFound {
        /// The noun, as in "batch".
        what: &'static str,
        /// The identifier that was asked for; never personal data.
        id: String,
    },
    /// The request contradicts the state of things.
    #[error("{message}")]
    Conflict {
        /// Stable code of the contradiction.
        code: &'static str,
        /// What is in the way and what to do.
        message: Cow<'static, str>,
    },
    /// An input is not usable.
    #[error("{message}")]
    Invalid {
        /// Stable code of the fault.
        code: &'static str,
        /// The field, column or option at fault.
        field: Cow<'static, str>,
        /// What is wrong and what to do.
        message: Cow<'static, str>,
    },
    /// Foreign input was refused; code and words come from the room that read it.
    #[error("{message}")]
    Refused {
        /// Stable code of the fault.
        code: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// Something is larger than what is allowed, or there is too much of it.
    #[error("{message}")]
    TooMuch {
        /// Stable code of the limit.
        code: &'static str,
        /// The limit and what to do.
        message: String,
    },
    /// The thing was there and has ended.
    #[error("{message}")]
    Gone {
        /// Stable code of the end.
        code: &'static str,
        /// How it ended and what to do.
        message: String,
    },
    /// The actor may not do this.
    #[error("this needs the right to {right}")]
    Forbidden {
        /// The missing right in words.
        right: &'static str,
    },
    /// The job's lease went to another worker: nothing was written.
    #[error("job {job_id} is no longer leased to this worker")]
    LeaseLost {
        /// The job.
        job_id: i64,
    },
    /// A part outside (database, object store) does not answer at the moment.
    #[error("the {part} does not answer at the moment")]
    Unavailable {
        /// The part's name.
        part: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A fault of ours. The source is for the log, never for people.
    #[error("an internal fault occurred")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Shorthand for this package's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The stable code that appears in JSON, on pages, in job rows and on the command line.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::NotFound { .. } => "not-found",
            Self::Conflict { code, .. }
            | Self::Invalid { code, .. }
            | Self::TooMuch { code, .. }
            | Self::Gone { code, .. } => code,
            Self::Forbidden { .. } => "forbidden",
            Self::LeaseLost { .. } => "lease-lost",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// The field at fault, where there is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Internal(_))
    }

    /// A missing thing.
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound {
            what,
            id: id.to_string(),
        }
    }

    /// A contradiction with the state of things.
    pub fn conflict(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Conflict {
            code,
            message: message.into(),
        }
    }

    /// An unusable input.
    pub fn invalid(
        code: &'static str,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Invalid {
            code,
            field: field.into(),
            message: message.into(),
        }
    }

    /// A fault of ours.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// What this machine's own disk says: one that is full is a part of the house that is away.
    pub fn disk(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Unavailable {
                part: "server's disk",
                source: Box::new(error),
            },
            _ => Self::internal(error),
        }
    }

    /// The error and its sources in one line, for the log.
    pub fn with_sources(&self) -> String {
        let mut line = format!("{}: {self}", self.code());
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            line.push_str(": ");
            line.push_str(&cause.to_string());
            source = cause.source();
        }
        line
    }
}

/// Parts of a database's messages about states that pass: a lock, a deadlock, a full disk, an end that an administrator asked for.
const PASSING_MESSAGES: &[&str] = &[
    "locked",
    "deadlock detected",
    "disk is full",
    "No space left on device",
    "terminating connection",
    "the database system is",
];

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::conflict(
                "already-exists",
                "the same thing exists already; look it up instead of adding it again",
            ),
            DieselError::DatabaseError(
                DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | DieselError::BrokenTransactionManager => Self::Unavailable {
                part: "database",
                source: Box::new(error),
            },
            // What diesel has no kind for. Where PostgreSQL speaks another language the fault is taken for one of ours, and tried again too.
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, ref detail)
                if PASSING_MESSAGES.iter().any(|part| detail.message().contains(part)) =>
            {
                Self::Unavailable {
                    part: "database",
                    source: Box::new(error),
                }
            }
            other => Self::internal(other),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

impl From<crate::crypto::CryptoError> for Error {
    fn from(error: crate::crypto::CryptoError) -> Self {
        Self::internal(error)
    }
}

impl From<crate::storage::StorageError> for Error {
    fn from(error: crate::storage::StorageError) -> Self {
        if error.is_transient() {
            return Self::Unavailable {
                part: "object store",
                source: Box::new(error),
            };
        }
        Self::internal(error)
    }
}
