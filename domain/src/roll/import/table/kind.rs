//! What a file is, from its first bytes.

use crate::roll::import::dbf::is_dbf;

/// How a file is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A ZIP container: XLSX, or something else in a ZIP.
    Zip,
    /// A compound document: XLS, an encrypted workbook, or another Office document.
    Ole,
    /// dBASE or FoxPro.
    Dbf,
    /// None of the others: text, to be verified byte by byte.
    Text,
    /// Known, and no table that is read here.
    Other(&'static str),
}

const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\xFF\xD8\xFF", " JPEG 图片"),
    (b"\x89PNG", " PNG 图片"),
    (b"GIF8", " GIF 图片"),
    (b"%PDF", " PDF 文件"),
    (b"Rar!", " RAR 压缩包"),
    (b"7z\xBC\xAF", " 7z 压缩包"),
    (b"\x1F\x8B", " GZIP 压缩包"),
    (b"{\\rtf", " RTF 文档"),
    (b"SQLite format 3\0", " SQLite 数据库"),
    (b"\0\x01\0\0Standard ", " Access 数据库"),
    (b"MZ\x90", "可执行程序"),
    (b"\x7FELF", "可执行程序"),
];

/// Finds how to open a file that begins with these bytes (4 KiB are enough).
pub(super) fn kind_of(start: &[u8]) -> FileKind {
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return FileKind::Zip;
    }
    if start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return FileKind::Ole;
    }
    if let Some((_, what)) = SIGNATURES.iter().find(|(signature, _)| start.starts_with(signature)) {
        return FileKind::Other(what);
    }
    if is_dbf(start) {
        return FileKind::Dbf;
    }
    if let Some(what) = markup_of(start) {
        return FileKind::Other(what);
    }
    FileKind::Text
}

/// Old systems name HTML tables and XML `.xls`; Excel opens them, so people believe they are workbooks.
fn markup_of(start: &[u8]) -> Option<&'static str> {
    let text: Vec<u8> = start
        .iter()
        .filter(|byte| **byte != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text).trim_ascii_start();
    let begins = |word: &[u8]| text.starts_with(word);
    if [b"<html".as_slice(), b"<!doctype html", b"<table", b"<head", b"<meta"]
        .iter()
        .any(|word| begins(word))
    {
        return Some(" HTML 网页（扩展名为 .xls 也不是工作簿）");
    }
    if begins(b"<?xml") || begins(b"<workbook") {
        return Some(" XML 文件");
    }
    None
}
