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

/// Gives the width in pixels of the sharpest tenth of the edges, in the less sharp of the two directions; `None` where
/// the picture has too few edges to tell.
pub(super) fn measure(full: &Raster) -> Option<f64> {
    let rows = (0..full.height)
        .step_by(STRIDE)
        .map(|y| full.row(y).iter().map(|&rgb| luma(rgb)).collect());
    let mut columns = vec![Vec::with_capacity(full.height); full.width.div_ceil(STRIDE)];
    for y in 0..full.height {
        for (column, &rgb) in columns.iter_mut().zip(full.row(y).iter().step_by(STRIDE)) {
            column.push(luma(rgb));
        }
    }
    match (sharpest_width(rows), sharpest_width(columns.into_iter())) {
        (Some(across), Some(down)) => Some(across.max(down)),
        (across, down) => across.or(down),
    }
}

fn sharpest_width(lines: impl Iterator<Item = Vec<u8>>) -> Option<f64> {
    let mut widths = Vec::new();
    for line in lines {
        for (index, levels) in line.windows(4).enumerate() {
            let &[before, low, high, after] = levels else { continue };
            let step = i32::from(high) - i32::from(low);
            let is_peak = step.abs() >= MIN_STEP
                && step.abs() >= i32::from(low.abs_diff(before))
                && step.abs() > i32::from(after.abs_diff(high));
            if !is_peak {
                continue;
            }
            let contrast = monotone_rise(&line, index + 1, step > 0);
            if contrast >= MIN_CONTRAST {
                widths.push(f64::from(contrast) / f64::from(step.abs()));
            }
        }
    }
    if widths.len() < MIN_EDGES {
        return None;
    }
    let tenth = widths.len() / 10;
    Some(*widths.select_nth_unstable_by(tenth, f64::total_cmp).1)
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
