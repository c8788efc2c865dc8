//! Input that cannot be used: a typed answer, the right exit code, nothing half done.

use rollproof_tests::{GRAD_YEAR, TestHouse, path};

fn code_of(house: &TestHouse, arguments: &[&str]) -> String {
    let ran = house.run(arguments);
    assert_eq!(ran.code, 2, "{arguments:?} said {} and logged {}", ran.json, ran.log);
    ran.json["error"]["code"].as_str().expect("an error code").to_owned()
}

#[test]
fn archives_that_are_none_end_with_one_error() {
    let house = TestHouse::new();
    house.add_campaign(GRAD_YEAR);
    for (name, bytes) in [
        ("empty.zip", &b""[..]),
        ("text.zip", b"this is no archive"),
        ("cut.zip", b"PK\x03\x04\x14\0\0\0"),
    ] {
        let file = house.folder().join(name);
        std::fs::write(&file, bytes).expect("a file");
        let code = code_of(
            &house,
            &["batch", "ingest", path(&file), "--campaign", "c", "--agency", "studio"],
        );
        assert!(!code.is_empty(), "{name}");
    }
}

#[test]
fn rolls_that_are_none_end_with_one_error() {
    let house = TestHouse::new();
    for (name, bytes) in [
        ("empty.csv", &b""[..]),
        ("no_heading.csv", "1,2,3\n4,5,6\n".as_bytes()),
        ("no_number.csv", "学号,姓名,性别\n1,王,男\n".as_bytes()),
        ("picture.csv", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    ] {
        let file = house.folder().join(name);
        std::fs::write(&file, bytes).expect("a file");
        let code = code_of(&house, &["roll", "import", path(&file)]);
        assert!(!code.is_empty(), "{name}");
    }
}

#[test]
fn things_that_do_not_exist_are_named() {
    let house = TestHouse::new();
    let file = house.folder().join("a.zip");
    std::fs::write(&file, b"x").expect("a file");
    assert_eq!(
        code_of(
            &house,
            &[
                "batch",
                "ingest",
                path(&file),
                "--campaign",
                "nowhere",
                "--agency",
                "nobody"
            ]
        ),
        "not-found"
    );
    assert_eq!(code_of(&house, &["batch", "report", "77"]), "not-found");
    assert_eq!(code_of(&house, &["roll", "import", "/nowhere.csv"]), "file-unreadable");
    assert_eq!(code_of(&house, &["school", "add", "12", "x"]), "school-code");
}

#[test]
fn a_database_sealed_with_another_key_is_not_opened() {
    let house = TestHouse::new();
    house.expect(0, &["school", "add", "99001", "南岭理工学院"]);
    std::fs::rename(house.folder().join("data/secret.key"), house.folder().join("old.key")).expect("moved");
    assert_eq!(code_of(&house, &["jobs", "list"]), "secret-file");
    let other = TestHouse::new();
    other.expect(0, &["jobs", "list"]);
    std::fs::copy(
        other.folder().join("data/secret.key"),
        house.folder().join("data/secret.key"),
    )
    .expect("copied");
    assert_eq!(code_of(&house, &["jobs", "list"]), "secret-file-differs");
}
