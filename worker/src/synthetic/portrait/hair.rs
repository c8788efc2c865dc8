//! Hair: what hangs behind the neck, the cap over the skull, the fringe and what falls over a shoulder.

mod falling;

pub(super) use falling::{draw_behind, draw_over_shoulder};

use super::canvas::{Canvas, Colour, Mask};
use super::face::SHADOW;
use super::outline::{Point, Pose, mirrored, open_curve, stroke};
use super::sitting::Sitting;
use super::traits::{Fringe, HairCut, Traits};
use super::{mixed, scaled};
use crate::synthetic::dice::Dice;

fn strand_colours(hair: Colour, count: usize) -> [(Colour, usize); 2] {
    [
        (scaled(hair, 0.55), count),
        (mixed(hair, [168.0, 138.0, 116.0], 0.30), count),
    ]
}

/// The cap of hair over the skull with its fringe, and its shadow on the brow.
pub(crate) fn draw_front(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose, face: &Mask) {
    let mut dice = Dice::new(traits.detail, "cap", 0);
    let outer = outer_curve(traits, &mut dice);
    let inner = inner_curve(traits, &mut dice);
    let mut points = outer;
    points.extend(inner);
    let cap = Mask::filled([&pose.outline(&points)[..]]);
    let cap = if traits.hair.cut == HairCut::Crew {
        cap.softened(2)
    } else {
        cap
    };
    canvas.shade(
        &cap.moved((-sitting.light * 3.0) as i32, 7).softened(10).within(face),
        SHADOW,
        0.62,
    );
    canvas.lay(&cap, traits.hair.colour);
    shape_cap(canvas, traits, sitting, pose, &cap);
    draw_cap_strands(canvas, traits, pose, &cap, &mut dice);
    if traits.hair.fringe == Fringe::Airy && is_long(traits.hair.cut) {
        draw_airy_fringe(canvas, traits, pose, &mut dice);
    }
    if matches!(
        traits.hair.cut,
        HairCut::Crew | HairCut::Crop | HairCut::SweptUp | HairCut::SidePart
    ) {
        fade_sides(canvas, traits, pose, &cap);
    }
}

fn is_long(cut: HairCut) -> bool {
    matches!(
        cut,
        HairCut::Long
            | HairCut::LongOneShoulder
            | HairCut::Ponytail
            | HairCut::Bob
            | HairCut::Wavy
            | HairCut::Plaits
            | HairCut::LowBun
    )
}

/// From the left ear over the crown to the right ear.
fn outer_curve(traits: &Traits, dice: &mut Dice) -> Vec<Point> {
    let half = traits.bones.half_face;
    let wide = traits.hair.wide;
    let top = traits.hair.up;
    let burn = if is_long(traits.hair.cut) { 4.0 } else { 14.0 };
    let lean = traits.hair.side * 8.0;
    let mut points = vec![
        (-half - 0.5, burn),
        (-half - wide * 0.7 - 1.0, -34.0),
        (-half * 0.97 - wide, -82.0),
        (-half * 0.70 - wide * 0.5, -top + 27.0),
        (-half * 0.32 + lean, -top + 5.0),
        (lean, -top),
        (half * 0.32 + lean, -top + 5.0),
        (half * 0.70 + wide * 0.5, -top + 27.0),
        (half * 0.97 + wide, -82.0),
        (half + wide * 0.7 + 1.0, -34.0),
        (half + 0.5, burn),
    ];
    let (rough, between) = match traits.hair.cut {
        HairCut::Curly => (5.0, 3),
        HairCut::SweptUp | HairCut::Crop => (2.2, 1),
        _ => (0.8, 0),
    };
    points = roughened(&points, rough, between, dice);
    open_curve(&points)
}

/// Shifts the inner points of a line a little, after putting `between` more into each gap.
fn roughened(points: &[Point], rough: f32, between: usize, dice: &mut Dice) -> Vec<Point> {
    let mut result = Vec::with_capacity(points.len() * (between + 1));
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        for step in 0..=between {
            let share = step as f32 / (between + 1) as f32;
            let (dx, dy) = if result.is_empty() {
                (0.0, 0.0)
            } else {
                (dice.range(-rough, rough), dice.range(-rough, rough))
            };
            result.push((x0 + (x1 - x0) * share + dx, y0 + (y1 - y0) * share + dy));
        }
    }
    result.extend(points.last());
    result
}

