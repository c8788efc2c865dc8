//! A typed row as it travels to the database: identity number and birth date sealed, everything else as text.

use chrono::Datelike;
use serde::Serialize;

use super::header::{Field, HeaderMap};
use super::row::RollRow;
use crate::crypto::{Purpose, Sealer};
use crate::error::Result;
use crate::roll::codes::RollStatus;
use crate::roll::identity::IdNumber;
use crate::roll::initials::initials;
use crate::roll::model::ImportKind;
use crate::roll::name;

/// What says that two rows have the same content, without saying what it is.
const ROW_CONTENT: Purpose = Purpose::new("roll-row-content");
/// What finds equal birth dates among sealed ones.
const BIRTH_DATE_INDEX: Purpose = Purpose::new("birth-date-index");

/// Bytes of a blind index that are kept: 128 bits never collide among all the people there are.
pub const INDEX_BYTES: usize = 16;

/// A row of `roll_import_rows`; bytes in hexadecimal.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the columns are documented by the migration")]
pub struct StagedRow {
    pub row_no: i64,
    pub school_code: String,
    pub is_self_consistent: bool,
    pub student_no: String,
    pub exam_no: Option<String>,
    pub name: String,
    pub name_folded: String,
    pub name_initials: String,
    pub sex: Option<&'static str>,
    pub id_kind: &'static str,
    pub id_sealed: Option<String>,
    pub id_index: Option<String>,
    pub id_last4_index: Option<String>,
    pub birth_sealed: Option<String>,
    pub ethnicity: Option<String>,
    pub level: Option<String>,
    pub level_kind: Option<&'static str>,
    pub major_code: Option<String>,
    pub major_name: Option<String>,
    pub duration_years: Option<String>,
    pub study_form: Option<String>,
    pub study_category: Option<String>,
    pub college: Option<String>,
    pub department: Option<String>,
    pub class_name: Option<String>,
    pub entry_date: Option<String>,
    pub expected_graduation: Option<String>,
    pub grad_year: Option<i32>,
    pub status: Option<String>,
    pub status_kind: &'static str,
    pub is_open: bool,
    pub identity_check: Option<String>,
    pub remark: Option<String>,
    pub birth_index: String,
    pub content_hash: String,
}

/// The blind index of a document number.
pub fn id_index(sealer: &Sealer, canonical: &str) -> Vec<u8> {
    short(sealer.blind_index(Purpose::ID_NUMBER, canonical.as_bytes()))
}

/// The blind index of the last four characters of a document number.
pub fn id_last4_index(sealer: &Sealer, last_four: &str) -> Vec<u8> {
    short(sealer.blind_index(Purpose::ID_NUMBER_LAST_FOUR, last_four.as_bytes()))
}

fn short(index: [u8; 32]) -> Vec<u8> {
    index.iter().copied().take(INDEX_BYTES).collect()
}

/// Makes a staged row; `school_code` is the row's own or the file's.
pub fn stage_row(sealer: &Sealer, kind: ImportKind, row: RollRow, school_code: String) -> Result<StagedRow> {
    let number = row.id_number.as_ref();
    let birth = row.birth_date.map(|date| date.format("%Y%m%d").to_string());
    let status = RollStatus::of(row.status.as_deref().unwrap_or_default());
    let mut staged = StagedRow {
        row_no: row.row_no,
        school_code,
        is_self_consistent: row.is_self_consistent,
        student_no: row.student_no,
        exam_no: row.exam_no,
        name_folded: name::fold(&row.name),
        name_initials: initials(&row.name),
        name: row.name,
        sex: row.sex.map(|sex| sex.as_str()),
        id_kind: number.map_or("none", |number| number.kind().as_str()),
        id_index: number.map(|number| hex::encode(id_index(sealer, number.expose()))),
        id_last4_index: number.map(|number| hex::encode(id_last4_index(sealer, number.last_four()))),
        ethnicity: row.ethnicity,
        level: row.level,
        level_kind: row.level_kind.map(|level| level.as_str()),
        major_code: row.major_code,
        major_name: row.major_name,
        duration_years: row.duration_years,
        study_form: row.study_form,
        study_category: row.study_category,
        college: row.college,
        department: row.department,
        class_name: row.class_name,
        entry_date: row.entry_date.map(|date| date.to_string()),
        expected_graduation: row.expected_graduation.map(|date| date.to_string()),
        grad_year: row.expected_graduation.map(|date| date.year()),
        status: row.status,
        status_kind: status.as_str(),
        is_open: status.is_open(),
        identity_check: identity_check(kind, row.remark.as_deref()),
        remark: row.remark,
        ..StagedRow::default()
    };
    let birth_text = birth.as_deref().unwrap_or_default();
    staged.birth_index = hex::encode(short(sealer.blind_index(BIRTH_DATE_INDEX, birth_text.as_bytes())));
    // The seal of a value differs every time it is made, so the content is hashed before anything is sealed.
    staged.content_hash = hex::encode(content_hash(sealer, &staged)?);
    staged.id_sealed = seal(sealer, Purpose::ID_NUMBER, number.map(IdNumber::expose))?;
    staged.birth_sealed = seal(sealer, Purpose::BIRTH_DATE, birth.as_deref())?;
    Ok(staged)
}

