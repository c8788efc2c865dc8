//! Compares two pictures after taking out what a copy may differ in: a slight shift, turn or scale, and brightness and contrast.
//! What is left is the picture itself.

use super::view::View;
use super::{SIGNATURE_BYTES, SIGNATURE_HEIGHT, SIGNATURE_WIDTH};

/// Unknowns: six of the affine warp, gain and offset.
const UNKNOWNS: usize = 8;
const ROUNDS: usize = 4;
/// Copies were measured below 0.26 in the first round and below 0.12 in the second; what is above these becomes none.
const HOPELESS: [f64; 2] = [0.3, 0.15];
/// Above this level brightening has cut off what was there, and nothing can be compared.
const BURNT_OUT: f64 = 240.0;
/// The difference of pictures that have nothing in common.
const UNRELATED: f64 = 1.0;

type Cells = [f64; SIGNATURE_BYTES];
/// Shift across and down, then the linear part of an affine warp.
type Warp = [f64; 6];

/// Gives the difference of two pictures after alignment, in units of their own contrast: the geometric mean of what is left of the
/// smoothed cells and of the cells themselves. Smoothing takes out what warping itself adds, and the cells keep what smoothing
/// would hide: alone, each mixes up copies and strangers that the other keeps apart.
pub(super) fn difference(one: &View, other: &View) -> f64 {
    if !one.may_be_copy_of(other) {
        return UNRELATED;
    }
    let Some((warp, smooth)) = align(&one.smooth.map(f64::from), &other.smooth.map(f64::from)) else {
        return UNRELATED;
    };
    let (source, target) = (one.cells.map(f64::from), other.cells.map(f64::from));
    (smooth * residual(&source, &target, &warp).relative).sqrt()
}

/// Finds the warp under which the pictures differ least, and that difference; none where they are strangers.
fn align(source: &Cells, target: &Cells) -> Option<(Warp, f64)> {
    let mut warp = [0.0; 6];
    let mut best = (warp, f64::INFINITY);
    for round in 0..ROUNDS {
        let found = residual(source, target, &warp);
        if found.relative < best.1 {
            best = (warp, found.relative);
        }
        let is_hopeless = HOPELESS.get(round).is_some_and(|&limit| best.1 > limit);
        if is_hopeless || found.samples.len() < SIGNATURE_BYTES / 4 {
            return None;
        }
        let Some(step) = solve(&found.samples, found.tone, found.contrast) else {
            break;
        };
        for (value, delta) in warp.iter_mut().zip(step) {
            *value += delta;
        }
        // Further than a slight crop or turn is another picture.
        let is_far = warp.iter().take(2).any(|shift| shift.abs() > 2.0) || warp.iter().skip(2).any(|k| k.abs() > 0.1);
        if is_far {
            break;
        }
    }
    Some(best)
}

/// What is left between a warped picture and another once their tones are made equal.
struct Residual {
    samples: Vec<Sample>,
    tone: (f64, f64),
    contrast: f64,
    /// Root mean square of the trimmed residual, in units of the contrast.
    relative: f64,
}

fn residual(source: &Cells, target: &Cells, warp: &Warp) -> Residual {
    let contrast = deviation(target).max(deviation(source)).max(4.0);
    let samples = sample(source, target, warp);
    let tone = fit_tone(&samples, contrast);
    Residual {
        relative: trimmed(&samples, tone) / contrast,
        samples,
        tone,
        contrast,
    }
}

/// One cell of the overlap: warped source, its gradient, the target, and the position relative to the middle.
struct Sample {
    source: f64,
    gradient: (f64, f64),
    target: f64,
    position: (f64, f64),
}

fn deviation(cells: &[f64]) -> f64 {
    let mean = cells.iter().sum::<f64>() / cells.len() as f64;
    (cells.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / cells.len() as f64).sqrt()
}

fn sample(source: &Cells, target: &Cells, warp: &Warp) -> Vec<Sample> {
    let middle = ((SIGNATURE_WIDTH - 1) as f64 / 2.0, (SIGNATURE_HEIGHT - 1) as f64 / 2.0);
    let mut samples = Vec::with_capacity(SIGNATURE_BYTES);
    for (row, line) in target
        .chunks_exact(SIGNATURE_WIDTH)
        .enumerate()
        .take(SIGNATURE_HEIGHT - 1)
        .skip(1)
    {
        for (column, &value) in line.iter().enumerate().take(SIGNATURE_WIDTH - 1).skip(1) {
            let (u, v) = (column as f64 - middle.0, row as f64 - middle.1);
            let x = column as f64 + warp[0] + warp[2] * u + warp[3] * v;
            let y = row as f64 + warp[1] + warp[4] * u + warp[5] * v;
            let found = interpolate(source, x, y);
            if value > BURNT_OUT || found > BURNT_OUT {
                continue;
            }
            samples.push(Sample {
                source: found,
                gradient: slope(source, x, y),
                target: value,
                position: (u, v),
            });
        }
    }
    samples
}

/// Gives the slope at the nearest cell, which is near enough for the direction of a step.
fn slope(cells: &Cells, x: f64, y: f64) -> (f64, f64) {
    let column = (x.round().max(1.0) as usize).min(SIGNATURE_WIDTH - 2);
    let row = (y.round().max(1.0) as usize).min(SIGNATURE_HEIGHT - 2);
    let at = |column: usize, row: usize| cells.get(row * SIGNATURE_WIDTH + column).copied().unwrap_or(0.0);
    (
        (at(column + 1, row) - at(column - 1, row)) / 2.0,
        (at(column, row + 1) - at(column, row - 1)) / 2.0,
    )
}

