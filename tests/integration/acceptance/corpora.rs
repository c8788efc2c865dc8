//! Good, odd and hostile files, each alone through the binary: the outcome that the folder's index names, in bounded time and
//! memory. Pictures and the insides of archives are walked beside the code that reads them.

use std::path::Path;
use std::process::Command;

use domain::roll::import::table::{Table, TableOptions};
use rollproof_tests::{Ran, TestHouse, path, ran};
use serde_json::Value;

use super::{list, read, test_data};

const MOST_SECONDS: f64 = 10.0;
const MOST_KIB: u64 = 512 << 10;

/// Runs a command, then prints the peak of its memory in KiB and its seconds.
const MEASURE: &str = "import resource, subprocess, sys, time
start = time.time()
code = subprocess.run(sys.argv[1:]).returncode
print('measured', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, time.time() - start, file=sys.stderr)
sys.exit(code if code >= 0 else 100 - code)";

/// A sound table without student numbers, by which the rows of a roll are told apart.
const NO_ROLL: &str = "made/chinese_field_names.dbf";
/// Their JSON gives another telephone number, or another line break, than the text that it is about.
const OTHER_JSON: [&str; 2] = ["location_coordinates", "newlines_crlf"];

struct Measured {
    ran: Ran,
    peak_kib: u64,
    seconds: f64,
}

fn measure(house: &TestHouse, arguments: &[&str]) -> Measured {
    let plain = house.command(arguments);
    let mut command = Command::new("python3");
    command
        .args(["-c", MEASURE])
        .arg(plain.get_program())
        .args(plain.get_args());
    command.current_dir(house.folder());
    command.envs(plain.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let ran = ran(command.output().expect("python starts"));
    let last = ran.log.lines().last().unwrap_or_default();
    let mut words = last
        .strip_prefix("measured ")
        .expect("the measures come last")
        .split(' ');
    Measured {
        peak_kib: words.next().and_then(|word| word.parse().ok()).expect("a peak"),
        seconds: words.next().and_then(|word| word.parse().ok()).expect("a time"),
        ran,
    }
}

impl Measured {
    /// Why this outcome is none that `expected` allows.
    fn fault(&self, expected: &str) -> Option<String> {
        let (code, json) = (self.ran.code, &self.ran.json);
        let is_said = list(json, "warnings").len() + list(json, "errors").len() > 0;
        let is_right = match expected {
            "accept" | "accept-normalise" => code == 0,
            "flag" => code == 2 || (code == 0 || code == 3) && is_said,
            "reject" => code == 2 || code == 3,
            _ => matches!(code, 0 | 2 | 3),
        };
        if !is_right {
            return Some(format!("exit {code}, {json}"));
        }
        (self.seconds > MOST_SECONDS || self.peak_kib > MOST_KIB)
            .then(|| format!("{:.1} s and {} MiB", self.seconds, self.peak_kib >> 10))
    }
}

/// File and expectation of every row of an index.
fn index(folder: &Path) -> Vec<(String, String)> {
    std::fs::read_to_string(folder.join("INDEX.tsv"))
        .expect("the corpus has an index")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some((cells.next()?.to_owned(), cells.nth(2)?.to_owned()))
        })
        .filter(|(_, expected)| expected != "-")
        .collect()
}

#[test]
fn every_table_of_the_corpus_is_answered_as_its_index_says() {
    let Some(data) = test_data() else { return };
    let (house, folder) = (TestHouse::new(), data.join("tables"));
    house.expect(0, &["roll", "import", path(&folder.join("made/roll_utf8.csv"))]);
    let mut faults = Vec::new();
    for (file, expected) in index(&folder) {
        // These are about the shape of delimited text, not about rolls: the next test reads them.
        if file.starts_with("csv-spectrum/") || file == NO_ROLL {
            continue;
        }
        let measured = measure(&house, &["roll", "import", path(&folder.join(&file)), "--dry-run"]);
        let mut fault = measured.fault(&expected);
        // Every spelling of the reference roll is the same sixty rows.
        let is_reference = file.starts_with("made/roll") && expected.starts_with("accept");
        if fault.is_none() && is_reference && measured.ran.json["unchanged"] != measured.ran.json["rows"] {
            fault = Some(format!("other rows than the reference: {}", measured.ran.json));
        }
        faults.extend(fault.map(|fault| format!("{file} ({expected}): {fault}")));
    }
    assert!(
        faults.is_empty(),
        "{} tables went wrong:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_dialect_of_delimited_text_is_read_cell_by_cell() {
    let Some(data) = test_data() else { return };
    let folder = data.join("tables/csv-spectrum");
    for entry in std::fs::read_dir(folder.join("csvs")).expect("the corpus has dialects") {
        let file = entry.expect("the folder can be listed").path();
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        if OTHER_JSON.contains(&name.as_str()) {
            continue;
        }
        let wanted = read(&folder.join("json").join(format!("{name}.json")));
        let mut table = Table::open(&file, &TableOptions::default()).expect("the text is a table");
        let mut rows = table
            .rows()
            .expect("the text has rows")
            .map(|row| row.expect("every row can be read"))
            .filter(|row| !row.is_blank())
            .map(|row| {
                row.cells
                    .iter()
                    .map(|cell| cell.text().unwrap_or_default().to_owned())
                    .collect()
            });
        let heading: Vec<String> = rows.next().expect("a heading");
        let found: Vec<Value> = rows
            .map(|cells: Vec<String>| {
                heading
                    .iter()
                    .cloned()
                    .zip(cells.into_iter().map(Value::from))
                    .collect()
            })
            .collect();
        assert_eq!(Value::from(found), wanted, "{name}");
    }
}

/// Beside the code that reads them, each picture's outcome and time are asserted; here, that all of them fit into bounded memory.
#[test]
fn all_pictures_of_the_corpus_pass_in_bounded_memory() {
    let Some(data) = test_data() else { return };
    let house = TestHouse::new();
    house.add_campaign(2026);
    let pictures = data.join("images");
    let arguments = [
        "batch",
        "ingest",
        path(&pictures),
        "--campaign",
        "c",
        "--agency",
        "studio",
    ];
    let measured = measure(&house, &arguments);
    assert_eq!(measured.ran.code, 3, "{}", measured.ran.log);
    let photos = measured.ran.json["counts"]["photos"].as_u64().unwrap_or_default();
    assert!(photos > 500, "{photos} photos: {}", measured.ran.log);
    assert!(measured.peak_kib < MOST_KIB, "{} MiB", measured.peak_kib >> 10);
}

#[test]
fn every_archive_of_the_corpus_ends_in_a_report_or_a_reason() {
    let Some(data) = test_data() else { return };
    let (house, folder) = (TestHouse::new(), data.join("zips"));
    house.add_campaign(2026);
    let mut faults = Vec::new();
    for (file, _) in index(&folder) {
        let archive = folder.join(&file);
        let arguments = [
            "batch",
            "ingest",
            path(&archive),
            "--campaign",
            "c",
            "--agency",
            "studio",
        ];
        let measured = measure(&house, &arguments);
        let has_answer = measured.ran.json["counts"].is_object() || measured.ran.json["error"]["code"].is_string();
        let fault = measured
            .fault("safe")
            .or((!has_answer).then(|| "neither report nor reason".to_owned()));
        faults.extend(fault.map(|fault| format!("{file}: {fault}")));
    }
    assert!(
        faults.is_empty(),
        "{} archives went wrong:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
