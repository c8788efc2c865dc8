//! Broken, hostile and absurd files: refused with the right code, never a panic.

use std::time::Duration;

use proptest::prelude::*;

use super::drawing::{jpeg, png, portrait, progressive_jpeg};
use super::{chsi, grave, look};
use crate::imaging::{FindingCode, Limits, inspect};

#[test]
fn bytes_that_are_no_picture_are_corrupt() {
    let cases: [&[u8]; 7] = [
        b"",
        b"\xFF",
        b"\xFF\xD8",
        b"\xFF\xD8\xFF\xD9",
        b"<html></html>",
        &[0; 300],
        b"MZ\x90\0",
    ];
    for bytes in cases {
        let inspection = look(bytes);
        assert_eq!(grave(&inspection), [FindingCode::Corrupt]);
        assert!(inspection.standard.is_none() && inspection.thumbnail.is_none() && inspection.fingerprint.is_none());
    }
}

#[test]
fn a_jpeg_cut_anywhere_is_corrupt_but_a_missing_end_marker_alone_is_not() {
    for photo in [jpeg(portrait(), 88), progressive_jpeg(portrait())] {
        for percent in [1, 10, 50, 60, 90, 99] {
            assert_eq!(
                grave(&look(&photo[..photo.len() * percent / 100])),
                [FindingCode::Corrupt],
                "{percent} %"
            );
        }
        let whole = look(&photo);
        let without_end = look(&photo[..photo.len() - 2]);
        assert_eq!(grave(&without_end), grave(&whole));
        assert_eq!(without_end.standard, whole.standard);
    }
}

#[test]
fn a_jpeg_with_zeroed_data_is_corrupt() {
    let photo = jpeg(portrait(), 88);
    let mut middle = photo.clone();
    middle[photo.len() * 2 / 5..photo.len() * 3 / 5].fill(0);
    assert_eq!(grave(&look(&middle)), [FindingCode::Corrupt]);
    let mut tail = photo;
    tail[300..].fill(0);
    assert_eq!(grave(&look(&tail)), [FindingCode::Corrupt]);
}

#[test]
fn bytes_after_the_end_change_nothing() {
    let photo = jpeg(portrait(), 88);
    let followed = [photo.clone(), vec![0xAB; 9000], photo.clone()].concat();
    assert_eq!(look(&followed).standard, look(&photo).standard);
}

#[test]
fn a_header_that_promises_too_much_is_refused_before_decoding() {
    let mut photo = jpeg(portrait(), 88);
    let frame = photo
        .windows(2)
        .position(|w| w == [0xFF, 0xC0])
        .expect("a baseline JPEG has a frame header");
    photo[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0x00, 0xFF, 0x00]);
    assert_eq!(grave(&look(&photo)), [FindingCode::Limit]);
    photo[frame + 5..frame + 9].copy_from_slice(&[0x00, 0x01, 0x20, 0x00]);
    assert_eq!(grave(&look(&photo)), [FindingCode::Limit]);
    photo[frame + 5..frame + 9].copy_from_slice(&[0x00, 0x00, 0x01, 0xE0]);
    assert_eq!(grave(&look(&photo)), [FindingCode::Corrupt]);
}

#[test]
fn each_limit_refuses() {
    let photo = progressive_jpeg(portrait());
    let wide = Limits::default();
    let tight = [
        Limits {
            size_bytes: 1000,
            ..wide.clone()
        },
        Limits {
            pixels: 1000,
            ..wide.clone()
        },
        Limits {
            aspect_ratio: 1.2,
            ..wide.clone()
        },
        Limits {
            pixel_scans: 480 * 640,
            ..wide.clone()
        },
        Limits {
            decode_bytes: 1000,
            ..wide.clone()
        },
        Limits {
            time: Duration::ZERO,
            ..wide
        },
    ];
    for limits in tight {
        let inspection = inspect(&photo, &chsi(), &limits);
        assert_eq!(grave(&inspection), [FindingCode::Limit], "{:?}", inspection.refusal);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_never_panic(head in 0usize..7, bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let heads: [&[u8]; 7] =
            [b"", b"\xFF\xD8", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\0", b"RIFF\0\x01\0\0WEBPVP8 "];
        let photo = [heads[head], &bytes].concat();
        let _inspection = look(&photo);
    }

    #[test]
    fn changed_bytes_never_panic_and_give_the_same_answer_twice(
        kind in 0usize..3,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let picture = portrait().clone();
        let small = picture.resized(picture.whole(), 60, 80, fast_image_resize::FilterType::Box).expect("it scales");
        let mut photo = match kind {
            0 => jpeg(&small, 85),
            1 => progressive_jpeg(&small),
            _ => png(&small),
        };
        for (index, value) in changes {
            let at = index.index(photo.len());
            photo[at] = value;
        }
        photo.truncate(photo.len() / 2 + cut.index(photo.len()));
        prop_assert_eq!(look(&photo), look(&photo));
    }
}
