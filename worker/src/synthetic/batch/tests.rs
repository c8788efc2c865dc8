use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::photo::CaptureTime;
use super::*;
use crate::synthetic::batch::photo::Fault;
use crate::synthetic::portrait::{Figure, Subject};
use crate::synthetic::school::{Handling, School};

const CODES: [&str; 25] = [
    "CORRUPT",
    "NOROLL",
    "NOKEY",
    "FMT",
    "SIZE",
    "LANDSCAPE",
    "BG",
    "EDGE",
    "BLUR",
    "LIGHT",
    "NOFACE",
    "DUP",
    "MIRROR",
    "NAME",
    "ID",
    "SCHOOL",
    "MULTIROLL",
    "GRADUATED",
    "SUPERSEDED",
    "KB",
    "DENSITY",
    "QUALITY",
    "GEOM",
    "OLD",
    "LIMIT",
];

fn planned(students: usize) -> (School, AgencyBatch) {
    let school = School::generate(11, students, 2027);
    let batch = AgencyBatch::plan(&school, 11);
    (school, batch)
}

fn photo(fault: Fault) -> Photo {
    let subject = Subject {
        person: 77,
        figure: Figure::Woman,
        shot: 0,
    };
    let captured = Some(CaptureTime {
        year: 2026,
        month: 10,
        day: 12,
        second_of_day: 36_061,
    });
    Photo {
        entry: "a.jpg".to_owned(),
        subject,
        fault,
        captured,
    }
}

fn zip_of(batch: &AgencyBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    batch
        .write_zip(&mut bytes, &mut |_, _| {})
        .expect("memory takes every byte");
    bytes
}

fn contents(zip: &[u8]) -> HashMap<String, Vec<u8>> {
    let archive = rawzip::ZipArchive::from_slice(zip).expect("a whole archive");
    let mut contents = HashMap::new();
    for record in archive.entries() {
        let record = record.expect("a whole record");
        let name = String::from_utf8(record.file_path().as_bytes().to_vec()).expect("UTF-8");
        let data = archive.get_entry(record.wayfinder()).expect("an entry").data().to_vec();
        assert!(
            contents.insert(name, data).is_none(),
            "an entry stands twice in the archive"
        );
    }
    contents
}

#[test]
fn the_same_seed_writes_the_same_archive() {
    let digest = || Sha256::digest(zip_of(&planned(6).1));
    assert_eq!(digest(), digest());
}

#[test]
fn every_code_of_the_machine_is_planted_and_every_plant_is_one_entry() {
    let (_, batch) = planned(2000);
    let codes: HashSet<&str> = batch.truth.planted.iter().map(|plant| plant.code).collect();
    assert_eq!(codes, HashSet::from(CODES));
    let mut entries = HashMap::new();
    for photo in &batch.photos {
        *entries.entry(photo.entry.as_str()).or_insert(0) += 1;
    }
    assert!(entries.values().all(|&count| count == 1));
    for plant in &batch.truth.planted {
        assert!(entries.contains_key(plant.entry.as_str()));
        assert!(
            plant
                .other_entry
                .as_ref()
                .is_none_or(|other| entries.contains_key(other.as_str()))
        );
    }
}

#[test]
fn every_photo_is_either_planted_or_clean() {
    let (_, batch) = planned(700);
    let planted: HashSet<&str> = batch.truth.planted.iter().map(|plant| plant.entry.as_str()).collect();
    let clean: HashSet<&str> = batch.truth.clean.iter().map(|clean| clean.entry.as_str()).collect();
    assert!(planted.is_disjoint(&clean));
    assert_eq!(planted.len() + clean.len(), batch.photo_count());
    assert!(clean.len() > batch.photo_count() / 2);
}

#[test]
fn every_expected_student_is_accounted_for_once() {
    let (school, batch) = planned(700);
    let truth = &batch.truth;
    let absent: HashSet<&str> = truth
        .missing
        .iter()
        .chain(&truth.undecided)
        .map(String::as_str)
        .collect();
    let clean = truth.clean.iter().map(|clean| clean.student_no.as_str());
    let planted = truth.planted.iter().filter_map(|plant| plant.student_no.as_deref());
    let seen: HashSet<&str> = clean.chain(planted).chain(absent).collect();
    for row in school.rows.iter().filter(|row| row.is_expected(2027)) {
        let is_rejected = row.dirt.is_some_and(|dirt| dirt.describe().1 == Handling::Rejected);
        assert_eq!(seen.contains(row.student_no.as_str()), !is_rejected);
    }
}

