//! Lists an archive from its central directory and refuses what cannot be an honest delivery.

use std::collections::HashSet;
use std::fs::File;
use std::io::ErrorKind;

use rawzip::extra_fields::ExtraFieldId;
use rawzip::{FileReader, ZipArchive, ZipFileHeaderRecord};

use super::entry::{DosTime, Entry, EntryKind, Method, Refusal, StoredEntry};
use super::error::ArchiveError;
use super::limits::ArchiveLimits;
use super::local::LocalHeader;
use super::{clash, end_record, kind, name};

const FILE_TYPE_MASK: u32 = 0o170_000;
/// Android's zipalign pads the extra field with up to three bytes.
const EXTRA_PADDING_BYTES: usize = 3;

/// An entry with what only the checks across entries need.
pub(super) struct Listed {
    pub entry: Entry,
    /// First byte of the local header.
    pub start: u64,
    /// First byte after the packed data.
    pub end: u64,
    pub is_folder: bool,
}

/// Lists and checks every entry.
pub(super) fn list(file: &File, limits: &ArchiveLimits) -> Result<Vec<Entry>, ArchiveError> {
    let file_bytes = file.metadata()?.len();
    let archive = end_record::locate(file, file_bytes)?;
    let directory_bytes = archive.eocd_offset().saturating_sub(archive.directory_offset());
    if directory_bytes > limits.directory_bytes {
        let (found_bytes, limit_bytes) = (directory_bytes, limits.directory_bytes);
        return Err(ArchiveError::DirectoryTooLarge {
            found_bytes,
            limit_bytes,
        });
    }
    let mut listing = Listing::new(file, &archive, limits);
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let mut records = archive.entries(&mut buffer);
    while let Some(record) = records.next_entry().map_err(|error| damaged(error, listing.found()))? {
        listing.add(&record)?;
    }
    listing.finish(archive.entries_hint(), file_bytes)
}

fn damaged(error: rawzip::Error, after: u32) -> ArchiveError {
    match error.into_kind() {
        rawzip::ErrorKind::IO(error) if error.kind() != ErrorKind::UnexpectedEof => error.into(),
        _ => ArchiveError::DirectoryDamaged { after },
    }
}

/// The entries found so far and what must be known to judge the next.
struct Listing<'a> {
    file: &'a File,
    limits: &'a ArchiveLimits,
    /// Where the directory begins: no entry's bytes may reach it.
    data_end: u64,
    listed: Vec<Listed>,
    starts: HashSet<u64>,
    total_bytes: u64,
}

impl<'a> Listing<'a> {
    fn new(file: &'a File, archive: &ZipArchive<FileReader>, limits: &'a ArchiveLimits) -> Self {
        let data_end = archive.directory_offset();
        Self {
            file,
            limits,
            data_end,
            listed: Vec::new(),
            starts: HashSet::new(),
            total_bytes: 0,
        }
    }

    fn found(&self) -> u32 {
        u32::try_from(self.listed.len()).unwrap_or(u32::MAX)
    }

    fn add(&mut self, record: &ZipFileHeaderRecord<'_>) -> Result<(), ArchiveError> {
        let (index, limits) = (self.found(), self.limits);
        let entry = index.saturating_add(1);
        if index >= limits.entries {
            return Err(ArchiveError::TooManyEntries { limit: limits.entries });
        }
        let path_field = path_field(record).ok_or(ArchiveError::DirectoryDamaged { after: index })?;
        let file_path = record.file_path();
        let raw_name = file_path.as_bytes();
        let unicode_path = path_field.and_then(|field| name::unicode_path(field, raw_name));
        let name = name::judge(raw_name, unicode_path, limits).ok_or(ArchiveError::PathEscape { entry })?;

        let start = record.local_header_offset();
        let local = LocalHeader::read(self.file, start, raw_name.len())?.ok_or(ArchiveError::WrongOffset { entry })?;
        let end = local.data_offset.saturating_add(record.compressed_size_hint());
        if end > self.data_end {
            return Err(ArchiveError::WrongOffset { entry });
        }
        let is_shared = !self.starts.insert(start);
        if !is_shared && !local.has_name(raw_name) {
            return Err(ArchiveError::NameMismatch { entry });
        }
        self.total_bytes = self.total_bytes.saturating_add(record.uncompressed_size_hint());

        let mode = record.external_attributes() >> 16;
        let is_folder = name.is_folder || mode & FILE_TYPE_MASK == 0o040_000;
        let refusal = if is_shared {
            Some(Refusal::SharedBytes)
        } else {
            refusal(record, &local, mode, is_folder, limits).or(name.refusal)
        };
        let entry = entry_of(index, record, name.path, is_folder, refusal, &local);
        self.listed.push(Listed {
            entry,
            start,
            end,
            is_folder,
        });
        Ok(())
    }

