//! Which tables an import writes to.

use super::RECORD_COLUMNS;
use crate::db::bulk::Column;
use crate::roll::model::ImportKind;

/// A set of records that imports keep: the roll, or the admission data. Both go the same way, under another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// 学籍: one row per enrolment, by school and student number.
    Roll,
    /// 录取信息: one row per admission, by school and exam number; nobody has a student number or a state of enrolment yet.
    Admission,
}

/// What the roll alone keeps: what only somebody enrolled has, and how people are found in it.
const ROLL_ONLY: &[&str] = &[
    "name_initials",
    "student_no",
    "expected_graduation",
    "grad_year",
    "status",
    "status_kind",
    "is_open",
    "identity_check",
];

impl Ledger {
    /// Where the rows of a file of this kind go.
    pub fn of(kind: ImportKind) -> Self {
        match kind {
            ImportKind::Roll | ImportKind::IdentityCheck => Self::Roll,
            ImportKind::Admission => Self::Admission,
        }
    }

    /// The table of its records.
    pub(super) fn records(self) -> &'static str {
        match self {
            Self::Roll => "roll_records",
            Self::Admission => "admission_records",
        }
    }

    /// The table of what its records were before.
    pub(super) fn versions(self) -> &'static str {
        match self {
            Self::Roll => "roll_record_versions",
            Self::Admission => "admission_record_versions",
        }
    }

    /// The column that names a record within its school.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Roll => "student_no",
            Self::Admission => "exam_no",
        }
    }

    /// The columns that travel from the file to the record.
    pub(super) fn columns(self) -> impl Iterator<Item = &'static Column> {
        RECORD_COLUMNS
            .iter()
            .filter(move |column| self == Self::Roll || !ROLL_ONLY.contains(&column.name()))
    }

    /// The condition that nobody edited a record `r` or built upon it.
    pub(super) fn not_built_upon(self) -> &'static str {
        match self {
            Self::Roll => {
                "r.edited_at_ms IS NULL \
                 AND NOT EXISTS (SELECT 1 FROM photos AS p WHERE p.record_id = r.record_id) \
                 AND NOT EXISTS (SELECT 1 FROM batch_entries AS e WHERE e.record_id = r.record_id) \
                 AND NOT EXISTS (SELECT 1 FROM recaptures AS c WHERE c.record_id = r.record_id) \
                 AND NOT EXISTS (SELECT 1 FROM verdicts AS v WHERE v.record_id = r.record_id) \
                 AND NOT EXISTS (SELECT 1 FROM tickets AS t WHERE t.record_id = r.record_id)"
            }
            Self::Admission => "true",
        }
    }

    /// Writes a rule out for these tables: `{records}` and `{key}` are theirs.
    pub(super) fn spell(self, rule: &str) -> String {
        rule.replace("{records}", self.records()).replace("{key}", self.key())
    }
}
