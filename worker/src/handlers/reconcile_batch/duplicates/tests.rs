//! Who is compared with whom, and which way round.

use super::*;

type Picture = (Filed, Option<Fingerprint>);

/// A picture whose hashes are these, upright and mirrored.
fn picture(entry_id: i64, foreign_batch: Option<BatchId>, upright: u64, mirrored: u64) -> Picture {
    let words = [upright, !upright, mirrored, !mirrored];
    let mut bytes = vec![1];
    bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    bytes.extend((0..768_u32).map(|cell| (cell % 251) as u8));
    let print = Fingerprint::from_bytes(&bytes).expect("the layout is known");
    let filed = Filed {
        entry_id: EntryId(entry_id),
        record_id: RecordId(entry_id),
        foreign_batch,
    };
    (filed, Some(print))
}

/// Who is compared with whom, by their numbers, where all of `some` go through all of `others`.
fn meetings(some: &[Picture], others: &[Picture]) -> Vec<(i64, i64)> {
    let (pictures, prints): (Vec<Filed>, Vec<Option<Fingerprint>>) = others.iter().cloned().unzip();
    let few = pictures.chunks(CACHED_OTHERS).zip(prints.chunks(CACHED_OTHERS));
    let indexed: Vec<Indexed> = few.map(|(pictures, prints)| Indexed::new(pictures, prints)).collect();
    let mut met = Vec::new();
    for (one, print) in some {
        let print = print.as_ref().expect("a print");
        let others = indexed.iter().flat_map(|others| others.to_meet(one, print));
        met.extend(others.map(|meeting| (one.entry_id.0, meeting.other.entry_id.0)));
    }
    met
}

const FAR: u64 = 0x5555_5555_5555_5555;
const FARTHER: u64 = 0x3333_3333_3333_3333;

#[test]
fn pictures_near_upright_meet_once() {
    let batch = [picture(1, None, 0, FAR), picture(2, None, 1, FARTHER)];
    assert_eq!(meetings(&batch, &batch), [(1, 2)]);
}

#[test]
fn a_mirrored_copy_meets_once_whichever_came_first() {
    let in_order = [picture(1, None, 0, FAR), picture(2, None, FAR, 0)];
    assert_eq!(meetings(&in_order, &in_order), [(1, 2)]);
    let turned_round = [picture(1, None, FAR, 0), picture(2, None, 0, FAR)];
    assert_eq!(meetings(&turned_round, &turned_round), [(1, 2)]);
}

#[test]
fn pictures_are_compared_the_ways_round_in_which_they_are_near() {
    let others = [picture(2, None, 1, FARTHER), picture(3, None, FAR, FARTHER)];
    let (pictures, prints): (Vec<Filed>, Vec<Option<Fingerprint>>) = others.into_iter().unzip();
    let indexed = Indexed::new(&pictures, &prints);
    let ways = |(filed, print): Picture| -> Vec<(i64, bool, bool)> {
        let meetings = indexed.to_meet(&filed, print.as_ref().expect("a print"));
        let way = |meeting: &Meeting| (meeting.other.entry_id.0, meeting.upright, meeting.mirrored);
        meetings.iter().map(way).collect()
    };
    assert_eq!(ways(picture(1, None, 0, FAR)), [(2, true, false), (3, false, true)]);
    let symmetric = picture(1, None, 0, 1);
    assert_eq!(ways(symmetric), [(2, true, true)]);
}

#[test]
fn a_batch_in_parts_meets_as_one_does() {
    let batch: Vec<Picture> = (1..=5).map(|number| picture(number, None, 0, FAR)).collect();
    let filed: Vec<Filed> = batch.iter().map(|(filed, _)| *filed).collect();
    let of = |filed: &[Filed]| -> Vec<Picture> {
        let own = |one: &Filed| batch[one.entry_id.0 as usize - 1].clone();
        filed.iter().map(own).collect()
    };
    let whole = meetings(&batch, &batch);
    assert_eq!(whole.len(), 10, "every pair once");
    for (at_a_time, others_at_a_time) in [(1, 1), (2, 3), (3, 2), (5, 5), (9, 9)] {
        let mut met = Vec::new();
        for (some, rest) in with_rest(&filed, at_a_time) {
            for others in rest.chunks(others_at_a_time) {
                met.extend(meetings(&of(some), &of(others)));
            }
        }
        met.sort_unstable();
        assert_eq!(met, whole, "{at_a_time} with {others_at_a_time}");
    }
}

#[test]
fn more_pictures_than_are_cached_meet_once() {
    let count = CACHED_OTHERS as i64 + 2;
    let batch: Vec<Picture> = (1..=count).map(|number| picture(number, None, 0, FAR)).collect();
    let every_pair: Vec<(i64, i64)> = (1..=count)
        .flat_map(|one| (one + 1..=count).map(move |other| (one, other)))
        .collect();
    assert_eq!(meetings(&batch, &batch), every_pair);
}

#[test]
fn a_picture_of_another_batch_is_always_met() {
    let earlier = [picture(1, Some(BatchId(1)), 0, FAR)];
    assert_eq!(meetings(&[picture(2, None, 1, FARTHER)], &earlier), [(2, 1)]);
    let mirrored = [picture(1, Some(BatchId(1)), FAR, 0)];
    assert_eq!(meetings(&[picture(2, None, 1, FAR)], &mirrored), [(2, 1)]);
}
