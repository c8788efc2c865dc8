//! The report of a batch: the object that the command line prints and the API answers. Its field names are part of the interface.

use serde::Serialize;

use crate::id::BatchId;

use super::model::{BatchState, Verdict};

/// Everything that became of a delivery.
#[derive(Clone, Debug, Serialize)]
pub struct BatchReport {
    /// The batch.
    pub batch_id: BatchId,
    /// Where it stands.
    pub state: BatchState,
    /// SHA-256 of the archive, hexadecimal.
    pub sha256: String,
    /// Code of the campaign.
    pub campaign: String,
    /// Code of the agency.
    pub agency: String,
    /// The lengths of the lists below.
    pub counts: ReportCounts,
    /// Every file of the delivery, in its order.
    pub photos: Vec<ReportPhoto>,
    /// Expected records without an accepted or reviewable photo.
    pub missing: Vec<ReportRecord>,
    /// Manifest rows without a file.
    pub manifest_only: Vec<ReportManifestRow>,
}

/// How many files and records stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReportCounts {
    /// Files delivered.
    pub files: i64,
    /// Files that are meant as photos.
    pub photos: i64,
    /// Photos that are their record's.
    pub matched: i64,
    /// Photos that a person must look at.
    pub review: i64,
    /// Files that are no usable photo.
    pub rejected: i64,
    /// Photos whose key names nobody.
    pub unmatched: i64,
    /// Files that are no photos: system files, the manifest.
    pub ignored: i64,
    /// Expected records without an accepted or reviewable photo.
    pub missing: i64,
}

impl ReportCounts {
    /// Adds one file.
    pub fn add(&mut self, verdict: Verdict) {
        self.files += 1;
        self.photos += i64::from(verdict != Verdict::Ignored);
        match verdict {
            Verdict::Matched => self.matched += 1,
            Verdict::Review => self.review += 1,
            Verdict::Rejected => self.rejected += 1,
            Verdict::Unmatched => self.unmatched += 1,
            Verdict::Ignored => self.ignored += 1,
        }
    }
}

/// One file.
#[derive(Clone, Debug, Serialize)]
pub struct ReportPhoto {
    /// Its name as delivered.
    pub entry: String,
    /// SHA-256 of its bytes; empty where they could not be read.
    pub sha256: String,
    /// Its outcome.
    pub verdict: Verdict,
    /// School of its record.
    pub school_code: Option<String>,
    /// Student number of its record.
    pub student_no: Option<String>,
    /// Whether its record waits for a new photo.
    pub recapture: bool,
    /// What was found.
    pub findings: Vec<ReportFinding>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportFinding {
    /// Stable code.
    pub code: String,
    /// `reject`, `review` or `note`.
    pub severity: String,
    /// The measured value.
    pub value: Option<f64>,
    /// The limit it is held against.
    pub limit: Option<f64>,
    /// Name of the other file of a pair.
    pub other_entry: Option<String>,
}

/// A record of the roll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRecord {
    /// Its school.
    pub school_code: String,
    /// Its student number.
    pub student_no: String,
}

/// A manifest row without a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportManifestRow {
    /// Its number in the manifest, as people count.
    pub row: i64,
    /// The student number, where the manifest gives one.
    pub student_no: Option<String>,
}
