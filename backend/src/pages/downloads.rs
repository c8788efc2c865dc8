//! Lists as files: what a page shows fifty at a time, whole. Like the pages without full names, entry names and identity numbers.

use domain::batches::model::MaskedStudent;
use domain::batches::model::{FindingRow, Verdict};
use domain::batches::queries::entries::{EntryQuery, ListedEntry, list_entries};
use domain::batches::queries::listing;
use domain::campaigns::model::Campaign;
use domain::db::Conn;
use domain::id::{BatchId, ImportId, RecordId};
use domain::recaptures::model::RecaptureRow;
use domain::recaptures::queries::list_pending;
use domain::roll::queries;
use poem::http::header;
use poem::web::{Path, Query};
use poem::{Response, handler};

use crate::error::Failure;
use crate::pages::batches::reconciliation::{ListQuery, chosen_list};
use crate::pages::screen::Screen;
use crate::sheets::{self, CsvSheet};

/// Rows that one query reads.
const ROWS_PER_READ: i64 = 1_000;
/// What browsers are told of a CSV file.
pub const CSV: &str = "text/csv; charset=utf-8";
/// What browsers are told of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const ENTRY_HEADINGS: [&str; 8] = ["文件序号", "结论", "原因", "学号", "姓名", "班级", "清单行", "补采"];
const STUDENT_HEADINGS: [&str; 3] = ["学号", "姓名", "班级"];
const ISSUE_HEADINGS: [&str; 5] = ["行", "列", "级别", "代码", "说明"];

/// `GET /console/batches/:batch_id/list.csv?list=…&reason=…`.
#[handler]
pub async fn list(
    screen: Screen,
    Path(batch_id): Path<i64>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let batch_id = BatchId(batch_id);
    let db = &screen.state.house().db;
    let (summary, campaign) = db.read(move |conn| listing::get_summary(conn, batch_id)).await?;
    let list = chosen_list(query.list.as_deref(), &summary.counts)?;
    let csv = db
        .read(move |conn| match list {
            "missing" => missing_csv(conn, &campaign),
            "manifest_only" => manifest_csv(conn, batch_id),
            verdict => entries_csv(conn, batch_id, Some(verdict.parse()?), query.reason),
        })
        .await?;
    Ok(file(
        csv,
        CSV,
        &format!("batch-{batch_id}-{}.csv", list.replace('_', "-")),
    ))
}

/// `GET /console/batches/:batch_id/receipt.csv`: every file of the delivery with its outcome.
#[handler]
pub async fn receipt(screen: Screen, Path(batch_id): Path<i64>) -> Result<Response, Failure> {
    let batch_id = BatchId(batch_id);
    let db = &screen.state.house().db;
    let csv = db
        .read(move |conn| {
            listing::get_summary(conn, batch_id)?;
            entries_csv(conn, batch_id, None, None)
        })
        .await?;
    Ok(file(csv, CSV, &format!("batch-{batch_id}-receipt.csv")))
}

/// `GET /console/roll/imports/:import_id/issues.csv`.
#[handler]
pub async fn issues(screen: Screen, Path(import_id): Path<i64>) -> Result<Response, Failure> {
    let import_id = ImportId(import_id);
    let csv = screen
        .state
        .house()
        .db
        .read(move |conn| issues_csv(conn, import_id))
        .await?;
    Ok(file(csv, CSV, &format!("import-{import_id}-issues.csv")))
}

/// `GET /console/recaptures.csv`.
#[handler]
pub async fn recaptures_csv(screen: Screen) -> Result<Response, Failure> {
    let (campaign, rows) = pending(&screen).await?;
    Ok(file(
        sheets::recaptures_csv(&rows)?,
        CSV,
        &format!("recaptures-{}.csv", campaign.campaign_id),
    ))
}

/// `GET /console/recaptures.xlsx`.
#[handler]
pub async fn recaptures_xlsx(screen: Screen) -> Result<Response, Failure> {
    let (campaign, rows) = pending(&screen).await?;
    Ok(file(
        sheets::recaptures_xlsx(&rows)?,
        XLSX,
        &format!("recaptures-{}.xlsx", campaign.campaign_id),
    ))
}

