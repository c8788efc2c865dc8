//! An agency's deliveries with planted cases: the right code for each, the right student for every clean photo, nobody accused.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rollproof_tests::{TestHouse, path};
use serde_json::Value;

use super::{Scores, list, python, read, seeds, setting, test_data_with, texts};

/// Codes by which a kind of planted case counts as found; harmless kinds and those without a file have none.
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
    /// 考生号 to 学号.
    student_nos: HashMap<String, String>,
}

fn deliver(data: &Path, seed: &str, style: &[&str]) -> Delivery {
    let house = TestHouse::new();
    let (rolls, batch) = (house.folder().join("rolls"), house.folder().join("batch"));
    let photos = setting("ROLLPROOF_ACCEPTANCE_PHOTOS", "200");
    let count: usize = photos.parse().expect("a number of photos");
    let rows = (count * 3 / 2 + 60).to_string();
    // Small deliveries get more than the usual share of cases, so that each kind is there.
    let rate = (800 / count.max(1)).max(1).to_string();
    let roll_arguments = [
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
    ];
    python(&data.join("make_roll.py"), &roll_arguments);
    let (roll, faces) = (rolls.join("roll.csv"), data.join("faces/cutouts"));
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
        &rate,
        "--junk",
        "--out",
        path(&batch),
    ];
    python(&data.join("make_batch.py"), &[&arguments, style].concat());
    house.run(&["roll", "import", path(&roll)]);
    house.expect(0, &["agency", "add", "studio", "示例图片社"]);
    let statuses = "注册学籍,暂缓注册";
    house.expect(
        0,
        &[
            "campaign", "add", "c", "--name", "c", "--mode", "legacy", "--status", statuses,
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

impl Delivery {
    /// Graver codes than notes, by file.
    fn codes(&self) -> HashMap<&str, HashSet<&str>> {
        list(&self.report, "photos")
            .iter()
            .filter_map(|photo| {
                let graver = list(photo, "findings")
                    .iter()
                    .filter(|finding| finding["severity"] != "note");
                let codes = graver.filter_map(|finding| finding["code"].as_str()).collect();
                Some((photo["entry"].as_str()?, codes))
            })
            .collect()
    }

    fn student_nos_of(&self, key: &str) -> HashSet<&str> {
        list(&self.report, key)
            .iter()
            .filter_map(|row| row["student_no"].as_str())
            .collect()
    }

    fn score(&self) -> Scores {
        let mut scores = Scores::default();
        self.score_cases(&mut scores);
        self.check_clean_photos(&mut scores);
        scores
    }

    fn score_cases(&self, scores: &mut Scores) {
        let codes = self.codes();
        let missing = self.student_nos_of("missing");
        let manifest_only = self.student_nos_of("manifest_only");
        let student_no = |exam_no: &str| self.student_nos.get(exam_no).map_or("", String::as_str);
        let mut planted: HashMap<&str, HashSet<&str>> = HashMap::new();
        for case in list(&self.truth, "anomalies") {
            let kind = case["type"].as_str().unwrap_or_default();
            let (files, students) = (texts(case, "files"), texts(case, "students"));
            let wanted = codes_of(kind);
            let is_found = match kind {
                "not_in_zip" => students
                    .iter()
                    .all(|exam_no| manifest_only.contains(student_no(exam_no))),
                "missing_photo" => students.iter().all(|exam_no| missing.contains(student_no(exam_no))),
                _ if case["expect"] != "flag" => {
                    files.iter().all(|file| codes.get(file).is_some_and(HashSet::is_empty))
                }
                _ => files.iter().any(|file| {
                    codes
                        .get(file)
                        .is_some_and(|found| wanted.iter().any(|code| found.contains(code)))
                }),
            };
            for code in wanted {
                planted.entry(code).or_default().extend(&files);
            }
            let score = scores.of(kind);
            score.planted += 1;
            score.found += usize::from(is_found);
            if !is_found {
                scores.faults.push(format!("{kind} was not found: {}", case["detail"]));
            }
        }
        let kinds: Vec<String> = scores.kinds.keys().cloned().collect();
        for kind in kinds {
            let wanted = codes_of(&kind);
            for (file, found) in &codes {
                let is_accused = wanted.iter().any(|code| found.contains(code));
                let is_planted = wanted
                    .iter()
                    .any(|code| planted.get(code).is_some_and(|files| files.contains(file)));
                let score = scores.of(&kind);
                score.accused_rightly += usize::from(is_accused && is_planted);
                score.accused_wrongly += usize::from(is_accused && !is_planted);
            }
        }
    }

    /// Every clean photo is matched to its own student, and the missing list is exact.
    fn check_clean_photos(&self, scores: &mut Scores) {
        let flagged: HashSet<&str> = list(&self.truth, "anomalies")
            .iter()
            .filter(|case| case["expect"] == "flag")
            .flat_map(|case| texts(case, "files"))
            .collect();
        let photos: HashMap<&str, &Value> = list(&self.report, "photos")
            .iter()
            .filter_map(|photo| Some((photo["entry"].as_str()?, photo)))
            .collect();
        let mut with_photo: HashSet<&str> = HashSet::new();
        for photo in photos
            .values()
            .filter(|photo| photo["verdict"] == "matched" || photo["verdict"] == "review")
        {
            with_photo.extend(photo["student_no"].as_str());
        }
        for file in list(&self.truth, "files") {
            let name = file["file"].as_str().unwrap_or_default();
            if flagged.contains(name) {
                continue;
            }
            let own = self.student_nos.get(file["考生号"].as_str().unwrap_or_default());
            let photo = photos[name];
            if photo["verdict"] != "matched" || photo["student_no"].as_str() != own.map(String::as_str) {
                scores.faults.push(format!(
                    "a clean photo is {} with {}",
                    photo["verdict"], photo["findings"]
                ));
            }
        }
        let missing = self.student_nos_of("missing");
        for exam_no in texts(&self.truth, "students_without_photo") {
            if !self
                .student_nos
                .get(exam_no)
                .is_some_and(|student_no| missing.contains(student_no.as_str()))
            {
                scores
                    .faults
                    .push("a student without a photo is not missing".to_owned());
            }
        }
        let overlap = missing.intersection(&with_photo).count();
        if overlap > 0 {
            scores
                .faults
                .push(format!("{overlap} students with a photo are missing"));
        }
        let absent = list(&self.truth, "anomalies")
            .iter()
            .filter(|case| case["type"] == "not_in_zip")
            .count();
        let manifest_only = list(&self.report, "manifest_only").len();
        if manifest_only != absent {
            scores
                .faults
                .push(format!("{manifest_only} manifest rows without a file, not {absent}"));
        }
    }
}

fn judge(title: &str, style: &[&str]) {
    let Some(data) = test_data_with("PIL") else { return };
    for seed in seeds("41") {
        deliver(&data, &seed, style)
            .score()
            .require(&format!("{title}, seed {seed}"));
    }
}

/// Pictures of different persons that are drawn alike, as one studio's are.
const LOOK_ALIKES: [&str; 2] = ["--min-distance", "-1"];

#[test]
fn a_delivery_named_by_identity_number_agrees_with_its_truth() {
    judge("by identity number", &[]);
}

#[test]
fn a_delivery_of_look_alikes_agrees_with_its_truth() {
    judge(
        "look-alikes by exam number",
        &[&["--name-by", "exam"], &LOOK_ALIKES[..]].concat(),
    );
}

#[test]
fn a_delivery_in_gbk_named_by_student_number_in_class_folders_agrees_with_its_truth() {
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
    judge("by student number in GBK", &[&style[..], &LOOK_ALIKES].concat());
}
