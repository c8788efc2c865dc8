//! Dirty rolls in every format: what cannot be imported is an error, what is odd is said, what is only written differently goes in.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use domain::roll::import::table::{Table, TableOptions};
use rollproof_tests::{TestHouse, path};
use serde_json::Value;

use super::{Scores, list, python, read, seeds, test_data_with};

/// What a kind of dirt asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The row may not be imported.
    Error,
    /// Something must be said; the row may be imported or not.
    Said,
    /// The row is imported.
    Imported,
}

fn wanted(handling: &str) -> Wanted {
    match handling {
        text if text.starts_with("reject or flag") || text.starts_with("flag") => Wanted::Said,
        text if text.starts_with("reject") => Wanted::Error,
        _ => Wanted::Imported,
    }
}

/// Kinds whose trace a format itself cannot carry: dBASE fields have a fixed width and number, and GBK has no no-break space,
/// zero-width or private-use characters but writes `?`.
fn is_lost_in(format: &str, kind: &str) -> bool {
    match format {
        "dbf" => matches!(
            kind,
            "id_fullwidth"
                | "id_spaces"
                | "column_short"
                | "column_extra"
                | "name_too_long"
                | "name_newline"
                | "name_zero_width"
                | "name_pua"
                | "name_replacement_char"
                | "name_dot_variant"
        ),
        "gbk" => matches!(
            kind,
            "id_spaces" | "name_zero_width" | "name_pua" | "name_replacement_char" | "name_dot_variant"
        ),
        _ => false,
    }
}

fn rows_of(report: &Value, key: &str) -> HashSet<i64> {
    list(report, key)
        .iter()
        .filter_map(|issue| issue["row"].as_i64())
        .collect()
}

/// Rows of the data that share a document number, by the number.
fn rows_by_number(roll: &Path) -> Vec<Vec<i64>> {
    let mut table = Table::open(roll, &TableOptions::default()).expect("the roll is a table");
    let mut rows: HashMap<String, Vec<i64>> = HashMap::new();
    for (row, place) in table.rows().expect("the roll has rows").skip(1).zip(1..) {
        let row = row.expect("every row can be read");
        let number = row.cells.get(6).and_then(|cell| cell.text()).unwrap_or_default();
        rows.entry(number.to_owned()).or_default().push(place);
    }
    rows.into_values().filter(|rows| rows.len() > 1).collect()
}

fn score(format: &str, truth: &Value, sharing: &[Vec<i64>], report: &Value) -> Scores {
    // The truth counts rows of data; the report counts the heading too, where it is a row.
    let heading_rows = i64::from(format != "dbf");
    let (errors, warnings) = (rows_of(report, "errors"), rows_of(report, "warnings"));
    // Somebody with an earlier row under the same number has, with another name in one of them, two names.
    let two_names: HashSet<i64> = list(report, "errors")
        .iter()
        .filter(|issue| issue["code"] == "id-under-two-names")
        .filter_map(|issue| issue["row"].as_i64())
        .collect();
    let mut scores = Scores::default();
    let mut dirty: HashMap<i64, Wanted> = HashMap::new();
    let mut partners: HashSet<i64> = HashSet::new();
    for case in list(truth, "dirty_rows") {
        let kind = case["kind"].as_str().unwrap_or_default();
        let handling = match kind {
            // A rounded number in twenty passes its check and agrees with its row; then a person is told to look.
            "id_float_zeros" => Wanted::Said,
            _ => wanted(case["expected"].as_str().unwrap_or_default()),
        };
        let row = case["row"].as_i64().unwrap_or_default() + heading_rows;
        partners.extend(case["same_as_row"].as_i64().map(|row| row + heading_rows));
        dirty.insert(row, handling);
        if is_lost_in(format, kind) {
            continue;
        }
        let is_right = match handling {
            Wanted::Error => errors.contains(&row),
            Wanted::Said => errors.contains(&row) || warnings.contains(&row),
            Wanted::Imported => !errors.contains(&row) || kind.starts_with("name_") && two_names.contains(&row),
        };
        let score = scores.of(kind);
        score.planted += 1;
        score.found += usize::from(is_right);
        if !is_right {
            scores
                .faults
                .push(format!("row {row}: {kind} should be {}", case["expected"]));
        }
    }
    // Whoever shares a number with a row under another name may be the one that is wrong: nobody can tell.
    for rows in sharing {
        if rows.iter().any(|row| dirty.contains_key(&(row + heading_rows))) {
            partners.extend(
                rows.iter()
                    .map(|row| row + heading_rows)
                    .filter(|row| two_names.contains(row)),
            );
        }
    }
    let innocent: Vec<i64> = errors
        .iter()
        .copied()
        .filter(|row| !dirty.contains_key(row) && !partners.contains(row))
        .collect();
    let all = scores.of("errors on rows");
    all.accused_wrongly = innocent.len();
    all.accused_rightly = errors.len() - innocent.len();
    if !innocent.is_empty() {
        let reasons: Vec<String> = list(report, "errors")
            .iter()
            .filter(|issue| issue["row"].as_i64().is_some_and(|row| innocent.contains(&row)))
            .map(|issue| {
                format!(
                    "row {} is clean but {} {}",
                    issue["row"], issue["column"], issue["code"]
                )
            })
            .collect();
        scores.faults.extend(reasons);
    }
    scores
}

