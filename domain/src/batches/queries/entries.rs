//! The entries of a batch, page by page, as people see them: names masked, no entry names, no identity numbers.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::batches::model::{FindingRow, MaskedStudent, Verdict};
use crate::db::Conn;
use crate::db::schema::{batch_entries, entry_findings, manifest_rows, recaptures, roll_records};
use crate::error::Result;
use crate::id::{BatchId, EntryId, RecordId};
use crate::recaptures::model::RecaptureState;

/// Which entries of a batch are wanted.
#[derive(Clone, Debug)]
pub struct EntryQuery {
    /// The batch.
    pub batch_id: BatchId,
    /// Only those with this outcome; unset: all that have one.
    pub verdict: Option<Verdict>,
    /// Only those with a finding of this code.
    pub reason: Option<String>,
    /// Only those after this place in the delivery.
    pub after_seq: Option<i64>,
    /// At most so many.
    pub limit: i64,
}

/// An entry in a list.
#[derive(Clone, Debug)]
pub struct ListedEntry {
    /// The entry.
    pub entry_id: EntryId,
    /// Its place in the delivery, by which lists go on.
    pub seq: i64,
    /// What became of it.
    pub verdict: Verdict,
    /// Address of its thumbnail in the object store.
    pub thumbnail_sha256: Option<String>,
    /// Its record.
    pub student: Option<MaskedStudent>,
    /// The manifest row that speaks of it.
    pub manifest_row: Option<i64>,
    /// What was found, worst first.
    pub findings: Vec<FindingRow>,
    /// Whether it is why its student is to be photographed again.
    pub is_recapture: bool,
    /// The other picture of a pair.
    pub other: Option<OtherSide>,
}

/// The other picture of a pair.
#[derive(Clone, Debug)]
pub struct OtherSide {
    /// Address of its thumbnail in the object store.
    pub thumbnail_sha256: Option<String>,
    /// Its record.
    pub student: Option<MaskedStudent>,
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = batch_entries)]
pub(super) struct EntryColumns {
    entry_id: EntryId,
    seq: i64,
    verdict: Option<Verdict>,
    thumbnail_sha256: Option<String>,
    pub(super) record_id: Option<RecordId>,
}

/// A page of a batch's entries in the order of the delivery.
pub fn list_entries(conn: &mut Conn, query: &EntryQuery) -> Result<Vec<ListedEntry>> {
    let verdicts = query
        .verdict
        .map_or_else(|| Verdict::ALL.to_vec(), |verdict| vec![verdict]);
    let page = batch_entries::table
        .filter(batch_entries::batch_id.eq(query.batch_id))
        .filter(batch_entries::verdict.eq_any(verdicts))
        .filter(batch_entries::seq.gt(query.after_seq.unwrap_or(-1)))
        .order(batch_entries::seq)
        .limit(query.limit)
        .select(EntryColumns::as_select());
    let rows: Vec<EntryColumns> = match &query.reason {
        None => page.load(conn)?,
        Some(code) => page
            .filter(
                batch_entries::entry_id.eq_any(
                    entry_findings::table
                        .filter(entry_findings::batch_id.eq(query.batch_id))
                        .filter(entry_findings::code.eq(code))
                        .select(entry_findings::entry_id),
                ),
            )
            .load(conn)?,
    };
    complete(conn, rows)
}

pub(super) fn complete(conn: &mut Conn, rows: Vec<EntryColumns>) -> Result<Vec<ListedEntry>> {
    let ids: Vec<EntryId> = rows.iter().map(|row| row.entry_id).collect();
    let mut findings = findings_of(conn, &ids)?;
    let other_ids: Vec<EntryId> = findings
        .values()
        .flatten()
        .filter_map(|finding| finding.other_entry_id)
        .collect();
    let others: HashMap<EntryId, EntryColumns> = batch_entries::table
        .filter(batch_entries::entry_id.eq_any(&other_ids))
        .select(EntryColumns::as_select())
        .load::<EntryColumns>(conn)?
        .into_iter()
        .map(|row| (row.entry_id, row))
        .collect();
    let records: Vec<RecordId> = rows
        .iter()
        .chain(others.values())
        .filter_map(|row| row.record_id)
        .collect();
    let students = find_students(conn, &records)?;
    let student_of = |row: &EntryColumns| row.record_id.and_then(|record_id| students.get(&record_id).cloned());
    let manifest: HashMap<EntryId, i64> = manifest_rows::table
        .filter(manifest_rows::entry_id.eq_any(&ids))
        .select((manifest_rows::entry_id, manifest_rows::row_no))
        .load::<(Option<EntryId>, i64)>(conn)?
        .into_iter()
        .filter_map(|(entry_id, row_no)| Some((entry_id?, row_no)))
        .collect();
    let wanted_again = pending_recaptures(conn, &ids)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let found = findings.remove(&row.entry_id).unwrap_or_default();
            let other = found.iter().find_map(|finding| others.get(&finding.other_entry_id?));
            Some(ListedEntry {
                entry_id: row.entry_id,
                seq: row.seq,
                verdict: row.verdict?,
                student: student_of(&row),
                manifest_row: manifest.get(&row.entry_id).copied(),
                is_recapture: wanted_again.contains(&row.entry_id),
                other: other.map(|other| OtherSide {
                    thumbnail_sha256: other.thumbnail_sha256.clone(),
                    student: student_of(other),
                }),
                thumbnail_sha256: row.thumbnail_sha256,
                findings: found,
            })
        })
        .collect())
}

fn findings_of(conn: &mut Conn, ids: &[EntryId]) -> Result<HashMap<EntryId, Vec<FindingRow>>> {
    let rows: Vec<FindingRow> = entry_findings::table
        .filter(entry_findings::entry_id.eq_any(ids))
        .order(entry_findings::finding_id)
        .select(FindingRow::as_select())
        .load(conn)?;
    let mut findings: HashMap<EntryId, Vec<FindingRow>> = HashMap::new();
    for finding in rows {
        findings.entry(finding.entry_id).or_default().push(finding);
    }
    let weight = |finding: &FindingRow| match finding.severity.as_str() {
        "reject" => 0,
        "review" => 1,
        _ => 2,
    };
    findings.values_mut().for_each(|found| found.sort_by_key(weight));
    Ok(findings)
}

fn pending_recaptures(conn: &mut Conn, ids: &[EntryId]) -> Result<HashSet<EntryId>> {
    let rows: Vec<Option<EntryId>> = recaptures::table
        .filter(recaptures::entry_id.eq_any(ids))
        .filter(recaptures::state.eq_any([RecaptureState::Open, RecaptureState::Exported, RecaptureState::Shot]))
        .select(recaptures::entry_id)
        .load(conn)?;
    Ok(rows.into_iter().flatten().collect())
}

pub(super) fn find_students(conn: &mut Conn, records: &[RecordId]) -> Result<HashMap<RecordId, MaskedStudent>> {
    let rows: Vec<(RecordId, String, String, Option<String>)> = roll_records::table
        .filter(roll_records::record_id.eq_any(records))
        .select((
            roll_records::record_id,
            roll_records::name,
            roll_records::student_no,
            roll_records::class_name,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(record_id, full_name, student_no, class_name)| {
            (record_id, MaskedStudent::new(&full_name, student_no, class_name))
        })
        .collect())
}
