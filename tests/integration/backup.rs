//! `rollproof backup` and `restore`: a house that works meanwhile, put back elsewhere whole; and backups that are not.

use std::fs;
use std::path::Path;

use diesel::prelude::*;
use domain::db::schema::{batch_entries, roll_records};
use rollproof_tests::{TestHouse, draw_school, path};

/// A house with a roll and a delivery of photos.
fn working_house() -> TestHouse {
    let house = TestHouse::new();
    let files = draw_school(house.folder(), 12, 3);
    house.add_campaign(2026);
    house.expect(0, &["roll", "import", path(&files.roll)]);
    house.ingest(3, &files.archive);
    house
}

fn counts(house: &TestHouse) -> (i64, i64) {
    let mut conn = house.db().connect();
    let records = roll_records::table.count().get_result(&mut conn).expect("records");
    let pictures = batch_entries::table
        .filter(batch_entries::standard_sha256.is_not_null())
        .count()
        .get_result(&mut conn)
        .expect("pictures");
    (records, pictures)
}

fn first_object(folder: &Path) -> std::path::PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry").path();
            if entry.is_dir() {
                folders.push(entry);
            } else {
                return entry;
            }
        }
    }
    panic!("there is an object");
}

#[test]
fn what_was_backed_up_is_restored_whole_and_again_only_what_is_new_is_copied() {
    let house = working_house();
    let folder = house.folder().join("backup");
    let made = house.expect(0, &["backup", path(&folder)]);
    assert!(made["objects"].as_u64().is_some_and(|objects| objects > 10), "{made}");
    let again = house.expect(0, &["backup", path(&folder)]);
    assert_eq!(again["objects"], made["objects"]);
    let databases = fs::read_dir(&folder).expect("the backup");
    let databases = databases.filter(|entry| {
        entry
            .as_ref()
            .is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("database-"))
    });
    assert_eq!(
        databases.count(),
        1,
        "the copy before is gone once the new one is whole"
    );
    assert_eq!(
        house.expect(0, &["backup", "--verify", path(&folder)])["broken"]
            .as_array()
            .map(Vec::len),
        Some(0)
    );
    house.expect(2, &["restore", path(&folder)]);

    let other = TestHouse::empty();
    other.expect(0, &["restore", path(&folder)]);
    fs::create_dir_all(other.folder().join("data")).expect("a folder");
    fs::copy(
        house.folder().join("data/secret.key"),
        other.folder().join("data/secret.key"),
    )
    .expect("the secret");
    let sound = other.expect(0, &["doctor"]);
    assert_eq!(sound["pictures"]["missing"], 0, "{sound}");
    assert_eq!(counts(&other), counts(&house));

    let picture = first_object(&folder.join("objects/photos/standard"));
    fs::set_permissions(&picture, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("may be written");
    fs::write(&picture, b"another picture").expect("spoilt");
    let broken = house.expect(3, &["backup", "--verify", path(&folder)]);
    assert_eq!(broken["broken"].as_array().map(Vec::len), Some(1), "{broken}");
}

#[test]
fn pictures_that_are_gone_or_belong_to_nothing_show_and_only_the_latter_are_removed() {
    let house = working_house();
    let standard = house.folder().join("data/objects/photos/standard");
    let gone = first_object(&standard);
    fs::remove_file(&gone).expect("gone");
    let (hash, orphan) = ("ab".repeat(32), standard.join("ab"));
    fs::create_dir_all(&orphan).expect("a folder");
    let orphan = orphan.join(&hash[2..]);
    fs::write(&orphan, b"nobody's").expect("an orphan");
    let old = std::time::UNIX_EPOCH;
    fs::File::options()
        .write(true)
        .open(&orphan)
        .and_then(|file| file.set_modified(old))
        .expect("an old one");
    let found = house.expect(3, &["doctor", "--repair"]);
    assert_eq!(
        (
            &found["pictures"]["missing"],
            &found["pictures"]["orphaned"],
            &found["pictures"]["removed"]
        ),
        (&1.into(), &1.into(), &1.into()),
        "{found}"
    );
    assert!(!orphan.exists());
    assert_eq!(
        house.expect(3, &["doctor"])["pictures"]["orphaned"],
        0,
        "the one that is gone still shows"
    );
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let house = TestHouse::new();
    let folder = house.folder().join("letters");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("letter.txt"), "dear").expect("a letter");
    house.expect(2, &["backup", path(&folder)]);
    house.expect(2, &["backup", "--verify", path(&folder)]);
    house.expect(2, &["restore", path(&folder)]);
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 1);
}
