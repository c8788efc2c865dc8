//! Delimited text as rows, in bounded memory.
//!
//! Written here, not with the `csv` crate, because three things decide whether a roll may be trusted and the crate hides
//! them: blank lines count as rows (people quote Excel's row numbers), a cell has a largest size before it is buffered,
//! and a quote that is never closed refuses the file instead of swallowing the rows behind it.

use std::io::BufRead;

use super::error::TableError;
use super::table::{RawCell, RawRow, TableLimits};

/// How many bytes of text are looked at to find the delimiter.
const SNIFF_BYTES: usize = 64 * 1024;
const CANDIDATES: [u8; 4] = [b',', b'\t', b';', b'|'];
/// DOS end-of-file byte, left behind by old exports.
const CTRL_Z: &str = "\u{1A}";

/// What stands before the rows: the delimiter, and whether a line `sep=` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// The byte between cells.
    pub delimiter: u8,
    /// The first line is Excel's `sep=…` and no row of the table.
    pub has_sep_line: bool,
}

/// Finds the delimiter from the beginning of the text: told by `sep=`, else the candidate that occurs most outside quotes.
pub fn sniff_dialect(source: &mut impl BufRead) -> Result<Dialect, TableError> {
    let mut sample = Vec::new();
    while sample.len() < SNIFF_BYTES {
        let chunk = source.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        sample.extend_from_slice(chunk);
        let length = chunk.len();
        source.consume(length);
    }
    let first_line = sample
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .next()
        .unwrap_or_default();
    let unquoted = first_line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""))
        .unwrap_or(first_line);
    if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] = unquoted {
        return Ok(Dialect {
            delimiter: *delimiter,
            has_sep_line: true,
        });
    }
    let mut counts = [0usize; CANDIDATES.len()];
    let mut is_quoted = false;
    for byte in &sample {
        is_quoted ^= *byte == b'"';
        if !is_quoted && let Some(place) = CANDIDATES.iter().position(|candidate| candidate == byte) {
            counts[place] += 1;
        }
    }
    let best = (0..CANDIDATES.len())
        .rev()
        .max_by_key(|&place| counts[place])
        .unwrap_or_default();
    Ok(Dialect {
        delimiter: CANDIDATES[best],
        has_sep_line: false,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    Quoted,
    BehindQuote,
}

/// How many bytes from here certainly belong to the cell.
fn run_within(chunk: &[u8], place: Place, delimiter: u8) -> usize {
    let end = match place {
        Place::Plain => chunk
            .iter()
            .position(|&byte| byte == delimiter || byte == b'\n' || byte == b'\r'),
        Place::Quoted => chunk.iter().position(|&byte| byte == b'"'),
        Place::CellStart | Place::BehindQuote => Some(0),
    };
    end.unwrap_or(chunk.len())
}

/// The rows of delimited text, one at a time.
pub struct TextRows<S> {
    source: S,
    delimiter: u8,
    limits: TableLimits,
    row_no: u64,
    cell: Vec<u8>,
    skips_line_feed: bool,
    is_done: bool,
}

impl<S: BufRead> TextRows<S> {
    /// Reads rows of UTF-8 text (without byte-order mark) from its beginning.
    pub fn new(source: S, dialect: Dialect, limits: TableLimits) -> Result<Self, TableError> {
        let mut rows = Self {
            source,
            delimiter: dialect.delimiter,
            limits,
            row_no: 0,
            cell: Vec::new(),
            skips_line_feed: false,
            is_done: false,
        };
        if dialect.has_sep_line {
            // Excel itself hides this line, so the rows that people see begin behind it.
            rows.next_row()?;
            rows.row_no = 0;
        }
        Ok(rows)
    }

    /// The next row; a blank line is a row without cells.
    pub fn next_row(&mut self) -> Result<Option<RawRow>, TableError> {
        if self.is_done {
            return Ok(None);
        }
        self.row_no += 1;
        let mut cells = Vec::new();
        let mut place = Place::CellStart;
        loop {
            let chunk = self.source.fill_buf()?;
            let Some(&first) = chunk.first() else {
                self.is_done = true;
                return self.end_of_text(cells, place);
            };
            if self.skips_line_feed {
                self.skips_line_feed = false;
                if first == b'\n' {
                    self.source.consume(1);
                    continue;
                }
            }
            let run = run_within(chunk, place, self.delimiter);
            if self.cell.len() + run > self.limits.cell_bytes {
                return Err(self.cell_too_large(cells.len()));
            }
            self.cell.extend_from_slice(chunk.get(..run).unwrap_or_default());
            let stop = chunk.get(run).copied();
            self.source.consume(run + usize::from(stop.is_some()));
            let Some(byte) = stop else { continue };
            match (place, byte) {
                (Place::Quoted, _) => place = Place::BehindQuote,
                (Place::CellStart, b'"') => place = Place::Quoted,
                (Place::BehindQuote, b'"') => {
                    self.cell.push(b'"');
                    place = Place::Quoted;
                }
                (_, b'\n' | b'\r') => {
                    self.skips_line_feed = byte == b'\r';
                    if !(cells.is_empty() && place == Place::CellStart) {
                        self.finish_cell(&mut cells)?;
                    }
                    return Ok(Some(RawRow {
                        row_no: self.row_no,
                        cells,
                    }));
                }
                (_, byte) if byte == self.delimiter => {
                    self.finish_cell(&mut cells)?;
                    place = Place::CellStart;
                }
                (Place::BehindQuote, b' ') => {}
                (Place::BehindQuote, _) => return Err(TableError::UnbalancedQuote { row: self.row_no }),
                (Place::CellStart | Place::Plain, byte) => {
                    self.cell.push(byte);
                    place = Place::Plain;
                }
            }
        }
    }

    fn end_of_text(&mut self, mut cells: Vec<RawCell>, place: Place) -> Result<Option<RawRow>, TableError> {
        match place {
            Place::Quoted => return Err(TableError::UnbalancedQuote { row: self.row_no }),
            Place::CellStart if cells.is_empty() => return Ok(None),
            Place::CellStart | Place::Plain | Place::BehindQuote => self.finish_cell(&mut cells)?,
        }
        if let [RawCell::Text(text)] = cells.as_slice()
            && text == CTRL_Z
        {
            return Ok(None);
        }
        Ok(Some(RawRow {
            row_no: self.row_no,
            cells,
        }))
    }

    fn finish_cell(&mut self, cells: &mut Vec<RawCell>) -> Result<(), TableError> {
        if cells.len() >= self.limits.columns {
            return Err(TableError::TooManyColumns {
                row: self.row_no,
                limit: self.limits.columns,
            });
        }
        let text = std::str::from_utf8(&self.cell).map_err(|_| TableError::Damaged { what: "文本" })?;
        cells.push(RawCell::from_text(text));
        self.cell.clear();
        Ok(())
    }

    fn cell_too_large(&self, cells_before: usize) -> TableError {
        TableError::CellTooLarge {
            row: self.row_no,
            column: cells_before + 1,
            limit_bytes: self.limits.cell_bytes,
        }
    }
}

#[cfg(test)]
mod tests;
