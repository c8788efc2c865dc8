//! Neck, ears and the modelled shape of the face.

use super::canvas::{Canvas, Colour, Mask};
use super::outline::{Point, Pose, closed_curve, ellipse, mirrored, open_curve, stroke};
use super::sitting::Sitting;
use super::traits::Traits;
use super::{mixed, scaled};

/// Skin in shadow: darker and redder.
pub(crate) const SHADOW: Colour = [0.74, 0.60, 0.56];
/// Skin under the lamp.
pub(crate) const GLOW: Colour = [1.09, 1.10, 1.10];

/// The neck and what an open collar shows.
pub(crate) fn draw_neck(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose) {
    let half = traits.bones.half_neck;
    let right: [Point; 5] = [
        (half + 2.0, 60.0),
        (half, 130.0),
        (half + 1.0, 182.0),
        (half + 9.0, 214.0),
        (half + 12.0, 290.0),
    ];
    let mut points = mirrored(&right);
    points.extend_from_slice(&right);
    points.push((0.0, 420.0));
    let neck = Mask::filled([&pose.upright().outline(&closed_curve(&points))[..]]);
    canvas.lay(&neck, scaled(traits.skin, 0.965));
    let chin = pose.outline(&closed_curve(&face_points(traits)));
    let under = Mask::filled([&chin[..]])
        .moved((sitting.light * -6.0) as i32, 30)
        .softened(24)
        .within(&neck);
    canvas.shade(&under, SHADOW, 0.85);
    let dark_side = -sitting.light.signum();
    let (x, y) = pose.place((dark_side * half, 160.0));
    canvas.shade(
        &Mask::spot(x, y, half * 1.1, 110.0).within(&neck),
        SHADOW,
        0.35 + 0.2 * sitting.light.abs(),
    );
    draw_collarbones(canvas, traits, pose, &neck);
}

fn draw_collarbones(canvas: &mut Canvas, traits: &Traits, pose: Pose, neck: &Mask) {
    for side in [-1.0, 1.0] {
        let cord = open_curve(&[
            (side * traits.bones.half_neck * 0.8, 150.0),
            (side * 26.0, 205.0),
            (side * 9.0, 232.0),
        ]);
        let bone = open_curve(&[(side * 12.0, 236.0), (side * 40.0, 231.0), (side * 92.0, 240.0)]);
        for (curve, strength) in [(cord, 0.28), (bone, 0.34)] {
            let line = pose.upright().outline(&stroke(&curve, 2.0, 7.0, 2.0));
            canvas.shade(&Mask::filled([&line[..]]).softened(5).within(neck), SHADOW, strength);
        }
    }
}

/// The outline of the face from the hairline down, clockwise from the crown.
fn face_points(traits: &Traits) -> Vec<Point> {
    let half = traits.bones.half_face;
    let chin = traits.bones.chin;
    let right = [
        (half * 0.42, -131.0),
        (half * traits.bones.temple, -92.0),
        (half * 0.985, -36.0),
        (half, 18.0),
        (half * 0.955, 62.0),
        (half * (0.18 + 0.84 * traits.bones.jaw), 106.0),
        (
            traits.bones.half_chin + (half * traits.bones.jaw - traits.bones.half_chin) * 0.42,
            chin - 24.0,
        ),
        (traits.bones.half_chin * 0.62, chin - 3.0),
    ];
    let mut points = vec![(0.0, -136.0)];
    points.extend_from_slice(&right);
    points.push((0.0, chin));
    points.extend(mirrored(&right));
    points
}

/// Ears and face; answers with the face's mask, to which hair and shadows keep.
pub(crate) fn draw_head(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose) -> Mask {
    for side in [-1.0, 1.0] {
        draw_ear(canvas, traits, sitting, pose, side);
    }
    let face = Mask::filled([&pose.outline(&closed_curve(&face_points(traits)))[..]]);
    canvas.lay(&face, traits.skin);
    model(canvas, traits, sitting, pose, &face);
    face
}

