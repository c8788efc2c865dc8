//! The report of a batch: the object that the command line prints and the API answers. Its field names are part of the interface.

use serde::Serialize;

use crate::error::Result;
use crate::id::BatchId;

use super::model::{BatchState, Verdict};

/// Everything that became of a delivery; its photos as a list, or one after the other.
#[derive(Clone, Debug, Serialize)]
pub struct BatchReport<Photos = Vec<ReportPhoto>> {
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
    /// The lengths of the lists below; while a batch is worked on, as they were a moment before.
    pub counts: ReportCounts,
    /// Every file of the delivery, in its order.
    pub photos: Photos,
    /// Expected records without an accepted or reviewable photo.
    pub missing: Vec<ReportRecord>,
    /// Manifest rows without a file.
    pub manifest_only: Vec<ReportManifestRow>,
}

impl<Photos> BatchReport<Photos> {
    /// The same report with its photos in another form.
    pub fn map_photos<Others>(self, change: impl FnOnce(Photos) -> Others) -> BatchReport<Others> {
        BatchReport {
            batch_id: self.batch_id,
            state: self.state,
            sha256: self.sha256,
            campaign: self.campaign,
            agency: self.agency,
            counts: self.counts,
            photos: change(self.photos),
            missing: self.missing,
            manifest_only: self.manifest_only,
        }
    }
}

impl<Photos: Iterator<Item = Result<ReportPhoto>>> BatchReport<Photos> {
    /// The report with all of its photos in memory, which are counted anew: they may have been judged since.
    pub fn read(mut self) -> Result<BatchReport> {
        let photos = self.photos.by_ref().collect::<Result<Vec<_>>>()?;
        self.counts = ReportCounts {
            missing: self.counts.missing,
            ..ReportCounts::default()
        };
        photos.iter().for_each(|photo| self.counts.add(photo.verdict, 1));
        Ok(self.map_photos(|_| photos))
    }
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
    /// Adds files of one outcome.
    pub fn add(&mut self, verdict: Verdict, files: i64) {
        self.files += files;
        if verdict != Verdict::Ignored {
            self.photos += files;
        }
        *match verdict {
            Verdict::Matched => &mut self.matched,
            Verdict::Review => &mut self.review,
            Verdict::Rejected => &mut self.rejected,
            Verdict::Unmatched => &mut self.unmatched,
            Verdict::Ignored => &mut self.ignored,
        } += files;
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
