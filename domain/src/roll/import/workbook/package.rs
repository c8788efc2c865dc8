//! Looks over an XLSX archive before the reader does: what kind it is, what it unpacks to, and whether its XML is harmless.
//!
//! Every XML part is unpacked once and only counted, because declared sizes can lie. The worst that may follow is one
//! text of `cell_bytes` and the shared strings of `TEXTS_LIMIT_BYTES` in memory.

use std::fs::File;
use std::io::{BufReader, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::roll::import::error::TableError;
use crate::roll::import::table::{TableLimits, TableNotice};

const ENTRIES_LIMIT: usize = 10_000;
/// Shared strings, styles and the like are held in memory whole.
const TEXTS_LIMIT_BYTES: u64 = 384 << 20;
/// Worksheets shrink about thirty-fold at most; bombs a thousand-fold.
const RATIO_LIMIT: u64 = 150;
const RATIO_FREE_BYTES: u64 = 64 << 20;
/// Markup and texts between two tags; texts are also limited by the cell limit, XML entities included.
const RUN_LIMIT_BYTES: usize = 1 << 20;
/// A tag is read this far to see its attributes.
const TAG_BYTES: usize = 512;

/// What the look over the archive found.
pub(super) struct PackageFindings {
    /// What a person should know.
    pub notices: Vec<TableNotice>,
}

/// Refuses archives that are no workbook, that unpack to too much or that carry XML entities.
pub(super) fn check(file: &File, limits: &TableLimits) -> Result<PackageFindings, TableError> {
    let damaged = |error: ZipError| match error {
        ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => TableError::Io(error),
        _ => TableError::Damaged { what: "ZIP 容器" },
    };
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let names = archive
        .file_names()
        .map(|name| Ok(fold_name(&name?)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(damaged)?;
    refuse_other_kinds(&names)?;
    let mut notices = Vec::new();
    if names.iter().any(|name| name.ends_with("vbaproject.bin")) {
        notices.push(TableNotice::Macros);
    }
    if names.iter().any(|name| name.contains("/externallinks/")) {
        notices.push(TableNotice::ExternalLinks);
    }
    let (mut unpacked_bytes, mut texts_bytes) = (0u64, 0u64);
    let (mut has_hidden_rows, mut has_hidden_columns) = (false, false);
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(damaged)?;
        let name = fold_name(&part.name().map_err(damaged)?);
        if part.encrypted() {
            return Err(TableError::Encrypted);
        }
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let is_sheet = name.contains("worksheets/");
        let budget = if is_sheet {
            limits.unpacked_bytes.saturating_sub(unpacked_bytes)
        } else {
            TEXTS_LIMIT_BYTES.saturating_sub(texts_bytes)
        };
        let ratio_budget = part.compressed_size().saturating_mul(RATIO_LIMIT).max(RATIO_FREE_BYTES);
        let declared_bytes = part.size();
        let limit_bytes = budget.min(ratio_budget);
        if declared_bytes > limit_bytes {
            return Err(TableError::UnpackedTooLarge { limit_bytes });
        }
        let scanned = scan_part(part, limit_bytes)?;
        unpacked_bytes += scanned.bytes;
        texts_bytes += if is_sheet { 0 } else { scanned.bytes };
        has_hidden_rows |= is_sheet && scanned.has_hidden_rows;
        has_hidden_columns |= is_sheet && scanned.has_hidden_columns;
    }
    if has_hidden_rows {
        notices.push(TableNotice::HiddenRows);
    }
    if has_hidden_columns {
        notices.push(TableNotice::HiddenColumns);
    }
    Ok(PackageFindings { notices })
}

fn fold_name(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

fn refuse_other_kinds(names: &[String]) -> Result<(), TableError> {
    let has = |wanted: &str| names.iter().any(|name| name.trim_start_matches('/') == wanted);
    if names.len() > ENTRIES_LIMIT {
        return Err(TableError::Damaged {
            what: "ZIP 条目过多"
        });
    }
    if has("xl/workbook.bin") {
        return Err(TableError::Unsupported {
            what: " XLSB 二进制工作簿",
        });
    }
    if has("content.xml") {
        return Err(TableError::Unsupported {
            what: " OpenDocument（ODS）文件",
        });
    }
    if has("word/document.xml") || has("ppt/presentation.xml") {
        return Err(TableError::Unsupported {
            what: " Word 或 PowerPoint 文件",
        });
    }
    if !has("[content_types].xml") || !names.iter().any(|name| name.ends_with("workbook.xml")) {
        return Err(TableError::Unsupported { what: " ZIP 压缩包" });
    }
    Ok(())
}

#[derive(Default)]
struct PartScan {
    bytes: u64,
    has_hidden_rows: bool,
    has_hidden_columns: bool,
}

fn scan_part(mut part: impl Read, limit_bytes: u64) -> Result<PartScan, TableError> {
    let mut scan = PartScan::default();
    let mut xml = XmlScan::default();
    let mut chunk = vec![0u8; 64 * 1024];
    loop {
        let length = part
            .read(&mut chunk)
            .map_err(|_| TableError::Damaged { what: "ZIP 条目" })?;
        if length == 0 {
            break;
        }
        scan.bytes += length as u64;
        if scan.bytes > limit_bytes {
            return Err(TableError::UnpackedTooLarge { limit_bytes });
        }
        xml.feed(chunk.get(..length).unwrap_or_default())?;
    }
    scan.has_hidden_rows = xml.has_hidden_rows;
    scan.has_hidden_columns = xml.has_hidden_columns;
    Ok(scan)
}

/// Follows tags just far enough to measure texts, to see document types and to see hidden rows and columns.
#[derive(Default)]
struct XmlScan {
    run_bytes: usize,
    tag: Vec<u8>,
    is_in_tag: bool,
    has_hidden_rows: bool,
    has_hidden_columns: bool,
}

impl XmlScan {
    fn feed(&mut self, chunk: &[u8]) -> Result<(), TableError> {
        let mut rest = chunk;
        while !rest.is_empty() {
            let stop = if self.is_in_tag { b'>' } else { b'<' };
            let run = rest.iter().position(|&byte| byte == stop).unwrap_or(rest.len());
            let is_stopped = run < rest.len();
            self.run_bytes += run;
            if self.run_bytes > RUN_LIMIT_BYTES {
                return Err(TableError::UnpackedTooLarge {
                    limit_bytes: RUN_LIMIT_BYTES as u64,
                });
            }
            if self.is_in_tag {
                let room = TAG_BYTES.saturating_sub(self.tag.len()).min(run);
                self.tag.extend_from_slice(rest.get(..room).unwrap_or_default());
            }
            if is_stopped {
                self.finish_run()?;
            }
            rest = rest.get(run + usize::from(is_stopped)..).unwrap_or_default();
        }
        Ok(())
    }

    fn finish_run(&mut self) -> Result<(), TableError> {
        if !self.is_in_tag {
            self.is_in_tag = true;
            self.run_bytes = 0;
            self.tag.clear();
            return Ok(());
        }
        if self.tag.starts_with(b"!DOCTYPE") || self.tag.starts_with(b"!ENTITY") {
            return Err(TableError::XmlEntities);
        }
        // Comments and CDATA may hold `<` and `>`; until the first `>` they count as a tag, behind it as text whose
        // length goes on counting, so that their true length stays limited.
        let is_open_ended = self.tag.starts_with(b"![CDATA[") || self.tag.starts_with(b"!--");
        let is_hidden = || {
            self.tag
                .windows(10)
                .any(|window| window == b"hidden=\"1\"" || window == b"hidden='1'")
        };
        if self.tag.starts_with(b"row ") {
            self.has_hidden_rows |= is_hidden();
        } else if self.tag.starts_with(b"col ") {
            self.has_hidden_columns |= is_hidden();
        }
        self.is_in_tag = false;
        if !is_open_ended {
            self.run_bytes = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
