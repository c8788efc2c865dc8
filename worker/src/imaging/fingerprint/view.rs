//! A picture made ready to be compared with many others: the cells, the smoothed cells, and the steps between neighbouring cells, by
//! which strangers are told apart quickly.

use super::{SIGNATURE_BYTES, SIGNATURE_HEIGHT, SIGNATURE_WIDTH};

/// Pictures whose steps correlate less are different ones. Copies were measured at 0.89 and above: a cut edge costs most; of strangers
/// that the hashes take for alike, one in thirty is above.
const LEAST_CORRELATION: f64 = 0.88;
/// Steps beyond so many standard deviations count as that many, so that a stamp or a stroke does not outweigh the face.
const STEP_LIMIT: f64 = 2.5;

type Cells = [u8; SIGNATURE_BYTES];

/// One picture, upright or mirrored.
#[derive(Debug, Clone)]
pub struct View {
    pub(super) cells: Cells,
    pub(super) smooth: Cells,
    step_limit: i16,
    step_norm: f64,
}

impl View {
    pub(super) fn new(cells: Cells) -> Self {
        let smooth = smoothed(&cells);
        let squares: i64 = steps(&smooth).map(|step| i64::from(step) * i64::from(step)).sum();
        let deviation = (squares as f64 / steps(&smooth).count() as f64).sqrt();
        let step_limit = (STEP_LIMIT * deviation).round().clamp(1.0, 255.0) as i16;
        let clipped = product(&smooth, step_limit, &smooth, step_limit);
        Self {
            cells,
            smooth,
            step_limit,
            step_norm: f64::from(clipped).sqrt(),
        }
    }

    /// Whether the pictures have enough in common to be worth aligning.
    pub(super) fn may_be_copy_of(&self, other: &Self) -> bool {
        let product = product(&self.smooth, self.step_limit, &other.smooth, other.step_limit);
        f64::from(product) >= LEAST_CORRELATION * self.step_norm * other.step_norm
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

/// The differences to the right and the lower neighbour. The step from the end of a row to the next one is harmless and keeps the
/// cells in one run, which compiles to vector code.
fn steps(cells: &Cells) -> impl Iterator<Item = i16> {
    let step = |(&from, &to): (&u8, &u8)| i16::from(to) - i16::from(from);
    let right = cells.iter().zip(cells.iter().skip(1)).map(step);
    let down = cells.iter().zip(cells.iter().skip(SIGNATURE_WIDTH)).map(step);
    right.chain(down)
}

/// Sums the products of clipped steps.
fn product(one: &Cells, one_limit: i16, other: &Cells, other_limit: i16) -> i32 {
    let of = |distance: usize| -> i32 {
        let one_far = one.get(distance..).unwrap_or_default();
        let other_far = other.get(distance..).unwrap_or_default();
        one.iter()
            .zip(one_far)
            .zip(other.iter().zip(other_far))
            .map(|((&a, &b), (&c, &d))| {
                let left = (i16::from(b) - i16::from(a)).clamp(-one_limit, one_limit);
                let right = (i16::from(d) - i16::from(c)).clamp(-other_limit, other_limit);
                i32::from(left) * i32::from(right)
            })
            .sum()
    };
    of(1) + of(SIGNATURE_WIDTH)
}