async fn pending(screen: &Screen) -> Result<(Campaign, Vec<RecaptureRow>), Failure> {
    let campaign = screen
        .campaign()
        .await?
        .ok_or_else(|| Failure::status(poem::http::StatusCode::NOT_FOUND))?;
    let asked = campaign.clone();
    let rows = screen
        .state
        .house()
        .db
        .read(move |conn| list_pending(conn, &asked))
        .await?;
    Ok((campaign, rows))
}

/// An answer that is saved as a file; `name` is ASCII of our own: nothing a person typed.
pub fn file(bytes: Vec<u8>, content_type: &str, name: &str) -> Response {
    Response::builder()
        .content_type(content_type)
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::CACHE_CONTROL, "no-store")
        .body(bytes)
}

fn entries_csv(
    conn: &mut Conn,
    batch_id: BatchId,
    verdict: Option<Verdict>,
    reason: Option<String>,
) -> domain::Result<Vec<u8>> {
    let mut sheet = CsvSheet::new(&ENTRY_HEADINGS)?;
    let mut query = EntryQuery {
        batch_id,
        verdict,
        reason,
        after_seq: None,
        limit: ROWS_PER_READ,
    };
    loop {
        let page = list_entries(conn, &query)?;
        let Some(last) = page.last() else { break };
        query.after_seq = Some(last.seq);
        for entry in page {
            sheet.push(entry_cells(entry))?;
        }
    }
    sheet.finish()
}

fn entry_cells(entry: ListedEntry) -> [String; 8] {
    let reasons: Vec<String> = entry.findings.into_iter().map(|FindingRow { code, .. }| code).collect();
    let [student_no, name, class_name] = entry.student.map(student_cells).unwrap_or_default();
    [
        entry.seq.to_string(),
        entry.verdict.to_string(),
        reasons.join(" "),
        student_no,
        name,
        class_name,
        entry.manifest_row.map(|row| row.to_string()).unwrap_or_default(),
        if entry.is_recapture {
            "是".to_owned()
        } else {
            String::new()
        },
    ]
}

fn student_cells(student: MaskedStudent) -> [String; 3] {
    [student.student_no, student.name, student.class_name]
}

fn missing_csv(conn: &mut Conn, campaign: &Campaign) -> domain::Result<Vec<u8>> {
    let mut sheet = CsvSheet::new(&STUDENT_HEADINGS)?;
    let mut after: Option<RecordId> = None;
    loop {
        let page = listing::list_missing(conn, campaign, after, ROWS_PER_READ)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        for (_, student) in page {
            sheet.push(student_cells(student))?;
        }
    }
    sheet.finish()
}

fn manifest_csv(conn: &mut Conn, batch_id: BatchId) -> domain::Result<Vec<u8>> {
    let mut sheet = CsvSheet::new(&["清单行"])?;
    let mut after = None;
    loop {
        let page = listing::list_manifest_only(conn, batch_id, after, ROWS_PER_READ)?;
        let Some(last) = page.last() else { break };
        after = Some(*last);
        for row in page {
            sheet.push([row.to_string()])?;
        }
    }
    sheet.finish()
}

fn issues_csv(conn: &mut Conn, import_id: ImportId) -> domain::Result<Vec<u8>> {
    queries::get_import(conn, import_id)?;
    let mut sheet = CsvSheet::new(&ISSUE_HEADINGS)?;
    let mut after = None;
    loop {
        let page = queries::list_issue_page(conn, import_id, None, after, ROWS_PER_READ)?;
        let Some(last) = page.last() else { break };
        after = Some(last.issue_id);
        for issue in page {
            sheet.push([
                issue.row.to_string(),
                issue.column,
                issue.severity.to_string(),
                issue.code,
                issue.message,
            ])?;
        }
    }
    sheet.finish()
}
