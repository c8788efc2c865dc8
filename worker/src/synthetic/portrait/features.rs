//! Eyes, brows, nose, mouth and spectacles.

use super::canvas::{Canvas, Colour, Mask};
use super::face::{GLOW, SHADOW};
use super::outline::{Point, Pose, ellipse, open_curve, stroke};
use super::sitting::Sitting;
use super::traits::{Figure, Glasses, Traits};
use super::{mixed, scaled};
use crate::synthetic::dice::Dice;

const LID: Colour = [44.0, 30.0, 28.0];

/// Everything inside the face.
pub(crate) fn draw(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose) {
    draw_nose(canvas, traits, sitting, pose);
    for side in [-1.0, 1.0] {
        draw_socket(canvas, traits, pose, side);
        draw_eye(canvas, traits, sitting, pose, side);
        draw_brow(canvas, traits, pose, side);
    }
    draw_mouth(canvas, traits, pose);
}

/// The mask of an outline given in figure units.
fn shape(pose: Pose, points: &[Point]) -> Mask {
    Mask::filled([&pose.outline(points)[..]])
}

fn spot(pose: Pose, at: Point, rx: f32, ry: f32) -> Mask {
    let (x, y) = pose.place(at);
    Mask::spot(x, y, rx * pose.scale, ry * pose.scale)
}

fn draw_socket(canvas: &mut Canvas, traits: &Traits, pose: Pose, side: f32) {
    let x = side * traits.eyes.apart;
    canvas.shade(&spot(pose, (x - side * 10.0, -13.0), 28.0, 17.0), SHADOW, 0.32);
    canvas.shade(&spot(pose, (x, -2.0), traits.eyes.half * 1.6, 22.0), SHADOW, 0.20);
    canvas.shade(
        &spot(pose, (x, traits.eyes.open + 9.0), traits.eyes.half, 9.0),
        SHADOW,
        0.18,
    );
    canvas.shade(
        &spot(pose, (x + side * 4.0, -traits.brows.up + 9.0), 22.0, 8.0),
        GLOW,
        0.45,
    );
}

/// The upper edge of the open eye, from the nose outwards.
fn upper_lid(traits: &Traits, side: f32) -> Vec<Point> {
    let (x, half, open, slant) = (traits.eyes.apart, traits.eyes.half, traits.eyes.open, traits.eyes.slant);
    open_curve(&[
        (side * (x - half), 3.5),
        (side * (x - half * 0.55), -open * 0.68),
        (side * x, -open),
        (side * (x + half * 0.55), -open * 0.80 - slant * 0.4),
        (side * (x + half), 1.0 - slant),
    ])
}

fn lower_lid(traits: &Traits, side: f32) -> Vec<Point> {
    let (x, half, open, slant) = (traits.eyes.apart, traits.eyes.half, traits.eyes.open, traits.eyes.slant);
    open_curve(&[
        (side * (x + half), 1.0 - slant),
        (side * (x + half * 0.5), open * 0.66 - slant * 0.3),
        (side * (x - half * 0.1), open * 0.80),
        (side * (x - half * 0.7), open * 0.55),
        (side * (x - half), 3.5),
    ])
}

fn draw_eye(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose, side: f32) {
    let upper = upper_lid(traits, side);
    let lower = lower_lid(traits, side);
    let mut almond = upper.clone();
    almond.extend_from_slice(&lower);
    let almond = shape(pose, &almond);
    canvas.tint(&almond, [236.0, 230.0, 226.0], 1.0);
    let x = side * traits.eyes.apart;
    let radius = (traits.eyes.open * 1.12).clamp(8.4, 10.8);
    let ball = (x, -0.6);
    canvas.tint(
        &shape(pose, &ellipse(ball.0, ball.1, radius, radius)).within(&almond),
        scaled(traits.eyes.iris, 0.62),
        1.0,
    );
    let inner = shape(pose, &ellipse(ball.0, ball.1 + 1.6, radius * 0.80, radius * 0.78)).softened(1);
    canvas.tint(
        &inner.within(&almond),
        mixed(traits.eyes.iris, [150.0, 104.0, 70.0], 0.30),
        0.9,
    );
    canvas.tint(
        &shape(pose, &ellipse(ball.0, ball.1, radius * 0.44, radius * 0.44)).within(&almond),
        [14.0, 11.0, 12.0],
        1.0,
    );
    let shaded = Mask::filled([&pose.outline(&stroke(&upper, 5.0, 9.0, 5.0))[..]]).softened(3);
    canvas.shade(&shaded.within(&almond), [0.50, 0.47, 0.47], 0.75);
    let glint = sitting.light.signum() * 3.0;
    canvas.tint(
        &shape(pose, &ellipse(ball.0 + glint, ball.1 - 3.0, 2.3, 2.5)),
        [252.0, 252.0, 252.0],
        0.95,
    );
    canvas.tint(
        &shape(pose, &ellipse(ball.0 - glint, ball.1 + 4.0, 1.3, 1.2)),
        [230.0, 232.0, 236.0],
        0.45,
    );
    draw_lids(canvas, traits, pose, side, (&upper, &lower));
}

