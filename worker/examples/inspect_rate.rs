//! Prints how many photos a second `inspect` gets through, for the comparison with other programs on the same folder:
//! `inspect_rate DIR REPEAT [PROFILE] [--decode-only]`. Tries 1, 2 and 4 threads and prints each and the best.
#![expect(clippy::print_stdout, reason = "printing the rate is what this program is for")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use domain::campaigns::profile::Profile;
use worker::imaging::{Limits, decode_alone, inspect};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("usage: inspect_rate DIR REPEAT [PROFILE] [--decode-only]")?;
    let repeat: usize = arguments.next().unwrap_or_else(|| "1".to_owned()).parse()?;
    let mut rest: Vec<String> = arguments.collect();
    let is_decoding_only = rest.last().is_some_and(|word| word == "--decode-only");
    rest.truncate(rest.len() - usize::from(is_decoding_only));
    let name = rest.first().cloned().unwrap_or_else(|| "chsi-graduation".to_owned());
    let profile = Profile::builtin(&name).ok_or("the profile is not built in")?;
    let limits = Limits::default();
    let mut photos = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_jpeg = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("jpg") || e.eq_ignore_ascii_case("jpeg"));
        if is_jpeg {
            photos.push(std::fs::read(path)?);
        }
    }
    if photos.is_empty() {
        return Err("the folder holds no JPEG".into());
    }
    let total = photos.len() * repeat;
    let mut best: f64 = 0.0;
    for threads in [1, 2, 4] {
        let next = AtomicUsize::new(0);
        let kept = AtomicUsize::new(0);
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(photo) = photos.get(next.fetch_add(1, Ordering::Relaxed) % photos.len())
                        && next.load(Ordering::Relaxed) <= total + threads
                    {
                        let is_kept = if is_decoding_only {
                            decode_alone(photo, &limits).is_err()
                        } else {
                            inspect(photo, &profile, &limits)
                                .standard
                                .is_some_and(|standard| standard.kept)
                        };
                        kept.fetch_add(usize::from(is_kept), Ordering::Relaxed);
                    }
                });
            }
        });
        let rate = total as f64 / started.elapsed().as_secs_f64();
        best = best.max(rate);
        println!(
            "rollproof, {threads} threads: {rate:.1} photos/s ({} of {total} kept)",
            kept.into_inner()
        );
    }
    println!("rollproof best: {best:.1} photos/s");
    Ok(())
}
