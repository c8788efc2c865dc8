//! Local files on their way into the store.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use domain::error::{Error, Result};
use domain::storage::{ObjectId, ObjectKey, Store};
use sha2::{Digest as _, Sha256};

/// SHA-256 and size of a local file, read in pieces.
pub fn digest_file(path: &Path, field: &'static str) -> Result<(String, u64)> {
    let unreadable = |error: std::io::Error| {
        Error::invalid(
            "file-unreadable",
            field,
            format!("the file cannot be read: {}", error.kind()),
        )
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; 256 << 10];
    let mut size_bytes = 0_u64;
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else {
            break;
        };
        hasher.update(piece);
        size_bytes += piece.len() as u64;
    }
    Ok((hex::encode(hasher.finalize()), size_bytes))
}

/// Puts a local file into the store's staging; returns its name there.
pub async fn stage(store: &Store, path: &Path) -> Result<String> {
    let id = ObjectId::random();
    store.put_file(&ObjectKey::Staging { id: id.clone() }, path).await?;
    Ok(id.to_string())
}
