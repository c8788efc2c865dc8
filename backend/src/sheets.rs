//! Lists as files for spreadsheets: every cell text, none that a spreadsheet would run.

use domain::error::{Error, Result};
use domain::recaptures::model::RecaptureRow;
use rust_xlsxwriter::Format;

/// A cell that begins with one of these is taken for a formula by spreadsheets (OWASP, CSV injection).
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Text that a spreadsheet shows as it is.
pub fn safe_cell(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

const RECAPTURE_HEADINGS: [&str; 8] = ["院校代码", "学号", "姓名", "分院", "班级", "原因", "次数", "编号"];

fn recapture_cells(row: &RecaptureRow) -> [String; 8] {
    [
        row.school_code.clone(),
        row.student_no.clone(),
        row.masked_name.clone(),
        row.college.clone().unwrap_or_default(),
        row.class_name.clone().unwrap_or_default(),
        row.reason.clone(),
        row.attempt.to_string(),
        row.recapture_id.to_string(),
    ]
}

/// A list as CSV on its way: UTF-8 with a byte-order mark, which spreadsheets in China need to read Chinese.
pub struct CsvSheet {
    writer: csv::Writer<Vec<u8>>,
}

impl CsvSheet {
    /// A sheet with its headings.
    pub fn new(headings: &[&str]) -> Result<Self> {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{feff}".as_bytes().to_vec());
        let mut sheet = Self { writer };
        sheet.push(headings.iter().map(|heading| (*heading).to_owned()))?;
        Ok(sheet)
    }

    /// Adds a line; no cell of it will run as a formula.
    pub fn push(&mut self, cells: impl IntoIterator<Item = String>) -> Result<()> {
        let cells = cells.into_iter().map(|cell| safe_cell(&cell));
        self.writer.write_record(cells).map_err(Error::internal)
    }

    /// The whole file.
    pub fn finish(self) -> Result<Vec<u8>> {
        self.writer
            .into_inner()
            .map_err(|error| Error::internal(error.into_error()))
    }
}

/// The agency's list as CSV.
pub fn recaptures_csv(rows: &[RecaptureRow]) -> Result<Vec<u8>> {
    let mut sheet = CsvSheet::new(&RECAPTURE_HEADINGS)?;
    for row in rows {
        sheet.push(recapture_cells(row))?;
    }
    sheet.finish()
}

/// A list as a workbook on its way, every cell formatted as text: numbers keep their zeros and nothing runs.
pub struct Workbook {
    workbook: rust_xlsxwriter::Workbook,
    text: Format,
    next_line: u32,
}

impl Workbook {
    /// An empty one with one sheet.
    pub fn new() -> Self {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        workbook.add_worksheet();
        Self {
            workbook,
            text: Format::new().set_num_format("@"),
            next_line: 0,
        }
    }

    /// Adds a line.
    pub fn push(&mut self, cells: impl IntoIterator<Item = String>) -> Result<()> {
        let sheet = self.workbook.worksheet_from_index(0).map_err(Error::internal)?;
        for (column, cell) in (0_u16..).zip(cells) {
            sheet
                .write_string_with_format(self.next_line, column, cell, &self.text)
                .map_err(Error::internal)?;
        }
        self.next_line += 1;
        Ok(())
    }

    /// The whole file.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.workbook.save_to_buffer().map_err(Error::internal)
    }
}

impl Default for Workbook {
    fn default() -> Self {
        Self::new()
    }
}

/// The agency's list as a workbook.
pub fn recaptures_xlsx(rows: &[RecaptureRow]) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    workbook.push(RECAPTURE_HEADINGS.map(str::to_owned))?;
    for row in rows {
        workbook.push(recapture_cells(row))?;
    }
    workbook.finish()
}

#[cfg(test)]
mod tests {
    use super::safe_cell;

    #[test]
    fn no_cell_begins_a_formula() {
        assert_eq!(safe_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(safe_cell("@SUM(1)"), "'@SUM(1)");
        assert_eq!(safe_cell("张*"), "张*");
    }
}
