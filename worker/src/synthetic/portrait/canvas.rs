//! A picture in three colour planes, and the coverage masks painted onto it.
//!
//! Only `+ - * /`, `sqrt` and rounding are used, which every machine computes alike; no function of the platform's
//! mathematics library is.

use super::outline::Point;

/// Width of every portrait, pixels.
pub(crate) const WIDTH: usize = 480;
/// Height of every portrait, pixels.
pub(crate) const HEIGHT: usize = 640;

/// A colour, 0–255 per channel, red, green, blue.
pub(crate) type Colour = [f32; 3];

/// How much of each pixel of a rectangle a shape covers, 0–1.
#[derive(Clone)]
pub(crate) struct Mask {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    coverage: Vec<f32>,
}

impl Mask {
    /// An empty mask.
    fn empty() -> Self {
        Self {
            left: 0,
            top: 0,
            width: 0,
            height: 0,
            coverage: Vec::new(),
        }
    }

    /// The inside of closed outlines, exactly antialiased by signed area; outlines of one turning direction unite.
    pub(crate) fn filled<'a>(outlines: impl IntoIterator<Item = &'a [Point]> + Clone) -> Self {
        let Some((left, top, right, bottom)) = bounds(outlines.clone()) else {
            return Self::empty();
        };
        let (width, height) = (right - left, bottom - top);
        let mut area = Area {
            width,
            height,
            cells: vec![0.0; (width + 2) * height],
        };
        for outline in outlines {
            let Some(&last) = outline.last() else { continue };
            let mut from = last;
            for &to in outline {
                area.add_edge(
                    from.0 - left as f32,
                    from.1 - top as f32,
                    to.0 - left as f32,
                    to.1 - top as f32,
                );
                from = to;
            }
        }
        Self {
            left,
            top,
            width,
            height,
            coverage: area.sum_up(),
        }
    }

    /// A soft round spot: 1 in its middle, 0 at `rx`, `ry` from it.
    pub(crate) fn spot(x: f32, y: f32, rx: f32, ry: f32) -> Self {
        let left = (x - rx).floor().clamp(0.0, WIDTH as f32) as usize;
        let right = (x + rx).ceil().clamp(0.0, WIDTH as f32) as usize;
        let top = (y - ry).floor().clamp(0.0, HEIGHT as f32) as usize;
        let bottom = (y + ry).ceil().clamp(0.0, HEIGHT as f32) as usize;
        let (width, height) = (right.saturating_sub(left), bottom.saturating_sub(top));
        let mut coverage = Vec::with_capacity(width * height);
        for row in top..top + height {
            let dy = (row as f32 + 0.5 - y) / ry;
            for column in left..left + width {
                let dx = (column as f32 + 0.5 - x) / rx;
                let inside = (1.0 - dx * dx - dy * dy).max(0.0);
                coverage.push(inside * inside * (3.0 - 2.0 * inside));
            }
        }
        Self {
            left,
            top,
            width,
            height,
            coverage,
        }
    }

    fn at(&self, column: usize, row: usize) -> f32 {
        let (Some(x), Some(y)) = (column.checked_sub(self.left), row.checked_sub(self.top)) else {
            return 0.0;
        };
        if x >= self.width || y >= self.height {
            return 0.0;
        }
        self.coverage[y * self.width + x]
    }

    fn row(&self, row: usize) -> &[f32] {
        &self.coverage[row * self.width..(row + 1) * self.width]
    }

    /// The part inside both masks.
    pub(crate) fn within(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine * theirs)
    }

    /// The part outside the other mask.
    pub(crate) fn outside(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine * (1.0 - theirs))
    }

    fn combine(&self, other: &Self, join: impl Fn(f32, f32) -> f32) -> Self {
        let mut result = self.clone();
        for y in 0..self.height {
            for x in 0..self.width {
                let cell = &mut result.coverage[y * self.width + x];
                if *cell > 0.0 {
                    *cell = join(*cell, other.at(x + self.left, y + self.top));
                }
            }
        }
        result
    }

    /// The same mask moved by whole pixels, cut at the picture's edge.
    pub(crate) fn moved(&self, dx: i32, dy: i32) -> Self {
        let left = (self.left as i32 + dx).clamp(0, WIDTH as i32);
        let right = (self.left as i32 + dx + self.width as i32).clamp(0, WIDTH as i32);
        let top = (self.top as i32 + dy).clamp(0, HEIGHT as i32);
        let bottom = (self.top as i32 + dy + self.height as i32).clamp(0, HEIGHT as i32);
        let (width, height) = ((right - left).max(0) as usize, (bottom - top).max(0) as usize);
        let mut coverage = Vec::with_capacity(width * height);
        for row in top..top + height as i32 {
            for column in left..left + width as i32 {
                coverage.push(self.at((column - dx).max(0) as usize, (row - dy).max(0) as usize));
            }
        }
        Self {
            left: left as usize,
            top: top as usize,
            width,
            height,
            coverage,
        }
    }

    /// The mask softened over about `radius` pixels by three box filters; it grows by what it spreads.
    pub(crate) fn softened(&self, radius: usize) -> Self {
        if radius == 0 || self.coverage.is_empty() {
            return self.clone();
        }
        let reach = 2 * radius;
        let left = self.left.saturating_sub(reach);
        let top = self.top.saturating_sub(reach);
        let right = (self.left + self.width + reach).min(WIDTH);
        let bottom = (self.top + self.height + reach).min(HEIGHT);
        let (width, height) = (right - left, bottom - top);
        let mut cells = vec![0.0; width * height];
        for y in 0..self.height {
            let start = (y + self.top - top) * width + self.left - left;
            cells[start..start + self.width].copy_from_slice(self.row(y));
        }
        // The frame cuts the figure, so the mask is taken to go on past it: clamped sampling, not zeros.
        for _ in 0..3 {
            cells = box_rows_transposed(&cells, width, height, radius);
            cells = box_rows_transposed(&cells, height, width, radius);
        }
        Self {
            left,
            top,
            width,
            height,
            coverage: cells,
        }
    }
}

