//! A list of days as a file: the date, off or work, and what the day is called; CSV or a workbook, in any encoding that rolls come in.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Datelike as _, NaiveDate};

use super::calendar::{Calendar, DayKind, OwnDay};
use super::model::{CalendarChange, is_name};
use crate::error::{Error, Result};
use crate::roll::import::error::TableError;
use crate::roll::import::row::date::{ReadDate, parse_date};
use crate::roll::import::table::{RawCell, RawRow, Table, TableLimits, TableOptions};

/// Most rows of a list.
const MAX_ROWS: u64 = 1_000;

/// Reads a list. A heading is passed over, a row that says nothing too; one that cannot be read refuses the whole list.
pub fn read_list(path: &Path) -> Result<BTreeMap<NaiveDate, OwnDay>> {
    let options = TableOptions {
        limits: TableLimits {
            file_bytes: 1 << 20,
            rows: MAX_ROWS,
            ..TableLimits::default()
        },
        ..TableOptions::default()
    };
    let mut table = Table::open(path, &options).map_err(refused)?;
    let mut days = BTreeMap::new();
    for (index, row) in table.rows().map_err(refused)?.enumerate() {
        let row = row.map_err(refused)?;
        let is_heading = index == 0 && row.cells.first().is_some_and(|cell| date_of(cell).is_none());
        if row.is_blank() || is_heading {
            continue;
        }
        let (day, own) = read_row(&row)?;
        if days.insert(day, own).is_some() {
            return Err(fault(&row, "calendar-list-twice", "the day stands in the list twice"));
        }
    }
    if days.is_empty() {
        return Err(Error::invalid("calendar-list-empty", "file", "the list names no day"));
    }
    Ok(days)
}

/// The change that a list comes to: the days that the calendar does not have so already. A list that is complete also settles its years.
pub fn change_for(list: BTreeMap<NaiveDate, OwnDay>, calendar: &Calendar, is_complete: bool) -> CalendarChange {
    let years = list.keys().map(NaiveDate::year);
    let open_years = years.filter(|year| is_complete && !calendar.is_settled(*year));
    CalendarChange {
        declare: open_years.collect(),
        set: list.into_iter().filter(|(day, own)| !calendar.has(*day, own)).collect(),
        ..CalendarChange::default()
    }
}

fn refused(error: TableError) -> Error {
    Error::Refused {
        code: error.code().to_owned(),
        message: error.to_string(),
    }
}

/// A fault of one row; the field is the row's number, as people see it.
fn fault(row: &RawRow, code: &'static str, what: &'static str) -> Error {
    Error::invalid(code, row.row_no.to_string(), what)
}

fn read_row(row: &RawRow) -> Result<(NaiveDate, OwnDay)> {
    let day = row.cells.first().and_then(date_of);
    let day = day.ok_or_else(|| fault(row, "calendar-list-date", "write the date first, as 2027-02-06"))?;
    let kind = row.cells.get(1).and_then(RawCell::text).and_then(kind_of);
    let kind = kind.ok_or_else(|| {
        fault(
            row,
            "calendar-list-kind",
            "write off or work (休 or 班) behind the date",
        )
    })?;
    let name = row.cells.get(2).and_then(RawCell::text).map(str::trim);
    let name = name.filter(|name| is_name(name));
    let name = name.ok_or_else(|| {
        fault(
            row,
            "calendar-list-name",
            "write what the day is called, in 40 characters",
        )
    })?;
    let name = name.to_owned();
    Ok((day, OwnDay { kind, name }))
}

fn date_of(cell: &RawCell) -> Option<NaiveDate> {
    match cell {
        RawCell::Date(at) => Some(at.date()),
        other => match parse_date(other.text()?.trim())? {
            ReadDate::Plain(day) => Some(day),
            ReadDate::Serial(_) => None,
        },
    }
}

fn kind_of(word: &str) -> Option<DayKind> {
    match word.trim().to_lowercase().as_str() {
        "off" | "holiday" | "休" | "休息" | "放假" | "节假日" => Some(DayKind::Off),
        "work" | "workday" | "班" | "上班" | "补班" | "调休上班" => Some(DayKind::Work),
        _ => None,
    }
}
