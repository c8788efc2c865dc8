//! Document numbers (GB 11643), 考生号 and 学号, each given out once.

use std::collections::{HashMap, HashSet};

use super::Sex;
use super::lists::{MAJORS, Major};
use crate::synthetic::dice::Dice;

/// Prefecture-level codes of GB/T 2260: valid, but hardly ever the code on a real resident card.
const REGIONS: [&str; 31] = [
    "130100", "130200", "140100", "150100", "210100", "210200", "220100", "230100", "320100", "320500", "330100",
    "330300", "340100", "350100", "350200", "360100", "370100", "370200", "410100", "420100", "430100", "440100",
    "450100", "460100", "510100", "520100", "530100", "610100", "620100", "630100", "640100",
];
/// Region codes of the 港澳台居民居住证.
const RESIDENCE_REGIONS: [&str; 3] = ["810000", "820000", "830000"];
const STUDENTS_PER_CLASS: u32 = 36;
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character of 17 digits (GB 11643-1999).
pub(crate) fn check_digit(body: &str) -> char {
    let sum: u32 = body
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize]
}

/// A resident number of an invented person with this birth date and sex.
pub(crate) fn resident_number(dice: &mut Dice, region: &str, birth: &str, sex: Sex) -> String {
    let serial = dice.between(1, 498) * 2 + i32::from(sex == Sex::Male);
    let body = format!("{region}{birth}{serial:03}");
    let check = check_digit(&body);
    format!("{body}{check}")
}

/// What has been given out already.
pub(crate) struct Numbers {
    taken: HashSet<String>,
    class_sizes: HashMap<(&'static str, &'static str, i32), u32>,
}

impl Numbers {
    /// A registry with nothing given out.
    pub(crate) fn new() -> Self {
        Self {
            taken: HashSet::new(),
            class_sizes: HashMap::new(),
        }
    }

    /// 证件类型 and 证件号码 of a new person.
    pub(crate) fn document(&mut self, dice: &mut Dice, birth: &str, sex: Sex) -> (&'static str, String) {
        loop {
            let (kind, number) = match dice.below(1000) {
                0..6 => (
                    "港澳居民来往内地通行证",
                    format!("{}{:08}", dice.pick(&['H', 'M']), dice.between(1_000_000, 99_999_999)),
                ),
                6..9 => (
                    "台湾居民来往大陆通行证",
                    format!("{:08}", dice.between(1_000_000, 99_999_999)),
                ),
                9..12 => (
                    "护照",
                    format!(
                        "{}{:08}",
                        dice.pick(&['E', 'G', 'P']),
                        dice.between(1_000_000, 99_999_999)
                    ),
                ),
                12..18 => {
                    let region = dice.pick(&RESIDENCE_REGIONS);
                    ("港澳台居民居住证", resident_number(dice, region, birth, sex))
                }
                _ => {
                    let region = dice.pick(&REGIONS);
                    ("居民身份证", resident_number(dice, region, birth, sex))
                }
            };
            if self.taken.insert(number.clone()) {
                return (kind, number);
            }
        }
    }

    /// A new 考生号: year, region, two digits of kind, serial.
    pub(crate) fn exam(&mut self, dice: &mut Dice, entry_year: i32) -> String {
        loop {
            let region = dice.pick(&REGIONS);
            let number = format!(
                "{:02}{region}1{}{:04}",
                entry_year % 100,
                dice.between(0, 9),
                dice.between(1, 9999)
            );
            if self.taken.insert(number.clone()) {
                return number;
            }
        }
    }

    /// A new 学号 and its class: year, college, major, class, place in the class.
    pub(crate) fn place_in_class(&mut self, major: &'static Major, entry_year: i32) -> (String, String) {
        let size = self
            .class_sizes
            .entry((major.code, major.level, entry_year))
            .or_insert(0);
        let (class, place) = (*size / STUDENTS_PER_CLASS + 1, *size % STUDENTS_PER_CLASS + 1);
        *size += 1;
        let major_no = MAJORS
            .iter()
            .position(|other| other == major)
            .map_or(90, |place| place + 1);
        let student_no = format!(
            "{entry_year:04}{:02}{major_no:02}{class:02}{place:02}",
            major.college_no
        );
        (
            student_no,
            format!("{}{:02}{class:02}班", major.short, entry_year % 100),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::check_digit;

    #[test]
    fn the_examples_of_the_standard_pass() {
        assert_eq!(check_digit("11010519491231002"), 'X');
        assert_eq!(check_digit("44052418800101001"), '4');
    }
}
