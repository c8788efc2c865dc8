//! The agency's delivery: portraits named by document number, a manifest, junk, and planted faults.

mod archive;
mod cases;
mod jpeg;
mod manifest;
mod photo;
mod plan;
mod retouch;

use serde::Serialize;

use manifest::ManifestRow;
use photo::Photo;

/// A fault that stands in the batch on purpose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Plant {
    /// The code that the machine must find.
    pub code: &'static str,
    /// The entry it must find it on.
    pub entry: String,
    /// 学号 of the record that the photo was taken for; none for strangers.
    pub student_no: Option<String>,
    /// The entry that it is a copy of, or the other photo of the same record.
    pub other_entry: Option<String>,
}

/// An entry that must be matched without any finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CleanEntry {
    /// Name in the archive.
    pub entry: String,
    /// 学号 of its record.
    pub student_no: String,
}

/// A manifest row that has no file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ManifestOnly {
    /// 1 is the first row under the header.
    pub row: usize,
    /// 学号 in that row.
    pub student_no: String,
}

/// Everything that ingesting the batch must find, and must not find.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Truth {
    /// The planted faults. A planted entry may carry further findings that follow from the same fault.
    pub planted: Vec<Plant>,
    /// Entries without any fault.
    pub clean: Vec<CleanEntry>,
    /// Entries that are no photos and must be ignored.
    pub ignored: Vec<String>,
    /// 学号 of 注册学籍 rows that certainly have no usable photo.
    pub missing: Vec<String>,
    /// 学号 of open rows that are not 注册学籍 and have no photo: missing when the campaign expects every open row.
    pub missing_if_every_open_row_is_expected: Vec<String>,
    /// 学号 of rows whose planted fault leaves open whose photo it is: the list of missing records may name them or not.
    pub undecided: Vec<String>,
    /// Manifest rows without a file.
    pub manifest_only: Vec<ManifestOnly>,
}

/// Why a batch could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The archive's writer refused bytes.
    #[error("the batch archive cannot be written; check the free space of the folder and run the command again")]
    Write(#[from] std::io::Error),
    /// A portrait could not be compressed.
    #[error("a drawn portrait cannot be compressed to JPEG; report this with the seed and the number of students")]
    Compress(#[from] turbojpeg::Error),
    /// A portrait could not be compressed as PNG.
    #[error("a drawn portrait cannot be compressed to PNG; report this with the seed and the number of students")]
    CompressPng(#[from] image::ImageError),
    /// The archive's structure could not be written.
    #[error("the batch archive cannot be put together; check the free space of the folder and run the command again")]
    Archive(#[from] rawzip::Error),
}

impl BatchError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Write(_) => "synthetic-batch-write",
            Self::Compress(_) => "synthetic-jpeg",
            Self::CompressPng(_) => "synthetic-png",
            Self::Archive(_) => "synthetic-archive",
        }
    }
}

/// A planned delivery: no picture is drawn before it is written.
#[derive(Debug)]
pub struct AgencyBatch {
    photos: Vec<Photo>,
    manifest: Vec<ManifestRow>,
    truth: Truth,
}

impl AgencyBatch {
    /// What the batch holds on purpose, known before it is drawn.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// Number of photo entries in the archive.
    pub fn photo_count(&self) -> usize {
        self.photos.len()
    }
}

#[cfg(test)]
mod tests;
