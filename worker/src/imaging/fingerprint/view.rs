//! A picture made ready to be compared with many others: the steps between neighbouring cells, coarse and fine, by which strangers are
//! told apart quickly, and the cells themselves.

use std::sync::OnceLock;

use fearless_simd::{Level, dispatch};

use super::cells::{contrast, floats};
use super::tangents::TangentSpace;
use super::{SIGNATURE_BYTES, SIGNATURE_HEIGHT, SIGNATURE_WIDTH};

/// Pictures whose outlines correlate less are taken for different ones: of 10,449 copies that alignment finds all are above 0.81; of
/// strangers that the hashes take for alike, four in five are below.
const LEAST_OUTLINE: f32 = 0.8;
/// Pictures whose steps correlate less are taken for different ones. A cut edge or a stamp costs a copy most: of 10,780 copies 99 in a
/// hundred are above; of strangers that the hashes take for alike, one in fifteen is.
const LEAST_CORRELATION: f32 = 0.86;
/// Steps beyond so many standard deviations count as that many, so that a stamp or a stroke does not outweigh the face.
const STEP_LIMIT: f64 = 2.5;

const HALF_WIDTH: usize = SIGNATURE_WIDTH / 2;
const HALF_BYTES: usize = SIGNATURE_BYTES / 4;

type Cells = [u8; SIGNATURE_BYTES];

/// One picture, upright or mirrored.
#[derive(Debug, Clone)]
pub struct View {
    /// Between cells of half the fineness. It lies apart from the rest, which is looked at for few of many pictures.
    outline: Steps<{ steps_between(HALF_BYTES, HALF_WIDTH) }>,
    detail: Box<Detail>,
}

/// What is compared once the outlines are alike.
#[derive(Debug, Clone)]
struct Detail {
    cells: Cells,
    smooth: Cells,
    /// Of the smoothed cells.
    contrast: f32,
    /// Between the smoothed cells.
    steps: Steps<{ steps_between(SIGNATURE_BYTES, SIGNATURE_WIDTH) }>,
    /// Made when it is first asked for: of many pictures that one is compared with, it is asked of the one.
    tangents: OnceLock<Box<TangentSpace>>,
}

impl View {
    pub(super) fn new(cells: Cells) -> Self {
        dispatch!(Level::new(), _ => Self::of(cells))
    }

    #[inline(always)]
    fn of(cells: Cells) -> Self {
        let smooth = smoothed(&cells);
        Self {
            outline: Steps::between(&halved(&cells), HALF_WIDTH),
            detail: Box::new(Detail {
                cells,
                smooth,
                contrast: contrast(&floats(&smooth)),
                steps: Steps::between(&smooth, SIGNATURE_WIDTH),
                tangents: OnceLock::new(),
            }),
        }
    }

    pub(super) fn cells(&self) -> &Cells {
        &self.detail.cells
    }

    pub(super) fn smooth(&self) -> &Cells {
        &self.detail.smooth
    }

    pub(super) fn contrast(&self) -> f32 {
        self.detail.contrast
    }

    /// Whether the pictures have enough in common to be worth aligning.
    pub(super) fn may_be_copy_of(&self, other: &Self) -> bool {
        dispatch!(Level::new(), _ => self.correlates(other)) && !self.tangents().is_far_from(other)
    }

    #[inline(always)]
    fn correlates(&self, other: &Self) -> bool {
        self.outline.correlates(&other.outline, LEAST_OUTLINE)
            && self.detail.steps.correlates(&other.detail.steps, LEAST_CORRELATION)
    }

    fn tangents(&self) -> &TangentSpace {
        self.detail.tangents.get_or_init(|| Box::new(TangentSpace::of(self)))
    }
}

/// Room for steps to the right and to the lower neighbour of every cell that has one in the run of cells, in whole vectors: what is left
/// stays 0. The step from the end of a line to the next one is harmless and keeps the cells in one run.
const fn steps_between(cells: usize, width: usize) -> usize {
    ((cells - 1) + (cells - width)).next_multiple_of(64)
}

/// The differences between neighbouring cells, cut off at [`STEP_LIMIT`].
#[derive(Debug, Clone)]
struct Steps<const COUNT: usize> {
    steps: [i8; COUNT],
    /// Length of the vector of them.
    norm: f32,
    /// Length of its second half.
    later_norm: f32,
}

