//! The same picture under two records, also mirrored: shortlisted by hash, then compared as pictures.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::num::NonZeroUsize;

use domain::batches::model::Batch;
use domain::batches::queries::reconciliation::{self, FiledPicture};
use domain::db::Conn;
use domain::error::{Error, Result};
use domain::id::{BatchId, EntryId, RecordId};
use domain::photos::finding::FindingCode;

use super::matched::Judged;
use crate::imaging::{Fingerprint, Shortlist, Similarity, View, compare_views};

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
}

/// Pictures that are compared at a time with as many others, which are held ready for it: bounds the memory, whatever the batch and the roll
/// hold.
const PICTURES_AT_A_TIME: usize = 25_000;
/// So many of one side and of the other are compared before the next: what is held ready of them stays in the processor's cache. What is
/// made of the former takes up to 4 MiB for each processor; the latter are whole blocks of a shortlist, and are read with one statement.
const CACHED_PICTURES: usize = 64;
const CACHED_OTHERS: usize = 448;

/// Both sides of every pair that one of this batch's pictures makes.
pub fn find(conn: &mut Conn, batch: &Batch, judged: &[Judged]) -> Result<Vec<Side>> {
    let mut own: Vec<Filed> = judged.iter().filter_map(own_picture).collect();
    own.sort_unstable_by_key(|picture| picture.entry_id);
    let foreign: Vec<Filed> = reconciliation::list_filed_pictures(conn, batch)?
        .iter()
        .map(foreign_picture)
        .collect();
    let different: HashSet<(EntryId, EntryId)> = reconciliation::list_pairs_declared_different(conn)?
        .into_iter()
        .collect();
    let mut sides = BTreeMap::new();
    for (some, rest) in with_rest(&own, PICTURES_AT_A_TIME) {
        let some_prints = prints(conn, some)?;
        for others in rest
            .chunks(PICTURES_AT_A_TIME)
            .chain(foreign.chunks(PICTURES_AT_A_TIME))
        {
            let others = indexed(conn, others)?;
            sides.extend(compare_on_all_processors(some, &some_prints, &others, &different)?);
        }
    }
    Ok(sides.into_values().collect())
}

/// A batch's pictures in parts, each with itself and what comes after it: those before have met it.
fn with_rest(pictures: &[Filed], at_a_time: usize) -> impl Iterator<Item = (&[Filed], &[Filed])> {
    let starts = (0..pictures.len()).step_by(at_a_time);
    starts.map(move |start| {
        let rest = pictures.get(start..).unwrap_or_default();
        (rest.get(..at_a_time).unwrap_or(rest), rest)
    })
}

/// A batch's pictures are compared while it has nothing else to do, so every processor takes a share.
fn compare_on_all_processors(
    pictures: &[Filed],
    prints: &[Option<Fingerprint>],
    others: &[Indexed<'_>],
    different: &HashSet<(EntryId, EntryId)>,
) -> Result<BTreeMap<(EntryId, EntryId), Side>> {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    // One in so many each: the first of them have the most others after them.
    let compare = |share: usize| {
        let mut pairs = Pairs {
            different,
            sides: BTreeMap::new(),
        };
        let share: Vec<_> = pictures.iter().zip(prints).skip(share).step_by(processors).collect();
        for some in share.chunks(CACHED_PICTURES) {
            let some: Vec<Ready> = some
                .iter()
                .filter_map(|(picture, print)| Ready::new(picture, print))
                .collect();
            for others in others {
                some.iter().for_each(|one| pairs.compare(one, others));
            }
        }
        pairs.sides
    };
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..processors)
            .map(|share| scope.spawn(move || compare(share)))
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

/// A picture made ready to be compared with others.
struct Ready<'a> {
    picture: &'a Filed,
    print: &'a Fingerprint,
    upright: View,
    mirrored: View,
}

impl<'a> Ready<'a> {
    fn new(picture: &'a Filed, print: &'a Option<Fingerprint>) -> Option<Self> {
        let print = print.as_ref()?;
        Some(Self {
            picture,
            print,
            upright: print.view(),
            mirrored: print.mirrored_view(),
        })
    }
}

/// Pictures that others are compared with, a few of them together.
fn indexed<'a>(conn: &mut Conn, pictures: &'a [Filed]) -> Result<Vec<Indexed<'a>>> {
    let few = pictures.chunks(CACHED_OTHERS);
    few.map(|few| Ok(Indexed::new(few, &prints(conn, few)?))).collect()
}

/// Pictures that others are compared with: of earlier batches, or of the own one in the order of their entries.
struct Indexed<'a> {
    pictures: &'a [Filed],
    views: Vec<Option<View>>,
    hashes: Shortlist,
}