fn draw_ear(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose, side: f32) {
    let x = side * (traits.bones.half_face + 1.0);
    let size = traits.bones.ear;
    let shape = [
        (x - side * 8.0, -20.0 * size),
        (x + side * 6.0 * size, -26.0 * size),
        (x + side * 14.0 * size, -10.0 * size),
        (x + side * 11.0 * size, 14.0 * size),
        (x + side * 5.0 * size, 36.0 * size),
        (x - side * 8.0, 44.0 * size),
    ];
    let shape: Vec<Point> = shape.iter().map(|&(x, y)| (x, y + 10.0)).collect();
    let ear = Mask::filled([&pose.outline(&closed_curve(&shape))[..]]);
    let lit = if side * sitting.light > 0.0 { 1.0 } else { 0.93 };
    let colour = mixed(scaled(traits.skin, lit), [226.0, 140.0, 120.0], 0.16);
    canvas.lay(&ear, colour);
    let fold = open_curve(&[
        (x, -6.0 * size),
        (x + side * 8.0 * size, -2.0),
        (x + side * 5.0, 20.0 * size),
        (x, 34.0 * size),
    ]);
    let fold = Mask::filled([&pose.outline(&stroke(&fold, 2.0, 4.5, 1.5))[..]]).softened(3);
    canvas.shade(&fold.within(&ear), SHADOW, 0.62);
}

/// Turns the flat face into a rounded one.
fn model(canvas: &mut Canvas, traits: &Traits, sitting: &Sitting, pose: Pose, face: &Mask) {
    let half = traits.bones.half_face;
    let side = sitting.light.signum();
    let depth = sitting.light.abs();
    let mut spot = |at: Point, rx: f32, ry: f32, factor: Colour, strength: f32| {
        let (x, y) = pose.place(at);
        canvas.shade(
            &Mask::spot(x, y, rx * pose.scale, ry * pose.scale).within(face),
            factor,
            strength,
        );
    };
    spot(
        (-side * half * 1.05, 30.0),
        half * 0.95,
        190.0,
        SHADOW,
        0.30 + 0.34 * depth,
    );
    spot((side * half * 1.15, 40.0), half * 0.5, 170.0, SHADOW, 0.28);
    spot((side * half * 0.34, -74.0), half * 0.8, 62.0, GLOW, 0.75);
    spot((side * half * 0.55, 36.0), half * 0.45, 44.0, GLOW, 0.65);
    spot((-side * half * 0.55, 36.0), half * 0.4, 40.0, GLOW, 0.25);
    spot((0.0, traits.bones.chin - 24.0), 30.0, 22.0, GLOW, 0.55);
    for cheek in [-1.0, 1.0] {
        let rosy = [1.0, 0.90, 0.90];
        spot((cheek * half * 0.56, 52.0), half * 0.42, 40.0, rosy, traits.blush);
        spot((cheek * half * 0.86, 92.0), half * 0.36, 58.0, SHADOW, 0.22);
        spot((cheek * half * 0.95, -60.0), half * 0.32, 60.0, SHADOW, 0.26);
    }
    if traits.stubble > 0.0 {
        let grey = [0.80, 0.82, 0.84];
        spot(
            (0.0, traits.bones.chin - 18.0),
            half * 0.72,
            50.0,
            grey,
            traits.stubble * 0.55,
        );
        spot(
            (0.0, traits.mouth.down - 17.0),
            traits.mouth.half * 1.3,
            13.0,
            grey,
            traits.stubble * 0.55,
        );
    }
    let rim = face.outside(&face.softened(21));
    canvas.shade(&rim, SHADOW, 0.62);
    for &mole in &traits.moles {
        let (x, y) = pose.place(mole);
        let dot = Mask::filled([&ellipse(x, y, 2.0, 1.9)[..]]).softened(1);
        canvas.tint(&dot.within(face), [92.0, 60.0, 50.0], 0.75);
    }
}
