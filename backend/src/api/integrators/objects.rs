//! The objects of the school's other systems. Instants are RFC 3339 in UTC.

use domain::error::{Error, Result};
use domain::integrators::model::{EnrolmentStatus, PhotoStanding};
use domain::roll::import::header::Field;
use domain::roll::model::{RollImport, RowIssue};
use poem_openapi::{Enum, Object};

use crate::api::agency::objects::instant;
use crate::api::values::{Nullable, Optional, Text};

/// One row of the roll. Every row of a page has the same fields; a field that the page does not have stays as the roll has it.
#[derive(Object)]
pub struct RollRecordObject {
    /// 学号.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub student_no: Text,
    /// 姓名.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Text,
    /// 证件号码.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub id_number: Text,
    /// 考生号.
    pub exam_no: Optional<Text>,
    /// 性别, 男 or 女.
    pub sex: Optional<Text>,
    /// 出生日期, `YYYYMMDD` or `YYYY-MM-DD`.
    pub birth_date: Optional<Text>,
    /// 证件类型.
    pub id_kind: Optional<Text>,
    /// 民族.
    pub ethnicity: Optional<Text>,
    /// 层次, as 本科.
    pub level: Optional<Text>,
    /// 专业代码.
    pub major_code: Optional<Text>,
    /// 专业名称.
    pub major_name: Optional<Text>,
    /// 学制.
    pub duration: Optional<Text>,
    /// 学习形式.
    pub study_form: Optional<Text>,
    /// 学历类别, as 普通高等教育.
    pub study_category: Optional<Text>,
    /// 分院.
    pub college: Optional<Text>,
    /// 系所.
    pub department: Optional<Text>,
    /// 班级.
    pub class_name: Optional<Text>,
    /// 入学日期.
    pub entry_date: Optional<Text>,
    /// 预计毕业日期.
    pub expected_graduation: Optional<Text>,
    /// 学籍状态, as 注册学籍.
    pub status: Optional<Text>,
}

impl RollRecordObject {
    fn fields(&self) -> Vec<(Field, &str)> {
        let optional = [
            (Field::ExamNo, &self.exam_no),
            (Field::Sex, &self.sex),
            (Field::BirthDate, &self.birth_date),
            (Field::IdKind, &self.id_kind),
            (Field::Ethnicity, &self.ethnicity),
            (Field::Level, &self.level),
            (Field::MajorCode, &self.major_code),
            (Field::MajorName, &self.major_name),
            (Field::Duration, &self.duration),
            (Field::StudyForm, &self.study_form),
            (Field::StudyCategory, &self.study_category),
            (Field::College, &self.college),
            (Field::Department, &self.department),
            (Field::ClassName, &self.class_name),
            (Field::EntryDate, &self.entry_date),
            (Field::ExpectedGraduation, &self.expected_graduation),
            (Field::Status, &self.status),
        ];
        let given = optional
            .into_iter()
            .filter_map(|(field, text)| Some((field, text.0.as_ref()?.0.as_str())));
        [
            (Field::StudentNo, self.student_no.0.as_str()),
            (Field::Name, self.name.0.as_str()),
            (Field::IdNumber, self.id_number.0.as_str()),
        ]
        .into_iter()
        .chain(given)
        .collect()
    }
}

/// A page of the roll.
#[derive(Object)]
pub struct RollPageObject {
    /// 院校代码 of every row, five digits.
    #[oai(validator(pattern = "^[0-9]{5}$"))]
    pub school_code: String,
    /// The rows.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub records: Vec<RollRecordObject>,
}

/// The page as a roll file: CSV in UTF-8 with the headings of the interchange file.
pub fn page_as_table(page: &RollPageObject) -> Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let columns: Vec<Field> = page
        .records
        .first()
        .map(|record| record.fields().into_iter().map(|(field, _)| field).collect())
        .unwrap_or_default();
    table
        .write_record(columns.iter().map(|field| field.heading()))
        .map_err(Error::internal)?;
    for (number, record) in page.records.iter().enumerate() {
        let fields = record.fields();
        if !fields.iter().map(|(field, _)| field).eq(&columns) {
            return Err(Error::invalid(
                "fields-differ",
                format!("records[{number}]"),
                "every record of a page has the same fields as the first; send others in a page of their own",
            ));
        }
        table
            .write_record(fields.iter().map(|(_, text)| text))
            .map_err(Error::internal)?;
    }
    table.into_inner().map_err(|fault| Error::internal(fault.into_error()))
}

/// What is wrong with a row.
#[derive(Object)]
pub struct IssueObject {
    /// The row, counted from 2 as in a file whose first row is its heading; 0 where it is about the whole page.
    row: i64,
    /// Heading of the column; empty where it is about the whole row.
    column: String,
    /// Stable code.
    code: String,
    /// What is wrong and what to do.
    message: String,
}

