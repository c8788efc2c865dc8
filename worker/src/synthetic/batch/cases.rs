//! The faults, one function per kind of cause.

use super::manifest::ManifestRow;
use super::photo::{CaptureTime, Fault, Photo};
use super::plan::Planner;
use crate::synthetic::portrait::Backdrop;
use crate::synthetic::school::{RollRow, SCHOOL_CODE, resident_number};

/// Faults of the file or the picture that need one student each, with the code that they must be found by.
const SINGLE: [(&str, Fault); 26] = [
    ("CORRUPT", Fault::Truncated),
    ("CORRUPT", Fault::ZeroedTail),
    ("CORRUPT", Fault::HtmlPage),
    ("CORRUPT", Fault::EmptyFile),
    ("LIMIT", Fault::HugePngHeader),
    ("LIMIT", Fault::HugeJpegHeader),
    ("FMT", Fault::PngInside),
    ("FMT", Fault::Grey),
    ("SIZE", Fault::OtherSize(413, 626)),
    ("SIZE", Fault::OtherSize(358, 441)),
    ("LANDSCAPE", Fault::OnItsSide),
    ("BG", Fault::Backdrop(Backdrop::White)),
    ("BG", Fault::Backdrop(Backdrop::Red)),
    ("BG", Fault::Backdrop(Backdrop::Green)),
    ("BG", Fault::Backdrop(Backdrop::Busy)),
    ("EDGE", Fault::BlackBorder),
    ("EDGE", Fault::WhiteBorder),
    ("BLUR", Fault::Defocused),
    ("LIGHT", Fault::Underexposed),
    ("LIGHT", Fault::Overexposed),
    ("NOFACE", Fault::NobodyThere),
    ("KB", Fault::Heavy),
    ("DENSITY", Fault::NoDensity),
    ("QUALITY", Fault::LowQuality),
    ("GEOM", Fault::FarAway),
    ("GEOM", Fault::TooLow),
];

/// Plants each fault once.
pub(super) fn plant(planner: &mut Planner<'_>, round: usize) {
    for (code, fault) in SINGLE {
        let Some(row) = planner.take() else { return };
        let entry = planner.add_usual(row, fault);
        planner.expect(code, &entry, Some(row), None);
        if matches!(code, "CORRUPT" | "LIMIT") {
            planner.expect_missing(row);
        }
    }
    for (code, copy) in [
        ("DUP", Fault::None),
        ("DUP", Fault::ReencodedCopy),
        ("DUP", Fault::CroppedCopy),
        ("DUP", Fault::BrightenedCopy),
        ("MIRROR", Fault::MirroredCopy),
    ] {
        plant_copy(planner, code, copy);
    }
    plant_second_photos(planner);
    plant_manifest_faults(planner, round);
    plant_old(planner);
    plant_strangers(planner, round);
    plant_gaps(planner);
    add_harmless(planner);
}

/// The same picture under two students.
fn plant_copy(planner: &mut Planner<'_>, code: &'static str, copy: Fault) {
    let Some((owner, other)) = planner.take_two() else {
        return;
    };
    let owner_entry = planner.add_usual(owner, Fault::None);
    let other_entry = Planner::entry(other);
    let captured = if copy == Fault::None {
        planner.captured_of(&owner_entry)
    } else {
        planner.captured(other)
    };
    planner.list(ManifestRow::of(other, &other_entry));
    planner.shoot(Photo {
        entry: other_entry.clone(),
        subject: planner.subject(owner, 0),
        fault: copy,
        captured,
    });
    planner.expect(code, &other_entry, Some(other), Some(&owner_entry));
    planner.expect(code, &owner_entry, Some(owner), Some(&other_entry));
}

/// Two photos of one record: with known times the later one wins, otherwise people decide.
fn plant_second_photos(planner: &mut Planner<'_>) {
    for (suffix, has_times) in [(" (1)", true), ("-补拍", true), ("_2", false), (" 副本", false)] {
        let Some(row) = planner.take() else { return };
        let first = Planner::entry(row);
        let second = format!("{}{}{suffix}.jpg", Planner::folder(row), row.id_number);
        let year = planner.school.grad_year - 1;
        let time = |month, day| {
            has_times.then_some(CaptureTime {
                year,
                month,
                day,
                second_of_day: 36_000,
            })
        };
        planner.list(ManifestRow::of(row, &first));
        for (entry, shot, captured) in [(&first, 0, time(10, 12)), (&second, 1, time(11, 3))] {
            let subject = planner.subject(row, shot);
            planner.shoot(Photo {
                entry: entry.clone(),
                subject,
                fault: Fault::None,
                captured,
            });
        }
        planner.expect("SUPERSEDED", &first, Some(row), Some(&second));
        if has_times {
            planner.expect_clean(row, &second);
        } else {
            planner.expect("SUPERSEDED", &second, Some(row), Some(&first));
        }
    }
}

