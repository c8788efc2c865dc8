//! What makes an invented person who they are: bones, skin, hair, spectacles.

use super::canvas::Colour;
use crate::synthetic::dice::Dice;

/// Sex as drawn; it only steers hair, brows and clothes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Figure {
    Man,
    Woman,
}

/// How the hair is cut and worn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HairCut {
    Crew,
    SidePart,
    SweptUp,
    Crop,
    Curtain,
    Curly,
    Long,
    LongOneShoulder,
    Ponytail,
    Bob,
    Wavy,
    Plaits,
    LowBun,
}

/// How the hair falls over the forehead of longer cuts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fringe {
    None,
    Middle,
    Side,
    Straight,
    Airy,
}

/// Frames of spectacles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Glasses {
    Metal,
    Plastic,
    HalfRim,
    Round,
}

/// A person; lengths in figure units (about one pixel), from the point between the eyes.
#[derive(Clone, Debug)]
pub(crate) struct Traits {
    pub(crate) figure: Figure,
    pub(crate) skin: Colour,
    pub(crate) bones: Bones,
    pub(crate) eyes: Eyes,
    pub(crate) brows: Brows,
    pub(crate) nose: Nose,
    pub(crate) mouth: Mouth,
    pub(crate) hair: Hair,
    pub(crate) glasses: Option<Glasses>,
    pub(crate) frame: Colour,
    pub(crate) blush: f32,
    pub(crate) stubble: f32,
    pub(crate) moles: Vec<(f32, f32)>,
    /// Seeds strands and other detail that belongs to the person.
    pub(crate) detail: u64,
}

/// Shape of head, neck and shoulders; `jaw` and `temple` as shares of the face's half width, `ear` as a factor.
#[derive(Clone, Debug)]
pub(crate) struct Bones {
    pub(crate) half_face: f32,
    pub(crate) jaw: f32,
    pub(crate) chin: f32,
    pub(crate) half_chin: f32,
    pub(crate) temple: f32,
    pub(crate) ear: f32,
    pub(crate) half_neck: f32,
    pub(crate) shoulder: f32,
}

/// The eyes: distance from the middle, half width, opening, rise of the outer corner.
#[derive(Clone, Debug)]
pub(crate) struct Eyes {
    pub(crate) apart: f32,
    pub(crate) half: f32,
    pub(crate) open: f32,
    pub(crate) slant: f32,
    pub(crate) iris: Colour,
    /// Whether the upper lid has a fold.
    pub(crate) crease: bool,
}

/// The brows: height above the eyes, thickness, rise in the middle.
#[derive(Clone, Debug)]
pub(crate) struct Brows {
    pub(crate) up: f32,
    pub(crate) thick: f32,
    pub(crate) arch: f32,
}

/// The nose: its tip below the eyes, half its width.
#[derive(Clone, Debug)]
pub(crate) struct Nose {
    pub(crate) long: f32,
    pub(crate) wide: f32,
}

/// The mouth: below the eyes, half width, fullness of the lips, rise of the corners.
#[derive(Clone, Debug)]
pub(crate) struct Mouth {
    pub(crate) down: f32,
    pub(crate) half: f32,
    pub(crate) lips: f32,
    pub(crate) curl: f32,
    pub(crate) colour: Colour,
}

/// The hair: height over the eyes, width beside the skull, hairline over the eyes.
#[derive(Clone, Debug)]
pub(crate) struct Hair {
    pub(crate) colour: Colour,
    pub(crate) cut: HairCut,
    pub(crate) fringe: Fringe,
    pub(crate) up: f32,
    pub(crate) wide: f32,
    pub(crate) line: f32,
    /// +1 or -1: the side of parting, shoulder and plait.
    pub(crate) side: f32,
}

const SKINS: [Colour; 8] = [
    [244.0, 219.0, 200.0],
    [242.0, 211.0, 188.0],
    [238.0, 204.0, 178.0],
    [238.0, 201.0, 172.0],
    [232.0, 192.0, 160.0],
    [222.0, 180.0, 147.0],
    [208.0, 164.0, 130.0],
    [245.0, 213.0, 195.0],
];

const HAIRS: [Colour; 8] = [
    [24.0, 21.0, 22.0],
    [34.0, 28.0, 27.0],
    [30.0, 27.0, 33.0],
    [46.0, 35.0, 30.0],
    [28.0, 24.0, 24.0],
    [54.0, 39.0, 33.0],
    [86.0, 60.0, 44.0],
    [40.0, 30.0, 31.0],
];

const FRAMES: [Colour; 6] = [
    [26.0, 26.0, 28.0],
    [92.0, 60.0, 38.0],
    [132.0, 134.0, 138.0],
    [176.0, 140.0, 88.0],
    [60.0, 36.0, 46.0],
    [44.0, 52.0, 84.0],
];

impl Traits {
    /// Invents the person with this seed.
    pub(crate) fn of(person: u64, figure: Figure) -> Self {
        let mut dice = Dice::new(person, "traits", 0);
        let dice = &mut dice;
        let is_man = figure == Figure::Man;
        let skin = vary(dice, SKINS, 5.0);
        let bones = invent_bones(dice, is_man);
        let moles = invent_moles(dice, bones.half_face);
        Self {
            figure,
            skin,
            bones,
            eyes: invent_eyes(dice, is_man),
            brows: Brows {
                up: dice.range(25.0, 32.0),
                thick: if is_man {
                    dice.range(7.0, 11.5)
                } else {
                    dice.range(4.0, 7.5)
                },
                arch: dice.range(0.0, 6.5),
            },
            nose: Nose {
                long: dice.range(46.0, 57.0),
                wide: if is_man {
                    dice.range(18.0, 25.0)
                } else {
                    dice.range(15.0, 21.0)
                },
            },
            mouth: invent_mouth(dice, is_man, skin),
            hair: invent_hair(dice, is_man),
            glasses: pick_glasses(dice),
            frame: dice.pick(&FRAMES),
            blush: if is_man {
                dice.range(0.1, 0.4)
            } else {
                dice.range(0.3, 0.9)
            },
            stubble: if is_man && dice.chance(300) {
                dice.range(0.2, 0.8)
            } else {
                0.0
            },
            moles,
            detail: dice.word(),
        }
    }
}

