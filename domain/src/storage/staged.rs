//! Staged files where code that wants a path can read them: in place when the store is a folder, else a private copy.

use std::io::{ErrorKind, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tempfile::NamedTempFile;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::local_file::remove_if_present;
use super::{ObjectId, ObjectKey, Store};
use crate::clock::TimestampMs;
use crate::error::{Error, Result};

/// The folder of copies that live as long as the work on them.
const SCRATCH: &str = "scratch";
const SCRATCH_KEPT_MS: i64 = 24 * 3_600_000;

/// Held in memory of a part on its way.
const PIECE_BYTES: u64 = 8 << 20;

/// A staged file on this machine; a copy is deleted when this is dropped.
pub enum StagedFile {
    /// The store's own file.
    InPlace(PathBuf),
    /// A copy of ours.
    Copy(tempfile::TempPath),
}

impl StagedFile {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::InPlace(path) => path,
            Self::Copy(path) => path,
        }
    }
}

/// The key of a staged object by its stored name.
pub fn staging_key(name: &str) -> Result<ObjectKey> {
    let id: ObjectId = name.parse().map_err(Error::internal)?;
    Ok(ObjectKey::Staging { id })
}

/// Makes a staged object readable by path; a copy is made below `data_dir`.
pub async fn fetch(store: &Store, data_dir: &Path, name: &str) -> Result<StagedFile> {
    let key = staging_key(name)?;
    if let Some(path) = store.open_local(&key) {
        return Ok(StagedFile::InPlace(path));
    }
    let copy = begin_copy(data_dir).await?.into_temp_path();
    store.get_to_file(&key, &copy).await?;
    Ok(StagedFile::Copy(copy))
}

/// Makes parts of a staged object readable by path, each where it is in the whole; what lies between them is missing. So every machine that
/// works on a large archive fetches only what it works on.
pub async fn fetch_parts(store: &Store, data_dir: &Path, name: &str, parts: &[Range<u64>]) -> Result<StagedFile> {
    let key = staging_key(name)?;
    if let Some(path) = store.open_local(&key) {
        return Ok(StagedFile::InPlace(path));
    }
    let copy = begin_copy(data_dir).await?;
    let (file, path) = copy.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    for part in parts {
        file.seek(SeekFrom::Start(part.start)).await.map_err(Error::disk)?;
        let mut at = part.start;
        while at < part.end {
            let piece = at..part.end.min(at + PIECE_BYTES);
            at = piece.end;
            let bytes = store.get_range(&key, piece).await?;
            file.write_all(&bytes).await.map_err(Error::disk)?;
        }
    }
    file.flush().await.map_err(Error::disk)?;
    Ok(StagedFile::Copy(path))
}

async fn begin_copy(data_dir: &Path) -> Result<NamedTempFile> {
    let folder = data_dir.join(SCRATCH);
    tokio::fs::create_dir_all(&folder).await.map_err(Error::disk)?;
    tempfile::Builder::new()
        .prefix("staged-")
        .tempfile_in(&folder)
        .map_err(Error::disk)
}

/// Removes copies that a killed process left; running ones are younger than a day.
pub async fn sweep_scratch(data_dir: &Path, now_ms: TimestampMs) -> Result<()> {
    let mut files = match tokio::fs::read_dir(data_dir.join(SCRATCH)).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        files => files.map_err(Error::disk)?,
    };
    while let Some(file) = files.next_entry().await.map_err(Error::disk)? {
        let metadata = file.metadata().await.map_err(Error::disk)?;
        let modified = metadata.modified().map_err(Error::disk)?;
        let age_ms = now_ms
            - TimestampMs::try_from(modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis())
                .unwrap_or(now_ms);
        if metadata.is_file() && age_ms > SCRATCH_KEPT_MS {
            remove_if_present(&file.path()).map_err(Error::disk)?;
        }
    }
    Ok(())
}
