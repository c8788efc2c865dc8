//! The invented school: its students, their roll rows and the few rows that are dirty.

mod dirt;
mod lists;
mod names;
mod numbers;
mod roll_csv;

use std::collections::HashSet;

pub use dirt::{DirtyRow, Handling};
pub(crate) use numbers::resident_number;
pub use roll_csv::{COLUMNS, RollTruth};

use super::dice::Dice;
use lists::{MAJORS, Major};
use numbers::Numbers;

/// 院校代码 of the invented school; no real school has it.
pub const SCHOOL_CODE: &str = "99001";
/// 院校名称 of the invented school.
pub const SCHOOL_NAME: &str = "云杉理工学院";

/// Sex as the roll writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

impl Sex {
    /// The roll's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}

/// One 学籍 row as it should be; a dirty row keeps its fault beside the clean values.
#[derive(Clone, Debug)]
pub struct RollRow {
    /// 考生号, 14 digits.
    pub exam_no: String,
    /// 学号.
    pub student_no: String,
    /// 姓名.
    pub name: String,
    /// 性别.
    pub sex: Sex,
    /// 出生日期, YYYYMMDD.
    pub birth: String,
    /// 证件类型.
    pub id_kind: &'static str,
    /// 证件号码.
    pub id_number: String,
    /// 民族.
    pub nation: &'static str,
    /// 专业, with level, years and college.
    pub(crate) major: &'static Major,
    /// 班级.
    pub class: String,
    /// Year of 入学日期 (1 September).
    pub entry_year: i32,
    /// Year of 预计毕业日期 (30 June).
    pub grad_year: i32,
    /// 学籍状态.
    pub status: &'static str,
    /// What the written row suffers from.
    pub(crate) dirt: Option<dirt::Dirt>,
}

impl RollRow {
    /// The college (分院) that teaches the student.
    pub fn college(&self) -> &'static str {
        self.major.college
    }

    /// True while the row is open: neither left nor finished.
    pub fn is_open(&self) -> bool {
        matches!(self.status, "注册学籍" | "休学" | "保留学籍" | "暂缓注册")
    }

    /// True when the graduating campaign waits for a photo of this row.
    pub fn is_expected(&self, grad_year: i32) -> bool {
        self.status == "注册学籍" && self.grad_year == grad_year
    }
}

/// The invented school with its whole roll.
#[derive(Clone, Debug)]
pub struct School {
    /// 院校代码, five digits.
    pub code: &'static str,
    /// 院校名称.
    pub name: &'static str,
    /// The year whose June the students graduate in.
    pub grad_year: i32,
    /// The roll's rows in file order.
    pub rows: Vec<RollRow>,
}

/// Share of students, of 1,000, whose status is not 注册学籍.
const OTHER_STATUS: [(&str, usize); 6] = [
    ("休学", 9),
    ("保留学籍", 4),
    ("暂缓注册", 3),
    ("毕业", 8),
    ("结业", 4),
    ("退学", 6),
];

impl School {
    /// Invents a school with this many students and, for some of them, an earlier row.
    pub fn generate(seed: u64, students: usize, grad_year: i32) -> Self {
        let mut dice = Dice::new(seed, "school", 0);
        let mut numbers = Numbers::new();
        let mut rows: Vec<RollRow> = (0..students)
            .map(|_| new_student(&mut dice, &mut numbers, grad_year))
            .collect();
        assign_statuses(&mut rows, &mut Dice::new(seed, "status", 0), grad_year);
        add_earlier_rows(&mut rows, &mut Dice::new(seed, "earlier", 0), &mut numbers);
        add_second_open_rows(&mut rows, &mut Dice::new(seed, "second", 0), &mut numbers, students);
        dirt::soil(&mut rows, &mut Dice::new(seed, "dirt", 0), students);
        Self {
            code: SCHOOL_CODE,
            name: SCHOOL_NAME,
            grad_year,
            rows,
        }
    }

    /// Document numbers that more than one open row carries.
    pub(crate) fn numbers_of_several_open_rows(&self) -> HashSet<&str> {
        let mut seen = HashSet::new();
        self.rows
            .iter()
            .filter(|row| row.is_open())
            .map(|row| row.id_number.as_str())
            .filter(|id| !seen.insert(*id))
            .collect()
    }

    /// Document numbers with an open row.
    pub(crate) fn numbers_of_open_rows(&self) -> HashSet<&str> {
        self.rows
            .iter()
            .filter(|row| row.is_open())
            .map(|row| row.id_number.as_str())
            .collect()
    }
}

fn new_student(dice: &mut Dice, numbers: &mut Numbers, grad_year: i32) -> RollRow {
    let sex = if dice.chance(500) { Sex::Male } else { Sex::Female };
    let (name, nation) = names::invent(dice, sex);
    let major = &MAJORS[dice.below(MAJORS.len())];
    let entry_year = grad_year - major.years;
    let youngest = if major.is_full_time() { 18 } else { 23 };
    let birth_year = entry_year - youngest - dice.between(0, 2);
    let birth = format!("{birth_year:04}{:02}{:02}", dice.between(1, 12), dice.between(1, 28));
    let (id_kind, id_number) = numbers.document(dice, &birth, sex);
    let (student_no, class) = numbers.place_in_class(major, entry_year);
    RollRow {
        exam_no: numbers.exam(dice, entry_year),
        student_no,
        name,
        sex,
        birth,
        id_kind,
        id_number,
        nation,
        major,
        class,
        entry_year,
        grad_year,
        status: "注册学籍",
        dirt: None,
    }
}

