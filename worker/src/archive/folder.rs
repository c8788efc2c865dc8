//! Packs a delivered folder into a ZIP, so that everything after has one path and one checksum to know a delivery by.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::limits::ArchiveLimits;

/// Why a folder could not be packed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file or folder could not be read, or the archive not written.
    #[error("the folder could not be read or packed; check its permissions and the free disk space")]
    Io(#[from] io::Error),
    /// The archive could not be written.
    #[error("the folder could not be packed; check the free disk space")]
    Pack(#[from] rawzip::Error),
    /// The path is no folder.
    #[error("the path is not a folder")]
    NotAFolder,
    /// More files than allowed.
    #[error("the folder holds more than {limit} files; split the delivery")]
    TooManyFiles {
        /// The most that is allowed.
        limit: u32,
    },
    /// Folders nested deeper than allowed.
    #[error("the folder is nested more than {limit} levels deep; flatten it")]
    TooDeep {
        /// The most that is allowed.
        limit: usize,
    },
    /// More bytes than allowed.
    #[error("the files take more than {limit_bytes} bytes; split the delivery")]
    TooLarge {
        /// The most that is allowed.
        limit_bytes: u64,
    },
}

impl FolderError {
    /// The stable code for machines: it may be stored, counted and shown.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "folder-io",
            Self::Pack(_) => "folder-pack",
            Self::NotAFolder => "folder-not-a-folder",
            Self::TooManyFiles { .. } => "folder-too-many-files",
            Self::TooDeep { .. } => "folder-too-deep",
            Self::TooLarge { .. } => "folder-too-large",
        }
    }
}

/// What went into a packed folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedFolder {
    /// Entries written, links and special files included.
    pub entries: u32,
    /// Sum of the files' sizes.
    pub total_bytes: u64,
}

/// Writes a folder as a ZIP of stored entries in byte order of their paths, without times, so that the same files give
/// the same bytes. Links are not followed and devices not opened: each becomes an empty entry of its kind, which
/// [`super::Archive::open`] then refuses by name like any other.
pub fn pack_folder(folder: &Path, out: &mut impl Write, limits: &ArchiveLimits) -> Result<PackedFolder, FolderError> {
    if !fs::metadata(folder)?.is_dir() {
        return Err(FolderError::NotAFolder);
    }
    let paths = files_below(folder, limits)?;
    let mut zip = ZipArchiveWriter::new(out);
    let mut total_bytes = 0;
    for path in &paths {
        let name = path.strip_prefix(folder).unwrap_or(path).as_os_str().as_bytes();
        let metadata = fs::symlink_metadata(path)?;
        let mode = if metadata.is_file() {
            0o100_644
        } else {
            metadata.mode() & 0o170_000 | 0o644
        };
        let file = zip.new_file(EntryPath::verbatim(name));
        let (mut entry, config) = file
            .compression_method(CompressionMethod::STORE)
            .unix_permissions(mode)
            .start()?;
        let mut packed = config.wrap(&mut entry);
        if metadata.is_file() {
            let left_bytes = limits.total_bytes.saturating_sub(total_bytes);
            total_bytes += copy_file(path, &metadata, &mut packed, left_bytes)?.ok_or(FolderError::TooLarge {
                limit_bytes: limits.total_bytes,
            })?;
        }
        let (_, descriptor) = packed.finish()?;
        entry.finish(descriptor)?;
    }
    zip.finish()?;
    Ok(PackedFolder {
        entries: u32::try_from(paths.len()).unwrap_or(u32::MAX),
        total_bytes,
    })
}

/// Everything below a folder that is not a folder, sorted by path.
fn files_below(folder: &Path, limits: &ArchiveLimits) -> Result<Vec<PathBuf>, FolderError> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        if depth > limits.depth {
            return Err(FolderError::TooDeep { limit: limits.depth });
        }
        for child in fs::read_dir(folder)? {
            let child = child?;
            if child.file_type()?.is_dir() {
                folders.push((child.path(), depth + 1));
            } else {
                files.push(child.path());
            }
            if files.len() + folders.len() > limits.entries as usize {
                return Err(FolderError::TooManyFiles { limit: limits.entries });
            }
        }
    }
    files.sort_unstable_by(|a, b| a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes()));
    Ok(files)
}

/// Copies at most `left_bytes`; `None` where the file has more. The opened file must be the one that was looked at, or
/// a link put in its place meanwhile would be followed.
fn copy_file(path: &Path, seen: &Metadata, out: &mut impl Write, left_bytes: u64) -> Result<Option<u64>, FolderError> {
    let file = File::open(path)?;
    let opened = file.metadata()?;
    if (opened.dev(), opened.ino()) != (seen.dev(), seen.ino()) {
        return Err(io::Error::other("the file was exchanged while the folder was packed").into());
    }
    let copied = io::copy(&mut file.take(left_bytes.saturating_add(1)), out)?;
    Ok((copied <= left_bytes).then_some(copied))
}
