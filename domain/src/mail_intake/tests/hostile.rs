//! Mails that were made to break something.

use proptest::prelude::*;

use super::{FROM, mail, mail_with_file};
use crate::mail_intake::letter::{Letter, MAX_LETTER_BYTES};

fn code_of(raw: &[u8]) -> String {
    match Letter::read(raw, FROM) {
        Ok(_) => "read".to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

/// A mail whose parts are each in the one before.
fn nested(depth: usize) -> Vec<u8> {
    let mut raw = String::from("From: a@mail.example\r\n");
    for level in 0..depth {
        raw.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n"
        ));
    }
    raw.push_str("Content-Type: text/plain\r\n\r\nin the middle\r\n");
    raw.into_bytes()
}

#[test]
fn what_is_no_mail_or_too_much_is_refused() {
    assert_eq!(code_of(b""), "mail-unreadable");
    assert_eq!(code_of(b"\0\0\0"), "mail-unreadable");
    assert_eq!(code_of(b"Subject: nobody wrote this\r\n\r\nx"), "mail-unreadable");
    for from in [
        "nobody",
        "@mail.example",
        "a@",
        "a@b@c.example",
        "<script>@mail.example>",
        "a\u{7f}@mail.example",
    ] {
        let raw = format!("From: {from}\r\n\r\nx");
        assert_eq!(code_of(raw.as_bytes()), "mail-unreadable", "{from}");
    }
    assert_eq!(code_of(&vec![b'a'; MAX_LETTER_BYTES + 1]), "mail-too-large");
    assert_eq!(code_of(&nested(500)), "mail-too-many-parts");
    let part = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n".repeat(500);
    let many = format!("From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n{part}--b--\r\n");
    assert_eq!(code_of(many.as_bytes()), "mail-too-many-parts");
}

#[test]
fn files_over_the_limits_are_left_out_and_the_words_stay() {
    let part = "--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment\r\n\r\nx\r\n".repeat(12);
    let large = "A".repeat(11 << 20);
    let raw = format!(
        "From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
         --b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n\r\n{large}\r\n{part}--b--\r\n"
    );
    let letter = Letter::read(raw.as_bytes(), FROM).expect("a mail");
    assert_eq!(
        (letter.words.as_str(), letter.files.len(), letter.left_out),
        ("hello", 10, 3)
    );
}

#[test]
fn a_mail_in_a_mail_brings_no_files() {
    let inner = mail_with_file("i", "b@mail.example", "c@mail.example");
    let raw = format!(
        "From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=\"o\"\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\nforwarded\r\n\
         --o\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--o--\r\n"
    );
    let letter = Letter::read(raw.as_bytes(), FROM).expect("a mail");
    assert_eq!((letter.words.as_str(), letter.files.len()), ("forwarded", 0));
}

#[test]
fn old_encodings_and_pages_alone_are_read() {
    let (words, _, _) = encoding_rs::GB18030.encode("我的名字写错了");
    let head =
        b"From: a@mail.example\r\nContent-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    let letter = Letter::read(&[head.as_slice(), &words].concat(), FROM).expect("a mail");
    assert_eq!(letter.words, "我的名字写错了");
    let page = "From: a@mail.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>名字<b>错了</b></p><script>alert(1)</script>";
    let letter = Letter::read(page.as_bytes(), FROM).expect("a mail");
    assert!(
        letter.words.contains("名字") && !letter.words.contains('<'),
        "{}",
        letter.words
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(raw in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _outcome = code_of(&raw);
    }

    #[test]
    fn changed_mails_never_panic(
        is_multipart in any::<bool>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = if is_multipart {
            mail_with_file("a", "zhang@mail.example", "office@photos.example.edu")
        } else {
            mail("a", "zhang@mail.example", "References: <a@b> <c@d>\r\n", "名字\r\n> 引用")
        };
        let mut raw = whole.into_bytes();
        for (index, value) in changes {
            let at = index.index(raw.len());
            raw[at] = value;
        }
        raw.truncate(cut.index(raw.len()) + 1);
        let _outcome = code_of(&raw);
    }

    #[test]
    fn headers_of_any_kind_never_panic(name in "[A-Za-z-]{1,20}", value in ".{0,300}", body in ".{0,300}") {
        let raw = format!("From: a@mail.example\r\n{name}: {value}\r\n\r\n{body}");
        let _outcome = code_of(raw.as_bytes());
    }
}
