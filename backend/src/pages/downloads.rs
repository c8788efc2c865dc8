//! Lists as files: what a page shows fifty at a time, whole, as CSV or workbook by the ending of the address. Like the pages without
//! full names, entry names and identity numbers; taking one away asks for a recent password.

use domain::batches::model::{FindingRow, MaskedStudent, Verdict};
use domain::batches::queries::entries::{EntryQuery, ListedEntry, list_entries};
use domain::batches::queries::{listing, review};
use domain::campaigns::model::Campaign;
use domain::db::Conn;
use domain::id::{BatchId, ImportId};
use domain::recaptures::commands::hand_over;
use domain::recaptures::queries::list_pending;
use domain::roll::queries;
use domain::roll::queries::records::list_records;
use poem::http::{StatusCode, header};
use poem::web::{Path, Query};
use poem::{Body, Response, handler};

use crate::error::Failure;
use crate::pages::batches::BatchPart;
use crate::pages::batches::reconciliation::{ListQuery, chosen_list};
use crate::pages::moment::Moment;
use crate::pages::records::Filter;
use crate::pages::review::QueueQuery;
use crate::pages::roll::imports::ImportPart;
use crate::pages::screen::Screen;
use crate::sheets::{self, Sheet, SheetKind};

/// Rows that one query reads.
const ROWS_PER_READ: i64 = 1_000;

const ENTRY_HEADINGS: [&str; 8] = ["文件序号", "结论", "原因", "学号", "姓名", "班级", "清单行", "补采"];
const STUDENT_HEADINGS: [&str; 3] = ["学号", "姓名", "班级"];
const ISSUE_HEADINGS: [&str; 5] = ["行", "列", "级别", "代码", "说明"];
const RECORD_HEADINGS: [&str; 7] = ["学号", "姓名", "班级", "分院", "层次", "学籍状态", "照片"];
const BATCH_HEADINGS: [&str; 10] = [
    "批次",
    "图片社",
    "状态",
    "收到时间",
    "文件",
    "已匹配",
    "待复核",
    "退回",
    "无学籍",
    "忽略",
];
const IMPORT_HEADINGS: [&str; 10] = [
    "导入",
    "内容",
    "状态",
    "上传时间",
    "经办人",
    "行数",
    "新增",
    "变更",
    "错误",
    "提醒",
];

/// A finished sheet as an answer that is saved as a file; `name` is ASCII of our own: nothing a person typed.
pub fn file(sheet: Sheet, kind: SheetKind, name: &str) -> Result<Response, Failure> {
    let (extension, file) = (kind.extension(), tokio::fs::File::from_std(sheet.finish()?));
    Ok(Response::builder()
        .content_type(kind.content_type())
        .header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.{extension}\""),
        )
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from_async_read(file)))
}

/// Writes a list on a reader's thread, and answers with it. Whoever has not given the password recently is asked for it first.
async fn export(
    screen: &Screen,
    name: &str,
    write: impl FnOnce(&mut Conn, SheetKind) -> domain::Result<Sheet> + Send + 'static,
) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    let kind = SheetKind::of_path(screen.path());
    let sheet = screen.state.house().db.read(move |conn| write(conn, kind)).await?;
    file(sheet, kind, name)
}

/// Pushes page after page: `read` gives the page after the last row's mark and that mark, until there is none.
fn push_pages<Mark: Copy>(
    sheet: &mut Sheet,
    mut read: impl FnMut(Option<Mark>) -> domain::Result<(Vec<Vec<String>>, Option<Mark>)>,
) -> domain::Result<()> {
    let mut after = None;
    loop {
        let (lines, last) = read(after)?;
        for line in lines {
            sheet.push(line)?;
        }
        let Some(last) = last else { return Ok(()) };
        after = Some(last);
    }
}

async fn campaign(screen: &Screen) -> Result<Campaign, Failure> {
    let campaign = screen.campaign().await?;
    campaign.ok_or_else(|| Failure::status(StatusCode::NOT_FOUND))
}

/// An instant as lists have it.
pub fn local(at_ms: i64) -> String {
    Moment::new(at_ms, at_ms).local
}

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
    let name = format!("batch-{batch_id}-{}", list.replace('_', "-"));
    export(&screen, &name, move |conn, kind| match list {
        "missing" => missing(conn, kind, &campaign),
        "manifest_only" => manifest_only(conn, kind, batch_id),
        verdict => entries(conn, kind, batch_id, Some(verdict.parse()?), query.reason),
    })
    .await
}

