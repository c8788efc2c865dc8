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

/// A file being written.
pub(super) struct PendingFile {
    file: File,
    name: PendingName,
}

/// The temporary name of a file; the file is removed again unless it is published.
struct PendingName {
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
            name: PendingName {
                path,
                is_published: false,
            },
        })
    }

    pub(super) fn write(folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut pending = Self::create(folder)?;
        pending.file.write_all(bytes)?;
        Ok(pending)
    }

    /// Another name for a finished file of this file system.
    pub(super) fn link(folder: &Path, source: &Path) -> io::Result<Self> {
        let path = folder.join(crate::id::random_name());
        fs::hard_link(source, &path)?;
        let name = PendingName {
            path,
            is_published: false,
        };
        Ok(Self {
            file: File::open(source)?,
            name,
        })
    }

    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Makes a single object durable: its bytes, then its name, then the folders on the way to it. All of them are synced
    /// each time: whoever made one may not have come to syncing it yet, and one that did not change costs nothing.
    pub(super) fn sync_and_publish(self, store: &FolderStore, key: &ObjectKey) -> io::Result<()> {
        self.file.sync_all()?;
        let target = store.path_of(key);
        self.name.publish(&target)?;
        let is_in_store = |folder: &&Path| folder.starts_with(&store.root);
        target
            .ancestors()
            .skip(1)
            .take_while(is_in_store)
            .try_for_each(sync_folder)
    }
}

impl PendingName {
    /// Gives the file its name, making its folder when it is the first one there.
    fn publish(mut self, target: &Path) -> io::Result<()> {
        match fs::rename(&self.path, target) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create_folders(target.parent().ok_or(error)?)?;
                fs::rename(&self.path, target)?;
            }
            renamed => renamed?,
        }
        self.is_published = true;
        Ok(())
    }
}

impl Drop for PendingName {
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
    // Opened before anything is written: a sync reports only write errors since its handle was opened.
    let file_system = File::open(&folder.root)?;
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
    sync_file_system(&file_system)?;
    for (pending, target) in written.into_iter().flatten() {
        pending.publish(&target)?;
    }
    sync_file_system(&file_system)
}

/// Writes an object under a temporary name and closes it, since a chunk has more objects than a process may have open files;
/// none when a content-addressed object of that size is there already.
fn write_missing(
    folder: &FolderStore,
    (key, bytes): &(ObjectKey, Bytes),
) -> Option<io::Result<(PendingName, PathBuf)>> {
    let target = folder.path_of(key);
    let is_present = key.content_hash().is_some()
        && fs::metadata(&target).is_ok_and(|found| u64::try_from(bytes.len()) == Ok(found.len()));
    if is_present {
        return None;
    }
    Some(PendingFile::write(&folder.pending_folder(), bytes).map(|pending| (pending.name, target)))
}

/// Makes a folder's entries durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes everything written to the file system durable on which this file lies; since Linux 5.8 it also reports bytes that could not be
/// written.
pub(super) fn sync_file_system(any_file: &File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(any_file)?)
}
