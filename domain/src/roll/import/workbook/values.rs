//! Values of workbooks as raw cells: what a number, a date or an error still says.

use calamine::{Data, DataRef, ExcelDateTime};
use chrono::{NaiveDate, NaiveDateTime};

use crate::roll::import::table::RawCell;

/// Excel keeps 15 digits; numbers from here on have lost some.
const FIRST_LOSSY: f64 = 1e15;

/// A formula's cell: with the result stored with it, or without.
pub(super) fn formula_cell(result: RawCell) -> RawCell {
    match result {
        RawCell::Empty => RawCell::FormulaWithoutResult,
        result => RawCell::Formula(Box::new(result)),
    }
}

/// Values of XLS in the form in which XLSX values are streamed.
pub(super) fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(serial) => DataRef::DateTime(*serial),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// The cell that a value of a workbook is.
pub(super) fn cell_of(value: DataRef<'_>) -> RawCell {
    match value {
        DataRef::Empty => RawCell::Empty,
        DataRef::String(text) => RawCell::from_text(&text),
        DataRef::SharedString(text) => RawCell::from_text(text),
        DataRef::Int(number) => number_cell(number as f64),
        DataRef::Float(number) => number_cell(number),
        DataRef::Bool(value) => RawCell::Boolean(value),
        DataRef::Error(_) => RawCell::Error,
        DataRef::DateTime(serial) => date_of(&serial).map_or_else(|| number_cell(serial.as_f64()), RawCell::Date),
        DataRef::DateTimeIso(text) => iso_date(&text).map_or_else(|| RawCell::from_text(&text), RawCell::Date),
        DataRef::DurationIso(text) => RawCell::from_text(&text),
    }
}

fn number_cell(number: f64) -> RawCell {
    if !number.is_finite() {
        RawCell::Error
    } else if number.abs() >= FIRST_LOSSY {
        RawCell::LostDigits
    } else {
        RawCell::Number(number.to_string())
    }
}

fn date_of(serial: &ExcelDateTime) -> Option<NaiveDateTime> {
    if !serial.is_datetime() || !(1.0..2_958_466.0).contains(&serial.as_f64()) {
        return None;
    }
    let (year, month, day, hour, minute, second, _) = serial.to_ymd_hms_milli();
    NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))?.and_hms_opt(
        u32::from(hour),
        u32::from(minute),
        u32::from(second),
    )
}

fn iso_date(text: &str) -> Option<NaiveDateTime> {
    let date = text
        .get(..10)
        .and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok())?;
    NaiveDateTime::parse_from_str(text.get(..19).unwrap_or_default(), "%Y-%m-%dT%H:%M:%S")
        .ok()
        .or_else(|| date.and_hms_opt(0, 0, 0))
}
