//! Which record a photo belongs to: the file's own key, the manifest's word, and what the roll says. Pure: rows in, rulings out.
//!
//! A key that names nobody is never bent to a neighbour, a name alone never matches, and whatever disagrees goes before a person.

mod lookup;

use std::collections::HashMap;

pub use self::lookup::{FormerIdentity, RollLookup, RollRow};
use crate::id::{EntryId, RecordId};
use crate::photos::finding::FindingCode;
use crate::roll::name::{self, NameMatch};

/// A keyed blind index of an identity number.
pub type IdIndex = Vec<u8>;

/// One reading of a key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// An identity number, as its blind index.
    IdNumber(IdIndex),
    /// An exam number (考生号).
    ExamNo(String),
    /// A student number (学号).
    StudentNo(String),
    /// An exam number without its leading zeros, which a spreadsheet may have eaten.
    ExamNoBare(String),
    /// A student number without its leading zeros.
    StudentNoBare(String),
}

/// A manifest's row.
#[derive(Clone, Default)]
pub struct ManifestClaim {
    /// Its number in the manifest, as people count.
    pub row_no: i64,
    /// The name, possibly masked.
    pub name: Option<String>,
    /// Blind index of the identity number.
    pub id_index: Option<IdIndex>,
    /// Blind index of the last four characters, where only those are given.
    pub id_last4_index: Option<IdIndex>,
    /// The exam number.
    pub exam_no: Option<String>,
    /// The student number.
    pub student_no: Option<String>,
    /// The school's code.
    pub school_code: Option<String>,
    /// The file it speaks of, folded by [`fold_file_name`].
    pub file_name: Option<String>,
}

impl ManifestClaim {
    /// Every key that the row gives.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        keys.extend(self.id_index.clone().map(Key::IdNumber));
        keys.extend(self.exam_no.clone().map(Key::ExamNo));
        keys.extend(self.student_no.clone().map(Key::StudentNo));
        keys
    }
}

impl ManifestClaim {
    /// In `code` mode the school code and the student number together are the key, and nothing else is.
    pub fn keep_code_keys(&mut self) {
        self.id_index = None;
        self.exam_no = None;
        if self.school_code.is_none() {
            self.student_no = None;
        }
    }
}

impl PhotoClaim {
    /// In `code` mode a file is named by an opaque number that is nobody's key.
    pub fn drop_own_key(&mut self) {
        self.key_tiers.clear();
        self.claimed_name = None;
    }
}

/// A photo as matching sees it.
#[derive(Clone)]
pub struct PhotoClaim {
    /// The entry.
    pub entry_id: EntryId,
    /// Its name, folded by [`fold_file_name`].
    pub file_name: String,
    /// Readings of the file's own key: a later tier counts only where no earlier one names a row.
    pub key_tiers: Vec<Vec<Key>>,
    /// A name written beside the key in the file name.
    pub claimed_name: Option<String>,
}

/// What matching says of a photo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    /// The record, where exactly one is meant.
    pub record_id: Option<RecordId>,
    /// The record's expected graduation, `YYYY-MM-DD`, by which a photo's age is judged.
    pub expected_graduation: Option<String>,
    /// What stands in the way.
    pub codes: Vec<FindingCode>,
}

/// Folds a path for comparison: separators, letter case and full-width forms are not differences.
pub fn fold_file_name(path: &str) -> String {
    let path = path.replace('\\', "/");
    name::fold_width(path.trim_start_matches("./")).to_lowercase()
}

fn base_name(folded: &str) -> &str {
    folded.rsplit('/').next().unwrap_or(folded)
}

/// Finds manifest rows by the file they name, or by the key they share with it.
pub struct ManifestIndex<'a> {
    claims: &'a [ManifestClaim],
    by_path: HashMap<&'a str, Vec<usize>>,
    by_base_name: HashMap<&'a str, Vec<usize>>,
    by_key: HashMap<Key, Vec<usize>>,
}

impl<'a> ManifestIndex<'a> {
    /// An index of these rows.
    pub fn new(claims: &'a [ManifestClaim]) -> Self {
        let mut index = Self {
            claims,
            by_path: HashMap::new(),
            by_base_name: HashMap::new(),
            by_key: HashMap::new(),
        };
        for (place, claim) in claims.iter().enumerate() {
            match &claim.file_name {
                Some(file_name) => {
                    index.by_path.entry(file_name).or_default().push(place);
                    index.by_base_name.entry(base_name(file_name)).or_default().push(place);
                }
                None => {
                    for key in claim.keys() {
                        index.by_key.entry(key).or_default().push(place);
                    }
                }
            }
        }
        index
    }

    /// The row that speaks of this file, with its place among all; none where two rows do, since then neither can be relied on.
    pub fn row_of(&self, photo: &PhotoClaim) -> Option<(usize, &'a ManifestClaim)> {
        let place = self.place_of(photo)?;
        Some((place, self.claims.get(place)?))
    }

