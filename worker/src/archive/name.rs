//! From a name's raw bytes to a path that can be shown, compared and taken apart, or the reason why not.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::entry::Refusal;
use super::limits::ArchiveLimits;

/// What became of an entry's raw name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum EntryName {
    /// It leads out of the archive; the archive is refused.
    Escape,
    /// It is odd; the entry is refused under a name that is safe to show.
    Odd(String, Refusal),
    /// Unicode NFC, `/` between parts, no empty and no `.` part; `true` where it ends like a folder's.
    Path(String, bool),
}

/// Judges a name by its bytes. The UTF-8 flag is not asked: packers set it over GBK names and leave it off UTF-8 ones.
/// `unicode_path` is the name from a checked Info-ZIP unicode path field.
pub(super) fn judge(raw: &[u8], unicode_path: Option<&str>, limits: &ArchiveLimits) -> EntryName {
    let decoded = match unicode_path {
        Some(text) => Some(Cow::Borrowed(text)),
        None => decode(raw),
    };
    // The raw bytes are looked at as well: where 0x5C is the second byte of a GBK character, decoding hides a backslash
    // from us but not from a tool that does not decode.
    let raw_text = String::from_utf8_lossy(raw);
    if leaves_folder(&raw_text) || decoded.as_deref().is_some_and(leaves_folder) {
        return EntryName::Escape;
    }
    let Some(decoded) = decoded else {
        return EntryName::Odd(shown(&raw_text, limits), Refusal::NameUndecodable);
    };
    let is_folder = decoded.ends_with(['/', '\\']);
    let text: String = decoded.nfc().collect();
    let parts: Vec<&str> = text
        .split(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let path = parts.join("/");
    match oddity(&path, &parts, raw.len(), limits) {
        Some(refusal) => EntryName::Odd(shown(&path, limits), refusal),
        None => EntryName::Path(path, is_folder),
    }
}

/// Valid UTF-8, else strict GB18030 (of which GBK is a part), else nothing.
fn decode(raw: &[u8]) -> Option<Cow<'_, str>> {
    match std::str::from_utf8(raw) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(raw),
    }
}

/// Absolute, drive letter, home folder or a part of dots only, plainly or percent-encoded.
fn leaves_folder(text: &str) -> bool {
    let mut text = Cow::Borrowed(text);
    // Twice, since one round turns `%252e` into `%2e`.
    for _ in 0..3 {
        if leaves_folder_plainly(&text) {
            return true;
        }
        if !text.contains('%') {
            return false;
        }
        text = Cow::Owned(percent_decoded(&text));
    }
    false
}

fn leaves_folder_plainly(text: &str) -> bool {
    let mut parts = text.split(['/', '\\']);
    let first = parts.next().unwrap_or_default();
    let has_more = parts.clone().next().is_some();
    let is_absolute = first.is_empty() && has_more;
    let has_drive = matches!(first.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    // `~$` begins Office's lock files, which are junk.
    let is_home = has_more && first.starts_with('~') && !first.starts_with("~$");
    // Windows drops trailing dots and spaces, and filters that delete `../` once turn `....//` into it.
    let is_dots = |part: &str| part.contains("..") && part.chars().all(|c| c == '.' || c == ' ' || c == '\0');
    is_absolute || has_drive || is_home || is_dots(first) || parts.any(is_dots)
}

fn percent_decoded(text: &str) -> String {
    let mut decoded = text.replace("%25", "%");
    for (code, plain) in [("%2e", "."), ("%2f", "/"), ("%5c", "\\"), ("%3a", ":")] {
        decoded = decoded.replace(code, plain).replace(&code.to_ascii_uppercase(), plain);
    }
    decoded
}

fn oddity(path: &str, parts: &[&str], raw_bytes: usize, limits: &ArchiveLimits) -> Option<Refusal> {
    let Some(base) = parts.last() else {
        return Some(Refusal::NameEmpty);
    };
    if raw_bytes > limits.name_bytes || parts.iter().any(|part| part.len() > limits.component_bytes) {
        Some(Refusal::NameTooLong)
    } else if parts.len() > limits.depth.saturating_add(1) {
        Some(Refusal::NameTooDeep)
    } else if path.chars().any(char::is_control) {
        Some(Refusal::NameControl)
    } else if path.chars().any(is_invisible) {
        Some(Refusal::NameInvisible)
    } else if path.contains('\u{FFFD}') {
        Some(Refusal::NameUndecodable)
    } else if path.contains(':') {
        Some(Refusal::NameStream)
    } else if parts.iter().any(|part| is_reserved(part)) {
        Some(Refusal::NameReserved)
    } else if base.starts_with(['-', '=', '+']) || (base.starts_with('@') && *base != "@eaDir") {
        Some(Refusal::NameLeading)
    } else {
        None
    }
}

/// Direction marks and zero-width characters; the joiners U+200C and U+200D stay, since Uyghur names need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2028}' | '\u{2029}'
        | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{061C}' | '\u{FEFF}')
}

fn is_reserved(part: &str) -> bool {
    let stem = part
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let is_port = |name: &str| {
        stem.strip_prefix(name)
            .is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || is_port("COM") || is_port("LPT")
}

/// A form of an odd name that cannot mislead a reader or break a line.
fn shown(text: &str, limits: &ArchiveLimits) -> String {
    let mut shown: String = text
        .chars()
        .map(|c| {
            if c.is_control() || is_invisible(c) {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .collect();
    if shown.len() > limits.component_bytes {
        let cut = (0..=limits.component_bytes)
            .rev()
            .find(|&at| shown.is_char_boundary(at))
            .unwrap_or(0);
        shown.truncate(cut);
        shown.push('…');
    }
    shown
}

/// The name from an Info-ZIP unicode path field (0x7075), if its CRC is that of the header's name: a field that was
/// left behind by a renaming tool does not count.
pub(super) fn unicode_path<'a>(field: &'a [u8], raw: &[u8]) -> Option<&'a str> {
    let (&version, rest) = field.split_first()?;
    let (crc, text) = rest.split_first_chunk::<4>()?;
    (version == 1 && u32::from_le_bytes(*crc) == rawzip::crc32(raw)).then(|| std::str::from_utf8(text).ok())?
}
