//! What an agency says of a delivery as a whole: `batch.json` in the archive (domain.md 2.4). It misses nothing where it is absent; where
//! it is there, what arrived is held against it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The file's name in the archive, in the archive's root or in its one folder.
pub const FILE_NAME: &str = "batch.json";
/// The largest such file: 200,000 digests and something to spare.
pub const MOST_BYTES: u64 = 16 << 20;
/// Digests that are named as missing at most; the number is always whole.
pub const MOST_NAMED: usize = 1_000;
const MOST_CHARS: usize = 100;

/// 批次说明: what the agency announced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchHeader {
    /// 院校代码 of all rows that name none; five digits.
    pub school_code: Option<String>,
    /// 特征码, which binds the delivery to a school's capture; six letters and digits.
    pub capture_code: Option<String>,
    /// First day of the capture.
    pub captured_from: Option<NaiveDate>,
    /// Last day of the capture.
    pub captured_to: Option<NaiveDate>,
    /// Where the pictures were taken.
    pub station: Option<String>,
    /// Who of the agency took them.
    pub operator: Option<String>,
    /// How many photos there are.
    pub count: Option<u32>,
    /// SHA-256 of every photo, in lower-case hexadecimal.
    #[serde(skip_serializing)]
    pub sha256: Vec<String>,
}

/// Why a header is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// No JSON object with these fields.
    #[error("it is not the JSON object that the documentation describes")]
    Malformed,
    /// The school's code.
    #[error("school_code is not five digits")]
    SchoolCode,
    /// The capture's code.
    #[error("capture_code is not six letters and digits")]
    CaptureCode,
    /// The days.
    #[error("captured_from is later than captured_to")]
    Days,
    /// A text.
    #[error("station and operator have at most 100 characters and no control characters")]
    Text,
    /// A digest.
    #[error("sha256 holds something other than 64 lower-case hexadecimal digits")]
    Digest,
}

impl BatchHeader {
    /// Reads the file.
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let header: Self = serde_json::from_slice(bytes).map_err(|_| HeaderFault::Malformed)?;
        let is_text = |text: &String| text.chars().count() <= MOST_CHARS && !text.chars().any(char::is_control);
        let is_digest =
            |text: &String| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let is_code =
            |text: &String, length: usize, may: fn(&u8) -> bool| text.len() == length && text.bytes().all(|b| may(&b));
        let checks = [
            (
                header
                    .school_code
                    .iter()
                    .all(|code| is_code(code, 5, u8::is_ascii_digit)),
                HeaderFault::SchoolCode,
            ),
            (
                header
                    .capture_code
                    .iter()
                    .all(|code| is_code(code, 6, u8::is_ascii_alphanumeric)),
                HeaderFault::CaptureCode,
            ),
            (
                header
                    .captured_from
                    .zip(header.captured_to)
                    .is_none_or(|(from, to)| from <= to),
                HeaderFault::Days,
            ),
            (
                header.station.iter().chain(&header.operator).all(is_text),
                HeaderFault::Text,
            ),
            (header.sha256.iter().all(is_digest), HeaderFault::Digest),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, fault)) => Err(fault),
            None => Ok(header),
        }
    }
}

/// How what arrived compares with what was announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Photos that were announced and are not there.
    pub missing: u64,
    /// Photos that nobody announced; nothing where only their number was.
    pub unannounced: u64,
    /// Digests of the missing, as far as digests were announced; the first [`MOST_NAMED`].
    pub missing_digests: Vec<String>,
}

/// Compares by digests where the header has some, else by the number alone.
pub fn compare(count: Option<u32>, announced: &[String], arrived: &[String]) -> Comparison {
    let number = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    if announced.is_empty() {
        let (count, arrived) = (u64::from(count.unwrap_or(0)), number(arrived.len()));
        return match count {
            0 => Comparison::default(),
            count => Comparison {
                missing: count.saturating_sub(arrived),
                unannounced: arrived.saturating_sub(count),
                missing_digests: Vec::new(),
            },
        };
    }
    let (said, there): (BTreeSet<&String>, BTreeSet<&String>) = (announced.iter().collect(), arrived.iter().collect());
    let missing: Vec<&String> = said.difference(&there).copied().collect();
    Comparison {
        missing: number(missing.len()),
        unannounced: number(there.difference(&said).count()),
        missing_digests: missing.into_iter().take(MOST_NAMED).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(letter: char) -> String {
        letter.to_string().repeat(64)
    }

    #[test]
    fn a_header_is_read_with_whatever_it_has() {
        let text = r#"{"school_code": "10001", "capture_code": "A1b2C3", "captured_from": "2026-11-02", "captured_to": "2026-11-04",
            "station": "体育馆", "operator": "王", "count": 2, "sha256": [], "made_by": "studio 3.1"}"#;
        let header = BatchHeader::parse(text.as_bytes()).expect("a header");
        assert_eq!((header.count, header.station.as_deref()), (Some(2), Some("体育馆")));
        assert_eq!(BatchHeader::parse(b"\xef\xbb\xbf{}"), Ok(BatchHeader::default()));
    }

    #[test]
    fn a_header_that_cannot_be_right_is_not_believed() {
        for (text, fault) in [
            ("", HeaderFault::Malformed),
            ("[1, 2]", HeaderFault::Malformed),
            (r#"{"count": -1}"#, HeaderFault::Malformed),
            (r#"{"captured_from": "2026-02-30"}"#, HeaderFault::Malformed),
            (r#"{"school_code": "1001"}"#, HeaderFault::SchoolCode),
            (r#"{"capture_code": "A1 2C3"}"#, HeaderFault::CaptureCode),
            (
                r#"{"captured_from": "2026-11-04", "captured_to": "2026-11-02"}"#,
                HeaderFault::Days,
            ),
            (r#"{"operator": "a\u0000b"}"#, HeaderFault::Text),
            (r#"{"sha256": ["ABCD"]}"#, HeaderFault::Digest),
        ] {
            assert_eq!(BatchHeader::parse(text.as_bytes()), Err(fault), "{text}");
        }
    }

    #[test]
    fn what_arrived_is_held_against_digests_or_else_the_number() {
        let (a, b, c) = (digest('a'), digest('b'), digest('c'));
        let by_digests = compare(Some(2), &[a.clone(), b.clone()], &[b.clone(), c.clone(), c.clone()]);
        assert_eq!((by_digests.missing, by_digests.unannounced), (1, 1));
        assert_eq!(by_digests.missing_digests, std::slice::from_ref(&a));
        let by_number = compare(Some(3), &[], &[a.clone(), b]);
        assert_eq!((by_number.missing, by_number.unannounced), (1, 0));
        assert_eq!(compare(None, &[], &[a]), Comparison::default());
    }
}
