//! One picture laid over another: read where a warp puts it, by a cubic between its cells.

use super::cells::{Cells, INNER, INNER_HEIGHT, Inner, contrast, inner, position};
use super::{SIGNATURE_HEIGHT, SIGNATURE_WIDTH};

/// Cells that a picture is framed with on each side before it is read between its cells.
const FRAME: usize = 2;
const FRAMED_WIDTH: usize = SIGNATURE_WIDTH + 2 * FRAME;

type Framed = [f32; FRAMED_WIDTH * (SIGNATURE_HEIGHT + 2 * FRAME)];
/// Shift across and down, then the linear part of an affine warp.
pub(super) type Warp = [f64; 6];
pub(super) const UNMOVED: Warp = [0.0; 6];

/// Two pictures that are laid over each other.
pub(super) struct Pair {
    source: Framed,
    pub(super) target: Inner,
    pub(super) contrast: f32,
}

impl Pair {
    #[inline(always)]
    pub(super) fn new(source: &Cells, target: &Cells) -> Self {
        Self {
            source: framed(source),
            target: inner(target),
            contrast: contrast(target).max(contrast(source)),
        }
    }

    /// The source as the warp shows it.
    #[inline(always)]
    pub(super) fn warped(&self, warp: &Warp) -> Inner {
        let mut warped = [0.0; INNER];
        let lines = warped.chunks_exact_mut(SIGNATURE_WIDTH).enumerate();
        if *warp == UNMOVED {
            let start = |row: usize| framed_cell(0, row as i32 + 1);
            lines.for_each(|(row, line)| line.copy_from_slice(&self.source[start(row)..start(row) + SIGNATURE_WIDTH]));
            return warped;
        }
        for (row, line) in lines {
            let places = Places::new(row, warp);
            let cells = WarpedLine::new(&places);
            for (column, cell) in line.iter_mut().enumerate() {
                *cell = cells.interpolate(&self.source, column);
            }
        }
        warped
    }

    /// How the source rises across and down, cell by cell where the warp shows it.
    #[inline(always)]
    pub(super) fn slopes(&self, warp: &Warp) -> (Inner, Inner) {
        let (mut across, mut down) = ([0.0; INNER], [0.0; INNER]);
        for row in 0..INNER_HEIGHT {
            let nearest = Places::new(row, warp).nearest();
            for (column, cell) in nearest.into_iter().enumerate() {
                let place = row * SIGNATURE_WIDTH + column;
                (across[place], down[place]) = slope(&self.source, cell);
            }
        }
        (across, down)
    }
}

/// Repeats the outermost cells around a picture, so that every cell has the neighbours that a place beside it is read from.
#[inline(always)]
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
#[inline(always)]
fn slope(framed: &Framed, cell: usize) -> (f32, f32) {
    (
        (framed[cell + 1] - framed[cell - 1]) / 2.0,
        (framed[cell + FRAMED_WIDTH] - framed[cell - FRAMED_WIDTH]) / 2.0,
    )
}

type Line<T> = [T; SIGNATURE_WIDTH];

/// Where the warp puts one line of cells.
struct Places {
    x: Line<f32>,
    y: Line<f32>,
}

impl Places {
    #[inline(always)]
    fn new(row: usize, warp: &Warp) -> Self {
        let warp = warp.map(|value| value as f32);
        let place = |column: usize| {
            let (u, v) = position(column, row);
            (
                column as f32 + warp[0] + warp[2] * u + warp[3] * v,
                (row + 1) as f32 + warp[1] + warp[4] * u + warp[5] * v,
            )
        };
        Self {
            x: std::array::from_fn(|column| place(column).0.clamp(0.0, (SIGNATURE_WIDTH - 1) as f32)),
            y: std::array::from_fn(|column| place(column).1.clamp(0.0, (SIGNATURE_HEIGHT - 1) as f32)),
        }
    }

    /// The cell next to each place that has neighbours of its own, in a framed picture.
    #[inline(always)]
    fn nearest(&self) -> Line<usize> {
        let middle = |place: f32, last: usize| ((place + 0.5) as i32).clamp(1, last as i32 - 1);
        std::array::from_fn(|at| {
            framed_cell(
                middle(self.x[at], SIGNATURE_WIDTH - 1),
                middle(self.y[at], SIGNATURE_HEIGHT - 1),
            )
        })
    }
}

/// Where a cell lies in a framed picture.
#[inline(always)]
fn framed_cell(x: i32, y: i32) -> usize {
    (y as usize + FRAME) * FRAMED_WIDTH + x as usize + FRAME
}

/// One line of warped cells: where the cells around each place are, and with what weights they count.
///
/// They are read by a Catmull-Rom cubic: a straight line between them would blur the warped picture alone and so make a copy look
/// different.
struct WarpedLine {
    /// The upper left of the sixteen cells around each place, in a framed picture.
    first: Line<usize>,
    across: [Line<f32>; 4],
    down: [Line<f32>; 4],
}

impl WarpedLine {
    #[inline(always)]
    fn new(Places { x, y }: &Places) -> Self {
        let (left, top) = (x.map(|x| x as i32), y.map(|y| y as i32));
        Self {
            first: std::array::from_fn(|at| framed_cell(left[at], top[at]) - FRAMED_WIDTH - 1),
            across: cubic(&std::array::from_fn(|at| x[at] - left[at] as f32)),
            down: cubic(&std::array::from_fn(|at| y[at] - top[at] as f32)),
        }
    }

    #[inline(always)]
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
#[inline(always)]
fn cubic(t: &Line<f32>) -> [Line<f32>; 4] {
    [
        t.map(|t| 0.5 * t * (t * (2.0 - t) - 1.0)),
        t.map(|t| 0.5 * (t * t * (3.0 * t - 5.0) + 2.0)),
        t.map(|t| 0.5 * t * (t * (4.0 - 3.0 * t) + 1.0)),
        t.map(|t| 0.5 * t * t * (t - 1.0)),
    ]
}
