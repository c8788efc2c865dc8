//! Points, curves and strokes in picture coordinates.

/// A place: pixels from the left, pixels from the top.
pub(crate) type Point = (f32, f32);

/// Steps between two points of a curve; fine enough that no corner shows at 480×640.
const STEPS: usize = 8;

/// Where a figure's own coordinates lie in the picture: origin between the eyes, x to the right, y down.
#[derive(Clone, Copy)]
pub(crate) struct Pose {
    /// The point between the eyes, pixels.
    pub(crate) origin: Point,
    /// Pixels per unit.
    pub(crate) scale: f32,
    /// Tangent of half the head's tilt: turning by it needs no sine.
    pub(crate) half_tilt: f32,
}

impl Pose {
    /// The picture point of a figure point.
    pub(crate) fn place(&self, (x, y): Point) -> Point {
        let square = self.half_tilt * self.half_tilt;
        let cosine = (1.0 - square) / (1.0 + square);
        let sine = 2.0 * self.half_tilt / (1.0 + square);
        let (x, y) = (x * self.scale, y * self.scale);
        (
            self.origin.0 + x * cosine - y * sine,
            self.origin.1 + x * sine + y * cosine,
        )
    }

    /// The same pose without tilt, for what the neck does not turn.
    pub(crate) fn upright(&self) -> Self {
        Self {
            half_tilt: 0.0,
            ..*self
        }
    }

    /// The picture outline of a figure outline.
    pub(crate) fn outline(&self, points: &[Point]) -> Vec<Point> {
        points.iter().map(|&point| self.place(point)).collect()
    }
}

/// A smooth closed curve through all points.
pub(crate) fn closed_curve(points: &[Point]) -> Vec<Point> {
    let n = points.len();
    let mut curve = Vec::with_capacity(n * STEPS);
    for i in 0..n {
        let at = |offset: usize| points[(i + n + offset - 1) % n];
        push_piece(&mut curve, [at(0), at(1), at(2), at(3)]);
    }
    curve
}

/// A smooth open curve from the first point to the last.
pub(crate) fn open_curve(points: &[Point]) -> Vec<Point> {
    let n = points.len();
    let mut curve = Vec::with_capacity(n * STEPS);
    for i in 0..n.saturating_sub(1) {
        push_piece(
            &mut curve,
            [
                points[i.saturating_sub(1)],
                points[i],
                points[i + 1],
                points[(i + 2).min(n - 1)],
            ],
        );
    }
    curve.extend(points.last());
    curve
}

/// One piece of a Catmull–Rom curve, from the second to before the third point.
fn push_piece(curve: &mut Vec<Point>, [a, b, c, d]: [Point; 4]) {
    for step in 0..STEPS {
        let t = step as f32 / STEPS as f32;
        let blend = |a: f32, b: f32, c: f32, d: f32| {
            let (first, second) = (c - a, 2.0 * a - 5.0 * b + 4.0 * c - d);
            b + 0.5 * t * (first + t * (second + t * (3.0 * (b - c) + d - a)))
        };
        curve.push((blend(a.0, b.0, c.0, d.0), blend(a.1, b.1, c.1, d.1)));
    }
}

/// An ellipse as a closed outline.
pub(crate) fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Vec<Point> {
    const EIGHTH: f32 = 0.707_106_77;
    let ring = [(1.0, 0.0), (EIGHTH, EIGHTH), (0.0, 1.0), (-EIGHTH, EIGHTH)];
    let points: Vec<Point> = ring
        .iter()
        .map(|&(dx, dy)| (x + dx * rx, y + dy * ry))
        .chain(ring.iter().map(|&(dx, dy)| (x - dx * rx, y - dy * ry)))
        .collect();
    closed_curve(&points)
}

/// A stroke along a curve whose width runs evenly from `start` over `middle` to `end`.
pub(crate) fn stroke(curve: &[Point], start: f32, middle: f32, end: f32) -> Vec<Point> {
    let n = curve.len();
    let mut left = Vec::with_capacity(2 * n);
    let mut right = Vec::with_capacity(n);
    for (i, &(x, y)) in curve.iter().enumerate() {
        let before = curve[i.saturating_sub(1)];
        let after = curve[(i + 1).min(n - 1)];
        let (dx, dy) = (after.0 - before.0, after.1 - before.1);
        let length = (dx * dx + dy * dy).sqrt().max(0.001);
        let along = i as f32 / (n - 1).max(1) as f32;
        let width = if along < 0.5 {
            start + (middle - start) * along * 2.0
        } else {
            middle + (end - middle) * (along * 2.0 - 1.0)
        };
        let (nx, ny) = (-dy / length * width / 2.0, dx / length * width / 2.0);
        left.push((x + nx, y + ny));
        right.push((x - nx, y - ny));
    }
    left.extend(right.into_iter().rev());
    left
}

/// The mirror image of points, from left to right, in reverse order so that a half outline can be continued.
pub(crate) fn mirrored(points: &[Point]) -> Vec<Point> {
    points.iter().rev().map(|&(x, y)| (-x, y)).collect()
}
