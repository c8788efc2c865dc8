//! An agency's list beside its photos: recognised by its heading, read row by row, kept sealed.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::dialect::dialect_of;
use super::matching::{ManifestClaim, fold_file_name};
use crate::crypto::{Purpose, Sealer};
use crate::error::Result;
use crate::roll::identity::canonical_text;
use crate::roll::import::error::TableError;
use crate::roll::import::header::{Field, HeaderMap, Mapping};
use crate::roll::import::stage::{id_index, id_last4_index};
use crate::roll::import::table::{RawCell, RawRow, Table, TableLimits, TableOptions};
use crate::roll::name;

/// What a manifest's row is sealed for.
pub const MANIFEST_ROW: Purpose = Purpose::new("manifest-row");

/// Rows above the heading that are passed over.
const MAX_TITLE_ROWS: usize = 20;

/// A row of a manifest, as text.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManifestRow {
    /// Its number in the file, as people count, the heading included.
    pub row_no: i64,
    /// 姓名, possibly masked.
    pub name: Option<String>,
    /// 证件号码, canonical.
    pub id_number: Option<String>,
    /// Only its last four characters.
    pub id_last_four: Option<String>,
    /// 考生号.
    pub exam_no: Option<String>,
    /// 学号.
    pub student_no: Option<String>,
    /// 院校代码.
    pub school_code: Option<String>,
    /// 文件名.
    pub file_name: Option<String>,
    /// 采集时间, as written.
    pub captured_at: Option<String>,
}

/// Reads a manifest: a table whose heading speaks of photos and students, or one without a heading in a form that is known. None where
/// it is neither.
pub fn read_manifest(path: &Path) -> std::result::Result<Option<Vec<ManifestRow>>, TableError> {
    let limits = TableLimits {
        rows: 300_000,
        ..TableLimits::default()
    };
    let mut table = Table::open(
        path,
        &TableOptions {
            limits,
            ..TableOptions::default()
        },
    )?;
    let mut rows = table.rows()?;
    let mut first = None;
    for row in rows.by_ref().take(MAX_TITLE_ROWS) {
        let row = row?;
        if let Some(header) = HeaderMap::of(&row, &Mapping::default()).filter(is_manifest) {
            return read_rows(rows, |row| read_row(&header, row)).map(Some);
        }
        first = first.or_else(|| Some(row).filter(|row| !row.is_blank()));
    }
    drop(rows);
    let Some(dialect) = first.as_ref().and_then(dialect_of) else {
        return Ok(None);
    };
    read_rows(table.rows()?, |row| dialect.read_row(row)).map(Some)
}

fn read_rows(
    rows: impl Iterator<Item = std::result::Result<RawRow, TableError>>,
    read: impl Fn(&RawRow) -> ManifestRow,
) -> std::result::Result<Vec<ManifestRow>, TableError> {
    let mut manifest = Vec::new();
    for row in rows {
        let row = row?;
        if !row.is_blank() {
            manifest.push(read(&row));
        }
    }
    Ok(manifest)
}

fn is_manifest(header: &HeaderMap) -> bool {
    let has_key = [Field::IdNumber, Field::ExamNo, Field::StudentNo]
        .into_iter()
        .any(|field| header.has(field));
    has_key && (header.has(Field::FileName) || header.has(Field::Name))
}

fn read_row(header: &HeaderMap, row: &RawRow) -> ManifestRow {
    let text = |field: Field| -> Option<String> {
        let text = match header.cell(row, field) {
            RawCell::Date(at) => at.format("%Y-%m-%dT%H:%M:%S").to_string(),
            cell => cell.text()?.trim().to_owned(),
        };
        (!text.is_empty()).then_some(text)
    };
    let number = |field: Field| {
        text(field)
            .map(|text| canonical_text(&text))
            .filter(|text| !text.is_empty())
    };
    ManifestRow {
        row_no: i64::try_from(row.row_no).unwrap_or(i64::MAX),
        name: text(Field::Name)
            .map(|name| name::display(&name))
            .filter(|name| !name.is_empty()),
        id_number: number(Field::IdNumber),
        id_last_four: number(Field::IdLastFour),
        exam_no: number(Field::ExamNo),
        student_no: number(Field::StudentNo),
        school_code: number(Field::SchoolCode),
        file_name: text(Field::FileName),
        captured_at: text(Field::CapturedAt),
    }
}

impl ManifestRow {
    /// The row as it is kept.
    pub fn seal(&self, sealer: &Sealer) -> Result<Vec<u8>> {
        Ok(sealer.seal(MANIFEST_ROW, serde_json::to_string(self)?.as_bytes())?)
    }

    /// A kept row.
    pub fn open(sealer: &Sealer, sealed: &[u8]) -> Result<Self> {
        use secrecy::ExposeSecret as _;
        Ok(serde_json::from_str(
            sealer.open_text(MANIFEST_ROW, sealed)?.expose_secret(),
        )?)
    }

    /// The row as matching sees it.
    pub fn to_claim(&self, sealer: &Sealer) -> ManifestClaim {
        // A masked number is no key; its last four characters still verify.
        let is_masked = |number: &String| number.contains('*');
        let full = self.id_number.as_ref().filter(|number| !is_masked(number));
        let masked_tail = self
            .id_number
            .as_ref()
            .filter(|number| is_masked(number))
            .and_then(|number| last_four(number));
        let last_four = self.id_last_four.as_deref().or(masked_tail);
        ManifestClaim {
            row_no: self.row_no,
            name: self.name.clone(),
            id_index: full.map(|number| id_index(sealer, &eighteen_digits(number))),
            id_last4_index: last_four.map(|tail| id_last4_index(sealer, tail)),
            exam_no: self.exam_no.clone(),
            student_no: self.student_no.clone(),
            school_code: self.school_code.clone(),
            file_name: self.file_name.as_deref().map(fold_file_name),
        }
    }
}

fn last_four(masked: &str) -> Option<&str> {
    let tail = masked.rsplit('*').next()?;
    (tail.len() == 4).then_some(tail)
}

/// The 18-digit form of a 15-digit resident number; anything else as it is. Whether a number is valid the roll decides.
fn eighteen_digits(number: &str) -> String {
    super::key::canonical_id(number)
}
