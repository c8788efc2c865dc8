//! What people type into the fields of forms.

use chrono::NaiveDate;
use domain::error::Error;

/// The text without spaces around it; `None` where nothing was typed.
pub fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// The day that was typed; `None` where none was.
pub fn day(text: &str, field: &'static str) -> Result<Option<NaiveDate>, Error> {
    let not_a_date = |_| Error::invalid("not-a-date", field, "write dates as 2026-05-07");
    given(text).map(|text| text.parse().map_err(not_a_date)).transpose()
}
