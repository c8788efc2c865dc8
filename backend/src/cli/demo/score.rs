//! Holds a report against what was planted: every anomaly found, nobody else accused, every photo under its own student.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::batches::model::Verdict;
use domain::batches::report::{BatchReport, ReportPhoto};
use serde::Serialize;
use worker::synthetic::Truth;

/// One kind of anomaly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CodeScore {
    /// Planted.
    pub planted: usize,
    /// Found with the right code.
    pub found: usize,
}

/// How a report compares with the truth.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Score {
    /// By code.
    pub codes: BTreeMap<String, CodeScore>,
    /// Clean photos.
    pub clean: usize,
    /// Clean photos that are not matched to their own student.
    pub accused: usize,
    /// Students without a photo that the report does not list as missing.
    pub missing_unreported: usize,
    /// Students listed as missing who have a photo.
    pub missing_wrongly: usize,
    /// Manifest rows without a file that the report does not list, or lists without cause.
    pub manifest_differences: usize,
}

impl Score {
    /// Whether everything was found and nobody else accused.
    pub fn is_perfect(&self) -> bool {
        self.codes.values().all(|code| code.found == code.planted)
            && self.accused + self.missing_unreported + self.missing_wrongly + self.manifest_differences == 0
    }
}

/// Compares.
pub fn score(truth: &Truth, report: &BatchReport) -> Score {
    let photos: HashMap<&str, &ReportPhoto> = report
        .photos
        .iter()
        .map(|photo| (photo.entry.as_str(), photo))
        .collect();
    let mut score = Score {
        clean: truth.clean.len(),
        ..Score::default()
    };
    for plant in &truth.planted {
        let has_code = photos
            .get(plant.entry.as_str())
            .is_some_and(|photo| photo.findings.iter().any(|finding| finding.code == plant.code));
        let code = score.codes.entry(plant.code.to_string()).or_default();
        code.planted += 1;
        code.found += usize::from(has_code);
    }
    score.accused = truth
        .clean
        .iter()
        .filter(|clean| {
            !photos.get(clean.entry.as_str()).is_some_and(|photo| {
                photo.verdict == Verdict::Matched && photo.student_no.as_deref() == Some(clean.student_no.as_str())
            })
        })
        .count();
    let reported: HashSet<&str> = report.missing.iter().map(|record| record.student_no.as_str()).collect();
    let expected: HashSet<&str> = truth.missing.iter().map(String::as_str).collect();
    let undecided: HashSet<&str> = truth.undecided.iter().map(String::as_str).collect();
    score.missing_unreported = expected.difference(&reported).count();
    score.missing_wrongly = reported
        .iter()
        .filter(|number| !expected.contains(*number) && !undecided.contains(*number))
        .count();
    let only: HashSet<Option<&str>> = report
        .manifest_only
        .iter()
        .map(|row| row.student_no.as_deref())
        .collect();
    let planted: HashSet<Option<&str>> = truth
        .manifest_only
        .iter()
        .map(|row| Some(row.student_no.as_str()))
        .collect();
    score.manifest_differences = only.symmetric_difference(&planted).count();
    score
}

/// The score as a table.
pub fn describe(score: &Score) -> String {
    let mut text = String::from("planted anomalies: code, planted, found");
    for (code, counts) in &score.codes {
        text.push_str(&format!("\n  {code:<10} {:>5} {:>5}", counts.planted, counts.found));
    }
    text.push_str(&format!(
        "\n{} clean photos, {} accused · missing: {} unreported, {} wrongly · manifest: {} differences",
        score.clean, score.accused, score.missing_unreported, score.missing_wrongly, score.manifest_differences
    ));
    text
}
