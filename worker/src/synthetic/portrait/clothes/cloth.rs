//! Cloth itself: the body of a garment, its folds and its patterns.

use super::super::canvas::{Canvas, Colour, Mask};
use super::super::outline::{Point, Pose, closed_curve, ellipse, mirrored, open_curve, stroke};
use super::super::sitting::{Pattern, Sitting};
use crate::synthetic::dice::Dice;

/// Below every picture's lower edge, figure units.
pub(super) const BELOW: f32 = 560.0;

/// Places that all cuts share: where the garment meets the neck and how the shoulders fall.
pub(super) struct Cut {
    pub(super) neck: f32,
    pub(super) shoulder: f32,
    pub(super) drop: f32,
    pub(super) pose: Pose,
}

impl Cut {
    /// The inside of an outline given in figure units.
    pub(super) fn mask(&self, points: &[Point]) -> Mask {
        Mask::filled([&self.pose.outline(points)[..]])
    }

    /// The inside of a smooth curve through these points.
    pub(super) fn smooth(&self, points: &[Point]) -> Mask {
        self.mask(&closed_curve(points))
    }

    /// The body with a neck opening whose lowest point is `deep`; `collar` is where it touches the neck.
    pub(super) fn body(&self, collar: f32, deep: f32, is_pointed: bool) -> Mask {
        let shoulder = open_curve(&[
            (self.neck + 4.0, collar),
            (self.neck + 34.0, collar + 24.0),
            (self.shoulder * 0.72, collar + 46.0 + self.drop * 0.5),
            (self.shoulder, collar + 82.0 + self.drop),
            (self.shoulder + 16.0, collar + 170.0),
            (self.shoulder + 30.0, BELOW),
        ]);
        let opening = if is_pointed {
            vec![(0.0, deep)]
        } else {
            open_curve(&[(0.0, deep), (self.neck * 0.55, deep - 10.0), (self.neck + 4.0, collar)])
        };
        let mut points = opening;
        points.extend(shoulder);
        let right = points;
        let mut all = mirrored(&right);
        all.extend(right);
        self.mask(&all)
    }
}

/// Lays cloth and gives it round shoulders and folds.
pub(super) fn lay_cloth(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting, mask: &Mask, colour: Colour) {
    canvas.lay(mask, colour);
    if colour == sitting.cloth {
        print_pattern(canvas, cut, sitting, mask);
    }
    canvas.shade(&mask.outside(&mask.softened(27)), [0.66, 0.66, 0.70], 0.62);
    let side = sitting.light.signum();
    let (x, y) = cut.pose.place((side * cut.shoulder * 0.62, 300.0));
    canvas.tint(&Mask::spot(x, y, 110.0, 70.0).within(mask), [255.0, 252.0, 246.0], 0.10);
    let (x, y) = cut.pose.place((-side * cut.shoulder, 380.0));
    canvas.shade(&Mask::spot(x, y, 150.0, 200.0).within(mask), [0.62, 0.62, 0.66], 0.55);
    let mut dice = Dice::new(sitting.detail, "folds", 0);
    for _ in 0..6 {
        let (x, y) = cut
            .pose
            .place((dice.range(-1.0, 1.0) * cut.shoulder, dice.range(240.0, 400.0)));
        let spot = Mask::spot(x, y, dice.range(70.0, 130.0), dice.range(60.0, 120.0)).within(mask);
        if dice.chance(500) {
            canvas.tint(&spot, [255.0, 253.0, 248.0], dice.range(0.03, 0.10));
        } else {
            canvas.shade(&spot, [0.66, 0.66, 0.69], dice.range(0.10, 0.34));
        }
    }
    for fold in 0..7 {
        let x = dice.range(-0.95, 0.95) * cut.shoulder;
        let y = dice.range(300.0, 350.0);
        let line = open_curve(&[
            (x, y),
            (x * 0.92 + dice.around(16.0), y + 44.0),
            (x * 0.80 + dice.around(24.0), y + 105.0),
        ]);
        let line = cut
            .mask(&stroke(&line, 2.0, dice.range(6.0, 14.0), 2.0))
            .softened(6)
            .within(mask);
        if fold % 3 == 0 {
            canvas.tint(&line, [255.0, 255.0, 255.0], 0.09);
        } else {
            canvas.shade(&line, [0.70, 0.70, 0.73], 0.55);
        }
    }
}

/// Patches of a second colour within the cloth.
fn print_pattern(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting, mask: &Mask) {
    let mut dice = Dice::new(sitting.detail, "pattern", 0);
    let second = sitting.second;
    let mut patch = |points: &[Point], strength: f32| canvas.tint(&cut.mask(points).within(mask), second, strength);
    match sitting.pattern {
        Pattern::Plain => {}
        Pattern::Yoke => {
            let (edge, dip) = (dice.range(282.0, 330.0), dice.range(-24.0, 34.0));
            patch(
                &[
                    (-320.0, 120.0),
                    (320.0, 120.0),
                    (320.0, edge),
                    (0.0, edge + dip),
                    (-320.0, edge),
                ],
                0.94,
            );
        }
        Pattern::Halves => {
            let side = if dice.chance(500) { 320.0 } else { -320.0 };
            let lean = dice.range(-50.0, 50.0);
            patch(&[(lean, 120.0), (side, 120.0), (side, BELOW), (-lean, BELOW)], 0.94);
        }
        Pattern::Sleeves => {
            let inner = dice.range(0.52, 0.68) * cut.shoulder;
            for side in [-1.0, 1.0] {
                let x = side * inner;
                patch(
                    &[
                        (side * (cut.neck + 6.0), 150.0),
                        (side * 330.0, 150.0),
                        (side * 330.0, BELOW),
                        (x * 1.1, BELOW),
                        (x, 300.0),
                    ],
                    0.94,
                );
            }
        }
        Pattern::Print => {
            let (x, y) = (dice.range(-40.0, 40.0), dice.range(330.0, 380.0));
            let (rx, ry) = (dice.range(34.0, 84.0), dice.range(26.0, 52.0));
            patch(&ellipse(x, y, rx, ry), 0.9);
        }
        Pattern::Check => check(&mut dice, &mut patch),
    }
}

/// Lines across each other.
fn check(dice: &mut Dice, patch: &mut impl FnMut(&[Point], f32)) {
    let step = dice.range(24.0, 40.0);
    let wide = step * 0.4;
    for line in 0..26 {
        let place = -300.0 + line as f32 * step;
        patch(
            &stroke(&[(place, 120.0), (place * 1.06, BELOW)], wide, wide, wide),
            0.34,
        );
        let y = 180.0 + line as f32 * step;
        patch(
            &stroke(&[(-320.0, y + 20.0), (0.0, y), (320.0, y + 20.0)], wide, wide, wide),
            0.34,
        );
    }
}
