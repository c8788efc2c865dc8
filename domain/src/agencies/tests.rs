//! Tokens, and what an agency may deliver for.

use super::commands::{TokenKeeper, add_agency, add_token, note_use, revoke_token};
use super::queries::{find_token, list_tokens};
use crate::accounts::commands::link_hash;
use crate::accounts::model::Operator;
use crate::accounts::tokens::is_use_due;
use crate::audit::OPERATOR;
use crate::id::{AgencyId, StaffId};
use crate::testing::TestDb;

const NOW_MS: i64 = 1_790_000_000_000;
const DAY_MS: i64 = 86_400_000;

fn admin_of(agency_id: AgencyId, is_admin: bool) -> Operator {
    Operator {
        staff_id: StaffId(1),
        email: "wang@studio.example".to_owned(),
        agency_id,
        is_admin,
        address: None,
    }
}

#[test]
fn a_token_is_good_until_it_ends_or_is_given_up() {
    let test = TestDb::new();
    let (agency, other) = test
        .db()
        .write_tx_blocking(|conn| {
            let agency = add_agency(conn, OPERATOR, "STUDIO", "Studio", NOW_MS)?;
            Ok((agency, add_agency(conn, OPERATOR, "OTHER", "Other", NOW_MS)?))
        })
        .expect("agencies");
    let admin = admin_of(agency, true);
    let make = |keeper: Operator, name: &'static str, days: i64| {
        test.db().write_tx_blocking(move |conn| {
            add_token(conn, TokenKeeper::Operator(&keeper), agency, (name, days), NOW_MS)
        })
    };
    for (keeper, name, days) in [
        (admin_of(other, true), "laptop", 90),
        (admin_of(agency, false), "laptop", 90),
        (admin.clone(), " ", 90),
        (admin.clone(), "laptop", 0),
        (admin.clone(), "laptop", 367),
    ] {
        assert!(make(keeper, name, days).is_err());
    }
    let secret = make(admin.clone(), "laptop", 90).expect("a token");
    assert!(secret.starts_with("rollproof_") && secret.len() > 60);
    let find = |secret: &str, at_ms: i64| {
        let hash = link_hash(secret);
        test.db()
            .read_blocking(move |conn| find_token(conn, &hash, at_ms))
            .expect("the tokens")
    };
    let found = find(&secret, NOW_MS).expect("it is good");
    assert_eq!(
        (found.deliverer.agency_id, found.deliverer.actor.as_str()),
        (agency, "token 1 (laptop)")
    );
    assert!(is_use_due(found.last_used_at_ms, NOW_MS));
    let token_id = found.token_id;
    test.db()
        .write_tx_blocking(move |conn| note_use(conn, token_id, NOW_MS))
        .expect("noted");
    let found = find(&secret, NOW_MS + 1).expect("it is good");
    assert!(!is_use_due(found.last_used_at_ms, NOW_MS + 59_999) && is_use_due(found.last_used_at_ms, NOW_MS + 60_000));
    assert!(find(&secret, NOW_MS + 90 * DAY_MS).is_none(), "its time is over");
    assert!(find(&secret[..secret.len() - 1], NOW_MS).is_none());
    let revoke = |keeper: Operator| {
        test.db()
            .write_tx_blocking(move |conn| revoke_token(conn, TokenKeeper::Operator(&keeper), token_id, NOW_MS))
    };
    assert_eq!(
        revoke(admin_of(other, true)).expect_err("not theirs").code(),
        "not-found"
    );
    assert!(find(&secret, NOW_MS).is_some());
    revoke(admin.clone()).expect("given up");
    revoke(admin).expect("once more changes nothing");
    assert!(find(&secret, NOW_MS).is_none());
    let listed = test
        .db()
        .read_blocking(move |conn| list_tokens(conn, agency))
        .expect("tokens");
    assert_eq!((listed.len(), listed[0].revoked_at_ms), (1, Some(NOW_MS)));
}
