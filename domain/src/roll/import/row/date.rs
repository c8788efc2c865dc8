//! Dates in the spellings of roll files.

use chrono::NaiveDate;

use crate::roll::name;

/// A date as it stood in a cell.
pub(crate) enum ReadDate {
    /// Written out.
    Plain(NaiveDate),
    /// As the day number of a spreadsheet.
    Serial(NaiveDate),
}

/// Reads `20030630`, `2003-06-30`, `2003/6/30`, `2003.6.30`, `2003年6月30日`, each with a time behind it or not, and a spreadsheet's
/// day number (days since 1899-12-30).
pub(crate) fn parse_date(text: &str) -> Option<ReadDate> {
    let text = name::fold_width(text);
    let text = text.split([' ', 'T']).next().unwrap_or(&text);
    let text = text.strip_suffix(".0").unwrap_or(text);
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: u32 = text.parse().ok()?;
        return match text.len() {
            8 => plausible(i32::try_from(number / 10_000).ok()?, number / 100 % 100, number % 100).map(ReadDate::Plain),
            4 | 5 => {
                let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?;
                epoch
                    .checked_add_days(chrono::Days::new(u64::from(number)))
                    .map(ReadDate::Serial)
            }
            _ => None,
        };
    }
    let mut parts = text
        .split(['-', '/', '.', '年', '月', '日'])
        .filter(|part| !part.is_empty());
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next().map_or(Ok(1), str::parse).ok()?;
    if parts.next().is_some() {
        return None;
    }
    plausible(year, month, day).map(ReadDate::Plain)
}

fn plausible(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    (1900..=2100)
        .contains(&year)
        .then(|| NaiveDate::from_ymd_opt(year, month, day))
        .flatten()
}
