//! The same picture under two records, also mirrored: shortlisted by hash, then compared as pictures.

use std::collections::{HashMap, HashSet};

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
    record_id: RecordId,
    foreign_batch: Option<BatchId>,
    hashes: Hashes,
}

/// Both sides of every pair that one of this batch's pictures makes.
pub fn find(conn: &mut Conn, batch: &Batch, judged: &[Judged]) -> Result<Vec<Side>> {
    let own: HashMap<EntryId, Filed> = judged.iter().filter_map(own_picture).collect();
    let mut filed = own.clone();
    for picture in reconciliation::list_filed_pictures(conn, batch)? {
        filed.insert(picture.entry_id, foreign_picture(&picture));
    }
    let different: HashSet<(EntryId, EntryId)> = reconciliation::list_pairs_declared_different(conn)?
        .into_iter()
        .collect();
    let candidates: Vec<(EntryId, EntryId)> = shortlist(&own, &filed, &mirrored_hashes(conn, own.keys().copied())?)
        .into_iter()
        .filter(|pair| !different.contains(pair))
        .collect();
    let involved: HashSet<EntryId> = candidates.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let prints = prints(conn, involved.into_iter())?;
    let mut sides = Vec::new();
    for (one, other) in candidates {
        let (Some(one_print), Some(other_print)) = (prints.get(&one), prints.get(&other)) else {
            continue;
        };
        let similarity = compare(one_print, other_print);
        if !similarity.same && !similarity.mirrored {
            continue;
        }
        let code = if similarity.mirrored {
            FindingCode::Mirror
        } else {
            FindingCode::Dup
        };
        for (entry_id, other_entry_id) in [(one, other), (other, one)] {
            let foreign_batch = filed.get(&entry_id).and_then(|picture| picture.foreign_batch);
            sides.push(Side {
                entry_id,
                code,
                other_entry_id,
                foreign_batch,
            });
        }
    }
    sides.sort_by_key(|side| (side.entry_id, side.other_entry_id));
    Ok(sides)
}

fn own_picture(judged: &Judged) -> Option<(EntryId, Filed)> {
    if !judged.is_usable() {
        return None;
    }
    let picture = Filed {
        record_id: judged.ruling.record_id?,
        foreign_batch: None,
        hashes: hashes(judged.entry.dhash?, judged.entry.phash?),
    };
    Some((judged.entry.entry_id, picture))
}

fn foreign_picture(picture: &FiledPicture) -> Filed {
    Filed {
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

/// Fingerprints read at a time when only their mirrored hashes are wanted: a whole batch's would fill the memory.
const PRINTS_AT_A_TIME: usize = 4_000;

fn mirrored_hashes(conn: &mut Conn, entries: impl Iterator<Item = EntryId>) -> Result<HashMap<EntryId, Hashes>> {
    let ids: Vec<EntryId> = entries.collect();
    let mut mirrored = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(PRINTS_AT_A_TIME) {
        mirrored.extend(
            prints(conn, chunk.iter().copied())?
                .into_iter()
                .map(|(entry_id, print)| (entry_id, print.mirrored)),
        );
    }
    Ok(mirrored)
}

fn prints(conn: &mut Conn, entries: impl Iterator<Item = EntryId>) -> Result<HashMap<EntryId, Fingerprint>> {
    let ids: Vec<EntryId> = entries.collect();
    reconciliation::list_fingerprints(conn, &ids)?
        .into_iter()
        .map(|(entry_id, bytes)| Ok((entry_id, Fingerprint::from_bytes(&bytes).map_err(Error::internal)?)))
        .collect()
}

/// Pairs under different records whose hashes are near, upright or mirrored; smaller entry number first, each pair once.
fn shortlist(
    own: &HashMap<EntryId, Filed>,
    filed: &HashMap<EntryId, Filed>,
    mirrored: &HashMap<EntryId, Hashes>,
) -> Vec<(EntryId, EntryId)> {
    let mut index = Shortlist::new();
    for (entry_id, picture) in filed {
        index.insert(entry_id.0.cast_unsigned(), picture.hashes);
    }
    let mut pairs = HashSet::new();
    for (entry_id, picture) in own {
        for hashes in std::iter::once(picture.hashes).chain(mirrored.get(entry_id).copied()) {
            for near in index.near(hashes) {
                let other = EntryId(near.cast_signed());
                let is_other_record = filed
                    .get(&other)
                    .is_some_and(|found| found.record_id != picture.record_id);
                if is_other_record {
                    pairs.insert((*entry_id.min(&other), *entry_id.max(&other)));
                }
            }
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_unstable();
    pairs
}
