//! Compares two pictures after taking out what a copy may differ in: a slight shift, turn or scale, and brightness and contrast.
//! What is left is the picture itself.
//!
//! Millions of pairs pass through here, so cells are kept in single precision in arrays of their own, which compile to vector
//! code; only the few unknowns are solved in double precision.

use super::view::View;
use super::{SIGNATURE_BYTES, SIGNATURE_HEIGHT, SIGNATURE_WIDTH};

/// Unknowns: six of the affine warp, gain and offset.
const UNKNOWNS: usize = 8;
const ROUNDS: usize = 4;
/// Copies were measured below 0.26 in the first round and below 0.12 in the second; what is above these becomes none.
const HOPELESS: [f32; 2] = [0.3, 0.15];
/// Above this level brightening has cut off what was there, and nothing can be compared.
const BURNT_OUT: f32 = 240.0;
/// The difference of pictures that have nothing in common.
const UNRELATED: f64 = 1.0;
/// Cells that are compared: all but the outermost, which have no slope.
const INNER_WIDTH: usize = SIGNATURE_WIDTH - 2;
const INNER_HEIGHT: usize = SIGNATURE_HEIGHT - 2;
const INNER: usize = INNER_WIDTH * INNER_HEIGHT;
/// Sums run in so many strands side by side; divides [`INNER`].
const STRANDS: usize = 12;
const _: () = assert!(INNER.is_multiple_of(STRANDS));

/// Cells that a picture is framed with on each side before it is read between its cells.
const FRAME: usize = 2;
const FRAMED_WIDTH: usize = SIGNATURE_WIDTH + 2 * FRAME;

type Cells = [f32; SIGNATURE_BYTES];
type Framed = [f32; FRAMED_WIDTH * (SIGNATURE_HEIGHT + 2 * FRAME)];
type Inner = [f32; INNER];
/// Shift across and down, then the linear part of an affine warp.
type Warp = [f64; 6];

/// Gives the difference of two pictures after alignment, in units of their own contrast: the geometric mean of what is left of the
/// smoothed cells and of the cells themselves. Smoothing takes out what warping itself adds, and the cells keep what smoothing
/// would hide: alone, each mixes up copies and strangers that the other keeps apart.
pub(super) fn difference(one: &View, other: &View) -> f64 {
    if !one.may_be_copy_of(other) {
        return UNRELATED;
    }
    let Some((warp, smooth)) = align(&one.smooth.map(f32::from), &other.smooth.map(f32::from)) else {
        return UNRELATED;
    };
    let (source, target) = (one.cells.map(f32::from), other.cells.map(f32::from));
    let plain = Overlap::new(&source, &target, &warp).residual();
    f64::from(smooth * plain.relative).sqrt()
}

