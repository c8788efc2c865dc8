use std::io::{Read, Write};

use proptest::prelude::*;

use super::*;

const CHINESE: &str =
    "考生号,学号,姓名\r\n22150100107482,2022060603067,蒋慧馨\r\n23340100154639,2023041302817,李思辉\r\n";

fn verify(bytes: &[u8]) -> Result<TextEncoding, TableError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    verify_text(&mut file, None)
}

fn gb18030(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

#[test]
fn finds_every_encoding_that_rolls_come_in() {
    assert_eq!(verify(CHINESE.as_bytes()).unwrap(), TextEncoding::Utf8);
    assert_eq!(
        verify(format!("\u{FEFF}{CHINESE}").as_bytes()).unwrap(),
        TextEncoding::Utf8
    );
    assert_eq!(verify(&gb18030(CHINESE)).unwrap(), TextEncoding::Gb18030);
    for text in [CHINESE.to_owned(), format!("\u{FEFF}{CHINESE}")] {
        assert_eq!(verify(&utf16(&text, u16::to_le_bytes)).unwrap(), TextEncoding::Utf16Le);
        assert_eq!(verify(&utf16(&text, u16::to_be_bytes)).unwrap(), TextEncoding::Utf16Be);
    }
}

#[test]
fn names_the_line_of_an_invalid_byte_far_into_the_file() {
    let mut bytes = gb18030(&CHINESE.repeat(3000));
    bytes.extend_from_slice(b"\xFF\r\n");
    assert!(matches!(
        verify(&bytes),
        Err(TableError::InvalidBytes {
            encoding: "GB18030",
            line: 9001
        })
    ));
    let mut bytes = CHINESE.repeat(3000).into_bytes();
    bytes.extend_from_slice(b"\xC0\x80\r\n");
    assert!(matches!(
        verify(&bytes),
        Err(TableError::InvalidBytes {
            encoding: "UTF-8",
            line: 9001
        })
    ));
}

#[test]
fn refuses_lines_in_two_encodings_instead_of_guessing() {
    let line = "22150100107482,蒋慧馨,南岭理工学院\n";
    let mut bytes = line.repeat(5).into_bytes();
    bytes.extend(gb18030(line));
    bytes.extend(line.as_bytes());
    assert!(matches!(verify(&bytes), Err(TableError::MixedEncodings { line: 6 })));
}

#[test]
fn refuses_nul_bytes_emptiness_and_foreign_encodings() {
    assert!(matches!(
        verify(b"a,b\n1,\x002,3333333333\n"),
        Err(TableError::NulCharacter { line: 2 })
    ));
    assert!(matches!(verify(b"\xEF\xBB\xBF"), Err(TableError::Empty)));
    assert!(matches!(verify(b" \r\n\t"), Err(TableError::Empty)));
    let big5 = encoding_rs::BIG5
        .encode("姓名,學號,國籍,備註,證件號碼,學籍狀態,畢業時間,專業名稱")
        .0
        .into_owned();
    assert!(matches!(
        verify(&big5),
        Err(TableError::UnknownEncoding { .. } | TableError::InvalidBytes { .. })
    ));
}

#[test]
fn an_encoding_that_a_person_names_is_verified_too() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&gb18030(CHINESE)).unwrap();
    let told = verify_text(&mut file, Some(TextEncoding::Utf8));
    assert!(matches!(
        told,
        Err(TableError::InvalidBytes {
            encoding: "UTF-8",
            line: 1
        })
    ));
}

#[test]
fn counts_lines_of_every_kind() {
    for (text, line) in [("a\r\nb\r\n", 3), ("a\rb\r", 3), ("a\nb", 2), ("\r\r\n", 3)] {
        let mut whole = LineCounter::default();
        whole.feed(text.as_bytes());
        let mut split = LineCounter::default();
        text.bytes().for_each(|byte| split.feed(&[byte]));
        // A return at the very end counts once the byte behind it is known.
        let open = u64::from(text.ends_with('\r'));
        assert_eq!((whole.line() + open, split.line() + open), (line, line), "{text:?}");
    }
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _verdict = verify(&bytes);
    }

    #[test]
    fn text_reads_back_in_every_encoding(text in "[ -~一-龥\u{20000}-\u{2A6D6}]{1,80}") {
        for encoding in [TextEncoding::Utf8, TextEncoding::Gb18030, TextEncoding::Utf16Le, TextEncoding::Utf16Be] {
            let bytes = match encoding {
                TextEncoding::Utf8 => text.clone().into_bytes(),
                TextEncoding::Gb18030 => gb18030(&text),
                TextEncoding::Utf16Le => utf16(&text, u16::to_le_bytes),
                TextEncoding::Utf16Be => utf16(&text, u16::to_be_bytes),
            };
            let mut read = String::new();
            Utf8Source::new(bytes.as_slice(), encoding).read_to_string(&mut read).unwrap();
            prop_assert_eq!(&read, &text);
        }
    }
}
