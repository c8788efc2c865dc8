use std::io::Write;

use proptest::prelude::*;

use super::*;

struct Made {
    fields: Vec<(&'static str, u8, u8)>,
    records: Vec<Vec<Vec<u8>>>,
    claimed: Option<u32>,
}

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

impl Made {
    fn roll() -> Self {
        let record = |number: &str, name: &str| vec![number.as_bytes().to_vec(), gbk(name)];
        let records = vec![record("001", "王伟"), record("002", "李娜"), record("003", "孙䶮")];
        Self {
            fields: vec![("XH", b'C', 5), ("姓名", b'C', 10)],
            records,
            claimed: None,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let record_bytes: u16 = 1 + self.fields.iter().map(|field| u16::from(field.2)).sum::<u16>();
        let header_bytes = u16::try_from(33 + 32 * self.fields.len()).unwrap();
        let mut bytes = vec![0x03, 125, 11, 1];
        bytes.extend(
            self.claimed
                .unwrap_or(u32::try_from(self.records.len()).unwrap())
                .to_le_bytes(),
        );
        bytes.extend(header_bytes.to_le_bytes());
        bytes.extend(record_bytes.to_le_bytes());
        bytes.resize(32, 0);
        for (name, kind, length) in &self.fields {
            let mut name = gbk(name);
            name.resize(11, 0);
            bytes.extend(name);
            bytes.extend([*kind, 0, 0, 0, 0, *length, 0]);
            bytes.resize(bytes.len() + 14, 0);
        }
        bytes.push(FIELDS_END);
        for record in &self.records {
            bytes.push(b' ');
            for (value, (_, _, length)) in record.iter().zip(&self.fields) {
                let mut value = value.clone();
                value.resize(usize::from(*length), b' ');
                bytes.extend(value);
            }
        }
        bytes.push(FILE_END);
        bytes
    }
}

fn read(bytes: &[u8]) -> Result<Vec<RawRow>, TableError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let table = DbfTable::open(&mut file, TextEncoding::Gb18030, &TableLimits::default())?;
    let mut rows = table.rows(&file)?;
    std::iter::from_fn(|| rows.next_row().transpose()).collect()
}

#[test]
fn reads_gbk_names_and_values_whatever_the_code_page_byte_says() {
    for code_page in [0x00, 0x03, 0x4D, 0x7A, 0xF0] {
        let mut bytes = Made::roll().bytes();
        bytes[29] = code_page;
        let rows = read(&bytes).unwrap();
        assert_eq!(rows[0].cells, [RawCell::from_text("XH"), RawCell::from_text("姓名")]);
        assert_eq!(rows[3].cells, [RawCell::from_text("003"), RawCell::from_text("孙䶮")]);
        assert_eq!(rows.iter().map(|row| row.row_no).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}

#[test]
fn leaves_out_deleted_records_but_keeps_their_numbers() {
    let mut bytes = Made::roll().bytes();
    bytes[97] = DELETED;
    assert_eq!(
        read(&bytes).unwrap().iter().map(|row| row.row_no).collect::<Vec<_>>(),
        [0, 2, 3]
    );
}

#[test]
fn refuses_record_counts_that_the_file_does_not_hold() {
    for claimed in [1, 1_000_000] {
        let made = Made {
            claimed: Some(claimed),
            ..Made::roll()
        };
        assert!(
            matches!(read(&made.bytes()), Err(TableError::RecordCount { held: 3, .. })),
            "{claimed}"
        );
    }
    let bytes = Made::roll().bytes();
    assert!(matches!(
        read(&bytes[..bytes.len() - 10]),
        Err(TableError::RecordCount { claimed: 3, held: 2 })
    ));
}

#[test]
fn takes_a_file_without_end_mark_and_stale_bytes_behind_the_mark() {
    let mut bytes = Made::roll().bytes();
    bytes.extend([b'x'; 64]);
    assert_eq!(read(&bytes).unwrap().len(), 4);
    let bytes = Made::roll().bytes();
    assert_eq!(read(&bytes[..bytes.len() - 1]).unwrap().len(), 4);
}

#[test]
fn tells_a_character_cut_by_its_field_from_a_wrong_byte() {
    let mut made = Made {
        fields: vec![("XH", b'C', 5), ("XM", b'C', 5)],
        ..Made::roll()
    };
    made.records = vec![vec![b"1".to_vec(), gbk("张三丰")[..5].to_vec()]];
    assert_eq!(
        read(&made.bytes()).unwrap()[1].cells[1],
        RawCell::CutText("张三".to_owned())
    );
    made.records = vec![vec![b"1".to_vec(), b"a\xFF\xFFb".to_vec()]];
    assert!(matches!(
        read(&made.bytes()),
        Err(TableError::InvalidBytes { line: 1, .. })
    ));
}

#[test]
fn reads_digits_of_numeric_fields_as_text_so_none_is_lost() {
    let fields = vec![("SFZH", b'N', 18), ("CSRQ", b'D', 8)];
    let records = vec![vec![b"520100200403181488".to_vec(), b"20040318".to_vec()]];
    let rows = read(
        &Made {
            fields,
            records,
            claimed: None,
        }
        .bytes(),
    )
    .unwrap();
    assert_eq!(rows[1].cells[0], RawCell::from_text("520100200403181488"));
    assert!(matches!(rows[1].cells[1], RawCell::Date(_)));
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _is_dbf = is_dbf(&bytes);
        let _rows = read(&bytes);
    }

    #[test]
    fn never_panics_on_a_damaged_file(place in 0usize..140, byte in any::<u8>(), length in 0usize..160) {
        let mut bytes = Made::roll().bytes();
        let place = place.min(bytes.len() - 1);
        bytes[place] = byte;
        bytes.truncate(length.max(1));
        let _rows = read(&bytes);
    }
}
