//! What one photo costs: the way of a conforming portrait, of one that is encoded again, of a 12-megapixel original, and
//! the search among a million hashes. Pictures are made here, so that the bench runs anywhere.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::campaigns::profile::Profile;
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};
use worker::imaging::{Hashes, Limits, Shortlist, compare_views, inspect};

/// Draws a head and shoulders on light blue, with some texture so that the file has a usual size.
fn portrait(width: usize, height: usize, quality: i32) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f64 / width as f64 - 0.5, y as f64 / height as f64);
            let grain = ((x * 31 + y * 17) % 13) as u8;
            let is_head = (u / 0.26).powi(2) + ((v - 0.42) / 0.28).powi(2) < 1.0;
            let is_body = v > 0.72 + u * u;
            let rgb = if is_head {
                [205, 160, 140]
            } else if is_body {
                [40, 44, 60]
            } else {
                [103, 168, 224]
            };
            pixels
                .extend(rgb.map(|level: u8| level.saturating_add(if is_head || is_body { grain } else { grain / 6 })));
        }
    }
    let mut compressor = Compressor::new().expect("libjpeg-turbo starts");
    compressor.set_quality(quality).expect("the quality is in range");
    compressor.set_subsamp(Subsamp::Sub2x2).expect("the sampling is known");
    let image = Image {
        pixels: pixels.as_slice(),
        width,
        pitch: width * 3,
        height,
        format: PixelFormat::RGB,
    };
    compressor.compress_to_vec(image).expect("the picture encodes")
}

fn photos(criterion: &mut Criterion) {
    let chsi = Profile::builtin("chsi-graduation").expect("built in");
    let studio = Profile::builtin("studio-original").expect("built in");
    let limits = Limits::default();
    let cases = [
        ("480x640", portrait(480, 640, 85), &chsi),
        ("960x1280 encoded again", portrait(960, 1280, 90), &chsi),
        ("3000x4000 original", portrait(3000, 4000, 92), &studio),
    ];
    for (name, photo, profile) in &cases {
        criterion.bench_function(name, |b| b.iter(|| inspect(black_box(photo), profile, &limits)));
    }
}

/// Two pictures alike enough to be aligned, which takes longest.
fn copies(criterion: &mut Criterion) {
    let chsi = Profile::builtin("chsi-graduation").expect("built in");
    let fingerprint = |photo: &[u8]| {
        inspect(photo, &chsi, &Limits::default())
            .fingerprint
            .expect("the picture decodes")
    };
    let (one, other) = (
        fingerprint(&portrait(480, 640, 85)),
        fingerprint(&portrait(490, 640, 60)),
    );
    let (upright, mirrored, other) = (one.view(), one.mirrored_view(), other.view());
    criterion.bench_function("comparing two pictures", |b| {
        b.iter(|| compare_views(black_box(&upright), &mirrored, &other));
    });
}

fn shortlist(criterion: &mut Criterion) {
    let mut index = Shortlist::new();
    let mut state = 7u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state ^ (state >> 29)
    };
    for id in 0..1_000_000 {
        index.insert(
            id,
            Hashes {
                gradient: next(),
                frequency: next(),
            },
        );
    }
    let wanted = Hashes {
        gradient: next(),
        frequency: next(),
    };
    criterion.bench_function("shortlist of a million", |b| b.iter(|| index.near(black_box(wanted))));
}

criterion_group!(benches, photos, copies, shortlist);
criterion_main!(benches);
