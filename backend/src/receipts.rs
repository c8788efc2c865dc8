//! The receipt of a delivery as a file: for each of the agency's files what became of it, why in words, and how to mend it.

use domain::agencies::model::Deliverer;
use domain::batches::model::FindingRow;
use domain::batches::queries::delivered::{ReceiptLine, ReceiptQuery, list_receipt};
use domain::id::BatchId;

use crate::app::AppState;
use crate::error::Failure;
use crate::sheets::{Sheet, SheetKind};
use domain::texts::{Language, Texts};

const HEADINGS: [&str; 8] = ["文件", "SHA-256", "结论", "原因", "说明", "学号", "是否重拍", "代码"];
const ROWS_PER_READ: i64 = 1_000;

/// Writes the receipt of one of the agency's batches.
pub async fn receipt(state: &AppState, by: Deliverer, batch_id: BatchId, kind: SheetKind) -> Result<Sheet, Failure> {
    let (house, shared) = (state.house(), state.clone());
    let sealer = house.sealer.clone();
    let write = house.db.read(move |conn| {
        let mut sheet = Sheet::new(kind, &HEADINGS)?;
        let mut query = ReceiptQuery {
            limit: ROWS_PER_READ,
            ..ReceiptQuery::default()
        };
        loop {
            let lines = list_receipt(conn, &sealer, &by, batch_id, &query)?;
            let Some(last) = lines.last() else { return Ok(sheet) };
            query.after_seq = Some(last.entry.seq);
            for line in lines {
                sheet.push(cells(shared.texts(), line))?;
            }
        }
    });
    Ok(write.await?)
}

fn cells(texts: &Texts, line: ReceiptLine) -> Vec<String> {
    let word = |key: String| texts.text(Language::ZhCn, &key, None);
    let entry = line.entry;
    let weighty: Vec<&FindingRow> = entry
        .findings
        .iter()
        .filter(|finding| finding.severity != "note")
        .collect();
    let joined = |part: &dyn Fn(&FindingRow) -> String| {
        weighty
            .iter()
            .map(|finding| part(finding))
            .collect::<Vec<_>>()
            .join("；")
    };
    vec![
        line.file,
        line.sha256,
        word(format!("verdict-{}", entry.verdict)),
        joined(&|finding| word(format!("finding-{}", finding.code))),
        joined(&|finding| word(format!("mend-{}", finding.code))),
        entry.student.map(|student| student.student_no).unwrap_or_default(),
        if entry.is_recapture { "是" } else { "" }.to_owned(),
        joined(&|finding| finding.code.clone()),
    ]
}