#[test]
fn a_row_that_the_import_refuses_has_no_photo() {
    let (school, batch) = planned(1500);
    let refused =
        |row: &&crate::synthetic::RollRow| row.dirt.is_some_and(|dirt| dirt.describe().1 == Handling::Rejected);
    for row in school.rows.iter().filter(refused) {
        assert!(batch.photos.iter().all(|photo| !photo.entry.contains(&row.id_number)));
    }
}

#[test]
fn a_small_school_stays_mostly_clean() {
    let (_, batch) = planned(30);
    assert!(batch.truth.clean.len() * 2 >= batch.photo_count() - 2);
}

#[test]
fn a_usual_photo_conforms_to_the_standard() {
    let bytes = photo(Fault::None).render().expect("drawn");
    let header = turbojpeg::read_header(&bytes).expect("a JPEG");
    assert_eq!((header.width, header.height), (480, 640));
    assert!((20_480..=40_000).contains(&bytes.len()));
    assert_eq!(bytes.get(6..18), Some(&b"JFIF\0\x01\x01\x01\x01\x2c\x01\x2c"[..]));
    assert!(bytes.windows(20).any(|text| text == b"2026:10:12 10:01:01\0"));
}

#[test]
fn spoilt_files_are_spoilt_as_meant() {
    let render = |fault| photo(fault).render().expect("drawn");
    assert!(render(Fault::PngInside).starts_with(b"\x89PNG"));
    assert!(render(Fault::EmptyFile).is_empty());
    assert!(render(Fault::ZeroedTail).ends_with(&[0; 4000]));
    let huge = turbojpeg::read_header(&render(Fault::HugeJpegHeader)).expect("a header");
    assert_eq!((huge.width, huge.height), (40_000, 40_000));
    let side = turbojpeg::read_header(&render(Fault::OnItsSide)).expect("a header");
    assert_eq!((side.width, side.height), (640, 480));
    let whole = render(Fault::None);
    assert!(whole.starts_with(&render(Fault::Truncated)));
}

#[test]
fn a_turned_photo_is_upright_after_its_orientation_is_applied() {
    let picture = |fault| {
        let bytes = photo(fault).render().expect("drawn");
        let image = turbojpeg::decompress(&bytes, turbojpeg::PixelFormat::RGB).expect("decodes");
        (image.width, image.pixels)
    };
    let (upright_width, upright) = picture(Fault::None);
    let (width, turned) = picture(Fault::Turned(6));
    assert_eq!(width, 640);
    let at = |pixels: &[u8], width: usize, x: usize, y: usize| i32::from(pixels[(y * width + x) * 3]);
    for (x, y) in [(240, 100), (100, 300), (300, 600), (20, 20)] {
        let difference = at(&upright, upright_width, x, y) - at(&turned, width, y, 479 - x);
        assert!(difference.abs() < 24);
    }
}

#[test]
fn the_archive_holds_every_photo_the_list_and_the_junk() {
    let (_, batch) = planned(6);
    let mut heard = Vec::new();
    let mut bytes = Vec::new();
    let truth = batch
        .write_zip(&mut bytes, &mut |done, of| heard.push((done, of)))
        .expect("memory takes every byte");
    let contents = contents(&bytes);
    assert_eq!(contents.len(), batch.photo_count() + truth.ignored.len() + 1);
    assert_eq!(heard.last(), Some(&(batch.photo_count(), batch.photo_count())));
    let list = encoding_rs::GB18030
        .decode(contents.get("manifest.csv").expect("the list"))
        .0
        .into_owned();
    assert_eq!(list.lines().count(), batch.manifest.len() + 1);
    for row in &batch.manifest {
        assert!(list.contains(&row.name) && list.contains(&row.entry));
    }
}

/// A writer that has no room.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::StorageFull))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_with_a_code() {
    let error = planned(6)
        .1
        .write_zip(&mut Full, &mut |_, _| {})
        .expect_err("nothing fits");
    assert!(error.code().starts_with("synthetic-"));
}