fn seal(sealer: &Sealer, purpose: Purpose, value: Option<&str>) -> Result<Option<String>> {
    Ok(value
        .map(|value| sealer.seal(purpose, value.as_bytes()))
        .transpose()?
        .map(hex::encode))
}

fn content_hash(sealer: &Sealer, staged: &StagedRow) -> Result<Vec<u8>> {
    let content = StagedRow {
        row_no: 0,
        is_self_consistent: false,
        ..staged.clone()
    };
    let text = serde_json::to_string(&content)?;
    Ok(short(sealer.blind_index(ROW_CONTENT, text.as_bytes())))
}

/// The columns of a record that a file with this heading speaks of. What it does not have stays as the roll has it.
pub fn present_columns(kind: ImportKind, header: &HeaderMap) -> Vec<&'static str> {
    if kind == ImportKind::IdentityCheck {
        return vec!["identity_check"];
    }
    columns_of(|field| header.has(field))
}

/// The columns of a record that these fields fill.
pub fn columns_of(is_among: impl Fn(Field) -> bool) -> Vec<&'static str> {
    let filled = FILLED_BY.iter().filter(|(field, _)| is_among(*field));
    filled.flat_map(|(_, columns)| columns.iter().copied()).collect()
}

/// Which columns of a record each column of a file fills.
const FILLED_BY: &[(Field, &[&str])] = &[
    (Field::ExamNo, &["exam_no"]),
    (Field::Name, &["name", "name_folded", "name_initials"]),
    (Field::Sex, &["sex"]),
    (Field::IdNumber, &["id_kind", "id_sealed", "id_index", "id_last4_index"]),
    (Field::BirthDate, &["birth_sealed", "birth_index"]),
    (Field::Ethnicity, &["ethnicity"]),
    (Field::Level, &["level", "level_kind"]),
    (Field::MajorCode, &["major_code"]),
    (Field::MajorName, &["major_name"]),
    (Field::Duration, &["duration_years"]),
    (Field::StudyForm, &["study_form"]),
    (Field::StudyCategory, &["study_category"]),
    (Field::College, &["college"]),
    (Field::Department, &["department"]),
    (Field::ClassName, &["class_name"]),
    (Field::EntryDate, &["entry_date"]),
    (Field::ExpectedGraduation, &["expected_graduation", "grad_year"]),
    (Field::Status, &["status", "status_kind", "is_open"]),
    (Field::Remark, &["identity_check", "remark"]),
];

/// The class of the 身份核验 that CHSI writes into field BZ.
fn identity_check(kind: ImportKind, remark: Option<&str>) -> Option<String> {
    let remark = remark?;
    let classes = ["身份核验未通过", "身份核验不确定", "身份核验异常"];
    let class = classes.into_iter().find(|class| remark.contains(class))?;
    matches!(kind, ImportKind::Roll | ImportKind::IdentityCheck).then(|| class.to_owned())
}