/// Gives a few students each of the other statuses; those who left did so a year earlier.
fn assign_statuses(rows: &mut [RollRow], dice: &mut Dice, grad_year: i32) {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    dice.shuffle(&mut order);
    let mut order = order.into_iter();
    for (status, per_mille) in OTHER_STATUS {
        let least = if rows.len() >= 100 { 3 } else { 1 };
        for place in order
            .by_ref()
            .take((rows.len() * per_mille / 1000).max(least).min(rows.len() / 16))
        {
            let Some(row) = rows.get_mut(place) else { continue };
            row.status = status;
            if matches!(status, "毕业" | "结业") {
                row.grad_year = grad_year - 1;
            }
        }
    }
}

/// Gives most 专升本 students the closed 专科 row that they came from, under the same document number.
fn add_earlier_rows(rows: &mut Vec<RollRow>, dice: &mut Dice, numbers: &mut Numbers) {
    let mut earlier = Vec::new();
    for row in rows.iter().filter(|row| row.major.level == "专升本" && row.is_open()) {
        if dice.chance(700) {
            let major = dice.pick(&lists::junior_majors());
            let grad_year = row.entry_year - dice.between(0, 2);
            earlier.push(another_row(row, major, grad_year, "毕业", dice, numbers));
        }
    }
    // Numbers are put in between others in a moment; rows, of which a large school has a million, would take minutes.
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for number in rows.len()..rows.len() + earlier.len() {
        order.insert(dice.below(order.len() + 1), number);
    }
    let mut unordered: Vec<Option<RollRow>> = rows.drain(..).chain(earlier).map(Some).collect();
    rows.extend(order.into_iter().filter_map(|number| unordered.get_mut(number)?.take()));
}

/// Gives a handful of full-time students a second open row: two programmes under one document number.
fn add_second_open_rows(rows: &mut Vec<RollRow>, dice: &mut Dice, numbers: &mut Numbers, students: usize) {
    let wanted = if students < 40 { 0 } else { (students / 700).clamp(1, 4) };
    let mut taken = Vec::new();
    for _ in 0..wanted * 40 {
        let place = dice.below(rows.len());
        let free = rows
            .get(place)
            .is_some_and(|row| row.status == "注册学籍" && row.major.level == "本科");
        if free && taken.len() < wanted && !taken.contains(&place) {
            taken.push(place);
        }
    }
    for place in taken {
        let Some(row) = rows.get(place) else { continue };
        let second = another_row(row, lists::second_degree(), row.grad_year, "注册学籍", dice, numbers);
        rows.push(second);
    }
}

fn another_row(
    row: &RollRow,
    major: &'static Major,
    grad_year: i32,
    status: &'static str,
    dice: &mut Dice,
    numbers: &mut Numbers,
) -> RollRow {
    let entry_year = grad_year - major.years;
    let (student_no, class) = numbers.place_in_class(major, entry_year);
    let exam_no = numbers.exam(dice, entry_year);
    RollRow {
        exam_no,
        student_no,
        class,
        major,
        entry_year,
        grad_year,
        status,
        ..row.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::numbers::check_digit;
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_roll() {
        let text = |seed| {
            let mut bytes = Vec::new();
            School::generate(seed, 300, 2027)
                .write_roll_csv(&mut bytes)
                .expect("memory takes every byte");
            bytes
        };
        assert_eq!(text(1), text(1));
        assert_ne!(text(1), text(2));
    }

    #[test]
    fn every_resident_number_has_its_check_digit() {
        let school = School::generate(3, 2000, 2027);
        for row in school.rows.iter().filter(|row| row.id_number.len() == 18) {
            let (body, last) = row.id_number.split_at(17);
            assert_eq!(check_digit(body).to_string(), last);
        }
    }

    #[test]
    fn school_keys_are_unique_and_documents_belong_to_one_name() {
        let school = School::generate(4, 2000, 2027);
        let mut keys = HashSet::new();
        let mut names = std::collections::HashMap::new();
        for row in &school.rows {
            assert!(keys.insert(&row.student_no) && keys.insert(&row.exam_no));
            assert_eq!(*names.entry(&row.id_number).or_insert(&row.name), &row.name);
        }
        assert!(school.numbers_of_several_open_rows().len() >= 2);
    }

    #[test]
    fn some_names_are_rare_and_some_hold_a_dot() {
        let school = School::generate(5, 2000, 2027);
        let has = |test: fn(char) -> bool| school.rows.iter().any(|row| row.name.chars().any(test));
        assert!(has(|c| c == '\u{b7}'));
        assert!(has(|c| ('\u{3400}'..='\u{4dbf}').contains(&c)));
        assert!(has(|c| ('\u{20000}'..='\u{2ffff}').contains(&c)));
    }
}
