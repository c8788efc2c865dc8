//! Does one step of the pipeline so many times, for a program that counts instructions: `instructions STEP TIMES`. What one more time costs
//! is the difference of two runs.

use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;

use chrono::NaiveDate;
use domain::campaigns::profile::Profile;
use domain::crypto::{Sealer, SecretFile};
use domain::roll::import::header::{HeaderMap, Mapping};
use domain::roll::import::row::{RowRules, parse_row};
use domain::roll::import::stage::stage_row;
use domain::roll::import::table::{Table, TableOptions};
use domain::roll::model::ImportKind;
use tempfile::NamedTempFile;
use worker::archive::{Archive, ArchiveLimits};
use worker::imaging::{Limits, Shortlist, compare_views, inspect};
use worker::synthetic::{AgencyBatch, School};

use crate::subjects::{alike_pair, hashes, portrait};

#[path = "../benches/imaging/subjects.rs"]
mod subjects;

type Outcome = Result<(), Box<dyn Error>>;

/// Hashes among which one is looked for.
const HASHES: u64 = 100_000;

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let step = arguments.next().ok_or("name a step")?;
    let times: usize = arguments.next().ok_or("say how many times")?.parse()?;
    match step.as_str() {
        "photo-kept" => photos(conforming()?, ("chsi-graduation", true), times),
        "photo-encoded" => photos(portrait(960, 1280, 90), ("chsi-graduation", false), times),
        "photo-original" => photos(portrait(3000, 4000, 92), ("studio-original", false), times),
        "archive-of-40" => entries(times),
        "search-in-100000" => near(times),
        "aligned-pair" => pairs(times),
        "roll-of-100" => rows(times),
        _ => Err("there is no such step".into()),
    }
}

/// With a profile, and whether the photo conforms to it as it is.
fn photos(photo: Vec<u8>, (profile, is_kept): (&str, bool), times: usize) -> Outcome {
    let profile = Profile::builtin(profile).ok_or("the profile is not built in")?;
    for _ in 0..times {
        let inspection = inspect(black_box(&photo), &profile, &Limits::default());
        let standard = inspection.standard.ok_or("the photo is refused")?;
        if standard.kept != is_kept {
            return Err(format!("a photo of {} bytes: {:?}", photo.len(), inspection.findings).into());
        }
    }
    Ok(())
}

/// A delivery of forty students.
fn delivery() -> Result<NamedTempFile, Box<dyn Error>> {
    let school = School::generate(1, 40, 2027);
    let mut file = NamedTempFile::new()?;
    AgencyBatch::plan(&school, 1).write_zip(&mut file, &mut |_, _| {})?;
    Ok(file)
}

/// The first photo of the delivery that is kept as it is.
fn conforming() -> Result<Vec<u8>, Box<dyn Error>> {
    let file = delivery()?;
    let archive = Archive::open(file.path(), &ArchiveLimits::default())?;
    let profile = Profile::builtin("chsi-graduation").ok_or("the profile is not built in")?;
    let mut photos = archive
        .entries()
        .iter()
        .filter_map(|entry| archive.read_entry(entry, 64 << 20).ok());
    let kept = photos.find(|photo| {
        let standard = inspect(photo, &profile, &Limits::default()).standard;
        standard.is_some_and(|standard| standard.kept)
    });
    Ok(kept.ok_or("no photo conforms")?)
}

/// Lists a delivery and unpacks each entry.
fn entries(times: usize) -> Outcome {
    let file = delivery()?;
    for _ in 0..times {
        let archive = Archive::open(file.path(), &ArchiveLimits::default())?;
        for entry in archive.entries() {
            // What is planted to be refused is refused here too.
            drop(black_box(archive.read_entry(entry, 64 << 20)));
        }
    }
    Ok(())
}

fn near(times: usize) -> Outcome {
    let mut hashes = hashes();
    let mut index = Shortlist::new();
    for (id, hashes) in (0..HASHES).zip(hashes.by_ref()) {
        index.insert(id, hashes);
    }
    for wanted in hashes.take(times) {
        black_box(index.near(wanted));
    }
    Ok(())
}

fn pairs(times: usize) -> Outcome {
    let [one, other] = alike_pair();
    let (upright, mirrored, other) = (one.view(), one.mirrored_view(), other.view());
    for _ in 0..times {
        black_box(compare_views(Some(black_box(&upright)), Some(&mirrored), &other));
    }
    Ok(())
}

/// Reads, judges and seals a roll of a hundred students.
fn rows(times: usize) -> Outcome {
    let mut file = NamedTempFile::new()?;
    School::generate(1, 100, 2027).write_roll_csv(&mut file)?;
    file.flush()?;
    let folder = tempfile::tempdir()?;
    let sealer = Sealer::new(&SecretFile::create(&folder.path().join("secret.key"))?);
    let mapping = Mapping::default();
    for _ in 0..times {
        let mut table = Table::open(file.path(), &TableOptions::default())?;
        let mut rows = table.rows()?;
        let heading = rows.next().ok_or("the roll is empty")??;
        let header = HeaderMap::of(&heading, &mapping).ok_or("the roll has no heading")?;
        let rules = RowRules {
            kind: ImportKind::Roll,
            header: &header,
            mapping: &mapping,
            today: NaiveDate::from_ymd_opt(2027, 12, 31).ok_or("no such day")?,
        };
        for row in rows {
            if let Some(row) = parse_row(&rules, &row?).row {
                black_box(stage_row(&sealer, ImportKind::Roll, row, "10001".to_owned())?);
            }
        }
    }
    Ok(())
}
