//! The same picture under two records, also mirrored: shortlisted by hash, then compared as pictures.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::num::NonZeroUsize;

use domain::batches::model::Batch;
use domain::batches::queries::reconciliation::{self, FiledPicture};
use domain::db::Conn;
use domain::error::{Error, Result};
use domain::id::{BatchId, EntryId, RecordId};
use domain::photos::finding::FindingCode;

use super::Judged;
use crate::imaging::{Fingerprint, Hashes, Shortlist, Similarity, View, compare_views};

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

/// Pictures that are held at a time on either side of the comparison: bounds the memory, whatever the batch and the roll hold.
const PICTURES_AT_A_TIME: usize = 10_000;

/// Both sides of every pair that one of this batch's pictures makes.
pub fn find(conn: &mut Conn, batch: &Batch, judged: &[Judged]) -> Result<Vec<Side>> {
    let own: Vec<Filed> = judged.iter().filter_map(own_picture).collect();
    let foreign: Vec<Filed> = reconciliation::list_filed_pictures(conn, batch)?
        .iter()
        .map(foreign_picture)
        .collect();
    let different: HashSet<(EntryId, EntryId)> = reconciliation::list_pairs_declared_different(conn)?
        .into_iter()
        .collect();
    let mut sides = BTreeMap::new();
    for (place, some) in own.chunks(PICTURES_AT_A_TIME).enumerate() {
        let some_prints = prints(conn, some)?;
        let among_themselves = Indexed::new(some, &some_prints);
        sides.extend(compare_on_all_processors(
            some,
            &some_prints,
            &among_themselves,
            &different,
        )?);
        let rest_of_own = own.chunks(PICTURES_AT_A_TIME).enumerate();
        let others = rest_of_own.filter_map(|(other, pictures)| (other != place).then_some(pictures));
        for others in others.chain(foreign.chunks(PICTURES_AT_A_TIME)) {
            let others = Indexed::new(others, &prints(conn, others)?);
            sides.extend(compare_on_all_processors(some, &some_prints, &others, &different)?);
        }
    }
    Ok(sides.into_values().collect())
}

/// A batch's pictures are compared while it has nothing else to do, so every processor takes a share.
fn compare_on_all_processors(
    pictures: &[Filed],
    prints: &[Option<Fingerprint>],
    others: &Indexed<'_>,
    different: &HashSet<(EntryId, EntryId)>,
) -> Result<BTreeMap<(EntryId, EntryId), Side>> {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = pictures.len().div_ceil(processors).max(1);
    let compare = |pictures: &[Filed], prints: &[Option<Fingerprint>]| {
        let mut pairs = Pairs {
            different,
            sides: BTreeMap::new(),
        };
        for (picture, print) in pictures.iter().zip(prints) {
            if let Some(print) = print {
                pairs.compare(picture, print, others);
            }
        }
        pairs.sides
    };
    std::thread::scope(|scope| {
        let shares: Vec<_> = pictures
            .chunks(share)
            .zip(prints.chunks(share))
            .map(|(pictures, prints)| scope.spawn(move || compare(pictures, prints)))
            .collect();
        let mut sides = BTreeMap::new();
        for share in shares {
            sides.extend(
                share
                    .join()
                    .map_err(|_| Error::internal("comparing pictures broke off"))?,
            );
        }
        Ok(sides)
    })
}

/// Pictures that others are compared with.
struct Indexed<'a> {
    pictures: &'a [Filed],
    likenesses: Vec<Option<Likeness>>,
    index: Shortlist,
}

/// What of a picture others are compared with.
struct Likeness {
    view: View,
    mirrored: Hashes,
}

impl<'a> Indexed<'a> {
    fn new(pictures: &'a [Filed], prints: &[Option<Fingerprint>]) -> Self {
        let mut index = Shortlist::new();
        for (place, picture) in pictures.iter().enumerate() {
            index.insert(place as u64, picture.hashes);
        }
        let likeness = |print: &Fingerprint| Likeness {
            view: print.view(),
            mirrored: print.mirrored,
        };
        Self {
            pictures,
            likenesses: prints.iter().map(|print| print.as_ref().map(likeness)).collect(),
            index,
        }
    }

    /// The pictures whose hashes are near to those of one, upright or mirrored.
    fn near(&self, print: &Fingerprint) -> impl Iterator<Item = (&Filed, &Likeness)> {
        let places = self.index.near([print.hashes, print.mirrored]);
        places.into_iter().filter_map(|place| {
            let place = usize::try_from(place).ok()?;
            Some((self.pictures.get(place)?, self.likenesses.get(place)?.as_ref()?))
        })
    }
}

/// The pairs found so far.
struct Pairs<'a> {
    /// Pairs that a person has declared different, the smaller number first.
    different: &'a HashSet<(EntryId, EntryId)>,
    /// Both sides of every pair, by the side's entry and the other's.
    sides: BTreeMap<(EntryId, EntryId), Side>,
}

impl Pairs<'_> {
    fn compare(&mut self, one: &Filed, print: &Fingerprint, others: &Indexed<'_>) {
        let (upright, mirrored) = (print.view(), print.mirrored_view());
        for (other, likeness) in others.near(print) {
            let is_settled = one.record_id == other.record_id || self.is_declared_different(one, other);
            if !is_settled && !has_met(one, (other, likeness)) {
                self.judge((one, other), compare_views(&upright, &mirrored, &likeness.view));
            }
        }
    }

    fn is_declared_different(&self, one: &Filed, other: &Filed) -> bool {
        let pair = (one.entry_id.min(other.entry_id), one.entry_id.max(other.entry_id));
        self.different.contains(&pair)
    }

    fn judge(&mut self, (one, other): (&Filed, &Filed), similarity: Similarity) {
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

/// Whether two pictures of one batch are compared when it is the other's turn, whose number is smaller.
fn has_met(one: &Filed, (other, likeness): (&Filed, &Likeness)) -> bool {
    let is_found_by_other = || {
        [other.hashes, likeness.mirrored]
            .iter()
            .any(|hashes| hashes.is_near(one.hashes))
    };
    other.foreign_batch.is_none() && other.entry_id < one.entry_id && is_found_by_other()
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

/// The fingerprints of these pictures, in their order.
fn prints(conn: &mut Conn, pictures: &[Filed]) -> Result<Vec<Option<Fingerprint>>> {
    let ids: Vec<EntryId> = pictures.iter().map(|picture| picture.entry_id).collect();
    let mut stored: HashMap<EntryId, Vec<u8>> = reconciliation::list_fingerprints(conn, &ids)?.into_iter().collect();
    let read = |bytes: Vec<u8>| Fingerprint::from_bytes(&bytes).map_err(Error::internal);
    ids.iter()
        .map(|entry_id| stored.remove(entry_id).map(read).transpose())
        .collect()
}
