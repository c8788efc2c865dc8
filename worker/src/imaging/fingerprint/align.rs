//! Compares two pictures after taking out what a copy may differ in: a slight shift, turn or scale, and brightness and contrast.
//! What is left is the picture itself.
//!
//! Millions of pairs pass through here, so cells are kept in single precision in arrays of their own, which compile to vector
//! code; only the few unknowns are solved in double precision. All loops over cells are inlined into [`difference`], which is compiled
//! once for each width of vectors and chooses when it runs.

use fearless_simd::{Level, dispatch};

use super::cells::{HAS_SLOPE, INNER, Inner, comparable, dot, floats, position, sum};
use super::view::View;
use super::warp::{Pair, UNMOVED, Warp};
use super::{SIGNATURE_BYTES, SIGNATURE_WIDTH};

/// Unknowns: six of the affine warp, gain and offset.
const UNKNOWNS: usize = 8;
const ROUNDS: usize = 4;
/// The difference of pictures that have nothing in common.
pub(super) const UNRELATED: f64 = 1.0;

/// Gives the difference of two pictures after alignment, in units of their own contrast: the geometric mean of what is left of the
/// smoothed cells and of the cells themselves. Smoothing takes out what warping itself adds, and the cells keep what smoothing
/// would hide: alone, each mixes up copies and strangers that the other keeps apart.
pub(super) fn difference(one: &View, other: &View) -> f64 {
    if one.may_be_copy_of(other) {
        dispatch!(Level::new(), _ => difference_of(one, other))
    } else {
        UNRELATED
    }
}

#[inline(always)]
fn difference_of(one: &View, other: &View) -> f64 {
    let Some((warp, smooth)) = align(&Pair::new(&floats(&one.smooth().cells), &floats(&other.smooth().cells))) else {
        return UNRELATED;
    };
    let plain = Pair::new(&floats(one.cells()), &floats(other.cells()));
    let plain = Overlap::new(&plain, &warp).residual();
    f64::from(smooth * plain.relative).sqrt()
}