/// From the right ear along the hairline back to the left ear.
fn inner_curve(traits: &Traits, dice: &mut Dice) -> Vec<Point> {
    let half = traits.bones.half_face;
    let line = -traits.hair.line;
    let side = traits.hair.side;
    let fringe: Vec<Point> = match (traits.hair.cut, traits.hair.fringe) {
        (HairCut::Crew, _) => vec![(0.80, -70.0), (0.66, line + 2.0), (0.3, line - 5.0), (0.0, line - 6.0)],
        (HairCut::SweptUp | HairCut::Curly, _) => {
            vec![
                (0.84, -66.0),
                (0.70, line + 8.0),
                (0.36, line - 6.0),
                (0.0, line - 10.0),
            ]
        }
        (HairCut::Crop, _) => return jagged(traits, -64.0 - traits.brows.arch, 9.0, dice),
        (HairCut::SidePart, _) => return parted(traits, side, (-98.0, -76.0)),
        (HairCut::Curtain, _) | (_, Fringe::Middle) => {
            vec![
                (0.93, -20.0),
                (0.80, -58.0),
                (0.50, -88.0),
                (0.16, -112.0),
                (0.0, -122.0),
            ]
        }
        (_, Fringe::Side) => return parted(traits, side, (-86.0, -56.0)),
        (_, Fringe::Straight) => return jagged(traits, -47.0, 3.0, dice),
        _ => vec![
            (0.86, -58.0),
            (0.72, line + 12.0),
            (0.36, line - 6.0),
            (0.0, line - 9.0),
        ],
    };
    let mut points = vec![(half - 5.0, burn_end(traits)), (half - 9.0, -24.0)];
    points.extend(fringe.iter().map(|&(x, y)| (x * half, y)));
    let reach = points.len() - 1;
    points.extend(mirrored(&points[..reach]));
    open_curve(&points)
}

fn burn_end(traits: &Traits) -> f32 {
    if is_long(traits.hair.cut) { 2.0 } else { 10.0 }
}

/// A hairline swept across the brow from a parting on one side.
fn parted(traits: &Traits, side: f32, (near, far): (f32, f32)) -> Vec<Point> {
    let half = traits.bones.half_face;
    let mut points = vec![
        (half - 5.0, burn_end(traits)),
        (half - 9.0, -24.0),
        (half * 0.84, -62.0),
        (half * 0.62, near),
        (half * 0.40, near - 22.0),
        (half * 0.12, near - 8.0),
        (-half * 0.34, (near + far) / 2.0),
        (-half * 0.72, far),
        (-half * 0.90, far + 26.0),
        (-half + 6.0, -16.0),
        (-half + 5.0, burn_end(traits)),
    ];
    if side < 0.0 {
        points = mirrored(&points);
    }
    open_curve(&points)
}

/// A straight fringe whose lower edge is cut into locks.
fn jagged(traits: &Traits, level: f32, depth: f32, dice: &mut Dice) -> Vec<Point> {
    let half = traits.bones.half_face;
    let mut points = vec![
        (half - 5.0, burn_end(traits)),
        (half - 8.0, -26.0),
        (half * 0.88, -46.0),
    ];
    let locks = 9;
    for lock in 0..=locks {
        let x = half * (0.78 - 1.56 * lock as f32 / locks as f32);
        let round = 1.0 - (x / half) * (x / half);
        let height = if lock % 2 == 0 { depth } else { -depth };
        points.push((
            x + dice.range(-3.0, 3.0),
            level - 6.0 * round + height + dice.range(-depth, depth) * 0.6,
        ));
    }
    points.extend([
        (-half * 0.88, -46.0),
        (-half + 8.0, -26.0),
        (-half + 5.0, burn_end(traits)),
    ]);
    open_curve(&points)
}

/// Light on the crown, dark at the rim.
fn shape_cap(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose, cap: &Mask) {
    let half = traits.bones.half_face;
    let rim = cap.outside(&cap.softened(15));
    canvas.shade(&rim, [0.62, 0.62, 0.62], 0.75);
    let side = sitting.light.signum();
    let gloss = mixed(traits.hair.colour, [206.0, 186.0, 170.0], 0.42);
    let band = open_curve(&[
        (-half * 0.84, -traits.hair.up + 66.0),
        (-half * 0.42, -traits.hair.up + 33.0),
        (side * half * 0.1, -traits.hair.up + 27.0),
        (half * 0.42, -traits.hair.up + 33.0),
        (half * 0.84, -traits.hair.up + 66.0),
    ]);
    let band = Mask::filled([&pose.outline(&stroke(&band, 5.0, 17.0, 5.0))[..]])
        .softened(11)
        .within(cap);
    canvas.tint(&band, gloss, 0.62);
    let (x, y) = pose.place((side * half * 0.55, -traits.hair.up + 48.0));
    canvas.tint(&Mask::spot(x, y, 52.0, 40.0).within(cap), gloss, 0.38);
    let (x, y) = pose.place((-side * half * 0.9, -80.0));
    canvas.shade(&Mask::spot(x, y, 60.0, 90.0).within(cap), [0.6, 0.6, 0.6], 0.7);
}

