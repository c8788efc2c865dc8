//! Rolls and deliveries that others made, held against their maker's own ground truth. Needs the test data that
//! `ROLLPROOF_TESTDATA` names, Python and Pillow; says so where they are absent.
#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a skipped test says why, and where the data is comes from the environment"
)]

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use rollproof_tests::{TestHouse, path};
use serde_json::Value;

/// Photos per delivery; `ROLLPROOF_ACCEPTANCE_PHOTOS` makes it larger.
const PHOTOS: &str = "200";

fn test_data() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("ROLLPROOF_TESTDATA")
        .map(PathBuf::from)
        .filter(|folder| folder.is_dir())
    else {
        eprintln!("SKIPPED: ROLLPROOF_TESTDATA names no folder");
        return None;
    };
    let has_pillow = Command::new("python3")
        .args(["-c", "import PIL"])
        .status()
        .is_ok_and(|status| status.success());
    if !has_pillow {
        eprintln!("SKIPPED: python3 with Pillow is not installed");
    }
    has_pillow.then_some(folder)
}

fn python(script: &Path, arguments: &[&str]) {
    let output = Command::new("python3")
        .arg(script)
        .args(arguments)
        .output()
        .expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).expect("the truth")).expect("the truth is JSON")
}

/// Codes by which a kind of planted case counts as found.
fn codes_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "unknown_person" | "missing_from_roll" | "bad_key" => &["NOROLL"],
        "already_graduated" => &["GRADUATED"],
        "two_photos_one_student" => &["SUPERSEDED"],
        "duplicate_photo" | "near_duplicate_photo" => &["DUP"],
        "wrong_size" => &["SIZE", "LANDSCAPE"],
        "corrupt_jpeg" => &["CORRUPT"],
        "wrong_background" => &["BG"],
        "name_mismatch" => &["NAME"],
        "wrong_type" | "grayscale" => &["FMT"],
        "no_face" => &["NOFACE"],
        _ => &[],
    }
}

struct Delivery {
    truth: Value,
    report: Value,
    student_nos: HashMap<String, String>,
}

fn deliver(data: &Path, seed: &str, extra: &[&str]) -> Delivery {
    let house = TestHouse::new();
    let (rolls, batch) = (house.folder().join("rolls"), house.folder().join("batch"));
    let photos = std::env::var("ROLLPROOF_ACCEPTANCE_PHOTOS").unwrap_or_else(|_| PHOTOS.to_owned());
    let rows = (photos.parse::<usize>().expect("a number") * 3 / 2 + 60).to_string();
    python(
        &data.join("make_roll.py"),
        &[
            "--n",
            &rows,
            "--seed",
            seed,
            "--double",
            "0.5",
            "--formats",
            "csv",
            "--out",
            path(&rolls),
        ],
    );
    let roll = rolls.join("roll.csv");
    let faces = data.join("faces/cutouts");
    let arguments = [
        "make",
        "--roll",
        path(&roll),
        "--faces",
        path(&faces),
        "--limit",
        &photos,
        "--seed",
        seed,
        "--rate",
        "4",
        "--junk",
        "--out",
        path(&batch),
    ];
    python(&data.join("make_batch.py"), &[&arguments, extra].concat());
    house.run(&["roll", "import", path(&roll)]);
    house.expect(0, &["agency", "add", "studio", "示例图片社"]);
    house.expect(
        0,
        &[
            "campaign",
            "add",
            "c",
            "--name",
            "c",
            "--mode",
            "legacy",
            "--status",
            "注册学籍,暂缓注册",
        ],
    );
    let report = house.ingest(3, &batch.join("batch.zip"));
    let text = std::fs::read_to_string(&roll).expect("the roll");
    let student_nos = text
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
        })
        .collect();
    Delivery {
        truth: read(&batch.join("ground_truth.json")),
        report,
        student_nos,
    }
}

fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    value[key]
        .as_array()
        .map(|list| list.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

fn assert_agrees(delivery: &Delivery) {
    let Delivery {
        truth,
        report,
        student_nos,
    } = delivery;
    let photos: HashMap<&str, &Value> = report["photos"]
        .as_array()
        .expect("photos")
        .iter()
        .filter_map(|photo| Some((photo["entry"].as_str()?, photo)))
        .collect();
    let mut accused: HashSet<&str> = HashSet::new();
    for anomaly in truth["anomalies"].as_array().expect("anomalies") {
        let kind = anomaly["type"].as_str().unwrap_or_default();
        if anomaly["expect"] == "flag" {
            accused.extend(texts(anomaly, "files"));
        }
        let codes = codes_of(kind);
        let is_found = codes.is_empty()
            || texts(anomaly, "files").iter().any(|file| {
                photos[file]["findings"].as_array().is_some_and(|findings| {
                    findings
                        .iter()
                        .any(|finding| finding["code"].as_str().is_some_and(|code| codes.contains(&code)))
                })
            });
        assert!(is_found, "{kind} was not found: {}", anomaly["detail"]);
    }
    for file in truth["files"].as_array().expect("files") {
        let name = file["file"].as_str().unwrap_or_default();
        if accused.contains(name) {
            continue;
        }
        let student = student_nos.get(file["考生号"].as_str().unwrap_or_default());
        let photo = photos[name];
        assert_eq!(photo["verdict"], "matched", "{} {}", photo["findings"], file["flags"]);
        assert_eq!(photo["student_no"].as_str(), student.map(String::as_str));
    }
    let missing: HashSet<&str> = report["missing"]
        .as_array()
        .expect("missing")
        .iter()
        .filter_map(|record| record["student_no"].as_str())
        .collect();
    for exam_no in texts(truth, "students_without_photo") {
        assert!(
            student_nos
                .get(exam_no)
                .is_some_and(|student_no| missing.contains(student_no.as_str()))
        );
    }
    let absent = truth["anomalies"]
        .as_array()
        .expect("anomalies")
        .iter()
        .filter(|anomaly| anomaly["type"] == "not_in_zip")
        .count();
    assert_eq!(report["manifest_only"].as_array().map(Vec::len), Some(absent));
}

#[test]
fn a_delivery_named_by_identity_number_agrees_with_its_truth() {
    let Some(data) = test_data() else { return };
    assert_agrees(&deliver(&data, "41", &["--min-distance", "-1"]));
}

#[test]
fn a_delivery_in_gbk_named_by_student_number_in_class_folders_agrees_with_its_truth() {
    let Some(data) = test_data() else { return };
    let style = [
        "--name-by",
        "student",
        "--name-style",
        "key_name",
        "--tree",
        "class",
        "--filename-encoding",
        "gbk",
        "--manifest-encoding",
        "gb18030",
    ];
    assert_agrees(&deliver(&data, "42", &[&style[..], &["--min-distance", "-1"]].concat()));
}
