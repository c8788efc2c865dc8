//! The same picture under two records is found; different people are not accused.

use super::drawing::{Scene, jpeg, map, portrait, toned};
use super::look;
use crate::imaging::raster::Raster;
use crate::imaging::{Fingerprint, Shortlist, compare};
use fast_image_resize::FilterType;

fn fingerprint(picture: &Raster, quality: i32) -> Fingerprint {
    look(&jpeg(picture, quality)).fingerprint.expect("the picture decodes")
}

fn cut(picture: &Raster) -> Raster {
    picture
        .resized((5.0, 6.0, 470.0, 627.0), 480, 640, FilterType::Lanczos3)
        .expect("it scales")
}

/// Without 2 % of its width and height at one corner: everything shifts by half a cell of the signature.
fn cut_at_corner(picture: &Raster) -> Raster {
    picture
        .resized((9.6, 12.8, 470.4, 627.2), 480, 640, FilterType::Lanczos3)
        .expect("it scales")
}

fn half_and_back(picture: &Raster) -> Raster {
    let half = picture
        .resized(picture.whole(), 240, 320, FilterType::Lanczos3)
        .expect("it scales");
    half.resized(half.whole(), 480, 640, FilterType::CatmullRom)
        .expect("it scales")
}

fn turned(picture: &Raster) -> Raster {
    let (sine, cosine) = 1f64.to_radians().sin_cos();
    map(picture, |x, y, _| {
        let (u, v) = (x as f64 - 240.0, y as f64 - 320.0);
        let (x, y) = (240.0 + u * cosine - v * sine, 320.0 + u * sine + v * cosine);
        let row = picture.row(y.clamp(0.0, 639.0) as usize);
        row.get(x.clamp(0.0, 479.0) as usize).copied().unwrap_or_default()
    })
}

#[test]
fn finds_every_usual_copy_through_the_shortlist() {
    let picture = portrait().clone();
    let original = fingerprint(&picture, 90);
    let mut index = Shortlist::new();
    index.insert(7, original.hashes);
    let stamped = map(&picture, |x, y, rgb| {
        if x > 388 && x < 470 && y > 606 && y < 628 {
            [250; 3]
        } else {
            rgb
        }
    });
    let copies = [
        ("encoded again", fingerprint(&picture, 60)),
        ("cut by 2 %", fingerprint(&cut(&picture), 84)),
        ("cut by 2 % at one corner", fingerprint(&cut_at_corner(&picture), 84)),
        (
            "cut at a corner, shrunk and encoded coarsely",
            fingerprint(&half_and_back(&cut_at_corner(&picture)), 40),
        ),
        ("brightened", fingerprint(&toned(&picture, 1.12, 0.0), 84)),
        ("more contrast", fingerprint(&toned(&picture, 1.15, -19.0), 84)),
        ("half and back", fingerprint(&half_and_back(&picture), 84)),
        ("blurred", fingerprint(&super::drawing::blurred(&picture, 1), 84)),
        ("stamped", fingerprint(&stamped, 84)),
        ("turned by 1°", fingerprint(&turned(&picture), 84)),
    ];
    for (name, copy) in copies {
        assert_eq!(index.near(copy.hashes), [7], "{name}");
        let similarity = compare(&original, &copy);
        assert!(similarity.same && !similarity.mirrored, "{name}: {similarity:?}");
    }
}

#[test]
fn finds_a_mirrored_copy_and_calls_it_mirrored() {
    let picture = portrait().clone();
    let mut mirror = picture.clone();
    for row in mirror.pixels.chunks_exact_mut(480 * 3) {
        let reversed: Vec<u8> = row.chunks_exact(3).rev().flatten().copied().collect();
        row.copy_from_slice(&reversed);
    }
    let (one, other) = (fingerprint(&picture, 90), fingerprint(&mirror, 80));
    let mut index = Shortlist::new();
    index.insert(7, one.hashes);
    assert_eq!(index.near(other.mirrored), [7]);
    let similarity = compare(&one, &other);
    assert!(similarity.mirrored && !similarity.same, "{similarity:?}");
}

#[test]
fn different_people_of_one_studio_are_not_accused() {
    let people: Vec<Fingerprint> = (1..=12)
        .map(|person| {
            fingerprint(
                &Scene {
                    person,
                    ..Scene::default()
                }
                .draw(),
                88,
            )
        })
        .collect();
    for (index, one) in people.iter().enumerate() {
        for other in people.iter().skip(index + 1) {
            let similarity = compare(one, other);
            assert!(!similarity.same && !similarity.mirrored, "{similarity:?}");
        }
    }
}

#[test]
fn the_stored_form_reads_back_and_stays_below_a_kibibyte() {
    let original = fingerprint(portrait(), 88);
    let bytes = original.to_bytes();
    assert!(bytes.len() <= 1024);
    assert_eq!(Fingerprint::from_bytes(&bytes), Ok(original));
    assert!(Fingerprint::from_bytes(&bytes[1..]).is_err());
    assert!(Fingerprint::from_bytes(b"").is_err());
}

#[test]
fn an_empty_backdrop_has_no_fingerprint_to_be_accused_by() {
    let empty = Scene {
        has_person: false,
        ..Scene::default()
    }
    .draw();
    assert_eq!(look(&jpeg(&empty, 88)).fingerprint, None);
}