/// Finds the warp under which the pictures differ least, and that difference; none where too little of them can be compared.
#[inline(always)]
fn align(pair: &Pair) -> Option<(Warp, f32)> {
    let mut warp = UNMOVED;
    let mut best = (warp, f32::INFINITY);
    for round in 0..ROUNDS {
        let overlap = Overlap::new(pair, &warp);
        let residual = overlap.residual();
        if residual.relative < best.1 {
            best = (warp, residual.relative);
        }
        if overlap.size < SIGNATURE_BYTES as f32 / 4.0 {
            return None;
        }
        // The last step would lead nowhere that is looked at.
        if round + 1 == ROUNDS {
            break;
        }
        let Some(step) = overlap.solve(&residual, &warp) else {
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
struct Overlap<'a> {
    pair: &'a Pair,
    source: Inner,
    /// 1 where the cell counts, 0 where either picture is burnt out.
    counts: Inner,
    /// Number of cells that count.
    size: f32,
}

/// What is left between the two once their tones are made equal.
struct Residual {
    gain: f32,
    /// By cell.
    rest: Inner,
    /// Root mean square of the trimmed residual, in units of the contrast.
    relative: f32,
}

impl<'a> Overlap<'a> {
    #[inline(always)]
    fn new(pair: &'a Pair, warp: &Warp) -> Self {
        let source = pair.warped(warp);
        let counts = comparable(&pair.target, &source, &HAS_SLOPE);
        Self {
            pair,
            source,
            size: sum(&counts),
            counts,
        }
    }

    #[inline(always)]
    fn residual(&self) -> Residual {
        let (gain, offset) = self.fit_tone();
        let rest = self.rest_under(gain, offset);
        Residual {
            gain,
            relative: self.trimmed(&rest) / self.pair.contrast,
            rest,
        }
    }

    #[inline(always)]
    fn rest_under(&self, gain: f32, offset: f32) -> Inner {
        std::array::from_fn(|place| self.pair.target[place] - gain * self.source[place] - offset)
    }

    /// Outliers (a stamp, a hand-drawn mark) get no say.
    #[inline(always)]
    fn weights(&self, rest: &Inner) -> Inner {
        let unit = 1.0 / (0.5 * self.pair.contrast);
        std::array::from_fn(|place| {
            let ratio = rest[place] * unit;
            let inside = (1.0 - ratio * ratio).max(0.0);
            self.counts[place] * inside * inside
        })
    }

    #[inline(always)]
    fn fit_tone(&self) -> (f32, f32) {
        let mut tone = (1.0, 0.0);
        let mut weights = self.counts;
        for round in 0..3 {
            if round > 0 {
                weights = self.weights(&self.rest_under(tone.0, tone.1));
            }
            let weighted: Inner = std::array::from_fn(|place| weights[place] * self.source[place]);
            let total = f64::from(sum(&weights));
            let (s, t) = (f64::from(sum(&weighted)), f64::from(dot(&weights, &self.pair.target)));
            let (ss, st) = (
                f64::from(dot(&weighted, &self.source)),
                f64::from(dot(&weighted, &self.pair.target)),
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
    #[inline(always)]
    fn trimmed(&self, rest: &Inner) -> f32 {
        // Floats that are not negative are in the order of their bits, which are quicker to sort.
        let mut squares = rest.map(|rest| (rest * rest).to_bits());
        let mut counted = 0;
        for place in 0..INNER {
            squares[counted] = squares[place];
            counted += usize::from(self.counts[place] > 0.0);
        }
        let squares = &mut squares[..counted];
        let kept = counted * 24 / 25;
        if kept < counted {
            squares.select_nth_unstable(kept);
        }
        let sum: f32 = squares[..kept].iter().map(|&bits| f32::from_bits(bits)).sum();
        (sum / kept.max(1) as f32).sqrt()
    }

    /// Solves one Gauss-Newton step for the warp, with gain and offset free.
    #[inline(always)]
    fn solve(&self, residual: &Residual, warp: &Warp) -> Option<[f64; 6]> {
        let (mut across, mut down) = self.pair.slopes(warp);
        across
            .iter_mut()
            .chain(&mut down)
            .for_each(|slope| *slope *= residual.gain);
        let weights = self.weights(&residual.rest);
        let sums = WeightedSums::new(&weights, [&across, &down, &self.source, &[1.0; INNER], &residual.rest]);
        let mut normal = [[0.0; UNKNOWNS + 1]; UNKNOWNS];
        for (row, one) in normal.iter_mut().zip(&TERMS) {
            for (value, other) in row.iter_mut().zip(TERMS.iter().chain([&EXPLAINED])) {
                *value = sums.of(one, other);
            }
        }
        let solution = eliminate(normal)?;
        solution.first_chunk::<6>().copied()
    }
}

/// The planes of cells that are summed, by their place. The rest is last: it is multiplied with every other plane and never with itself.
const ACROSS: usize = 0;
const DOWN: usize = 1;
const SOURCE: usize = 2;
const ONE: usize = 3;
const REST: usize = 4;
const PLANES: usize = 5;

/// One factor of a sum: a plane, times the place across (`u`) and down (`v`) to some power.
struct Term {
    plane: usize,
    across: usize,
    down: usize,
}

/// What it is explained by. The affine warp moves every cell by both slopes times `1`, `u` and `v`; gain and offset follow.
const TERMS: [Term; UNKNOWNS] = [
    term(ACROSS, 0, 0),
    term(DOWN, 0, 0),
    term(ACROSS, 1, 0),
    term(ACROSS, 0, 1),
    term(DOWN, 1, 0),
    term(DOWN, 0, 1),
    term(SOURCE, 0, 0),
    term(ONE, 0, 0),
];
/// What is to be explained.
const EXPLAINED: Term = term(REST, 0, 0);

const fn term(plane: usize, across: usize, down: usize) -> Term {
    Term { plane, across, down }
}

/// Sums over all cells by the powers of `u` and of `v`, each at most 2.
type ByPowers = [[f64; 3]; 3];

/// Sums of weight × plane × plane, times the place.
struct WeightedSums {
    products: [[ByPowers; PLANES]; REST],
}

impl WeightedSums {
    #[inline(always)]
    fn new(weights: &Inner, planes: [&Inner; PLANES]) -> Self {
        let mut products = [[ByPowers::default(); PLANES]; REST];
        for (first, one) in planes.iter().enumerate().take(REST) {
            let weighted: Inner = std::array::from_fn(|place| weights[place] * one[place]);
            for (second, other) in planes.iter().enumerate().skip(first) {
                // Only the slopes are multiplied with a place.
                products[first][second] = match (first <= DOWN, second <= DOWN) {
                    (true, true) => by_powers::<3>(&weighted, other),
                    (true, false) => by_powers::<2>(&weighted, other),
                    _ => by_powers::<1>(&weighted, other),
                };
            }
        }
        Self { products }
    }

    fn of(&self, one: &Term, other: &Term) -> f64 {
        let (first, second) = (one.plane.min(other.plane), one.plane.max(other.plane));
        self.products[first][second][one.across + other.across][one.down + other.down]
    }
}

/// Sums of the products of two planes times `u` and `v`, each to every power below `POWERS`. Columns are summed side by side.
#[inline(always)]
fn by_powers<const POWERS: usize>(one: &Inner, other: &Inner) -> ByPowers {
    let mut columns = [[0.0_f32; SIGNATURE_WIDTH]; POWERS];
    let lines = one
        .as_chunks::<SIGNATURE_WIDTH>()
        .0
        .iter()
        .zip(other.as_chunks::<SIGNATURE_WIDTH>().0);
    for (row, (one, other)) in lines.enumerate() {
        let v = position(0, row).1;
        for column in 0..SIGNATURE_WIDTH {
            let mut product = one[column] * other[column];
            for power in &mut columns {
                power[column] += product;
                product *= v;
            }
        }
    }
    let mut sums = ByPowers::default();
    for (down, columns) in columns.iter().enumerate() {
        for (column, &sum) in columns.iter().enumerate() {
            let u = f64::from(position(column, 0).0);
            let mut sum = f64::from(sum);
            for across in sums.iter_mut().take(POWERS - down) {
                across[down] += sum;
                sum *= u;
            }
        }
    }
    sums
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
