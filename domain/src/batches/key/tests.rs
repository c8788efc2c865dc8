//! File names as agencies write them.

use proptest::prelude::*;

use super::*;

/// A made-up but well-formed resident number, and one of 15 digits with its 18-digit form.
const ID: &str = "11010519491231002X";
const ID_15: &str = "110105491231002";
const STUDENT: &str = "2022060603067";

fn key(name: &str) -> FileKey {
    FileKey::from_entry_name(name, KeyPolicy::Auto)
}

fn exact(name: &str, policy: KeyPolicy) -> Vec<(KeyKind, String)> {
    let candidates = FileKey::from_entry_name(name, policy).candidates.into_iter();
    candidates
        .filter(|key| key.form == KeyForm::Exact)
        .map(|key| (key.kind, key.text))
        .collect()
}

fn first(name: &str) -> Option<String> {
    exact(name, KeyPolicy::Auto).into_iter().next().map(|(_, text)| text)
}

/// The key as found, the claimed name and the copy number.
fn read(name: &str) -> (Option<String>, Option<String>, Option<u32>) {
    let key = key(name);
    (first(name), key.claimed_name, key.copy_no)
}

#[test]
fn finds_the_key_whatever_folder_extension_case_and_width() {
    let names = [
        "11010519491231002X.jpg",
        "11010519491231002x.JPG",
        "照片/护理2503班/11010519491231002X.jpeg",
        "a\\b\\11010519491231002x.JPEG",
        "１１０１０５１９４９１２３１００２Ｘ．ｊｐｇ",
        " 11010519491231002X .jpg",
        "11010519491231002X.jpg.jpg",
        "11010519491231002X",
        "11010519491231002X.bmp",
        "【11010519491231002X】.jpg",
        "\u{a0}11010519491231002X\u{3000}.jpg",
        "11010519491231002X.jpg ",
        "11010519491231002X.jpg.",
    ];
    for name in names {
        assert_eq!(
            exact(name, KeyPolicy::Auto)[0],
            (KeyKind::IdNumber, ID.to_owned()),
            "{name}"
        );
        assert_eq!((key(name).claimed_name, key(name).copy_no), (None, None), "{name}");
    }
}

#[test]
fn folds_copy_suffixes_also_repeated_and_before_a_name() {
    let marks = [
        ("_2", 2),
        ("(1)", 1),
        ("（1）", 1),
        (" (3)", 3),
        ("-补拍", 1),
        ("补拍", 1),
        ("_补拍2", 2),
        (" 副本", 1),
        ("- 副本", 1),
        (" - 副本", 1),
        (" - 副本 (2)", 2),
        (" - Copy", 1),
        (" - Copy (4)", 4),
        ("_x", 1),
        ("_2(1)", 1),
        ("_x_x", 1),
        ("-2", 2),
        ("(补拍)", 1),
        ("-重拍", 1),
        ("_2_2", 2),
        ("（12）", 12),
    ];
    for (mark, number) in marks {
        for stem in [ID, STUDENT, "B20190101"] {
            let name = format!("{stem}{mark}.jpg");
            assert_eq!(read(&name), (Some(stem.to_owned()), None, Some(number)), "{name}");
            let named = format!("{stem}{mark}_张三.jpg");
            assert_eq!(
                read(&named),
                (Some(stem.to_owned()), Some("张三".to_owned()), Some(number)),
                "{named}"
            );
            let name_last = format!("{stem}_张三{mark}.jpg");
            assert_eq!(
                read(&name_last),
                (Some(stem.to_owned()), Some("张三".to_owned()), Some(number)),
                "{name_last}"
            );
        }
    }
    assert_eq!(
        read("复件 2022060603067.jpg"),
        (Some(STUDENT.to_owned()), None, Some(1))
    );
}

#[test]
fn takes_key_and_name_apart_in_either_order() {
    let names = [
        ("11010519491231002X_张三.jpg", "张三"),
        ("11010519491231002X-张三.jpg", "张三"),
        ("张三_11010519491231002x.jpg", "张三"),
        ("张三11010519491231002X.jpg", "张三"),
        ("11010519491231002X张三.jpg", "张三"),
        ("11010519491231002X 张三.jpg", "张三"),
        ("11010519491231002X_买买提·艾力.jpg", "买买提·艾力"),
        ("11010519491231002X_买买提.艾力.jpg", "买买提.艾力"),
        ("11010519491231002X_Li Ming.jpg", "Li Ming"),
        ("Li Ming_11010519491231002X.jpg", "Li Ming"),
        ("护理班_张三_11010519491231002X.jpg", "张三"),
        ("11010519491231002X_张三_护理班.jpg", "张三"),
        ("2503班_11010519491231002X_张三.jpg", "张三"),
        ("11010519491231002Xzhangsan.jpg", "zhangsan"),
        ("11010519491231002X_𬱖〇.jpg", "𬱖〇"),
        ("11010519491231002X_张*三.jpg", "张*三"),
        ("证件号码：11010519491231002X 姓名：张三.jpg", "张三"),
    ];
    for (name, claimed) in names {
        assert_eq!(
            read(name),
            (Some(ID.to_owned()), Some(claimed.to_owned()), None),
            "{name}"
        );
    }
}

