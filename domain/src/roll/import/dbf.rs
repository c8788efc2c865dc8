//! dBASE and FoxPro tables as rows, in bounded memory.
//!
//! Written here, not with the `dbase` crate (0.8), because the crate loses data: it decodes lossily (a code-page byte of
//! zero turns every Chinese name into U+FFFD), cannot tell a character cut at the end of its field, and trusts the
//! header's record count. Rolls carry GB18030 whatever their code-page byte says.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use chrono::NaiveDate;
use encoding_rs::DecoderResult;

use super::encoding::TextEncoding;
use super::error::TableError;
use super::table::{RawCell, RawRow, TableLimits};

const HEADER_BYTES: usize = 32;
const FIELD_BYTES: usize = 32;
const FIELDS_END: u8 = 0x0D;
const FILE_END: u8 = 0x1A;
const DELETED: u8 = b'*';

struct DbfField {
    name: RawCell,
    kind: u8,
    length: usize,
}

/// An opened DBF file: its fields, and where its records are.
pub struct DbfTable {
    fields: Vec<DbfField>,
    header_bytes: u64,
    record_bytes: usize,
    records: u64,
    encoding: TextEncoding,
}

/// Whether the first bytes of a file are a dBASE header: known version, sane lengths, a calendar date.
pub fn is_dbf(start: &[u8]) -> bool {
    let [
        version,
        _,
        month,
        day,
        _,
        _,
        _,
        _,
        header_low,
        header_high,
        record_low,
        record_high,
        ..,
    ] = start
    else {
        return false;
    };
    let header_bytes = usize::from(u16::from_le_bytes([*header_low, *header_high]));
    let record_bytes = u16::from_le_bytes([*record_low, *record_high]);
    matches!(version, 0x02..=0x05 | 0x30..=0x32 | 0x43 | 0x63 | 0x7B | 0x83 | 0x8B | 0x8C | 0xCB | 0xF5 | 0xFB)
        && *month <= 12
        && *day <= 31
        && header_bytes > HEADER_BYTES
        && record_bytes >= 2
        // Text may begin with the printable versions; its 44th byte would have to be a field type as well.
        && (*version < 0x20 || start.get(43).is_some_and(|kind| b"CNFDLMGPBITVYO+@0QW".contains(kind)))
        && (*version < 0x20 || start.get(31) == Some(&0))
}

impl DbfTable {
    /// Reads the header and compares its record count with the file's size.
    pub fn open(file: &mut File, encoding: TextEncoding, limits: &TableLimits) -> Result<Self, TableError> {
        let size_bytes = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut header = [0u8; HEADER_BYTES];
        read_whole(file, &mut header)?;
        if matches!(header[0], 0x02 | 0x04 | 0x8C) {
            return Err(TableError::Unsupported {
                what: " dBASE II 或 dBASE 7 文件",
            });
        }
        let claimed = u64::from(u32::from_le_bytes([header[4], header[5], header[6], header[7]]));
        let header_bytes = u64::from(u16::from_le_bytes([header[8], header[9]]));
        let record_bytes = usize::from(u16::from_le_bytes([header[10], header[11]]));
        let fields = read_fields(file, header_bytes, encoding, limits)?;
        let fields_bytes: usize = fields.iter().map(|field| field.length).sum();
        if fields.is_empty() || fields_bytes + 1 > record_bytes {
            return Err(TableError::Damaged { what: "DBF 字段表" });
        }
        let body_bytes = size_bytes.saturating_sub(header_bytes);
        let held = body_bytes / record_bytes as u64;
        if claimed > held {
            return Err(TableError::RecordCount { claimed, held });
        }
        if claimed < held && !ends_at(file, header_bytes + claimed * record_bytes as u64)? {
            return Err(TableError::RecordCount { claimed, held });
        }
        Ok(Self {
            fields,
            header_bytes,
            record_bytes,
            records: claimed,
            encoding,
        })
    }

    /// The encoding its texts are read in.
    pub fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    /// The rows, beginning with the field names as row 0.
    pub fn rows<'a>(&'a self, file: &'a File) -> Result<DbfRows<'a>, TableError> {
        let mut reader = BufReader::with_capacity(256 * 1024, file);
        reader.seek(SeekFrom::Start(self.header_bytes))?;
        Ok(DbfRows {
            table: self,
            reader,
            record: vec![0; self.record_bytes],
            next_record: 0,
        })
    }
}

fn read_whole(file: &mut impl Read, out: &mut [u8]) -> Result<(), TableError> {
    file.read_exact(out).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => TableError::Damaged { what: "DBF 文件头" },
        _ => error.into(),
    })
}

fn read_fields(
    file: &mut File,
    header_bytes: u64,
    encoding: TextEncoding,
    limits: &TableLimits,
) -> Result<Vec<DbfField>, TableError> {
    let mut fields = Vec::new();
    let mut read_bytes = HEADER_BYTES as u64;
    while read_bytes < header_bytes {
        let mut first = [0u8; 1];
        read_whole(file, &mut first)?;
        if first[0] == FIELDS_END {
            break;
        }
        let mut rest = [0u8; FIELD_BYTES - 1];
        read_whole(file, &mut rest)?;
        read_bytes += FIELD_BYTES as u64;
        if fields.len() >= limits.columns {
            return Err(TableError::TooManyColumns {
                row: 0,
                limit: limits.columns,
            });
        }
        let mut name = vec![first[0]];
        name.extend(rest.iter().take(10).take_while(|&&byte| byte != 0));
        let kind = rest[10];
        // FoxPro keeps lengths of character fields above 255 in the byte that is the decimal count elsewhere.
        let length = if kind == b'C' {
            usize::from(rest[15]) + (usize::from(rest[16]) << 8)
        } else {
            usize::from(rest[15])
        };
        fields.push(DbfField {
            name: decode(&name, encoding, 0)?,
            kind,
            length,
        });
    }
    Ok(fields)
}

