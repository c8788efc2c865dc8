//! Cuts a file's stem into keys, names and copy marks.

/// Digits a key must have: fewer are a class, a year or a camera's counter.
const KEY_DIGITS: usize = 5;
const KEY_CHARACTERS: usize = 24;
/// Letters that may stand before a key's digits (B20190101, XS2019001); more are a name.
const PREFIX_LETTERS: usize = 3;
const SUFFIX_LETTERS: usize = 2;
const COPY_WORDS: [&str; 6] = ["补拍", "重拍", "副本", "复件", "拷贝", "COPY"];
/// What cameras and phones call their files.
const CAMERA_PREFIXES: [&str; 6] = ["IMG", "DSC", "PXL", "SAM", "MVI", "WIN"];

/// What forms print before the values (`学号：…姓名：…`).
const LABELS: [&str; 8] = [
    "学号",
    "姓名",
    "考生号",
    "证件号码",
    "证件号",
    "身份证",
    "身份证号",
    "身份证号码",
];

/// What stands before a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// The start of the stem, or a change of script.
    None,
    Space,
    Dash,
    Underscore,
    Bracket,
    Other,
}

/// One part of a stem.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A number that may name a record, upper-case.
    Key(String),
    /// Letters without digits, as written.
    Name(String),
    /// A mark of a copy or re-capture, with its number.
    Copy(Option<u32>),
    /// Anything else.
    Noise,
}

/// Cuts the stem of a path: folders and extension off, full-width forms folded.
pub(super) fn split(entry_name: &str) -> Vec<(Separator, Piece)> {
    let base = entry_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let folded: String = base.chars().map(half_width).collect();
    let stem = with_lost_glyphs(stem(folded.trim().trim_end_matches('.')));
    let mut pieces = Vec::new();
    let mut has_key = false;
    for (separator, segment) in segments(&stem) {
        for (at, part) in parts(segment).into_iter().enumerate() {
            let separator = if at == 0 { separator } else { Separator::None };
            let piece = classify(part, separator, has_key);
            has_key |= matches!(piece, Piece::Key(_));
            let word = match piece {
                Piece::Name(_) => trailing_copy_word(part),
                _ => None,
            };
            match word {
                Some(name) => {
                    pieces.push((separator, Piece::Name(name.to_owned())));
                    pieces.push((Separator::None, Piece::Copy(None)));
                }
                None => pieces.push((separator, piece)),
            }
        }
    }
    pieces
}

fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    }
}

/// Takes extensions off, also doubled ones (`.jpg.jpg`); what follows the last dot is one if it is short and begins
/// with a letter.
fn stem(base: &str) -> &str {
    let mut stem = base;
    while let Some((rest, extension)) = stem.rsplit_once('.') {
        let is_extension = extension.len() <= 5
            && extension.starts_with(|c: char| c.is_ascii_alphabetic())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_extension || rest.is_empty() {
            break;
        }
        stem = rest;
    }
    stem
}

/// Archivers write `_` for a character that GBK lacks. Where such a `_` cannot separate anything (`李_华`, `王小_`,
/// `__华`) it becomes `?`, which in a name means unknown, not different.
fn with_lost_glyphs(stem: &str) -> String {
    let chars: Vec<char> = stem.chars().collect();
    let is_han = |at: Option<usize>| {
        at.and_then(|at| chars.get(at))
            .is_some_and(|c| !c.is_ascii() && c.is_alphabetic() && separator_of(*c).is_none())
    };
    let is_lost = |at: usize| {
        let (before, after) = (at.checked_sub(1), Some(at + 1));
        let is_single_before = is_han(before) && !is_han(at.checked_sub(2));
        let ends_name = is_han(before) && matches!(chars.get(at + 1), None | Some('_'));
        let begins_name = is_han(after) && before.and_then(|before| chars.get(before)) == Some(&'_');
        ends_name || begins_name || (is_single_before && is_han(after))
    };
    chars
        .iter()
        .enumerate()
        .map(|(at, &c)| if c == '_' && is_lost(at) { '?' } else { c })
        .collect()
}

fn separator_of(c: char) -> Option<Separator> {
    match c {
        ' ' => Some(Separator::Space),
        '-' => Some(Separator::Dash),
        '_' => Some(Separator::Underscore),
        '(' | ')' | '[' | ']' | '{' | '}' | '【' | '】' | '〔' | '〕' => Some(Separator::Bracket),
        '+' | ',' | '、' | '.' | '&' | '=' | '#' | '~' | ';' | ':' | '@' => Some(Separator::Other),
        _ => None,
    }
}

