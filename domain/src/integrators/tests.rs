//! Tokens of other systems: what each may do, for which school, until when; and a page handed in twice.

use super::commands::{IdempotencyKey, add_integrator, hand_in_page, revoke_integrator};
use super::model::Right;
use super::queries::{find_integrator, get_own_import, list_integrators, list_photos, list_status, school_for};
use crate::accounts::commands::link_hash;
use crate::db::Conn;
use crate::id::ImportId;
use crate::roll::model::{ImportKind, ImportOptions, NewImport};
use crate::schools::commands::add_school;
use crate::schools::model::SchoolCode;
use crate::testing::TestDb;

const NOW_MS: i64 = 1_790_000_000_000;
const DAY_MS: i64 = 86_400_000;

fn page(actor: &str) -> NewImport {
    NewImport {
        kind: ImportKind::Roll,
        staged_object: "page".to_owned(),
        source_sha256: "00".to_owned(),
        options: ImportOptions::default(),
        is_dry_run: false,
        is_attended: false,
        actor: actor.to_owned(),
    }
}

fn houses(conn: &mut Conn) {
    for code in ["10001", "10002"] {
        let code = SchoolCode::parse(code).expect("five digits");
        add_school(conn, &code, "Synthetic University", NOW_MS).expect("a school");
    }
}

#[test]
fn a_token_does_what_it_was_made_for_and_nothing_else() {
    let test = TestDb::new();
    let mut conn = test.connect();
    houses(&mut conn);
    let own = crate::schools::queries::get_school_id(&mut conn, "10001").expect("a school");
    for (name, days, rights) in [
        (" ", 90, &[Right::Status][..]),
        ("portal", 0, &[Right::Status]),
        ("portal", 400, &[Right::Status]),
        ("portal", 90, &[]),
    ] {
        assert!(
            add_integrator(&mut conn, (name, days), None, rights, NOW_MS).is_err(),
            "{name} {days}"
        );
    }
    let secret = add_integrator(&mut conn, ("portal", 90), Some(own), &[Right::Status], NOW_MS).expect("a token");
    assert!(secret.starts_with("rollproof_"));
    let mut find = |at_ms| find_integrator(&mut conn, &link_hash(&secret), at_ms).expect("a read");
    assert_eq!(find(NOW_MS + 90 * DAY_MS), None, "it ends");
    let portal = find(NOW_MS).expect("it is good");
    assert!(school_for(&mut conn, &portal, "10001").is_ok());
    assert_eq!(
        school_for(&mut conn, &portal, "10002").expect_err("another's").code(),
        "not-found"
    );
    assert_eq!(
        list_status(&mut conn, &portal, own, &["1".to_owned()]).expect("allowed"),
        []
    );
    let refused = list_photos(&mut conn, &portal, own, &["1".to_owned()]);
    assert_eq!(refused.expect_err("no such right").code(), "forbidden");
    let refused = hand_in_page(&mut conn, &portal, &page("portal"), None, NOW_MS);
    assert_eq!(refused.expect_err("no such right").code(), "forbidden");
    revoke_integrator(&mut conn, portal.integrator_id, NOW_MS).expect("given up");
    assert_eq!(
        find_integrator(&mut conn, &link_hash(&secret), NOW_MS).expect("a read"),
        None
    );
    assert!(
        revoke_integrator(&mut conn, portal.integrator_id, NOW_MS).is_err(),
        "only once"
    );
    assert_eq!(list_integrators(&mut conn).expect("a list").len(), 1);
}

#[test]
fn the_same_key_makes_one_import_and_another_request_under_it_none() {
    let test = TestDb::new();
    let mut conn = test.connect();
    let secret = add_integrator(&mut conn, ("portal", 90), None, &[Right::Roll], NOW_MS).expect("a token");
    let portal = find_integrator(&mut conn, &link_hash(&secret), NOW_MS)
        .expect("a read")
        .expect("good");
    let key = |request: &str| IdempotencyKey {
        key: "2026-11-26/1".to_owned(),
        request_sha256: request.to_owned(),
    };
    let mut hand_in =
        |key: Option<&IdempotencyKey>| hand_in_page(&mut conn, &portal, &page(&portal.actor), key, NOW_MS);
    assert_eq!(hand_in(Some(&key("a"))).expect("new"), (ImportId(1), true));
    assert_eq!(hand_in(Some(&key("a"))).expect("the same"), (ImportId(1), false));
    assert_eq!(
        hand_in(Some(&key("b"))).expect_err("another").code(),
        "idempotency-key-reused"
    );
    assert_eq!(hand_in(None).expect("without a key"), (ImportId(2), true));
    assert!(get_own_import(&mut conn, &portal, ImportId(2)).is_ok());
    assert!(get_own_import(&mut conn, &portal, ImportId(3)).is_err());
}
