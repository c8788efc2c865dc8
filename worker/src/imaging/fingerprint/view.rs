//! A picture made ready to be compared with many others: the cells, the smoothed cells, and the steps between neighbouring cells, by
//! which strangers are told apart quickly.

use std::sync::OnceLock;

use super::tangents::TangentSpace;
use super::{SIGNATURE_BYTES, SIGNATURE_HEIGHT, SIGNATURE_WIDTH};

/// Pictures whose steps correlate less are taken for different ones. A cut edge or a stamp costs a copy most: of 10,780 copies 99 in a
/// hundred are above; of strangers that the hashes take for alike, one in fifteen is.
const LEAST_CORRELATION: f64 = 0.86;
/// Steps beyond so many standard deviations count as that many, so that a stamp or a stroke does not outweigh the face.
const STEP_LIMIT: f64 = 2.5;

/// To the right and to the lower neighbour of every cell that has one in the run of cells.
const STEPS: usize = (SIGNATURE_BYTES - 1) + (SIGNATURE_BYTES - SIGNATURE_WIDTH);

type Cells = [u8; SIGNATURE_BYTES];
type Steps = [i8; STEPS];

/// One picture, upright or mirrored.
#[derive(Debug, Clone)]
pub struct View {
    pub(super) cells: Cells,
    pub(super) smooth: Cells,
    steps: Steps,
    step_norm: f64,
    /// Made when it is first asked for: of many pictures that one is compared with, it is asked of the one.
    tangents: OnceLock<Box<TangentSpace>>,
}

impl View {
    pub(super) fn new(cells: Cells) -> Self {
        let smooth = smoothed(&cells);
        let steps = clipped_steps(&smooth);
        Self {
            cells,
            smooth,
            steps,
            step_norm: f64::from(product(&steps, &steps)).sqrt(),
            tangents: OnceLock::new(),
        }
    }

    /// Whether the pictures have enough in common to be worth aligning.
    #[inline(always)]
    pub(super) fn may_be_copy_of(&self, other: &Self) -> bool {
        let product = product(&self.steps, &other.steps);
        let has_like_steps = f64::from(product) >= LEAST_CORRELATION * self.step_norm * other.step_norm;
        has_like_steps && !self.tangents().is_far_from(other)
    }

    #[inline(always)]
    fn tangents(&self) -> &TangentSpace {
        self.tangents.get_or_init(|| Box::new(TangentSpace::of(self)))
    }
}

/// Weighs every cell with its neighbours 1-2-1 in both directions.
fn smoothed(cells: &Cells) -> Cells {
    let at = |row: usize, column: usize| u32::from(cells.get(row * SIGNATURE_WIDTH + column).copied().unwrap_or(0));
    let across = |row: usize, column: usize| {
        at(row, column.saturating_sub(1)) + 2 * at(row, column) + at(row, (column + 1).min(SIGNATURE_WIDTH - 1))
    };
    std::array::from_fn(|place| {
        let (row, column) = (place / SIGNATURE_WIDTH, place % SIGNATURE_WIDTH);
        let sum = across(row.saturating_sub(1), column)
            + 2 * across(row, column)
            + across((row + 1).min(SIGNATURE_HEIGHT - 1), column);
        u8::try_from((sum + 8) / 16).unwrap_or(u8::MAX)
    })
}

/// The differences to the right and the lower neighbour, cut off at [`STEP_LIMIT`]. The step from the end of a row to the next one is
/// harmless and keeps the cells in one run.
fn clipped_steps(cells: &Cells) -> Steps {
    let mut steps = [0_i16; STEPS];
    let right = cells.iter().zip(cells.iter().skip(1));
    let down = cells.iter().zip(cells.iter().skip(SIGNATURE_WIDTH));
    for (step, (&from, &to)) in steps.iter_mut().zip(right.chain(down)) {
        *step = i16::from(to) - i16::from(from);
    }
    let squares: i64 = steps.iter().map(|&step| i64::from(step) * i64::from(step)).sum();
    let deviation = (squares as f64 / STEPS as f64).sqrt();
    let limit = (STEP_LIMIT * deviation).round().clamp(1.0, f64::from(i8::MAX)) as i16;
    steps.map(|step| step.clamp(-limit, limit) as i8)
}

/// Sums the products of steps; compiles to vector code.
#[inline(always)]
fn product(one: &Steps, other: &Steps) -> i32 {
    one.iter().zip(other).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum()
}
