//! Why a delivery, or one of its entries, could not be read. Entries are named by position, never by name:
//! in legacy deliveries the name is an ID number.

use std::io;

use super::entry::Refusal;

/// Why the whole delivery is refused; nothing of it was unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The file cannot be read at all.
    #[error("the archive could not be read from disk; try again, then check the disk")]
    Io(#[from] io::Error),
    /// The file has no bytes.
    #[error("the archive has no bytes; upload it again")]
    Empty,
    /// The file is something other than a ZIP.
    #[error("this is not a ZIP archive; pack the photos as ZIP, not as RAR or 7z")]
    NotAZip,
    /// The file begins like a ZIP and its end is missing or damaged.
    #[error("the archive is cut off or its end record is damaged; upload it again")]
    Truncated,
    /// Bytes follow the end of the archive.
    #[error("{extra_bytes} bytes follow the end of the archive; pack it again")]
    TrailingBytes {
        /// How many bytes follow.
        extra_bytes: u64,
    },
    /// Two end records fit the file.
    #[error("the archive has two ends, one inside the other's comment; it is refused as forged, pack it again")]
    AmbiguousEnd,
    /// The archive is a part of a set.
    #[error("the archive is one part of a split set; pack the photos as a single ZIP")]
    MultiDisk,
    /// The archive lists no files.
    #[error("the archive is empty; check that the photos were added")]
    NoEntries,
    /// The archive lists more entries than allowed.
    #[error("the archive lists more than {limit} entries; split the delivery")]
    TooManyEntries {
        /// The most that is allowed.
        limit: u32,
    },
    /// The list of entries alone is larger than allowed.
    #[error("the archive's directory takes {found_bytes} bytes, more than {limit_bytes}; split the delivery")]
    DirectoryTooLarge {
        /// Bytes between the directory's start and the end record.
        found_bytes: u64,
        /// The most that is allowed.
        limit_bytes: u64,
    },
    /// The list of entries breaks off or contradicts the format.
    #[error("the archive's directory is damaged after entry {after}; pack it again")]
    DirectoryDamaged {
        /// How many entries were read before the damage.
        after: u32,
    },
    /// The end record counts other than what is listed.
    #[error("the archive says it holds {declared} entries but lists {found}; pack it again")]
    CountMismatch {
        /// Entries by the end record.
        declared: u64,
        /// Entries listed.
        found: u64,
    },
    /// Together the entries would unpack to more than allowed.
    #[error("the archive would unpack to {declared_bytes} bytes, more than {limit_bytes}; split the delivery")]
    TotalTooLarge {
        /// Sum of the declared sizes.
        declared_bytes: u64,
        /// The most that is allowed.
        limit_bytes: u64,
    },
    /// Together the entries would unpack to far more than the file holds.
    #[error("the archive would unpack to more than {limit} times its size, as no photos do; it is refused as a bomb")]
    RatioTooHigh {
        /// The highest ratio that is allowed.
        limit: u64,
    },
    /// An entry points to where no entry is, or its bytes run past the file.
    #[error("entry {entry} points outside the archive's data; the archive is damaged, pack it again")]
    WrongOffset {
        /// Position in the directory, from 1.
        entry: u32,
    },
    /// An entry is called one thing in the directory and another beside its bytes.
    #[error("entry {entry} has two different names in the archive; it is refused as forged, pack it again")]
    NameMismatch {
        /// Position in the directory, from 1.
        entry: u32,
    },
    /// An entry's name leads out of the folder it would be unpacked to.
    #[error("the path of entry {entry} leaves the archive; the archive is refused, pack it again without such paths")]
    PathEscape {
        /// Position in the directory, from 1.
        entry: u32,
    },
    /// An entry would be written through a symbolic link of the same archive.
    #[error("entry {entry} would be written through a symbolic link; the archive is refused, pack it without links")]
    ThroughLink {
        /// Position in the directory, from 1.
        entry: u32,
    },
    /// Two entries claim the same bytes.
    #[error("entries {first} and {second} share their bytes; the archive is refused as a bomb")]
    Overlap {
        /// Position of the entry that begins first, from 1.
        first: u32,
        /// Position of the entry that begins inside it, from 1.
        second: u32,
    },
    /// Not one entry can be read.
    #[error("none of the {entries} files in the archive can be read: {reason}")]
    NothingReadable {
        /// Entries that are not junk.
        entries: u32,
        /// Why the first of them was refused.
        reason: Refusal,
    },
    /// The archive holds system files, folders or nested archives only.
    #[error("the archive holds no photos, only system files, folders or other archives; deliver the photos themselves")]
    NoPhotos,
}

impl ArchiveError {
    /// The stable code for machines: it may be stored, counted and shown.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "archive-io",
            Self::Empty => "archive-empty",
            Self::NotAZip => "archive-not-a-zip",
            Self::Truncated => "archive-truncated",
            Self::TrailingBytes { .. } => "archive-trailing-bytes",
            Self::AmbiguousEnd => "archive-ambiguous-end",
            Self::MultiDisk => "archive-multi-disk",
            Self::NoEntries => "archive-no-entries",
            Self::TooManyEntries { .. } => "archive-too-many-entries",
            Self::DirectoryTooLarge { .. } => "archive-directory-too-large",
            Self::DirectoryDamaged { .. } => "archive-directory-damaged",
            Self::CountMismatch { .. } => "archive-count-mismatch",
            Self::TotalTooLarge { .. } => "archive-total-too-large",
            Self::RatioTooHigh { .. } => "archive-ratio-too-high",
            Self::WrongOffset { .. } => "archive-wrong-offset",
            Self::NameMismatch { .. } => "archive-name-mismatch",
            Self::PathEscape { .. } => "archive-path-escape",
            Self::ThroughLink { .. } => "archive-through-link",
            Self::Overlap { .. } => "archive-overlap",
            Self::NothingReadable { .. } => "archive-nothing-readable",
            Self::NoPhotos => "archive-no-photos",
        }
    }
}

/// Why one entry could not be read; the others are not touched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The entry was refused when the archive was listed.
    #[error("the file was refused: {0}")]
    Refused(Refusal),
    /// The entry is a folder or a system file that cannot be unpacked.
    #[error("the entry is a folder or a system file and holds nothing to read")]
    NotAFile,
    /// The entry is larger than the reader wants.
    #[error("the file has {size_bytes} bytes, more than {limit_bytes}")]
    TooLarge {
        /// The declared size.
        size_bytes: u64,
        /// The most that the caller takes.
        limit_bytes: u64,
    },
    /// The entry unpacks to more or fewer bytes than declared.
    #[error("the file does not unpack to the {declared_bytes} bytes it declares; the archive is damaged or forged")]
    SizeMismatch {
        /// The declared size.
        declared_bytes: u64,
    },
    /// The packed bytes are no valid stream.
    #[error("the file cannot be unpacked; the archive is damaged, pack it again")]
    Corrupt,
    /// The unpacked bytes have another checksum than declared.
    #[error("the file's checksum is wrong; the archive is damaged, pack it again")]
    ChecksumMismatch,
    /// The archive or the target failed underneath.
    #[error("the file could not be read or written; try again, then check the disk")]
    Io(#[source] io::Error),
}

impl EntryError {
    /// The stable code for machines: it may be stored, counted and shown.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::NotAFile => "entry-not-a-file",
            Self::TooLarge { .. } => "entry-too-large",
            Self::SizeMismatch { .. } => "entry-size-mismatch",
            Self::Corrupt => "entry-corrupt",
            Self::ChecksumMismatch => "entry-checksum-mismatch",
            Self::Io(_) => "entry-io",
        }
    }
}
