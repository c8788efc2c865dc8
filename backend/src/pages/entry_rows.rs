//! A photo in a list: of a batch, or of the queue of review.

use domain::batches::model::FindingRow;
use domain::batches::model::MaskedStudent;
use domain::batches::queries::entries::ListedEntry;
use serde::Serialize;

use crate::pages::pictures::Signer;

/// A file of the delivery, a student without a photo, or a manifest row without a file.
#[derive(Serialize)]
pub struct EntryRow {
    entry_id: i64,
    thumbnail: Option<String>,
    student: Option<MaskedStudent>,
    row: Option<i64>,
    is_recapture: bool,
    findings: Vec<FindingLine>,
    other: Option<PairSide>,
}

#[derive(Serialize)]
struct PairSide {
    thumbnail: Option<String>,
    student: Option<MaskedStudent>,
}

/// One reason: worded by `finding-<code>` and `finding-<code>-sentence`, its numbers as they were measured.
#[derive(Serialize)]
pub struct FindingLine {
    code: String,
    severity: String,
    value: Option<String>,
    limit: Option<String>,
}

impl EntryRow {
    /// A student without a photo.
    pub fn missing(record_id: i64, student: MaskedStudent) -> Self {
        Self {
            student: Some(student),
            ..Self::without_file(record_id)
        }
    }

    /// A manifest row without a file.
    pub fn manifest_only(row: i64) -> Self {
        Self {
            row: Some(row),
            ..Self::without_file(row)
        }
    }

    fn without_file(number: i64) -> Self {
        Self {
            entry_id: number,
            thumbnail: None,
            student: None,
            row: None,
            is_recapture: false,
            findings: Vec::new(),
            other: None,
        }
    }

    /// A file, its thumbnails signed for the reader.
    pub fn new(entry: ListedEntry, signer: &Signer<'_>) -> Self {
        let sign = |sha256: Option<String>| sha256.map(|sha256| signer.thumbnail(&sha256));
        Self {
            entry_id: entry.entry_id.0,
            thumbnail: sign(entry.thumbnail_sha256),
            student: entry.student,
            row: entry.manifest_row,
            is_recapture: entry.is_recapture,
            findings: entry.findings.into_iter().map(FindingLine::new).collect(),
            other: entry.other.map(|other| PairSide {
                thumbnail: sign(other.thumbnail_sha256),
                student: other.student,
            }),
        }
    }
}

impl FindingLine {
    /// From what was found.
    pub fn new(finding: FindingRow) -> Self {
        Self {
            value: finding.measured.map(measured),
            limit: finding.limit_value.map(measured),
            code: finding.code,
            severity: finding.severity,
        }
    }
}

/// Whole numbers without a fraction, others with two digits at most: nobody reads `0.30000000000000004`.
fn measured(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_numbers_are_short() {
        for (value, text) in [(31.0, "31"), (0.1 + 0.2, "0.3"), (18.25, "18.25"), (100.0, "100")] {
            assert_eq!(measured(value), text);
        }
    }
}