impl<'a> Indexed<'a> {
    fn new(pictures: &'a [Filed], prints: &[Option<Fingerprint>]) -> Self {
        let mut hashes = Shortlist::new();
        for (place, print) in (0..).zip(prints) {
            if let Some(print) = print {
                hashes.insert(place, print.hashes);
            }
        }
        let view = |print: &Option<Fingerprint>| print.as_ref().map(Fingerprint::view);
        Self {
            pictures,
            views: prints.iter().map(view).collect(),
            hashes,
        }
    }

    /// The pictures that one is compared with: those of other batches, and those after it in its own, whose hashes are near to its own or
    /// to those of its mirror image. Of a mirrored copy both are near to the other's mirror image too, which need not be asked.
    fn to_meet(&self, one: &Filed, print: &Fingerprint) -> Vec<Meeting<'_>> {
        let is_before = |other: &Filed| other.foreign_batch.is_none() && other.entry_id <= one.entry_id;
        let first = self.pictures.partition_point(is_before);
        if first == self.pictures.len() {
            return Vec::new();
        }
        let ways = [(print.hashes, false), (print.mirrored, true)];
        let near = |(hashes, is_mirrored)| {
            self.hashes
                .near(hashes)
                .into_iter()
                .map(move |place| (place, is_mirrored))
        };
        let is_after = |&(place, _): &(u64, bool)| place >= first as u64;
        let mut near: Vec<(u64, bool)> = ways.into_iter().flat_map(near).filter(is_after).collect();
        near.sort_unstable();
        let by_place = near.chunk_by(|one, next| one.0 == next.0);
        by_place.filter_map(|ways| self.meeting(ways)).collect()
    }

    /// With the picture at this place, which is near in these ways, upright ones first.
    fn meeting(&self, ways: &[(u64, bool)]) -> Option<Meeting<'_>> {
        let (&(place, is_first_mirrored), &(_, is_last_mirrored)) = (ways.first()?, ways.last()?);
        let place = usize::try_from(place).ok()?;
        Some(Meeting {
            other: self.pictures.get(place)?,
            view: self.views.get(place)?.as_ref()?,
            upright: !is_first_mirrored,
            mirrored: is_last_mirrored,
        })
    }
}

/// A picture to be compared with one, and which way round they may be alike.
struct Meeting<'a> {
    other: &'a Filed,
    view: &'a View,
    upright: bool,
    mirrored: bool,
}

/// The pairs found so far.
struct Pairs<'a> {
    /// Pairs that a person has declared different, the smaller number first.
    different: &'a HashSet<(EntryId, EntryId)>,
    /// Both sides of every pair, by the side's entry and the other's.
    sides: BTreeMap<(EntryId, EntryId), Side>,
}

impl Pairs<'_> {
    fn compare(&mut self, one: &Ready<'_>, others: &Indexed<'_>) {
        for meeting in others.to_meet(one.picture, one.print) {
            if one.picture.record_id != meeting.other.record_id {
                let upright = meeting.upright.then_some(&one.upright);
                let mirrored = meeting.mirrored.then_some(&one.mirrored);
                let similarity = compare_views(upright, mirrored, meeting.view);
                self.judge((one.picture, meeting.other), similarity);
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
        if self.is_declared_different(one, other) {
            return;
        }
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
    let filed = Filed {
        entry_id: judged.entry_id,
        record_id: judged.record_id?,
        foreign_batch: None,
    };
    judged.is_usable().then_some(filed)
}

fn foreign_picture(picture: &FiledPicture) -> Filed {
    Filed {
        entry_id: picture.entry_id,
        record_id: picture.record_id,
        foreign_batch: Some(picture.batch_id),
    }
}

/// The fingerprints of these pictures, in their order.
fn prints(conn: &mut Conn, pictures: &[Filed]) -> Result<Vec<Option<Fingerprint>>> {
    let mut prints = Vec::with_capacity(pictures.len());
    for few in pictures.chunks(CACHED_OTHERS) {
        let ids: Vec<EntryId> = few.iter().map(|picture| picture.entry_id).collect();
        let mut stored: HashMap<EntryId, Vec<u8>> =
            reconciliation::list_fingerprints(conn, &ids)?.into_iter().collect();
        for entry_id in ids {
            let print = stored.remove(&entry_id).map(|bytes| Fingerprint::from_bytes(&bytes));
            prints.push(print.transpose().map_err(Error::internal)?);
        }
    }
    Ok(prints)
}

#[cfg(test)]
mod tests;
