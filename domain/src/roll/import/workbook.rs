//! Excel workbooks as rows: XLSX streamed cell by cell, XLS from memory.
//!
//! Before calamine sees an XLSX, `package` has unpacked it once and refused what would cost too much.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Range, Reader, Xls, XlsError, Xlsx, XlsxCellReader, XlsxError};

use super::error::TableError;
use super::table::{RawCell, RawRow, TableFormat, TableLimits, TableNotice, TableOptions};

mod package;
mod sheets;
mod values;

use sheets::{choose_told, note_sheets, sheets_of, visible};
use values::{borrowed, cell_of, formula_cell};

/// How many rows of a sheet are looked at to see whether it holds a table.
const PROBED_ROWS: usize = 50;

enum Book {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    Xls {
        values: Range<Data>,
        formulas: Range<String>,
    },
}

/// An opened workbook and the sheet that is read.
pub struct Workbook {
    book: Book,
    sheet: String,
    notices: Vec<TableNotice>,
}

/// Opens an XLSX or XLSM whose archive was checked, and chooses the sheet.
pub fn open_xlsx(file: File, options: &TableOptions) -> Result<Workbook, TableError> {
    let found = package::check(&file, &options.limits)?;
    let mut notices = found.notices;
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(0))?;
    let mut xlsx = contained("工作簿", || Xlsx::new(reader))?.map_err(xlsx_refusal)?;
    let sheets = sheets_of(&xlsx);
    let mut chosen = choose_told(&sheets, options.sheet.as_deref())?;
    if chosen.is_none() {
        for name in visible(&sheets) {
            if has_table(&mut xlsx, &name, options.limits)? {
                chosen = Some(name);
                break;
            }
        }
    }
    let sheet = chosen
        .or_else(|| visible(&sheets).next())
        .ok_or(TableError::NoSuchSheet)?;
    note_sheets(&sheets, &mut notices);
    Ok(Workbook {
        book: Book::Xlsx(Box::new(xlsx)),
        sheet,
        notices,
    })
}

/// Reads an XLS into memory and chooses the sheet.
pub fn open_xls(mut file: File, size_bytes: u64, options: &TableOptions) -> Result<Workbook, TableError> {
    let limit_bytes = options.limits.xls_bytes;
    if size_bytes > limit_bytes {
        return Err(TableError::FileTooLarge {
            size_bytes,
            limit_bytes,
        });
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if has_utf16(&bytes, "EncryptedPackage") {
        return Err(TableError::Encrypted);
    }
    if ["WordDocument", "PowerPoint Document", "__substg1.0_"]
        .iter()
        .any(|stream| has_utf16(&bytes, stream))
    {
        return Err(TableError::Unsupported {
            what: " Word、PowerPoint 或邮件文件",
        });
    }
    let mut notices = Vec::new();
    if has_utf16(&bytes, "_VBA_PROJECT") {
        notices.push(TableNotice::Macros);
    }
    let mut xls = contained("工作簿", || Xls::new(std::io::Cursor::new(bytes)))?.map_err(|error| match error {
        XlsError::Password => TableError::Encrypted,
        _ => TableError::Damaged { what: "工作簿" },
    })?;
    let sheets = sheets_of(&xls);
    let mut chosen = choose_told(&sheets, options.sheet.as_deref())?;
    if chosen.is_none() {
        chosen = visible(&sheets).find(|name| {
            xls.worksheet_range(name).is_ok_and(|range| {
                range
                    .rows()
                    .take(PROBED_ROWS)
                    .any(|row| row.iter().filter(|cell| **cell != Data::Empty).count() >= 2)
            })
        });
    }
    let sheet = chosen
        .or_else(|| visible(&sheets).next())
        .ok_or(TableError::NoSuchSheet)?;
    note_sheets(&sheets, &mut notices);
    let values = xls
        .worksheet_range(&sheet)
        .map_err(|_| TableError::Damaged { what: "工作表" })?;
    let formulas = xls.worksheet_formula(&sheet).unwrap_or_else(|_| Range::empty());
    Ok(Workbook {
        book: Book::Xls { values, formulas },
        sheet,
        notices,
    })
}

impl Workbook {
    /// Whether it is an XLSX or an XLS.
    pub fn format(&self) -> TableFormat {
        match self.book {
            Book::Xlsx(_) => TableFormat::Xlsx,
            Book::Xls { .. } => TableFormat::Xls,
        }
    }

    /// The name of the sheet that is read.
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// What a person should know about the workbook.
    pub fn notices(&self) -> &[TableNotice] {
        &self.notices
    }

    /// The rows of the chosen sheet.
    pub fn rows(&mut self, limits: TableLimits) -> Result<WorkbookRows<'_, BufReader<File>>, TableError> {
        match &mut self.book {
            Book::Xlsx(xlsx) => Ok(WorkbookRows::Xlsx(Box::new(XlsxRows::open(xlsx, &self.sheet, limits)?))),
            Book::Xls { values, formulas } => Ok(WorkbookRows::Xls {
                values,
                formulas,
                next: 0,
                limits,
            }),
        }
    }
}

