//! Rolls and deliveries that others made, held against their maker's own ground truth, and a folder of good, odd and hostile
//! files held against its index. Needs the test data that `ROLLPROOF_TESTDATA` names, Python and Pillow; says so where they are
//! absent.
//!
//! `ROLLPROOF_ACCEPTANCE_PHOTOS` (200) and `ROLLPROOF_ACCEPTANCE_SEEDS` (`41`, separated by commas) make the deliveries larger and
//! more.
#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a skipped test says why, the scores are for people, and where the data is comes from the environment"
)]

mod corpora;
mod deliveries;
mod rolls;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a share must reach over all cases and for each kind.
const WANTED: f64 = 0.99;

/// The folder with the test data; says why a test skips where there is none.
fn test_data() -> Option<PathBuf> {
    let folder = std::env::var_os("ROLLPROOF_TESTDATA")
        .map(PathBuf::from)
        .filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("SKIPPED: ROLLPROOF_TESTDATA names no folder");
    }
    folder
}

/// [`test_data`] for tests whose generator needs a Python module too.
fn test_data_with(module: &str) -> Option<PathBuf> {
    let folder = test_data()?;
    let has_module = Command::new("python3")
        .args(["-c", &format!("import {module}")])
        .status()
        .is_ok_and(|status| status.success());
    if !has_module {
        eprintln!("SKIPPED: python3 with {module} is not installed");
    }
    has_module.then_some(folder)
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn seeds(default: &str) -> Vec<String> {
    setting("ROLLPROOF_ACCEPTANCE_SEEDS", default)
        .split(',')
        .map(str::to_owned)
        .collect()
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

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    list(value, key).iter().filter_map(Value::as_str).collect()
}

/// How the cases of one kind came out.
#[derive(Default)]
struct Score {
    planted: usize,
    found: usize,
    accused_rightly: usize,
    accused_wrongly: usize,
}

impl Score {
    fn share(part: usize, whole: usize) -> f64 {
        if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
    }

    fn recall(&self) -> f64 {
        Self::share(self.found, self.planted)
    }

    fn precision(&self) -> f64 {
        Self::share(self.accused_rightly, self.accused_rightly + self.accused_wrongly)
    }
}

/// Scores by kind, and what went wrong in words that repeat no value of a row.
#[derive(Default)]
struct Scores {
    kinds: BTreeMap<String, Score>,
    faults: Vec<String>,
}

impl Scores {
    fn of(&mut self, kind: &str) -> &mut Score {
        self.kinds.entry(kind.to_owned()).or_default()
    }

    /// Prints the table and fails unless every kind, and all together, reach what is wanted.
    fn require(&self, title: &str) {
        let mut text = format!(
            "{title}\n{:<26} {:>7} {:>9} {:>7}\n",
            "kind", "planted", "precision", "recall"
        );
        let mut all = Score::default();
        for (kind, score) in &self.kinds {
            let (precision, recall) = (score.precision(), score.recall());
            text.push_str(&format!(
                "{kind:<26} {:>7} {precision:>9.4} {recall:>7.4}\n",
                score.planted
            ));
            all.planted += score.planted;
            all.found += score.found;
            all.accused_rightly += score.accused_rightly;
            all.accused_wrongly += score.accused_wrongly;
        }
        let (precision, recall) = (all.precision(), all.recall());
        text.push_str(&format!(
            "{:<26} {:>7} {precision:>9.4} {recall:>7.4}",
            "all", all.planted
        ));
        eprintln!("{text}");
        let is_enough = |score: &Score| score.precision() >= WANTED && score.recall() >= WANTED;
        let is_met = self.kinds.values().chain([&all]).all(is_enough);
        assert!(is_met && self.faults.is_empty(), "{text}\n{}", self.faults.join("\n"));
    }
}
