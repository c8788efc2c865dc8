//! The roll as the student-records system exports it.

use std::io::{self, Write};

use serde::Serialize;

use super::dirt::DirtyRow;
use super::{RollRow, SCHOOL_CODE, SCHOOL_NAME, School};

/// Header of the roll file.
pub const COLUMNS: [&str; 21] = [
    "考生号",
    "学号",
    "姓名",
    "性别",
    "出生日期",
    "证件类型",
    "证件号码",
    "民族",
    "院校代码",
    "院校名称",
    "层次",
    "专业代码",
    "专业名称",
    "学制",
    "学习形式",
    "学历类别",
    "分院",
    "班级",
    "入学日期",
    "预计毕业日期",
    "学籍状态",
];

/// What an import of the roll must report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RollTruth {
    /// Rows under the header.
    pub rows: usize,
    /// Rows that are still open, dirty ones included.
    pub open_rows: usize,
    /// Rows that the import must refuse.
    pub rejected: usize,
    /// Every dirty row.
    pub dirty: Vec<DirtyRow>,
}

impl School {
    /// Writes the roll as UTF-8 CSV with a header, lines ended by CR LF.
    pub fn write_roll_csv(&self, out: &mut impl Write) -> io::Result<()> {
        write_line(out, COLUMNS.iter().copied())?;
        for row in &self.rows {
            let cells = cells(row);
            write_line(out, cells.iter().map(String::as_str))?;
        }
        out.flush()
    }

    /// What the roll holds and what is wrong with it.
    pub fn roll_truth(&self) -> RollTruth {
        let dirty: Vec<DirtyRow> = self
            .rows
            .iter()
            .enumerate()
            .filter_map(|(place, row)| {
                let (kind, handling, column) = row.dirt?.describe();
                Some(DirtyRow {
                    row: place + 1,
                    student_no: row.student_no.clone(),
                    kind,
                    handling,
                    column,
                })
            })
            .collect();
        RollTruth {
            rows: self.rows.len(),
            open_rows: self.rows.iter().filter(|row| row.is_open()).count(),
            rejected: dirty
                .iter()
                .filter(|row| row.handling == super::Handling::Rejected)
                .count(),
            dirty,
        }
    }
}

fn cells(row: &RollRow) -> [String; 21] {
    let [name, birth, sex, id_number] = match row.dirt {
        Some(dirt) => dirt.spoil(row),
        None => [
            row.name.clone(),
            row.birth.clone(),
            row.sex.word().to_owned(),
            row.id_number.clone(),
        ],
    };
    let major = row.major;
    [
        row.exam_no.clone(),
        row.student_no.clone(),
        name,
        sex,
        birth,
        row.id_kind.to_owned(),
        id_number,
        row.nation.to_owned(),
        SCHOOL_CODE.to_owned(),
        SCHOOL_NAME.to_owned(),
        major.level.to_owned(),
        major.code.to_owned(),
        major.name.to_owned(),
        major.years.to_string(),
        major.form.to_owned(),
        major.category().to_owned(),
        major.college.to_owned(),
        row.class.clone(),
        format!("{:04}0901", row.entry_year),
        format!("{:04}0630", row.grad_year),
        row.status.to_owned(),
    ]
}

fn write_line<'a>(out: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let line: Vec<&str> = cells.collect();
    // No value holds a comma, a quote or a line break, so none needs quoting.
    writeln!(out, "{}\r", line.join(","))
}
