//! Which encoding a text file is in, verified over the whole file without loading it, and its text as UTF-8.
//!
//! A file is read only if every byte of it is valid in one encoding: nothing is replaced, so nothing turns into mojibake.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Serialize};

use super::error::TableError;

const CHUNK_BYTES: usize = 64 * 1024;
/// A chunk decodes to at most three bytes of UTF-8 for each of its bytes, and what the decoder held back.
const DECODED_BYTES: usize = CHUNK_BYTES * 3 + 64;
const SAMPLE_BYTES: usize = 256 * 1024;

/// The encodings of text that rolls come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextEncoding {
    /// UTF-8, with or without byte-order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first ("Unicode text" of Excel).
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// GB18030, and with it GBK and GB 2312.
    Gb18030,
}

impl TextEncoding {
    /// Reads the word that people write for an encoding; `None` for `auto` and unknown words.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "utf-16" | "utf-16le" | "utf16le" => Some(Self::Utf16Le),
            "utf-16be" | "utf16be" => Some(Self::Utf16Be),
            "gb18030" | "gbk" | "gb2312" | "cp936" => Some(Self::Gb18030),
            _ => None,
        }
    }

    /// The encoding's usual name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Gb18030 => "GB18030",
        }
    }

    pub(crate) fn codec(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Gb18030 => GB18030,
        }
    }
}

/// Finds the encoding of a text file, or takes the one told, and verifies every byte of the file in it.
pub fn verify_text(file: &mut File, told: Option<TextEncoding>) -> Result<TextEncoding, TableError> {
    let sample = sample_of(file)?;
    let marked = match sample.as_slice() {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return Err(TableError::UnknownEncoding { guess: "UTF-32" }),
        [0xEF, 0xBB, 0xBF, ..] => Some(TextEncoding::Utf8),
        [0xFF, 0xFE, ..] => Some(TextEncoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(TextEncoding::Utf16Be),
        _ => None,
    };
    if let Some(encoding) = told.or(marked).or_else(|| guess_utf16(&sample)) {
        return scan(file, encoding)?.verdict(encoding);
    }
    let as_utf8 = scan(file, TextEncoding::Utf8)?;
    if as_utf8.bad_line.is_none() {
        return as_utf8.verdict(TextEncoding::Utf8);
    }
    let as_gb18030 = scan(file, TextEncoding::Gb18030)?;
    if let Some(line) = find_mixed_line(file)? {
        return Err(TableError::MixedEncodings { line });
    }
    if as_gb18030.bad_line.is_some() {
        // Whichever encoding got further is the likelier one.
        let (likely, scanned) = if as_utf8.bad_line > as_gb18030.bad_line {
            (TextEncoding::Utf8, as_utf8)
        } else {
            (TextEncoding::Gb18030, as_gb18030)
        };
        return scanned.verdict(likely);
    }
    if !looks_simplified_chinese(&sample) {
        return Err(TableError::UnknownEncoding {
            guess: foreign_guess(&sample),
        });
    }
    as_gb18030.verdict(TextEncoding::Gb18030)
}

fn sample_of(file: &mut File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut sample = Vec::new();
    file.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut sample)?;
    Ok(sample)
}

/// UTF-16 without a mark: digits, commas and line ends leave a zero in every second byte, always on the same side.
fn guess_utf16(sample: &[u8]) -> Option<TextEncoding> {
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair.first() == Some(&0));
        odd += usize::from(pair.last() == Some(&0));
    }
    let pairs = sample.len() / 2;
    if pairs < 4 || even.max(odd) * 8 < pairs {
        return None;
    }
    match (even * 20 < odd, odd * 20 < even) {
        (true, _) => Some(TextEncoding::Utf16Le),
        (_, true) => Some(TextEncoding::Utf16Be),
        _ => None,
    }
}

/// In Chinese text nearly every character is one of GB 2312; bytes of Big5 or Japanese read as GBK are not.
fn looks_simplified_chinese(sample: &[u8]) -> bool {
    let (mut usual, mut all) = (0usize, 0usize);
    let mut rest = sample;
    while let Some((&lead, tail)) = rest.split_first() {
        if lead < 0x80 {
            rest = tail;
            continue;
        }
        let Some(&trail) = tail.first() else { break };
        let is_four_bytes = trail.is_ascii_digit();
        all += 1;
        usual += usize::from(matches!(lead, 0xA1..=0xA9 | 0xB0..=0xF7) && trail >= 0xA1);
        rest = tail.get(if is_four_bytes { 3 } else { 1 }..).unwrap_or_default();
    }
    usual * 10 >= all * 6
}

fn foreign_guess(sample: &[u8]) -> &'static str {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    if guess == GB18030 || guess == encoding_rs::GBK {
        "Big5"
    } else {
        guess.name()
    }
}

/// What one pass over the file found.
struct Scan {
    bad_line: Option<u64>,
    nul_line: Option<u64>,
    is_blank: bool,
}

impl Scan {
    fn verdict(self, encoding: TextEncoding) -> Result<TextEncoding, TableError> {
        match (self.nul_line, self.bad_line) {
            // Bytes behind a NUL are a consequence; say the cause.
            (Some(nul), bad) if bad.is_none_or(|bad| nul <= bad) => Err(TableError::NulCharacter { line: nul }),
            (_, Some(line)) => Err(TableError::InvalidBytes {
                encoding: encoding.as_str(),
                line,
            }),
            _ if self.is_blank => Err(TableError::Empty),
            _ => Ok(encoding),
        }
    }
}

