use std::io::Write;

use proptest::prelude::*;

use super::*;

fn open(bytes: &[u8]) -> Result<Table, TableError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    Table::open(file.path(), &TableOptions::default())
}

fn refused(bytes: &[u8]) -> &'static str {
    match open(bytes) {
        Err(TableError::Unsupported { what }) => what,
        _ => "",
    }
}

#[test]
fn finds_the_kind_from_the_bytes_and_says_what_a_stranger_is() {
    assert!(refused(b"\xFF\xD8\xFF\xE0\0\x10JFIF").contains("JPEG"));
    assert!(refused(b"<html><table><tr><td>1</td></tr></table>").contains("HTML"));
    assert!(refused(b"%PDF-1.7\n").contains("PDF"));
    assert!(refused(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0").contains("ZIP"));
    assert!(matches!(open(b""), Err(TableError::Empty)));
    assert_eq!(open(b"a,b\n1,2\n").unwrap().format(), TableFormat::Text);
}

#[test]
fn refuses_a_file_or_a_table_over_the_limits() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&b"a,b\n".repeat(10)).unwrap();
    let with = |limits| {
        Table::open(
            file.path(),
            &TableOptions {
                limits,
                ..TableOptions::default()
            },
        )
    };
    let small = with(TableLimits {
        file_bytes: 20,
        ..TableLimits::default()
    });
    assert!(matches!(
        small,
        Err(TableError::FileTooLarge {
            size_bytes: 40,
            limit_bytes: 20
        })
    ));
    let mut short = with(TableLimits {
        rows: 9,
        ..TableLimits::default()
    })
    .unwrap();
    let rows: Vec<_> = short.rows().unwrap().collect();
    assert!(rows.len() == 10 && matches!(rows[9], Err(TableError::TooManyRows { limit: 9 })));
}

#[test]
fn gives_the_same_rows_as_often_as_asked() {
    let mut table = open("学号,姓名\r\n1,王伟\r\n".as_bytes()).unwrap();
    let read = |table: &mut Table| table.rows().unwrap().map(Result::unwrap).collect::<Vec<_>>();
    let first = read(&mut table);
    assert_eq!(first, read(&mut table));
    assert_eq!(first[1].row_no, 2);
    assert_eq!(table.encoding(), Some(TextEncoding::Utf8));
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(head in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\x03\x7D\x0B\x01", b"\xFF\xFE", b"\xEF\xBB\xBF"]), tail in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut bytes = head.to_vec();
        bytes.extend(tail);
        if let Ok(mut table) = open(&bytes) && let Ok(rows) = table.rows() {
            prop_assert!(rows.count() < 1000);
        }
    }
}
