//! Lists as files for spreadsheets: every cell text, none that a spreadsheet would run.

use domain::error::{Error, Result};
use domain::recaptures::RecaptureRow;
use rust_xlsxwriter::{Format, Workbook};

/// A cell that begins with one of these is taken for a formula by spreadsheets (OWASP, CSV injection).
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Text that a spreadsheet shows as it is.
pub fn safe_cell(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) { format!("'{text}") } else { text.to_owned() }
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

/// The agency's list as CSV: UTF-8 with a byte-order mark, which spreadsheets in China need to read Chinese.
pub fn recaptures_csv(rows: &[RecaptureRow]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(RECAPTURE_HEADINGS).map_err(Error::internal)?;
    for row in rows {
        writer.write_record(recapture_cells(row).map(|cell| safe_cell(&cell))).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(|error| Error::internal(error.into_error()))
}

/// The agency's list as a workbook, every cell formatted as text.
pub fn recaptures_xlsx(rows: &[RecaptureRow]) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let text = Format::new().set_num_format("@");
    let sheet = workbook.add_worksheet();
    let heading = RECAPTURE_HEADINGS.map(str::to_owned);
    let lines = std::iter::once(heading).chain(rows.iter().map(recapture_cells));
    for (line, cells) in (0_u32..).zip(lines) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(line, column, cell, &text).map_err(Error::internal)?;
        }
    }
    workbook.save_to_buffer().map_err(Error::internal)
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
