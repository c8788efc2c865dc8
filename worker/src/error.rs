//! How a job goes wrong, and whether trying again may help.

use domain::error::Error;
use domain::queue::FailureKind;

/// Why an attempt did not finish.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Another attempt may succeed.
    #[error("{message}")]
    Retry {
        /// Stable code of the cause.
        code: String,
        /// One line without personal data.
        message: String,
        /// For the log.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A part of the house is away: another attempt will do once it is back, and this one does not count.
    #[error(transparent)]
    Outage(Error),
    /// The same input will fail again.
    #[error("{message}")]
    Permanent {
        /// Stable code of the cause.
        code: String,
        /// One line without personal data.
        message: String,
    },
    /// Another attempt holds the lease: this one's results were undone.
    #[error("the lease was lost")]
    LeaseLost,
}

impl JobError {
    /// A failure that may pass.
    pub fn retry(code: &str, message: impl Into<String>) -> Self {
        Self::Retry {
            code: code.to_owned(),
            message: message.into(),
            source: None,
        }
    }

    /// A failure that stays.
    pub fn permanent(code: &str, message: impl Into<String>) -> Self {
        Self::Permanent {
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Retry { code, .. } | Self::Permanent { code, .. } => code,
            Self::Outage(error) => error.code(),
            Self::LeaseLost => "lease-lost",
        }
    }

    /// What another attempt may do about it.
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Retry { .. } => FailureKind::Passing,
            Self::Outage(_) => FailureKind::Outage,
            Self::Permanent { .. } | Self::LeaseLost => FailureKind::Lasting,
        }
    }

    /// The error and its sources in one line, for the log.
    pub fn with_sources(&self) -> String {
        let mut line = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            line.push_str(": ");
            line.push_str(&cause.to_string());
            source = cause.source();
        }
        line
    }
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::LeaseLost { .. } => Self::LeaseLost,
            error @ Error::Unavailable { .. } => Self::Outage(error),
            error if error.is_transient() => Self::Retry {
                code: error.code().to_owned(),
                message: error.to_string(),
                source: Some(Box::new(error)),
            },
            error => Self::Permanent {
                code: error.code().to_owned(),
                message: error.to_string(),
            },
        }
    }
}

impl From<serde_json::Error> for JobError {
    fn from(_: serde_json::Error) -> Self {
        // The parser's own words may repeat the payload.
        Self::permanent(
            "bad-payload",
            "the job's payload is not what this version of the program writes",
        )
    }
}
