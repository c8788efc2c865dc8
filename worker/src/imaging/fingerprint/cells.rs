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
/// Sums run in so many strands side by side.
const STRANDS: usize = 16;

/// Cells of a picture of half the fineness, and of a line of it.
pub(super) const HALF_BYTES: usize = SIGNATURE_BYTES / 4;
pub(super) const HALF_WIDTH: usize = SIGNATURE_WIDTH / 2;

pub(super) type Cells = [f32; SIGNATURE_BYTES];
pub(super) type Inner = [f32; INNER];

/// A picture of so many cells, and their standard deviation.
#[derive(Debug, Clone)]
pub(super) struct Grey<const ALL: usize> {
    pub(super) cells: [u8; ALL],
    pub(super) contrast: f32,
}

impl<const ALL: usize> Grey<ALL> {
    #[inline(always)]
    pub(super) fn of(cells: [u8; ALL]) -> Self {
        let contrast = contrast(&floats(&cells));
        Self { cells, contrast }
    }
}

/// 1 for the cells that have a slope, 0 for those at the ends of a line.
pub(super) const HAS_SLOPE: Inner = has_slope(SIGNATURE_WIDTH);

/// [`HAS_SLOPE`] for lines of another width.
pub(super) const fn has_slope<const CELLS: usize>(width: usize) -> [f32; CELLS] {
    let mut has_slope = [1.0; CELLS];
    let mut start = 0;
    while start < CELLS {
        has_slope[start] = 0.0;
        has_slope[start + width - 1] = 0.0;
        start += width;
    }
    has_slope
}

/// Where a compared cell lies relative to the middle of the picture.
#[inline(always)]
pub(super) fn position(column: usize, row: usize) -> (f32, f32) {
    (
        column as f32 - (SIGNATURE_WIDTH - 1) as f32 / 2.0,
        row as f32 - (INNER_HEIGHT - 1) as f32 / 2.0,
    )
}

/// The lines that are compared, which are all but the first and the last.
#[inline(always)]
pub(super) fn inner<const ALL: usize, const INNER: usize>(cells: &[f32; ALL]) -> [f32; INNER] {
    let mut inner = [0.0; INNER];
    inner.copy_from_slice(&cells[(ALL - INNER) / 2..][..INNER]);
    inner
}

/// 1 where a cell can be compared, 0 where it has no slope or either picture is burnt out.
#[inline(always)]
pub(super) fn comparable<const N: usize>(one: &[f32; N], other: &[f32; N], has_slope: &[f32; N]) -> [f32; N] {
    std::array::from_fn(|place| {
        let is_burnt_out = one[place].max(other[place]) > BURNT_OUT;
        if is_burnt_out { 0.0 } else { has_slope[place] }
    })
}

/// Cells as the numbers that sums are made of; `map` on an array of this size does not compile to vector code.
#[inline(always)]
pub(super) fn floats<const N: usize>(bytes: &[u8; N]) -> [f32; N] {
    std::array::from_fn(|place| f32::from(bytes[place]))
}

/// The standard deviation of a picture's cells.
#[inline(always)]
pub(super) fn contrast<const N: usize>(cells: &[f32; N]) -> f32 {
    let mean = dot(cells, &[1.0; N]) / N as f32;
    let off: [f32; N] = std::array::from_fn(|place| cells[place] - mean);
    (dot(&off, &off) / N as f32).sqrt().max(LEAST_CONTRAST)
}

#[inline(always)]
pub(super) fn sum(values: &Inner) -> f32 {
    dot(values, &[1.0; INNER])
}

#[inline(always)]
pub(super) fn dot<const N: usize>(one: &[f32; N], other: &[f32; N]) -> f32 {
    let mut strands = [0.0; STRANDS];
    let ((chunks, rest), (other_chunks, other_rest)) = (one.as_chunks::<STRANDS>(), other.as_chunks::<STRANDS>());
    for (one, other) in chunks.iter().zip(other_chunks) {
        strands = std::array::from_fn(|strand| strands[strand] + one[strand] * other[strand]);
    }
    let rest: f32 = rest.iter().zip(other_rest).map(|(one, other)| one * other).sum();
    strands.iter().sum::<f32>() + rest
}
