//! Hair below the skull: behind the neck, over the shoulders, in plaits.

use super::super::canvas::{Canvas, Mask};
use super::super::outline::{Point, Pose, closed_curve, ellipse, mirrored, open_curve, stroke};
use super::super::sitting::Sitting;
use super::super::traits::{HairCut, Traits};
use super::super::{mixed, scaled};
use super::strand_colours;
use crate::synthetic::dice::Dice;

/// Hair behind neck and ears, painted before both.
pub(crate) fn draw_behind(canvas: &mut Canvas, traits: &Traits, pose: Pose) {
    let wide = traits.bones.half_face + traits.hair.wide;
    let top = traits.hair.up;
    let right: Vec<Point> = match traits.hair.cut {
        HairCut::Long | HairCut::LongOneShoulder | HairCut::Wavy => vec![
            (wide * 0.55, -top + 22.0),
            (wide + 3.0, -78.0),
            (wide + 11.0, 10.0),
            (wide + 10.0, 110.0),
            (wide + 16.0, 200.0),
            (wide + 10.0, 300.0),
            (60.0, 330.0),
        ],
        HairCut::Bob => vec![
            (wide * 0.55, -top + 22.0),
            (wide + 3.0, -78.0),
            (wide + 13.0, 10.0),
            (wide + 15.0, 88.0),
            (wide + 4.0, 138.0),
            (wide * 0.62, 150.0),
            (30.0, 140.0),
        ],
        HairCut::Ponytail | HairCut::LowBun | HairCut::Plaits => {
            vec![
                (wide * 0.55, -top + 22.0),
                (wide, -70.0),
                (wide * 0.98, 0.0),
                (wide * 0.86, 70.0),
                (50.0, 110.0),
            ]
        }
        _ => vec![
            (wide * 0.55, -top + 30.0),
            (wide - 2.0, -70.0),
            (wide - 5.0, 0.0),
            (wide * 0.84, 60.0),
            (50.0, 90.0),
        ],
    };
    let mut points = right.clone();
    points.extend(mirrored(&right));
    let mask = Mask::filled([&pose.outline(&closed_curve(&points))[..]]);
    canvas.lay(&mask, scaled(traits.hair.colour, 0.80));
    let bottom = right.iter().map(|point| point.1).fold(0.0, f32::max);
    if bottom > 120.0 {
        let mut dice = Dice::new(traits.detail, "behind", 0);
        let wave = if traits.hair.cut == HairCut::Wavy { 12.0 } else { 3.0 };
        hanging_strands(
            canvas,
            traits,
            pose,
            &mask,
            &mut dice,
            (-wide - 14.0, wide + 14.0, -60.0, bottom),
            wave,
        );
    }
}

/// Light and dark strands hanging down between `left` and `right`.
fn hanging_strands(
    canvas: &mut Canvas,
    traits: &Traits,
    pose: Pose,
    within: &Mask,
    dice: &mut Dice,
    (left, right, top, bottom): (f32, f32, f32, f32),
    wave: f32,
) {
    for (colour, count) in strand_colours(traits.hair.colour, 26) {
        let strands: Vec<Vec<Point>> = (0..count)
            .map(|_| {
                let x = dice.range(left, right);
                let length = bottom - top;
                let bend = dice.around(wave);
                let curve = open_curve(&[
                    (x * 0.9, top),
                    (x + bend, top + length * 0.33),
                    (x - bend, top + length * 0.66),
                    (x + bend * 0.6, bottom),
                ]);
                pose.outline(&stroke(&curve, 0.6, dice.range(1.2, 3.2), 0.5))
            })
            .collect();
        canvas.tint(
            &Mask::filled(strands.iter().map(Vec::as_slice)).within(within),
            colour,
            0.42,
        );
    }
}

/// Hair lying in front of the clothes.
pub(crate) fn draw_over_shoulder(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose) {
    let half = traits.bones.half_face;
    match traits.hair.cut {
        HairCut::LongOneShoulder => draw_lock(canvas, traits, sitting, pose, traits.hair.side),
        HairCut::Wavy => {
            draw_lock(canvas, traits, sitting, pose, traits.hair.side);
            draw_lock(canvas, traits, sitting, pose, -traits.hair.side);
        }
        HairCut::Plaits => {
            for side in [-1.0, 1.0] {
                draw_plait(canvas, traits, pose, side, half);
            }
        }
        _ => {}
    }
}

/// A broad lock from behind the ear down over the collarbone.
fn draw_lock(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose, side: f32) {
    let half = traits.bones.half_face;
    let mut dice = Dice::new(traits.detail, "lock", u64::from(side > 0.0));
    let wave = if traits.hair.cut == HairCut::Wavy { 7.0 } else { 2.0 };
    let spine = open_curve(&[
        (side * (half + 7.0), 24.0),
        (side * (half + 6.0 + wave * 0.5), 90.0),
        (side * (half - 2.0 - wave), 160.0),
        (side * (half + 2.0 + wave), 235.0),
        (side * (half - 12.0 - wave), 320.0),
        (side * (half - 18.0), 420.0),
    ]);
    let mask = Mask::filled([&pose.upright().outline(&stroke(&spine, 16.0, 58.0, 36.0))[..]]);
    canvas.shade(
        &mask.moved((-sitting.light * 5.0) as i32, 4).softened(8),
        [0.7, 0.66, 0.66],
        0.5,
    );
    canvas.lay(&mask, scaled(traits.hair.colour, 0.97));
    canvas.shade(&mask.outside(&mask.softened(9)), [0.6, 0.6, 0.6], 0.8);
    for (colour, count) in strand_colours(traits.hair.colour, 14) {
        let strands: Vec<Vec<Point>> = (0..count)
            .map(|_| {
                let offset = dice.around(22.0);
                let line: Vec<Point> = spine.iter().map(|&(x, y)| (x + offset, y)).collect();
                pose.upright().outline(&stroke(&line, 0.6, dice.range(1.0, 3.0), 0.6))
            })
            .collect();
        canvas.tint(
            &Mask::filled(strands.iter().map(Vec::as_slice)).within(&mask),
            colour,
            0.45,
        );
    }
}

fn draw_plait(canvas: &mut Canvas, traits: &Traits, pose: Pose, side: f32, half: f32) {
    let pose = pose.upright();
    for link in 0..15 {
        let y = 74.0 + link as f32 * 18.0;
        let x = side * (half - 1.0 - link as f32 * 1.2);
        let lean = if link % 2 == 0 { 8.0 } else { -8.0 };
        let knot = ellipse(x + lean, y, 20.0 - link as f32 * 0.4, 18.0);
        let mask = Mask::filled([&pose.outline(&knot)[..]]);
        canvas.lay(
            &mask,
            scaled(traits.hair.colour, if link % 2 == 0 { 1.05 } else { 0.95 }),
        );
        canvas.shade(&mask.outside(&mask.softened(9)), [0.55, 0.55, 0.55], 0.8);
        let (cx, cy) = pose.place((x - lean, y - 5.0));
        canvas.tint(
            &Mask::spot(cx, cy, 9.0, 9.0).within(&mask),
            mixed(traits.hair.colour, [206.0, 186.0, 170.0], 0.4),
            0.5,
        );
    }
}
