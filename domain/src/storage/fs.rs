//! Objects as files below one folder.
//!
//! Every object is written under a temporary name first and renamed into place only when its bytes are on disk: a reader or a
//! crash sees it whole or not at all. Files are 0600 and folders 0700, since staged archives hold ID numbers.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::Bytes;

use super::error::StorageError;
use super::key::{ObjectKey, ObjectKind};
use super::local_file::{create_private, remove_if_present};
use super::{ObjectHead, ObjectPage, READ_PART};
use crate::clock::TimestampMs;

mod list;
mod pending;

use pending::{PendingFile, sync_file_system, sync_folder, write_chunk};

/// Folder below the root for files being written; on the same file system, or a rename could not publish them.
const PENDING_FOLDER: &str = ".pending";

/// A folder of objects.
#[derive(Clone, Debug)]
pub(super) struct FolderStore {
    root: Arc<Path>,
}

impl FolderStore {
    pub(super) fn open(root: &Path) -> Result<Self, StorageError> {
        let made = || {
            // Made absolute once: the paths handed to decoders must survive a change of the working directory.
            let root = std::path::absolute(root)?;
            create_folders(&root.join(PENDING_FOLDER))?;
            sync_file_system(&File::open(&root)?)?;
            Ok(Self { root: root.into() })
        };
        made().map_err(|error| StorageError::from_io("make its folder", error))
    }

    pub(super) fn path_of(&self, key: &ObjectKey) -> PathBuf {
        self.root.join(key.path())
    }

    fn pending_folder(&self) -> PathBuf {
        self.root.join(PENDING_FOLDER)
    }

