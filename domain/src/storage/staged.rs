//! Staged files where code that wants a path can read them: in place when the store is a folder, else a private copy.

use std::path::{Path, PathBuf};

use super::{ObjectId, ObjectKey, Store};
use crate::error::{Error, Result};

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
    let folder = data_dir.join("scratch");
    tokio::fs::create_dir_all(&folder).await.map_err(Error::internal)?;
    let copy = tempfile::Builder::new()
        .prefix("staged-")
        .tempfile_in(&folder)
        .map_err(Error::internal)?
        .into_temp_path();
    store.get_to_file(&key, &copy).await?;
    Ok(StagedFile::Copy(copy))
}