fn import(house: &TestHouse, file: &Path) -> Value {
    house.expect(3, &["roll", "import", path(file), "--dry-run"])
}

#[test]
fn a_dirty_roll_is_answered_as_its_truth_says_in_every_format() {
    let Some(data) = test_data_with("openpyxl") else { return };
    for seed in seeds("51") {
        let house = TestHouse::new();
        let out = house.folder().join("rolls");
        python(
            &data.join("make_roll.py"),
            &[
                "--n",
                "1500",
                "--seed",
                &seed,
                "--double",
                "0.5",
                "--dirty",
                "0.08",
                "--formats",
                "csv,gb18030,gbk,dbf,xlsx",
                "--out",
                path(&out),
            ],
        );
        let truth = read(&out.join("roll.truth.json"));
        let sharing = rows_by_number(&out.join("roll.csv"));
        let formats = [
            ("csv", "roll.csv"),
            ("gb18030", "roll.gb18030.csv"),
            ("gbk", "roll.gbk.csv"),
            ("dbf", "roll.gbk.dbf"),
            ("xlsx", "roll.xlsx"),
        ];
        for (format, file) in formats {
            let report = import(&house, &out.join(file));
            score(format, &truth, &sharing, &report).require(&format!("dirty roll, {format}, seed {seed}"));
        }
    }
}

#[test]
fn numbers_that_a_spreadsheet_rounded_are_never_guessed_at() {
    let Some(data) = test_data_with("openpyxl") else { return };
    let house = TestHouse::new();
    let out = house.folder().join("rolls");
    let arguments = [
        "--n",
        "600",
        "--seed",
        "52",
        "--formats",
        "csv,xlsxnum",
        "--out",
        path(&out),
    ];
    python(&data.join("make_roll.py"), &arguments);
    let report = import(&house, &out.join("roll.numeric.xlsx"));
    let damaged: HashSet<i64> = std::fs::read_to_string(out.join("roll.csv"))
        .expect("the roll")
        .lines()
        .skip(1)
        .zip(2..)
        .filter(|(line, _)| {
            let number = line.split(',').nth(6).unwrap_or_default();
            number.len() > 15 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
        .map(|(_, row)| row)
        .collect();
    assert_eq!(rows_of(&report, "errors"), damaged);
    assert!(
        list(&report, "errors")
            .iter()
            .all(|issue| issue["column"] == "证件号码")
    );
}
