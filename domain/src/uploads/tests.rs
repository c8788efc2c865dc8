//! Quotas, and what an agency reaches.

use super::commands::{self, KEPT_MS, Quota};
use super::model::{NewUpload, UploadId};
use super::queries;
use crate::agencies::commands::add_agency;
use crate::agencies::model::Deliverer;
use crate::audit::OPERATOR;
use crate::crypto::{Sealer, SecretFile};
use crate::testing::TestDb;

const NOW_MS: i64 = 1_790_000_000_000;
const QUOTA: Quota = Quota {
    file_bytes: 1_000,
    agency_bytes: 1_500,
};

fn house() -> (TestDb, Sealer, Deliverer, Deliverer) {
    let test = TestDb::new();
    let agencies = ["ONE", "OTHER"].map(|code| {
        let added = test
            .db()
            .write_tx_blocking(move |conn| add_agency(conn, OPERATOR, code, code, NOW_MS));
        Deliverer {
            agency_id: added.expect("an agency"),
            actor: code.to_owned(),
            address: None,
        }
    });
    let [one, other] = agencies;
    let secret = SecretFile::create(&test.folder().join("secret.key")).expect("a secret file");
    (test, Sealer::new(&secret), one, other)
}

fn file(size_bytes: i64) -> NewUpload {
    NewUpload {
        file_name: "batch.zip".to_owned(),
        size_bytes,
        sha256: None,
    }
}

fn begin(test: &TestDb, sealer: &Sealer, by: &Deliverer, new: &NewUpload, now_ms: i64) -> crate::Result<UploadId> {
    test.db()
        .write_tx_blocking(|conn| commands::begin(conn, sealer, by, new, QUOTA, now_ms))
}

#[test]
fn an_agency_has_its_quota_and_a_week() {
    let (test, sealer, one, other) = house();
    let start = |by: &Deliverer, size_bytes, now_ms| begin(&test, &sealer, by, &file(size_bytes), now_ms);
    assert_eq!(
        start(&one, 1_001, NOW_MS).expect_err("too large").code(),
        "upload-too-large"
    );
    assert_eq!(start(&one, 0, NOW_MS).expect_err("empty").code(), "upload-empty");
    start(&one, 1_000, NOW_MS).expect("the first");
    assert_eq!(start(&one, 501, NOW_MS).expect_err("too much").code(), "quota-exceeded");
    start(&one, 500, NOW_MS).expect("just fits");
    start(&other, 1_000, NOW_MS).expect("another agency's quota");
    let later = NOW_MS + KEPT_MS;
    start(&one, 1_000, later).expect("what was given up weighs nothing");
    let forgotten = test
        .db()
        .write_tx_blocking(move |conn| commands::forget_expired(conn, later));
    assert_eq!(forgotten.expect("forgotten"), 3);
}

#[test]
fn names_and_hashes_are_looked_at() {
    let (test, sealer, one, _) = house();
    for (file_name, sha256, code) in [
        ("", None, "file-name"),
        ("a\nb.zip", None, "file-name"),
        ("a.zip", Some("ABC"), "sha256"),
    ] {
        let new = NewUpload {
            file_name: file_name.to_owned(),
            size_bytes: 1,
            sha256: sha256.map(str::to_owned),
        };
        let refused = begin(&test, &sealer, &one, &new, NOW_MS);
        assert_eq!(refused.expect_err("unusable").code(), code);
    }
    for text in ["", "../../etc", "0123456789ABCDEF0123456789ABCDEF", &"0".repeat(33)] {
        assert!(text.parse::<UploadId>().is_err(), "{text}");
    }
}

#[test]
fn another_agencys_upload_does_not_exist() {
    let (test, sealer, one, other) = house();
    let id = begin(&test, &sealer, &one, &file(10), NOW_MS).expect("an upload");
    let get = |by: &Deliverer| test.db().read_blocking(|conn| queries::get_upload(conn, by, &id));
    let upload = get(&one).expect("its own");
    assert_eq!(get(&other).expect_err("not theirs").code(), "not-found");
    let give_up = |by: &Deliverer| {
        test.db()
            .write_tx_blocking(|conn| commands::give_up(conn, by, &id, NOW_MS))
    };
    assert_eq!(give_up(&other).expect_err("not theirs").code(), "not-found");
    let list = |by: &Deliverer| {
        test.db()
            .read_blocking(|conn| queries::list_open(conn, by, None, NOW_MS))
    };
    assert_eq!(
        (list(&one).expect("a list").len(), list(&other).expect("a list").len()),
        (1, 0)
    );
    assert!(commands::require_open(&upload, NOW_MS).is_ok());
    let over = commands::require_open(&upload, NOW_MS + KEPT_MS).expect_err("given up");
    assert_eq!(over.code(), "upload-over");
    give_up(&one).expect("given up");
    assert_eq!(get(&one).expect_err("it is gone").code(), "not-found");
}
