//! Objects: uploads, photos, exports and evidence, in a folder, on an S3-compatible server or (in tests) in memory.
//!
//! Here belongs what names objects and what moves their bytes. What an object means, who may see it and when it expires is
//! decided by the rooms that own it. Every backend promises the same, written down once in `contract`:
//! an object is visible whole or not at all, and durable before the call that wrote it returns.

use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;

mod address;
#[cfg(feature = "testing")]
pub mod contract;
mod error;
mod fs;
mod key;
mod local_file;
#[cfg(feature = "testing")]
mod memory;
pub mod moving;
mod s3;
pub mod staged;

use address::StorageAddress;
pub use error::StorageError;
pub use key::{ContentHash, KeyError, ObjectId, ObjectKey, ObjectKind};
use secrecy::SecretString;

use crate::clock::TimestampMs;

/// How much a store accepts, so that no call can fill the memory or run into a server's limit half-way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageLimits {
    /// Largest object that is read or written in memory, in bytes; larger ones go through files.
    pub max_in_memory_bytes: u64,
    /// Largest file that is stored, in bytes.
    pub max_file_bytes: u64,
}

impl Default for StorageLimits {
    /// 64 MiB in memory (a camera original is below 30 MB), 64 GiB a file (a school's archive is below 20 GB).
    fn default() -> Self {
        Self {
            max_in_memory_bytes: 64 << 20,
            max_file_bytes: 64 << 30,
        }
    }
}

/// The key pair for an S3-compatible server, from the usual `AWS_*` variables; its secret is never printed.
#[derive(Debug, Clone)]
pub struct StorageCredentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: SecretString,
    /// `AWS_SESSION_TOKEN`, for credentials that expire.
    pub session_token: Option<SecretString>,
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectHead {
    /// Size in bytes.
    pub size_bytes: u64,
}

/// One object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: ObjectKey,
    /// Size in bytes.
    pub size_bytes: u64,
    /// When it was last written. An instant the store tells unreadably is given as the newest possible one, so that a sweep
    /// by age spares the object.
    pub modified_at_ms: TimestampMs,
}

/// Some objects of one kind, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectPage {
    /// The objects, in the order of their paths.
    pub objects: Vec<ListedObject>,
    /// Entries under the prefix that are no objects of ours; they are left alone.
    pub foreign_count: u64,
    /// What to hand in for the next page; none after the last one. Opaque, and only good for the same store and kind.
    pub continuation: Option<String>,
}

/// The store of a running system; cloning it is cheap and shares connections.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
    limits: StorageLimits,
    /// Where objects are that were not moved here yet.
    former: Option<Box<Store>>,
}

#[derive(Clone, Debug)]
enum Backend {
    Folder(fs::FolderStore),
    S3(s3::S3Store),
    #[cfg(feature = "testing")]
    Memory(memory::MemoryStore),
}

/// Calls the same method on whichever backend is open.
macro_rules! on_backend {
    ($self:expr, $backend:ident => $call:expr) => {
        match &$self.backend {
            Backend::Folder($backend) => $call,
            Backend::S3($backend) => $call,
            #[cfg(feature = "testing")]
            Backend::Memory($backend) => $call,
        }
    };
}

/// The same for a read: what is not in the store may still be in the one that the house had before.
macro_rules! on_either_backend {
    ($self:expr, $backend:ident => $call:expr) => {
        match (on_backend!($self, $backend => $call), &$self.former) {
            (Err(StorageError::NotFound { .. }), Some(former)) => on_backend!(former, $backend => $call),
            (read, _) => read,
        }
    };
}

impl Store {
    /// Opens the store named by `url` (`file:PATH` or `s3://BUCKET?endpoint=…&region=…&path_style=true`), making the folder
    /// when it is missing. A bucket is not contacted before [`Store::ready`].
    pub fn open(
        url: &str,
        credentials: Option<&StorageCredentials>,
        limits: StorageLimits,
    ) -> Result<Self, StorageError> {
        let backend = match StorageAddress::parse(url)? {
            StorageAddress::Folder(root) => Backend::Folder(fs::FolderStore::open(&root)?),
            StorageAddress::S3(address) => Backend::S3(s3::S3Store::open(&address, credentials)?),
            #[cfg(feature = "testing")]
            StorageAddress::Memory => Backend::Memory(memory::MemoryStore::default()),
        };
        Ok(Self {
            backend,
            limits,
            former: None,
        })
    }

    /// Lets objects that are not in this store be read from the one that the house had before. They are written here alone, and removed
    /// from both.
    pub fn moving_from(self, former: Self) -> Self {
        Self {
            former: Some(Box::new(former)),
            ..self
        }
    }

    /// The store that the house had before, while it moves.
    pub fn former(&self) -> Option<&Self> {
        self.former.as_deref()
    }