/// `GET /console/batches/:batch_id/receipt.csv`: every file of the delivery with its outcome.
#[handler]
pub async fn receipt(screen: Screen, Path(batch_id): Path<i64>) -> Result<Response, Failure> {
    let batch_id = BatchId(batch_id);
    export(&screen, &format!("batch-{batch_id}-receipt"), move |conn, kind| {
        listing::get_summary(conn, batch_id)?;
        entries(conn, kind, batch_id, None, None)
    })
    .await
}

/// `GET /console/roll/imports/:import_id/issues.csv`.
#[handler]
pub async fn issues(screen: Screen, Path(import_id): Path<i64>) -> Result<Response, Failure> {
    let import_id = ImportId(import_id);
    export(&screen, &format!("import-{import_id}-issues"), move |conn, kind| {
        queries::get_import(conn, import_id)?;
        let mut sheet = Sheet::new(kind, &ISSUE_HEADINGS)?;
        push_pages(&mut sheet, |after| {
            let page = queries::list_issue_page(conn, import_id, None, after, ROWS_PER_READ)?;
            let last = page.last().map(|issue| issue.issue_id);
            let lines = page.into_iter().map(|issue| {
                let severity = issue.severity.to_string();
                vec![issue.row.to_string(), issue.column, severity, issue.code, issue.message]
            });
            Ok((lines.collect(), last))
        })?;
        Ok(sheet)
    })
    .await
}

/// `GET /console/roll/imports.csv?kind=…&state=…`: the imports as filtered.
#[handler]
pub async fn imports(screen: Screen, Query(part): Query<ImportPart>) -> Result<Response, Failure> {
    let filter = part.filter();
    export(&screen, "imports", move |conn, kind| {
        let mut sheet = Sheet::new(kind, &IMPORT_HEADINGS)?;
        push_pages(&mut sheet, |after| {
            let page = queries::list_imports(conn, filter, after, ROWS_PER_READ)?;
            let last = page.last().map(|import| import.import_id);
            let lines = page.into_iter().map(|import| {
                vec![
                    import.import_id.to_string(),
                    import.kind.to_string(),
                    import.state.to_string(),
                    local(import.created_at_ms),
                    import.actor,
                    import.rows_total.to_string(),
                    import.rows_new.to_string(),
                    import.rows_changed.to_string(),
                    import.error_total.to_string(),
                    import.warning_total.to_string(),
                ]
            });
            Ok((lines.collect(), last))
        })?;
        Ok(sheet)
    })
    .await
}

/// `GET /console/batches.csv?agency=…&standing=…`: the batches of the campaign in hand, as filtered.
#[handler]
pub async fn batches(screen: Screen, Query(part): Query<BatchPart>) -> Result<Response, Failure> {
    let (campaign, filter) = (campaign(&screen).await?, part.filter());
    export(
        &screen,
        &format!("batches-{}", campaign.campaign_id),
        move |conn, kind| {
            let mut sheet = Sheet::new(kind, &BATCH_HEADINGS)?;
            push_pages(&mut sheet, |after| {
                let page = listing::list_summaries(conn, &campaign, &filter, after, ROWS_PER_READ)?;
                let last = page.last().map(|summary| summary.batch.batch_id);
                let lines = page.into_iter().map(|summary| {
                    let counts = summary.counts;
                    vec![
                        summary.batch.batch_id.to_string(),
                        summary.agency_name,
                        summary.batch.state.to_string(),
                        local(summary.batch.received_at_ms),
                        summary.files.to_string(),
                        counts.matched.to_string(),
                        counts.review.to_string(),
                        counts.rejected.to_string(),
                        counts.unmatched.to_string(),
                        counts.ignored.to_string(),
                    ]
                });
                Ok((lines.collect(), last))
            })?;
            Ok(sheet)
        },
    )
    .await
}

/// `GET /console/review.csv?batch=…&reason=…`: the queue as filtered.
#[handler]
pub async fn review_queue(screen: Screen, Query(query): Query<QueueQuery>) -> Result<Response, Failure> {
    let wanted = query.within(campaign(&screen).await?.campaign_id);
    export(&screen, "review", move |conn, kind| {
        let mut sheet = Sheet::new(kind, &ENTRY_HEADINGS)?;
        push_pages(&mut sheet, |after| {
            let page = review::list_queue(conn, &wanted, after, ROWS_PER_READ)?;
            let last = page.last().map(|entry| entry.entry_id);
            Ok((page.into_iter().map(entry_cells).collect(), last))
        })?;
        Ok(sheet)
    })
    .await
}

