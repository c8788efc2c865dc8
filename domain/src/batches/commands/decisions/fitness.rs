//! Which entries a decision can be made about.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::{Decided, Refusal};
use crate::batches::model::{BatchState, Decision, EntryKind, FindingStage, Verdict};
use crate::db::Conn;
use crate::db::schema::{batch_entries, batches, entry_findings};
use crate::error::Result;
use crate::id::{BatchId, EntryId, RecordId};
use crate::photos::finding::FindingCode;

#[derive(Clone, Queryable)]
pub(super) struct Candidate {
    pub(super) entry_id: EntryId,
    pub(super) batch_id: BatchId,
    kind: EntryKind,
    pub(super) record_id: Option<RecordId>,
    standard_sha256: Option<String>,
    batch_state: BatchState,
}

pub(super) fn load_candidates(conn: &mut Conn, entries: &[EntryId]) -> Result<HashMap<EntryId, Candidate>> {
    let mut candidates = HashMap::new();
    for chunk in entries.chunks(500) {
        let rows: Vec<Candidate> = batch_entries::table
            .inner_join(batches::table)
            .filter(batch_entries::entry_id.eq_any(chunk))
            .select((
                batch_entries::entry_id,
                batch_entries::batch_id,
                batch_entries::kind,
                batch_entries::record_id,
                batch_entries::standard_sha256,
                batches::state,
            ))
            .load(conn)?;
        candidates.extend(rows.into_iter().map(|row| (row.entry_id, row)));
    }
    Ok(candidates)
}

/// Splits the entries into those the decision can be made about and the others.
pub(super) fn refuse_unfit(
    conn: &mut Conn,
    entries: &[EntryId],
    candidates: &HashMap<EntryId, Candidate>,
    decision: Decision,
) -> Result<Decided> {
    let mut outcome = Decided::default();
    let copies = undecided_copies(conn, entries)?;
    let mut taken = taken_records(conn, candidates)?;
    let mut seen = HashSet::new();
    for &entry_id in entries.iter().filter(|&&entry_id| seen.insert(entry_id)) {
        let Some(entry) = candidates.get(&entry_id) else {
            outcome.refused.push(Refusal {
                entry_id,
                code: "not-found",
            });
            continue;
        };
        let place = entry.record_id.map(|record_id| (entry.batch_id, record_id));
        let code = match (entry.batch_state, entry.kind) {
            (BatchState::Reconciled, EntryKind::Photo) if decision != Decision::Accept => None,
            (BatchState::Reconciled, EntryKind::Photo) => match place {
                None => Some("no-record"),
                Some(_) if entry.standard_sha256.is_none() => Some("no-picture"),
                Some(_) if copies.contains(&entry_id) => Some("pair-undecided"),
                Some(place) if taken.get(&place).is_some_and(|holder| *holder != entry_id) => {
                    Some("other-photo-accepted")
                }
                Some(place) => {
                    taken.insert(place, entry_id);
                    None
                }
            },
            (BatchState::Reconciled, _) => Some("not-a-photo"),
            _ => Some("batch-busy"),
        };
        match code {
            None => outcome.decided.push(entry_id),
            Some(code) => outcome.refused.push(Refusal { entry_id, code }),
        }
    }
    Ok(outcome)
}

/// Entries that look like another record's picture, where nobody has said that they do not, nor rejected the other.
fn undecided_copies(conn: &mut Conn, entries: &[EntryId]) -> Result<HashSet<EntryId>> {
    let mut copies = HashSet::new();
    let other = diesel::alias!(entry_findings as other_findings);
    for chunk in entries.chunks(500) {
        let rejected = other
            .filter(other.field(entry_findings::stage).eq(FindingStage::Decision))
            .filter(
                other
                    .field(entry_findings::entry_id)
                    .nullable()
                    .eq(entry_findings::other_entry_id),
            );
        let rows: Vec<EntryId> = entry_findings::table
            .filter(entry_findings::entry_id.eq_any(chunk))
            .filter(entry_findings::code.eq_any(FindingCode::COPIES))
            .filter(diesel::dsl::not(diesel::dsl::exists(rejected)))
            .select(entry_findings::entry_id)
            .load(conn)?;
        copies.extend(rows);
    }
    Ok(copies)
}

/// Who holds each record within its batch already.
fn taken_records(
    conn: &mut Conn,
    candidates: &HashMap<EntryId, Candidate>,
) -> Result<HashMap<(BatchId, RecordId), EntryId>> {
    let records: Vec<RecordId> = candidates.values().filter_map(|entry| entry.record_id).collect();
    let mut taken = HashMap::new();
    for chunk in records.chunks(500) {
        let rows: Vec<(BatchId, Option<RecordId>, EntryId)> = batch_entries::table
            .filter(batch_entries::record_id.eq_any(chunk))
            .filter(batch_entries::verdict.eq(Verdict::Matched))
            .select((
                batch_entries::batch_id,
                batch_entries::record_id,
                batch_entries::entry_id,
            ))
            .load(conn)?;
        let held = rows
            .into_iter()
            .filter_map(|(batch_id, record_id, entry_id)| Some(((batch_id, record_id?), entry_id)));
        taken.extend(held);
    }
    Ok(taken)
}