fn draw_lids(canvas: &mut Canvas, traits: &Traits, pose: Pose, side: f32, (upper, lower): (&[Point], &[Point])) {
    let woman = traits.figure == Figure::Woman;
    let thick = if woman { 4.2 } else { 3.0 };
    let mut line = upper.to_vec();
    if woman && let Some(&(x, y)) = upper.last() {
        line.push((x + side * 3.5, y - 2.4));
    }
    canvas.tint(
        &shape(pose, &stroke(&line, 1.2, thick, if woman { 1.8 } else { 1.4 })),
        LID,
        0.94,
    );
    canvas.tint(
        &shape(pose, &stroke(lower, 1.6, 1.2, 0.8)).softened(1),
        mixed(LID, traits.skin, 0.35),
        0.55,
    );
    let rim: Vec<Point> = lower.iter().map(|&(x, y)| (x, y + 2.6)).collect();
    canvas.shade(&shape(pose, &stroke(&rim, 1.0, 3.0, 1.0)).softened(2), GLOW, 0.7);
    let lift = if traits.eyes.crease { 6.0 } else { 4.2 };
    let fold: Vec<Point> = upper.iter().map(|&(x, y)| (x, y - lift)).collect();
    let strength = if traits.eyes.crease { 0.95 } else { 0.30 };
    canvas.shade(
        &shape(pose, &stroke(&fold, 0.6, 2.4, 0.8)).softened(1),
        [0.58, 0.42, 0.39],
        strength,
    );
    if let Some(&(x, y)) = upper.first() {
        canvas.tint(&spot(pose, (x, y), 4.0, 3.2), [206.0, 140.0, 130.0], 0.6);
    }
}

fn draw_brow(canvas: &mut Canvas, traits: &Traits, pose: Pose, side: f32) {
    let (x, up, arch) = (traits.eyes.apart, traits.brows.up, traits.brows.arch);
    let thick = traits.brows.thick;
    let spine = open_curve(&[
        (side * (x - 23.0), -up - 1.0),
        (side * (x - 6.0), -up - 3.0 - arch * 0.4),
        (side * (x + 13.0), -up - 2.5 - arch * 0.8),
        (side * (x + 31.0), -up + 6.5),
    ]);
    let colour = mixed(traits.hair.colour, [70.0, 52.0, 44.0], 0.30);
    let body = shape(pose, &stroke(&spine, thick * 0.72, thick, 1.0)).softened(2);
    canvas.tint(&body, colour, 0.62);
    let mut dice = Dice::new(traits.detail, "brow", u64::from(side > 0.0));
    let hairs: Vec<Vec<Point>> = (0..26)
        .map(|i| {
            let along = i as f32 / 26.0;
            let (px, py) = spine[(along * (spine.len() - 1) as f32) as usize];
            let offset = dice.range(-0.5, 0.5) * thick * (1.0 - along * 0.6);
            let lean = side * (3.0 + along * 6.0);
            let rise = 5.0 * (1.0 - along * 1.6);
            let from = (px, py + offset + rise * 0.4);
            pose.outline(&stroke(&[from, (px + lean, py + offset - rise * 0.5)], 1.4, 1.1, 0.4))
        })
        .collect();
    canvas.tint(&Mask::filled(hairs.iter().map(Vec::as_slice)), scaled(colour, 0.8), 0.6);
}