fn invent_bones(dice: &mut Dice, is_man: bool) -> Bones {
    Bones {
        half_face: dice.range(98.0, 112.0) - if is_man { 0.0 } else { 3.0 },
        jaw: if is_man {
            dice.range(0.66, 0.84)
        } else {
            dice.range(0.58, 0.75)
        },
        chin: if is_man {
            dice.range(147.0, 164.0)
        } else {
            dice.range(138.0, 154.0)
        },
        half_chin: if is_man {
            dice.range(28.0, 44.0)
        } else {
            dice.range(20.0, 34.0)
        },
        temple: dice.range(0.84, 0.94),
        ear: dice.range(0.85, 1.15),
        half_neck: if is_man {
            dice.range(54.0, 68.0)
        } else {
            dice.range(43.0, 53.0)
        },
        shoulder: if is_man {
            dice.range(212.0, 246.0)
        } else {
            dice.range(178.0, 212.0)
        },
    }
}

fn invent_eyes(dice: &mut Dice, is_man: bool) -> Eyes {
    Eyes {
        apart: dice.range(42.0, 49.0),
        half: dice.range(20.5, 25.5),
        open: if is_man {
            dice.range(7.6, 10.4)
        } else {
            dice.range(9.0, 12.2)
        },
        slant: dice.range(-1.5, 4.0),
        iris: dice.pick(&[
            [58.0, 38.0, 28.0],
            [44.0, 30.0, 25.0],
            [76.0, 50.0, 34.0],
            [36.0, 28.0, 28.0],
        ]),
        crease: dice.chance(600),
    }
}

fn invent_mouth(dice: &mut Dice, is_man: bool, [red, green, blue]: Colour) -> Mouth {
    let pink = dice.range(0.0, 1.0) * if is_man { 0.5 } else { 1.0 };
    Mouth {
        down: dice.range(82.0, 94.0),
        half: dice.range(27.0, 37.0),
        lips: dice.range(6.5, 12.0),
        curl: dice.range(2.0, 7.5),
        colour: [
            red * 0.84 + pink * 12.0,
            green * 0.62 - pink * 22.0,
            blue * 0.64 - pink * 12.0,
        ],
    }
}

fn invent_hair(dice: &mut Dice, is_man: bool) -> Hair {
    let cut = pick_cut(dice, is_man);
    Hair {
        colour: vary(dice, HAIRS, 4.0),
        cut,
        fringe: pick_fringe(dice, cut),
        up: pick_height(dice, cut),
        wide: if cut == HairCut::Curly {
            dice.range(6.0, 14.0)
        } else {
            dice.range(1.0, 10.0)
        },
        line: dice.range(82.0, 102.0),
        side: if dice.chance(500) { 1.0 } else { -1.0 },
    }
}

pub(super) fn vary<const N: usize>(dice: &mut Dice, colours: [Colour; N], spread: f32) -> Colour {
    let all = dice.around(spread);
    dice.pick(&colours)
        .map(|channel| channel + all + dice.around(spread / 2.0))
}

fn pick_cut(dice: &mut Dice, is_man: bool) -> HairCut {
    use HairCut::{
        Bob, Crew, Crop, Curly, Curtain, Long, LongOneShoulder, LowBun, Plaits, Ponytail, SidePart, SweptUp, Wavy,
    };
    if is_man {
        dice.pick(&[
            Crew, SidePart, SidePart, SweptUp, SweptUp, Crop, Crop, Crop, Curtain, Curly,
        ])
    } else {
        dice.pick(&[
            Long,
            Long,
            LongOneShoulder,
            LongOneShoulder,
            Ponytail,
            Ponytail,
            Bob,
            Bob,
            Wavy,
            Wavy,
            Plaits,
            LowBun,
            Crop,
        ])
    }
}

fn pick_fringe(dice: &mut Dice, cut: HairCut) -> Fringe {
    use Fringe::{Airy, Middle, None, Side, Straight};
    match cut {
        HairCut::Ponytail | HairCut::LowBun => dice.pick(&[None, None, Middle, Side, Airy]),
        HairCut::Bob => dice.pick(&[Straight, Side, Middle, Airy, Side]),
        HairCut::Plaits => dice.pick(&[Middle, Middle, Airy, Straight]),
        _ => dice.pick(&[Middle, Middle, Side, Side, Straight, Airy]),
    }
}

fn pick_height(dice: &mut Dice, cut: HairCut) -> f32 {
    match cut {
        HairCut::Crew => dice.range(152.0, 157.0),
        HairCut::SweptUp | HairCut::Curly => dice.range(164.0, 174.0),
        _ => dice.range(156.0, 168.0),
    }
}

fn pick_glasses(dice: &mut Dice) -> Option<Glasses> {
    let kind = dice.pick(&[Glasses::Metal, Glasses::Plastic, Glasses::HalfRim, Glasses::Round]);
    dice.chance(300).then_some(kind)
}

fn invent_moles(dice: &mut Dice, half_face: f32) -> Vec<(f32, f32)> {
    let count = dice.pick(&[0, 0, 0, 1, 1, 2]);
    (0..count)
        .map(|_| (dice.range(-0.75, 0.75) * half_face, dice.range(18.0, 120.0)))
        .collect()
}
