//! Where every object lies and how it is served: the only place that spells an object path, content type or cache header.
//!
//! A path holds identifiers and hashes only, never anything a person typed: S3 clients normalise `..` in keys, so a name
//! from outside could reach another bucket.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

const MAX_ID_LENGTH: usize = 64;

/// Says that a text is no object path, identifier or hash of ours; it never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not an object path.
    #[error("this is no object path of this store; leave the object alone or remove it by hand")]
    Path,
    /// Not an identifier.
    #[error("an object identifier has 1 to 64 characters of a-z, 0-9 and '-', the first one no '-'")]
    Id,
    /// Not a hash.
    #[error("a SHA-256 is written as 64 lower-case hexadecimal digits")]
    Hash,
}

impl KeyError {
    /// The stable code of the fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Path => "object-path-invalid",
            Self::Id => "object-id-invalid",
            Self::Hash => "object-hash-invalid",
        }
    }
}

/// Names an object that is not addressed by its content: 1 to 64 of `a-z`, `0-9`, `-`, so it can never climb out of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(String);

impl ObjectId {
    /// A fresh identifier that nobody can guess.
    pub fn random() -> Self {
        Self(crate::id::random_name())
    }

    /// The identifier as it stands in the path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identifier of a numbered part of what this one names; `None` where it would be too long.
    pub fn part(&self, number: usize) -> Option<Self> {
        format!("{self}-{number}").parse().ok()
    }
}

impl FromStr for ObjectId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > MAX_ID_LENGTH || text.starts_with('-') || !text.bytes().all(is_allowed) {
            return Err(KeyError::Id);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 of an object's own bytes, which is its address; written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// The address of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A hash that was computed while the bytes streamed past.
    pub const fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The 32 bytes of the hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for ContentHash {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut digest = [0_u8; 32];
        // Upper case is refused: one object must have one spelling, or sweeping would take it for an orphan.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) || hex::decode_to_slice(text, &mut digest).is_err() {
            return Err(KeyError::Hash);
        }
        Ok(Self(digest))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

/// The families of objects, for listing and sweeping one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// Uploaded archives and roll files.
    Staging,
    /// Photos as delivered.
    Original,
    /// Standardised photos.
    Standard,
    /// Thumbnails.
    Thumbnail,
    /// Files made for download.
    Export,
    /// Sealed uploads and pages that support a ticket.
    Evidence,
}

impl ObjectKind {
    /// Every family, for a sweep over the whole store.
    pub const ALL: [Self; 6] = [
        Self::Staging,
        Self::Original,
        Self::Standard,
        Self::Thumbnail,
        Self::Export,
        Self::Evidence,
    ];

    /// The path all objects of the family begin with, ending in a slash.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Staging => "staging/",
            Self::Original => "photos/original/",
            Self::Standard => "photos/standard/",
            Self::Thumbnail => "photos/thumbnail/",
            Self::Export => "exports/",
            Self::Evidence => "evidence/",
        }
    }
}

/// Names one object of the store and owns its path, content type and cache header.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectKey {
    /// An upload waiting to be read: an agency's archive or a roll file. Personal data, expires.
    Staging {
        /// Random name of the upload.
        id: ObjectId,
    },
    /// A photo's pixels as delivered, metadata stripped.
    Original {
        /// SHA-256 of the stored bytes.
        sha256: ContentHash,
    },
    /// A photo in the format of its profile.
    Standard {
        /// SHA-256 of the stored bytes.
        sha256: ContentHash,
    },
    /// A photo small enough for a grid.
    Thumbnail {
        /// SHA-256 of the stored bytes.
        sha256: ContentHash,
    },
    /// A list or archive made for one download.
    Export {
        /// Random name of the export.
        id: ObjectId,
    },
    /// A sealed upload that supports a ticket, or a sealed page of it.
    Evidence {
        /// Random name of the upload; of a page, with its number behind it.
        id: ObjectId,
    },
}

impl ObjectKey {
    /// The family the object belongs to.
    pub const fn kind(&self) -> ObjectKind {
        match self {
            Self::Staging { .. } => ObjectKind::Staging,
            Self::Original { .. } => ObjectKind::Original,
            Self::Standard { .. } => ObjectKind::Standard,
            Self::Thumbnail { .. } => ObjectKind::Thumbnail,
            Self::Export { .. } => ObjectKind::Export,
            Self::Evidence { .. } => ObjectKind::Evidence,
        }
    }

    /// The hash that addresses the object; none for objects that have a name instead.
    pub const fn content_hash(&self) -> Option<&ContentHash> {
        match self {
            Self::Original { sha256 } | Self::Standard { sha256 } | Self::Thumbnail { sha256 } => Some(sha256),
            Self::Staging { .. } | Self::Export { .. } | Self::Evidence { .. } => None,
        }
    }

