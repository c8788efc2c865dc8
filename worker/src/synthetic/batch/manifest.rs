//! The agency's list of what it delivers.

use encoding_rs::GB18030;

use crate::synthetic::school::{RollRow, SCHOOL_CODE};

const HEADER: &str = "院校代码,学号,考生号,姓名,证件号码,班级,文件名\r\n";

/// One line of the list.
#[derive(Clone, Debug)]
pub(super) struct ManifestRow {
    pub(super) school_code: String,
    pub(super) student_no: String,
    pub(super) exam_no: String,
    pub(super) name: String,
    pub(super) id_number: String,
    pub(super) class: String,
    /// The file's name in the archive, with its folders.
    pub(super) entry: String,
}

impl ManifestRow {
    /// The line for a student's photo as it should be.
    pub(super) fn of(row: &RollRow, entry: &str) -> Self {
        Self {
            school_code: SCHOOL_CODE.to_owned(),
            student_no: row.student_no.clone(),
            exam_no: row.exam_no.clone(),
            name: row.name.clone(),
            id_number: row.id_number.clone(),
            class: row.class.clone(),
            entry: entry.to_owned(),
        }
    }
}

/// The list as a CSV file in GB 18030, which holds every Chinese character.
pub(super) fn to_gb18030(rows: &[ManifestRow]) -> Vec<u8> {
    let mut text = HEADER.to_owned();
    for row in rows {
        let cells = [
            &row.school_code,
            &row.student_no,
            &row.exam_no,
            &row.name,
            &row.id_number,
            &row.class,
            &row.entry,
        ];
        text.push_str(&cells.map(String::as_str).join(","));
        text.push_str("\r\n");
    }
    GB18030.encode(&text).0.into_owned()
}
