use std::path::Path;

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime as WrittenDate, Format, Formula, Workbook as Written};

use super::*;
use crate::roll::import::table::Table;

fn saved(mut book: Written) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    book.save(folder.path().join("book.xlsx")).unwrap();
    folder
}

fn open(folder: &Path) -> Result<Table, TableError> {
    Table::open(&folder.join("book.xlsx"), &TableOptions::default())
}

fn rows(folder: &Path) -> Result<Vec<RawRow>, TableError> {
    open(folder)?.rows()?.collect()
}

#[test]
fn tells_texts_numbers_dates_formulas_and_lost_digits_apart() {
    let mut book = Written::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "440100200305061234").unwrap();
    sheet.write_number(0, 1, 440_100_200_305_061_234.0).unwrap();
    sheet.write_number(0, 2, 22_150_100_107_482.0).unwrap();
    let date = WrittenDate::from_ymd(2004, 3, 18).unwrap();
    sheet
        .write_datetime_with_format(0, 3, date, &Format::new().set_num_format("yyyy-mm-dd"))
        .unwrap();
    sheet.write_formula(0, 4, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write_boolean(0, 5, true).unwrap();
    let cells = rows(saved(book).path()).unwrap().remove(0).cells;
    assert_eq!(cells[0], RawCell::from_text("440100200305061234"));
    assert_eq!(cells[1], RawCell::LostDigits);
    assert_eq!(cells[2], RawCell::Number("22150100107482".to_owned()));
    assert_eq!(
        cells[3],
        RawCell::Date(
            NaiveDate::from_ymd_opt(2004, 3, 18)
                .unwrap()
                .and_hms_opt(0, 0, 0)
                .unwrap()
        )
    );
    assert!(matches!(cells[4], RawCell::Formula(_)));
    assert_eq!(cells[5], RawCell::Boolean(true));
}

#[test]
fn reads_the_first_visible_sheet_with_a_table_and_says_so() {
    let mut book = Written::new();
    book.add_worksheet()
        .set_name("说明")
        .unwrap()
        .write_string(0, 0, "请看下一张")
        .unwrap();
    let sheet = book.add_worksheet().set_name("学籍").unwrap();
    sheet.write_row(0, 0, ["学号", "姓名"]).unwrap();
    sheet.set_row_hidden(0).unwrap();
    book.add_worksheet()
        .set_hidden(true)
        .write_row(0, 0, ["a", "b"])
        .unwrap();
    let folder = saved(book);
    let table = open(folder.path()).unwrap();
    assert_eq!(table.sheet(), Some("学籍"));
    assert_eq!(
        table.notices(),
        [
            TableNotice::HiddenRows,
            TableNotice::OtherSheets,
            TableNotice::HiddenSheets
        ]
    );
    let told = TableOptions {
        sheet: Some("没有".to_owned()),
        ..TableOptions::default()
    };
    assert!(matches!(
        Table::open(&folder.path().join("book.xlsx"), &told),
        Err(TableError::NoSuchSheet)
    ));
}

#[test]
fn keeps_the_row_numbers_and_columns_of_a_table_with_gaps() {
    let mut book = Written::new();
    let sheet = book.add_worksheet();
    sheet.write_row(4, 3, ["学号", "姓名"]).unwrap();
    sheet.write_row(7, 3, ["1", "王伟"]).unwrap();
    let rows = rows(saved(book).path()).unwrap();
    assert_eq!(rows.iter().map(|row| row.row_no).collect::<Vec<_>>(), [5, 8]);
    assert_eq!(rows[1].cells[..3], [RawCell::Empty, RawCell::Empty, RawCell::Empty]);
}

#[test]
fn refuses_a_cell_in_the_far_corner_without_allocating_for_it() {
    let mut book = Written::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["学号", "姓名"]).unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    assert!(matches!(
        rows(saved(book).path()),
        Err(TableError::TooManyColumns { row: 1_048_576, .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_damaged_workbook_never_panics(places in prop::collection::vec((0usize..8000, any::<u8>()), 1..6), cut in 0usize..9000) {
        let mut book = Written::new();
        book.add_worksheet().write_row(0, 0, ["学号", "姓名"]).unwrap();
        let mut bytes = book.save_to_buffer().unwrap();
        for (place, byte) in places {
            if let Some(held) = bytes.get_mut(place) {
                *held = byte;
            }
        }
        bytes.truncate(cut.max(4));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("book.xlsx"), bytes).unwrap();
        let _rows = rows(folder.path());
    }
}