fn draw_nose(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose) {
    let (long, wide) = (traits.nose.long, traits.nose.wide);
    let side = sitting.light.signum();
    let flank = open_curve(&[
        (-side * 13.0, -14.0),
        (-side * 9.0, 14.0),
        (-side * 12.0, long - 18.0),
        (-side * wide * 0.8, long - 4.0),
    ]);
    canvas.shade(
        &shape(pose, &stroke(&flank, 7.0, 10.0, 13.0)).softened(8),
        SHADOW,
        0.45 + 0.2 * sitting.light.abs(),
    );
    let lit_flank = open_curve(&[(side * 12.0, -12.0), (side * 10.0, 14.0), (side * 13.0, long - 16.0)]);
    canvas.shade(
        &shape(pose, &stroke(&lit_flank, 5.0, 6.0, 8.0)).softened(7),
        SHADOW,
        0.16,
    );
    let ridge = open_curve(&[(side * 2.0, -10.0), (side * 2.0, long - 22.0), (side * 1.5, long - 8.0)]);
    canvas.shade(&shape(pose, &stroke(&ridge, 4.0, 6.0, 10.0)).softened(5), GLOW, 0.8);
    canvas.shade(&spot(pose, (side * 3.0, long - 8.0), 9.0, 9.0), GLOW, 0.75);
    canvas.shade(&spot(pose, (-side * 2.0, long + 7.0), wide * 1.15, 9.0), SHADOW, 0.72);
    for wing in [-1.0, 1.0] {
        let curve = open_curve(&[
            (wing * wide * 0.86, long - 15.0),
            (wing * wide, long - 4.0),
            (wing * wide * 0.72, long + 3.0),
        ]);
        canvas.shade(
            &shape(pose, &stroke(&curve, 0.8, 2.8, 1.0)).softened(2),
            [0.62, 0.46, 0.43],
            0.75,
        );
        let hole = shape(pose, &ellipse(wing * wide * 0.42, long + 1.5, wide * 0.22, 2.2)).softened(2);
        canvas.tint(&hole, [82.0, 46.0, 42.0], 0.78);
    }
    for fold in [-1.0, 1.0] {
        let curve = open_curve(&[
            (fold * (wide + 5.0), long + 2.0),
            (fold * (traits.mouth.half + 4.0), traits.mouth.down - 8.0),
        ]);
        canvas.shade(&shape(pose, &stroke(&curve, 1.5, 3.5, 1.0)).softened(4), SHADOW, 0.26);
    }
}

fn draw_mouth(canvas: &mut Canvas, traits: &Traits, pose: Pose) {
    let (y, half, lips, curl) = (
        traits.mouth.down,
        traits.mouth.half,
        traits.mouth.lips,
        traits.mouth.curl,
    );
    let parting = open_curve(&[
        (-half, y - curl),
        (-half * 0.5, y + 0.5),
        (-half * 0.14, y - 0.6),
        (0.0, y + 0.9),
        (half * 0.14, y - 0.6),
        (half * 0.5, y + 0.5),
        (half, y - curl),
    ]);
    let bow = open_curve(&[
        (half, y - curl),
        (half * 0.55, y - lips * 0.55),
        (half * 0.17, y - lips * 0.82),
        (0.0, y - lips * 0.58),
        (-half * 0.17, y - lips * 0.82),
        (-half * 0.55, y - lips * 0.55),
        (-half, y - curl),
    ]);
    let belly = open_curve(&[
        (half, y - curl),
        (half * 0.62, y + lips * 0.72),
        (0.0, y + lips * 1.08),
        (-half * 0.62, y + lips * 0.72),
        (-half, y - curl),
    ]);
    canvas.shade(&spot(pose, (0.0, y + lips + 8.0), half * 0.8, 9.0), SHADOW, 0.50);
    canvas.shade(&spot(pose, (0.0, y - lips - 7.0), 6.0, 10.0), SHADOW, 0.22);
    let upper = shape(pose, &[parting.clone(), bow].concat());
    let lower = shape(pose, &[parting.clone(), belly].concat());
    canvas.tint(&upper.softened(1), scaled(traits.mouth.colour, 0.90), 0.92);
    canvas.tint(&lower.softened(1), traits.mouth.colour, 0.88);
    canvas.shade(
        &spot(pose, (0.0, y + lips * 0.55), half * 0.5, lips * 0.36),
        [1.17, 1.22, 1.22],
        0.8,
    );
    canvas.tint(
        &shape(pose, &stroke(&parting, 1.4, 2.6, 1.4)).softened(1),
        scaled(traits.mouth.colour, 0.42),
        0.85,
    );
    for corner in [-1.0, 1.0] {
        canvas.shade(&spot(pose, (corner * (half + 2.0), y - curl), 6.0, 5.0), SHADOW, 0.34);
    }
}