/// Runs a foreign parser: a panic on damaged bytes is a damaged file, not the end of the process.
fn contained<T>(what: &'static str, parse: impl FnOnce() -> T) -> Result<T, TableError> {
    // The parser and all it touched are dropped when this fails, so nothing broken stays in use.
    catch_unwind(AssertUnwindSafe(parse)).map_err(|_| TableError::Damaged { what })
}

fn xlsx_refusal(error: XlsxError) -> TableError {
    match error {
        XlsxError::Password => TableError::Encrypted,
        XlsxError::Io(error) => TableError::Io(error),
        _ => TableError::Damaged { what: "工作簿" },
    }
}

fn has_utf16(bytes: &[u8], word: &str) -> bool {
    let wanted: Vec<u8> = word
        .to_ascii_lowercase()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes
        .windows(wanted.len())
        .any(|window| window.eq_ignore_ascii_case(&wanted))
}

fn has_table(xlsx: &mut Xlsx<BufReader<File>>, sheet: &str, limits: TableLimits) -> Result<bool, TableError> {
    let mut rows = XlsxRows::open(xlsx, sheet, limits)?;
    for _ in 0..PROBED_ROWS {
        match rows.next_row()? {
            Some(row) if row.cells.iter().filter(|cell| !cell.is_blank()).count() >= 2 => return Ok(true),
            Some(_) => {}
            None => break,
        }
    }
    Ok(false)
}

/// The rows of one worksheet; rows that the file leaves out are left out here too.
pub enum WorkbookRows<'a, RS: Read + Seek> {
    /// Streamed.
    Xlsx(Box<XlsxRows<'a, RS>>),
    /// From memory.
    Xls {
        /// The sheet's values.
        values: &'a Range<Data>,
        /// The sheet's formulas, empty texts where there is none.
        formulas: &'a Range<String>,
        /// Offset of the next row from the first used one.
        next: usize,
        /// What a row may cost.
        limits: TableLimits,
    },
}

impl<RS: Read + Seek> WorkbookRows<'_, RS> {
    /// The next row that holds any cell.
    pub fn next_row(&mut self) -> Result<Option<RawRow>, TableError> {
        match self {
            Self::Xlsx(rows) => rows.next_row(),
            Self::Xls {
                values,
                formulas,
                next,
                limits,
            } => {
                let (Some((first_row, first_column)), true) = (values.start(), *next < values.height()) else {
                    return Ok(None);
                };
                let row = first_row + u32::try_from(*next).unwrap_or(u32::MAX - first_row);
                *next += 1;
                let mut builder = RowBuilder {
                    row,
                    cells: Vec::new(),
                    limits: *limits,
                };
                for column in first_column..first_column + u32::try_from(values.width()).unwrap_or_default() {
                    let Some(value) = values.get_value((row, column)) else {
                        continue;
                    };
                    let has_formula = formulas
                        .get_value((row, column))
                        .is_some_and(|formula| !formula.is_empty());
                    let cell = cell_of(borrowed(value));
                    builder.put(column, if has_formula { formula_cell(cell) } else { cell })?;
                }
                Ok(Some(builder.finish()))
            }
        }
    }
}

