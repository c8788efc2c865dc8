//! Rows that are wrong the way real roll files are wrong, and what an import must make of each.

use serde::Serialize;

use super::RollRow;
use crate::synthetic::dice::Dice;

/// What an import must do with a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handling {
    /// Refused with an error.
    Rejected,
    /// Imported or refused, but never without a word.
    Warned,
    /// Imported as if it were clean.
    Accepted,
}

/// A row that is dirty, for the ground truth.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DirtyRow {
    /// 1 is the first row under the header.
    pub row: usize,
    /// The row's 学号.
    pub student_no: String,
    /// The fault, in kebab case.
    pub kind: &'static str,
    /// What the import must do.
    pub handling: Handling,
    /// The column whose value is wrong.
    pub column: &'static str,
}

/// The faults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dirt {
    WrongCheckDigit,
    DigitsLost,
    NameMissing,
    ImpossibleBirth,
    NumberMissing,
    SexMismatch,
    BirthMismatch,
    UnknownGlyph,
    LowercaseX,
    FullWidth,
    PaddedNumber,
    PaddedName,
    BirthWithSlashes,
    DotVariant,
}

const ALL: [Dirt; 14] = [
    Dirt::WrongCheckDigit,
    Dirt::DigitsLost,
    Dirt::NameMissing,
    Dirt::ImpossibleBirth,
    Dirt::NumberMissing,
    Dirt::SexMismatch,
    Dirt::BirthMismatch,
    Dirt::UnknownGlyph,
    Dirt::LowercaseX,
    Dirt::FullWidth,
    Dirt::PaddedNumber,
    Dirt::PaddedName,
    Dirt::BirthWithSlashes,
    Dirt::DotVariant,
];

impl Dirt {
    /// The fault's name, the import's duty and the column concerned.
    pub(crate) fn describe(self) -> (&'static str, Handling, &'static str) {
        match self {
            Self::WrongCheckDigit => ("wrong-check-digit", Handling::Rejected, "证件号码"),
            Self::DigitsLost => ("digits-lost", Handling::Rejected, "证件号码"),
            Self::NameMissing => ("name-missing", Handling::Rejected, "姓名"),
            Self::ImpossibleBirth => ("impossible-birth", Handling::Rejected, "出生日期"),
            Self::NumberMissing => ("number-missing", Handling::Rejected, "证件号码"),
            Self::SexMismatch => ("sex-mismatch", Handling::Warned, "性别"),
            Self::BirthMismatch => ("birth-mismatch", Handling::Warned, "出生日期"),
            Self::UnknownGlyph => ("unknown-glyph", Handling::Warned, "姓名"),
            Self::LowercaseX => ("lowercase-x", Handling::Accepted, "证件号码"),
            Self::FullWidth => ("full-width", Handling::Accepted, "证件号码"),
            Self::PaddedNumber => ("padded-number", Handling::Accepted, "证件号码"),
            Self::PaddedName => ("padded-name", Handling::Accepted, "姓名"),
            Self::BirthWithSlashes => ("birth-with-slashes", Handling::Accepted, "出生日期"),
            Self::DotVariant => ("dot-variant", Handling::Accepted, "姓名"),
        }
    }

    fn suits(self, row: &RollRow) -> bool {
        match self {
            Self::LowercaseX => row.id_number.ends_with('X'),
            Self::DotVariant => row.name.contains('\u{b7}'),
            Self::UnknownGlyph => row.name.chars().count() == 3,
            _ => true,
        }
    }

    /// The written values of name, birth date, sex and document number.
    pub(crate) fn spoil(self, row: &RollRow) -> [String; 4] {
        let mut name = row.name.clone();
        let mut birth = row.birth.clone();
        let mut sex = row.sex.word().to_owned();
        let mut id = row.id_number.clone();
        match self {
            Self::WrongCheckDigit => {
                let last = if id.ends_with('5') { '6' } else { '5' };
                id.pop();
                id.push(last);
            }
            Self::DigitsLost => id = format!("{}.{}E+17", id.get(..1).unwrap_or("1"), id.get(1..6).unwrap_or("10105")),
            Self::NameMissing => name.clear(),
            Self::ImpossibleBirth => birth = format!("{}0230", birth.get(..4).unwrap_or("2004")),
            Self::NumberMissing => id.clear(),
            Self::SexMismatch => {
                sex = if sex == "男" {
                    "女".to_owned()
                } else {
                    "男".to_owned()
                }
            }
            Self::BirthMismatch => {
                let month = if birth.get(4..6) == Some("12") { "11" } else { "12" };
                birth.replace_range(4..6, month);
            }
            Self::UnknownGlyph => {
                name.pop();
                name.push_str("??");
            }
            Self::LowercaseX => id = id.to_lowercase(),
            Self::FullWidth => id = id.chars().map(full_width).collect(),
            Self::PaddedNumber => id = format!(" {id}\u{a0}"),
            Self::PaddedName => name = format!("\u{3000}{name} "),
            Self::BirthWithSlashes => {
                let part = |range| birth.get(range).unwrap_or("01").trim_start_matches('0').to_owned();
                birth = format!("{}/{}/{}", part(0..4), part(4..6), part(6..8));
            }
            Self::DotVariant => name = name.replace('\u{b7}', "\u{2022}"),
        }
        [name, birth, sex, id]
    }
}

fn full_width(letter: char) -> char {
    match letter {
        '0'..='9' | 'X' => char::from_u32(letter as u32 + 0xfee0).unwrap_or(letter),
        _ => letter,
    }
}

/// Soils a few rows: each fault once for a small school, up to three times for a large one.
pub(crate) fn soil(rows: &mut [RollRow], dice: &mut Dice, students: usize) {
    if students < 100 {
        return;
    }
    let mut uses = std::collections::HashMap::new();
    for row in rows.iter() {
        *uses.entry(row.id_number.clone()).or_insert(0_u32) += 1;
    }
    for _ in 0..(students / 1000).clamp(1, 3) {
        for dirt in ALL {
            let fits = |row: &RollRow| {
                row.dirt.is_none()
                    && row.status == "注册学籍"
                    && row.id_kind == "居民身份证"
                    && uses.get(&row.id_number) == Some(&1)
                    && dirt.suits(row)
            };
            let places: Vec<usize> = rows
                .iter()
                .enumerate()
                .filter(|(_, row)| fits(row))
                .map(|(place, _)| place)
                .collect();
            if let Some(row) = places
                .get(dice.below(places.len()))
                .and_then(|&place| rows.get_mut(place))
            {
                row.dirt = Some(dirt);
            }
        }
    }
}
