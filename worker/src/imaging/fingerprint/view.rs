//! A picture made ready to be compared with many others: its outline, by which most strangers are told apart quickly, and its cells.

use std::sync::OnceLock;

use fearless_simd::{Level, dispatch};

use super::cells::{Grey, HALF_BYTES, HALF_WIDTH};
use super::tangents::{HalfTangents, WholeTangents};
use super::{SIGNATURE_BYTES, SIGNATURE_HEIGHT, SIGNATURE_WIDTH};

/// Pictures whose outlines correlate less are taken for different ones: of 28,001 copies that alignment finds all are above 0.82; of
/// strangers that the hashes take for alike, two in three are below.
const LEAST_CORRELATION: f32 = 0.8;
/// Steps beyond so many standard deviations count as that many, so that a stamp or a stroke does not outweigh the face.
const STEP_LIMIT: f64 = 2.5;

type Cells = [u8; SIGNATURE_BYTES];
type HalfCells = [u8; HALF_BYTES];

/// One picture, upright or mirrored.
#[derive(Debug, Clone)]
pub struct View {
    outline: Outline,
    /// Smoothed, of half the fineness.
    pub(super) half: Grey<HALF_BYTES>,
    /// They lie apart from the rest, since they are looked at for few of many pictures.
    cells: Box<Cells>,
    /// These are made when they are first asked for: of many pictures that one is compared with, they are asked of the one.
    half_tangents: OnceLock<Box<HalfTangents>>,
    whole_tangents: OnceLock<Box<WholeTangents>>,
}

impl View {
    pub(super) fn new(cells: Cells) -> Self {
        dispatch!(Level::new(), _ => Self::of(cells))
    }

    #[inline(always)]
    fn of(cells: Cells) -> Self {
        Self {
            outline: Outline::of(&halved(&cells)),
            half: Grey::of(halved(&smoothed(&cells))),
            cells: Box::new(cells),
            half_tangents: OnceLock::new(),
            whole_tangents: OnceLock::new(),
        }
    }

    pub(super) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The cells smoothed.
    pub(super) fn smooth(&self) -> Grey<SIGNATURE_BYTES> {
        dispatch!(Level::new(), _ => Grey::of(smoothed(&self.cells)))
    }

    /// Whether the pictures have enough in common to be worth aligning. What costs least is asked first.
    pub(super) fn may_be_copy_of(&self, other: &Self) -> bool {
        dispatch!(Level::new(), _ => self.outline.correlates(&other.outline))
            && !self.half_tangents().is_far_from(&other.half)
            && !self.whole_tangents().is_far_from(&other.smooth())
    }

    fn half_tangents(&self) -> &HalfTangents {
        let of_half = || Box::new(HalfTangents::of(&self.half));
        self.half_tangents.get_or_init(of_half)
    }

    fn whole_tangents(&self) -> &WholeTangents {
        let of_whole = || Box::new(WholeTangents::of(&self.smooth()));
        self.whole_tangents.get_or_init(of_whole)
    }
}

/// Steps to the right and to the lower neighbour of every cell that has one in the run of cells, in whole vectors: what is left stays 0.
/// The step from the end of a line to the next one is harmless and keeps the cells in one run.
const STEPS: usize = ((HALF_BYTES - 1) + (HALF_BYTES - HALF_WIDTH)).next_multiple_of(64);

/// The differences between neighbouring cells of half the fineness, cut off at [`STEP_LIMIT`].
#[derive(Debug, Clone)]
struct Outline {
    steps: [i8; STEPS],
    /// Length of the vector of them.
    norm: f32,
    /// Length of its second half.
    later_norm: f32,
}

impl Outline {
    #[inline(always)]
    fn of(cells: &HalfCells) -> Self {
        let mut steps = [0_i16; STEPS];
        let (right, down) = steps.split_at_mut(cells.len() - 1);
        for (steps, distance) in [(right, 1), (down, HALF_WIDTH)] {
            for ((step, &from), &to) in steps.iter_mut().zip(cells).zip(&cells[distance..]) {
                *step = i16::from(to) - i16::from(from);
            }
        }
        let squares: i32 = steps.iter().map(|&step| i32::from(step) * i32::from(step)).sum();
        let deviation = (f64::from(squares) / (2 * cells.len() - 1 - HALF_WIDTH) as f64).sqrt();
        let limit = (STEP_LIMIT * deviation).round().clamp(1.0, f64::from(i8::MAX)) as i16;
        let steps = std::array::from_fn(|place| steps[place].clamp(-limit, limit) as i8);
        let norm = |steps: &[i8]| (product(steps, steps) as f32).sqrt();
        Self {
            norm: norm(&steps),
            later_norm: norm(&steps[STEPS / 2..]),
            steps,
        }
    }

    /// Whether the correlation is at least [`LEAST_CORRELATION`]. For most strangers that is denied by the first half, however alike the
    /// second is.
    #[inline(always)]
    fn correlates(&self, other: &Self) -> bool {
        let (first, later) = self.steps.split_at(STEPS / 2);
        let (other_first, other_later) = other.steps.split_at(STEPS / 2);
        let (wanted, of_first) = (LEAST_CORRELATION * self.norm * other.norm, product(first, other_first));
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
fn halved(cells: &Cells) -> HalfCells {
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
