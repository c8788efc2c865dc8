//! The pictures that one turns into by a slight shift, turn or scale and by another tone, as a flat space around it: the tangent distance
//! of Simard, LeCun and Denker (1993), first at half the fineness and then at all of it. What of another picture lies far outside is no
//! copy, and need not be aligned to know.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};

use super::SIGNATURE_BYTES;
use super::cells::{Grey, HALF_BYTES, HALF_WIDTH, INNER, comparable, dot, floats, has_slope, inner};

/// What is left of a cell counts as at most this much of the contrast, so that a stamp or a stroke does not outweigh the face.
const CLIP: f32 = 0.3;
/// One in so many cells has no say at all.
const OUTLIERS: f32 = 25.0;

/// The most that is left of a copy, in units of the contrast, after each round of taking outliers out.
type Limits = [f32; 5];

/// Copies were measured at 0.224, 0.157, 0.139, 0.130 and 0.126 at most; of strangers whose outlines are alike one in twelve is below all
/// of these.
const HALF_LIMITS: Limits = [0.25, 0.175, 0.155, 0.145, 0.14];
/// Copies were measured at 0.230, 0.149, 0.124, 0.110 and 0.102 at most; of strangers that are below the others one in eight is below all of
/// these.
const WHOLE_LIMITS: Limits = [0.24, 0.15, 0.125, 0.115, 0.105];

/// Directions: offset and gain, and both slopes times 1, `u` and `v`, which are those of an affine warp.
const DIRECTIONS: usize = 8;

/// Cells side by side in a vector.
const LANES: usize = 8;
type Lanes = [f32; LANES];

/// At half the fineness, where most strangers are told apart for a quarter of the work.
pub(super) type HalfTangents = TangentSpace<HALF_BYTES, { HALF_BYTES - 2 * HALF_WIDTH }>;
pub(super) type WholeTangents = TangentSpace<SIGNATURE_BYTES, INNER>;

/// The space around one picture; of its cells all lines but the first and the last count.
#[derive(Debug, Clone)]
pub(super) struct TangentSpace<const ALL: usize, const INNER: usize> {
    /// Orthonormal; a few cells of each after each other, as they are used.
    directions: Vec<[Lanes; DIRECTIONS]>,
    /// The picture itself.
    origin: [f32; INNER],
    contrast: f32,
    limits: Limits,
}

impl HalfTangents {
    pub(super) fn of(picture: &Grey<HALF_BYTES>) -> Self {
        dispatch!(Level::new(), _ => Self::around(picture, HALF_LIMITS))
    }
}

impl WholeTangents {
    pub(super) fn of(picture: &Grey<SIGNATURE_BYTES>) -> Self {
        dispatch!(Level::new(), _ => Self::around(picture, WHOLE_LIMITS))
    }
}

impl<const ALL: usize, const INNER: usize> TangentSpace<ALL, INNER> {
    const WIDTH: usize = (ALL - INNER) / 2;
    const HAS_SLOPE: [f32; INNER] = has_slope(Self::WIDTH);
    const FITS: () = assert!(INNER.is_multiple_of(Self::WIDTH) && INNER.is_multiple_of(LANES));

    #[inline(always)]
    fn around(picture: &Grey<ALL>, limits: Limits) -> Self {
        let () = Self::FITS;
        let cells = floats(&picture.cells);
        let origin: [f32; INNER] = inner(&cells);
        let width = Self::WIDTH;
        let slopes = |to: usize, from: usize| -> [f32; INNER] {
            std::array::from_fn(|place| (cells[place + to] - cells[place + from]) / 2.0 * Self::HAS_SLOPE[place])
        };
        let (across, down) = (slopes(width + 1, width - 1), slopes(2 * width, 0));
        let middle = |count: usize| (count - 1) as f32 / 2.0;
        let times_u = |slopes: &[f32; INNER]| -> [f32; INNER] {
            std::array::from_fn(|place| slopes[place] * ((place % width) as f32 - middle(width)))
        };
        let times_v = |slopes: &[f32; INNER]| -> [f32; INNER] {
            std::array::from_fn(|place| slopes[place] * ((place / width) as f32 - middle(INNER / width)))
        };
        let mut directions = [
            Self::HAS_SLOPE,
            std::array::from_fn(|place| origin[place] * Self::HAS_SLOPE[place]),
            across,
            down,
            times_u(&across),
            times_v(&across),
            times_u(&down),
            times_v(&down),
        ];
        orthonormalise(&mut directions);
        Self {
            directions: (0..INNER / LANES)
                .map(|at| std::array::from_fn(|direction| directions[direction].as_chunks().0[at]))
                .collect(),
            origin,
            contrast: picture.contrast,
            limits,
        }
    }

    /// Whether so much of the picture is left outside that it is no copy.
    pub(super) fn is_far_from(&self, picture: &Grey<ALL>) -> bool {
        dispatch!(Level::new(), simd => self.leaves_much_of(simd, picture))
    }

    #[inline(always)]
    fn leaves_much_of<S: Simd>(&self, simd: S, picture: &Grey<ALL>) -> bool {
        let cells: [f32; INNER] = inner(&floats(&picture.cells));
        let counts = comparable(&self.origin, &cells, &Self::HAS_SLOPE);
        // No direction reaches into cells without a slope.
        let mut seen = cells;
        let counted = counts.as_chunks::<LANES>().0.iter();
        let size = counted.fold(f32x8::splat(simd, 0.0), |sum, lanes| {
            sum + f32x8::simd_from(simd, *lanes)
        });
        let (size, contrast) = (size.reduce_sum(), self.contrast.max(picture.contrast));
        let clip = CLIP * contrast;
        // Outliers are taken for as large as they can be, so that what is left of the others is never told too high.
        let outliers = size / OUTLIERS;
        let of_outliers = outliers * clip * clip;
        self.limits.iter().any(|limit| {
            let left = self.take_out(simd, &mut seen, (&cells, &counts), clip);
            left - of_outliers > (size - outliers) * (limit * contrast).powi(2)
        })
    }

