//! The same picture under two records, also mirrored: shortlisted by hash, then compared as pictures.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::batches::model::Batch;
use domain::batches::queries::reconciliation::{self, FiledPicture};
use domain::db::Conn;
use domain::error::{Error, Result};
use domain::id::{BatchId, EntryId, RecordId};
use domain::photos::finding::FindingCode;

use super::Judged;
use crate::imaging::{Fingerprint, Hashes, Shortlist, compare};

/// One side of a pair.
pub struct Side {
    /// Whom the finding is about.
    pub entry_id: EntryId,
    /// `DUP` or `MIRROR`.
    pub code: FindingCode,
    /// The other side.
    pub other_entry_id: EntryId,
    /// The batch of the entry, where it is another one.
    pub foreign_batch: Option<BatchId>,
}

/// A picture that stands under a record, of this batch or an earlier one.
#[derive(Clone, Copy)]
struct Filed {
    entry_id: EntryId,
    record_id: RecordId,
    foreign_batch: Option<BatchId>,
    hashes: Hashes,
}

/// Pictures that are compared with the batch's own at a time: bounds the memory, whatever the roll holds.
const PICTURES_AT_A_TIME: usize = 20_000;

/// Both sides of every pair that one of this batch's pictures makes.
pub fn find(conn: &mut Conn, batch: &Batch, judged: &[Judged]) -> Result<Vec<Side>> {
    let own: Vec<Filed> = judged.iter().filter_map(own_picture).collect();
    let own_prints = prints(conn, &own)?;
    let foreign: Vec<Filed> = reconciliation::list_filed_pictures(conn, batch)?
        .iter()
        .map(foreign_picture)
        .collect();
    let different: HashSet<(EntryId, EntryId)> = reconciliation::list_pairs_declared_different(conn)?
        .into_iter()
        .collect();
    let mut pairs = Pairs {
        different,
        sides: BTreeMap::new(),
    };
    for others in own.chunks(PICTURES_AT_A_TIME) {
        pairs.compare(&own, &own_prints, others, &own_prints);
    }
    for others in foreign.chunks(PICTURES_AT_A_TIME) {
        let other_prints = prints(conn, others)?;
        pairs.compare(&own, &own_prints, others, &other_prints);
    }
    Ok(pairs.sides.into_values().collect())
}

type Prints = HashMap<EntryId, Fingerprint>;

/// The pairs found so far.
struct Pairs {
    /// Pairs that a person has declared different, the smaller number first.
    different: HashSet<(EntryId, EntryId)>,
    /// Both sides of every pair, by the side's entry and the other's.
    sides: BTreeMap<(EntryId, EntryId), Side>,
}

impl Pairs {
    fn compare(&mut self, own: &[Filed], own_prints: &Prints, others: &[Filed], other_prints: &Prints) {
        let mut index = Shortlist::new();
        for (place, picture) in others.iter().enumerate() {
            index.insert(place as u64, picture.hashes);
        }
        for picture in own {
            let Some(print) = own_prints.get(&picture.entry_id) else {
                continue;
            };
            let mut near = index.near(picture.hashes);
            near.extend(index.near(print.mirrored));
            near.sort_unstable();
            near.dedup();
            for other in near
                .iter()
                .filter_map(|&place| others.get(usize::try_from(place).ok()?))
            {
                if let Some(other_print) = other_prints.get(&other.entry_id) {
                    self.judge((picture, print), (other, other_print));
                }
            }
        }
    }

    fn judge(&mut self, (one, one_print): (&Filed, &Fingerprint), (other, other_print): (&Filed, &Fingerprint)) {
        let pair = (one.entry_id.min(other.entry_id), one.entry_id.max(other.entry_id));
        let is_known = self.sides.contains_key(&pair) || self.different.contains(&pair);
        if one.record_id == other.record_id || is_known {
            return;
        }
        let similarity = compare(one_print, other_print);
        let code = match (similarity.same, similarity.mirrored) {
            (_, true) => FindingCode::Mirror,
            (true, false) => FindingCode::Dup,
            (false, false) => return,
        };
        for (side, opposite) in [(one, other), (other, one)] {
            self.sides.insert(
                (side.entry_id, opposite.entry_id),
                Side {
                    entry_id: side.entry_id,
                    code,
                    other_entry_id: opposite.entry_id,
                    foreign_batch: side.foreign_batch,
                },
            );
        }
    }
}

fn own_picture(judged: &Judged) -> Option<Filed> {
    if !judged.is_usable() {
        return None;
    }
    Some(Filed {
        entry_id: judged.entry.entry_id,
        record_id: judged.ruling.record_id?,
        foreign_batch: None,
        hashes: hashes(judged.entry.dhash?, judged.entry.phash?),
    })
}

fn foreign_picture(picture: &FiledPicture) -> Filed {
    Filed {
        entry_id: picture.entry_id,
        record_id: picture.record_id,
        foreign_batch: Some(picture.batch_id),
        hashes: hashes(picture.dhash, picture.phash),
    }
}

fn hashes(dhash: i64, phash: i64) -> Hashes {
    Hashes {
        gradient: dhash.cast_unsigned(),
        frequency: phash.cast_unsigned(),
    }
}

fn prints(conn: &mut Conn, pictures: &[Filed]) -> Result<Prints> {
    let ids: Vec<EntryId> = pictures.iter().map(|picture| picture.entry_id).collect();
    reconciliation::list_fingerprints(conn, &ids)?
        .into_iter()
        .map(|(entry_id, bytes)| Ok((entry_id, Fingerprint::from_bytes(&bytes).map_err(Error::internal)?)))
        .collect()
}
