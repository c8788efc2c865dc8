//! What the sitters wear.

mod cloth;

use super::canvas::{Canvas, Colour, Mask};
use super::outline::{Point, Pose, ellipse, open_curve, stroke};
use super::sitting::{Garment, Sitting};
use super::traits::Traits;
use super::{mixed, scaled};
use crate::synthetic::dice::Dice;
use cloth::{BELOW, Cut, lay_cloth};

/// Dresses the sitter.
pub(crate) fn draw(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose) {
    let cut = Cut {
        neck: traits.bones.half_neck,
        shoulder: traits.bones.shoulder,
        drop: sitting.shoulder_drop,
        pose: pose.upright(),
    };
    let (cloth, second) = (sitting.cloth, sitting.second);
    match sitting.garment {
        Garment::RoundNeck => knit(canvas, &cut, sitting, 242.0),
        Garment::Striped => striped(canvas, &cut, sitting),
        Garment::Hoodie => hoodie(canvas, &cut, sitting),
        Garment::Shirt => shirt(canvas, &cut, sitting, cloth),
        Garment::Polo => {
            knit(canvas, &cut, sitting, 262.0);
            collar(
                canvas,
                &cut,
                if sitting.detail.is_multiple_of(2) {
                    cloth
                } else {
                    second
                },
                266.0,
            );
            placket(canvas, &cut, cloth);
        }
        Garment::VNeck => {
            shirt(canvas, &cut, sitting, [244.0, 244.0, 244.0]);
            outer(canvas, &cut, sitting, cloth, 320.0);
            collar(canvas, &cut, [246.0, 246.0, 246.0], 270.0);
        }
        Garment::Suit => {
            knit_in(canvas, &cut, sitting, [246.0, 243.0, 240.0], 252.0);
            blazer(canvas, &cut, sitting, cloth);
        }
        Garment::SuitTie => {
            shirt(canvas, &cut, sitting, [245.0, 246.0, 248.0]);
            tie(canvas, &cut, tie_colour(sitting));
            blazer(canvas, &cut, sitting, cloth);
            collar(canvas, &cut, [247.0, 248.0, 250.0], 258.0);
        }
        Garment::Cardigan => {
            knit_in(canvas, &cut, sitting, second, 250.0);
            outer(canvas, &cut, sitting, cloth, 420.0);
            buttons(canvas, &cut, 430.0);
        }
        Garment::StandCollar => stand_collar(canvas, &cut, sitting),
        Garment::Blouse => blouse(canvas, &cut, sitting),
        Garment::Jacket => jacket(canvas, &cut, sitting),
    }
    shadow_under_head(canvas, traits, sitting, pose);
}

fn tie_colour(sitting: &Sitting) -> Colour {
    let ties = [
        [120.0, 32.0, 44.0],
        [40.0, 52.0, 96.0],
        [52.0, 52.0, 58.0],
        [96.0, 40.0, 84.0],
        [150.0, 110.0, 60.0],
    ];
    Dice::new(sitting.detail, "tie", 0).pick(&ties)
}

/// Head and chin keep light from the chest.
fn shadow_under_head(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose) {
    let (x, y) = pose.upright().place((-sitting.light * 14.0, 236.0));
    canvas.shade(
        &Mask::spot(x, y, traits.bones.half_neck * 1.9, 44.0),
        [0.80, 0.78, 0.79],
        0.45,
    );
}

fn knit(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting, deep: f32) {
    knit_in(canvas, cut, sitting, sitting.cloth, deep);
}

fn knit_in(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting, colour: Colour, deep: f32) {
    let body = cut.body(202.0, deep, false);
    lay_cloth(canvas, cut, sitting, &body, colour);
    let edge = open_curve(&[
        (-cut.neck - 5.0, 204.0),
        (-cut.neck * 0.55, deep - 8.0),
        (0.0, deep + 3.0),
        (cut.neck * 0.55, deep - 8.0),
        (cut.neck + 5.0, 204.0),
    ]);
    let band = cut.mask(&stroke(&edge, 9.0, 11.0, 9.0));
    canvas.lay(&band.within(&body), scaled(colour, 0.93));
    let seam: Vec<Point> = edge.iter().map(|&(x, y)| (x * 1.05, y + 7.0)).collect();
    canvas.shade(
        &cut.mask(&stroke(&seam, 1.0, 2.4, 1.0)).softened(1).within(&body),
        [0.6, 0.6, 0.62],
        0.7,
    );
}