/// Averages each row over `2 * radius / 3 + 1` pixels and turns rows into columns, so that two calls blur both ways.
fn box_rows_transposed(cells: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    let half = (radius / 3).max(1);
    let scale = 1.0 / (2 * half + 1) as f32;
    let mut result = vec![0.0; cells.len()];
    for (y, row) in cells.chunks_exact(width).enumerate() {
        let clamped = |x: usize| row[x.min(width - 1)];
        let mut sum = row[0] * (half + 1) as f32;
        for x in 1..=half {
            sum += clamped(x);
        }
        for x in 0..width {
            result[x * height + y] = (sum * scale).clamp(0.0, 1.0);
            sum += clamped(x + half + 1) - row[x.saturating_sub(half)];
        }
    }
    result
}

fn bounds<'a>(outlines: impl IntoIterator<Item = &'a [Point]>) -> Option<(usize, usize, usize, usize)> {
    let (mut left, mut top, mut right, mut bottom) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
    for &(x, y) in outlines.into_iter().flatten() {
        (left, right) = (left.min(x), right.max(x));
        (top, bottom) = (top.min(y), bottom.max(y));
    }
    let left = left.floor().clamp(0.0, WIDTH as f32) as usize;
    let right = right.ceil().clamp(0.0, WIDTH as f32) as usize;
    let top = top.floor().clamp(0.0, HEIGHT as f32) as usize;
    let bottom = bottom.ceil().clamp(0.0, HEIGHT as f32) as usize;
    (right > left && bottom > top).then_some((left, top, right, bottom))
}

/// Signed areas per pixel; their running sum along a row is the coverage.
struct Area {
    width: usize,
    height: usize,
    cells: Vec<f32>,
}

