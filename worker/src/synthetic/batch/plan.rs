//! Decides who is photographed, what goes wrong with whom, and what the agency's list says.

use super::cases;
use super::manifest::ManifestRow;
use super::photo::{CaptureTime, Fault, Photo};
use super::{AgencyBatch, CleanEntry, ManifestOnly, Plant, Truth};
use crate::synthetic::dice::Dice;
use crate::synthetic::portrait::{Figure, Subject};
use crate::synthetic::school::{Handling, RollRow, School, Sex};

/// Files that operating systems leave behind.
pub(super) const JUNK: [&str; 4] = ["__MACOSX/._manifest.csv", "Thumbs.db", ".DS_Store", "desktop.ini"];

impl AgencyBatch {
    /// Plans the delivery for a school: nearly everybody is photographed, and each known fault is planted a few times.
    pub fn plan(school: &School, seed: u64) -> Self {
        let mut planner = Planner::new(school, seed);
        for round in 0..(school.rows.len() / 700).clamp(1, 3) {
            cases::plant(&mut planner, round);
        }
        cases::plant_graduates(&mut planner);
        cases::plant_double_rows(&mut planner);
        planner.photograph_the_rest();
        planner.finish()
    }
}

/// Keeps the books while cases are planted.
pub(super) struct Planner<'a> {
    pub(super) school: &'a School,
    pub(super) dice: Dice,
    seed: u64,
    /// Rows to be photographed that no case has used yet, in random order.
    free: Vec<&'a RollRow>,
    /// How many rows cases may still use: at least half of the batch stays clean.
    allowance: usize,
    photos: Vec<Photo>,
    manifest: Vec<ManifestRow>,
    truth: Truth,
}

impl<'a> Planner<'a> {
    fn new(school: &'a School, seed: u64) -> Self {
        let several = school.numbers_of_several_open_rows();
        let mut truth = Truth::default();
        let mut free = Vec::new();
        for row in school.rows.iter().filter(|row| row.is_open()) {
            match row.dirt.map(|dirt| dirt.describe().1) {
                Some(Handling::Rejected) => continue,
                Some(Handling::Warned) => truth.undecided.push(row.student_no.clone()),
                _ if several.contains(row.id_number.as_str()) => truth.undecided.push(row.student_no.clone()),
                _ if row.is_expected(school.grad_year) => free.push(row),
                _ => truth.missing_if_every_open_row_is_expected.push(row.student_no.clone()),
            }
        }
        let mut dice = Dice::new(seed, "plan", 0);
        dice.shuffle(&mut free);
        let allowance = free.len() / 2;
        Self {
            school,
            dice,
            seed,
            free,
            allowance,
            photos: Vec::new(),
            manifest: Vec::new(),
            truth,
        }
    }

