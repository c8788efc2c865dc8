use std::io::Cursor;

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Vec<RawRow>, TableError> {
    let dialect = sniff_dialect(&mut Cursor::new(text))?;
    let mut rows = TextRows::new(Cursor::new(text), dialect, TableLimits::default())?;
    std::iter::from_fn(|| rows.next_row().transpose()).collect()
}

fn texts(text: &str) -> Vec<Vec<String>> {
    let cells = |row: RawRow| {
        row.cells
            .iter()
            .map(|cell| cell.text().unwrap_or_default().to_owned())
            .collect()
    };
    read(text).unwrap().into_iter().map(cells).collect()
}

#[test]
fn reads_every_line_end_alike() {
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(texts(&format!("a,b{end}1,2{end}")), [["a", "b"], ["1", "2"]]);
    }
}

#[test]
fn keeps_quotes_delimiters_and_line_ends_inside_quoted_cells() {
    assert_eq!(texts("a,b\n\"x,\"\"y\"\"\nz\",2\n"), [["a", "b"], ["x,\"y\"\nz", "2"]]);
}

#[test]
fn finds_the_delimiter_and_hides_the_sep_line() {
    for delimiter in [",", "\t", ";", "|"] {
        assert_eq!(
            texts(&format!("a{delimiter}b\n1{delimiter}2")),
            [["a", "b"], ["1", "2"]]
        );
    }
    let rows = read("sep=;\r\na;b\r\n1,5;2\r\n").unwrap();
    assert_eq!((rows.len(), rows[0].row_no, rows[1].cells.len()), (2, 1, 2));
}

#[test]
fn counts_blank_lines_as_rows_because_people_do() {
    let numbers: Vec<u64> = read("a,b\n\n\n1,2\n").unwrap().iter().map(|row| row.row_no).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
}

#[test]
fn refuses_quotes_that_never_close_or_go_on_behind() {
    assert!(matches!(
        read("a,b\n\"x,2\n3,4\n"),
        Err(TableError::UnbalancedQuote { row: 2 })
    ));
    assert!(matches!(
        read("a,b\n\"x\"y,2\n"),
        Err(TableError::UnbalancedQuote { row: 2 })
    ));
}

#[test]
fn takes_a_quote_inside_plain_text_as_it_is() {
    assert_eq!(texts("a,b\n5\"x,2\n"), [["a", "b"], ["5\"x", "2"]]);
}

#[test]
fn ends_at_the_dos_end_of_file_byte() {
    assert_eq!(texts("a,b\r\n1,2\r\n\u{1A}"), [["a", "b"], ["1", "2"]]);
}

#[test]
fn refuses_cells_and_rows_over_the_limits() {
    let long = "x".repeat(TableLimits::default().cell_bytes + 1);
    assert!(matches!(
        read(&format!("a,b\n1,{long}\n")),
        Err(TableError::CellTooLarge { row: 2, column: 2, .. })
    ));
    assert!(matches!(
        read(&",".repeat(300)),
        Err(TableError::TooManyColumns { row: 1, .. })
    ));
}

proptest! {
    #[test]
    fn never_panics_on_any_text(text in "(?s).{0,200}") {
        let _rows = read(&text);
    }

    #[test]
    fn quoted_cells_read_back(cells in prop::collection::vec("[^\u{0}\u{1A}]{1,12}", 2..6), end in "\r\n|\n") {
        let written = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
        let dialect = Dialect { delimiter: b',', has_sep_line: false };
        let text = format!("{written}{end}");
        let mut rows = TextRows::new(Cursor::new(text), dialect, TableLimits::default()).unwrap();
        let row = rows.next_row().unwrap().unwrap();
        let read: Vec<&str> = row.cells.iter().map(|cell| cell.text().unwrap_or_default()).collect();
        prop_assert_eq!(read, cells);
        prop_assert!(rows.next_row().unwrap().is_none());
    }
}
