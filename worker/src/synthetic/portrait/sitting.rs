//! How one photo of a person is taken: place in the frame, light, clothes, backdrop.

use super::canvas::Colour;
use super::traits::{Figure, vary};
use crate::synthetic::dice::Dice;

/// What is worn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Garment {
    Shirt,
    SuitTie,
    Suit,
    RoundNeck,
    Striped,
    Polo,
    Hoodie,
    VNeck,
    Cardigan,
    StandCollar,
    Blouse,
    Jacket,
}

/// Large patches on casual clothes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pattern {
    Plain,
    /// Shoulders of another colour, as on school tracksuits.
    Yoke,
    /// One half of another colour.
    Halves,
    Sleeves,
    /// A large print on the chest.
    Print,
    Check,
}

/// One sitting: place in the frame, light, clothes and backdrop.
#[derive(Clone, Debug)]
pub(crate) struct Sitting {
    pub(crate) eye_x: f32,
    pub(crate) eye_y: f32,
    pub(crate) scale: f32,
    pub(crate) half_tilt: f32,
    /// -1 light from the left to +1 light from the right.
    pub(crate) light: f32,
    pub(crate) brightness: f32,
    pub(crate) warmth: f32,
    pub(crate) garment: Garment,
    pub(crate) cloth: Colour,
    pub(crate) second: Colour,
    pub(crate) pattern: Pattern,
    pub(crate) shoulder_drop: f32,
    pub(crate) backdrop: Colour,
    /// How strongly the cloth behind varies, levels.
    pub(crate) unevenness: f32,
    /// Standard deviation of the film grain, levels.
    pub(crate) grain: f32,
    pub(crate) detail: u64,
}

/// Colours of outer clothes, none of them near the backdrop.
const CLOTHS: [Colour; 18] = [
    [36.0, 40.0, 54.0],
    [46.0, 46.0, 50.0],
    [28.0, 28.0, 32.0],
    [84.0, 84.0, 92.0],
    [140.0, 40.0, 50.0],
    [176.0, 58.0, 56.0],
    [58.0, 82.0, 62.0],
    [98.0, 116.0, 84.0],
    [150.0, 140.0, 124.0],
    [214.0, 200.0, 176.0],
    [238.0, 236.0, 230.0],
    [248.0, 246.0, 242.0],
    [222.0, 150.0, 156.0],
    [110.0, 70.0, 96.0],
    [196.0, 140.0, 74.0],
    [232.0, 202.0, 120.0],
    [122.0, 84.0, 62.0],
    [64.0, 58.0, 98.0],
];

const LIGHT_CLOTHS: [Colour; 6] = [
    [248.0, 247.0, 245.0],
    [242.0, 238.0, 230.0],
    [236.0, 226.0, 222.0],
    [244.0, 232.0, 200.0],
    [232.0, 222.0, 238.0],
    [240.0, 214.0, 214.0],
];

const DARK_CLOTHS: [Colour; 6] = [
    [30.0, 32.0, 40.0],
    [38.0, 44.0, 66.0],
    [58.0, 58.0, 64.0],
    [70.0, 50.0, 44.0],
    [52.0, 62.0, 58.0],
    [24.0, 24.0, 27.0],
];

impl Sitting {
    /// The photo number `shot` of a person, within the windows of 教毕指〔2017〕99号.
    pub(crate) fn of(person: u64, shot: u64, figure: Figure) -> Self {
        let mut dice = Dice::new(person, "sitting", shot);
        let dice = &mut dice;
        let garment = pick_garment(dice, figure);
        Self {
            eye_x: 240.0 + dice.range(-11.0, 11.0),
            eye_y: dice.range(236.0, 258.0),
            scale: dice.range(0.94, 1.05),
            half_tilt: dice.around(0.016),
            light: if dice.chance(500) {
                dice.range(0.3, 1.0)
            } else {
                dice.range(-1.0, -0.3)
            },
            brightness: dice.range(0.94, 1.02),
            warmth: dice.around(0.02),
            garment,
            cloth: pick_cloth(dice, garment),
            second: if dice.chance(500) {
                dice.pick(&LIGHT_CLOTHS)
            } else {
                dice.pick(&CLOTHS)
            },
            pattern: pick_pattern(dice, garment),
            shoulder_drop: dice.range(0.0, 30.0),
            backdrop: hue_to_rgb(dice.range(200.5, 206.5), dice.range(0.60, 0.82), dice.range(0.64, 0.71)),
            unevenness: dice.range(7.5, 10.5),
            grain: dice.range(1.9, 2.9),
            detail: dice.word(),
        }
    }
}

fn pick_garment(dice: &mut Dice, figure: Figure) -> Garment {
    use Garment::{
        Blouse, Cardigan, Hoodie, Jacket, Polo, RoundNeck, Shirt, StandCollar, Striped, Suit, SuitTie, VNeck,
    };
    match figure {
        Figure::Man => dice.pick(&[
            Shirt,
            Shirt,
            SuitTie,
            SuitTie,
            RoundNeck,
            RoundNeck,
            Striped,
            Polo,
            Polo,
            Hoodie,
            Hoodie,
            VNeck,
            StandCollar,
            Jacket,
            Jacket,
        ]),
        Figure::Woman => dice.pick(&[
            Shirt,
            Suit,
            Suit,
            RoundNeck,
            RoundNeck,
            Striped,
            Hoodie,
            VNeck,
            Cardigan,
            Cardigan,
            StandCollar,
            Blouse,
            Blouse,
            Jacket,
        ]),
    }
}

fn pick_pattern(dice: &mut Dice, garment: Garment) -> Pattern {
    use Pattern::{Check, Halves, Plain, Print, Sleeves, Yoke};
    match garment {
        Garment::RoundNeck | Garment::Hoodie => {
            dice.pick(&[Plain, Plain, Yoke, Halves, Sleeves, Sleeves, Print, Print])
        }
        Garment::Jacket | Garment::Polo | Garment::StandCollar => {
            dice.pick(&[Plain, Plain, Yoke, Yoke, Halves, Sleeves])
        }
        Garment::Shirt => dice.pick(&[Plain, Plain, Plain, Check]),
        Garment::Cardigan | Garment::Blouse => dice.pick(&[Plain, Plain, Check, Sleeves]),
        _ => Plain,
    }
}

fn pick_cloth(dice: &mut Dice, garment: Garment) -> Colour {
    match garment {
        Garment::Shirt => vary(dice, LIGHT_CLOTHS, 4.0),
        Garment::SuitTie | Garment::Suit => vary(dice, DARK_CLOTHS, 5.0),
        _ => vary(dice, CLOTHS, 7.0),
    }
}

/// The colour of a hue in degrees, a saturation and a lightness of 0–1 (HSL).
pub(crate) fn hue_to_rgb(hue: f32, saturation: f32, lightness: f32) -> Colour {
    let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
    let low = lightness - chroma / 2.0;
    [0.0_f32, 120.0, 240.0].map(|peak| {
        let apart = (hue - peak).abs();
        let apart = apart.min(360.0 - apart);
        (low + chroma * ((120.0 - apart) / 60.0).clamp(0.0, 1.0)) * 255.0
    })
}

#[cfg(test)]
mod tests {
    use super::hue_to_rgb;

    #[test]
    fn the_reference_blue_has_hue_202() {
        let [red, green, blue] = hue_to_rgb(202.45, 1.0, 0.696).map(|channel| channel.round() as i32);
        assert!((99..=101).contains(&red) && (196..=198).contains(&green) && (254..=255).contains(&blue));
    }
}
