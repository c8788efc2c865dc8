//! Finds where an archive ends and makes sure that it is one whole archive and only one.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;

use rawzip::{FileReader, ZipArchive, ZipLocator};

use super::error::ArchiveError;

const END_RECORD_BYTES: usize = 22;
const ZIP64_LOCATOR_BYTES: u64 = 20;
const LONGEST_COMMENT_BYTES: u64 = u16::MAX as u64 + END_RECORD_BYTES as u64;

/// Finds the end record and checks what the locator does not: that it ends the file and names no other disk.
pub(super) fn locate(file: &File, file_bytes: u64) -> Result<ZipArchive<FileReader>, ArchiveError> {
    if file_bytes == 0 {
        return Err(ArchiveError::Empty);
    }
    let mut buffer = vec![0; rawzip::RECOMMENDED_BUFFER_SIZE];
    let located = ZipLocator::new().locate_in_file(file.try_clone()?, &mut buffer);
    let archive = match located {
        Ok(archive) => archive,
        Err((_, error)) => {
            return Err(match error.into_kind() {
                rawzip::ErrorKind::IO(error) if error.kind() != ErrorKind::UnexpectedEof => error.into(),
                _ if begins_with(file, b"PK")? => ArchiveError::Truncated,
                _ => ArchiveError::NotAZip,
            });
        }
    };
    let extra_bytes = file_bytes.saturating_sub(archive.end_offset());
    if extra_bytes > 0 {
        return Err(ArchiveError::TrailingBytes { extra_bytes });
    }
    // APPNOTE 8.5.3: the first part of a split set begins with this mark instead of an entry.
    if begins_with(file, b"PK\x07\x08")? || is_split(file, archive.eocd_offset())? {
        return Err(ArchiveError::MultiDisk);
    }
    if has_rival(file, archive.eocd_offset(), file_bytes)? {
        return Err(ArchiveError::AmbiguousEnd);
    }
    Ok(archive)
}

fn begins_with(file: &File, magic: &[u8]) -> io::Result<bool> {
    let mut found = [0; 4];
    let Some(found) = found.get_mut(..magic.len()) else {
        return Ok(false);
    };
    match file.read_exact_at(found, 0) {
        Ok(()) => Ok(found == magic),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads the disk numbers of APPNOTE 4.3.16 and 4.3.15, which the locator skips.
fn is_split(file: &File, end_record_offset: u64) -> io::Result<bool> {
    let mut record = [0; END_RECORD_BYTES];
    file.read_exact_at(&mut record, end_record_offset)?;
    let [
        _,
        _,
        _,
        _,
        disk_lo,
        disk_hi,
        start_lo,
        start_hi,
        here_lo,
        here_hi,
        all_lo,
        all_hi,
        ..,
    ] = record;
    let pairs = [
        [disk_lo, disk_hi],
        [start_lo, start_hi],
        [here_lo, here_hi],
        [all_lo, all_hi],
    ];
    let [disk, start_disk, here, all] = pairs.map(u16::from_le_bytes);
    let is_other = |disk: u16| disk != 0 && disk != u16::MAX;
    if is_other(disk) || is_other(start_disk) || here != all {
        return Ok(true);
    }
    let Some(locator_offset) = end_record_offset.checked_sub(ZIP64_LOCATOR_BYTES) else {
        return Ok(false);
    };
    let mut locator = [0; ZIP64_LOCATOR_BYTES as usize];
    file.read_exact_at(&mut locator, locator_offset)?;
    let [b'P', b'K', 6, 7, d0, d1, d2, d3, .., t0, t1, t2, t3] = locator else {
        return Ok(false);
    };
    Ok(u32::from_le_bytes([d0, d1, d2, d3]) != 0 || u32::from_le_bytes([t0, t1, t2, t3]) > 1)
}

/// Whether an earlier end record fits the file as well, the found one lying in its comment: tools that search from the
/// other side would unpack another archive than we checked.
fn has_rival(file: &File, end_record_offset: u64, file_bytes: u64) -> io::Result<bool> {
    let from = end_record_offset.saturating_sub(LONGEST_COMMENT_BYTES);
    let mut bytes = vec![0; usize::try_from(end_record_offset.saturating_sub(from)).unwrap_or(0)];
    file.read_exact_at(&mut bytes, from)?;
    let fits = |(at, record): (usize, &[u8])| match record {
        [b'P', b'K', 5, 6, .., comment_lo, comment_hi] => {
            let comment_bytes = u64::from(u16::from_le_bytes([*comment_lo, *comment_hi]));
            from + at as u64 + END_RECORD_BYTES as u64 + comment_bytes == file_bytes
        }
        _ => false,
    };
    Ok(bytes.windows(END_RECORD_BYTES).enumerate().any(fits))
}
