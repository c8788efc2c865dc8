//! Several photos of one record, of a batch and accepted ones of earlier batches: some thousand photos at a time, so that a batch of any size
//! takes the same memory.

use std::collections::{HashMap, HashSet};

use domain::batches::contest::{Contender, superseded};
use domain::batches::model::{Batch, FindingRow};
use domain::batches::queries::reconciliation::{self, AcceptedPhoto, Capture};
use domain::db::Conn;
use domain::error::Result;
use domain::id::{EntryId, RecordId};
use domain::photos::finding::FindingCode;

use super::finding;
use super::matched::Judged;

/// A usable photo and its record.
type Own = (RecordId, EntryId);

/// What is found about the batch's own photos that another of the same record takes the place of, or may.
pub fn find(conn: &mut Conn, batch: &Batch, judged: &[Judged], at_a_time: usize) -> Result<Vec<FindingRow>> {
    let usable = judged.iter().filter(|one| one.is_usable());
    let mut own: Vec<Own> = usable.filter_map(|one| Some((one.record_id?, one.entry_id))).collect();
    own.sort_unstable();
    let mut findings = Vec::new();
    for some in whole_records(&own, at_a_time) {
        let contenders = contenders(conn, batch, some)?;
        let accepted = contenders.iter().filter(|contender| contender.is_accepted);
        let accepted: HashSet<EntryId> = accepted.map(|contender| contender.entry_id).collect();
        let losers = superseded(&contenders).into_iter();
        findings.extend(
            losers
                .filter(|loser| !accepted.contains(&loser.entry_id))
                .map(|loser| finding(loser.entry_id, FindingCode::Superseded, Some(loser.other_entry_id))),
        );
    }
    Ok(findings)
}

/// Parts of about so many photos, in the order of their records, none of which ends within a record.
fn whole_records(own: &[Own], at_a_time: usize) -> impl Iterator<Item = &[Own]> {
    let mut rest = own;
    std::iter::from_fn(move || {
        let (last, _) = rest.get(at_a_time.saturating_sub(1)).or(rest.last())?;
        let (some, later) = rest.split_at(rest.partition_point(|(record_id, _)| record_id <= last));
        rest = later;
        Some(some)
    })
}

/// All photos of the records that have more than one.
fn contenders(conn: &mut Conn, batch: &Batch, own: &[Own]) -> Result<Vec<Contender>> {
    let mut records: Vec<RecordId> = own.iter().map(|(record_id, _)| *record_id).collect();
    records.dedup();
    let accepted = reconciliation::list_accepted_photos(conn, batch, &records)?;
    let has_accepted: HashSet<RecordId> = accepted.iter().map(|photo| photo.record_id).collect();
    let is_contested = |photos: &&[Own]| match photos {
        [(record_id, _)] => has_accepted.contains(record_id),
        _ => true,
    };
    let contested = own.chunk_by(|one, other| one.0 == other.0).filter(is_contested);
    let record_of: HashMap<EntryId, RecordId> = contested
        .flatten()
        .map(|(record_id, entry_id)| (*entry_id, *record_id))
        .collect();
    let entries: Vec<EntryId> = record_of.keys().copied().collect();
    let captures = reconciliation::list_captures(conn, &entries)?.into_iter();
    let own = captures.filter_map(|capture| Some(contender(*record_of.get(&capture.entry_id)?, capture)));
    Ok(own.chain(accepted.into_iter().map(accepted_contender)).collect())
}

fn contender(record_id: RecordId, capture: Capture) -> Contender {
    Contender {
        entry_id: capture.entry_id,
        seq: capture.seq,
        record_id,
        captured_at: capture.captured_at,
        sha256: capture.sha256.unwrap_or_default(),
        is_accepted: false,
    }
}

fn accepted_contender(photo: AcceptedPhoto) -> Contender {
    Contender {
        entry_id: photo.entry_id,
        seq: -1,
        record_id: photo.record_id,
        captured_at: photo.captured_at,
        sha256: photo.sha256,
        is_accepted: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photos_of_one_record_stay_together() {
        let own: Vec<Own> = [1, 1, 1, 2, 3, 3]
            .into_iter()
            .zip(1..)
            .map(|(record, entry)| (RecordId(record), EntryId(entry)))
            .collect();
        let parts = |at_a_time| whole_records(&own, at_a_time).map(<[Own]>::len).collect::<Vec<_>>();
        assert_eq!(parts(1), [3, 1, 2]);
        assert_eq!(parts(3), [3, 3]);
        assert_eq!(parts(4), [4, 2]);
        assert_eq!(parts(5), [6]);
        assert_eq!(parts(100), [6]);
        assert_eq!(whole_records(&[], 5).count(), 0);
    }
}