/// Finds the warp under which the pictures differ least, and that difference; none where they are strangers.
fn align(source: &Cells, target: &Cells) -> Option<(Warp, f32)> {
    let mut warp = [0.0; 6];
    let mut best = (warp, f32::INFINITY);
    for round in 0..ROUNDS {
        let overlap = Overlap::new(source, target, &warp);
        let residual = overlap.residual();
        if residual.relative < best.1 {
            best = (warp, residual.relative);
        }
        let is_hopeless = HOPELESS.get(round).is_some_and(|&limit| best.1 > limit);
        if is_hopeless || overlap.size < SIGNATURE_BYTES as f32 / 4.0 {
            return None;
        }
        let Some(step) = overlap.solve(&residual) else {
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

/// A warped picture and another one, cell by cell where they overlap.
struct Overlap {
    source: Inner,
    slope_across: Inner,
    slope_down: Inner,
    target: Inner,
    /// 1 where the cell counts, 0 where either picture is burnt out.
    counts: Inner,
    /// Number of cells that count.
    size: f32,
    contrast: f32,
}

/// What is left between the two once their tones are made equal.
struct Residual {
    gain: f32,
    /// By cell.
    rest: Inner,
    /// Root mean square of the trimmed residual, in units of the contrast.
    relative: f32,
}

impl Overlap {
    fn new(source: &Cells, target: &Cells, warp: &Warp) -> Self {
        let mut overlap = Self {
            source: [0.0; INNER],
            slope_across: [0.0; INNER],
            slope_down: [0.0; INNER],
            target: [0.0; INNER],
            counts: [0.0; INNER],
            size: 0.0,
            contrast: deviation(target).max(deviation(source)).max(4.0),
        };
        let source = framed(source);
        let warp = warp.map(|value| value as f32);
        for row in 0..INNER_HEIGHT {
            let line = WarpedLine::new(row, &warp);
            let start = row * INNER_WIDTH;
            for column in 0..INNER_WIDTH {
                let place = start + column;
                overlap.source[place] = line.interpolate(&source, column);
                (overlap.slope_across[place], overlap.slope_down[place]) = slope(&source, line.nearest[column]);
            }
            let cells = (row + 1) * SIGNATURE_WIDTH + 1;
            overlap.target[start..start + INNER_WIDTH].copy_from_slice(&target[cells..cells + INNER_WIDTH]);
        }
        overlap.counts = std::array::from_fn(|place| {
            let is_burnt_out = overlap.target[place].max(overlap.source[place]) > BURNT_OUT;
            if is_burnt_out { 0.0 } else { 1.0 }
        });
        overlap.size = sum(&overlap.counts);
        overlap
    }

    fn residual(&self) -> Residual {
        let (gain, offset) = self.fit_tone();
        let rest = self.rest_under(gain, offset);
        Residual {
            gain,
            relative: self.trimmed(&rest) / self.contrast,
            rest,
        }
    }

    fn rest_under(&self, gain: f32, offset: f32) -> Inner {
        std::array::from_fn(|place| self.target[place] - gain * self.source[place] - offset)
    }

    /// Outliers (a stamp, a hand-drawn mark) get no say.
    fn weights(&self, rest: &Inner) -> Inner {
        let unit = 1.0 / (0.5 * self.contrast);
        std::array::from_fn(|place| {
            let ratio = rest[place] * unit;
            let inside = (1.0 - ratio * ratio).max(0.0);
            self.counts[place] * inside * inside
        })
    }

    fn fit_tone(&self) -> (f32, f32) {
        let mut tone = (1.0, 0.0);
        let mut weights = self.counts;
        for round in 0..3 {
            if round > 0 {
                weights = self.weights(&self.rest_under(tone.0, tone.1));
            }
            let weighted: Inner = std::array::from_fn(|place| weights[place] * self.source[place]);
            let total = f64::from(sum(&weights));
            let (s, t) = (f64::from(sum(&weighted)), f64::from(dot(&weights, &self.target)));
            let (ss, st) = (
                f64::from(dot(&weighted, &self.source)),
                f64::from(dot(&weighted, &self.target)),
            );
            let spread = total * ss - s * s;
            if spread.abs() < 1e-9 || total < 1.0 {
                return tone;
            }
            let gain = ((total * st - s * t) / spread).clamp(0.5, 2.0);
            tone = (gain as f32, ((t - gain * s) / total) as f32);
        }
        tone
    }

    /// Gives the root mean square of the better 24 of 25 residuals.
    fn trimmed(&self, rest: &Inner) -> f32 {
        let counted = rest.iter().zip(&self.counts).filter(|(_, counts)| **counts > 0.0);
        let mut squares: Vec<f32> = counted.map(|(rest, _)| rest * rest).collect();
        let kept = squares.len() * 24 / 25;
        if kept < squares.len() {
            squares.select_nth_unstable_by(kept, f32::total_cmp);
            squares.truncate(kept);
        }
        (squares.iter().sum::<f32>() / squares.len().max(1) as f32).sqrt()
    }

    /// Solves one Gauss-Newton step for the warp, with gain and offset free.
    fn solve(&self, residual: &Residual) -> Option<[f64; 6]> {
        let weights = self.weights(&residual.rest);
        let across: Inner = self.slope_across.map(|slope| residual.gain * slope);
        let down: Inner = self.slope_down.map(|slope| residual.gain * slope);
        let slopes: [Inner; UNKNOWNS] = [
            across,
            down,
            by_column(&across),
            by_row(&across),
            by_column(&down),
            by_row(&down),
            self.source,
            [1.0; INNER],
        ];
        let mut normal = [[0.0; UNKNOWNS + 1]; UNKNOWNS];
        for (row, slope) in slopes.iter().enumerate() {
            let weighted: Inner = std::array::from_fn(|place| weights[place] * slope[place]);
            for (column, other) in slopes.iter().enumerate().skip(row) {
                let product = f64::from(dot(&weighted, other));
                normal[row][column] = product;
                normal[column][row] = product;
            }
            normal[row][UNKNOWNS] = f64::from(dot(&weighted, &residual.rest));
        }
        let solution = eliminate(normal)?;
        solution.first_chunk::<6>().copied()
    }
}

/// Where a compared cell lies relative to the middle of the picture.
fn position(column: usize, row: usize) -> (f32, f32) {
    (
        column as f32 - (INNER_WIDTH - 1) as f32 / 2.0,
        row as f32 - (INNER_HEIGHT - 1) as f32 / 2.0,
    )
}

/// Multiplies every cell with its horizontal place.
fn by_column(cells: &Inner) -> Inner {
    let mut cells = *cells;
    for line in cells.chunks_exact_mut(INNER_WIDTH) {
        for (column, cell) in line.iter_mut().enumerate() {
            *cell *= position(column, 0).0;
        }
    }
    cells
}

/// Multiplies every cell with its vertical place.
fn by_row(cells: &Inner) -> Inner {
    let mut cells = *cells;
    for (row, line) in cells.chunks_exact_mut(INNER_WIDTH).enumerate() {
        let factor = position(0, row).1;
        line.iter_mut().for_each(|cell| *cell *= factor);
    }
    cells
}

fn deviation(cells: &Cells) -> f32 {
    let mean = cells.iter().sum::<f32>() / cells.len() as f32;
    (cells.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / cells.len() as f32).sqrt()
}

fn sum(values: &Inner) -> f32 {
    dot(values, &[1.0; INNER])
}

fn dot(one: &Inner, other: &Inner) -> f32 {
    let mut strands = [0.0; STRANDS];
    let chunks = one.as_chunks::<STRANDS>().0.iter().zip(other.as_chunks::<STRANDS>().0);
    for (one, other) in chunks {
        strands = std::array::from_fn(|strand| strands[strand] + one[strand] * other[strand]);
    }
    strands.iter().sum()
}

/// Repeats the outermost cells around a picture, so that every cell has the neighbours that a place beside it is read from.
fn framed(cells: &Cells) -> Framed {
    let mut framed = [0.0; FRAMED_WIDTH * (SIGNATURE_HEIGHT + 2 * FRAME)];
    for (row, line) in framed.chunks_exact_mut(FRAMED_WIDTH).enumerate() {
        let from = row.saturating_sub(FRAME).min(SIGNATURE_HEIGHT - 1) * SIGNATURE_WIDTH;
        line[..FRAME].fill(cells[from]);
        line[FRAME..FRAME + SIGNATURE_WIDTH].copy_from_slice(&cells[from..from + SIGNATURE_WIDTH]);
        line[FRAME + SIGNATURE_WIDTH..].fill(cells[from + SIGNATURE_WIDTH - 1]);
    }
    framed
}

/// Gives the slope at a cell, which is near enough for the direction of a step.
fn slope(framed: &Framed, cell: usize) -> (f32, f32) {
    (
        (framed[cell + 1] - framed[cell - 1]) / 2.0,
        (framed[cell + FRAMED_WIDTH] - framed[cell - FRAMED_WIDTH]) / 2.0,
    )
}

type Line<T> = [T; INNER_WIDTH];

/// Where the warp puts one line of cells, and with what weights the cells around each place count.
///
/// They are read by a Catmull-Rom cubic: a straight line between them would blur the warped picture alone and so make a copy look
/// different.
struct WarpedLine {
    /// The upper left of the sixteen cells around each place, in a framed picture.
    first: Line<usize>,
    /// The cell next to each place that has neighbours of its own, in a framed picture.
    nearest: Line<usize>,
    across: [Line<f32>; 4],
    down: [Line<f32>; 4],
}

impl WarpedLine {
    fn new(row: usize, warp: &[f32; 6]) -> Self {
        let place = |column: usize| {
            let (u, v) = position(column, row);
            (
                (column + 1) as f32 + warp[0] + warp[2] * u + warp[3] * v,
                (row + 1) as f32 + warp[1] + warp[4] * u + warp[5] * v,
            )
        };
        let x: Line<f32> = std::array::from_fn(|column| place(column).0.clamp(0.0, (SIGNATURE_WIDTH - 1) as f32));
        let y: Line<f32> = std::array::from_fn(|column| place(column).1.clamp(0.0, (SIGNATURE_HEIGHT - 1) as f32));
        let (left, top) = (x.map(|x| x as i32), y.map(|y| y as i32));
        let cell = |x: i32, y: i32| (y as usize + FRAME) * FRAMED_WIDTH + x as usize + FRAME;
        let middle = |place: f32, last: usize| ((place + 0.5) as i32).clamp(1, last as i32 - 1);
        Self {
            first: std::array::from_fn(|at| cell(left[at], top[at]) - FRAMED_WIDTH - 1),
            nearest: std::array::from_fn(|at| {
                cell(middle(x[at], SIGNATURE_WIDTH - 1), middle(y[at], SIGNATURE_HEIGHT - 1))
            }),
            across: cubic(&std::array::from_fn(|at| x[at] - left[at] as f32)),
            down: cubic(&std::array::from_fn(|at| y[at] - top[at] as f32)),
        }
    }

    fn interpolate(&self, framed: &Framed, column: usize) -> f32 {
        let mut sums = [0.0; 4];
        for (step, weights) in self.down.iter().enumerate() {
            let start = self.first[column] + step * FRAMED_WIDTH;
            for (sum, cell) in sums.iter_mut().zip(&framed[start..start + 4]) {
                *sum += weights[column] * cell;
            }
        }
        sums.iter()
            .zip(&self.across)
            .map(|(sum, weights)| sum * weights[column])
            .sum()
    }
}

/// The weights of the four cells around places between the second and the third.
fn cubic(t: &Line<f32>) -> [Line<f32>; 4] {
    [
        t.map(|t| 0.5 * t * (t * (2.0 - t) - 1.0)),
        t.map(|t| 0.5 * (t * t * (3.0 * t - 5.0) + 2.0)),
        t.map(|t| 0.5 * t * (t * (4.0 - 3.0 * t) + 1.0)),
        t.map(|t| 0.5 * t * t * (t - 1.0)),
    ]
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
