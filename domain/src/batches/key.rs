//! Takes a delivered file's name apart: which record it claims to belong to, whose name it claims, which copy it is.
//!
//! Only shape is looked at here. Whether a number is valid, and whom it names, the roll decides; a mistyped key stays
//! what it is and is never bent to a neighbour.

mod pieces;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::roll::identity::check_character;
use pieces::{Piece, Separator};

/// By which number an agency names its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyPolicy {
    /// Whatever the number's shape allows, the likeliest first.
    #[default]
    Auto,
    /// The number of the identity document (证件号码) only.
    IdNumber,
    /// The exam candidate's number (考生号) only.
    ExamNo,
    /// The student number (学号) only.
    StudentNo,
}

/// What kind of number a candidate is to be looked up as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// 证件号码.
    IdNumber,
    /// 考生号.
    ExamNo,
    /// 学号.
    StudentNo,
}

/// How a candidate is compared with the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// With the roll's number as it is.
    Exact,
    /// With the roll's number after [`without_leading_zeros`]; only where no exact form names anybody.
    WithoutLeadingZeros,
}

/// One number to look up in the roll.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyCandidate {
    /// The column to look in.
    pub kind: KeyKind,
    /// How to compare.
    pub form: KeyForm,
    /// Upper-case ASCII letters and digits; a 15-digit resident number is in its 18-digit form (GB 11643-1999).
    pub text: String,
}

/// What a file's name claims.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct FileKey {
    /// Numbers to try, in this order; exact forms come before all others. Empty: the name holds no key (NOKEY). Where
    /// the name holds several numbers, all that name anybody must name the same record.
    pub candidates: Vec<KeyCandidate>,
    /// The person's name beside the key, as written, `?` for a character that an archiver lost; to be compared, never
    /// to be matched by.
    pub claimed_name: Option<String>,
    /// The number of a copy or re-capture (`_2`, `(1)`), 1 where the mark has no number (副本, 补拍).
    pub copy_no: Option<u32>,
}