#[test]
fn marks_characters_that_an_archiver_lost_as_unknown() {
    let claimed = |name: &str| key(name).claimed_name;
    for (name, expected) in [
        ("2022060603067_李_华.jpg", "李?华"),
        ("2022060603067_王小_.jpg", "王小?"),
        ("2022060603067__小华.jpg", "?小华"),
        ("2022060603067_张三_x.jpg", "张三"),
        ("2022060603067_王小__x.jpg", "王小?"),
        ("2022060603067_张三_李班.jpg", "张三"),
    ] {
        assert_eq!(claimed(name).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn finds_no_key_where_there_is_none() {
    let names = [
        "张三.jpg",
        "IMG_0001.jpg",
        "DSC01234.jpg",
        "IMG20240101.jpg",
        "photo.jpg",
        "1.jpg",
        "2503班.jpg",
        "副本.jpg",
        "_x.jpg",
        "",
        ".jpg",
        "/",
        "照片 (1).jpg",
        "张三(2).jpg",
        "X.jpg",
        "1234.jpg",
        "2022060603067/张三.jpg",
    ];
    for name in names {
        assert_eq!(key(name), FileKey::default(), "{name}");
    }
}

#[test]
fn never_bends_a_mistyped_key() {
    for stem in [
        "110105194912310021",
        "11010519491231002",
        "1101051949123100213",
        "2022060603068",
        "110105199913310021",
    ] {
        assert_eq!(first(&format!("{stem}.jpg")).as_deref(), Some(stem));
        assert!(
            key(&format!("{stem}.jpg"))
                .candidates
                .iter()
                .all(|key| key.text == stem)
        );
    }
}

#[test]
fn tries_the_likeliest_kind_first() {
    use KeyKind::{ExamNo, IdNumber, StudentNo};
    let kinds = |name: &str| {
        exact(name, KeyPolicy::Auto)
            .into_iter()
            .map(|(kind, _)| kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds("11010519491231002X.jpg"), [IdNumber, ExamNo, StudentNo]);
    assert_eq!(kinds("22150100107482.jpg"), [ExamNo, StudentNo, IdNumber]);
    assert_eq!(kinds("2022060603067.jpg"), [StudentNo, ExamNo, IdNumber]);
    assert_eq!(kinds("H12345678.jpg"), [StudentNo, ExamNo, IdNumber]);
    assert_eq!(
        exact("22150100107482.jpg", KeyPolicy::StudentNo),
        [(StudentNo, "22150100107482".to_owned())]
    );
}

#[test]
fn lengthens_old_resident_numbers_as_identity_numbers_only() {
    let found = exact(&format!("{ID_15}.jpg"), KeyPolicy::Auto);
    assert_eq!(found[0], (KeyKind::IdNumber, ID.to_owned()));
    assert_eq!(found[1], (KeyKind::ExamNo, ID_15.to_owned()));
}

#[test]
fn offers_numbers_without_their_zeros_after_the_exact_form() {
    let candidates = FileKey::from_entry_name("06493778.jpg", KeyPolicy::IdNumber).candidates;
    let forms: Vec<_> = candidates.iter().map(|key| (key.form, key.text.as_str())).collect();
    assert_eq!(
        forms,
        [(KeyForm::Exact, "06493778"), (KeyForm::WithoutLeadingZeros, "6493778")]
    );
    let resident = FileKey::from_entry_name("050105194912310021.jpg", KeyPolicy::IdNumber).candidates;
    assert!(resident.iter().all(|key| key.form == KeyForm::Exact));
    assert_eq!(
        (
            without_leading_zeros("0012"),
            without_leading_zeros("000"),
            without_leading_zeros("")
        ),
        ("12", "0", "")
    );
}

#[test]
fn offers_every_number_in_the_name() {
    let texts: Vec<_> = exact("2022060603067_11010519491231002X_张三.jpg", KeyPolicy::IdNumber);
    assert_eq!(
        texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(),
        [STUDENT, ID]
    );
}

#[test]
fn debug_output_holds_no_values() {
    let text = format!("{:?}", key("11010519491231002X_张三_2.jpg"));
    assert!(!text.contains("1101") && !text.contains('张'), "{text}");
}

proptest! {
    #[test]
    fn any_name_is_taken_apart_without_a_panic(name in "\\PC{0,40}") {
        let key = key(&name);
        for candidate in &key.candidates {
            prop_assert!(candidate.text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()));
        }
        prop_assert!(!key.candidates.is_empty() || key == FileKey::default());
    }

    #[test]
    fn marks_and_names_never_change_the_key(
        digits in "[0-9]{6,18}", mark in "(_2|\\(1\\)|-补拍| 副本|_x| - Copy){0,3}", name in "(_[张李王][三四]{1,2})?",
    ) {
        let plain = first(&format!("{digits}.jpg"));
        prop_assert_eq!(first(&format!("班级/{digits}{mark}{name}.JPEG")), plain);
    }
}
