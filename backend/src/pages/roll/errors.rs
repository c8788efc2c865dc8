//! The rows of an import that were in error, as they stand in the file, with what is wrong: to be corrected and sent back. Sent back
//! as it is, the workbook is a roll of those rows alone; its first two columns are no columns of a roll and are passed over.

use std::collections::BTreeMap;
use std::path::Path;

use domain::audit::{self, Act};
use domain::error::{Error, Result as DomainResult};
use domain::id::ImportId;
use domain::roll::commands::options_of;
use domain::roll::import::encoding::TextEncoding;
use domain::roll::import::head::MAX_TITLE_ROWS;
use domain::roll::import::header::HeaderMap;
use domain::roll::import::table::{RawCell, RawRow, Table, TableOptions};
use domain::roll::model::{ImportOptions, IssueSeverity};
use domain::roll::queries;
use domain::storage::staged;
use domain::upkeep::commands::EXPIRED_OBJECT;
use poem::http::StatusCode;
use poem::web::Path as PathOf;
use poem::{Response, handler};

use crate::error::Failure;
use crate::files::read_file;
use crate::pages::downloads::file;
use crate::pages::screen::Screen;
use crate::sheets::{Sheet, SheetKind};

/// Issues that one workbook holds; more than that is corrected in the source.
const MOST_ISSUES: i64 = 50_000;

/// `GET /console/roll/imports/:import_id/errors.xlsx`: full values, so the password is asked for and the download is in the trail.
#[handler]
pub async fn download(screen: Screen, PathOf(import_id): PathOf<i64>) -> Result<Response, Failure> {
    let staff = screen.changer("roll.errors").await?;
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    let house = screen.state.house();
    let (import_id, now_ms) = (ImportId(import_id), house.clock.now_ms());
    let (import, issues) = house
        .db
        .write_tx(move |conn| {
            let import = queries::get_import(conn, import_id)?;
            audit::append(
                conn,
                &Act::new("roll.errors", "roll_import", import_id).by(&staff),
                now_ms,
            )?;
            Ok((
                import,
                queries::list_issues(conn, import_id, IssueSeverity::Error, 0, MOST_ISSUES)?,
            ))
        })
        .await?;
    if import.staged_object == EXPIRED_OBJECT {
        return Err(Failure::coded(StatusCode::GONE, "file-expired"));
    }
    let mut faults: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for issue in issues {
        let fault = format!("{} {}", issue.column, issue.message);
        faults.entry(issue.row).or_default().push(fault.trim().to_owned());
    }
    let options = options_of(&import)?;
    let staged = staged::fetch(&house.store, &house.config.data_dir, &import.staged_object).await?;
    let encoding = import.encoding.clone();
    let sheet = read_file(move || write(staged.path(), &options, encoding, import_id, &faults)).await??;
    file(sheet, SheetKind::Xlsx, &format!("import-{import_id}-errors"))
}

fn write(
    path: &Path,
    options: &ImportOptions,
    encoding: Option<String>,
    import_id: ImportId,
    faults: &BTreeMap<i64, Vec<String>>,
) -> DomainResult<Sheet> {
    let refused = |error: domain::roll::import::error::TableError| Error::Refused {
        code: error.code().to_owned(),
        message: error.to_string(),
    };
    let table_options = TableOptions {
        encoding: encoding.as_deref().and_then(TextEncoding::from_word),
        sheet: options.sheet.clone(),
        ..TableOptions::default()
    };
    let mut table = Table::open(path, &table_options).map_err(refused)?;
    let mut workbook = Sheet::without_headings(SheetKind::Xlsx)?;
    let mut rows = table.rows().map_err(refused)?;
    for row in rows.by_ref().take(MAX_TITLE_ROWS) {
        let row = row.map_err(refused)?;
        if HeaderMap::of(&row, &options.mapping).is_some() {
            let marks = ["问题".to_owned(), "原文件行".to_owned()];
            workbook.push(marks.into_iter().chain(row.cells.iter().map(text)))?;
            break;
        }
    }
    for row in rows {
        let row: RawRow = row.map_err(refused)?;
        let row_no = i64::try_from(row.row_no).unwrap_or(i64::MAX);
        if let Some(said) = faults.get(&row_no) {
            let marks = [said.join("；"), format!("#{import_id}:{row_no}")];
            workbook.push(marks.into_iter().chain(row.cells.iter().map(text)))?;
        }
    }
    Ok(workbook)
}

/// A cell as text; what a number cell lost cannot be given back, so it is left to be typed.
fn text(cell: &RawCell) -> String {
    match cell {
        RawCell::Date(at) => at.format("%Y%m%d").to_string(),
        RawCell::Formula(result) => text(result),
        other => other.text().unwrap_or_default().to_owned(),
    }
}
