//! Two photos of one record: the later capture wins; where that cannot be told, both go before a person.

use crate::id::{EntryId, RecordId};

/// A photo that would be its record's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contender {
    /// The entry.
    pub entry_id: EntryId,
    /// Its place in the delivery.
    pub seq: i64,
    /// The record it would belong to.
    pub record_id: RecordId,
    /// When it was shot, `YYYY-MM-DDTHH:MM:SS` local time, where the file says so.
    pub captured_at: Option<String>,
    /// SHA-256 of the delivered bytes, hexadecimal.
    pub sha256: String,
    /// Whether it is its record's accepted photo already, from an earlier batch.
    pub is_accepted: bool,
}

/// A photo that another of the same record takes the place of, or may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Superseded {
    /// The photo.
    pub entry_id: EntryId,
    /// The photo it stands against.
    pub other_entry_id: EntryId,
}

/// Finds who is superseded. An accepted photo of an earlier batch keeps its place unless a later capture is certain.
pub fn superseded(contenders: &[Contender]) -> Vec<Superseded> {
    let mut by_record: Vec<&Contender> = contenders.iter().collect();
    by_record.sort_by_key(|contender| contender.record_id);
    let rivals = by_record.chunk_by(|one, other| one.record_id == other.record_id);
    let mut losers: Vec<Superseded> = rivals.flat_map(losers_among).collect();
    losers.sort_by_key(|loser| loser.entry_id);
    losers
}

fn losers_among(rivals: &[&Contender]) -> Vec<Superseded> {
    if rivals.len() < 2 {
        return Vec::new();
    }
    let mut rivals = rivals.to_vec();
    rivals.sort_by_key(|rival| (!rival.is_accepted, rival.seq));
    // The same bytes twice are one photo: the first stands for all of them.
    let mut distinct: Vec<&Contender> = Vec::new();
    let mut losers = Vec::new();
    for rival in rivals {
        match distinct.iter().find(|earlier| earlier.sha256 == rival.sha256) {
            Some(earlier) => {
                losers.push(Superseded {
                    entry_id: rival.entry_id,
                    other_entry_id: earlier.entry_id,
                });
            }
            None => distinct.push(rival),
        }
    }
    let winner = certain_winner(&distinct);
    let Some(first) = distinct.first() else { return losers };
    for rival in distinct.iter().skip(usize::from(distinct.len() == 1)) {
        let is_safe =
            winner.is_some_and(|winner| winner.entry_id == rival.entry_id) || winner.is_none() && rival.is_accepted;
        if is_safe {
            continue;
        }
        let other = match winner {
            Some(winner) => winner.entry_id,
            None if rival.entry_id == first.entry_id => {
                distinct.get(1).map_or(first.entry_id, |second| second.entry_id)
            }
            None => first.entry_id,
        };
        losers.push(Superseded {
            entry_id: rival.entry_id,
            other_entry_id: other,
        });
    }
    losers
}

/// The one that was shot after all others; none where a time is missing or the latest is shared.
fn certain_winner<'a>(rivals: &[&'a Contender]) -> Option<&'a Contender> {
    if let [only] = rivals {
        return Some(only);
    }
    if rivals.iter().any(|rival| rival.captured_at.is_none()) {
        return None;
    }
    let latest = rivals.iter().max_by(|a, b| a.captured_at.cmp(&b.captured_at))?;
    let shared = rivals
        .iter()
        .filter(|rival| rival.captured_at == latest.captured_at)
        .count()
        > 1;
    (!shared).then_some(*latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(entry: i64, captured_at: Option<&str>) -> Contender {
        Contender {
            entry_id: EntryId(entry),
            seq: entry,
            record_id: RecordId(1),
            captured_at: captured_at.map(str::to_owned),
            sha256: format!("{entry:064}"),
            is_accepted: false,
        }
    }

    fn losers(contenders: &[Contender]) -> Vec<i64> {
        superseded(contenders).iter().map(|loser| loser.entry_id.0).collect()
    }

    #[test]
    fn the_later_capture_wins() {
        let contenders = [
            photo(1, Some("2026-03-01T09:00:00")),
            photo(2, Some("2026-03-02T09:00:00")),
        ];
        assert_eq!(losers(&contenders), [1]);
    }

    #[test]
    fn unknown_or_equal_times_send_both_to_review() {
        assert_eq!(losers(&[photo(1, None), photo(2, Some("2026-03-02T09:00:00"))]), [1, 2]);
        let at = Some("2026-03-02T09:00:00");
        assert_eq!(losers(&[photo(1, at), photo(2, at)]), [1, 2]);
    }

    #[test]
    fn one_photo_alone_is_never_superseded() {
        assert!(losers(&[photo(1, None)]).is_empty());
    }

    #[test]
    fn the_same_bytes_twice_leave_one_standing() {
        let mut copy = photo(2, None);
        copy.sha256 = photo(1, None).sha256;
        assert_eq!(losers(&[photo(1, None), copy]), [2]);
    }

    #[test]
    fn an_accepted_photo_keeps_its_place_unless_a_later_capture_is_certain() {
        let accepted = Contender {
            is_accepted: true,
            ..photo(1, Some("2026-03-01T09:00:00"))
        };
        assert_eq!(losers(&[accepted.clone(), photo(2, None)]), [2]);
        assert_eq!(losers(&[accepted.clone(), photo(2, Some("2026-03-05T09:00:00"))]), [1]);
        assert_eq!(losers(&[accepted, photo(2, Some("2026-02-01T09:00:00"))]), [2]);
    }

    #[test]
    fn records_are_settled_each_for_itself_in_whatever_order_they_come() {
        let of = |record: i64, entry: i64, captured_at| Contender {
            record_id: RecordId(record),
            ..photo(entry, Some(captured_at))
        };
        let contenders = [
            of(2, 1, "a"),
            of(1, 2, "b"),
            of(3, 3, "c"),
            of(2, 4, "b"),
            of(1, 5, "a"),
        ];
        assert_eq!(losers(&contenders), [1, 5]);
    }
}
