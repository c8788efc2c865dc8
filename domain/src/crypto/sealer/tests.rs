use proptest::prelude::*;

use super::*;

const KEY_A: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const KEY_B: &str = "_wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn sealer(lines: &str) -> Sealer {
    Sealer::new(&format!("rollproof-secret 1\n{lines}").parse().expect("a secret file"))
}

fn sealer_a() -> Sealer {
    sealer(&format!("active 0000000a {KEY_A}"))
}

fn rotated() -> Sealer {
    sealer(&format!("retired 0000000a {KEY_A}\nactive 0000000b {KEY_B}"))
}

fn opened(sealer: &Sealer, purpose: Purpose, sealed: &[u8]) -> Result<Vec<u8>, &'static str> {
    sealer
        .open(purpose, sealed)
        .map(|opened| opened.expose_secret().to_vec())
        .map_err(|error| error.code())
}

proptest! {
    #[test]
    fn what_is_sealed_opens_to_the_same_bytes(plaintext in proptest::collection::vec(any::<u8>(), 0..200)) {
        let sealer = sealer_a();
        let sealed = sealer.seal(Purpose::PHONE, &plaintext).expect("seals");
        prop_assert_eq!(sealed.len(), plaintext.len() + 33);
        prop_assert_eq!(opened(&sealer, Purpose::PHONE, &sealed), Ok(plaintext));
    }

    #[test]
    fn a_changed_or_cut_value_never_opens(
        plaintext in proptest::collection::vec(any::<u8>(), 0..60),
        at in any::<prop::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        let sealer = rotated();
        let sealed = sealer.seal(Purpose::ID_NUMBER, &plaintext).expect("seals");
        let position = at.index(sealed.len());
        let mut changed = sealed.clone();
        changed[position] ^= flip;
        prop_assert!(sealer.open(Purpose::ID_NUMBER, &changed).is_err());
        prop_assert!(sealer.open(Purpose::ID_NUMBER, &sealed[..position]).is_err());
    }

    #[test]
    fn foreign_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(sealer_a().open(Purpose::ID_NUMBER, &bytes).is_err());
    }
}

#[test]
fn every_single_flipped_bit_is_noticed() {
    let sealer = rotated();
    let sealed = sealer.seal(Purpose::ID_NUMBER, b"110101199003070079").expect("seals");
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(sealer.open(Purpose::ID_NUMBER, &changed).is_err(), "bit {bit}");
    }
}

#[test]
fn a_value_opens_for_its_own_purpose_only() {
    let sealer = sealer_a();
    let sealed = sealer.seal(Purpose::PHONE, b"13800000000").expect("seals");
    assert_eq!(
        opened(&sealer, Purpose::ID_NUMBER, &sealed),
        Err("sealed-not-authentic")
    );
}

#[test]
fn equal_values_are_sealed_differently() {
    let sealer = sealer_a();
    let seal = || sealer.seal(Purpose::PHONE, b"13800000000").expect("seals");
    assert_ne!(seal(), seal());
}

#[test]
fn after_a_rotation_old_values_open_and_are_known_as_old() {
    let (before, after) = (sealer_a(), rotated());
    let old = before.seal(Purpose::PHONE, b"old").expect("seals");
    let new = after.seal(Purpose::PHONE, b"new").expect("seals");
    assert_eq!(opened(&after, Purpose::PHONE, &old), Ok(b"old".to_vec()));
    assert_eq!(opened(&after, Purpose::PHONE, &new), Ok(b"new".to_vec()));
    assert!(after.is_sealed_with_retired_key(&old) && !after.is_sealed_with_retired_key(&new));
    assert_eq!(opened(&before, Purpose::PHONE, &new), Err("sealed-unknown-key"));
}

#[test]
fn blind_indexes_agree_for_equal_values_of_one_purpose_and_key_only() {
    let (sealer, after) = (sealer_a(), rotated());
    let index = sealer.blind_index(Purpose::ID_NUMBER, b"1234");
    assert_eq!(index, sealer_a().blind_index(Purpose::ID_NUMBER, b"1234"));
    assert_ne!(index, sealer.blind_index(Purpose::ID_NUMBER, b"1235"));
    assert_ne!(index, sealer.blind_index(Purpose::ID_NUMBER_LAST_FOUR, b"1234"));
    assert_ne!(index, after.blind_index(Purpose::ID_NUMBER, b"1234"));
    let candidates = after.blind_index_candidates(Purpose::ID_NUMBER, b"1234");
    assert_eq!(candidates, [after.blind_index(Purpose::ID_NUMBER, b"1234"), index]);
}

#[test]
fn derivations_never_change() {
    // Computed with another implementation. Whoever changes a derivation makes every sealed value, index and audit code of every installation useless.
    let sealer = sealer_a();
    let index = hex::encode(sealer.blind_index(Purpose::ID_NUMBER, b"110101199003070079"));
    assert_eq!(
        index,
        "75a4e9ca2837f2c299f9499299760b65bca25937602ee0be56f20cb94fe6434d"
    );
    assert_eq!(
        hex::encode(sealer.audit_code(b"segment").mac),
        "7ef163c71acc4f5b2459085041a680a23e6363aa4fd8617d9986a859a0336b12"
    );
    let sealed =
        hex::decode("010000000a6465666768696a6b6c6d6e6f5f1a4afacb6b7067e96efe60cceca442e1b8129317ed953af1a17f")
            .expect("hexadecimal");
    assert_eq!(opened(&sealer, Purpose::PHONE, &sealed), Ok(b"13800000000".to_vec()));
}

#[test]
fn an_audit_code_holds_for_its_segment_and_survives_a_rotation() {
    let code = sealer_a().audit_code(b"segment");
    let after = rotated();
    after.verify_audit_code(b"segment", &code).expect("holds");
    assert_eq!(
        after.verify_audit_code(b"segmenT", &code).expect_err("changed").code(),
        "sealed-not-authentic"
    );
    let stranger = sealer(&format!("active 0000000c {KEY_B}"));
    assert_eq!(
        stranger
            .verify_audit_code(b"segment", &code)
            .expect_err("no key")
            .code(),
        "sealed-unknown-key"
    );
}

#[test]
fn nothing_that_is_printed_shows_a_key_or_a_value() {
    let sealer = sealer_a();
    let sealed = sealer.seal(Purpose::PHONE, b"13800000000").expect("seals");
    let opened = sealer.open(Purpose::PHONE, &sealed).expect("opens");
    let text = sealer.open_text(Purpose::PHONE, &sealed).expect("opens");
    for shown in [format!("{sealer:?}"), format!("{opened:?}"), format!("{text:?}")] {
        assert!(
            !shown.contains("13800000000") && !shown.contains("49, 51, 56") && !shown.contains("AAECAw"),
            "{shown}"
        );
    }
}

#[test]
fn a_sealed_text_that_is_no_utf_8_is_refused() {
    let sealer = sealer_a();
    let sealed = sealer.seal(Purpose::PHONE, b"\xFF").expect("seals");
    assert_eq!(
        sealer.open_text(Purpose::PHONE, &sealed).expect_err("no text").code(),
        "sealed-not-authentic"
    );
}
