//! Lists as files for spreadsheets: every cell text, none that a spreadsheet would run. A list goes through a scratch file, so its
//! length costs no memory.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use domain::clock::day_in_shanghai;
use domain::error::{Error, Result};
use domain::recaptures::model::RecaptureRow;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// A cell that begins with one of these is taken for a formula by spreadsheets (OWASP, CSV injection).
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Rows of a worksheet at most; Excel opens no more.
const WORKSHEET_ROWS: u32 = 1_048_576;

/// Text that a spreadsheet shows as it is.
pub fn safe_cell(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// What a list is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetKind {
    /// UTF-8 with a byte-order mark, which spreadsheets in China need to read Chinese.
    Csv,
    /// A workbook with one sheet.
    Xlsx,
}

impl SheetKind {
    /// By the ending of a path.
    pub fn of_path(path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        if path.to_ascii_lowercase().ends_with(".xlsx") {
            Self::Xlsx
        } else {
            Self::Csv
        }
    }

    /// The ending of file names.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What browsers are told.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

enum Writer {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx {
        workbook: Box<Workbook>,
        text: Format,
        next_line: u32,
    },
}

/// A list on its way into a file.
pub struct Sheet {
    writer: Writer,
}

impl Sheet {
    /// A sheet with its headings.
    pub fn new(kind: SheetKind, headings: &[&str]) -> Result<Self> {
        let mut sheet = Self::without_headings(kind)?;
        sheet.push(headings.iter().map(|heading| (*heading).to_owned()))?;
        Ok(sheet)
    }

    /// A sheet whose first line is pushed like the others.
    pub fn without_headings(kind: SheetKind) -> Result<Self> {
        let writer = match kind {
            SheetKind::Csv => {
                let mut file = BufWriter::new(tempfile::tempfile().map_err(Error::internal)?);
                file.write_all("\u{feff}".as_bytes()).map_err(Error::internal)?;
                let builder = csv::WriterBuilder::new()
                    .flexible(true)
                    .terminator(csv::Terminator::CRLF)
                    .from_writer(file);
                Writer::Csv(Box::new(builder))
            }
            SheetKind::Xlsx => {
                let mut workbook = Box::new(Workbook::new());
                workbook.add_worksheet_with_constant_memory().map_err(Error::internal)?;
                Writer::Xlsx {
                    workbook,
                    text: Format::new().set_num_format("@"),
                    next_line: 0,
                }
            }
        };
        Ok(Self { writer })
    }

    /// Adds a line; no cell of it will run as a formula, and numbers keep their zeros.
    pub fn push(&mut self, cells: impl IntoIterator<Item = String>) -> Result<()> {
        match &mut self.writer {
            Writer::Csv(writer) => {
                let cells = cells.into_iter().map(|cell| safe_cell(&cell));
                writer.write_record(cells).map_err(Error::internal)
            }
            Writer::Xlsx {
                workbook,
                text,
                next_line,
            } => {
                if *next_line == WORKSHEET_ROWS {
                    return Err(Error::conflict(
                        "sheet-full",
                        "a workbook holds 1,048,576 rows; take the list as CSV or narrow it",
                    ));
                }
                let cells = cells.into_iter();
                write_line(workbook, text, *next_line, cells).map_err(Error::internal)?;
                *next_line += 1;
                Ok(())
            }
        }
    }

    /// The whole file, at its beginning; it is gone when it is closed.
    pub fn finish(self) -> Result<File> {
        let mut file = match self.writer {
            Writer::Csv(writer) => {
                let buffer = writer
                    .into_inner()
                    .map_err(|error| Error::internal(error.into_error()))?;
                buffer
                    .into_inner()
                    .map_err(|error| Error::internal(error.into_error()))?
            }
            Writer::Xlsx { mut workbook, .. } => {
                let mut file = tempfile::tempfile().map_err(Error::internal)?;
                workbook.save_to_writer(&mut file).map_err(Error::internal)?;
                file
            }
        };
        file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
        Ok(file)
    }

    /// The whole file in memory; for lists that are short by nature.
    pub fn into_bytes(self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.finish()?.read_to_end(&mut bytes).map_err(Error::internal)?;
        Ok(bytes)
    }
}

fn write_line(
    workbook: &mut Workbook,
    text: &Format,
    line: u32,
    cells: impl Iterator<Item = String>,
) -> Result<(), XlsxError> {
    let sheet = workbook.worksheet_from_index(0)?;
    for (column, cell) in (0_u16..).zip(cells) {
        sheet.write_string_with_format(line, column, cell, text)?;
    }
    Ok(())
}

const RECAPTURE_HEADINGS: [&str; 9] = [
    "院校代码",
    "学号",
    "姓名",
    "分院",
    "班级",
    "原因",
    "次数",
    "截止",
    "编号",
];

/// The agency's list.
pub fn recaptures(kind: SheetKind, rows: &[RecaptureRow]) -> Result<Sheet> {
    let mut sheet = Sheet::new(kind, &RECAPTURE_HEADINGS)?;
    for row in rows {
        sheet.push([
            row.school_code.clone(),
            row.student_no.clone(),
            row.masked_name.clone(),
            row.college.clone().unwrap_or_default(),
            row.class_name.clone().unwrap_or_default(),
            row.reason.clone(),
            row.attempt.to_string(),
            day_in_shanghai(row.due_at_ms),
            row.recapture_id.to_string(),
        ])?;
    }
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        assert_eq!(safe_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(safe_cell("@SUM(1)"), "'@SUM(1)");
        assert_eq!(safe_cell("张*"), "张*");
    }

    #[test]
    fn both_kinds_come_out_whole() {
        for kind in [SheetKind::Csv, SheetKind::Xlsx] {
            let mut sheet = Sheet::new(kind, &["学号", "姓名"]).expect("a sheet");
            sheet.push(["001".to_owned(), "=1+1".to_owned()]).expect("a line");
            let bytes = sheet.into_bytes().expect("a file");
            match kind {
                SheetKind::Csv => assert_eq!(bytes, "\u{feff}学号,姓名\r\n001,'=1+1\r\n".as_bytes()),
                SheetKind::Xlsx => assert!(bytes.starts_with(b"PK")),
            }
        }
        assert_eq!(SheetKind::of_path("/console/records.xlsx?class=a.csv"), SheetKind::Xlsx);
    }
}