fn scan(file: &mut File, encoding: TextEncoding) -> Result<Scan, TableError> {
    file.seek(SeekFrom::Start(0))?;
    let mut source = Utf8Source::new(file, encoding);
    let mut lines = LineCounter::default();
    let mut found = Scan {
        bad_line: None,
        nul_line: None,
        is_blank: true,
    };
    loop {
        let text = match source.fill_buf() {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                found.bad_line = Some(lines.line());
                return Ok(found);
            }
            Err(error) => return Err(error.into()),
        };
        if text.is_empty() {
            return Ok(found);
        }
        if found.nul_line.is_none()
            && let Some(place) = text.iter().position(|&byte| byte == 0)
        {
            let mut until = lines;
            until.feed(text.get(..place).unwrap_or_default());
            found.nul_line = Some(until.line());
        }
        found.is_blank = found.is_blank && text.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0x1A);
        lines.feed(text);
        let length = text.len();
        source.consume(length);
    }
}

/// Counts lines that end in LF, CR LF or CR alone.
#[derive(Clone, Copy, Default)]
struct LineCounter {
    line_feeds: u64,
    lone_returns: u64,
    ends_in_return: bool,
}

impl LineCounter {
    fn feed(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        self.line_feeds += text.iter().filter(|&&byte| byte == b'\n').count() as u64;
        if self.ends_in_return && text.first() != Some(&b'\n') {
            self.lone_returns += 1;
        }
        if text.contains(&b'\r') {
            self.lone_returns += text
                .windows(2)
                .filter(|pair| pair.first() == Some(&b'\r') && pair.last() != Some(&b'\n'))
                .count() as u64;
        }
        self.ends_in_return = text.last() == Some(&b'\r');
    }

    fn line(self) -> u64 {
        self.line_feeds + self.lone_returns + 1
    }
}

/// The first line whose encoding differs from that of earlier lines, when the file has lines of Chinese in both.
fn find_mixed_line(file: &mut File) -> Result<Option<u64>, TableError> {
    const LINE_LIMIT_BYTES: u64 = 1024 * 1024;
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(CHUNK_BYTES, file);
    let (mut line, mut line_no) = (Vec::new(), 0);
    let (mut first_utf8, mut first_other) = (None, None);
    loop {
        line.clear();
        line_no += 1;
        if reader.by_ref().take(LINE_LIMIT_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.is_ascii() {
            continue;
        }
        match std::str::from_utf8(&line) {
            // Four characters: fewer may be GBK that happens to be valid UTF-8.
            Ok(text) if count_han(text) >= 4 => {
                first_utf8.get_or_insert(line_no);
            }
            Ok(_) => {}
            // A line that is no Chinese in GB18030 either is a damaged line, not another encoding.
            Err(_) if is_chinese_gb18030(&line) => {
                first_other.get_or_insert(line_no);
            }
            Err(_) => {}
        }
        if let (Some(utf8), Some(other)) = (first_utf8, first_other) {
            return Ok(Some(u64::max(utf8, other)));
        }
    }
}

fn count_han(text: &str) -> usize {
    text.chars().filter(|c| matches!(c, '\u{4E00}'..='\u{9FFF}')).count()
}

fn is_chinese_gb18030(line: &[u8]) -> bool {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(line);
    text.is_some_and(|text| count_han(&text) >= 4) && looks_simplified_chinese(line)
}

/// A file's text as UTF-8 without byte-order mark; malformed bytes are an error of kind `InvalidData`.
pub struct Utf8Source<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_start: usize,
    raw_end: usize,
    is_at_end: bool,
    is_finished: bool,
    is_malformed: bool,
    decoded: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Utf8Source<R> {
    /// Reads `inner` from where it stands.
    pub fn new(inner: R, encoding: TextEncoding) -> Self {
        Self {
            inner,
            decoder: encoding.codec().new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK_BYTES],
            raw_start: 0,
            raw_end: 0,
            is_at_end: false,
            is_finished: false,
            is_malformed: false,
            decoded: vec![0; DECODED_BYTES],
            start: 0,
            end: 0,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.start == self.end && !self.is_finished {
            if self.is_malformed {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes outside the encoding"));
            }
            if self.raw_start == self.raw_end && !self.is_at_end {
                self.raw_end = self.inner.read(&mut self.raw)?;
                self.raw_start = 0;
                self.is_at_end = self.raw_end == 0;
            }
            let source = self.raw.get(self.raw_start..self.raw_end).unwrap_or_default();
            let (result, read, written) =
                self.decoder
                    .decode_to_utf8_without_replacement(source, &mut self.decoded, self.is_at_end);
            self.raw_start += read;
            (self.start, self.end) = (0, written);
            match result {
                DecoderResult::InputEmpty => self.is_finished = self.is_at_end,
                DecoderResult::OutputFull => {}
                // What was decoded before the bad byte is still handed out, so that its line can be counted.
                DecoderResult::Malformed(_, _) => self.is_malformed = true,
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..length), available.get(..length)) {
            to.copy_from_slice(from);
        }
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Utf8Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(self.decoded.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.start = self.end.min(self.start.saturating_add(amount));
    }
}

#[cfg(test)]
mod tests;