fn striped(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting) {
    knit(canvas, cut, sitting, 240.0);
    let body = cut.body(202.0, 240.0, false);
    let mut dice = Dice::new(sitting.detail, "stripes", 0);
    let (step, thick) = (dice.range(26.0, 44.0), dice.range(8.0, 17.0));
    let mut y = 262.0;
    while y < BELOW {
        let line = open_curve(&[
            (-280.0, y + 34.0),
            (-120.0, y + 6.0),
            (0.0, y),
            (120.0, y + 6.0),
            (280.0, y + 34.0),
        ]);
        let line = cut.mask(&stroke(&line, thick, thick, thick)).within(&body);
        canvas.tint(&line, sitting.second, 0.85);
        y += step;
    }
}

fn shirt(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting, colour: Colour) {
    let body = cut.body(200.0, 286.0, true);
    lay_cloth(canvas, cut, sitting, &body, colour);
    placket(canvas, cut, colour);
    buttons(canvas, cut, 300.0);
    collar(canvas, cut, mixed(colour, [255.0, 255.0, 255.0], 0.25), 272.0);
}

fn placket(canvas: &mut Canvas, cut: &Cut, colour: Colour) {
    for x in [-9.0, 9.0] {
        let line = cut.mask(&stroke(&[(x, 272.0), (x, BELOW)], 1.6, 1.6, 1.6)).softened(1);
        canvas.tint(&line, scaled(colour, 0.70), 0.55);
    }
}

fn buttons(canvas: &mut Canvas, cut: &Cut, from: f32) {
    for button in 0..3 {
        let (x, y) = cut.pose.place((0.0, from + button as f32 * 46.0));
        let disc = Mask::filled([&ellipse(x, y, 3.6, 3.6)[..]]);
        canvas.tint(&disc, [226.0, 222.0, 214.0], 0.95);
        canvas.shade(&disc.outside(&disc.softened(3)), [0.5, 0.5, 0.5], 0.8);
    }
}

/// Two collar wings whose points reach down to `point`.
fn collar(canvas: &mut Canvas, cut: &Cut, colour: Colour, point: f32) {
    for side in [-1.0, 1.0] {
        let wing = [
            (side * (cut.neck + 3.0), 188.0),
            (side * (cut.neck + 12.0), 206.0),
            (side * (cut.neck * 0.72 + 8.0), point + 8.0),
            (side * 2.0, point - 22.0),
            (side * cut.neck * 0.55, 228.0),
        ];
        let mask = cut.mask(&wing);
        canvas.shade(&mask.moved(0, 6).softened(6), [0.66, 0.66, 0.68], 0.55);
        canvas.lay(&mask, colour);
        canvas.shade(&mask.outside(&mask.softened(9)), [0.74, 0.74, 0.77], 0.7);
    }
}

fn tie(canvas: &mut Canvas, cut: &Cut, colour: Colour) {
    let blade = [(-11.0, 262.0), (11.0, 262.0), (25.0, BELOW), (-25.0, BELOW)];
    let knot = [(-15.0, 238.0), (15.0, 238.0), (10.0, 268.0), (-10.0, 268.0)];
    for (part, tone) in [(&blade, 1.0), (&knot, 1.14)] {
        let mask = cut.mask(part);
        canvas.shade(&mask.moved(2, 3).softened(5), [0.6, 0.6, 0.62], 0.5);
        canvas.lay(&mask, scaled(colour, tone));
        canvas.shade(&mask.outside(&mask.softened(9)), [0.6, 0.6, 0.6], 0.8);
    }
}

/// A garment open down to a point, worn over something else.
fn outer(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting, colour: Colour, deep: f32) {
    let body = cut.body(195.0, deep, true);
    canvas.shade(&body.moved(0, 4).softened(8), [0.7, 0.7, 0.72], 0.5);
    lay_cloth(canvas, cut, sitting, &body, colour);
    for side in [-1.0, 1.0] {
        let edge = stroke(&[(side * (cut.neck + 6.0), 197.0), (0.0, deep)], 9.0, 10.0, 9.0);
        canvas.tint(&cut.mask(&edge).within(&body), scaled(colour, 0.82), 0.85);
    }
}

fn blazer(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting, colour: Colour) {
    let body = cut.body(195.0, 396.0, true);
    canvas.shade(&body.moved(0, 5).softened(9), [0.66, 0.66, 0.68], 0.6);
    lay_cloth(canvas, cut, sitting, &body, colour);
    for side in [-1.0, 1.0] {
        let lapel = [
            (side * (cut.neck + 2.0), 200.0),
            (side * (cut.neck + 22.0), 214.0),
            (side * (cut.neck + 54.0), 276.0),
            (side * (cut.neck + 30.0), 286.0),
            (side * (cut.neck + 50.0), 300.0),
            (side * 10.0, 402.0),
            (side * 2.0, 392.0),
        ];
        let mask = cut.mask(&lapel);
        canvas.shade(&mask.moved(0, 5).softened(6), [0.5, 0.5, 0.52], 0.55);
        canvas.lay(&mask, mixed(colour, [255.0, 255.0, 255.0], 0.07));
        canvas.shade(&mask.outside(&mask.softened(6)), [0.62, 0.62, 0.64], 0.8);
    }
}

