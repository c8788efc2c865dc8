use std::io::Write;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn checked(parts: &[(&str, &[u8])], limits: &TableLimits) -> Result<PackageFindings, TableError> {
    let mut writer = ZipWriter::new(tempfile::tempfile().unwrap());
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    check(&writer.finish().unwrap(), limits)
}

fn with_sheet(sheet: &[u8]) -> Result<PackageFindings, TableError> {
    let parts: [(&str, &[u8]); 3] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    checked(&parts, &TableLimits::default())
}

#[test]
fn says_what_other_zip_containers_are() {
    let what = |name| match checked(&[("[Content_Types].xml", b""), (name, b"")], &TableLimits::default()) {
        Err(TableError::Unsupported { what }) => what,
        _ => "",
    };
    assert!(what("xl/workbook.bin").contains("XLSB"));
    assert!(what("content.xml").contains("ODS"));
    assert!(what("word/document.xml").contains("Word"));
    assert!(what("photo.jpg").contains("ZIP"));
}

#[test]
fn refuses_document_types_wherever_they_stand() {
    let late = [
        b"<!-- ".as_slice(),
        &b"x".repeat(70_000),
        b" --><!DOCTYPE w [<!ENTITY x \"y\">]><worksheet/>",
    ]
    .concat();
    for sheet in [
        b"<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><worksheet/>".as_slice(),
        &late,
    ] {
        assert!(matches!(with_sheet(sheet), Err(TableError::XmlEntities)));
    }
}

#[test]
fn refuses_bombs_by_ratio_and_texts_without_end() {
    let bomb = b"<c/>".repeat(20 << 20);
    assert!(matches!(with_sheet(&bomb), Err(TableError::UnpackedTooLarge { .. })));
    let text = [b"<t>".as_slice(), &b"x".repeat(2 << 20), b"</t>"].concat();
    assert!(matches!(with_sheet(&text), Err(TableError::UnpackedTooLarge { .. })));
    let comment = [b"<!--".as_slice(), &b"a>".repeat(1 << 20), b"-->"].concat();
    assert!(matches!(with_sheet(&comment), Err(TableError::UnpackedTooLarge { .. })));
}

#[test]
fn notes_hidden_rows_columns_and_macros() {
    let sheet = b"<worksheet><cols><col hidden=\"1\" min=\"7\"/></cols><row r=\"2\" hidden=\"1\"/></worksheet>";
    assert_eq!(
        with_sheet(sheet).unwrap().notices,
        [TableNotice::HiddenRows, TableNotice::HiddenColumns]
    );
    let parts: [(&str, &[u8]); 3] = [
        ("[Content_Types].xml", b""),
        ("xl/workbook.xml", b""),
        ("xl/vbaProject.bin", b""),
    ];
    assert_eq!(
        checked(&parts, &TableLimits::default()).unwrap().notices,
        [TableNotice::Macros]
    );
}
