//! The beginning of a file as a person looks at it before its import: what it is, what each column seems to be, its first rows with
//! what would be wrong with them.

use std::path::Path;

use chrono::NaiveDate;

use super::encoding::TextEncoding;
use super::error::TableError;
use super::header::{Field, HeaderMap};
use super::row::{RowRules, parse_row};
use super::table::{RawCell, RawRow, Table, TableFormat, TableNotice, TableOptions};
use crate::roll::identity;
use crate::roll::model::{ImportKind, ImportOptions};

/// Rows that are shown.
const SHOWN_ROWS: usize = 10;
/// Rows above the headings (titles, notes) that are passed over.
pub const MAX_TITLE_ROWS: usize = 20;
/// Characters of a cell that are shown.
const SHOWN_CHARACTERS: usize = 60;

/// The beginning of a file.
#[derive(Clone, Debug)]
pub struct Head {
    /// What kind of table it is.
    pub format: TableFormat,
    /// The encoding it was read in; `None` for workbooks.
    pub encoding: Option<TextEncoding>,
    /// The worksheet that was read.
    pub sheet: Option<String>,
    /// What to know about the file as a whole.
    pub notices: Vec<TableNotice>,
    /// The columns of its heading row.
    pub columns: Vec<HeadColumn>,
    /// The first rows below.
    pub rows: Vec<HeadRow>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadColumn {
    /// The heading as the file has it.
    pub heading: String,
    /// What it is taken for.
    pub field: Option<Field>,
}

/// A row below the headings.
#[derive(Clone, Debug)]
pub struct HeadRow {
    /// Its number in the file, as people count.
    pub row_no: u64,
    /// Its cells, as many as there are columns.
    pub cells: Vec<HeadCell>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadCell {
    /// What it says, cut where it is long; document numbers and birth dates are masked.
    pub text: String,
    /// What is wrong with it: the stable code, and the sentence in Chinese.
    pub fault: Option<(String, String)>,
    /// Whether the row could not be imported for it.
    pub is_error: bool,
}

/// Reads the beginning of a file in the way that its import would.
pub fn read_head(path: &Path, kind: ImportKind, options: &ImportOptions, today: NaiveDate) -> Result<Head, TableError> {
    let table_options = TableOptions {
        encoding: options.encoding.as_deref().and_then(TextEncoding::from_word),
        sheet: options.sheet.clone(),
        ..TableOptions::default()
    };
    let mut table = Table::open(path, &table_options)?;
    let mut head = Head {
        format: table.format(),
        encoding: table.encoding(),
        sheet: table.sheet().map(str::to_owned),
        notices: table.notices().to_vec(),
        columns: Vec::new(),
        rows: Vec::new(),
    };
    let mut rows = table.rows()?;
    let first: Vec<RawRow> = rows
        .by_ref()
        .take(MAX_TITLE_ROWS + SHOWN_ROWS)
        .collect::<Result<_, _>>()?;
    let known = first.iter().take(MAX_TITLE_ROWS).enumerate();
    let found = known
        .filter_map(|(place, row)| Some((place, HeaderMap::of(row, &options.mapping)?)))
        .next();
    let is_heading = |row: &RawRow| row.cells.iter().filter(|cell| !cell.is_blank()).count() >= 2;
    let (place, header) = match found {
        Some(found) => found,
        None => (first.iter().position(is_heading).unwrap_or(0), HeaderMap::default()),
    };
    let Some(heading) = first.get(place) else {
        return Ok(head);
    };
    head.columns = columns(heading, &header);
    let rules = RowRules {
        kind,
        header: &header,
        mapping: &options.mapping,
        today,
    };
    let shown = first.iter().skip(place + 1).filter(|row| !row.is_blank());
    head.rows = shown
        .take(SHOWN_ROWS)
        .map(|row| shown_row(row, &head.columns, &rules))
        .collect();
    Ok(head)
}

fn columns(heading: &RawRow, header: &HeaderMap) -> Vec<HeadColumn> {
    let field_at = |place| {
        Field::ALL
            .iter()
            .copied()
            .find(|field| header.place(*field) == Some(place))
    };
    let cells = heading.cells.iter().enumerate();
    let mut columns: Vec<HeadColumn> = cells
        .map(|(place, cell)| HeadColumn {
            heading: shown(cell),
            field: field_at(place),
        })
        .collect();
    while columns.last().is_some_and(|column| column.heading.is_empty()) {
        columns.pop();
    }
    columns
}

fn shown_row(row: &RawRow, columns: &[HeadColumn], rules: &RowRules<'_>) -> HeadRow {
    let mut cells: Vec<HeadCell> = (0..columns.len())
        .map(|place| HeadCell {
            text: row.cells.get(place).map(shown).unwrap_or_default(),
            ..HeadCell::default()
        })
        .collect();
    let is_known = columns.iter().any(|column| column.field.is_some());
    let parsed = if is_known {
        parse_row(rules, row)
    } else {
        Default::default()
    };
    let errors = parsed.errors.iter().map(|issue| (issue, true));
    for (issue, is_error) in errors.chain(parsed.warnings.iter().map(|issue| (issue, false))) {
        let place = columns
            .iter()
            .position(|column| column.field.is_some_and(|field| field.heading() == issue.column));
        if let Some(cell) = place.and_then(|place| cells.get_mut(place)) {
            cell.is_error |= is_error;
            cell.fault
                .get_or_insert_with(|| (issue.code.clone(), issue.message.clone()));
        }
    }
    for (cell, column) in cells.iter_mut().zip(columns) {
        match column.field {
            Some(Field::IdNumber) => cell.text = identity::mask(&cell.text),
            Some(Field::BirthDate) if !cell.text.is_empty() => {
                cell.text = format!("{}****", cell.text.chars().take(4).collect::<String>());
            }
            _ => {}
        }
    }
    HeadRow {
        row_no: row.row_no,
        cells,
    }
}

/// A cell's text as people see it.
pub fn shown(cell: &RawCell) -> String {
    let text = match cell {
        RawCell::Date(at) => at.format("%Y-%m-%d").to_string(),
        RawCell::Boolean(value) => value.to_string().to_uppercase(),
        RawCell::LostDigits => "#####".to_owned(),
        RawCell::Error => "#N/A".to_owned(),
        RawCell::Formula(result) => return shown(result),
        other => other.text().unwrap_or_default().trim().to_owned(),
    };
    text.chars().take(SHOWN_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head_of(text: &[u8], options: &ImportOptions) -> Head {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        let today = NaiveDate::from_ymd_opt(2026, 12, 31).expect("a date");
        read_head(file.path(), ImportKind::Roll, options, today).expect("a table")
    }

    #[test]
    fn columns_are_guessed_numbers_masked_and_bad_cells_pointed_out() {
        let text = "2026届名单\n学号,姓名,证件号码,院校代码,宿舍\n1,王小明,440101200403150019,1234,A\n";
        let head = head_of(text.as_bytes(), &ImportOptions::default());
        let fields: Vec<Option<Field>> = head.columns.iter().map(|column| column.field).collect();
        assert_eq!(
            fields,
            [
                Some(Field::StudentNo),
                Some(Field::Name),
                Some(Field::IdNumber),
                Some(Field::SchoolCode),
                None
            ]
        );
        let row = &head.rows[0];
        assert_eq!((row.row_no, row.cells[4].text.as_str()), (3, "A"));
        assert!(!row.cells[2].text.contains("20040315"), "{}", row.cells[2].text);
        assert!(row.cells[3].is_error && row.cells[3].fault.is_some());
    }

    #[test]
    fn a_wrong_encoding_can_be_put_right_and_a_heading_named() {
        let (bytes, _, _) = encoding_rs::GB18030.encode("学生编号,姓名,证件号码\n1,王小明,440101200403150019\n");
        let mut options = ImportOptions {
            encoding: Some("utf-16le".to_owned()),
            ..ImportOptions::default()
        };
        assert!(
            head_of(&bytes[..bytes.len() & !1], &options)
                .columns
                .iter()
                .all(|column| column.field.is_none())
        );
        options.encoding = Some("gb18030".to_owned());
        options.mapping.columns.insert("学生编号".to_owned(), Field::StudentNo);
        options.mapping.ignored.push("姓名".to_owned());
        let head = head_of(&bytes, &options);
        assert_eq!(head.columns[0].field, Some(Field::StudentNo));
        assert_eq!(head.columns[1].field, None);
    }
}