/// The agency's list disagrees with the roll or with the file's own name.
fn plant_manifest_faults(planner: &mut Planner<'_>, round: usize) {
    let Some((row, namesake)) = planner.take_two() else {
        return;
    };
    let spare = planner.add_usual(namesake, Fault::None);
    planner.expect_clean(namesake, &spare);
    let wrong_name = if round.is_multiple_of(2) && namesake.name != row.name {
        namesake.name.clone()
    } else {
        one_letter_off(&row.name)
    };
    list_wrongly(planner, row, "NAME", |line| line.name = wrong_name);
    if let Some((row, other)) = planner.take_two() {
        let spare = planner.add_usual(other, Fault::None);
        planner.expect_clean(other, &spare);
        let stranger = resident_number(&mut planner.dice, "210300", &row.birth, row.sex);
        list_wrongly(planner, row, "ID", |line| line.id_number = stranger);
        planner.expect_undecided(row);
    }
    if let Some(row) = planner.take() {
        list_wrongly(planner, row, "SCHOOL", |line| line.school_code = other_school());
        planner.expect_undecided(row);
    }
}

fn other_school() -> String {
    SCHOOL_CODE.replace('1', "2")
}

fn one_letter_off(name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let last = letters.pop();
    letters.push(if last == Some('清') { '青' } else { '清' });
    letters.into_iter().collect()
}

fn list_wrongly(planner: &mut Planner<'_>, row: &RollRow, code: &'static str, change: impl FnOnce(&mut ManifestRow)) {
    let entry = Planner::entry(row);
    let mut line = ManifestRow::of(row, &entry);
    change(&mut line);
    planner.list(line);
    let (subject, captured) = (planner.subject(row, 0), planner.captured(row));
    planner.shoot(Photo {
        entry: entry.clone(),
        subject,
        fault: Fault::None,
        captured,
    });
    planner.expect(code, &entry, Some(row), None);
}

/// A photo taken more than a year before graduation.
fn plant_old(planner: &mut Planner<'_>) {
    let Some(row) = planner.take() else { return };
    let entry = Planner::entry(row);
    let captured = CaptureTime {
        year: planner.school.grad_year - 3,
        month: 10,
        day: 18,
        second_of_day: 40_000,
    };
    planner.list(ManifestRow::of(row, &entry));
    let subject = planner.subject(row, 0);
    planner.shoot(Photo {
        entry: entry.clone(),
        subject,
        fault: Fault::None,
        captured: Some(captured),
    });
    planner.expect("OLD", &entry, Some(row), None);
}

/// Keys that name nobody, and files without a key.
fn plant_strangers(planner: &mut Planner<'_>, round: usize) {
    for is_listed in [true, false] {
        let Some(like) = planner.stranger_like() else { return };
        let entry = Planner::entry(&like);
        let subject = planner.subject(&like, 0);
        if is_listed {
            planner.list(ManifestRow::of(&like, &entry));
        }
        planner.shoot(Photo {
            entry: entry.clone(),
            subject,
            fault: Fault::None,
            captured: None,
        });
        planner.expect("NOROLL", &entry, None, None);
    }
    if let Some(row) = planner.take_where(|row| row.dirt.is_none() && row.id_number.len() == 18) {
        let key = planner.mistyped(&row.id_number);
        let entry = format!("{}{key}.jpg", Planner::folder(row));
        let (subject, captured) = (planner.subject(row, 0), planner.captured(row));
        planner.shoot(Photo {
            entry: entry.clone(),
            subject,
            fault: Fault::None,
            captured,
        });
        planner.expect("NOROLL", &entry, None, None);
        planner.expect_missing(row);
    }
    if let Some(row) = planner.take() {
        let entry = format!("{}IMG_{:04}.jpg", Planner::folder(row), 1234 + round);
        let (subject, captured) = (planner.subject(row, 0), planner.captured(row));
        planner.shoot(Photo {
            entry: entry.clone(),
            subject,
            fault: Fault::None,
            captured,
        });
        planner.expect("NOKEY", &entry, None, None);
        planner.expect_missing(row);
    }
}