    fn finish(mut self, declared: u64, file_bytes: u64) -> Result<Vec<Entry>, ArchiveError> {
        let found = self.listed.len() as u64;
        // Some packers let the 16-bit count run over instead of writing a ZIP64 record.
        if declared != found && declared != found % 0x1_0000 {
            return Err(ArchiveError::CountMismatch { declared, found });
        }
        if found == 0 {
            return Err(ArchiveError::NoEntries);
        }
        if self.total_bytes > self.limits.total_bytes {
            let (declared_bytes, limit_bytes) = (self.total_bytes, self.limits.total_bytes);
            return Err(ArchiveError::TotalTooLarge {
                declared_bytes,
                limit_bytes,
            });
        }
        if self.limits.is_bomb(self.total_bytes, file_bytes) {
            return Err(ArchiveError::RatioTooHigh {
                limit: self.limits.ratio,
            });
        }
        clash::refuse_overlaps(&self.listed)?;
        clash::refuse_paths_through_links(&self.listed)?;
        clash::mark_name_clashes(&mut self.listed);
        Ok(self.listed.into_iter().map(|listed| listed.entry).collect())
    }
}

/// The unicode path field, if any; `None` where the extra field does not add up.
fn path_field<'a>(record: &'a ZipFileHeaderRecord<'_>) -> Option<Option<&'a [u8]>> {
    let mut fields = record.extra_fields();
    let mut found = None;
    for (id, field) in fields.by_ref() {
        if id == ExtraFieldId::INFO_ZIP_UNICODE_PATH {
            found = Some(field);
        }
    }
    (fields.remaining_bytes().len() <= EXTRA_PADDING_BYTES).then_some(found)
}

/// Why the entry cannot be read, its name aside.
fn refusal(
    record: &ZipFileHeaderRecord<'_>,
    local: &LocalHeader,
    mode: u32,
    is_folder: bool,
    limits: &ArchiveLimits,
) -> Option<Refusal> {
    let (size_bytes, compressed_bytes) = (record.uncompressed_size_hint(), record.compressed_size_hint());
    let (flags, method) = (record.flags(), record.compression_method().as_u16());
    let is_encrypted = |bits: u16| bits & 0x2041 != 0;
    match mode & FILE_TYPE_MASK {
        0o120_000 => return Some(Refusal::Symlink),
        0 | 0o100_000 | 0o040_000 => {}
        _ => return Some(Refusal::SpecialFile),
    }
    if is_folder {
        (size_bytes > 0).then_some(Refusal::FolderWithData)
    } else if is_encrypted(flags.bits()) || is_encrypted(local.flags) || method == 99 {
        Some(Refusal::Encrypted)
    } else if method != 0 && method != 8 {
        Some(Refusal::UnsupportedMethod(method))
    } else if !local.agrees_with(method, record.crc32(), compressed_bytes, size_bytes)
        || (method == 0 && size_bytes != compressed_bytes)
    {
        Some(Refusal::HeadersDisagree)
    } else if size_bytes == 0 {
        Some(Refusal::EmptyFile)
    } else if size_bytes > limits.entry_bytes {
        Some(Refusal::TooLarge)
    } else if limits.is_bomb(size_bytes, compressed_bytes) {
        Some(Refusal::RatioTooHigh)
    } else {
        None
    }
}

fn entry_of(
    index: u32,
    record: &ZipFileHeaderRecord<'_>,
    name: String,
    is_folder: bool,
    refusal: Option<Refusal>,
    local: &LocalHeader,
) -> Entry {
    let (size_bytes, compressed_bytes) = (record.uncompressed_size_hint(), record.compressed_size_hint());
    let kind = match refusal {
        _ if kind::is_junk(&name) => EntryKind::Junk,
        Some(refusal) => EntryKind::Refused(refusal),
        None if is_folder => EntryKind::Junk,
        None => kind::by_name(&name),
    };
    let method = if record.compression_method().as_u16() == 0 {
        Method::Stored
    } else {
        Method::Deflated
    };
    let stored = StoredEntry {
        data_offset: local.data_offset,
        compressed_bytes,
        size_bytes,
        method,
        crc32: record.crc32(),
    };
    let modified = record.last_modified_dos();
    Entry {
        index,
        name,
        size_bytes,
        compressed_bytes,
        modified: DosTime::from_packed(modified.packed_date(), modified.packed_time()),
        kind,
        clash: None,
        stored: (refusal.is_none() && !is_folder).then_some(stored),
    }
}
