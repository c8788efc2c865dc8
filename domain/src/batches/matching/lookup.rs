//! The roll as far as the keys of some photos name it.

use std::collections::{HashMap, HashSet};

use super::{IdIndex, Key};
use crate::batches::key::without_leading_zeros;
use crate::id::RecordId;

/// An open or closed row of the roll that some key names.
#[derive(Clone)]
pub struct RollRow {
    /// The record.
    pub record_id: RecordId,
    /// Code of its school.
    pub school_code: String,
    /// Its student number.
    pub student_no: String,
    /// Its exam number.
    pub exam_no: Option<String>,
    /// Blind index of its identity number.
    pub id_index: Option<IdIndex>,
    /// Blind index of the number's last four characters.
    pub id_last4_index: Option<IdIndex>,
    /// The name as the roll has it.
    pub name: String,
    /// Whether the row may receive a photo.
    pub is_open: bool,
    /// Expected graduation, `YYYY-MM-DD`.
    pub expected_graduation: Option<String>,
    /// What it said until corrections that two people agreed to. A photo taken before goes on being theirs.
    pub former: Vec<FormerIdentity>,
}

/// Who a record said it was, before a correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerIdentity {
    /// The name.
    pub name: String,
    /// Blind index of the identity number.
    pub id_index: Option<IdIndex>,
    /// Blind index of the number's last four characters.
    pub id_last4_index: Option<IdIndex>,
}

impl RollRow {
    /// The name that it has, and those that were corrected.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.former.iter().map(|former| former.name.as_str()))
    }

    /// The number that it has, and those that were corrected.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &Option<IdIndex>> {
        std::iter::once(&self.id_index).chain(self.former.iter().map(|former| &former.id_index))
    }

    /// As [`RollRow::numbers`], of the last four characters.
    pub(super) fn last_fours(&self) -> impl Iterator<Item = &Option<IdIndex>> {
        std::iter::once(&self.id_last4_index).chain(self.former.iter().map(|former| &former.id_last4_index))
    }
}

/// The roll rows that the keys of some photos name, found by every key.
#[derive(Default)]
pub struct RollLookup {
    rows: Vec<RollRow>,
    known: HashSet<RecordId>,
    by_key: HashMap<Key, Vec<usize>>,
}

impl RollLookup {
    /// Adds a row; one that is known already is passed over.
    pub fn insert(&mut self, row: RollRow) {
        if !self.known.insert(row.record_id) {
            return;
        }
        let place = self.rows.len();
        let bare = |number: &str| without_leading_zeros(number).to_owned();
        let mut keys = vec![
            Key::StudentNo(row.student_no.clone()),
            Key::StudentNoBare(bare(&row.student_no)),
        ];
        keys.extend(row.exam_no.clone().map(Key::ExamNo));
        keys.extend(row.exam_no.as_deref().map(|number| Key::ExamNoBare(bare(number))));
        let numbers: HashSet<&IdIndex> = row.numbers().flatten().collect();
        keys.extend(numbers.into_iter().cloned().map(Key::IdNumber));
        for key in keys {
            self.by_key.entry(key).or_default().push(place);
        }
        self.rows.push(row);
    }

    /// Whether any of these keys names a row.
    pub fn names_any(&self, keys: &[Key]) -> bool {
        keys.iter().any(|key| self.by_key.contains_key(key))
    }

    /// The rows that any of these keys names, each once, in the order of the roll.
    pub(super) fn rows_of(&self, keys: &[Key]) -> Vec<&RollRow> {
        let mut places: Vec<usize> = keys
            .iter()
            .filter_map(|key| self.by_key.get(key))
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        places.iter().filter_map(|place| self.rows.get(*place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batches::matching::{ManifestClaim, PhotoClaim, rule};
    use crate::id::EntryId;
    use crate::photos::finding::FindingCode;

    fn row(record_id: i64, name: &str, number: u8, former: Vec<FormerIdentity>) -> RollRow {
        RollRow {
            record_id: RecordId(record_id),
            school_code: "99001".to_owned(),
            student_no: format!("20220100{record_id:02}"),
            exam_no: None,
            id_index: Some(vec![number]),
            id_last4_index: None,
            name: name.to_owned(),
            is_open: true,
            expected_graduation: None,
            former,
        }
    }

    fn ruled(rows: Vec<RollRow>) -> (Option<RecordId>, Vec<FindingCode>) {
        let mut roll = RollLookup::default();
        rows.into_iter().for_each(|row| roll.insert(row));
        let photo = PhotoClaim {
            entry_id: EntryId(1),
            file_name: "1.jpg".to_owned(),
            key_tiers: vec![vec![Key::IdNumber(vec![1])]],
            claimed_name: Some("张小明".to_owned()),
        };
        let claim = ManifestClaim {
            row_no: 2,
            name: Some("张小明".to_owned()),
            id_index: Some(vec![1]),
            file_name: Some("1.jpg".to_owned()),
            ..ManifestClaim::default()
        };
        let ruling = rule(&photo, Some(&claim), &roll);
        (ruling.record_id, ruling.codes)
    }

    fn before() -> Vec<FormerIdentity> {
        vec![FormerIdentity {
            name: "张小明".to_owned(),
            id_index: Some(vec![1]),
            id_last4_index: None,
        }]
    }

    #[test]
    fn a_photo_taken_before_a_correction_stays_with_its_record() {
        let corrected = row(1, "张晓明", 2, before());
        assert_eq!(ruled(vec![corrected]), (Some(RecordId(1)), Vec::new()));
        let never_corrected = row(1, "张晓明", 1, Vec::new());
        assert_eq!(
            ruled(vec![never_corrected]),
            (Some(RecordId(1)), vec![FindingCode::Name])
        );
    }

    #[test]
    fn a_number_that_was_corrected_away_and_is_somebody_elses_goes_before_a_person() {
        let (corrected, owner) = (row(1, "张晓明", 2, before()), row(2, "张小明", 1, Vec::new()));
        assert_eq!(ruled(vec![corrected, owner]), (None, vec![FindingCode::MultiRoll]));
    }
}