/// Between separators; of several in a row the one that says most about a number behind it counts.
fn segments(stem: &str) -> Vec<(Separator, &str)> {
    let mut segments = Vec::new();
    let (mut start, mut before) = (0, Separator::None);
    for (at, c) in stem.char_indices() {
        let Some(separator) = separator_of(c) else { continue };
        if c == '.' && is_name_dot(stem, at) {
            continue;
        }
        let segment = stem.get(start..at).unwrap_or_default();
        if !segment.is_empty() {
            segments.push((before, segment));
            before = separator;
        } else if before == Separator::None || before == Separator::Space || separator == Separator::Bracket {
            before = separator;
        }
        start = at + c.len_utf8();
    }
    let last = stem.get(start..).unwrap_or_default();
    if !last.is_empty() {
        segments.push((before, last));
    }
    segments
}

/// A full stop between two Chinese characters is a badly typed name dot (U+00B7).
fn is_name_dot(stem: &str, at: usize) -> bool {
    let before = stem.get(..at).and_then(|text| text.chars().next_back());
    let after = stem.get(at + 1..).and_then(|text| text.chars().next());
    [before, after]
        .iter()
        .all(|c| c.is_some_and(|c| !c.is_ascii() && c.is_alphabetic()))
}

/// Cuts keys out of a segment that was written without separators (`张三20190101`).
fn parts(segment: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = segment;
    while let Some((start, end)) = key_span(rest) {
        let (before, key, after) = (rest.get(..start), rest.get(start..end), rest.get(end..));
        parts.extend(before.into_iter().chain(key).filter(|part| !part.is_empty()));
        rest = after.unwrap_or_default();
    }
    parts.extend((!rest.is_empty()).then_some(rest));
    parts
}

/// The first run of ASCII letters and digits that can be a key.
fn key_span(text: &str) -> Option<(usize, usize)> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let start = from + bytes.get(from..)?.iter().position(is_word)?;
        let run = bytes.get(start..)?;
        let end = start + run.iter().position(|byte| !is_word(byte)).unwrap_or(run.len());
        if let Some((key_start, key_end)) = text.get(start..end).and_then(key_in_word) {
            return Some((start + key_start, start + key_end));
        }
        from = end;
    }
}

/// Cuts a name in Latin letters off a number it was written against.
fn key_in_word(word: &str) -> Option<(usize, usize)> {
    let first_digit = word.find(|c: char| c.is_ascii_digit())?;
    let last_digit = word.rfind(|c: char| c.is_ascii_digit())?;
    let start = if first_digit > PREFIX_LETTERS { first_digit } else { 0 };
    let after = last_digit + 1;
    let is_resident = after - first_digit == 17 && word.get(after..)?.starts_with(['X', 'x']);
    let suffix = word.len() - after;
    let end = match suffix {
        _ if is_resident => after + 1,
        0..=SUFFIX_LETTERS => word.len(),
        _ => after,
    };
    let key = word.get(start..end)?;
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    let is_camera = CAMERA_PREFIXES
        .iter()
        .any(|prefix| word.to_ascii_uppercase().starts_with(prefix));
    (digits >= KEY_DIGITS && key.len() <= KEY_CHARACTERS && !is_camera).then_some((start, end))
}

fn classify(part: &str, separator: Separator, has_key: bool) -> Piece {
    let upper = part.to_ascii_uppercase();
    if key_in_word(part).is_some_and(|span| span == (0, part.len())) {
        return Piece::Key(upper);
    }
    if let Some(number) = copy_word(&upper) {
        return Piece::Copy(number);
    }
    if has_key && let Some(number) = copy_number(&upper, separator) {
        return Piece::Copy(number);
    }
    let has_digit = part.bytes().any(|byte| byte.is_ascii_digit());
    let is_name = !has_digit && part.chars().any(char::is_alphabetic) && !LABELS.contains(&part);
    if is_name {
        Piece::Name(part.to_owned())
    } else {
        Piece::Noise
    }
}

/// 补拍, 副本2, COPY and so on, with the number behind it.
fn copy_word(upper: &str) -> Option<Option<u32>> {
    COPY_WORDS.iter().find_map(|word| {
        let number = upper.strip_prefix(word)?;
        if number.is_empty() {
            Some(None)
        } else {
            small_number(number).map(Some)
        }
    })
}

/// `_2`, `(1)`, `-2`, ` 2` and `_x` behind a key.
fn copy_number(upper: &str, separator: Separator) -> Option<Option<u32>> {
    let digits = match separator {
        Separator::Bracket => 3,
        Separator::Underscore | Separator::Space => 2,
        Separator::Dash => 1,
        Separator::None | Separator::Other => 0,
    };
    if upper == "X" && separator == Separator::Underscore {
        return Some(None);
    }
    (upper.len() <= digits).then(|| small_number(upper))?.map(Some)
}

fn small_number(digits: &str) -> Option<u32> {
    let is_number = !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

/// The name before a mark that was written against it (`张三补拍`).
fn trailing_copy_word(part: &str) -> Option<&str> {
    COPY_WORDS
        .iter()
        .filter(|word| !word.is_ascii())
        .find_map(|word| part.strip_suffix(word))
        .filter(|name| !name.is_empty())
}