fn draw_cap_strands(canvas: &mut Canvas, traits: &Traits, pose: Pose, cap: &Mask, dice: &mut Dice) {
    let half = traits.bones.half_face + traits.hair.wide;
    let top = traits.hair.up;
    let part = match (traits.hair.cut, traits.hair.fringe) {
        (HairCut::SidePart, _) | (HairCut::Bob | HairCut::Long | HairCut::Wavy, Fringe::Side) => {
            traits.hair.side * half * 0.42
        }
        _ => traits.hair.side * 6.0,
    };
    let short = matches!(traits.hair.cut, HairCut::Crew | HairCut::Curly);
    for (colour, count) in strand_colours(traits.hair.colour, if short { 110 } else { 60 }) {
        let strands: Vec<Vec<Point>> = (0..count)
            .map(|_| {
                let curve = if short {
                    short_strand(traits, dice)
                } else {
                    let end = dice.range(-1.0, 1.0);
                    let (x, y) = (end * half, -104.0 + end * end * 118.0 + dice.range(-16.0, 22.0));
                    let start = (part + end * 10.0 + dice.around(5.0), -top + 8.0 + dice.range(0.0, 14.0));
                    let middle = ((start.0 + x * 1.9) / 2.6, (start.1 * 1.35 + y) / 2.2);
                    open_curve(&[start, middle, (x, y)])
                };
                pose.outline(&stroke(&curve, 0.5, dice.range(1.0, 2.8), 0.4))
            })
            .collect();
        canvas.tint(
            &Mask::filled(strands.iter().map(Vec::as_slice)).within(cap),
            colour,
            0.44,
        );
    }
}

fn short_strand(traits: &Traits, dice: &mut Dice) -> Vec<Point> {
    let half = traits.bones.half_face + traits.hair.wide;
    let (x, y) = (dice.range(-half, half), dice.range(-traits.hair.up, -20.0));
    if traits.hair.cut == HairCut::Crew {
        return vec![(x, y), (x * 1.03, y - 5.0)];
    }
    let (dx, dy) = (dice.around(9.0), dice.around(9.0));
    open_curve(&[
        (x, y),
        (x + 6.0 + dx, y - 4.0),
        (x + 4.0, y + 7.0 + dy),
        (x - 5.0, y + 3.0),
    ])
}

/// Single locks over the brow, the skin showing between them.
fn draw_airy_fringe(canvas: &mut Canvas, traits: &Traits, pose: Pose, dice: &mut Dice) {
    let half = traits.bones.half_face;
    let locks: Vec<Vec<Point>> = (0..22)
        .map(|_| {
            let x = dice.range(-0.62, 0.62) * half;
            let drop = -46.0 - dice.range(0.0, 14.0);
            let curve = open_curve(&[
                (x * 0.7, -122.0),
                (x * 1.02, -88.0),
                (x * 1.04 + dice.around(6.0), drop),
            ]);
            pose.outline(&stroke(&curve, 5.0, dice.range(3.0, 5.5), 0.4))
        })
        .collect();
    canvas.tint(
        &Mask::filled(locks.iter().map(Vec::as_slice)),
        scaled(traits.hair.colour, 0.95),
        0.86,
    );
}

/// Clippered sides let the skin through.
fn fade_sides(canvas: &mut Canvas, traits: &Traits, pose: Pose, cap: &Mask) {
    for side in [-1.0, 1.0] {
        let (x, y) = pose.place((side * (traits.bones.half_face + 2.0), -6.0));
        let strength = if traits.hair.cut == HairCut::Crew { 0.55 } else { 0.34 };
        canvas.tint(
            &Mask::spot(x, y, 26.0, 62.0).within(cap),
            scaled(traits.skin, 0.72),
            strength,
        );
    }
}
