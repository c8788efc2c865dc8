//! The cells of a picture that are compared with those of another, and sums over them. All of it is inlined into what is compiled for
//! each width of vectors.

use super::{SIGNATURE_BYTES, SIGNATURE_HEIGHT, SIGNATURE_WIDTH};

/// Lines that are compared: all but the first and the last. Each is kept whole, so that they fill vectors; its outermost cells, which have
/// no slope, count for nothing.
pub(super) const INNER_HEIGHT: usize = SIGNATURE_HEIGHT - 2;
pub(super) const INNER: usize = SIGNATURE_WIDTH * INNER_HEIGHT;
/// Above this level brightening has cut off what was there, and nothing can be compared.
const BURNT_OUT: f32 = 240.0;
/// Contrast that every picture is taken to have, so that one of a single tone is not all detail.
const LEAST_CONTRAST: f32 = 4.0;
/// Sums run in so many strands side by side; divides the number of all cells and of those that are compared.
const STRANDS: usize = 16;
const _: () = assert!(INNER.is_multiple_of(STRANDS) && SIGNATURE_BYTES.is_multiple_of(STRANDS));

pub(super) type Cells = [f32; SIGNATURE_BYTES];
pub(super) type Inner = [f32; INNER];

/// 1 for the cells that have a slope, 0 for those at the ends of a line.
pub(super) const HAS_SLOPE: Inner = {
    let mut has_slope = [1.0; INNER];
    let mut row = 0;
    while row < INNER_HEIGHT {
        has_slope[row * SIGNATURE_WIDTH] = 0.0;
        has_slope[(row + 1) * SIGNATURE_WIDTH - 1] = 0.0;
        row += 1;
    }
    has_slope
};

/// Where a compared cell lies relative to the middle of the picture.
#[inline(always)]
pub(super) fn position(column: usize, row: usize) -> (f32, f32) {
    (
        column as f32 - (SIGNATURE_WIDTH - 1) as f32 / 2.0,
        row as f32 - (INNER_HEIGHT - 1) as f32 / 2.0,
    )
}

/// The lines that are compared.
#[inline(always)]
pub(super) fn inner(cells: &Cells) -> Inner {
    let mut inner = [0.0; INNER];
    inner.copy_from_slice(&cells[SIGNATURE_WIDTH..][..INNER]);
    inner
}

/// 1 where a cell can be compared, 0 where it has no slope or either picture is burnt out.
#[inline(always)]
pub(super) fn comparable(one: &Inner, other: &Inner) -> Inner {
    std::array::from_fn(|place| {
        let is_burnt_out = one[place].max(other[place]) > BURNT_OUT;
        if is_burnt_out { 0.0 } else { HAS_SLOPE[place] }
    })
}

/// Cells as the numbers that sums are made of; `map` on an array of this size does not compile to vector code.
#[inline(always)]
pub(super) fn floats(bytes: &[u8; SIGNATURE_BYTES]) -> Cells {
    std::array::from_fn(|place| f32::from(bytes[place]))
}

/// The standard deviation of a picture's cells.
#[inline(always)]
pub(super) fn contrast(cells: &Cells) -> f32 {
    let mean = dot(cells, &[1.0; SIGNATURE_BYTES]) / cells.len() as f32;
    let off: Cells = std::array::from_fn(|place| cells[place] - mean);
    (dot(&off, &off) / cells.len() as f32).sqrt().max(LEAST_CONTRAST)
}

#[inline(always)]
pub(super) fn sum(values: &Inner) -> f32 {
    dot(values, &[1.0; INNER])
}

#[inline(always)]
pub(super) fn dot<const N: usize>(one: &[f32; N], other: &[f32; N]) -> f32 {
    let mut strands = [0.0; STRANDS];
    let chunks = one.as_chunks::<STRANDS>().0.iter().zip(other.as_chunks::<STRANDS>().0);
    for (one, other) in chunks {
        strands = std::array::from_fn(|strand| strands[strand] + one[strand] * other[strand]);
    }
    strands.iter().sum()
}
