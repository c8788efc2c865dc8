//! Objects in memory, for tests that need a store but no disk.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::{Bound, Range};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::error::StorageError;
use super::key::{ObjectKey, ObjectKind};
use super::local_file::create_private;
use super::{LIST_PAGE_SIZE, ListedObject, ObjectHead, ObjectPage};
use crate::clock::{Clock, TimestampMs};

#[derive(Debug)]
struct StoredObject {
    bytes: Bytes,
    modified_at_ms: TimestampMs,
}

/// A store that ends with the test.
#[derive(Clone, Debug, Default)]
pub(super) struct MemoryStore {
    objects: Arc<Mutex<BTreeMap<String, StoredObject>>>,
}

impl MemoryStore {
    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, StoredObject>> {
        // Every change is one insertion or removal, so a panic elsewhere cannot have left the map half changed.
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), StorageError> {
        let object = StoredObject {
            bytes,
            modified_at_ms: Clock::System.now_ms(),
        };
        self.objects().insert(key.path(), object);
        Ok(())
    }

    pub(super) async fn put_many(&self, objects: Vec<(ObjectKey, Bytes)>) -> Result<(), StorageError> {
        for (key, bytes) in objects {
            self.put(&key, bytes).await?;
        }
        Ok(())
    }

    pub(super) async fn put_file(&self, key: &ObjectKey, path: &Path, limit_bytes: u64) -> Result<(), StorageError> {
        let action = "store a file";
        let bytes = tokio::fs::read(path)
            .await
            .map_err(|error| StorageError::from_io(action, error))?;
        if u64::try_from(bytes.len()).map_or(true, |size_bytes| size_bytes > limit_bytes) {
            return Err(StorageError::TooLarge {
                key: key.clone(),
                limit_bytes,
            });
        }
        self.put(key, bytes.into()).await
    }

    pub(super) async fn get(&self, key: &ObjectKey, limit_bytes: u64) -> Result<Bytes, StorageError> {
        let bytes = self.objects().get(&key.path()).map(|object| object.bytes.clone());
        let bytes = bytes.ok_or_else(|| StorageError::NotFound { key: key.clone() })?;
        if u64::try_from(bytes.len()).map_or(true, |size_bytes| size_bytes > limit_bytes) {
            return Err(StorageError::TooLarge {
                key: key.clone(),
                limit_bytes,
            });
        }
        Ok(bytes)
    }

    pub(super) async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> Result<Bytes, StorageError> {
        let bytes = self.get(key, u64::MAX).await?;
        let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes.slice(at(range.start)..at(range.end)))
    }

    pub(super) async fn get_to_file(
        &self,
        key: &ObjectKey,
        target: &Path,
        limit_bytes: u64,
    ) -> Result<(), StorageError> {
        let bytes = self.get(key, limit_bytes).await?;
        let written = create_private(target).and_then(|mut file| file.write_all(&bytes));
        written.map_err(|error| StorageError::from_io("copy an object to a file", error))
    }

    pub(super) async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectHead>, StorageError> {
        let size_bytes = self.objects().get(&key.path()).map(|object| object.bytes.len());
        size_bytes
            .map(|size| u64::try_from(size).map(|size_bytes| ObjectHead { size_bytes }))
            .transpose()
            .map_err(|error| StorageError::internal("look at an object", error))
    }

    pub(super) async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        self.objects().remove(&key.path());
        Ok(())
    }

    pub(super) async fn list(&self, kind: ObjectKind, continuation: Option<&str>) -> Result<ObjectPage, StorageError> {
        let objects = self.objects();
        let after = Bound::Excluded(continuation.unwrap_or(kind.prefix()));
        let mut page = ObjectPage::default();
        for (path, object) in objects.range::<str, _>((after, Bound::Unbounded)) {
            if !path.starts_with(kind.prefix()) {
                break;
            }
            if page.objects.len() == LIST_PAGE_SIZE {
                page.continuation = page.objects.last().map(|last: &ListedObject| last.key.path());
                break;
            }
            let key = path
                .parse()
                .map_err(|error| StorageError::internal("list objects", error))?;
            let size_bytes = object.bytes.len() as u64;
            page.objects.push(ListedObject {
                key,
                size_bytes,
                modified_at_ms: object.modified_at_ms,
            });
        }
        Ok(page)
    }

    pub(super) async fn sweep_unfinished(&self, _started_before_ms: TimestampMs) -> Result<u64, StorageError> {
        Ok(0)
    }

    pub(super) async fn ready(&self) -> Result<(), StorageError> {
        Ok(())
    }
}