/// Collects the cells of one row without allocating for far corners.
struct RowBuilder {
    row: u32,
    cells: Vec<RawCell>,
    limits: TableLimits,
}

impl RowBuilder {
    fn put(&mut self, column: u32, cell: RawCell) -> Result<(), TableError> {
        if cell == RawCell::Empty {
            return Ok(());
        }
        let row = u64::from(self.row) + 1;
        let column = column as usize;
        if column >= self.limits.columns {
            return Err(TableError::TooManyColumns {
                row,
                limit: self.limits.columns,
            });
        }
        if cell.text().is_some_and(|text| text.len() > self.limits.cell_bytes) {
            return Err(TableError::CellTooLarge {
                row,
                column: column + 1,
                limit_bytes: self.limits.cell_bytes,
            });
        }
        if column < self.cells.len() {
            return Err(TableError::RowOrder { row });
        }
        self.cells.resize(column, RawCell::Empty);
        self.cells.push(cell);
        Ok(())
    }

    fn finish(self) -> RawRow {
        RawRow {
            row_no: u64::from(self.row) + 1,
            cells: self.cells,
        }
    }
}

/// The rows of a streamed worksheet.
pub struct XlsxRows<'a, RS: Read + Seek> {
    reader: XlsxCellReader<'a, RS>,
    limits: TableLimits,
    /// The first cell of the next row, read to see that the row before had ended.
    ahead: Option<(u32, u32, RawCell)>,
    last_row: Option<u32>,
    /// The reader gave its last cell; asked again, it would call the sheet cut off.
    is_done: bool,
}

impl<'a, RS: Read + Seek> XlsxRows<'a, RS> {
    fn open(xlsx: &'a mut Xlsx<RS>, sheet: &str, limits: TableLimits) -> Result<Self, TableError> {
        let reader = contained("工作表", || xlsx.worksheet_cells_reader(sheet))?.map_err(xlsx_refusal)?;
        Ok(Self {
            reader,
            limits,
            ahead: None,
            last_row: None,
            is_done: false,
        })
    }

    fn next_cell(&mut self) -> Result<Option<(u32, u32, RawCell)>, TableError> {
        if self.is_done {
            return Ok(None);
        }
        let record = contained("工作表", || self.reader.next_cell_with_formula_metadata())?.map_err(xlsx_refusal)?;
        self.is_done = record.is_none();
        Ok(record.map(|record| {
            let cell = cell_of(record.value);
            let (row, column) = record.pos;
            (
                row,
                column,
                if record.formula.is_some() {
                    formula_cell(cell)
                } else {
                    cell
                },
            )
        }))
    }

    fn next_row(&mut self) -> Result<Option<RawRow>, TableError> {
        let first = match self.ahead.take() {
            Some(cell) => Some(cell),
            None => self.next_cell()?,
        };
        let Some((row, column, cell)) = first else {
            return Ok(None);
        };
        if self.last_row.is_some_and(|last| row <= last) {
            return Err(TableError::RowOrder {
                row: u64::from(row) + 1,
            });
        }
        self.last_row = Some(row);
        let mut builder = RowBuilder {
            row,
            cells: Vec::with_capacity(32),
            limits: self.limits,
        };
        builder.put(column, cell)?;
        while let Some((next_row, column, cell)) = self.next_cell()? {
            if next_row != row {
                self.ahead = Some((next_row, column, cell));
                break;
            }
            builder.put(column, cell)?;
        }
        Ok(Some(builder.finish()))
    }
}

#[cfg(test)]
mod tests;
