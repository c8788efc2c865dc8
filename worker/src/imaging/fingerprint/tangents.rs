//! The pictures that one turns into by a slight shift, turn or scale and by another tone, as a flat space around it: the tangent distance
//! of Simard, LeCun and Denker (1993). What of another picture lies far outside is no copy, and need not be aligned to know.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};

use super::SIGNATURE_WIDTH;
use super::cells::{HAS_SLOPE, INNER, Inner, comparable, dot, floats, inner, position, sum};
use super::view::View;
use super::warp::{Pair, UNMOVED};

/// What is left of a cell counts as at most this much of the contrast, so that a stamp or a stroke does not outweigh the face.
const CLIP: f32 = 0.3;
/// One in so many cells has no say at all.
const OUTLIERS: f32 = 25.0;
/// The most that is left of a copy, in units of the contrast, after each round of taking outliers out. Copies were measured at 0.206,
/// 0.131, 0.109, 0.098 and 0.092 at most; of strangers whose steps are alike one in fifty is below all of these.
const LIMITS: [f32; 5] = [0.24, 0.15, 0.125, 0.115, 0.105];

/// Directions: offset and gain, and both slopes times 1, `u` and `v`, which are those of an affine warp.
const DIRECTIONS: usize = 8;

/// Cells side by side in a vector.
const LANES: usize = 8;
const _: () = assert!(INNER.is_multiple_of(LANES));
type Lanes = [f32; LANES];

/// The space around one picture.
#[derive(Debug, Clone)]
pub(super) struct TangentSpace {
    /// Orthonormal; a few cells of each after each other, as they are used.
    directions: Vec<[Lanes; DIRECTIONS]>,
    /// The picture itself.
    origin: Inner,
    contrast: f32,
}

impl TangentSpace {
    pub(super) fn of(picture: &View) -> Self {
        dispatch!(Level::new(), _ => Self::around(picture))
    }

    #[inline(always)]
    fn around(picture: &View) -> Self {
        let cells = floats(picture.smooth());
        let pair = Pair::new(&cells, &cells);
        let (across, down) = pair.slopes(&UNMOVED);
        let times = |slopes: &Inner, weight: fn((f32, f32)) -> f32| -> Inner {
            std::array::from_fn(|place| {
                slopes[place] * weight(position(place % SIGNATURE_WIDTH, place / SIGNATURE_WIDTH))
            })
        };
        let mut directions = [
            [1.0; INNER],
            pair.target,
            across,
            down,
            times(&across, |(u, _)| u),
            times(&across, |(_, v)| v),
            times(&down, |(u, _)| u),
            times(&down, |(_, v)| v),
        ];
        for direction in &mut directions {
            *direction = std::array::from_fn(|place| direction[place] * HAS_SLOPE[place]);
        }
        orthonormalise(&mut directions);
        Self {
            directions: (0..INNER / LANES)
                .map(|at| std::array::from_fn(|direction| directions[direction].as_chunks().0[at]))
                .collect(),
            origin: pair.target,
            contrast: pair.contrast,
        }
    }

    /// Whether so much of the picture is left outside that it is no copy.
    pub(super) fn is_far_from(&self, picture: &View) -> bool {
        dispatch!(Level::new(), simd => self.leaves_much_of(simd, picture))
    }

    #[inline(always)]
    fn leaves_much_of<S: Simd>(&self, simd: S, picture: &View) -> bool {
        let cells = inner(&floats(picture.smooth()));
        let contrast = self.contrast.max(picture.contrast());
        let counts = comparable(&self.origin, &cells);
        let size = sum(&counts);
        let clip = CLIP * contrast;
        // Outliers are taken for as large as they can be, so that what is left of the others is never told too high.
        let outliers = size / OUTLIERS;
        let of_outliers = outliers * clip * clip;
        let mut seen: Inner = std::array::from_fn(|place| cells[place] * HAS_SLOPE[place]);
        for limit in LIMITS {
            let left = self.take_out(simd, &mut seen, (&cells, &counts), clip);
            let most = (size - outliers) * (limit * contrast).powi(2);
            if left - of_outliers > most {
                return true;
            }
        }
        false
    }

    /// Puts what is seen of a picture into the space, but for what of its cells lies outside, up to a clip; gives the squares of that.
    #[inline(always)]
    fn take_out<S: Simd>(&self, simd: S, seen: &mut Inner, (cells, counts): (&Inner, &Inner), clip: f32) -> f32 {
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
    fn shares<S: Simd>(&self, simd: S, picture: &Inner) -> [f32; DIRECTIONS] {
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
fn orthonormalise(directions: &mut [Inner; DIRECTIONS]) {
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
    use super::super::{SIGNATURE_BYTES, SIGNATURE_WIDTH};
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

    fn is_far(one: &View, other: &View) -> bool {
        TangentSpace::of(one).is_far_from(other)
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
