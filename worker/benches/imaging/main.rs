//! What one photo costs: the way of a conforming portrait, of one that is encoded again, of a 12-megapixel original, and
//! the search among a million hashes. Pictures are made here, so that the bench runs anywhere.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::campaigns::profile::Profile;
use worker::imaging::{Limits, Shortlist, compare_views, inspect};

use crate::subjects::{alike_pair, hashes, portrait};

mod subjects;

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

fn copies(criterion: &mut Criterion) {
    let [one, other] = alike_pair();
    let (upright, mirrored, other) = (one.view(), one.mirrored_view(), other.view());
    criterion.bench_function("comparing two pictures", |b| {
        b.iter(|| compare_views(Some(black_box(&upright)), Some(&mirrored), &other));
    });
}

fn shortlist(criterion: &mut Criterion) {
    let mut index = Shortlist::new();
    let mut hashes = hashes();
    for (id, hashes) in (0..1_000_000).zip(hashes.by_ref()) {
        index.insert(id, hashes);
    }
    let wanted = hashes.next().expect("hashes without end");
    criterion.bench_function("shortlist of a million", |b| b.iter(|| index.near(black_box(wanted))));
}

criterion_group!(benches, photos, copies, shortlist);
criterion_main!(benches);
