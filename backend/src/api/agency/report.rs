//! A batch's report as the agency that delivered it reads it.

use domain::batches::report::{BatchReport, ReportFinding, ReportPhoto};
use poem_openapi::Object;

use crate::api::values::Nullable;

/// What was found about a file.
#[derive(Object)]
pub struct FindingObject {
    /// Stable code.
    code: String,
    /// `reject`, `review` or `note`.
    severity: String,
    /// The measured value.
    value: Nullable<f64>,
    /// The limit it is held against.
    limit: Nullable<f64>,
    /// The other file of a pair, where this agency delivered it.
    other_entry: Nullable<String>,
}

impl From<ReportFinding> for FindingObject {
    fn from(finding: ReportFinding) -> Self {
        Self {
            code: finding.code,
            severity: finding.severity,
            value: finding.value.into(),
            limit: finding.limit.into(),
            other_entry: finding.other_entry.into(),
        }
    }
}

/// What became of a file.
#[derive(Object)]
pub struct PhotoObject {
    /// Its name as delivered; in the code mode without what looks like a name or an identity number.
    entry: String,
    /// SHA-256 of its bytes; empty where they could not be read.
    sha256: String,
    /// `matched`, `review`, `rejected`, `unmatched` or `ignored`.
    verdict: String,
    /// School of its record.
    school_code: Nullable<String>,
    /// Student number of its record.
    student_no: Nullable<String>,
    /// Whether its student is to be photographed again.
    recapture: bool,
    /// What was found.
    findings: Vec<FindingObject>,
}

impl From<ReportPhoto> for PhotoObject {
    fn from(photo: ReportPhoto) -> Self {
        Self {
            entry: photo.entry,
            sha256: photo.sha256,
            verdict: photo.verdict.to_string(),
            school_code: photo.school_code.into(),
            student_no: photo.student_no.into(),
            recapture: photo.recapture,
            findings: photo.findings.into_iter().map(FindingObject::from).collect(),
        }
    }
}

/// The lengths of a report's lists.
#[derive(Object)]
pub struct ReportCountsObject {
    /// Files delivered.
    files: i64,
    /// Files that are meant as photos.
    photos: i64,
    /// Photos that are their record's.
    matched: i64,
    /// Photos that the school must look at.
    review: i64,
    /// Files that are no usable photo.
    rejected: i64,
    /// Photos whose number names nobody.
    unmatched: i64,
    /// Files that are no photos.
    ignored: i64,
    /// Length of `missing`.
    missing: i64,
}

/// A record of the roll.
#[derive(Object)]
pub struct RecordObject {
    /// Its school.
    school_code: String,
    /// Its student number.
    student_no: String,
}

/// A manifest row without a file.
#[derive(Object)]
pub struct ManifestRowObject {
    /// Its number in the manifest, as people count.
    row: i64,
    /// The student number, where the manifest gives one.
    student_no: Nullable<String>,
}

/// Everything that became of a batch.
#[derive(Object)]
pub struct ReportObject {
    /// The batch.
    batch_id: i64,
    /// Where it stands.
    state: String,
    /// SHA-256 of the archive.
    sha256: String,
    /// Code of the campaign.
    campaign: String,
    /// Code of the agency.
    agency: String,
    /// The lengths of the lists below.
    counts: ReportCountsObject,
    /// Every file, in the order of the delivery.
    photos: Vec<PhotoObject>,
    /// Always empty for an agency.
    missing: Vec<RecordObject>,
    /// Manifest rows without a file.
    manifest_only: Vec<ManifestRowObject>,
}

impl From<BatchReport> for ReportObject {
    fn from(report: BatchReport) -> Self {
        let counts = report.counts;
        let missing = report.missing.into_iter().map(|record| RecordObject {
            school_code: record.school_code,
            student_no: record.student_no,
        });
        let manifest_only = report.manifest_only.into_iter().map(|row| ManifestRowObject {
            row: row.row,
            student_no: row.student_no.into(),
        });
        Self {
            batch_id: report.batch_id.0,
            state: report.state.to_string(),
            sha256: report.sha256,
            campaign: report.campaign,
            agency: report.agency,
            counts: ReportCountsObject {
                files: counts.files,
                photos: counts.photos,
                matched: counts.matched,
                review: counts.review,
                rejected: counts.rejected,
                unmatched: counts.unmatched,
                ignored: counts.ignored,
                missing: counts.missing,
            },
            photos: report.photos.into_iter().map(PhotoObject::from).collect(),
            missing: missing.collect(),
            manifest_only: manifest_only.collect(),
        }
    }
}
