//! Sharpness as the width of the sharpest edges, which depends on lens and movement but hardly on the person's looks.

use crate::imaging::raster::{Raster, luma};

/// Every so many rows and columns are looked at: edges are longer than that.
const STRIDE: usize = 4;
/// How far (in pixels) an edge is followed to both sides.
const REACH: usize = 10;
/// An edge counts when it spans this many levels within its reach; skin and cloth patterns stay below.
const MIN_CONTRAST: i32 = 60;
/// A steepness (levels between two pixels) below this is not looked at closer.
const MIN_STEP: i32 = 4;
/// Fewer edges than this say nothing.
const MIN_EDGES: usize = 30;
/// Lines are passed over in stretches of so many pixels: what an edge reaches lies in its own stretch and the two beside it.
const STRETCH: usize = 16;
const _: () = assert!(STRETCH > REACH);

/// Gives the width in pixels of the sharpest tenth of the edges, in the less sharp of the two directions; `None` where
/// the picture has too few edges to tell.
pub(super) fn measure(full: &Raster) -> Option<f64> {
    let rows = (0..full.height)
        .step_by(STRIDE)
        .map(|y| full.row(y).iter().map(|&rgb| luma(rgb)).collect::<Vec<_>>());
    let mut columns = vec![0; full.width.div_ceil(STRIDE) * full.height];
    for y in 0..full.height {
        let below = columns.iter_mut().skip(y).step_by(full.height);
        for (level, pixels) in below.zip(full.row(y).chunks(STRIDE)) {
            if let Some(&rgb) = pixels.first() {
                *level = luma(rgb);
            }
        }
    }
    let columns = columns.chunks(full.height.max(1));
    match (sharpest_width(rows), sharpest_width(columns)) {
        (Some(across), Some(down)) => Some(across.max(down)),
        (across, down) => across.or(down),
    }
}

fn sharpest_width<Line: AsRef<[u8]>>(lines: impl Iterator<Item = Line>) -> Option<f64> {
    let mut widths = Vec::new();
    for line in lines {
        let line = line.as_ref();
        for (from, to) in contrasting_stretches(line) {
            for (index, levels) in line.windows(4).enumerate().take(to).skip(from) {
                widths.extend(edge_width(line, index, levels));
            }
        }
    }
    if widths.len() < MIN_EDGES {
        return None;
    }
    let tenth = widths.len() / 10;
    Some(*widths.select_nth_unstable_by(tenth, f64::total_cmp).1)
}

/// The stretches of a line in whose reach any edge could count; most of a portrait is backdrop, skin and cloth.
fn contrasting_stretches(line: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut spans = vec![(u8::MAX, u8::MIN)];
    spans.extend(line.chunks(STRETCH).map(|stretch| {
        let darkest = stretch.iter().fold(u8::MAX, |least, &level| least.min(level));
        let brightest = stretch.iter().fold(u8::MIN, |most, &level| most.max(level));
        (darkest, brightest)
    }));
    spans.push((u8::MAX, u8::MIN));
    let contrasts: Vec<bool> = spans
        .windows(3)
        .map(|near| {
            let darkest = near.iter().map(|span| span.0).min().unwrap_or(u8::MIN);
            let brightest = near.iter().map(|span| span.1).max().unwrap_or(u8::MIN);
            i32::from(brightest) - i32::from(darkest) >= MIN_CONTRAST
        })
        .collect();
    let places = (0_usize..).step_by(STRETCH).zip(contrasts);
    // Windows are counted by the pixel before the edge.
    places
        .filter(|(_, is_contrasting)| *is_contrasting)
        .map(|(start, _)| (start.max(1) - 1, start + STRETCH - 1))
}

/// The width of the edge in the middle of four levels, the first of them at `index`; `None` where there is none that counts.
fn edge_width(line: &[u8], index: usize, levels: &[u8]) -> Option<f64> {
    let &[before, low, high, after] = levels else {
        return None;
    };
    let step = i32::from(high) - i32::from(low);
    let is_peak = step.abs() >= MIN_STEP
        && step.abs() >= i32::from(low.abs_diff(before))
        && step.abs() > i32::from(after.abs_diff(high));
    if !is_peak {
        return None;
    }
    let contrast = monotone_rise(line, index + 1, step > 0);
    (contrast >= MIN_CONTRAST).then(|| f64::from(contrast) / f64::from(step.abs()))
}

/// Follows the edge between `at` and `at + 1` to both sides as long as it keeps rising (or falling), within the reach.
fn monotone_rise(line: &[u8], at: usize, is_rising: bool) -> i32 {
    let level = |index: usize| {
        line.get(index)
            .map(|&v| if is_rising { i32::from(v) } else { -i32::from(v) })
    };
    let (mut low, mut high) = (level(at).unwrap_or(0), level(at + 1).unwrap_or(0));
    for distance in 1..=REACH {
        match at.checked_sub(distance).and_then(level) {
            Some(value) if value <= low => low = value,
            _ => break,
        }
    }
    for distance in 2..=REACH {
        match level(at + distance) {
            Some(value) if value >= high => high = value,
            _ => break,
        }
    }
    high - low
}
