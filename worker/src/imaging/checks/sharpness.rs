//! Sharpness as the width of the sharpest edges, which depends on lens and movement but hardly on the person's looks.

use crate::imaging::raster::Raster;

/// How far (in pixels) an edge is followed to both sides.
const REACH: usize = 10;
/// An edge counts when it spans this many levels within its reach; skin and cloth patterns stay below.
const MIN_CONTRAST: i32 = 60;
/// A steepness (levels between two pixels) below this is not looked at closer.
const MIN_STEP: i32 = 4;
/// Fewer edges than this say nothing.
const MIN_EDGES: usize = 60;

/// Gives the width in pixels of the sharpest tenth of the edges, in the less sharp of the two directions; `None` where
/// the picture has too few edges to tell.
pub(super) fn measure(full: &Raster) -> Option<f64> {
    let luma = full.luma();
    let across: Vec<Vec<u8>> = luma.chunks_exact(full.width).step_by(2).map(<[u8]>::to_vec).collect();
    let down: Vec<Vec<u8>> = (0..full.width)
        .step_by(2)
        .map(|x| luma.iter().skip(x).step_by(full.width).copied().collect())
        .collect();
    let (across, down) = (sharpest_width(&across), sharpest_width(&down));
    match (across, down) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

fn sharpest_width(lines: &[Vec<u8>]) -> Option<f64> {
    let mut widths = Vec::new();
    for line in lines {
        let steps: Vec<i32> = line
            .windows(2)
            .map(|pair| i32::from(pair[1]) - i32::from(pair[0]))
            .collect();
        for (index, window) in steps.windows(3).enumerate() {
            let step = window[1];
            let is_peak = step.abs() >= MIN_STEP && step.abs() >= window[0].abs() && step.abs() > window[2].abs();
            if !is_peak {
                continue;
            }
            let contrast = monotone_rise(line, index + 1, step > 0);
            if contrast >= MIN_CONTRAST {
                widths.push(f64::from(contrast) / f64::from(step.abs()));
            }
        }
    }
    if widths.len() < MIN_EDGES {
        return None;
    }
    widths.sort_by(f64::total_cmp);
    widths.get(widths.len() / 10).copied()
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