/// Whether the records end here, whatever stale bytes follow.
fn ends_at(file: &mut File, offset: u64) -> Result<bool, TableError> {
    file.seek(SeekFrom::Start(offset))?;
    let mut mark = [0u8; 1];
    Ok(file.read(&mut mark)? == 0 || mark[0] == FILE_END || mark[0] == 0)
}

/// The records of a DBF file; deleted ones are left out but keep their numbers.
pub struct DbfRows<'a> {
    table: &'a DbfTable,
    reader: BufReader<&'a File>,
    record: Vec<u8>,
    next_record: u64,
}

impl DbfRows<'_> {
    /// The next row: the field names first, then every record that is not deleted.
    pub fn next_row(&mut self) -> Result<Option<RawRow>, TableError> {
        if self.next_record == 0 {
            self.next_record = 1;
            return Ok(Some(RawRow {
                row_no: 0,
                cells: self.table.fields.iter().map(|field| field.name.clone()).collect(),
            }));
        }
        while self.next_record <= self.table.records {
            let row_no = self.next_record;
            self.next_record += 1;
            read_whole(&mut self.reader, &mut self.record).map_err(|_| TableError::Damaged { what: "DBF 记录" })?;
            if self.record.first() != Some(&DELETED) {
                return Ok(Some(RawRow {
                    row_no,
                    cells: self.cells(row_no)?,
                }));
            }
        }
        Ok(None)
    }

    fn cells(&self, row_no: u64) -> Result<Vec<RawCell>, TableError> {
        let mut cells = Vec::with_capacity(self.table.fields.len());
        let mut offset = 1;
        for field in &self.table.fields {
            let bytes = self.record.get(offset..offset + field.length).unwrap_or_default();
            offset += field.length;
            cells.push(match field.kind {
                b'C' | b'V' => decode(trim_padding(bytes), self.table.encoding, row_no)?,
                // Digits of numeric fields are text in the file: read as text, none is lost.
                b'N' | b'F' | b'D' | b'L' => read_ascii(field.kind, bytes),
                b'I' | b'+' => match bytes {
                    [a, b, c, d] => RawCell::Number(i32::from_le_bytes([*a, *b, *c, *d]).to_string()),
                    _ => RawCell::Empty,
                },
                // Memo, binary and time fields hold nothing that a roll needs.
                _ => RawCell::Empty,
            });
        }
        Ok(cells)
    }
}

fn read_ascii(kind: u8, bytes: &[u8]) -> RawCell {
    let text: String = trim_padding(bytes)
        .iter()
        .map(|&byte| if byte.is_ascii() { char::from(byte) } else { '\u{FFFD}' })
        .collect();
    let text = text.trim();
    let date = || match text.len() {
        8 if text.is_ascii() => NaiveDate::parse_from_str(text, "%Y%m%d")
            .ok()
            .and_then(|date| date.and_hms_opt(0, 0, 0)),
        _ => None,
    };
    match (kind, text) {
        (_, "") => RawCell::Empty,
        (b'D', _) => date().map_or_else(|| RawCell::from_text(text), RawCell::Date),
        (b'L', "T" | "t" | "Y" | "y") => RawCell::Boolean(true),
        (b'L', "F" | "f" | "N" | "n") => RawCell::Boolean(false),
        (b'L', _) => RawCell::Empty,
        _ => RawCell::from_text(text),
    }
}

fn trim_padding(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .rposition(|&byte| byte != b' ' && byte != 0)
        .map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

fn decode(bytes: &[u8], encoding: TextEncoding, row_no: u64) -> Result<RawCell, TableError> {
    if bytes.is_empty() {
        return Ok(RawCell::Empty);
    }
    if bytes.contains(&0) && matches!(encoding, TextEncoding::Utf8 | TextEncoding::Gb18030) {
        return Err(TableError::NulCharacter { line: row_no });
    }
    let mut decoder = encoding.codec().new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() * 3 + 16);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(RawCell::from_text(&text)),
        // Only the last character may be incomplete: the field was too short for it.
        DecoderResult::Malformed(bad, behind) if read == bytes.len() && behind == 0 && is_cut(bytes, bad) => {
            Ok(RawCell::CutText(text))
        }
        DecoderResult::Malformed(..) | DecoderResult::OutputFull => Err(TableError::InvalidBytes {
            encoding: encoding.as_str(),
            line: row_no,
        }),
    }
}

/// Whether the malformed bytes at the end are the beginning of a character, not a byte that no character begins with.
fn is_cut(bytes: &[u8], bad: u8) -> bool {
    let tail = bytes
        .get(bytes.len().saturating_sub(usize::from(bad))..)
        .unwrap_or_default();
    tail.first().is_some_and(|lead| (0x81..=0xFE).contains(lead))
}

#[cfg(test)]
mod tests;
