//! One door to every kind of foreign table: the kind is found from the bytes, never from the file's extension.
//!
//! Row numbers are those that people see: Excel's row for workbooks, the row Excel would show for delimited text (blank
//! and heading lines count, a line `sep=` does not), the record number for DBF, whose field names are row 0.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use chrono::NaiveDateTime;

use super::csv::{self, Dialect, TextRows};
use super::dbf::{DbfRows, DbfTable};
use super::encoding::{self, TextEncoding, Utf8Source};
use super::error::TableError;
use super::workbook::{self, Workbook, WorkbookRows};

mod kind;

use kind::{FileKind, kind_of};

/// How much one table may cost. The defaults hold a province's roll of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableLimits {
    /// Largest file, 1 GiB.
    pub file_bytes: u64,
    /// Largest legacy XLS file, which is read into memory whole: 64 MiB.
    pub xls_bytes: u64,
    /// What an XLSX file may unpack to, 3 GiB; its texts alone may be 384 MiB.
    pub unpacked_bytes: u64,
    /// Largest cell, 128 KiB: four times what Excel itself allows in the worst encoding.
    pub cell_bytes: usize,
    /// Most columns, 256.
    pub columns: usize,
    /// Most rows, headings included: 2,000,000.
    pub rows: u64,
}

impl Default for TableLimits {
    fn default() -> Self {
        Self {
            file_bytes: 1 << 30,
            xls_bytes: 64 << 20,
            unpacked_bytes: 3 << 30,
            cell_bytes: 128 << 10,
            columns: 256,
            rows: 2_000_000,
        }
    }
}

/// What a person may decide about reading a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The text's encoding; `None` detects it (and takes GB18030 for DBF).
    pub encoding: Option<TextEncoding>,
    /// The worksheet's name; `None` takes the first visible one that holds a table.
    pub sheet: Option<String>,
    /// What the table may cost.
    pub limits: TableLimits,
}

/// One cell as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub enum RawCell {
    /// Nothing.
    Empty,
    /// Text as it stands, never trimmed or replaced.
    Text(String),
    /// Text whose last character was cut in half by the width of its DBF field.
    CutText(String),
    /// A number cell whose digits are all there, written without exponent.
    Number(String),
    /// A number cell of more than 15 digits: its last digits are gone.
    LostDigits,
    /// A cell that is a date by its format.
    Date(NaiveDateTime),
    /// A truth value.
    Boolean(bool),
    /// An error such as `#N/A`.
    Error,
    /// A formula with the result that was stored with it.
    Formula(Box<RawCell>),
    /// A formula without stored result.
    FormulaWithoutResult,
}

impl RawCell {
    /// A text cell, or an empty one.
    pub fn from_text(text: &str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// Whether a person sees nothing in the cell.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The cell's text for reading headings; numbers and dates are no headings.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::CutText(text) | Self::Number(text) => Some(text),
            Self::Formula(result) => result.text(),
            _ => None,
        }
    }
}

/// One row as the file has it; it may have fewer or more cells than the heading.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRow {
    /// The row's number as a person sees it in the file; headings and blank rows count.
    pub row_no: u64,
    /// The cells from the first column on.
    pub cells: Vec<RawCell>,
}

impl RawRow {
    /// Whether a person sees nothing in the row.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(RawCell::is_blank)
    }
}

/// What kind of table a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Delimited text.
    Text,
    /// dBASE or FoxPro.
    Dbf,
    /// XLSX or XLSM.
    Xlsx,
    /// Excel 5 to 2003.
    Xls,
}

/// Something about the whole file that a person should know before trusting the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableNotice {
    /// Other sheets than the one read hold something.
    OtherSheets,
    /// Some sheets are hidden and were not read.
    HiddenSheets,
    /// Hidden rows were read like all others.
    HiddenRows,
    /// Hidden columns were read like all others.
    HiddenColumns,
    /// The workbook carries macros; they were not run.
    Macros,
    /// The workbook refers to other files; they were not opened.
    ExternalLinks,
}

impl TableNotice {
    /// The stable word of this notice.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherSheets => "other-sheets",
            Self::HiddenSheets => "hidden-sheets",
            Self::HiddenRows => "hidden-rows",
            Self::HiddenColumns => "hidden-columns",
            Self::Macros => "macros",
            Self::ExternalLinks => "external-links",
        }
    }

    /// What a clerk is told.
    pub fn message(self) -> &'static str {
        match self {
            Self::OtherSheets => "工作簿中还有其他工作表，未读取",
            Self::HiddenSheets => "工作簿中有隐藏的工作表，未读取",
            Self::HiddenRows => "隐藏的行也已读取",
            Self::HiddenColumns => "隐藏的列也已读取",
            Self::Macros => "工作簿带有宏，未运行",
            Self::ExternalLinks => "工作簿引用了外部文件，未打开",
        }
    }
}

