//! How students reach those who act for them.

use super::commands::{add_school, change_school, keep_contact};
use super::model::{Contact, Reach, SchoolCode, pick_contact};
use super::queries::{list_contacts, list_schools, takes_paper_verdicts};
use crate::accounts::model::{Role, Scope, Staff};
use crate::id::SchoolId;
use crate::testing::{TestDb, rows};
use crate::verdicts::category::NextActor;

const NOW_MS: i64 = 1_790_000_000_000;

fn person(role: Role, school_id: Option<SchoolId>) -> Staff {
    let scope = Scope {
        school_id,
        ..Scope::default()
    };
    rows::staff(role, scope, NOW_MS)
}

fn phone(number: &str) -> Reach {
    Reach {
        phone: Some(number.to_owned()),
        ..Reach::default()
    }
}

fn two_schools(test: &TestDb) -> [SchoolId; 2] {
    let made = test.db().write_tx_blocking(|conn| {
        let [first, second] = ["10001", "10002"].map(|code| SchoolCode::parse(code).expect("a code"));
        Ok([
            add_school(conn, &first, "One", NOW_MS)?,
            add_school(conn, &second, "Two", NOW_MS)?,
        ])
    });
    made.expect("schools")
}

#[test]
fn a_colleges_own_office_comes_before_that_of_every_college() {
    let test = TestDb::new();
    let [school_id, other] = two_schools(&test);
    let keep = |school_id: SchoolId, actor: NextActor, college: &'static str, reach: Reach| {
        let sealer = rows::sealer();
        test.db().write_tx_blocking(move |conn| {
            let contact = Contact {
                school_id,
                actor,
                college: college.to_owned(),
                reach,
            };
            keep_contact(conn, &sealer, &person(Role::Registrar, None), &contact, NOW_MS)
        })
    };
    keep(school_id, NextActor::College, "", phone("010-1")).expect("for all");
    keep(school_id, NextActor::College, "理学院", phone("010-2")).expect("its own");
    keep(school_id, NextActor::College, "理学院", phone("010-3")).expect("changed");
    keep(other, NextActor::College, "", phone("021-1")).expect("of the other school");
    let picked = |actor: NextActor, college: Option<&str>| {
        let contacts = test
            .db()
            .read_blocking(move |conn| list_contacts(conn, &[school_id]))
            .expect("read");
        pick_contact(&contacts, school_id, actor, college).and_then(|one| one.reach.phone.clone())
    };
    assert_eq!(picked(NextActor::College, Some("理学院")).as_deref(), Some("010-3"));
    assert_eq!(picked(NextActor::College, Some("文学院")).as_deref(), Some("010-1"));
    assert_eq!(picked(NextActor::College, None).as_deref(), Some("010-1"));
    assert_eq!(picked(NextActor::School, None), None);
    keep(school_id, NextActor::College, "理学院", Reach::default()).expect("taken away");
    assert_eq!(picked(NextActor::College, Some("理学院")).as_deref(), Some("010-1"));

    for (actor, college, reach, code) in [
        (NextActor::Student, "", phone("1"), "actor"),
        (NextActor::Agency, "理学院", phone("1"), "college"),
        (NextActor::Agency, "", phone("<script>"), "reach-phone"),
        (NextActor::Agency, "", phone(&"1".repeat(101)), "reach-long"),
    ] {
        assert_eq!(
            keep(school_id, actor, college, reach).expect_err("refused").code(),
            code
        );
    }
    let address = Reach {
        email: Some("nobody".to_owned()),
        ..Reach::default()
    };
    let refused = keep(school_id, NextActor::Agency, "", address).expect_err("refused");
    assert_eq!(refused.code(), "email");
}

#[test]
fn only_the_office_of_a_school_changes_it() {
    let test = TestDb::new();
    let [school_id, other] = two_schools(&test);
    let change = |by: Staff| {
        let sealer = rows::sealer();
        let changed = test
            .db()
            .write_tx_blocking(move |conn| change_school(conn, &sealer, &by, (school_id, " 新名 ", false), NOW_MS));
        changed.map_err(|error| error.code().to_owned())
    };
    assert_eq!(change(person(Role::Counsellor, None)), Err("forbidden".to_owned()));
    assert_eq!(
        change(person(Role::Registrar, Some(other))),
        Err("not-found".to_owned())
    );
    assert_eq!(change(person(Role::Registrar, Some(school_id))), Ok(()));
    let read = test.db().read_blocking(move |conn| {
        let names: Vec<String> = list_schools(conn)?.into_iter().map(|school| school.name).collect();
        Ok((
            names,
            takes_paper_verdicts(conn, school_id)?,
            takes_paper_verdicts(conn, other)?,
        ))
    });
    let expected = (vec!["新名".to_owned(), "Two".to_owned()], false, true);
    assert_eq!(read.expect("read"), expected);
}

#[test]
fn a_number_is_dialled_without_its_extension() {
    for (phone, dialled) in [
        ("010-6275 1234", Some("01062751234")),
        ("+86 (10) 6275 1234 转 801", Some("+861062751234")),
        ("6275 1234、6275 1235", Some("62751234")),
        ("010-62751234-801", None),
        ("62751234(801801)", None),
        ("转", None),
    ] {
        let reach = self::phone(phone);
        assert!(reach.validate().is_ok(), "{phone}");
        assert_eq!(reach.dialled().as_deref(), dialled, "{phone}");
    }
}
