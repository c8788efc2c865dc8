//! What hangs behind the sitter.

use super::canvas::{Canvas, Colour, HEIGHT, Mask, WIDTH};
use super::outline::Point;
use super::sitting::Sitting;
use crate::synthetic::dice::Dice;

/// A backdrop that the profile does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backdrop {
    White,
    Red,
    Green,
    /// A room with furniture.
    Busy,
}

const COLUMNS: usize = 5;
const ROWS: usize = 6;

/// Hangs the cloth, slightly uneven as cloth is.
pub(crate) fn hang(canvas: &mut Canvas, sitting: &Sitting, instead: Option<Backdrop>) {
    let colour = match instead {
        None => sitting.backdrop,
        Some(Backdrop::White) => [240.0, 240.0, 239.0],
        Some(Backdrop::Red) => [190.0, 44.0, 46.0],
        Some(Backdrop::Green) => [92.0, 150.0, 88.0],
        Some(Backdrop::Busy) => [164.0, 146.0, 126.0],
    };
    let mut dice = Dice::new(sitting.detail, "backdrop", 0);
    let field = Field::new(&mut dice, sitting.unevenness);
    for y in 0..HEIGHT {
        let changes = field.row(y).map(|level| 1.0 + level / 190.0);
        for (plane, channel) in canvas.planes.iter_mut().zip(colour) {
            for (cell, change) in plane[y * WIDTH..(y + 1) * WIDTH].iter_mut().zip(&changes) {
                *cell = channel * change;
            }
        }
    }
    if instead == Some(Backdrop::Busy) {
        furnish(canvas, &mut dice);
    }
}

fn furnish(canvas: &mut Canvas, dice: &mut Dice) {
    for _ in 0..24 {
        let (left, top) = (dice.range(-40.0, 460.0), dice.range(-40.0, 600.0));
        let (right, bottom) = (left + dice.range(30.0, 170.0), top + dice.range(30.0, 220.0));
        let colour: Colour = [
            dice.range(20.0, 235.0),
            dice.range(20.0, 225.0),
            dice.range(20.0, 215.0),
        ];
        let block: [Point; 4] = [(left, top), (right, top), (right, bottom), (left, bottom)];
        canvas.tint(&Mask::filled([&block[..]]).softened(3), colour, 0.9);
    }
}

/// A smooth field of unevenness, levels around 0.
struct Field([[f32; COLUMNS + 3]; ROWS + 3]);

impl Field {
    fn new(dice: &mut Dice, spread: f32) -> Self {
        let mut knots = [[0.0; COLUMNS + 3]; ROWS + 3];
        for knot in knots.iter_mut().flatten() {
            *knot = dice.range(-spread, spread);
        }
        Self(knots)
    }

    /// The unevenness along one row of pixels.
    fn row(&self, y: usize) -> [f32; WIDTH] {
        let v = y as f32 * ROWS as f32 / HEIGHT as f32;
        let row = v as usize;
        let mut knots = [0.0; COLUMNS + 3];
        for (line, weight) in self.0.iter().skip(row).zip(weights(v - row as f32)) {
            for (sum, knot) in knots.iter_mut().zip(line) {
                *sum += knot * weight;
            }
        }
        std::array::from_fn(|x| {
            let u = x as f32 * COLUMNS as f32 / WIDTH as f32;
            let column = u as usize;
            knots
                .iter()
                .skip(column)
                .zip(weights(u - column as f32))
                .map(|(knot, weight)| knot * weight)
                .sum()
        })
    }
}

/// Weights of a uniform cubic B-spline.
fn weights(t: f32) -> [f32; 4] {
    let (square, cube) = (t * t, t * t * t);
    [
        (1.0 - 3.0 * t + 3.0 * square - cube) / 6.0,
        (4.0 - 6.0 * square + 3.0 * cube) / 6.0,
        (1.0 + 3.0 * t + 3.0 * square - 3.0 * cube) / 6.0,
        cube / 6.0,
    ]
}