/// Students who never came, and lines of the manifest whose file was forgotten.
fn plant_gaps(planner: &mut Planner<'_>) {
    for is_listed in [false, false, true, true] {
        let Some(row) = planner.take() else { return };
        if is_listed {
            planner.list(ManifestRow::of(row, &Planner::entry(row)));
        }
        planner.expect_missing(row);
    }
}

/// Odd, but right.
fn add_harmless(planner: &mut Planner<'_>) {
    for orientation in [3, 6, 8] {
        let Some(row) = planner.take() else { return };
        let entry = planner.add_usual(row, Fault::Turned(orientation));
        planner.expect_clean(row, &entry);
    }
    for extension in ["JPG", "jpeg", "JPEG"] {
        let Some(row) = planner.take() else { return };
        let entry = format!("{}{}.{extension}", Planner::folder(row), row.id_number);
        planner.add(row, Fault::None, entry.clone());
        planner.expect_clean(row, &entry);
    }
    if let Some(row) = planner.take_where(|row| row.dirt.is_none() && row.id_number.ends_with('X')) {
        let entry = format!("{}{}.jpg", Planner::folder(row), row.id_number.to_lowercase());
        planner.add(row, Fault::None, entry.clone());
        planner.expect_clean(row, &entry);
    }
    if let Some(row) = planner.take() {
        let entry = format!("{}DSC_{:04}.JPG", Planner::folder(row), planner.dice.between(100, 9999));
        planner.add(row, Fault::None, entry.clone());
        planner.expect_clean(row, &entry);
    }
}

/// Photos of people whose only row is closed.
pub(super) fn plant_graduates(planner: &mut Planner<'_>) {
    let school = planner.school;
    let open = school.numbers_of_open_rows();
    let left = |row: &&RollRow| matches!(row.status, "毕业" | "结业") && !open.contains(row.id_number.as_str());
    for row in school.rows.iter().filter(left).take(3) {
        let entry = planner.add_usual(row, Fault::None);
        planner.expect("GRADUATED", &entry, Some(row), None);
    }
}

/// Photos of people with two open rows; the agency knows only name and document number.
pub(super) fn plant_double_rows(planner: &mut Planner<'_>) {
    let school = planner.school;
    let several = school.numbers_of_several_open_rows();
    let is_first = |row: &&RollRow| several.contains(row.id_number.as_str()) && row.major.level == "本科";
    for row in school.rows.iter().filter(is_first) {
        let entry = Planner::entry(row);
        let line = ManifestRow {
            student_no: String::new(),
            exam_no: String::new(),
            ..ManifestRow::of(row, &entry)
        };
        planner.list(line);
        let (subject, captured) = (planner.subject(row, 0), planner.captured(row));
        planner.shoot(Photo {
            entry: entry.clone(),
            subject,
            fault: Fault::None,
            captured,
        });
        planner.expect("MULTIROLL", &entry, None, None);
    }
}

impl Planner<'_> {
    /// When the photo of this entry was taken.
    fn captured_of(&self, entry: &str) -> Option<CaptureTime> {
        self.photos()
            .iter()
            .find(|photo| photo.entry == entry)
            .and_then(|photo| photo.captured)
    }

    /// A person whom the roll does not know, in the class of somebody whom it does.
    fn stranger_like(&mut self) -> Option<RollRow> {
        let like = self.school.rows.get(self.dice.below(self.school.rows.len()))?;
        let id_number = resident_number(&mut self.dice, "220400", &like.birth, like.sex);
        let suffix = self.dice.between(7000, 9999);
        let exam_no = format!("{}{suffix}", like.exam_no.get(..10)?);
        let student_no = format!("{}{suffix}", like.student_no.get(..8)?);
        let name = one_letter_off(&like.name);
        Some(RollRow {
            id_number,
            exam_no,
            student_no,
            name,
            dirt: None,
            ..like.clone()
        })
    }

    /// The number with its check digit wrong, as a typing error leaves it.
    fn mistyped(&mut self, number: &str) -> String {
        let wrong = if number.ends_with('7') { '3' } else { '7' };
        let mut key: String = number.chars().take(17).collect();
        key.push(wrong);
        key
    }
}