/// Spectacles, frames clear of the eyes.
pub(crate) fn draw_glasses(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose) {
    let Some(kind) = traits.glasses else { return };
    let (rx, ry, width) = match kind {
        Glasses::Metal => (35.0, 23.0, 2.2),
        Glasses::Plastic => (36.0, 24.0, 5.2),
        Glasses::HalfRim => (36.0, 21.0, 3.6),
        Glasses::Round => (32.0, 30.0, 2.8),
    };
    let colour = traits.frame;
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for side in [-1.0, 1.0] {
        let lens = lens(side * (traits.eyes.apart + 1.0), 4.0, rx, ry, kind);
        let glass = shape(pose, &lens);
        canvas.tint(&glass, [238.0, 244.0, 250.0], 0.05);
        let mut rim = lens.clone();
        rim.extend_from_slice(&lens[..2]);
        let rim = if kind == Glasses::HalfRim {
            rim[lens.len() / 2 - 2..lens.len() + 2].to_vec()
        } else {
            rim
        };
        parts.push(pose.outline(&stroke(&rim, width, width, width)));
        let hinge = side * (traits.eyes.apart + 1.0 + rx - 2.0);
        let ear = side * (traits.bones.half_face + 6.0);
        parts.push(pose.outline(&stroke(&[(hinge, -6.0), (ear, -7.0)], width, width, width * 0.8)));
        let streak = [
            (-6.0, -0.55 * ry),
            (4.0, -0.7 * ry),
            (-9.0, 0.6 * ry),
            (-14.0, 0.45 * ry),
        ];
        let streak: Vec<Point> = streak
            .iter()
            .map(|&(x, y)| (side * traits.eyes.apart + x * 1.6 - 8.0, y + 4.0))
            .collect();
        canvas.tint(
            &shape(pose, &streak).softened(3).within(&glass),
            [250.0, 252.0, 255.0],
            0.06 + 0.04 * sitting.light.abs(),
        );
    }
    let inner = traits.eyes.apart + 1.0 - rx;
    let bridge = open_curve(&[(-inner - 1.0, 0.0), (0.0, -5.0), (inner + 1.0, 0.0)]);
    parts.push(pose.outline(&stroke(&bridge, width, width, width)));
    let frame = parts.iter().fold(None::<Mask>, |all, part| {
        let mask = Mask::filled([&part[..]]);
        canvas.shade(&mask.moved(0, 3).softened(2), SHADOW, 0.45);
        canvas.tint(&mask, colour, 0.95);
        all.or(Some(mask))
    });
    if let Some(first) = frame {
        canvas.shade(&first.moved(0, -1), [1.35, 1.35, 1.35], 0.25);
    }
}

/// A lens: rounded rectangle, or round.
fn lens(x: f32, y: f32, rx: f32, ry: f32, kind: Glasses) -> Vec<Point> {
    if kind == Glasses::Round {
        return ellipse(x, y, rx, ry);
    }
    let round = [
        (1.0, 0.1),
        (0.9, 0.74),
        (0.45, 1.0),
        (-0.45, 1.0),
        (-0.9, 0.74),
        (-1.0, 0.1),
        (-0.96, -0.72),
        (-0.6, -0.95),
        (0.6, -0.95),
        (0.96, -0.72),
    ];
    let points: Vec<Point> = round.iter().map(|&(dx, dy)| (x + dx * rx, y + dy * ry)).collect();
    super::outline::closed_curve(&points)
}
