//! A delivery from the archive to the report, through the binary.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::db::schema::{batch_entries, jobs, photos};
use rollproof_tests::{GRAD_YEAR, TestHouse, draw_school, path};
use serde_json::Value;

fn verdicts(report: &Value) -> HashMap<String, (String, Option<String>)> {
    let photos = report["photos"].as_array().expect("photos");
    photos
        .iter()
        .map(|photo| {
            let text = |key: &str| photo[key].as_str().map(str::to_owned);
            (
                text("entry").expect("an entry"),
                (text("verdict").expect("a verdict"), text("student_no")),
            )
        })
        .collect()
}

#[test]
fn every_clean_photo_is_matched_to_its_own_student_and_everything_planted_is_found() {
    let house = TestHouse::new();
    let files = draw_school(house.folder(), 150, 7);
    house.run(&["roll", "import", path(&files.roll)]);
    house.add_campaign(GRAD_YEAR);
    let report = house.ingest(3, &files.archive);
    let found = verdicts(&report);
    for clean in &files.truth.clean {
        assert_eq!(
            found.get(&clean.entry),
            Some(&("matched".to_owned(), Some(clean.student_no.clone())))
        );
    }
    for plant in &files.truth.planted {
        let photo = report["photos"]
            .as_array()
            .expect("photos")
            .iter()
            .find(|photo| photo["entry"] == plant.entry.as_str());
        let findings = &photo.expect("every planted file is reported")["findings"];
        let has_code = findings
            .as_array()
            .expect("findings")
            .iter()
            .any(|finding| finding["code"] == plant.code);
        assert!(has_code, "{} was planted, found {findings}", plant.code);
    }
    let counts = &report["counts"];
    let sum: i64 = ["matched", "review", "rejected", "unmatched", "ignored"]
        .iter()
        .filter_map(|key| counts[key].as_i64())
        .sum();
    assert_eq!(counts["files"].as_i64(), Some(sum));
    assert_eq!(
        counts["missing"].as_i64(),
        report["missing"].as_array().map(|list| list.len() as i64)
    );

    // Handed in again, matched again: nothing changes.
    assert_eq!(house.ingest(3, &files.archive), report);
    let batch = report["batch_id"].to_string();
    assert_eq!(house.expect(3, &["batch", "rematch", &batch]), report);
    assert_personal_data_is_sealed(&house, &files.truth.clean[0].entry);

    house.expect(0, &["batch", "undo", &batch]);
    let accepted: i64 = photos::table
        .filter(photos::state.eq("accepted"))
        .count()
        .get_result(&mut house.db().connect())
        .expect("a count");
    assert_eq!(accepted, 0);
    assert_ne!(
        house.ingest(3, &files.archive)["batch_id"],
        report["batch_id"],
        "an undone batch may come again"
    );
}

/// The entry name is an identity number: it stands in no job and in no name column as it is.
fn assert_personal_data_is_sealed(house: &TestHouse, entry: &str) {
    let mut conn = house.db().connect();
    let payloads: Vec<String> = jobs::table.select(jobs::payload).load(&mut conn).expect("payloads");
    let names: Vec<Vec<u8>> = batch_entries::table
        .select(batch_entries::name_sealed)
        .load(&mut conn)
        .expect("names");
    let number = entry
        .rsplit('/')
        .next()
        .expect("a name")
        .get(..12)
        .expect("a long name");
    assert!(payloads.iter().all(|payload| !payload.contains(number)));
    assert!(names.iter().all(|name| !String::from_utf8_lossy(name).contains(number)));
}

#[test]
fn a_rematch_after_a_corrected_roll_mends_what_the_roll_caused() {
    let house = TestHouse::new();
    let files = draw_school(house.folder(), 150, 8);
    house.add_campaign(GRAD_YEAR);
    let before = house.ingest(3, &files.archive);
    assert_eq!(before["counts"]["matched"], 0, "nobody is in the roll yet");
    house.run(&["roll", "import", path(&files.roll)]);
    let after = house.run(&["batch", "report", &before["batch_id"].to_string()]).json;
    let found = verdicts(&after);
    for clean in &files.truth.clean {
        assert_eq!(
            found.get(&clean.entry),
            Some(&("matched".to_owned(), Some(clean.student_no.clone())))
        );
    }
}

#[test]
fn a_folder_is_as_good_as_an_archive() {
    let house = TestHouse::new();
    let folder = house.folder().join("delivery");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("IMG_0001.jpg"), b"not a picture").expect("a file");
    std::fs::write(folder.join("Thumbs.db"), b"junk").expect("a file");
    house.add_campaign(GRAD_YEAR);
    let report = house.ingest(3, &folder);
    assert_eq!(
        (&report["counts"]["rejected"], &report["counts"]["ignored"]),
        (&1.into(), &1.into())
    );
}
