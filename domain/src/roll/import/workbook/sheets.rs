//! Which worksheets a workbook has and which of them may be read.

use std::io::{Read, Seek};

use calamine::{Reader, SheetType, SheetVisible};

use crate::roll::import::error::TableError;
use crate::roll::import::table::TableNotice;

/// A worksheet of a workbook.
pub(super) struct SheetEntry {
    name: String,
    is_visible: bool,
}

/// The worksheets in their order; charts and macro sheets are none.
pub(super) fn sheets_of<RS: Read + Seek, R: Reader<RS>>(book: &R) -> Vec<SheetEntry> {
    let worksheets = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet);
    worksheets
        .map(|sheet| SheetEntry {
            name: sheet.name.clone(),
            is_visible: sheet.visible == SheetVisible::Visible,
        })
        .collect()
}

/// Names of the sheets that people see.
pub(super) fn visible(sheets: &[SheetEntry]) -> impl Iterator<Item = String> + '_ {
    sheets
        .iter()
        .filter(|sheet| sheet.is_visible)
        .map(|sheet| sheet.name.clone())
}

/// The sheet that a person asked for, if any.
pub(super) fn choose_told(sheets: &[SheetEntry], told: Option<&str>) -> Result<Option<String>, TableError> {
    match told {
        None => Ok(None),
        Some(told) if sheets.iter().any(|sheet| sheet.name == told) => Ok(Some(told.to_owned())),
        Some(_) => Err(TableError::NoSuchSheet),
    }
}

/// Notes the sheets that are not read.
pub(super) fn note_sheets(sheets: &[SheetEntry], notices: &mut Vec<TableNotice>) {
    if sheets.iter().filter(|sheet| sheet.is_visible).count() > 1 {
        notices.push(TableNotice::OtherSheets);
    }
    if sheets.iter().any(|sheet| !sheet.is_visible) {
        notices.push(TableNotice::HiddenSheets);
    }
}