fn hoodie(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting) {
    knit(canvas, cut, sitting, 250.0);
    for side in [-1.0, 1.0] {
        let fold = [
            (side * (cut.neck + 2.0), 190.0),
            (side * (cut.neck + 34.0), 206.0),
            (side * (cut.neck + 44.0), 240.0),
            (side * (cut.neck * 0.7), 292.0),
            (side * 4.0, 312.0),
            (side * cut.neck * 0.42, 262.0),
        ];
        let mask = cut.smooth(&fold);
        canvas.shade(&mask.moved(0, 7).softened(8), [0.6, 0.6, 0.62], 0.6);
        canvas.lay(&mask, mixed(sitting.cloth, [255.0, 255.0, 255.0], 0.06));
        canvas.shade(&mask.outside(&mask.softened(15)), [0.58, 0.58, 0.60], 0.8);
        let cord = open_curve(&[(side * 22.0, 290.0), (side * 27.0, 340.0), (side * 24.0, 400.0)]);
        canvas.tint(&cut.mask(&stroke(&cord, 4.0, 4.0, 4.0)), [238.0, 236.0, 230.0], 0.9);
    }
}

fn stand_collar(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting) {
    let body = cut.body(196.0, 250.0, true);
    lay_cloth(canvas, cut, sitting, &body, sitting.cloth);
    for side in [-1.0, 1.0] {
        let band = [
            (side * (cut.neck + 2.0), 168.0),
            (side * (cut.neck + 12.0), 202.0),
            (side * 34.0, 236.0),
            (side * 2.0, 250.0),
            (side * 4.0, 222.0),
            (side * (cut.neck * 0.72), 204.0),
        ];
        let mask = cut.mask(&band);
        canvas.lay(&mask, mixed(sitting.cloth, [255.0, 255.0, 255.0], 0.10));
        canvas.shade(&mask.outside(&mask.softened(7)), [0.6, 0.6, 0.62], 0.8);
    }
    let line = stroke(&[(0.0, 250.0), (0.0, BELOW)], 3.0, 3.0, 3.0);
    canvas.shade(&cut.mask(&line).softened(2), [0.5, 0.5, 0.52], 0.8);
}

fn blouse(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting) {
    knit(canvas, cut, sitting, 246.0);
    for side in [-1.0, 1.0] {
        let petal = [
            (side * (cut.neck + 6.0), 200.0),
            (side * (cut.neck + 42.0), 232.0),
            (side * (cut.neck + 22.0), 278.0),
            (side * 26.0, 292.0),
            (side * 3.0, 256.0),
            (side * (cut.neck * 0.6), 238.0),
        ];
        let mask = cut.smooth(&petal);
        canvas.shade(&mask.moved(0, 5).softened(6), [0.68, 0.68, 0.70], 0.55);
        canvas.lay(&mask, sitting.second);
        canvas.shade(&mask.outside(&mask.softened(9)), [0.78, 0.78, 0.80], 0.7);
    }
    buttons(canvas, cut, 286.0);
}

fn jacket(canvas: &mut Canvas, cut: &Cut, sitting: &Sitting) {
    knit_in(canvas, cut, sitting, sitting.second, 244.0);
    let body = cut.body(196.0, 300.0, true);
    canvas.shade(&body.moved(0, 5).softened(8), [0.66, 0.66, 0.68], 0.55);
    lay_cloth(canvas, cut, sitting, &body, sitting.cloth);
    collar(canvas, cut, scaled(sitting.cloth, 0.86), 262.0);
    for (x, width, tone) in [(0.0, 8.0, 0.55), (0.0, 2.6, 1.6)] {
        let zip = cut
            .mask(&stroke(&[(x, 296.0), (x, BELOW)], width, width, width))
            .within(&body);
        canvas.shade(&zip, [tone; 3], 0.8);
    }
    for side in [-1.0, 1.0] {
        let seam = open_curve(&[
            (side * cut.shoulder * 0.78, 266.0),
            (side * cut.shoulder * 0.66, 340.0),
            (side * cut.shoulder * 0.70, 430.0),
        ]);
        canvas.shade(
            &cut.mask(&stroke(&seam, 2.0, 3.5, 2.0)).softened(2).within(&body),
            [0.55, 0.55, 0.57],
            0.7,
        );
    }
}
