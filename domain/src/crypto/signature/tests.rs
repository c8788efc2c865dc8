use proptest::prelude::*;

use super::*;

const PHOTO: Purpose = Purpose::PHOTO_ADDRESS;

fn sealer(lines: &str) -> Sealer {
    Sealer::new(&format!("rollproof-secret 1\n{lines}").parse().expect("a secret file"))
}

fn sealer_a() -> Sealer {
    sealer("active 0000000a AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
}

fn code_of(result: Result<(), CryptoError>) -> &'static str {
    result.map_or_else(|error| error.code(), |()| "accepted")
}

#[test]
fn a_signed_address_holds_until_it_expires() {
    let sealer = sealer_a();
    let token = sealer.sign(PHOTO, b"photo 7 for staff 3", 1_000);
    assert_eq!(token.len(), 38);
    assert!(
        token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    );
    for (now_ms, expected) in [
        (0, "accepted"),
        (999, "accepted"),
        (1_000, "signature-expired"),
        (i64::MAX, "signature-expired"),
    ] {
        assert_eq!(
            code_of(sealer.verify(PHOTO, b"photo 7 for staff 3", &token, now_ms)),
            expected
        );
    }
}

#[test]
fn a_token_is_good_for_its_own_message_and_purpose_only() {
    let sealer = sealer_a();
    let token = sealer.sign(PHOTO, b"photo 7", 1_000);
    assert_eq!(
        code_of(sealer.verify(PHOTO, b"photo 8", &token, 0)),
        "signature-invalid"
    );
    assert_eq!(
        code_of(sealer.verify(Purpose::EVIDENCE, b"photo 7", &token, 0)),
        "signature-invalid"
    );
}

#[test]
fn a_rotation_does_not_break_addresses_that_are_out() {
    let token = sealer_a().sign(PHOTO, b"photo 7", 1_000);
    let key_a = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let after = sealer(&format!("retired 0000000a {key_a}\nactive 0000000b _{}", &key_a[1..]));
    assert_eq!(code_of(after.verify(PHOTO, b"photo 7", &token, 0)), "accepted");
    let without = sealer(&format!("active 0000000b _{}", &key_a[1..]));
    assert_eq!(
        code_of(without.verify(PHOTO, b"photo 7", &token, 0)),
        "signature-invalid"
    );
}

proptest! {
    #[test]
    fn no_other_token_is_accepted(at in 0..38_usize, replacement in "[A-Za-z0-9_-]") {
        let sealer = sealer_a();
        let token = sealer.sign(PHOTO, b"photo 7", 1_000);
        let mut other = token.clone();
        other.replace_range(at..=at, &replacement);
        prop_assume!(other != token);
        prop_assert_eq!(code_of(sealer.verify(PHOTO, b"photo 7", &other, 0)), "signature-invalid");
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in "\\PC{0,60}") {
        prop_assert_eq!(code_of(sealer_a().verify(PHOTO, b"photo 7", &text, 0)), "signature-invalid");
    }
}