    /// Puts what is seen of a picture into the space, but for what of its cells lies outside, up to a clip; gives the squares of that.
    #[inline(always)]
    fn take_out<S: Simd>(
        &self,
        simd: S,
        seen: &mut [f32; INNER],
        (cells, counts): (&[f32; INNER], &[f32; INNER]),
        clip: f32,
    ) -> f32 {
        let lanes = |lanes: &Lanes| f32x8::simd_from(simd, *lanes);
        let none = f32x8::splat(simd, 0.0);
        let shares = self.shares(simd, seen).map(|share| f32x8::splat(simd, share));
        let mut left = none;
        let of_picture = cells.as_chunks::<LANES>().0.iter().zip(counts.as_chunks::<LANES>().0);
        let seen = seen.as_chunks_mut::<LANES>().0.iter_mut().zip(&self.directions);
        for ((seen, directions), (cells, counts)) in seen.zip(of_picture) {
            let of_directions = directions.iter().zip(shares);
            let inside = of_directions.fold(none, |sum, (direction, share)| lanes(direction).mul_add(share, sum));
            let rest = (lanes(counts) * (lanes(cells) - inside)).max(-clip).min(clip);
            left = rest.mul_add(rest, left);
            *seen = (inside + rest).into();
        }
        left.reduce_sum()
    }

    /// How far a picture reaches in each direction.
    #[inline(always)]
    fn shares<S: Simd>(&self, simd: S, picture: &[f32; INNER]) -> [f32; DIRECTIONS] {
        let mut strands = [f32x8::splat(simd, 0.0); DIRECTIONS];
        for (cells, directions) in picture.as_chunks::<LANES>().0.iter().zip(&self.directions) {
            let cells = f32x8::simd_from(simd, *cells);
            for (strand, direction) in strands.iter_mut().zip(directions) {
                *strand = f32x8::simd_from(simd, *direction).mul_add(cells, *strand);
            }
        }
        strands.map(|strand| strand.reduce_sum())
    }
}

/// By Gram and Schmidt. A direction that the ones before it explain becomes none.
#[inline(always)]
fn orthonormalise<const INNER: usize>(directions: &mut [[f32; INNER]; DIRECTIONS]) {
    for place in 0..DIRECTIONS {
        let (before, rest) = directions.split_at_mut(place);
        let Some(direction) = rest.first_mut() else { return };
        for other in before.iter() {
            let share = dot(direction, other);
            direction
                .iter_mut()
                .zip(other)
                .for_each(|(cell, other)| *cell -= share * other);
        }
        let length = dot(direction, direction).sqrt();
        let scale = if length > 1e-3 { 1.0 / length } else { 0.0 };
        direction.iter_mut().for_each(|cell| *cell *= scale);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SIGNATURE_WIDTH, View};
    use super::*;

    /// A soft picture of two lamps, the first at this place across and the second wherever `down` says.
    fn picture(across: f32, down: f32, tone: fn(f32) -> f32) -> View {
        View::new(std::array::from_fn(|place| {
            let (x, y) = ((place % SIGNATURE_WIDTH) as f32, (place / SIGNATURE_WIDTH) as f32);
            let lamp = |at: (f32, f32), size: f32| (-((x - at.0).powi(2) + (y - at.1).powi(2)) / size).exp();
            tone(40.0 + 90.0 * lamp((across, 9.0), 30.0) + 70.0 * lamp((15.0, down), 40.0)) as u8
        }))
    }

    fn plain(tone: f32) -> f32 {
        tone
    }

    /// Half the fineness is more lenient, and never takes a copy for a stranger that all of it does not.
    fn is_far(one: &View, other: &View) -> bool {
        let is_far = WholeTangents::of(&one.smooth()).is_far_from(&other.smooth());
        let is_far_at_half = HalfTangents::of(&one.half).is_far_from(&other.half);
        assert!(is_far || !is_far_at_half);
        is_far
    }

    #[test]
    fn a_picture_that_moved_a_little_in_another_tone_is_near() {
        let one = picture(9.0, 22.0, plain);
        assert!(!is_far(&one, &one));
        assert!(!is_far(&one, &picture(9.5, 22.0, |tone| 1.2 * tone + 10.0)));
        assert!(!is_far(&picture(9.5, 22.0, |tone| 0.7 * tone), &one));
    }

    #[test]
    fn a_stamp_and_burnt_out_light_do_not_make_a_copy_far() {
        let one = picture(9.0, 22.0, plain);
        let mut stamped = *one.cells();
        stamped
            .chunks_exact_mut(SIGNATURE_WIDTH)
            .skip(20)
            .take(3)
            .for_each(|row| row[2..5].fill(230));
        assert!(!is_far(&one, &View::new(stamped)));
        assert!(!is_far(
            &one,
            &picture(9.0, 22.0, |tone| (1.9 * tone + 20.0).min(255.0))
        ));
    }

    #[test]
    fn another_picture_is_far() {
        let one = picture(9.0, 22.0, plain);
        assert!(is_far(&one, &picture(9.0, 12.0, plain)));
        assert!(is_far(&one, &picture(17.0, 22.0, plain)));
    }

    #[test]
    fn pictures_of_one_tone_are_not_told_apart() {
        let (dark, white) = (View::new([30; SIGNATURE_BYTES]), View::new([255; SIGNATURE_BYTES]));
        assert!(!is_far(&dark, &dark));
        assert!(!is_far(&dark, &white));
        assert!(!is_far(&white, &white));
    }
}
