//! Files on their way into the store: temporary name, bytes on disk, then one rename.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;

use bytes::Bytes;

use super::{FolderStore, create_folders};
use crate::storage::key::ObjectKey;

/// Threads that write one chunk. Writing goes to the page cache, so a few threads suffice; more only contend for the
/// journal.
const WRITE_LANES: usize = 4;

/// Below this many objects a thread costs more than it saves.
const MIN_OBJECTS_PER_LANE: usize = 16;

/// A file being written; removed again unless it is published.
pub(super) struct PendingFile {
    file: File,
    path: PathBuf,
    is_published: bool,
}

impl PendingFile {
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let path = folder.join(crate::id::random_name());
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Self {
            file,
            path,
            is_published: false,
        })
    }

    pub(super) fn write(folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut pending = Self::create(folder)?;
        pending.file.write_all(bytes)?;
        Ok(pending)
    }

    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Makes a single object durable: its bytes, then its name.
    pub(super) fn sync_and_publish(self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        let made_from = self.publish(target)?;
        // The new name, and each folder that had to be made for it, live in the folder above.
        for folder in target.ancestors().skip(1) {
            sync_folder(folder)?;
            if made_from.as_deref().is_none_or(|existing| folder == existing) {
                break;
            }
        }
        Ok(())
    }

    /// Gives the file its name, making its folder when it is the first one there; returns the folder that existed already
    /// when others had to be made below it.
    fn publish(mut self, target: &Path) -> io::Result<Option<PathBuf>> {
        let mut existing = None;
        match fs::rename(&self.path, target) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let folder = target.parent().ok_or(error)?;
                existing = folder.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned);
                create_folders(folder)?;
                fs::rename(&self.path, target)?;
            }
            renamed => renamed?,
        }
        self.is_published = true;
        Ok(existing)
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        if !self.is_published {
            // Nothing to be done about a failure here: the daily sweep takes what stays behind.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Writes many small objects, then makes all of them durable together.
///
/// One fsync per file was measured at 350 files a second. Here the whole file system is synced instead, twice a chunk: after
/// the bytes and before the names, so that no name ever points to bytes a power cut could still take (they would pass for
/// the object, having its size), and after the names, so that they are durable too when the caller commits its rows.
pub(super) fn write_chunk(folder: &FolderStore, objects: &[(ObjectKey, Bytes)]) -> io::Result<()> {
    let lane_length = objects.len().div_ceil(WRITE_LANES).max(MIN_OBJECTS_PER_LANE);
    let lanes: Vec<io::Result<Vec<_>>> = thread::scope(|scope| {
        let running: Vec<_> = objects
            .chunks(lane_length)
            .map(|lane| scope.spawn(move || lane.iter().filter_map(|object| write_missing(folder, object)).collect()))
            .collect();
        running
            .into_iter()
            .map(|lane| {
                lane.join()
                    .unwrap_or_else(|_| Err(io::Error::other("a writer panicked")))
            })
            .collect()
    });
    let written = lanes.into_iter().collect::<io::Result<Vec<_>>>()?;

    // Synced even when nothing was missing: another worker may have named the same photos a moment ago and not synced yet.
    sync_file_system(&folder.root)?;
    for (pending, target) in written.into_iter().flatten() {
        pending.publish(&target)?;
    }
    sync_file_system(&folder.root)
}

/// Writes an object under a temporary name; none when a content-addressed object of that size is there already.
fn write_missing(
    folder: &FolderStore,
    (key, bytes): &(ObjectKey, Bytes),
) -> Option<io::Result<(PendingFile, PathBuf)>> {
    let target = folder.path_of(key);
    let is_present = key.content_hash().is_some()
        && fs::metadata(&target).is_ok_and(|found| u64::try_from(bytes.len()) == Ok(found.len()));
    if is_present {
        return None;
    }
    Some(PendingFile::write(&folder.pending_folder(), bytes).map(|pending| (pending, target)))
}

/// Makes a folder's entries durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes everything written to the store's file system durable; since Linux 5.8 it also reports bytes that could not be
/// written.
fn sync_file_system(root: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(root)?)?)
}

/// Makes or empties a file only its owner can read.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}
