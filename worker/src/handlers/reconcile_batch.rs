//! `reconcile_batch`: matches a batch's photos to the roll, settles several photos of one record, finds the same picture under two
//! records. Everything is read first, compared in memory, and written in one commit; run again it says the same.

mod contest;
mod duplicates;
mod matched;

use std::collections::HashMap;

use domain::batches::commands::reconciliation::{Outcome, Reconciliation, record};
use domain::batches::model::{Batch, BatchState, EntryKind, EntryState, FindingRow, Verdict};
use domain::batches::queries;
use domain::crypto::Sealer;
use domain::db::Conn;
use domain::error::Result;
use domain::id::EntryId;
use domain::jobs::ReconcileBatch;
use domain::photos::finding::{FindingCode, Severity};
use domain::queue::Lease;

use self::matched::{Judged, Matched, match_entries};
use crate::context::JobContext;
use crate::error::JobError;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, job: ReconcileBatch) -> Result<(), JobError> {
    let batch_id = job.batch_id;
    let batch = ctx.db().read(move |conn| queries::get_batch(conn, batch_id)).await?;
    if !matches!(batch.state, BatchState::Reconciling | BatchState::Reconciled) {
        return Ok(ctx.finish(lease).await?);
    }
    let (db, sealer, reconciled) = (ctx.db().clone(), ctx.sealer().clone(), batch.clone());
    let found = ctx
        .compute(move || db.read_blocking(|conn| reconcile(conn, &sealer, &reconciled)))
        .await??;
    Ok(ctx
        .commit(move |conn, now_ms| record(conn, &lease, &batch, &found, now_ms))
        .await?)
}

/// Entries that are held at a time with their names, keys and rows of the roll; of the others only what still decides is.
const ENTRIES_AT_A_TIME: i64 = 5_000;
/// Photos whose records are looked at together for others of the same student.
const PHOTOS_AT_A_TIME: usize = 5_000;

fn reconcile(conn: &mut Conn, sealer: &Sealer, batch: &Batch) -> Result<Reconciliation> {
    let Matched {
        judged,
        mut findings,
        manifest_links,
        unlinked,
    } = match_entries(conn, sealer, batch, ENTRIES_AT_A_TIME)?;
    findings.extend(contest::find(conn, batch, &judged, PHOTOS_AT_A_TIME)?);
    let mut foreign_findings = Vec::new();
    for pair in duplicates::find(conn, batch, &judged)? {
        let finding = finding(pair.entry_id, pair.code, Some(pair.other_entry_id));
        match pair.foreign_batch {
            Some(other_batch) => foreign_findings.push((other_batch, finding)),
            None => findings.push(finding),
        }
    }
    Ok(Reconciliation {
        outcomes: outcomes(&judged, &findings),
        findings,
        foreign_findings,
        manifest_links,
        unlinked,
    })
}

fn finding(entry_id: EntryId, code: FindingCode, other_entry_id: Option<EntryId>) -> FindingRow {
    FindingRow {
        entry_id,
        code: code.as_str().to_owned(),
        severity: Severity::Review.as_str().to_owned(),
        measured: None,
        limit_value: None,
        other_entry_id,
    }
}

fn outcomes(judged: &[Judged], findings: &[FindingRow]) -> Vec<Outcome> {
    let mut codes: HashMap<EntryId, Vec<&str>> = HashMap::new();
    for finding in findings
        .iter()
        .filter(|finding| finding.severity != Severity::Note.as_str())
    {
        codes.entry(finding.entry_id).or_default().push(&finding.code);
    }
    judged
        .iter()
        .map(|judged| {
            let codes = codes.get(&judged.entry_id).map(Vec::as_slice).unwrap_or_default();
            Outcome {
                entry_id: judged.entry_id,
                verdict: verdict(judged, codes),
                record_id: judged.record_id,
                state: EntryState::Reconciled,
            }
        })
        .collect()
}

fn verdict(judged: &Judged, codes: &[&str]) -> Verdict {
    let is_unmatched = [FindingCode::NoRoll, FindingCode::NoKey]
        .iter()
        .any(|code| codes.contains(&code.as_str()));
    match (judged.kind, judged.inspected) {
        (EntryKind::Ignored, _) => Verdict::Ignored,
        (EntryKind::Refused, _) | (_, Some(Severity::Reject)) => Verdict::Rejected,
        _ if is_unmatched => Verdict::Unmatched,
        (_, Some(Severity::Review)) => Verdict::Review,
        _ if !codes.is_empty() => Verdict::Review,
        _ => Verdict::Matched,
    }
}