    pub(super) async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), StorageError> {
        let (folder, key) = (self.clone(), key.clone());
        run_blocking("write an object", move || {
            PendingFile::write(&folder.pending_folder(), &bytes)?.sync_and_publish(&folder, &key)
        })
        .await
    }

    pub(super) async fn put_many(&self, objects: Vec<(ObjectKey, Bytes)>) -> Result<(), StorageError> {
        let folder = self.clone();
        run_blocking("write a chunk of objects", move || write_chunk(&folder, &objects)).await
    }

    pub(super) async fn put_file(&self, key: &ObjectKey, path: &Path, limit_bytes: u64) -> Result<(), StorageError> {
        let (folder, stored_key, source) = (self.clone(), key.clone(), path.to_owned());
        let is_stored = run_blocking("store a file", move || {
            let mut source = File::open(source)?;
            if source.metadata()?.len() > limit_bytes {
                return Ok(false);
            }
            let mut file = PendingFile::create(&folder.pending_folder())?;
            // The file may grow meanwhile: what lies beyond the limit is never copied.
            if io::copy(&mut (&mut source).take(limit_bytes.saturating_add(1)), file.file())? > limit_bytes {
                return Ok(false);
            }
            file.sync_and_publish(&folder, &stored_key)?;
            Ok(true)
        });
        refuse_unless(is_stored.await?, key, limit_bytes)
    }

    pub(super) async fn link_file(&self, key: &ObjectKey, path: &Path, limit_bytes: u64) -> Result<(), StorageError> {
        let (folder, stored_key, source) = (self.clone(), key.clone(), path.to_owned());
        let is_linked = run_blocking("link a file", move || {
            if std::fs::metadata(&source)?.len() > limit_bytes {
                return Ok(false);
            }
            match PendingFile::link(&folder.pending_folder(), &source) {
                Ok(file) => file.sync_and_publish(&folder, &stored_key).map(|()| true),
                // Another file system, or one without links.
                Err(_) => Ok(false),
            }
        });
        if is_linked.await? {
            return Ok(());
        }
        self.put_file(key, path, limit_bytes).await
    }

    pub(super) async fn get(&self, key: &ObjectKey, limit_bytes: u64) -> Result<Bytes, StorageError> {
        let path = self.path_of(key);
        let bytes = run_blocking("read an object", move || {
            let Some(file) = open_if_present(&path)? else {
                return Ok(None);
            };
            let size_bytes = file.metadata()?.len();
            if size_bytes > limit_bytes {
                return Ok(Some(None));
            }
            let mut bytes = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or(0));
            file.take(limit_bytes).read_to_end(&mut bytes)?;
            Ok(Some(Some(Bytes::from(bytes))))
        });
        match bytes.await? {
            None => Err(StorageError::NotFound { key: key.clone() }),
            Some(None) => Err(StorageError::TooLarge {
                key: key.clone(),
                limit_bytes,
            }),
            Some(Some(bytes)) => Ok(bytes),
        }
    }

    pub(super) async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> Result<Bytes, StorageError> {
        let path = self.path_of(key);
        let bytes = run_blocking(READ_PART, move || {
            let Some(mut file) = open_if_present(&path)? else {
                return Ok(None);
            };
            file.seek(SeekFrom::Start(range.start))?;
            let mut bytes = Vec::new();
            file.take(range.end - range.start).read_to_end(&mut bytes)?;
            Ok(Some(Bytes::from(bytes)))
        });
        bytes.await?.ok_or_else(|| StorageError::NotFound { key: key.clone() })
    }

    pub(super) async fn get_to_file(
        &self,
        key: &ObjectKey,
        target: &Path,
        limit_bytes: u64,
    ) -> Result<(), StorageError> {
        let (path, target) = (self.path_of(key), target.to_owned());
        let is_small_enough = run_blocking("copy an object to a file", move || {
            let Some(mut source) = open_if_present(&path)? else {
                return Ok(None);
            };
            if source.metadata()?.len() > limit_bytes {
                return Ok(Some(false));
            }
            let copied = create_private(&target).and_then(|mut file| io::copy(&mut source, &mut file));
            if copied.is_err() {
                remove_if_present(&target)?;
            }
            copied.map(|_| Some(true))
        });
        match is_small_enough.await? {
            None => Err(StorageError::NotFound { key: key.clone() }),
            Some(is_small_enough) => refuse_unless(is_small_enough, key, limit_bytes),
        }
    }

    pub(super) async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectHead>, StorageError> {
        let path = self.path_of(key);
        run_blocking("look at an object", move || match fs::metadata(&path) {
            Ok(metadata) => Ok(Some(ObjectHead {
                size_bytes: metadata.len(),
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    pub(super) async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let path = self.path_of(key);
        // A photo that comes back after a power cut is swept again; a staged roll or an ID scan must not come back.
        let must_stay_gone = key.content_hash().is_none();
        run_blocking("remove an object", move || {
            remove_if_present(&path)?;
            match path.parent() {
                Some(folder) if must_stay_gone && folder.exists() => sync_folder(folder),
                _ => Ok(()),
            }
        })
        .await
    }

    pub(super) async fn list(&self, kind: ObjectKind, continuation: Option<&str>) -> Result<ObjectPage, StorageError> {
        let (root, after) = (Arc::clone(&self.root), continuation.map(str::to_owned));
        run_blocking("list objects", move || list::page(&root, kind, after.as_deref())).await
    }

    pub(super) async fn sweep_unfinished(&self, started_before_ms: TimestampMs) -> Result<u64, StorageError> {
        let folder = self.pending_folder();
        run_blocking("sweep unfinished files", move || {
            let mut removed_count = 0;
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                // A file that was published or removed meanwhile needs no sweeping.
                let Ok(metadata) = entry.metadata() else { continue };
                if modified_at_ms(&metadata) < started_before_ms {
                    remove_if_present(&entry.path())?;
                    removed_count += 1;
                }
            }
            Ok(removed_count)
        })
        .await
    }

    pub(super) async fn ready(&self) -> Result<(), StorageError> {
        let pending = self.pending_folder();
        // Writing a byte also notices a full or read-only file system; dropping the pending file removes it.
        run_blocking("write to its folder", move || {
            PendingFile::write(&pending, b"?").map(drop)
        })
        .await
    }
}

fn refuse_unless(is_small_enough: bool, key: &ObjectKey, limit_bytes: u64) -> Result<(), StorageError> {
    if is_small_enough {
        Ok(())
    } else {
        Err(StorageError::TooLarge {
            key: key.clone(),
            limit_bytes,
        })
    }
}

/// Runs file work off the async threads. Once begun it runs to its end even if the caller goes away, so an abandoned call
/// never leaves half of anything.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the folder's file work leaves the async threads"
)]
async fn run_blocking<T: Send + 'static>(
    action: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StorageError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(|error| StorageError::from_io(action, error)),
        Err(panic) => Err(StorageError::internal(action, panic)),
    }
}

fn create_folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn open_if_present(path: &Path) -> io::Result<Option<File>> {
    match OpenOptions::new().read(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// An instant the file system cannot tell counts as the newest, so that no sweep takes the file.
fn modified_at_ms(metadata: &fs::Metadata) -> TimestampMs {
    let since_epoch = metadata
        .modified()
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    since_epoch
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(TimestampMs::MAX)
}

#[cfg(test)]
mod tests;
