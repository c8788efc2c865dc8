//! What an upload is.

use std::fmt;
use std::str::FromStr;

use diesel::prelude::*;

use crate::clock::TimestampMs;
use crate::db::schema::uploads;
use crate::error::{Error, Result};
use crate::id::{AgencyId, BatchId};

/// Names an upload in addresses: 128 random bits in hexadecimal, and nothing else, since it names a file as well.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UploadId(String);

impl UploadId {
    /// A fresh one that nobody can guess.
    pub fn random() -> Self {
        Self(crate::id::random_name())
    }

    /// As it stands in addresses and file names.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UploadId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::not_found("upload", ""))
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A delivery about to be sent.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// The file's name on the sender's machine; it may hold a person's number.
    pub file_name: String,
    /// Its size in bytes.
    pub size_bytes: i64,
    /// SHA-256 of it in hexadecimal, where the sender knows it.
    pub sha256: Option<String>,
}

/// An upload as a row.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = uploads)]
pub struct Upload {
    /// Its name; see [`Upload::id`].
    pub upload_id: String,
    /// Whose it is.
    pub agency_id: AgencyId,
    /// The file's name, sealed.
    pub file_name_sealed: Vec<u8>,
    /// The size of the whole, in bytes.
    pub size_bytes: i64,
    /// SHA-256 of the whole, as the sender says.
    pub sha256: Option<String>,
    /// When it was begun, UTC ms.
    pub created_at_ms: TimestampMs,
    /// When it is given up, UTC ms; moves on with every piece that arrives.
    pub expires_at_ms: TimestampMs,
    /// What it became.
    pub batch_id: Option<BatchId>,
}

impl Upload {
    /// Its name as a type.
    pub fn id(&self) -> Result<UploadId> {
        self.upload_id.parse()
    }
}