/// `GET /console/records.csv?college=…&class=…&standing=…`: the part of the roll that the reader may see, as filtered.
#[handler]
pub async fn records(screen: Screen, Query(filter): Query<Filter>) -> Result<Response, Failure> {
    let campaign = screen.campaign().await?;
    let query = filter.query(campaign.map(|campaign| campaign.campaign_id));
    let staff = screen.staff()?.clone();
    export(&screen, "records", move |conn, kind| {
        let mut sheet = Sheet::new(kind, &RECORD_HEADINGS)?;
        push_pages(&mut sheet, |after| {
            let page = list_records(conn, &staff, &query, after, ROWS_PER_READ)?;
            let last = page.last().map(|record| record.record_id);
            let lines = page.into_iter().map(|record| {
                let [student_no, name, class_name] = student_cells(record.student);
                let photo = if record.has_photo { "有" } else { "无" };
                vec![
                    student_no,
                    name,
                    class_name,
                    record.college.unwrap_or_default(),
                    record.level.unwrap_or_default(),
                    record.status.unwrap_or_default(),
                    photo.to_owned(),
                ]
            });
            Ok((lines.collect(), last))
        })?;
        Ok(sheet)
    })
    .await
}

/// `GET /console/recaptures.csv`: whom the agency is to shoot again; looking changes nothing.
#[handler]
pub async fn recaptures(screen: Screen) -> Result<Response, Failure> {
    let campaign = campaign(&screen).await?;
    export(
        &screen,
        &format!("recaptures-{}", campaign.campaign_id),
        move |conn, kind| sheets::recaptures(kind, &list_pending(conn, &campaign)?),
    )
    .await
}

/// `POST /console/recaptures/hand-over`: the same as a workbook, and what was open counts as handed to the agency.
#[handler]
pub async fn hand_over_recaptures(screen: Screen) -> Result<Response, Failure> {
    let staff = screen.changer("recapture.hand-over").await?;
    let campaign = campaign(&screen).await?;
    if let Some(elsewhere) = screen.confirmation("/console/recaptures")? {
        return Ok(elsewhere);
    }
    let (house, name) = (screen.state.house(), format!("recaptures-{}", campaign.campaign_id));
    let now_ms = house.clock.now_ms();
    let rows = house
        .db
        .write_tx(move |conn| hand_over(conn, &staff, &campaign, now_ms))
        .await?;
    file(sheets::recaptures(SheetKind::Xlsx, &rows)?, SheetKind::Xlsx, &name)
}

fn entries(
    conn: &mut Conn,
    kind: SheetKind,
    batch_id: BatchId,
    verdict: Option<Verdict>,
    reason: Option<String>,
) -> domain::Result<Sheet> {
    let mut sheet = Sheet::new(kind, &ENTRY_HEADINGS)?;
    let mut query = EntryQuery {
        batch_id,
        verdict,
        reason,
        after_seq: None,
        limit: ROWS_PER_READ,
    };
    push_pages(&mut sheet, |after_seq| {
        query.after_seq = after_seq;
        let page = list_entries(conn, &query)?;
        let last = page.last().map(|entry| entry.seq);
        Ok((page.into_iter().map(entry_cells).collect(), last))
    })?;
    Ok(sheet)
}

fn entry_cells(entry: ListedEntry) -> Vec<String> {
    let reasons: Vec<String> = entry.findings.into_iter().map(|FindingRow { code, .. }| code).collect();
    let [student_no, name, class_name] = entry.student.map(student_cells).unwrap_or_default();
    vec![
        entry.seq.to_string(),
        entry.verdict.to_string(),
        reasons.join(" "),
        student_no,
        name,
        class_name,
        entry.manifest_row.map(|row| row.to_string()).unwrap_or_default(),
        if entry.is_recapture { "是" } else { "" }.to_owned(),
    ]
}

fn student_cells(student: MaskedStudent) -> [String; 3] {
    [student.student_no, student.name, student.class_name]
}

fn missing(conn: &mut Conn, kind: SheetKind, campaign: &Campaign) -> domain::Result<Sheet> {
    let mut sheet = Sheet::new(kind, &STUDENT_HEADINGS)?;
    push_pages(&mut sheet, |after| {
        let page = listing::list_missing(conn, campaign, after, ROWS_PER_READ)?;
        let last = page.last().map(|(record_id, _)| *record_id);
        let lines = page.into_iter().map(|(_, student)| student_cells(student).to_vec());
        Ok((lines.collect(), last))
    })?;
    Ok(sheet)
}

fn manifest_only(conn: &mut Conn, kind: SheetKind, batch_id: BatchId) -> domain::Result<Sheet> {
    let mut sheet = Sheet::new(kind, &["清单行"])?;
    push_pages(&mut sheet, |after| {
        let page = listing::list_manifest_only(conn, batch_id, after, ROWS_PER_READ)?;
        let last = page.last().copied();
        Ok((page.into_iter().map(|row| vec![row.to_string()]).collect(), last))
    })?;
    Ok(sheet)
}