impl FileKey {
    /// Reads the name of an archive entry: path and extension are passed over, full-width forms and case folded.
    pub fn from_entry_name(entry_name: &str, policy: KeyPolicy) -> Self {
        let pieces = pieces::split(entry_name);
        let keys: Vec<&str> = pieces
            .iter()
            .filter_map(|(_, piece)| match piece {
                Piece::Key(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        if keys.is_empty() {
            return Self::default();
        }
        let exact = keys.iter().flat_map(|text| exact_candidates(text, policy));
        let folded = keys.iter().flat_map(|text| folded_candidates(text, policy));
        let mut candidates: Vec<KeyCandidate> = Vec::new();
        for candidate in exact.chain(folded) {
            if !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
        Self {
            candidates,
            claimed_name: claimed_name(&pieces),
            copy_no: copy_no(&pieces),
        }
    }
}

/// The form in which numbers are compared when a spreadsheet may have eaten their zeros.
pub fn without_leading_zeros(number: &str) -> &str {
    let rest = number.trim_start_matches('0');
    if rest.is_empty() {
        number.get(number.len().saturating_sub(1)..).unwrap_or(number)
    } else {
        rest
    }
}

fn exact_candidates(text: &str, policy: KeyPolicy) -> impl Iterator<Item = KeyCandidate> {
    kinds(text, policy).iter().map(move |&kind| {
        let longer = (kind == KeyKind::IdNumber)
            .then(|| resident_number_of_18(text))
            .flatten();
        KeyCandidate {
            kind,
            form: KeyForm::Exact,
            text: longer.unwrap_or_else(|| text.to_owned()),
        }
    })
}

/// Resident numbers have no leading zeros to lose; other documents of digits only (台胞证) do.
fn folded_candidates(text: &str, policy: KeyPolicy) -> impl Iterator<Item = KeyCandidate> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_resident = is_resident_18(text) || is_resident_15(text);
    kinds(text, policy)
        .iter()
        .filter(move |&&kind| is_number && !(is_resident && kind == KeyKind::IdNumber))
        .map(move |&kind| KeyCandidate {
            kind,
            form: KeyForm::WithoutLeadingZeros,
            text: without_leading_zeros(text).to_owned(),
        })
}

fn kinds(text: &str, policy: KeyPolicy) -> &'static [KeyKind] {
    use KeyKind::{ExamNo, IdNumber, StudentNo};
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    match policy {
        KeyPolicy::IdNumber => &[IdNumber],
        KeyPolicy::ExamNo => &[ExamNo],
        KeyPolicy::StudentNo => &[StudentNo],
        KeyPolicy::Auto if is_resident_18(text) || is_resident_15(text) => &[IdNumber, ExamNo, StudentNo],
        // Exam numbers have 14 digits, 15 for postgraduates.
        KeyPolicy::Auto if is_number && matches!(text.len(), 14 | 15) => &[ExamNo, StudentNo, IdNumber],
        KeyPolicy::Auto => &[StudentNo, ExamNo, IdNumber],
    }
}

/// 17 digits and a check character around a possible date (GB 11643-1999); the check itself is the caller's.
fn is_resident_18(text: &str) -> bool {
    let Some((body, check)) = text.split_at_checked(17) else {
        return false;
    };
    let is_body = body.bytes().all(|byte| byte.is_ascii_digit());
    is_body && matches!(check.as_bytes(), [b'0'..=b'9' | b'X']) && has_date(text.get(10..14))
}

/// The form issued until 1999: two digits for the year, no check character.
fn is_resident_15(text: &str) -> bool {
    text.len() == 15 && text.bytes().all(|byte| byte.is_ascii_digit()) && has_date(text.get(8..12))
}

fn has_date(month_and_day: Option<&str>) -> bool {
    let number = month_and_day.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    (1..=12).contains(&(number / 100)) && (1..=31).contains(&(number % 100))
}

/// The one form in which a number of an identity document is looked up: a 15-digit resident number in its 18-digit form, anything
/// else as it is.
pub fn canonical_id(number: &str) -> String {
    resident_number_of_18(number).unwrap_or_else(|| number.to_owned())
}

/// Puts the century in and the check character on (GB 11643-1999, weights of ISO 7064 MOD 11-2).
fn resident_number_of_18(text: &str) -> Option<String> {
    if !is_resident_15(text) {
        return None;
    }
    let (area, rest) = text.split_at_checked(6)?;
    let body = format!("{area}19{rest}");
    let check = check_character(&body)?;
    Some(format!("{body}{check}"))
}

/// The name that stands next after the key, else the one that stands next before it. Latin names keep their spaces.
fn claimed_name(pieces: &[(Separator, Piece)]) -> Option<String> {
    let key = pieces.iter().position(|(_, piece)| matches!(piece, Piece::Key(_)))?;
    let is_name = |at: &usize| matches!(pieces.get(*at), Some((_, Piece::Name(_))));
    let after = (key + 1..pieces.len()).find(is_name);
    let at = after.or_else(|| (0..key).rev().find(is_name))?;
    // Before the key the name's last word was found first: go back to its first.
    let continues = |at: usize| match (pieces.get(at.wrapping_sub(1)), pieces.get(at)) {
        (Some((_, Piece::Name(left))), Some((Separator::Space, Piece::Name(right)))) => {
            left.is_ascii() && right.is_ascii()
        }
        _ => false,
    };
    let first = (0..=at).rev().find(|&at| !continues(at)).unwrap_or(at);
    let mut words = Vec::new();
    for next in first..pieces.len() {
        match pieces.get(next) {
            Some((_, Piece::Name(word))) if next == first || continues(next) => words.push(word.as_str()),
            _ => break,
        }
    }
    Some(words.join(" "))
}

/// The last number wins: of `_2 (1)` the copy of the second photo is meant.
fn copy_no(pieces: &[(Separator, Piece)]) -> Option<u32> {
    let marks = pieces.iter().filter_map(|(_, piece)| match piece {
        Piece::Copy(number) => Some(*number),
        _ => None,
    });
    marks.fold(None, |last, number| number.or(last).or(Some(1)))
}

/// Says how long the number is, not what it is.
impl fmt::Debug for KeyCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "KeyCandidate({:?}, {:?}, {} characters)",
            self.kind,
            self.form,
            self.text.len()
        )
    }
}

/// Says what there is, not what it says.
impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKey")
            .field("candidates", &self.candidates)
            .field("has_claimed_name", &self.claimed_name.is_some())
            .field("copy_no", &self.copy_no)
            .finish()
    }
}
