//! Reads the two facts an EXIF block may tell: how the picture is turned, and when it was taken. Everything else in the
//! block, including a second directory or an embedded preview, is never looked at.

/// The facts read from an EXIF block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Exif {
    /// EXIF orientation 1 to 8; an invalid or missing value is 1.
    pub orientation: u8,
    /// Capture time as `YYYY-MM-DDTHH:MM:SS` in the camera's own clock.
    pub captured_at: Option<String>,
    /// Resolution in dots per inch, where the block gives one.
    pub density_dpi: Option<(u16, u16)>,
}

const ORIENTATION: u16 = 0x0112;
const X_RESOLUTION: u16 = 0x011A;
const Y_RESOLUTION: u16 = 0x011B;
const RESOLUTION_UNIT: u16 = 0x0128;
const DATE_TIME: u16 = 0x0132;
const EXIF_DIRECTORY: u16 = 0x8769;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
/// A directory of a camera has some 40 entries; reading stops here however many the count claims.
const MAX_ENTRIES: usize = 1000;

/// Reads a TIFF-structured EXIF block, without the `Exif\0\0` prefix.
pub(super) fn read(tiff: &[u8]) -> Exif {
    let absent = Exif {
        orientation: 1,
        ..Exif::default()
    };
    let Some(reader) = Tiff::open(tiff) else { return absent };
    let Some(first) = reader.u32(4) else { return absent };
    let entries = reader.directory(first);
    let orientation = entries
        .iter()
        .find(|e| e.tag == ORIENTATION && e.kind == 3 && e.count == 1);
    let orientation = orientation
        .and_then(|e| reader.u16(e.value_at))
        .filter(|o| (1..=8).contains(o))
        .unwrap_or(1);
    let taken = entries
        .iter()
        .find(|e| e.tag == EXIF_DIRECTORY)
        .and_then(|e| reader.u32(e.value_at))
        .and_then(|at| reader.directory(at).into_iter().find(|e| e.tag == DATE_TIME_ORIGINAL))
        .or_else(|| entries.iter().copied().find(|e| e.tag == DATE_TIME));
    Exif {
        orientation: u8::try_from(orientation).unwrap_or(1),
        captured_at: taken.and_then(|e| reader.ascii(e)).and_then(|text| date_time(&text)),
        density_dpi: density(&reader, &entries),
    }
}

fn density(reader: &Tiff<'_>, entries: &[Entry]) -> Option<(u16, u16)> {
    let find = |tag| entries.iter().find(|e| e.tag == tag);
    if find(RESOLUTION_UNIT).and_then(|e| reader.u16(e.value_at)) != Some(2) {
        return None;
    }
    Some((
        reader.rational(find(X_RESOLUTION)?)?,
        reader.rational(find(Y_RESOLUTION)?)?,
    ))
}

/// Turns `YYYY:MM:DD HH:MM:SS` into ISO form; anything that is no calendar time gives nothing.
fn date_time(text: &str) -> Option<String> {
    let bytes = text.as_bytes().get(..19)?;
    let separators = [(4, b':'), (7, b':'), (10, b' '), (13, b':'), (16, b':')];
    if separators.iter().any(|&(at, wanted)| bytes.get(at) != Some(&wanted)) {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = bytes.get(from..to)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0')))
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let is_time = (1900..=2999).contains(&year) && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    is_time.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    /// Offset of the four value bytes.
    value_at: u32,
}

struct Tiff<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
}

impl<'a> Tiff<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let is_big_endian = match bytes.get(..2)? {
            b"II" => false,
            b"MM" => true,
            _ => return None,
        };
        let tiff = Self { bytes, is_big_endian };
        (tiff.u16(2)? == 42).then_some(tiff)
    }

    fn array<const N: usize>(&self, at: u32) -> Option<[u8; N]> {
        let at = usize::try_from(at).ok()?;
        self.bytes.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(&self, at: u32) -> Option<u16> {
        let raw = self.array(at)?;
        Some(if self.is_big_endian {
            u16::from_be_bytes(raw)
        } else {
            u16::from_le_bytes(raw)
        })
    }

    fn u32(&self, at: u32) -> Option<u32> {
        let raw = self.array(at)?;
        Some(if self.is_big_endian {
            u32::from_be_bytes(raw)
        } else {
            u32::from_le_bytes(raw)
        })
    }

    fn directory(&self, at: u32) -> Vec<Entry> {
        let count = usize::from(self.u16(at).unwrap_or(0)).min(MAX_ENTRIES);
        let first = at.saturating_add(2);
        (0..count)
            .map_while(|index| {
                let at = first.checked_add(u32::try_from(index).ok()?.checked_mul(12)?)?;
                Some(Entry {
                    tag: self.u16(at)?,
                    kind: self.u16(at.checked_add(2)?)?,
                    count: self.u32(at.checked_add(4)?)?,
                    value_at: at.checked_add(8)?,
                })
            })
            .collect()
    }

    fn ascii(&self, entry: Entry) -> Option<String> {
        // A time is 19 characters and a NUL, so it never fits into the entry itself.
        if entry.kind != 2 || entry.count < 19 {
            return None;
        }
        let raw: [u8; 19] = self.array(self.u32(entry.value_at)?)?;
        raw.is_ascii().then(|| raw.iter().map(|&b| char::from(b)).collect())
    }

    fn rational(&self, entry: &Entry) -> Option<u16> {
        if entry.kind != 5 {
            return None;
        }
        let at = self.u32(entry.value_at)?;
        let (top, bottom) = (self.u32(at)?, self.u32(at.checked_add(4)?)?);
        u16::try_from(top.checked_div(bottom)?).ok()
    }
}

/// Tells whether a TIFF file holds a second page.
pub(super) fn has_second_directory(tiff: &[u8]) -> bool {
    let Some(reader) = Tiff::open(tiff) else { return false };
    let next = reader.u32(4).and_then(|first| {
        let count = u32::from(reader.u16(first)?);
        reader.u32(first.checked_add(2)?.checked_add(count.checked_mul(12)?)?)
    });
    next.is_some_and(|at| at != 0)
}