    fn place_of(&self, photo: &PhotoClaim) -> Option<usize> {
        let only = |places: Option<&Vec<usize>>| match places.map(Vec::as_slice) {
            Some([place]) => Some(*place),
            _ => None,
        };
        if let Some(place) = only(self.by_path.get(photo.file_name.as_str())) {
            return Some(place);
        }
        if let Some(place) = only(self.by_base_name.get(base_name(&photo.file_name))) {
            // `a/1.jpg` and `b/1.jpg` share a base name; a row that gives another folder means another file.
            let names_folder = self
                .claims
                .get(place)?
                .file_name
                .as_deref()
                .is_some_and(|named| named.contains('/'));
            if !names_folder || !photo.file_name.contains('/') {
                return Some(place);
            }
        }
        // Some lists leave the ending out, and an opaque number has none.
        let stem = base_name(&photo.file_name).rsplit_once('.').map(|(stem, _)| stem);
        if let Some(place) = stem.and_then(|stem| only(self.by_base_name.get(stem))) {
            return Some(place);
        }
        photo
            .key_tiers
            .iter()
            .flatten()
            .find_map(|key| only(self.by_key.get(key)))
    }
}

/// Rules on a photo, of which a row of the manifest may speak.
pub fn rule(photo: &PhotoClaim, claim: Option<&ManifestClaim>, roll: &RollLookup) -> Ruling {
    let own = photo
        .key_tiers
        .iter()
        .map(|tier| roll.rows_of(tier))
        .find(|rows| !rows.is_empty())
        .unwrap_or_default();
    let has_own_key = photo.key_tiers.iter().any(|tier| !tier.is_empty());
    if !own.is_empty() {
        return rule_named(photo, claim, &own);
    }
    let Some(claim) = claim else {
        let code = if has_own_key {
            FindingCode::NoRoll
        } else {
            FindingCode::NoKey
        };
        return Ruling {
            codes: vec![code],
            ..Ruling::default()
        };
    };
    let claimed = rows_of_claim(claim, roll);
    if has_own_key {
        // The file says one number and the manifest another: nobody but a person may choose between them.
        let mut codes = vec![FindingCode::NoRoll];
        if !claimed.is_empty() && !claim.keys().is_empty() {
            codes.push(FindingCode::Id);
        }
        return Ruling {
            codes,
            ..Ruling::default()
        };
    }
    if claim.keys().is_empty() {
        return Ruling {
            codes: vec![FindingCode::NoKey],
            ..Ruling::default()
        };
    }
    if claimed.is_empty() {
        return Ruling {
            codes: vec![FindingCode::NoRoll],
            ..Ruling::default()
        };
    }
    rule_named(photo, Some(claim), &claimed)
}

/// The rows that a manifest row means: those that all of its keys agree on, else those that any of them names.
fn rows_of_claim<'a>(claim: &ManifestClaim, roll: &'a RollLookup) -> Vec<&'a RollRow> {
    let named = roll.rows_of(&claim.keys());
    let agreeing: Vec<&RollRow> = named
        .iter()
        .copied()
        .filter(|row| disagreements(row, claim).is_empty())
        .collect();
    if agreeing.is_empty() { named } else { agreeing }
}

fn rule_named(photo: &PhotoClaim, claim: Option<&ManifestClaim>, named: &[&RollRow]) -> Ruling {
    let mut open: Vec<&RollRow> = named.iter().copied().filter(|row| row.is_open).collect();
    if open.len() > 1
        && let Some(student_no) = claim.and_then(|claim| claim.student_no.as_deref())
        && open.iter().filter(|row| row.student_no == student_no).count() == 1
    {
        open.retain(|row| row.student_no == student_no);
    }
    let (row, mut codes) = match (open.as_slice(), named) {
        ([row], _) => (*row, Vec::new()),
        ([], [row]) => (*row, vec![FindingCode::Graduated]),
        ([], _) => {
            return Ruling {
                codes: vec![FindingCode::Graduated],
                ..Ruling::default()
            };
        }
        (_, _) => {
            return Ruling {
                codes: vec![FindingCode::MultiRoll],
                ..Ruling::default()
            };
        }
    };
    if let Some(claim) = claim {
        codes.extend(disagreements(row, claim));
    }
    if let Some(claimed) = &photo.claimed_name
        && !codes.contains(&FindingCode::Name)
        && row
            .names()
            .all(|own| name::compare_loosely(own, claimed) == NameMatch::Different)
    {
        codes.push(FindingCode::Name);
    }
    Ruling {
        record_id: Some(row.record_id),
        expected_graduation: row.expected_graduation.clone(),
        codes,
    }
}

/// What a manifest row says that the record does not.
fn disagreements(row: &RollRow, claim: &ManifestClaim) -> Vec<FindingCode> {
    let mut codes = Vec::new();
    if claim.name.as_deref().is_some_and(|claimed| {
        row.names()
            .all(|own| name::compare(own, claimed) == NameMatch::Different)
    }) {
        codes.push(FindingCode::Name);
    }
    let differs = |claimed: Option<&str>, own: Option<&str>| claimed.is_some_and(|claimed| own != Some(claimed));
    let id_differs = claim.id_index.is_some() && row.numbers().all(|own| claim.id_index != *own)
        || claim.id_last4_index.is_some() && row.last_fours().all(|own| claim.id_last4_index != *own)
        || differs(claim.exam_no.as_deref(), row.exam_no.as_deref())
        || differs(claim.student_no.as_deref(), Some(&row.student_no));
    if id_differs {
        codes.push(FindingCode::Id);
    }
    if differs(claim.school_code.as_deref(), Some(&row.school_code)) {
        codes.push(FindingCode::School);
    }
    codes
}