    /// Writes one object, replacing an earlier one; whole and durable when it returns.
    pub async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), StorageError> {
        self.check_in_memory_size(key, &bytes)?;
        on_backend!(self, backend => backend.put(key, bytes).await)
    }

    /// Writes a chunk of small objects and returns when all of them are durable, so that one commit may follow.
    ///
    /// Content-addressed objects that are there already are not written again. When it fails, none or some of the objects
    /// are in the store, each of them whole: the chunk is simply put again.
    pub async fn put_many(&self, objects: Vec<(ObjectKey, Bytes)>) -> Result<(), StorageError> {
        for (key, bytes) in &objects {
            self.check_in_memory_size(key, bytes)?;
        }
        if objects.is_empty() {
            return Ok(());
        }
        on_backend!(self, backend => backend.put_many(objects).await)
    }

    /// Stores a finished local file without holding it in memory; the file stays where it is. It must not change meanwhile.
    pub async fn put_file(&self, key: &ObjectKey, path: &Path) -> Result<(), StorageError> {
        on_backend!(self, backend => backend.put_file(key, path, self.limits.max_file_bytes).await)
    }

    /// Stores a finished local file as [`Store::put_file`] does, without copying it where the store is a folder on the same file system:
    /// both names then stand for the same bytes, and nothing may write to them any more.
    pub async fn link_file(&self, key: &ObjectKey, path: &Path) -> Result<(), StorageError> {
        match &self.backend {
            Backend::Folder(folder) => folder.link_file(key, path, self.limits.max_file_bytes).await,
            _ => self.put_file(key, path).await,
        }
    }

    /// Reads an object into memory, up to [`StorageLimits::max_in_memory_bytes`].
    pub async fn get(&self, key: &ObjectKey) -> Result<Bytes, StorageError> {
        let most_bytes = self.limits.max_in_memory_bytes;
        on_either_backend!(self, backend => backend.get(key, most_bytes).await)
    }

    /// Reads a part of an object into memory, at most [`StorageLimits::max_in_memory_bytes`] of it. An object that ends before the part does
    /// is a fault.
    pub async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> Result<Bytes, StorageError> {
        let limit_bytes = self.limits.max_in_memory_bytes;
        let length = range.end.saturating_sub(range.start);
        if length > limit_bytes {
            return Err(StorageError::TooLarge {
                key: key.clone(),
                limit_bytes,
            });
        }
        if length == 0 {
            return Ok(Bytes::new());
        }
        let read = on_either_backend!(self, backend => backend.get_range(key, range.clone()).await)?;
        if u64::try_from(read.len()) != Ok(length) {
            return Err(StorageError::internal(READ_PART, "it ends before its part does"));
        }
        Ok(read)
    }

    /// Writes an object to a local file (0600, replaced when it exists) without holding it in memory. A failure
    /// leaves nothing of the object at `path`.
    pub async fn get_to_file(&self, key: &ObjectKey, path: &Path) -> Result<(), StorageError> {
        let most_bytes = self.limits.max_file_bytes;
        on_either_backend!(self, backend => backend.get_to_file(key, path, most_bytes).await)
    }

    /// Where the object lies on this machine, for reading in place; none when the store is no folder. Nothing may write
    /// there, and the object need not exist.
    pub fn open_local(&self, key: &ObjectKey) -> Option<PathBuf> {
        match (&self.backend, &self.former) {
            (Backend::Folder(folder), None) => Some(folder.path_of(key)),
            // Half the objects are elsewhere: all are fetched until the move has ended.
            _ => None,
        }
    }

    /// What is known of an object; none when it is not in the store.
    pub async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectHead>, StorageError> {
        let head = on_backend!(self, backend => backend.head(key).await)?;
        match (head, &self.former) {
            (None, Some(former)) => on_backend!(former, backend => backend.head(key).await),
            (head, _) => Ok(head),
        }
    }

    /// Removes an object; a missing one is fine.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        if let Some(former) = &self.former {
            on_backend!(former, backend => backend.delete(key).await)?;
        }
        on_backend!(self, backend => backend.delete(key).await)
    }

    /// Lists up to 1,000 objects of a kind in the order of their paths, going on from an earlier page.
    pub async fn list(&self, kind: ObjectKind, continuation: Option<&str>) -> Result<ObjectPage, StorageError> {
        on_backend!(self, backend => backend.list(kind, continuation).await)
    }

    /// Removes what interrupted writes begun before `started_before_ms` left behind (temporary files, multipart uploads) and
    /// says how many there were. Running writes are younger than a day; call it daily with that.
    pub async fn sweep_unfinished(&self, started_before_ms: TimestampMs) -> Result<u64, StorageError> {
        on_backend!(self, backend => backend.sweep_unfinished(started_before_ms).await)
    }

    /// Whether the store can be used right now; for the readiness probe.
    pub async fn ready(&self) -> Result<(), StorageError> {
        on_backend!(self, backend => backend.ready().await)
    }

    fn check_in_memory_size(&self, key: &ObjectKey, bytes: &Bytes) -> Result<(), StorageError> {
        let limit_bytes = self.limits.max_in_memory_bytes;
        if u64::try_from(bytes.len()).map_or(true, |size_bytes| size_bytes > limit_bytes) {
            return Err(StorageError::TooLarge {
                key: key.clone(),
                limit_bytes,
            });
        }
        Ok(())
    }
}

const LIST_PAGE_SIZE: usize = 1000;
const READ_PART: &str = "read a part of an object";

#[cfg(test)]
mod tests;
