use proptest::prelude::*;

use super::*;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("makes a folder")
}

fn code(text: &str) -> Option<&'static str> {
    text.parse::<SecretFile>().err().map(|error| error.code())
}

#[test]
fn a_fresh_file_is_0600_and_reads_back_as_the_same_key() {
    let folder = folder();
    let path = folder.path().join("secret");
    let made = SecretFile::create(&path).expect("makes it");
    assert_eq!(
        fs::metadata(&path).expect("is there").permissions().mode() & 0o777,
        0o600
    );
    let read = SecretFile::load(&path).expect("reads it");
    assert_eq!((made.fingerprint(), made.key_ids().count()), (read.fingerprint(), 1));
    assert_eq!(read.fingerprint().len(), 16);
    let other = SecretFile::create(&folder.path().join("other")).expect("makes another");
    assert_ne!(made.fingerprint(), other.fingerprint());
}

#[test]
fn never_overwrites_a_file_and_says_when_there_is_none() {
    let folder = folder();
    let path = folder.path().join("secret");
    assert_eq!(SecretFile::load(&path).expect_err("none").code(), "secret-missing");
    fs::write(&path, "").expect("writes");
    assert_eq!(SecretFile::create(&path).expect_err("there").code(), "secret-exists");
    assert_eq!(fs::read(&path).expect("is there"), b"");
}

#[test]
fn refuses_a_file_that_others_may_touch() {
    let folder = folder();
    let path = folder.path().join("secret");
    drop(SecretFile::create(&path).expect("makes it"));
    for mode in [0o640, 0o604, 0o620, 0o601] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("opens it");
        assert_eq!(SecretFile::load(&path).expect_err("exposed").code(), "secret-exposed");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).expect("closes it");
    SecretFile::load(&path).expect("the owner alone may read it");
}

#[test]
fn rotation_keeps_the_old_keys_until_they_are_dropped() {
    let folder = folder();
    let path = folder.path().join("secret");
    let first = SecretFile::create(&path).expect("makes it");
    let first_id = first.key_ids().next();
    let second = first.rotate(&path).expect("rotates");
    let third = second.rotate(&path).expect("rotates again");
    let ids: Vec<_> = third.key_ids().collect();
    assert_eq!((ids.len(), ids.last().copied()), (3, first_id));
    let read = SecretFile::load(&path).expect("reads");
    assert_eq!(
        (read.key_ids().collect::<Vec<_>>(), read.fingerprint()),
        (ids, third.fingerprint())
    );
    let kept = read.drop_retired(&path).expect("drops");
    assert_eq!((kept.key_ids().count(), kept.fingerprint()), (1, third.fingerprint()));
    assert_eq!(
        fs::metadata(&path).expect("is there").permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_dir(folder.path()).expect("lists").count(),
        1,
        "a pending file was left"
    );
}

#[test]
fn reads_the_documented_form_with_remarks() {
    let text = format!("{HEADER}\n# kept in the safe\nretired 00000001 {KEY}\n\nactive 00000002 {KEY}\n");
    let secret = text.parse::<SecretFile>().expect("reads");
    let ids: Vec<_> = secret.key_ids().map(|id| id.to_string()).collect();
    assert_eq!(ids, ["00000002", "00000001"]);
    // The published values of a known key: whoever changes a derivation makes every sealed value unreadable.
    assert_eq!(secret.fingerprint(), "fe5da87cd70d74b3");
}

#[test]
fn refuses_what_is_no_secret_file() {
    for text in [
        String::new(),
        "rollproof-secret 2\n".to_owned(),
        HEADER.to_owned(),
        format!("{HEADER}\nretired 00000001 {KEY}"),
        format!("{HEADER}\nactive 00000001 {KEY}\nactive 00000002 {KEY}"),
        format!("{HEADER}\nactive 00000001 {KEY}\nretired 00000001 {KEY}"),
        format!("{HEADER}\nactive 0001 {KEY}"),
        format!("{HEADER}\nactive 00000001 {}", &KEY[1..]),
        format!("{HEADER}\nactive 00000001 {KEY} more"),
        format!("{HEADER}\nspare 00000001 {KEY}"),
    ] {
        assert_eq!(code(&text), Some("secret-malformed"), "{text}");
    }
}

#[test]
fn neither_debug_nor_errors_show_a_key() {
    let text = format!("{HEADER}\nactive 00000001 {KEY}");
    let shown = format!("{:?}", text.parse::<SecretFile>().expect("reads"));
    assert!(shown.contains("0, 0, 0, 1") && !shown.contains(&KEY[..8]), "{shown}");
    let error = format!("{HEADER}\nactive 00000001 {KEY}A")
        .parse::<SecretFile>()
        .expect_err("a wrong key");
    assert!(!format!("{error} {error:?}").contains(&KEY[..8]));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(body in "(active|retired|#|[0-9a-f]{8}|[A-Za-z0-9_-]{43}|\\PC| |\n){0,12}") {
        drop(body.parse::<SecretFile>());
        drop(format!("{HEADER}\n{body}").parse::<SecretFile>());
    }
}