enum Source {
    Text {
        file: File,
        encoding: TextEncoding,
        dialect: Dialect,
    },
    Dbf {
        file: File,
        table: DbfTable,
    },
    Workbook(Box<Workbook>),
}

/// An opened table whose rows can be read as often as needed.
pub struct Table {
    source: Source,
    limits: TableLimits,
}

impl Table {
    /// Finds out what the file is, verifies what can be verified without reading rows, and refuses what is no table.
    pub fn open(path: &Path, options: &TableOptions) -> Result<Self, TableError> {
        let limits = options.limits;
        let mut file = File::open(path)?;
        let size_bytes = file.metadata()?.len();
        if size_bytes > limits.file_bytes {
            return Err(TableError::FileTooLarge {
                size_bytes,
                limit_bytes: limits.file_bytes,
            });
        }
        let mut start = Vec::new();
        file.by_ref().take(4096).read_to_end(&mut start)?;
        file.seek(SeekFrom::Start(0))?;
        let source = match kind_of(&start) {
            FileKind::Other(what) => return Err(TableError::Unsupported { what }),
            FileKind::Zip => Source::Workbook(Box::new(workbook::open_xlsx(file, options)?)),
            FileKind::Ole => Source::Workbook(Box::new(workbook::open_xls(file, size_bytes, options)?)),
            FileKind::Dbf => {
                let encoding = options.encoding.unwrap_or(TextEncoding::Gb18030);
                let table = DbfTable::open(&mut file, encoding, &limits)?;
                Source::Dbf { file, table }
            }
            FileKind::Text => {
                let encoding = encoding::verify_text(&mut file, options.encoding)?;
                file.seek(SeekFrom::Start(0))?;
                let dialect = csv::sniff_dialect(&mut Utf8Source::new(&mut file, encoding))?;
                Source::Text {
                    file,
                    encoding,
                    dialect,
                }
            }
        };
        Ok(Self { source, limits })
    }

    /// What kind of table it is.
    pub fn format(&self) -> TableFormat {
        match &self.source {
            Source::Text { .. } => TableFormat::Text,
            Source::Dbf { .. } => TableFormat::Dbf,
            Source::Workbook(workbook) => workbook.format(),
        }
    }

    /// The encoding that was found or told; `None` for workbooks.
    pub fn encoding(&self) -> Option<TextEncoding> {
        match &self.source {
            Source::Text { encoding, .. } => Some(*encoding),
            Source::Dbf { table, .. } => Some(table.encoding()),
            Source::Workbook(_) => None,
        }
    }

    /// The name of the worksheet that is read.
    pub fn sheet(&self) -> Option<&str> {
        match &self.source {
            Source::Workbook(workbook) => Some(workbook.sheet()),
            _ => None,
        }
    }

    /// What a person should know about the file as a whole.
    pub fn notices(&self) -> &[TableNotice] {
        match &self.source {
            Source::Workbook(workbook) => workbook.notices(),
            _ => &[],
        }
    }

    /// The rows from the beginning, headings included.
    pub fn rows(&mut self) -> Result<Rows<'_>, TableError> {
        let source = match &mut self.source {
            Source::Text {
                file,
                encoding,
                dialect,
            } => {
                file.seek(SeekFrom::Start(0))?;
                RowSource::Text(Box::new(TextRows::new(
                    Utf8Source::new(&*file, *encoding),
                    *dialect,
                    self.limits,
                )?))
            }
            Source::Dbf { file, table } => RowSource::Dbf(table.rows(file)?),
            Source::Workbook(workbook) => RowSource::Workbook(Box::new(workbook.rows(self.limits)?)),
        };
        Ok(Rows {
            source,
            row_limit: self.limits.rows,
            count: 0,
            is_done: false,
        })
    }
}

enum RowSource<'a> {
    Text(Box<TextRows<Utf8Source<&'a File>>>),
    Dbf(DbfRows<'a>),
    Workbook(Box<WorkbookRows<'a, BufReader<File>>>),
}

/// The rows of a table, one at a time; after an error there are no more.
pub struct Rows<'a> {
    source: RowSource<'a>,
    row_limit: u64,
    count: u64,
    is_done: bool,
}

impl Iterator for Rows<'_> {
    type Item = Result<RawRow, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let row = match &mut self.source {
            RowSource::Text(rows) => rows.next_row(),
            RowSource::Dbf(rows) => rows.next_row(),
            RowSource::Workbook(rows) => rows.next_row(),
        };
        self.count += 1;
        let row = match row {
            Ok(Some(_)) if self.count > self.row_limit => Err(TableError::TooManyRows { limit: self.row_limit }),
            row => row,
        };
        self.is_done = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

#[cfg(test)]
mod tests;
