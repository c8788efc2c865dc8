//! Roll imports through the binary.

use rollproof_tests::{TestHouse, path};

const HEADING: &str =
    "考生号,学号,姓名,性别,出生日期,证件类型,证件号码,院校代码,院校名称,层次,入学日期,预计毕业日期,学籍状态";

/// A row with a valid number of GB 11643 for the given sequence.
fn row(sequence: u32, student_no: &str, name: &str) -> String {
    let body = format!("44010020040315{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(weights)
        .map(|(digit, weight)| digit.to_digit(10).expect("a digit") * weight)
        .sum();
    let check = "10X98765432"
        .chars()
        .nth((sum % 11) as usize)
        .expect("eleven characters");
    let sex = if sequence % 2 == 1 { "男" } else { "女" };
    format!(
        "22440100{sequence:06},{student_no},{name},{sex},20040315,居民身份证,{body}{check},99001,南岭理工学院,本科,20220901,20260630,注册学籍"
    )
}

fn write(house: &TestHouse, name: &str, rows: &[String]) -> std::path::PathBuf {
    let file = house.folder().join(name);
    std::fs::write(&file, format!("{HEADING}\r\n{}\r\n", rows.join("\r\n"))).expect("the roll is written");
    file
}

#[test]
fn importing_twice_changes_nothing_and_a_change_is_one_change() {
    let house = TestHouse::new();
    let rows: Vec<String> = (1..=20)
        .map(|n| row(n, &format!("2022010100{n:02}"), "王小明"))
        .collect();
    let first = house.expect(0, &["roll", "import", path(&write(&house, "a.csv", &rows))]);
    assert_eq!((&first["new"], &first["errors"]), (&20.into(), &serde_json::json!([])));
    let again = house.expect(0, &["roll", "import", path(&house.folder().join("a.csv"))]);
    assert_eq!(
        (&again["new"], &again["changed"], &again["unchanged"]),
        (&0.into(), &0.into(), &20.into())
    );
    let mut changed = rows.clone();
    changed[3] = changed[3].replace("20260630", "20270630");
    let third = house.expect(0, &["roll", "import", path(&write(&house, "b.csv", &changed))]);
    assert_eq!(
        (&third["new"], &third["changed"], &third["unchanged"]),
        (&0.into(), &1.into(), &19.into())
    );
}

#[test]
fn a_dry_run_counts_and_changes_nothing() {
    let house = TestHouse::new();
    let file = write(&house, "a.csv", &[row(1, "202201010001", "王小明")]);
    let preview = house.expect(0, &["roll", "import", path(&file), "--dry-run"]);
    assert_eq!((&preview["state"], &preview["new"]), (&"previewed".into(), &1.into()));
    let applied = house.expect(0, &["roll", "import", path(&file)]);
    assert_eq!(applied["new"], 1);
}

#[test]
fn records_vanish_only_within_the_declared_scope_and_are_never_deleted() {
    let house = TestHouse::new();
    let both = [row(1, "202201010001", "王小明"), row(3, "202201010002", "李小红")];
    house.expect(0, &["roll", "import", path(&write(&house, "a.csv", &both))]);
    let one = write(&house, "b.csv", &both[..1]);
    assert_eq!(house.expect(0, &["roll", "import", path(&one)])["vanished"], 0);
    let scoped = house.expect(0, &["roll", "import", path(&one), "--scope", "school=99001,year=2026"]);
    assert_eq!(scoped["vanished"], 1);
    let back = house.expect(0, &["roll", "import", path(&house.folder().join("a.csv"))]);
    assert_eq!((&back["new"], &back["unchanged"]), (&0.into(), &2.into()));
}

#[test]
fn an_undo_puts_new_and_changed_rows_back() {
    let house = TestHouse::new();
    let rows = [row(1, "202201010001", "王小明"), row(3, "202201010002", "李小红")];
    house.expect(0, &["roll", "import", path(&write(&house, "a.csv", &rows[..1]))]);
    let changed = [rows[0].replace("本科", "专升本"), rows[1].clone()];
    let second = house.expect(0, &["roll", "import", path(&write(&house, "b.csv", &changed))]);
    assert_eq!((&second["new"], &second["changed"]), (&1.into(), &1.into()));
    let undone = house.expect(0, &["roll", "undo", &second["import_id"].to_string()]);
    assert_eq!((&undone["reversed"], &undone["kept"]), (&2.into(), &0.into()));
    let again = house.expect(0, &["roll", "import", path(&house.folder().join("a.csv"))]);
    assert_eq!(again["unchanged"], 1);
}

#[test]
fn one_number_under_two_names_is_an_error_and_the_rest_goes_on() {
    let house = TestHouse::new();
    let rows = [
        row(1, "202201010001", "王小明"),
        row(3, "202201010002", "李小红"),
        row(1, "202201010003", "赵小强"),
    ];
    let result = house.expect(3, &["roll", "import", path(&write(&house, "a.csv", &rows))]);
    let codes: Vec<&str> = result["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|error| error["code"].as_str())
        .collect();
    assert!(
        codes.contains(&"id-under-two-names") && codes.contains(&"exam-no-twice"),
        "{codes:?}"
    );
    assert_eq!(result["new"], 1);
}

#[test]
fn the_same_person_may_hold_a_closed_and_an_open_row() {
    let house = TestHouse::new();
    let closed = row(1, "201901010001", "王小明")
        .replace("22440100000001", "19440100000009")
        .replace("注册学籍", "毕业");
    let result = house.expect(
        0,
        &[
            "roll",
            "import",
            path(&write(&house, "a.csv", &[closed, row(1, "202201010001", "王小明")])),
        ],
    );
    assert_eq!((&result["new"], &result["error_total"]), (&2.into(), &0.into()));
}

#[test]
fn a_name_with_a_lost_character_is_no_other_name_and_never_overwrites_the_whole_one() {
    let house = TestHouse::new();
    let whole = row(1, "202201010001", "王𬱖明");
    house.expect(
        0,
        &[
            "roll",
            "import",
            path(&write(&house, "a.csv", std::slice::from_ref(&whole))),
        ],
    );
    let lost = whole.replace('𬱖', "??");
    let same = house.expect(
        0,
        &[
            "roll",
            "import",
            path(&write(&house, "b.csv", std::slice::from_ref(&lost))),
        ],
    );
    assert_eq!((&same["unchanged"], &same["changed"]), (&1.into(), &0.into()));
    let moved = lost.replace("20260630", "20270630");
    let changed = house.expect(0, &["roll", "import", path(&write(&house, "c.csv", &[moved]))]);
    assert_eq!(changed["changed"], 1);
    let back = house.expect(
        0,
        &[
            "roll",
            "import",
            path(&write(&house, "d.csv", &[whole.replace("20260630", "20270630")])),
        ],
    );
    assert_eq!(back["unchanged"], 1, "the whole name was kept");
    let other = whole.replace("20260630", "20270630").replace('𬱖', "大");
    let renamed = house.expect(0, &["roll", "import", path(&write(&house, "e.csv", &[other]))]);
    assert_eq!(renamed["changed"], 1);
}

/// A row whose number was rounded to fifteen digits.
fn rounded(line: &str) -> String {
    let number = line.split(',').nth(6).expect("a number");
    line.replace(number, &format!("{}000", &number[..15]))
}

#[test]
fn in_a_file_of_rounded_numbers_not_even_one_that_passes_its_check_is_believed() {
    let house = TestHouse::new();
    let rows: Vec<String> = (1..=400)
        .map(|n| row(n, &format!("2022010100{n:03}"), "王小明"))
        .collect();
    let rounded: Vec<String> = rows.iter().map(|line| rounded(line)).collect();
    let ran = house.run(&["roll", "import", path(&write(&house, "a.csv", &rounded))]);
    assert_eq!(
        (&ran.json["new"], &ran.json["error_total"]),
        (&0.into(), &ran.json["rows"])
    );
    let genuine = (1..=999).map(|n| row(n, &format!("2022010200{n:03}"), "李小红"));
    let ends_in_zeros = genuine
        .into_iter()
        .find(|line| line.contains("000,99001"))
        .expect("one number in a thousand ends so");
    let alone = house.expect(0, &["roll", "import", path(&write(&house, "b.csv", &[ends_in_zeros]))]);
    assert_eq!(
        (&alone["new"], &alone["warnings"][0]["code"]),
        (&1.into(), &"id-ends-in-zeros".into())
    );
}

#[test]
fn a_column_that_a_file_does_not_have_is_left_as_the_roll_has_it() {
    let house = TestHouse::new();
    let rows: Vec<String> = (1..=3)
        .map(|n| row(n, &format!("2022010100{n:02}"), "王小明"))
        .collect();
    house.expect(0, &["roll", "import", path(&write(&house, "a.csv", &rows))]);
    let few = |line: &String, class: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        format!("{},{},{},{},{class}", cells[1], cells[2], cells[6], cells[7])
    };
    let text = |class: &str| {
        let lines: Vec<String> = rows.iter().map(|line| few(line, class)).collect();
        format!("学号,姓名,证件号码,院校代码,班级\r\n{}\r\n", lines.join("\r\n"))
    };
    let classes = house.folder().join("classes.csv");
    std::fs::write(&classes, text("计科2201班")).expect("the list is written");
    let changed = house.expect(0, &["roll", "import", path(&classes)]);
    assert_eq!((&changed["changed"], &changed["new"]), (&3.into(), &0.into()));
    let again = house.expect(0, &["roll", "import", path(&classes)]);
    assert_eq!(again["unchanged"], 3);
    let whole = house.expect(0, &["roll", "import", path(&house.folder().join("a.csv"))]);
    assert_eq!(whole["unchanged"], 3, "neither file takes away what only the other has");
}

#[test]
fn a_list_of_identity_checks_sets_the_class_of_enrolled_students_alone() {
    let house = TestHouse::new();
    let rows: Vec<String> = (1..=3)
        .map(|n| row(n, &format!("2022010100{n:02}"), "王小明"))
        .collect();
    house.expect(0, &["roll", "import", path(&write(&house, "a.csv", &rows))]);
    let list = house.folder().join("checks.csv");
    let text =
        "XH,YXDM,BZ\r\n202201010001,99001,身份核验未通过\r\n202201010002,99001,\r\n202209999999,99001,身份核验异常\r\n";
    std::fs::write(&list, text).expect("the list is written");
    let arguments = ["roll", "import", path(&list), "--kind", "identity-check"];
    let first = house.expect(3, &arguments);
    assert_eq!(
        (&first["changed"], &first["unchanged"], &first["new"]),
        (&1.into(), &1.into(), &0.into())
    );
    let errors = first["errors"].as_array().expect("errors");
    assert_eq!(
        (errors.len(), &errors[0]["row"], &errors[0]["code"]),
        (1, &4.into(), &"not-in-roll".into())
    );
    assert_eq!(house.expect(3, &arguments)["unchanged"], 2);
    let roll = house.expect(0, &["roll", "import", path(&house.folder().join("a.csv"))]);
    assert_eq!(roll["unchanged"], 3, "nothing but the class was touched");
    let undone = house.expect(0, &["roll", "undo", &first["import_id"].to_string()]);
    assert_eq!(undone["reversed"], 1);
}

#[test]
fn admission_data_goes_by_exam_number_and_adds_nobody_to_the_roll() {
    let house = TestHouse::new();
    let admitted = |n: u32, name: &str| {
        let row = row(n, "", name);
        let cells: Vec<&str> = row.split(',').collect();
        format!("{},{},{},{}", cells[0], cells[2], cells[6], cells[7])
    };
    let list = house.folder().join("admitted.csv");
    let write_list = |rows: &[String]| {
        std::fs::write(
            &list,
            format!("考生号,姓名,证件号码,院校代码\r\n{}\r\n", rows.join("\r\n")),
        )
        .expect("the list is written");
    };
    let arguments = ["roll", "import", path(&list), "--kind", "admission"];
    let mut rows: Vec<String> = (1..=4).map(|n| admitted(n, "王小明")).collect();
    write_list(&rows);
    assert_eq!(house.expect(0, &arguments)["new"], 4);
    rows[0] = admitted(1, "王晓明");
    rows[3] = admitted(4, "王小明").replace("22440100000004", "22440100000003");
    write_list(&rows);
    let second = house.expect(3, &arguments);
    assert_eq!(
        (&second["changed"], &second["unchanged"], &second["new"]),
        (&1.into(), &1.into(), &0.into())
    );
    let errors: Vec<_> = second["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|e| (&e["row"], &e["code"]))
        .collect();
    assert_eq!(
        errors,
        [
            (&4.into(), &"exam-no-twice".into()),
            (&5.into(), &"exam-no-twice".into())
        ]
    );
    let undone = house.expect(0, &["roll", "undo", &second["import_id"].to_string()]);
    assert_eq!((&undone["reversed"], &undone["kept"]), (&1.into(), &0.into()));

    let roll: Vec<String> = (1..=3).map(|n| row(n, &format!("2022010100{n:02}"), "李雷")).collect();
    let imported = house.expect(0, &["roll", "import", path(&write(&house, "a.csv", &roll))]);
    assert_eq!(
        imported["new"], 3,
        "the admission data were not in the roll and do not speak against it"
    );
    let scoped = house.run(&[&arguments[..], &["--scope", "school=99001"]].concat());
    assert_eq!(
        (scoped.code, &scoped.json["error"]["code"]),
        (2, &"scope-needs-roll".into())
    );
}

#[test]
fn a_wrong_check_digit_names_row_and_column_but_never_the_number() {
    let house = TestHouse::new();
    let bad = row(1, "202201010001", "王小明");
    let number = bad.split(',').nth(6).expect("a number").to_owned();
    let wrong = number.replace(&number[17..], if number.ends_with('1') { "2" } else { "1" });
    let ran = house.run(&[
        "roll",
        "import",
        path(&write(&house, "a.csv", &[bad.replace(&number, &wrong)])),
    ]);
    assert_eq!(ran.code, 3);
    let error = &ran.json["errors"][0];
    assert_eq!(
        (&error["row"], &error["column"], &error["code"]),
        (&2.into(), &"证件号码".into(), &"id-check-digit".into())
    );
    assert!(!ran.json.to_string().contains(&wrong[..17]) && !ran.log.contains(&wrong[..17]));
}