impl Area {
    fn add_edge(&mut self, x0: f32, y0: f32, x1: f32, y1: f32) {
        if y0 == y1 {
            return;
        }
        let (sign, x0, y0, x1, y1) = if y0 < y1 {
            (1.0, x0, y0, x1, y1)
        } else {
            (-1.0, x1, y1, x0, y0)
        };
        let slope = (x1 - x0) / (y1 - y0);
        let first = y0.max(0.0) as usize;
        let last = (y1.ceil().max(0.0) as usize).min(self.height);
        for row in first..last {
            let upper = y0.max(row as f32);
            let lower = y1.min(row as f32 + 1.0);
            if lower <= upper {
                continue;
            }
            let limit = self.width as f32;
            let from = (x0 + (upper - y0) * slope).clamp(0.0, limit);
            let to = (x0 + (lower - y0) * slope).clamp(0.0, limit);
            self.add_span(row, from.min(to), from.max(to), sign * (lower - upper));
        }
    }

    /// Spreads the height of an edge piece over the cells that it crosses between `from` and `to`.
    fn add_span(&mut self, row: usize, from: f32, to: f32, height: f32) {
        let start = row * (self.width + 2);
        let (first, last) = (from as usize, to as usize);
        if first == last {
            let left_part = height * (1.0 - ((from + to) / 2.0 - first as f32));
            self.cells[start + first] += left_part;
            self.cells[start + first + 1] += height - left_part;
            return;
        }
        let per_pixel = height / (to - from);
        let mut spread = 0.0;
        for column in first..=last {
            let enter = from.max(column as f32);
            let leave = to.min(column as f32 + 1.0);
            let piece = (leave - enter).max(0.0) * per_pixel;
            let here = piece * (1.0 - ((enter + leave) / 2.0 - column as f32));
            self.cells[start + column] += here + spread;
            spread = piece - here;
        }
        self.cells[start + last + 1] += spread;
    }

    fn sum_up(self) -> Vec<f32> {
        let mut coverage = Vec::with_capacity(self.width * self.height);
        for row in self.cells.chunks_exact(self.width + 2) {
            let mut sum = 0.0;
            for cell in row.iter().take(self.width) {
                sum += cell;
                coverage.push(sum.abs().min(1.0));
            }
        }
        coverage
    }
}

/// The picture being painted, and which of its pixels belong to the figure.
pub(crate) struct Canvas {
    /// Red, green and blue, 0–255, row by row.
    pub(crate) planes: [Vec<f32>; 3],
    /// 1 where the figure stands, 0 where the backdrop is seen.
    pub(crate) figure: Vec<f32>,
}

impl Canvas {
    /// A black picture without a figure.
    pub(crate) fn new() -> Self {
        let plane = || vec![0.0; WIDTH * HEIGHT];
        Self {
            planes: [plane(), plane(), plane()],
            figure: plane(),
        }
    }

    /// Lays a solid part of the figure.
    pub(crate) fn lay(&mut self, mask: &Mask, colour: Colour) {
        self.tint(mask, colour, 1.0);
        for y in 0..mask.height {
            let start = (y + mask.top) * WIDTH + mask.left;
            for (cell, cover) in self.figure[start..start + mask.width].iter_mut().zip(mask.row(y)) {
                *cell += (1.0 - *cell) * cover;
            }
        }
    }

    /// Mixes a colour in, as paint of this strength.
    pub(crate) fn tint(&mut self, mask: &Mask, colour: Colour, strength: f32) {
        for (plane, value) in self.planes.iter_mut().zip(colour) {
            for y in 0..mask.height {
                let start = (y + mask.top) * WIDTH + mask.left;
                for (cell, cover) in plane[start..start + mask.width].iter_mut().zip(mask.row(y)) {
                    *cell += (value - *cell) * (cover * strength);
                }
            }
        }
    }

    /// Multiplies by a factor per channel where the mask covers: below 1 a shadow, above 1 a light.
    pub(crate) fn shade(&mut self, mask: &Mask, factor: Colour, strength: f32) {
        for (plane, value) in self.planes.iter_mut().zip(factor) {
            let change = (value - 1.0) * strength;
            for y in 0..mask.height {
                let start = (y + mask.top) * WIDTH + mask.left;
                for (cell, cover) in plane[start..start + mask.width].iter_mut().zip(mask.row(y)) {
                    *cell *= 1.0 + change * cover;
                }
            }
        }
    }
}