impl<const COUNT: usize> Steps<COUNT> {
    #[inline(always)]
    fn between(cells: &[u8], width: usize) -> Self {
        let mut steps = [0_i16; COUNT];
        let (right, down) = steps.split_at_mut(cells.len() - 1);
        for (steps, distance) in [(right, 1), (down, width)] {
            for ((step, &from), &to) in steps.iter_mut().zip(cells).zip(&cells[distance..]) {
                *step = i16::from(to) - i16::from(from);
            }
        }
        let squares: i32 = steps.iter().map(|&step| i32::from(step) * i32::from(step)).sum();
        let deviation = (f64::from(squares) / (2 * cells.len() - 1 - width) as f64).sqrt();
        let limit = (STEP_LIMIT * deviation).round().clamp(1.0, f64::from(i8::MAX)) as i16;
        let steps = std::array::from_fn(|place| steps[place].clamp(-limit, limit) as i8);
        let norm = |steps: &[i8]| (product(steps, steps) as f32).sqrt();
        Self {
            norm: norm(&steps),
            later_norm: norm(&steps[COUNT / 2..]),
            steps,
        }
    }

    /// Whether the correlation is at least so much. For most strangers that is denied by the first half, however alike the second is.
    #[inline(always)]
    fn correlates(&self, other: &Self, least: f32) -> bool {
        let (first, later) = self.steps.split_at(COUNT / 2);
        let (other_first, other_later) = other.steps.split_at(COUNT / 2);
        let (wanted, of_first) = (least * self.norm * other.norm, product(first, other_first));
        of_first as f32 + self.later_norm * other.later_norm >= wanted
            && (of_first + product(later, other_later)) as f32 >= wanted
    }
}

/// Steps side by side in a vector.
const LANES: usize = 16;

/// Sums the products of steps, which are whole vectors and never -128, so that a product fits into 16 bits.
#[inline(always)]
fn product(one: &[i8], other: &[i8]) -> i32 {
    let mut sums = [0; LANES];
    for (one, other) in one.as_chunks::<LANES>().0.iter().zip(other.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] += i32::from(i16::from(one[lane]) * i16::from(other[lane]));
        }
    }
    sums.iter().sum()
}

/// The mean of two by two cells.
#[inline(always)]
fn halved(cells: &Cells) -> [u8; HALF_BYTES] {
    std::array::from_fn(|place| {
        let first = place / HALF_WIDTH * 2 * SIGNATURE_WIDTH + place % HALF_WIDTH * 2;
        let four = [first, first + 1, first + SIGNATURE_WIDTH, first + SIGNATURE_WIDTH + 1];
        let sum: u16 = four.iter().map(|&cell| u16::from(cells[cell])).sum();
        ((sum + 2) / 4) as u8
    })
}

/// Weighs every cell with its neighbours 1-2-1 in both directions; at an edge the cell itself stands for the neighbour that is missing.
#[inline(always)]
fn smoothed(cells: &Cells) -> Cells {
    let lines = cells.as_chunks::<SIGNATURE_WIDTH>().0;
    let mut smooth = [0; SIGNATURE_BYTES];
    for (row, line) in smooth.as_chunks_mut::<SIGNATURE_WIDTH>().0.iter_mut().enumerate() {
        let (above, here, below) = (
            &lines[row.saturating_sub(1)],
            &lines[row],
            &lines[(row + 1).min(SIGNATURE_HEIGHT - 1)],
        );
        // Between the outermost columns, each of which stands there twice.
        let mut down = [0_u16; SIGNATURE_WIDTH + 2];
        for column in 0..SIGNATURE_WIDTH {
            down[column + 1] = u16::from(above[column]) + 2 * u16::from(here[column]) + u16::from(below[column]);
        }
        down[0] = down[1];
        down[SIGNATURE_WIDTH + 1] = down[SIGNATURE_WIDTH];
        for column in 0..SIGNATURE_WIDTH {
            line[column] = ((down[column] + 2 * down[column + 1] + down[column + 2] + 8) / 16) as u8;
        }
    }
    smooth
}
