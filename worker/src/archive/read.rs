//! Unpacks single entries from an archive file, bounded by what really comes out.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::entry::{Method, StoredEntry};
use super::error::EntryError;

const BUFFER_BYTES: usize = 64 << 10;
/// A declared size is only believed up to here before any byte has come out.
const LARGEST_RESERVE_BYTES: usize = 1 << 20;

/// An archive file from which listed entries are read: cheap to open, usable from several threads at once, since every
/// read says where.
#[derive(Debug)]
pub struct ArchiveFile {
    file: File,
}

impl ArchiveFile {
    /// Opens the file for reading; the directory is not looked at.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::open(path)?,
        })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Unpacks an entry of at most `max_bytes` into memory, its checksum verified.
    pub fn read(&self, entry: &StoredEntry, max_bytes: u64) -> Result<Vec<u8>, EntryError> {
        let expected_bytes = usize::try_from(entry.size_bytes.min(max_bytes))
            .unwrap_or(0)
            .min(LARGEST_RESERVE_BYTES);
        let mut bytes = Vec::with_capacity(expected_bytes);
        self.copy_to(entry, max_bytes, &mut bytes)?;
        Ok(bytes)
    }

    /// Unpacks an entry of at most `max_bytes` to `out`. What was written before an error is to be thrown away.
    pub fn copy_to(&self, entry: &StoredEntry, max_bytes: u64, out: &mut impl Write) -> Result<(), EntryError> {
        if entry.size_bytes > max_bytes {
            return Err(EntryError::TooLarge {
                size_bytes: entry.size_bytes,
                limit_bytes: max_bytes,
            });
        }
        let packed = Span {
            file: &self.file,
            offset: entry.data_offset,
            left: entry.compressed_bytes,
        };
        match entry.method {
            Method::Stored => copy_checked(packed, entry, out),
            Method::Deflated => {
                let packed = BufReader::with_capacity(BUFFER_BYTES, packed);
                copy_checked(DeflateDecoder::new(packed), entry, out)
            }
        }
    }
}

/// Stops at the first byte too many, so a stream that lies about its size costs no more than it declared.
fn copy_checked(mut unpacked: impl Read, entry: &StoredEntry, out: &mut impl Write) -> Result<(), EntryError> {
    let mismatch = EntryError::SizeMismatch {
        declared_bytes: entry.size_bytes,
    };
    let mut crc = Crc::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut left = entry.size_bytes;
    loop {
        let count = match unpacked.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(read_error(error)),
        };
        let chunk = buffer.get(..count).unwrap_or_default();
        let Some(rest) = left.checked_sub(chunk.len() as u64) else {
            return Err(mismatch);
        };
        left = rest;
        crc.update(chunk);
        out.write_all(chunk).map_err(EntryError::Io)?;
    }
    if left > 0 {
        return Err(mismatch);
    }
    if crc.sum() != entry.crc32 {
        return Err(EntryError::ChecksumMismatch);
    }
    Ok(())
}

fn read_error(error: io::Error) -> EntryError {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => EntryError::Corrupt,
        _ => EntryError::Io(error),
    }
}

/// A stretch of the file as a stream; a file that ends inside it is an error, not an end.
struct Span<'a> {
    file: &'a File,
    offset: u64,
    left: u64,
}

impl Read for Span<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..wanted).filter(|buffer| !buffer.is_empty()) else {
            return Ok(0);
        };
        let count = self.file.read_at(buffer, self.offset)?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.offset = self.offset.saturating_add(count as u64);
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}