    /// The object's path below the store's root, with `/` as separator.
    ///
    /// Photos fan out over 256 folders by the first byte of their hash: at a million photos a folder holds 4,000 files,
    /// while a second level would cost one new folder for nearly every photo.
    pub fn path(&self) -> String {
        let prefix = self.kind().prefix();
        match self {
            Self::Original { sha256 } | Self::Standard { sha256 } | Self::Thumbnail { sha256 } => {
                let mut path = format!("{prefix}{sha256}");
                path.insert(prefix.len() + 2, '/');
                path
            }
            Self::Staging { id } | Self::Export { id } | Self::Evidence { id } => format!("{prefix}{id}"),
        }
    }

    /// The content type the object is stored and served with. Originals may be anything an agency delivered, so they and
    /// all other files from outside are offered as plain bytes.
    pub const fn content_type(&self) -> &'static str {
        match self {
            Self::Standard { .. } | Self::Thumbnail { .. } => "image/jpeg",
            Self::Staging { .. } | Self::Original { .. } | Self::Export { .. } | Self::Evidence { .. } => {
                "application/octet-stream"
            }
        }
    }

    /// The `Cache-Control` the object is served with. A photo never changes under its address, but it shows a person:
    /// the reader's own browser may keep it for as long as a signed address lives, shared caches never.
    pub const fn cache_control(&self) -> &'static str {
        match self {
            Self::Standard { .. } | Self::Thumbnail { .. } => "private, max-age=600, immutable",
            Self::Staging { .. } | Self::Original { .. } | Self::Export { .. } | Self::Evidence { .. } => "no-store",
        }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl FromStr for ObjectKey {
    type Err = KeyError;

    /// Reads a path back, for sweeping and for keys kept in rows; exactly one path exists per key.
    fn from_str(path: &str) -> Result<Self, KeyError> {
        let (kind, rest) = ObjectKind::ALL
            .into_iter()
            .find_map(|kind| Some((kind, path.strip_prefix(kind.prefix())?)))
            .ok_or(KeyError::Path)?;
        let id = || rest.parse::<ObjectId>().map_err(|_| KeyError::Path);
        let hash = || {
            let (folder, name) = rest.split_once('/').ok_or(KeyError::Path)?;
            if folder.len() != 2 {
                return Err(KeyError::Path);
            }
            format!("{folder}{name}")
                .parse::<ContentHash>()
                .map_err(|_| KeyError::Path)
        };
        Ok(match kind {
            ObjectKind::Staging => Self::Staging { id: id()? },
            ObjectKind::Original => Self::Original { sha256: hash()? },
            ObjectKind::Standard => Self::Standard { sha256: hash()? },
            ObjectKind::Thumbnail => Self::Thumbnail { sha256: hash()? },
            ObjectKind::Export => Self::Export { id: id()? },
            ObjectKind::Evidence => Self::Evidence { id: id()? },
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_key() -> impl Strategy<Value = ObjectKey> {
        let id = "[a-z0-9][a-z0-9-]{0,63}".prop_map(|text| text.parse::<ObjectId>().expect("a valid identifier"));
        let hash = any::<[u8; 32]>().prop_map(ContentHash::from_digest);
        (0..6, id, hash).prop_map(|(kind, id, sha256)| match kind {
            0 => ObjectKey::Staging { id },
            1 => ObjectKey::Original { sha256 },
            2 => ObjectKey::Standard { sha256 },
            3 => ObjectKey::Thumbnail { sha256 },
            4 => ObjectKey::Export { id },
            _ => ObjectKey::Evidence { id },
        })
    }

    proptest! {
        #[test]
        fn every_path_reads_back_as_its_key(key in any_key()) {
            prop_assert_eq!(key.path().parse::<ObjectKey>(), Ok(key));
        }

        #[test]
        fn no_key_can_climb_out_of_the_store(path in "(staging/|photos/original/)?[./a-f0-9]{0,80}") {
            if let Ok(key) = path.parse::<ObjectKey>() {
                prop_assert_eq!(key.path(), path.clone());
                prop_assert!(path.split('/').all(|segment| !segment.is_empty() && segment != "." && segment != ".."));
            }
        }
    }

    #[test]
    fn photos_lie_in_256_folders_by_their_hash() {
        let key = ObjectKey::Standard {
            sha256: ContentHash::of(b""),
        };
        assert_eq!(
            key.path(),
            "photos/standard/e3/b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn refuses_identifiers_with_dots_slashes_capitals_or_no_characters() {
        for text in ["", ".", "..", "a/b", "A", "-a", "a b", "名", &"a".repeat(65)] {
            assert_eq!(text.parse::<ObjectId>(), Err(KeyError::Id), "{text}");
        }
    }

    #[test]
    fn refuses_a_hash_in_capitals_or_of_another_length() {
        let hash = ContentHash::of(b"x").to_string();
        for text in [hash.to_uppercase(), hash[1..].to_owned(), format!("{hash}0")] {
            assert_eq!(text.parse::<ContentHash>(), Err(KeyError::Hash));
        }
    }
}
