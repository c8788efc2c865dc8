//! What one photo costs: the way of a conforming portrait, of one that is encoded again, of a 12-megapixel original, and
//! the search among a million hashes. Pictures are made here, so that the bench runs anywhere.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::campaigns::profile::Profile;
use worker::imaging::{Hashes, Limits, Shortlist, compare_views, inspect};

use crate::portrait::portrait;

mod portrait;

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
