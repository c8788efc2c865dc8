//! An agency's delivery as it arrives: a ZIP that nobody vouches for.
//!
//! Here belongs everything between the file on disk and the bytes of one entry: listing, names, limits, unpacking, and
//! packing a delivered folder into the same form. What a photo or a manifest *is* belongs elsewhere. Nothing is ever
//! unpacked to disk and nothing is unpacked twice: [`Archive::open`] reads the directory and every entry's header, a
//! chunk worker reads its entries by their [`StoredEntry`] through [`ArchiveFile`].
//!
//! One typed [`ArchiveError`] refuses a delivery whole (damaged, forged, a bomb, a path that leaves the archive); a
//! [`Refusal`] costs only its own entry.

mod clash;
mod directory;
mod end_record;
mod entry;
mod error;
mod folder;
mod kind;
mod limits;
mod local;
mod name;
mod read;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::Path;

pub use entry::{DosTime, Entry, EntryKind, Method, NameClash, Refusal, StoredEntry};
pub use error::{ArchiveError, EntryError};
pub use folder::{FolderError, PackedFolder, pack_folder};
pub use limits::ArchiveLimits;
pub use read::ArchiveFile;

/// A delivery whose directory was listed and found honest.
#[derive(Debug)]
pub struct Archive {
    file: ArchiveFile,
    entries: Vec<Entry>,
}

impl Archive {
    /// Lists and checks the archive at `path`; nothing is unpacked.
    pub fn open(path: &Path, limits: &ArchiveLimits) -> Result<Self, ArchiveError> {
        let file = ArchiveFile::open(path)?;
        let entries = directory::list(file.file(), limits)?;
        Ok(Self { file, entries })
    }

    /// Every entry in the order of the directory, folders and junk included.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Gives the entries away, for a caller that stores them.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Says in one error why a delivery without a single readable photo or table is of no use.
    pub fn require_readable(&self) -> Result<(), ArchiveError> {
        let is_readable = |entry: &Entry| matches!(entry.kind, EntryKind::Photo | EntryKind::ManifestCandidate);
        if self.entries.iter().any(is_readable) {
            return Ok(());
        }
        let refusals = self.entries.iter().filter_map(|entry| match entry.kind {
            EntryKind::Refused(refusal) => Some(refusal),
            _ => None,
        });
        let entries = u32::try_from(refusals.clone().count()).unwrap_or(u32::MAX);
        match refusals.clone().next() {
            Some(reason) => Err(ArchiveError::NothingReadable { entries, reason }),
            None => Err(ArchiveError::NoPhotos),
        }
    }

    /// Unpacks an entry of at most `max_bytes` into memory, its checksum verified.
    pub fn read_entry(&self, entry: &Entry, max_bytes: u64) -> Result<Vec<u8>, EntryError> {
        self.file.read(stored(entry)?, max_bytes)
    }

    /// Unpacks an entry of at most `max_bytes` to `out`, for tables that are read as streams. What was written before
    /// an error is to be thrown away.
    pub fn copy_entry_to(&self, entry: &Entry, max_bytes: u64, out: &mut impl Write) -> Result<(), EntryError> {
        self.file.copy_to(stored(entry)?, max_bytes, out)
    }
}

fn stored(entry: &Entry) -> Result<&StoredEntry, EntryError> {
    entry.stored.as_ref().ok_or(match entry.kind {
        EntryKind::Refused(refusal) => EntryError::Refused(refusal),
        _ => EntryError::NotAFile,
    })
}
