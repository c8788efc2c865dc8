//! What the directory of a delivery says about one entry, in a form that can be stored and used later.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One entry of a delivery, listed without unpacking it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the directory, from 0; stable for one archive.
    pub index: u32,
    /// Path inside the archive for people and keys: Unicode NFC, `/` between parts. In a refused entry characters
    /// that could mislead a reader are U+FFFD and the path may be shortened. May hold an ID number: seal it.
    pub name: String,
    /// Unpacked size as declared, in bytes; an entry that unpacks to anything else is an error.
    pub size_bytes: u64,
    /// Packed size in bytes.
    pub compressed_bytes: u64,
    /// When the packed file was last changed, by the packer's clock.
    pub modified: Option<DosTime>,
    /// What to do with it.
    pub kind: EntryKind,
    /// Another entry that this one could be mistaken for.
    pub clash: Option<NameClash>,
    /// Where the bytes are; `None` where they cannot be read.
    pub stored: Option<StoredEntry>,
}

/// Where an entry's bytes are in the archive file: enough to read it without listing the archive again, and free
/// of personal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEntry {
    /// Offset of the packed bytes from the start of the file.
    pub data_offset: u64,
    /// Packed size in bytes.
    pub compressed_bytes: u64,
    /// Unpacked size in bytes.
    pub size_bytes: u64,
    /// How the bytes are packed.
    pub method: Method,
    /// CRC-32 (ISO 3309) of the unpacked bytes.
    pub crc32: u32,
}

/// How an entry's bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// As they are (method 0).
    Stored,
    /// Deflate (method 8, RFC 1951).
    Deflated,
}

/// What an entry is to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// To be read as a photo; whether it is one shows when it is decoded.
    Photo,
    /// A table that may be the agency's manifest; its header decides.
    ManifestCandidate,
    /// What the agency says of the whole delivery (`batch.json`).
    BatchHeader,
    /// A folder or a file that a system left behind; passed over without a report.
    Junk,
    /// An archive inside the archive: reported, never opened.
    Nested,
    /// Reported with its reason, never unpacked.
    Refused(Refusal),
}

/// Why one entry is refused while the rest of the delivery goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Refusal {
    /// A link, which would stand for another file.
    #[error("it is a symbolic link; deliver the file itself")]
    Symlink,
    /// A device, pipe or socket.
    #[error("it is a device or another special file")]
    SpecialFile,
    /// Encrypted in any way.
    #[error("it is encrypted; pack the archive without a password")]
    Encrypted,
    /// Packed by a method that is not read.
    #[error("it is packed by method {0}; use the ordinary ZIP format (deflate)")]
    UnsupportedMethod(u16),
    /// Nothing is left of the name.
    #[error("it has no name")]
    NameEmpty,
    /// Line feeds, NUL and other control characters.
    #[error("its name holds control characters; rename it")]
    NameControl,
    /// Characters that turn or hide text.
    #[error("its name holds invisible or direction-changing characters; rename it")]
    NameInvisible,
    /// A device name on Windows.
    #[error("its name is reserved on Windows; rename it")]
    NameReserved,
    /// A colon, by which NTFS means a hidden stream.
    #[error("its name holds a colon; rename it")]
    NameStream,
    /// A first character that tools take for an option or a formula.
    #[error("its name begins with -, =, + or @; rename it")]
    NameLeading,
    /// Longer than allowed.
    #[error("its name is too long; shorten it")]
    NameTooLong,
    /// Deeper than allowed.
    #[error("it lies too many folders deep; flatten the folders")]
    NameTooDeep,
    /// Neither UTF-8 nor GB18030.
    #[error("its name is neither UTF-8 nor GBK; rename it")]
    NameUndecodable,
    /// No bytes.
    #[error("it has no bytes; deliver it again")]
    EmptyFile,
    /// A folder that carries data.
    #[error("it is a folder with data in it")]
    FolderWithData,
    /// Larger than allowed.
    #[error("it is larger than allowed")]
    TooLarge,
    /// Unpacks to far more than its packed size.
    #[error("it unpacks to far more than its size, as no photo does")]
    RatioTooHigh,
    /// The directory and the entry's own header contradict each other.
    #[error("its two headers contradict each other; pack the archive again")]
    HeadersDisagree,
    /// Another entry before it has the same bytes.
    #[error("it shares its bytes with another entry; pack the archive again")]
    SharedBytes,
}

impl Refusal {
    /// The stable code for machines: it may be stored, counted and shown.
    pub fn code(self) -> &'static str {
        match self {
            Self::Symlink => "entry-symlink",
            Self::SpecialFile => "entry-special-file",
            Self::Encrypted => "entry-encrypted",
            Self::UnsupportedMethod(_) => "entry-unsupported-method",
            Self::NameEmpty => "entry-name-empty",
            Self::NameControl => "entry-name-control",
            Self::NameInvisible => "entry-name-invisible",
            Self::NameReserved => "entry-name-reserved",
            Self::NameStream => "entry-name-stream",
            Self::NameLeading => "entry-name-leading",
            Self::NameTooLong => "entry-name-too-long",
            Self::NameTooDeep => "entry-name-too-deep",
            Self::NameUndecodable => "entry-name-undecodable",
            Self::EmptyFile => "entry-empty",
            Self::FolderWithData => "entry-folder-with-data",
            Self::TooLarge => "entry-too-large",
            Self::RatioTooHigh => "entry-ratio-too-high",
            Self::HeadersDisagree => "entry-headers-disagree",
            Self::SharedBytes => "entry-shared-bytes",
        }
    }
}

/// How two entries of one delivery get in each other's way; both are kept and both are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameClash {
    /// Another entry has the same name.
    SameName,
    /// Another entry's name differs in case only.
    SameNameButCase,
    /// The name is also a folder's.
    AlsoFolder,
}

/// A packer's local time of day, two seconds fine, without a zone (the MS-DOS form of APPNOTE 4.4.6); later compares
/// greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DosTime(u32);

impl DosTime {
    /// Takes the two packed words; `None` where they name no real moment, or the format's zero (1980-01-01 00:00)
    /// that packers write for "unknown".
    pub fn from_packed(date: u16, time: u16) -> Option<Self> {
        let year = 1980 + (date >> 9);
        let (month, day) = ((date >> 5) & 15, date & 31);
        let is_leap = year.is_multiple_of(4) && year != 2100;
        let month_days = match month {
            2 => 28 + u16::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        let is_clock = time >> 11 < 24 && (time >> 5) & 63 < 60 && time & 31 < 30;
        let is_zero = date == 0x21 && time == 0;
        ((1..=month_days).contains(&day) && is_clock && !is_zero)
            .then(|| Self((u32::from(date) << 16) | u32::from(time)))
    }

    /// Year, month and day.
    pub fn date(self) -> (i32, u32, u32) {
        (
            1980 + (self.0 >> 25).cast_signed(),
            (self.0 >> 21) & 15,
            (self.0 >> 16) & 31,
        )
    }

    /// Hour, minute and (even) second.
    pub fn time(self) -> (u32, u32, u32) {
        ((self.0 >> 11) & 31, (self.0 >> 5) & 63, (self.0 & 31) * 2)
    }
}

/// Leaves the name out: in legacy deliveries it is an ID number.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("index", &self.index)
            .field("size_bytes", &self.size_bytes)
            .field("compressed_bytes", &self.compressed_bytes)
            .field("kind", &self.kind)
            .field("clash", &self.clash)
            .finish_non_exhaustive()
    }
}
