//! What is typed: puzzles, names, numbers, passwords.

use super::{Desk, EMAIL, MINUTE_MS, NOW_MS, PASSWORD, form, today};
use crate::clock::TimestampMs;
use crate::students::captcha::{self, Puzzle};
use crate::students::commands::registration::read_email;
use crate::students::identity::{RealName, read, read_name, read_phone};
use crate::students::password;

#[tokio::test(flavor = "multi_thread")]
async fn a_puzzle_is_good_once_and_for_a_while() {
    let desk = Desk::new();
    let Puzzle::Letters(letters) = Puzzle::letters() else {
        panic!("letters were asked for")
    };
    let redeem = |token: String, typed: String, at_ms: TimestampMs| {
        let sealer = desk.sealer.clone();
        desk.db
            .write_tx(move |conn| captcha::redeem(conn, &sealer, &token, &typed, at_ms))
    };
    let fresh = |puzzle: Puzzle| captcha::seal(&desk.sealer, puzzle, NOW_MS).expect("sealed");
    let token = fresh(Puzzle::Letters(letters.clone()));
    assert!(!token.contains(&letters));
    assert!(
        redeem(token.clone(), letters.to_lowercase(), NOW_MS)
            .await
            .expect("an answer")
    );
    assert!(
        !redeem(token, letters.clone(), NOW_MS).await.expect("an answer"),
        "once"
    );
    let token = fresh(Puzzle::Letters(letters.clone()));
    assert!(
        !redeem(token.clone(), "wrong".to_owned(), NOW_MS)
            .await
            .expect("an answer")
    );
    assert!(
        !redeem(token, letters.clone(), NOW_MS).await.expect("an answer"),
        "a wrong answer uses it up"
    );
    let token = fresh(Puzzle::Letters(letters.clone()));
    assert!(
        !redeem(token, letters, NOW_MS + 21 * MINUTE_MS)
            .await
            .expect("an answer"),
        "too late"
    );
    assert!(
        redeem(fresh(Puzzle::Sum(7, 8)), "１５".to_owned(), NOW_MS)
            .await
            .expect("an answer")
    );
    assert!(
        !redeem("bm90IG91cnM".to_owned(), "15".to_owned(), NOW_MS)
            .await
            .expect("an answer")
    );
}

#[test]
fn forms_are_read_as_documents_are_written() {
    assert_eq!(read_email(" Zhang@Example.EDU ").expect("usable"), EMAIL);
    for wrong in [
        "zhang",
        "@example.edu",
        "zhang@example",
        "a@b@example.edu",
        "zhang @example.edu",
        "<a>@example.edu",
    ] {
        assert!(read_email(wrong).is_err(), "{wrong}");
    }
    assert_eq!(read_phone("+86 138-0013-8000").expect("usable"), "13800138000");
    for wrong in ["12800138000", "1380013800", "138001380000", "13800138000x"] {
        assert!(read_phone(wrong).is_err(), "{wrong}");
    }
    assert_eq!(read_name("阿卜杜拉 · 买买提").expect("usable"), "阿卜杜拉·买买提");
    for wrong in ["zhang san", "张", "张3", "张?"] {
        assert!(read_name(wrong).is_err(), "{wrong}");
    }
    let draft = read(&form("13800138000"), today()).expect("usable");
    assert_eq!(
        (draft.birth_date.as_str(), draft.sex.as_str()),
        ("1949-12-31", "female")
    );
    let old_card = RealName {
        id_number: "110105491231002".to_owned(),
        ..form("13800138000")
    };
    assert_eq!(read(&old_card, today()).expect_err("15 digits").code(), "id-shape");
}

#[test]
fn passwords_have_three_kinds_and_are_not_everybodys() {
    for (password, code) in [
        ("Ab1-", "password-short"),
        ("abcdefgh1", "password-plain"),
        ("Passw0rd1", "password-known"),
        ("Zhang-12345", "password-known"),
    ] {
        let refused = password::require_usable(password, EMAIL).expect_err(password);
        assert_eq!(refused.code(), code, "{password}");
    }
    password::require_usable(PASSWORD, EMAIL).expect("usable");
}
