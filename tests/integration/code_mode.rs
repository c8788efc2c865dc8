//! A campaign in `code` mode: files under opaque numbers, a list with school code, student number, masked name and last four.

use std::collections::HashMap;
use std::path::PathBuf;

use rollproof_tests::{GRAD_YEAR, TestHouse, draw_school, path};
use serde_json::Value;
use worker::archive::{Archive, ArchiveLimits};
use worker::synthetic::School;

const SEED: u64 = 9;
const STUDENTS: usize = 80;

/// One photo of the delivery and what the list says of it.
struct Line {
    file: String,
    school_code: String,
    student_no: String,
    masked_name: String,
    last_four: String,
}

struct Delivery {
    folder: PathBuf,
    lines: Vec<Line>,
}

fn mask(name: &str) -> String {
    let mut characters = name.chars();
    let first: String = characters.by_ref().take(1).collect();
    format!("{first}{}", "*".repeat(characters.count()))
}

/// Puts ten clean portraits of a drawn school under opaque names.
fn deliver(house: &TestHouse) -> Delivery {
    let drawn = draw_school(house.folder(), STUDENTS, SEED);
    let school = School::generate(SEED, STUDENTS, GRAD_YEAR);
    house.run(&["roll", "import", path(&drawn.roll)]);
    let archive = Archive::open(&drawn.archive, &ArchiveLimits::default()).expect("the drawn archive opens");
    let folder = house.folder().join("delivery");
    std::fs::create_dir(&folder).expect("a folder");
    let mut lines = Vec::new();
    for clean in drawn.truth.clean.iter().take(10) {
        let row = school
            .rows
            .iter()
            .find(|row| row.student_no == clean.student_no)
            .expect("a row");
        let entry = archive
            .entries()
            .iter()
            .find(|entry| entry.name == clean.entry)
            .expect("an entry");
        let file = format!("{:06}", 583_201 + lines.len() * 7_919);
        let bytes = archive.read_entry(entry, 1 << 24).expect("the entry is whole");
        std::fs::write(folder.join(format!("{file}.jpg")), bytes).expect("a photo");
        lines.push(Line {
            file,
            school_code: school.code.to_owned(),
            student_no: row.student_no.clone(),
            masked_name: mask(&row.name),
            last_four: row.id_number[row.id_number.len() - 4..].to_owned(),
        });
    }
    Delivery { folder, lines }
}

fn ingest(house: &TestHouse, delivery: &Delivery, code: i32) -> HashMap<String, Value> {
    let mut text = String::from("采集码,院校代码,学号,姓名,证件后四位\r\n");
    for line in &delivery.lines {
        let cells = [
            &line.file,
            &line.school_code,
            &line.student_no,
            &line.masked_name,
            &line.last_four,
        ];
        text.push_str(&format!("{}\r\n", cells.map(String::as_str).join(",")));
    }
    std::fs::write(delivery.folder.join("list.csv"), text).expect("the list is written");
    house.expect(0, &["agency", "add", "studio", "示例图片社"]);
    house.expect(0, &["campaign", "add", "c", "--name", "c", "--mode", "code"]);
    let report = house.ingest(code, &delivery.folder);
    let photos = report["photos"].as_array().expect("photos").iter();
    photos
        .map(|photo| (photo["entry"].as_str().unwrap_or_default().to_owned(), photo.clone()))
        .collect()
}

fn codes(photo: &Value) -> Vec<&str> {
    let findings = photo["findings"].as_array().expect("findings").iter();
    findings.filter_map(|finding| finding["code"].as_str()).collect()
}

#[test]
fn opaque_files_find_their_students_by_school_and_student_number() {
    let house = TestHouse::new();
    let delivery = deliver(&house);
    let photos = ingest(&house, &delivery, 0);
    for line in &delivery.lines {
        let photo = &photos[&format!("{}.jpg", line.file)];
        assert_eq!(
            (&photo["verdict"], &photo["student_no"]),
            (&"matched".into(), &line.student_no.as_str().into())
        );
    }
}

#[test]
fn what_the_list_says_is_verified_and_an_opaque_number_is_never_a_key() {
    let house = TestHouse::new();
    let mut delivery = deliver(&house);
    let others_last_four = delivery.lines[0].last_four.clone();
    let student_no = delivery.lines[3].student_no.clone();
    delivery.lines[1].masked_name = "囧**".to_owned();
    delivery.lines[2].last_four = others_last_four;
    // A file that happens to be called by a student number, and whose line has no school.
    std::fs::rename(
        delivery.folder.join(format!("{}.jpg", delivery.lines[3].file)),
        delivery.folder.join(format!("{student_no}.jpg")),
    )
    .expect("renamed");
    delivery.lines[3].file.clone_from(&student_no);
    delivery.lines[3].school_code.clear();
    let photos = ingest(&house, &delivery, 3);
    let photo = |place: usize| &photos[&format!("{}.jpg", delivery.lines[place].file)];
    assert_eq!((&photo(0)["verdict"], codes(photo(0))), (&"matched".into(), vec![]));
    assert_eq!(
        (&photo(1)["verdict"], codes(photo(1))),
        (&"review".into(), vec!["NAME"])
    );
    assert_eq!((&photo(2)["verdict"], codes(photo(2))), (&"review".into(), vec!["ID"]));
    assert_eq!(
        (&photo(3)["verdict"], codes(photo(3))),
        (&"unmatched".into(), vec!["NOKEY"])
    );
}