/// Reads between the cells by a Catmull-Rom cubic: a straight line between them would blur the warped picture alone and
/// so make a copy look different.
fn interpolate(cells: &Cells, x: f64, y: f64) -> f64 {
    let x = x.clamp(0.0, (SIGNATURE_WIDTH - 1) as f64);
    let y = y.clamp(0.0, (SIGNATURE_HEIGHT - 1) as f64);
    let (across, down) = (cubic(x - x.floor()), cubic(y - y.floor()));
    let (left, top) = (x as usize, y as usize);
    let mut sum = 0.0;
    for (row, row_weight) in down.iter().enumerate() {
        let row = (top + row).saturating_sub(1).min(SIGNATURE_HEIGHT - 1) * SIGNATURE_WIDTH;
        for (column, weight) in across.iter().enumerate() {
            let column = (left + column).saturating_sub(1).min(SIGNATURE_WIDTH - 1);
            sum += row_weight * weight * cells.get(row + column).copied().unwrap_or(0.0);
        }
    }
    sum
}

fn cubic(t: f64) -> [f64; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        0.5 * (-t3 + 2.0 * t2 - t),
        0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
        0.5 * (-3.0 * t3 + 4.0 * t2 + t),
        0.5 * (t3 - t2),
    ]
}

/// Outliers (a stamp, a hand-drawn mark) get no say.
fn weight(residual: f64, contrast: f64) -> f64 {
    let ratio = residual / (0.5 * contrast);
    if ratio.abs() >= 1.0 {
        0.0
    } else {
        (1.0 - ratio * ratio).powi(2)
    }
}

fn fit_tone(samples: &[Sample], contrast: f64) -> (f64, f64) {
    let mut tone = (1.0, 0.0);
    let mut is_weighted = false;
    for _ in 0..3 {
        let (mut w, mut s, mut t, mut ss, mut st) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for sample in samples {
            let residual = sample.target - tone.0 * sample.source - tone.1;
            let k = if is_weighted { weight(residual, contrast) } else { 1.0 };
            w += k;
            s += k * sample.source;
            t += k * sample.target;
            ss += k * sample.source * sample.source;
            st += k * sample.source * sample.target;
        }
        let spread = w * ss - s * s;
        if spread.abs() < 1e-9 || w < 1.0 {
            return tone;
        }
        let gain = ((w * st - s * t) / spread).clamp(0.5, 2.0);
        tone = (gain, (t - gain * s) / w);
        is_weighted = true;
    }
    tone
}

/// Gives the root mean square of the better nine tenths of the residuals.
fn trimmed(samples: &[Sample], (gain, offset): (f64, f64)) -> f64 {
    let mut squares: Vec<f64> = samples
        .iter()
        .map(|s| (s.target - gain * s.source - offset).powi(2))
        .collect();
    let kept = squares.len() * 24 / 25;
    if kept < squares.len() {
        squares.select_nth_unstable_by(kept, f64::total_cmp);
        squares.truncate(kept);
    }
    (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt()
}

/// Solves one Gauss-Newton step for the warp, with gain and offset free.
fn solve(samples: &[Sample], (gain, offset): (f64, f64), contrast: f64) -> Option<[f64; 6]> {
    let mut normal = [[0.0; UNKNOWNS + 1]; UNKNOWNS];
    for sample in samples {
        let residual = sample.target - gain * sample.source - offset;
        let k = weight(residual, contrast);
        let (gx, gy) = (gain * sample.gradient.0, gain * sample.gradient.1);
        let (u, v) = sample.position;
        let slopes = [gx, gy, gx * u, gx * v, gy * u, gy * v, sample.source, 1.0];
        for (row, &slope) in normal.iter_mut().zip(&slopes) {
            for (cell, &other) in row.iter_mut().zip(&slopes) {
                *cell += k * slope * other;
            }
            row[UNKNOWNS] += k * slope * residual;
        }
    }
    let solution = eliminate(normal)?;
    solution.first_chunk::<6>().copied()
}

/// Solves the normal equations by Gaussian elimination with pivoting.
fn eliminate(mut rows: [[f64; UNKNOWNS + 1]; UNKNOWNS]) -> Option<[f64; UNKNOWNS]> {
    for pivot in 0..UNKNOWNS {
        let best = (pivot..UNKNOWNS).max_by(|&a, &b| rows[a][pivot].abs().total_cmp(&rows[b][pivot].abs()))?;
        rows.swap(pivot, best);
        let head = rows[pivot];
        if head[pivot].abs() < 1e-9 {
            return None;
        }
        for (index, row) in rows.iter_mut().enumerate() {
            if index == pivot {
                continue;
            }
            let factor = row[pivot] / head[pivot];
            for (cell, &other) in row.iter_mut().zip(&head) {
                *cell -= factor * other;
            }
        }
    }
    let mut solution = [0.0; UNKNOWNS];
    for (index, value) in solution.iter_mut().enumerate() {
        *value = rows[index][UNKNOWNS] / rows[index][index];
    }
    Some(solution)
}
