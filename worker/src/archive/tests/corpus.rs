//! The shared corpus of real and broken archives, if `ROLLPROOF_TESTDATA` says where it is.
#![expect(
    clippy::disallowed_methods,
    reason = "where the corpus is comes from the environment"
)]

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::batches::key::{FileKey, KeyPolicy};

use super::*;

const TIME_PER_FILE: Duration = Duration::from_secs(10);
const MEMORY_KIB: u64 = 512 << 10;

/// Rows whose word is `accept` and that cannot be read whole, and why.
const NOT_WHOLE: [(&str, &str); 2] = [
    (
        "COMPRESS-380-dd.zip",
        "its class manifest is packed by deflate64, which no photo is",
    ),
    ("bla-stored-dd.zip", "its offsets are off by the length of a descriptor"),
];

struct Row {
    file: String,
    expect: String,
    why: String,
}

/// What became of an archive, in the terms of the corpus.
#[derive(Debug)]
enum Outcome {
    Refused(&'static str),
    Read { unread: Vec<&'static str>, is_marked: bool },
}

fn rows(index: &str) -> Vec<Row> {
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        let (file, expect) = (cells.next().unwrap(), cells.nth(2).unwrap());
        Row {
            file,
            expect,
            why: cells.next().unwrap(),
        }
    };
    index.lines().skip(1).map(row).collect()
}

fn outcome(path: &Path) -> Outcome {
    let limits = ArchiveLimits::default();
    let archive = match Archive::open(path, &limits) {
        Ok(archive) => archive,
        Err(error) => return Outcome::Refused(error.code()),
    };
    let files = || archive.entries().iter().filter(|entry| entry.kind != EntryKind::Junk);
    let unread = files()
        .filter_map(|entry| Some(archive.read_entry(entry, limits.entry_bytes).err()?.code()))
        .collect();
    let key = |entry: &Entry| {
        FileKey::from_entry_name(&entry.name, KeyPolicy::Auto)
            .candidates
            .into_iter()
            .next()
    };
    let mut keys = HashSet::new();
    let has_key_twice = files().filter_map(key).any(|key| !keys.insert(key));
    let is_marked = has_key_twice
        || archive.require_readable().is_err()
        || files().any(|entry| entry.clash.is_some() || entry.kind == EntryKind::Nested);
    match archive.require_readable() {
        Err(error) if error.code() == "archive-nothing-readable" => Outcome::Refused(error.code()),
        _ => Outcome::Read { unread, is_marked },
    }
}

fn is_as_expected(row: &Row, outcome: &Outcome) -> bool {
    let is_exception = NOT_WHOLE.iter().any(|(name, _)| row.file.ends_with(name));
    match (row.expect.as_str(), outcome) {
        ("accept" | "accept-normalise", Outcome::Read { unread, .. }) => unread.is_empty() || is_exception,
        ("accept" | "accept-normalise", Outcome::Refused(_)) => is_exception,
        // Entries are refused one by one for what they are; only then the others go on.
        ("reject" | "flag", Outcome::Refused("archive-nothing-readable")) => true,
        ("reject", Outcome::Refused(_)) => true,
        ("reject", Outcome::Read { unread, .. }) => !unread.is_empty() && !row.why.contains("path"),
        ("flag", Outcome::Read { unread, is_marked }) => !unread.is_empty() || *is_marked,
        ("safe", _) => true,
        _ => false,
    }
}

/// The highest memory use of the whole test process, as Linux tells it; 0 elsewhere.
fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or(0)
}

#[test]
fn treats_every_archive_of_the_corpus_as_its_index_says() {
    let Some(folder) = std::env::var_os("ROLLPROOF_TESTDATA") else {
        eprintln!("skipped: ROLLPROOF_TESTDATA is not set");
        return;
    };
    let folder = Path::new(&folder).join("zips");
    let index = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let mut wrong = Vec::new();
    for row in rows(&index) {
        let began = Instant::now();
        let outcome = outcome(&folder.join(&row.file));
        let took = began.elapsed();
        if !is_as_expected(&row, &outcome) || took > TIME_PER_FILE {
            wrong.push(format!(
                "{} ({}, {}): {outcome:?} in {took:?}",
                row.file, row.expect, row.why
            ));
        }
    }
    assert!(peak_memory_kib() < MEMORY_KIB, "the tests took more than 512 MiB");
    assert!(
        wrong.is_empty(),
        "{} archives went wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