/// What became of a page.
#[derive(Object)]
pub struct ImportObject {
    /// Number of the import.
    import_id: i64,
    /// `queued`, `staging`, `applying`, `applied`, `failed` or `undone`.
    state: String,
    /// Rows of the page.
    rows: i64,
    /// Rows that the roll did not have.
    new: i64,
    /// Rows that differed.
    changed: i64,
    /// Rows that did not.
    unchanged: i64,
    /// How many errors there are; a row with an error changes nothing.
    error_total: i64,
    /// The errors, by row.
    errors: Vec<IssueObject>,
    /// Why nothing could be read: stable code.
    failure_code: Nullable<String>,
    /// When it was handed in.
    created_at: String,
}

impl ImportObject {
    /// As the caller that handed it in sees it.
    pub fn new(import: RollImport, errors: Vec<RowIssue>) -> Self {
        let issues = errors.into_iter().map(|issue| IssueObject {
            row: issue.row,
            column: issue.column,
            code: issue.code,
            message: issue.message,
        });
        Self {
            import_id: import.import_id.0,
            state: import.state.to_string(),
            rows: import.rows_total,
            new: import.rows_new,
            changed: import.rows_changed,
            unchanged: import.rows_unchanged,
            error_total: import.error_total,
            errors: issues.collect(),
            failure_code: import.failure_code.into(),
            created_at: instant(import.created_at_ms),
        }
    }
}

/// Students by number.
#[derive(Object)]
pub struct StudentsObject {
    /// 院校代码, five digits.
    #[oai(validator(pattern = "^[0-9]{5}$"))]
    pub school_code: String,
    /// 学号.
    #[oai(validator(min_items = 1, max_items = 500))]
    pub student_nos: Vec<Text>,
}

impl StudentsObject {
    /// The numbers.
    pub fn numbers(self) -> Vec<String> {
        self.student_nos.into_iter().map(|number| number.0).collect()
    }
}

/// How far a photo is.
#[derive(Enum)]
#[oai(rename_all = "lowercase")]
pub enum PhotoWord {
    /// There is an approved photo.
    Accepted,
    /// It must be shot again.
    Recapture,
    /// A photo waits for a person.
    Review,
    /// There is none.
    None,
}

/// How far a student is.
#[derive(Object)]
pub struct EnrolmentObject {
    /// 学号.
    student_no: String,
    /// 学籍状态, as the roll spells it.
    status: Nullable<String>,
    /// Whether the row is open.
    is_open: bool,
    /// How far the photo is.
    photo: PhotoWord,
    /// SHA-256 of the approved, standardised photo; another photo has another.
    photo_sha256: Nullable<String>,
}

/// How far students are.
#[derive(Object)]
pub struct EnrolmentPage {
    /// By student number.
    enrolments: Vec<EnrolmentObject>,
}

impl From<Vec<EnrolmentStatus>> for EnrolmentPage {
    fn from(rows: Vec<EnrolmentStatus>) -> Self {
        let enrolments = rows.into_iter().map(|row| EnrolmentObject {
            student_no: row.student_no,
            status: row.status.into(),
            is_open: row.is_open,
            photo: match row.photo {
                PhotoStanding::Accepted => PhotoWord::Accepted,
                PhotoStanding::Recapture => PhotoWord::Recapture,
                PhotoStanding::Review => PhotoWord::Review,
                PhotoStanding::None => PhotoWord::None,
            },
            photo_sha256: row.photo_sha256.into(),
        });
        Self {
            enrolments: enrolments.collect(),
        }
    }
}

/// Where an approved photo can be fetched.
#[derive(Object)]
pub struct ApprovedPhotoObject {
    /// 学号.
    student_no: String,
    /// SHA-256 of the photo.
    sha256: String,
    /// The address, without scheme and host.
    href: String,
}

/// Where approved photos can be fetched.
#[derive(Object)]
pub struct ApprovedPhotoPage {
    /// By student number.
    photos: Vec<ApprovedPhotoObject>,
    /// Until when the addresses are good.
    expires_at: String,
}

/// What the signature of a photo's address signs.
pub fn photo_address(sha256: &str) -> String {
    format!("integrator {sha256}")
}

impl ApprovedPhotoPage {
    /// Photos by student number, each address signed.
    pub fn new(found: Vec<(String, String)>, sign: impl Fn(&str) -> String, expires_at_ms: i64) -> Self {
        let photos = found.into_iter().map(|(student_no, sha256)| ApprovedPhotoObject {
            student_no,
            href: format!("/api/v1/photos/{sha256}?key={}", sign(&sha256)),
            sha256,
        });
        Self {
            photos: photos.collect(),
            expires_at: instant(expires_at_ms),
        }
    }
}
