//! The file of an upload: its length is how far the upload has come.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use domain::clock::TimestampMs;
use domain::error::{Error, Result};
use domain::uploads::model::UploadId;
use domain::uploads::{commands, queries};
use futures_util::{Stream, StreamExt};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::lanes::Held;
use super::protocol::{Checksum, Hasher};
use crate::house::House;

/// How long a piece may stand still.
const IDLE: Duration = Duration::from_secs(60);
/// Written at a time.
const BUFFER_BYTES: usize = 1 << 20;
/// A file that no upload has is left alone for so long: its row may be on its way.
const ORPHAN_MS: i64 = 3_600_000;

/// Where uploads are kept: on the machine that receives them, whatever the object store is.
pub fn uploads_folder(house: &House) -> PathBuf {
    house.config.data_dir.join("uploads")
}

fn path_of(house: &House, upload_id: &UploadId) -> PathBuf {
    uploads_folder(house).join(upload_id.as_str())
}

/// An upload's file, opened by the one request that holds the upload.
pub struct StagedBytes {
    path: PathBuf,
    file: File,
    length: u64,
}

/// A piece that is about to arrive.
pub struct Piece {
    /// Where the client believes that it belongs.
    pub from: u64,
    /// The size of the whole.
    pub size_bytes: u64,
    /// What the piece must hash to.
    pub checksum: Option<Checksum>,
}

/// What became of a piece.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is durable; the upload has come this far.
    Appended(u64),
    /// It belongs elsewhere; nothing was written.
    Elsewhere,
    /// It goes beyond the whole; nothing of it was kept.
    TooLong,
    /// It is not what its checksum says; nothing of it was kept.
    ChecksumDiffers,
    /// A newer request wanted the upload; what had arrived was kept.
    TakenOver,
    /// The connection broke off or stood still; what had arrived was kept.
    Cut,
}

impl StagedBytes {
    /// Makes the empty file, readable by nobody else.
    pub async fn create(house: &House, upload_id: &UploadId) -> Result<()> {
        let folder = uploads_folder(house);
        let mut options = OpenOptions::new();
        options.create_new(true).append(true).mode(0o600);
        tokio::fs::create_dir_all(&folder).await.map_err(Error::disk)?;
        let file = options.open(path_of(house, upload_id)).await.map_err(Error::disk)?;
        file.sync_all().await.map_err(Error::disk)?;
        let folder = File::open(folder).await.map_err(Error::disk)?;
        folder.sync_all().await.map_err(Error::disk)
    }

    /// Opens the file of an upload.
    pub async fn open(house: &House, upload_id: &UploadId) -> Result<Self> {
        let path = path_of(house, upload_id);
        let file = OpenOptions::new().append(true).open(&path).await.map_err(gone)?;
        let length = file.metadata().await.map_err(Error::disk)?.len();
        Ok(Self { path, file, length })
    }

    /// How far the upload has come.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes all of it durable, before anybody is told how far it has come.
    pub async fn make_durable(&self) -> Result<()> {
        self.file.sync_data().await.map_err(Error::disk)
    }

    /// Appends a piece. What arrived before the connection broke off is kept, unless a checksum can no longer vouch for it.
    pub async fn append(
        self,
        piece: &Piece,
        body: impl Stream<Item = io::Result<Bytes>> + Send,
        held: &Held,
    ) -> Result<Outcome> {
        if piece.from != self.length {
            return Ok(Outcome::Elsewhere);
        }
        let mut hasher = Hasher::of(piece.checksum.as_ref());
        let mut writer = BufWriter::with_capacity(BUFFER_BYTES, self.file);
        let copied = copy(
            &mut writer,
            &mut hasher,
            body,
            piece.size_bytes - piece.from.min(piece.size_bytes),
            held,
        );
        let copied = copied.await.map_err(Error::disk)?;
        writer.flush().await.map_err(Error::disk)?;
        let file = writer.into_inner();
        let outcome = match copied {
            Copied::All(_) if !hasher.fits() => Outcome::ChecksumDiffers,
            Copied::All(bytes) => Outcome::Appended(piece.from + bytes),
            Copied::TooLong => Outcome::TooLong,
            Copied::TakenOver => Outcome::TakenOver,
            Copied::Cut => Outcome::Cut,
        };
        let is_kept = match outcome {
            Outcome::Appended(_) => true,
            Outcome::TakenOver | Outcome::Cut => piece.checksum.is_none(),
            Outcome::TooLong | Outcome::ChecksumDiffers | Outcome::Elsewhere => false,
        };
        if !is_kept {
            file.set_len(piece.from).await.map_err(Error::disk)?;
        }
        file.sync_data().await.map_err(Error::disk)?;
        Ok(outcome)
    }
}

enum Copied {
    All(u64),
    TooLong,
    TakenOver,
    Cut,
}

async fn copy(
    writer: &mut BufWriter<File>,
    hasher: &mut Hasher,
    body: impl Stream<Item = io::Result<Bytes>> + Send,
    room_bytes: u64,
    held: &Held,
) -> io::Result<Copied> {
    let mut body = std::pin::pin!(body);
    let mut copied = 0_u64;
    loop {
        let next = tokio::select! {
            biased;
            () = held.is_wanted() => return Ok(Copied::TakenOver),
            next = tokio::time::timeout(IDLE, body.next()) => next,
        };
        let chunk = match next {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(None) => return Ok(Copied::All(copied)),
            Ok(Some(Err(_))) | Err(_) => return Ok(Copied::Cut),
        };
        copied += chunk.len() as u64;
        if copied > room_bytes {
            return Ok(Copied::TooLong);
        }
        hasher.update(&chunk);
        writer.write_all(&chunk).await?;
    }
}

fn gone(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        return Error::Gone {
            code: "upload-over",
            message: "the bytes of the upload are not on this server any more; begin a new one".to_owned(),
        };
    }
    Error::disk(error)
}

/// How far an upload has come; none where its file is gone.
pub async fn length_of(house: &House, upload_id: &UploadId) -> Result<Option<u64>> {
    match tokio::fs::metadata(path_of(house, upload_id)).await {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::internal(error)),
    }
}

/// Removes the file of an upload that has ended.
pub async fn remove(house: &House, upload_id: &UploadId) -> Result<()> {
    match tokio::fs::remove_file(path_of(house, upload_id)).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

/// Frees the space of uploads that were given up or became batches; says how many files went.
pub async fn sweep(house: &House) -> Result<usize> {
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| commands::forget_expired(conn, now_ms))
        .await?;
    let kept = house.db.read(move |conn| queries::list_kept(conn, now_ms)).await?;
    let kept: HashSet<String> = kept.into_iter().collect();
    let mut files = match tokio::fs::read_dir(uploads_folder(house)).await {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(Error::disk(error)),
    };
    let mut removed = 0;
    while let Some(file) = files.next_entry().await.map_err(Error::disk)? {
        let is_kept = file.file_name().to_str().is_some_and(|name| kept.contains(name));
        if !is_kept && is_older(&file, now_ms - ORPHAN_MS).await? {
            tokio::fs::remove_file(file.path()).await.map_err(Error::disk)?;
            removed += 1;
        }
    }
    Ok(removed)
}

async fn is_older(file: &tokio::fs::DirEntry, than_ms: TimestampMs) -> Result<bool> {
    let modified = file.metadata().await.and_then(|metadata| metadata.modified());
    let since = modified.map_err(Error::disk)?.duration_since(std::time::UNIX_EPOCH);
    Ok(since.is_ok_and(|since| i64::try_from(since.as_millis()).is_ok_and(|at_ms| at_ms < than_ms)))
}
