//! Words and rows of roll imports.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::import::header::{Field, Mapping};
use crate::clock::TimestampMs;
use crate::db::dialect::roll::VanishScope;
use crate::db::schema::roll_imports;
use crate::id::ImportId;

crate::text_enum! {
    /// What a file brings.
    ImportKind {
        /// The roll itself.
        Roll = "roll",
        /// Admission data (录取信息), by exam number: who may register before the roll has them.
        Admission = "admission",
        /// The class of the 身份核验 (face comparison) that comes back in field BZ.
        IdentityCheck = "identity-check",
    }
}

impl ImportKind {
    /// The columns without which a file cannot be told apart from another list.
    pub fn needed_columns(self) -> &'static [Field] {
        match self {
            Self::Roll => &[Field::StudentNo, Field::Name, Field::IdNumber],
            Self::Admission => &[Field::ExamNo, Field::Name, Field::IdNumber],
            Self::IdentityCheck => &[Field::StudentNo, Field::Remark],
        }
    }
}

crate::text_enum! {
    /// Where an import stands.
    ImportState {
        /// Waiting for a worker.
        Queued = "queued",
        /// Its rows are being read.
        Staging = "staging",
        /// Its rows are being applied.
        Applying = "applying",
        /// Compared with the roll; nothing was applied, as asked.
        Previewed = "previewed",
        /// Applied.
        Applied = "applied",
        /// The file could not be read.
        Failed = "failed",
        /// Taken back.
        Undone = "undone",
    }
}

crate::text_enum! {
    /// What an attended import waits for a person to do.
    Hold {
        /// To look at the first rows and say what the columns are.
        Columns = "columns",
        /// To look at the comparison and let it be applied.
        Approval = "approval",
        /// To let it go on, or to take it back.
        Pause = "pause",
    }
}

crate::text_enum! {
    /// What a row of a file does to the roll.
    Outcome {
        /// Adds a record.
        New = "new",
        /// Changes one.
        Changed = "changed",
        /// Says what the record says, or repeats an earlier row.
        Unchanged = "unchanged",
        /// Cannot be imported.
        Error = "error",
    }
}

crate::text_enum! {
    /// How much an issue weighs.
    IssueSeverity {
        /// The row was not imported.
        Error = "error",
        /// The row was imported.
        Warning = "warning",
    }
}

/// How a file is to be read and what it is complete for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// `utf-8`, `gb18030`, `utf-16le` or `utf-16be`; unset is found out.
    pub encoding: Option<String>,
    /// Name of the sheet; unset is the first visible one with data.
    pub sheet: Option<String>,
    /// Columns and defaults that people set.
    pub mapping: Mapping,
    /// What the file is complete for; unset: nothing can vanish.
    pub scope: Option<VanishScope>,
}

/// An import about to be made.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// What the file brings.
    pub kind: ImportKind,
    /// Name of the staged file.
    pub staged_object: String,
    /// SHA-256 of the file, hexadecimal.
    pub source_sha256: String,
    /// How it is to be read.
    pub options: ImportOptions,
    /// Whether only to compare.
    pub is_dry_run: bool,
    /// Whether a person looks at columns and comparison before anything is applied.
    pub is_attended: bool,
    /// Who hands it in.
    pub actor: String,
}

/// An import's row.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = roll_imports)]
pub struct RollImport {
    /// Its number.
    pub import_id: ImportId,
    /// What the file brings.
    pub kind: ImportKind,
    /// Where it stands.
    pub state: ImportState,
    /// Name of the staged file.
    pub staged_object: String,
    /// SHA-256 of the file, hexadecimal.
    pub source_sha256: String,
    /// [`ImportOptions`] as JSON.
    pub options: String,
    /// Whether only to compare.
    pub is_dry_run: bool,
    /// Whether a person looks at columns and comparison before anything is applied.
    pub is_attended: bool,
    /// What it waits for a person to do.
    pub hold: Option<Hold>,
    /// The encoding that the file was read in.
    pub encoding: Option<String>,
    /// The record's columns that the file has, separated by commas.
    pub present_columns: String,
    /// Rows read.
    pub rows_total: i64,
    /// Number of the last row applied.
    pub rows_applied: i64,
    /// Rows whose key the roll did not have.
    pub rows_new: i64,
    /// Rows that differed.
    pub rows_changed: i64,
    /// Rows that did not.
    pub rows_unchanged: i64,
    /// Records of the scope that the file did not have.
    pub rows_vanished: i64,
    /// Errors found.
    pub error_total: i64,
    /// Warnings found.
    pub warning_total: i64,
    /// Why the file could not be read: stable code.
    pub failure_code: Option<String>,
    /// The same in words.
    pub failure_message: Option<String>,
    /// Who handed it in.
    pub actor: String,
    /// When, UTC ms.
    pub created_at_ms: TimestampMs,
    /// When it ended, UTC ms.
    pub finished_at_ms: Option<TimestampMs>,
}

/// Something said about a row. The field names are part of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Serialize, Deserialize)]
pub struct RowIssue {
    /// Number of the row in the file, as people count, the heading included.
    pub row: i64,
    /// Heading of the column.
    pub column: String,
    /// Stable code.
    pub code: String,
    /// What is wrong and what to do; never repeats the value.
    pub message: String,
}

/// The result of an import: the object that the command line prints. Its field names are part of the interface.
#[derive(Clone, Debug, Serialize)]
pub struct ImportReport {
    /// The import.
    pub import_id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// Rows read.
    pub rows: i64,
    /// Rows whose key the roll did not have.
    pub new: i64,
    /// Rows that differed.
    pub changed: i64,
    /// Rows that did not.
    pub unchanged: i64,
    /// Records of the scope that the file did not have.
    pub vanished: i64,
    /// Errors, at most [`MAX_REPORTED_ISSUES`].
    pub errors: Vec<RowIssue>,
    /// All errors.
    pub error_total: i64,
    /// Warnings, at most [`MAX_REPORTED_ISSUES`].
    pub warnings: Vec<RowIssue>,
    /// All warnings.
    pub warning_total: i64,
}

/// Issues that a report lists; all of them are in the table.
pub const MAX_REPORTED_ISSUES: i64 = 10_000;