    /// A clean row for a case; none when the cases have had their share of the school.
    pub(super) fn take(&mut self) -> Option<&'a RollRow> {
        self.take_where(|row| row.dirt.is_none())
    }

    /// A row for a case that only some rows suit.
    pub(super) fn take_where(&mut self, suits: impl Fn(&RollRow) -> bool) -> Option<&'a RollRow> {
        self.allowance = self.allowance.checked_sub(1)?;
        let place = self.free.iter().rposition(|row| suits(row))?;
        Some(self.free.swap_remove(place))
    }

    /// Two rows of the same sex, for copies.
    pub(super) fn take_two(&mut self) -> Option<(&'a RollRow, &'a RollRow)> {
        let first = self.take()?;
        let second = self.take_where(|row| row.dirt.is_none() && row.sex == first.sex)?;
        Some((first, second))
    }

    /// Who is seen in a photo taken for this row.
    pub(super) fn subject(&self, row: &RollRow, shot: u64) -> Subject {
        let figure = if row.sex == Sex::Male {
            Figure::Man
        } else {
            Figure::Woman
        };
        let person = Dice::new(self.seed, &row.id_number, 0).word();
        Subject { person, figure, shot }
    }

    /// When this row's class was photographed: autumn before graduation. Some cameras write no time.
    pub(super) fn captured(&mut self, row: &RollRow) -> Option<CaptureTime> {
        let mut day = Dice::new(self.seed, &row.class, 0);
        let time = CaptureTime {
            year: self.school.grad_year - 1,
            month: 10,
            day: day.between(10, 24) as u32,
            second_of_day: (8 * 3600 + self.dice.between(0, 9 * 3600)) as u32,
        };
        self.dice.chance(800).then_some(time)
    }

    /// The folder of a row's class.
    pub(super) fn folder(row: &RollRow) -> String {
        format!("{}/{}/", row.college(), row.class)
    }

    /// The usual name of a row's photo.
    pub(super) fn entry(row: &RollRow) -> String {
        format!("{}{}.jpg", Self::folder(row), row.id_number)
    }

    /// Adds a photo of a row under its usual name, with a fault, and its line in the manifest.
    pub(super) fn add_usual(&mut self, row: &RollRow, fault: Fault) -> String {
        let entry = Self::entry(row);
        self.add(row, fault, entry.clone());
        entry
    }

    /// Adds a photo of a row under this name, and its line in the manifest.
    pub(super) fn add(&mut self, row: &RollRow, fault: Fault, entry: String) {
        let (subject, captured) = (self.subject(row, 0), self.captured(row));
        self.list(ManifestRow::of(row, &entry));
        self.shoot(Photo {
            entry,
            subject,
            fault,
            captured,
        });
    }

    /// Adds a photo without a line in the manifest.
    pub(super) fn shoot(&mut self, photo: Photo) {
        self.photos.push(photo);
    }

    /// The photos added so far.
    pub(super) fn photos(&self) -> &[Photo] {
        &self.photos
    }

    /// Adds a line to the manifest.
    pub(super) fn list(&mut self, row: ManifestRow) {
        self.manifest.push(row);
    }

    /// Writes a planted fault into the truth.
    pub(super) fn expect(&mut self, code: &'static str, entry: &str, row: Option<&RollRow>, other: Option<&str>) {
        self.truth.planted.push(Plant {
            code,
            entry: entry.to_owned(),
            student_no: row.map(|row| row.student_no.clone()),
            other_entry: other.map(str::to_owned),
        });
    }

    /// Writes a faultless entry into the truth.
    pub(super) fn expect_clean(&mut self, row: &RollRow, entry: &str) {
        self.truth.clean.push(CleanEntry {
            entry: entry.to_owned(),
            student_no: row.student_no.clone(),
        });
    }

    /// Writes a record that stays without a photo into the truth.
    pub(super) fn expect_missing(&mut self, row: &RollRow) {
        self.truth.missing.push(row.student_no.clone());
    }

    /// Writes a record into the truth of which a report may say that its photo is missing, or not.
    pub(super) fn expect_undecided(&mut self, row: &RollRow) {
        self.truth.undecided.push(row.student_no.clone());
    }

    fn photograph_the_rest(&mut self) {
        for row in std::mem::take(&mut self.free) {
            let entry = self.add_usual(row, Fault::None);
            self.expect_clean(row, &entry);
        }
    }

    /// Puts everything into the order of an archive made of folders.
    fn finish(mut self) -> AgencyBatch {
        self.photos.sort_by(|a, b| a.entry.cmp(&b.entry));
        self.manifest.sort_by(|a, b| a.entry.cmp(&b.entry));
        let delivered: std::collections::HashSet<&str> = self.photos.iter().map(|photo| photo.entry.as_str()).collect();
        let without_file = self
            .manifest
            .iter()
            .enumerate()
            .filter(|(_, row)| !delivered.contains(row.entry.as_str()));
        self.truth.manifest_only = without_file
            .map(|(place, row)| ManifestOnly {
                row: place + 1,
                student_no: row.student_no.clone(),
            })
            .collect();
        self.truth.ignored = JUNK.iter().map(|&name| name.to_owned()).collect();
        self.truth.clean.sort_by(|a, b| a.entry.cmp(&b.entry));
        self.truth.missing.sort();
        self.truth.undecided.sort();
        AgencyBatch {
            photos: self.photos,
            manifest: self.manifest,
            truth: self.truth,
        }
    }
}
