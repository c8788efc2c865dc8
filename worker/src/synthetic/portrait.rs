//! Draws the invented portraits: soft head-and-shoulders pictures of people who do not exist.
//!
//! A portrait follows from a person's seed (the face) and a shot number (the sitting). Everything is painted in code;
//! no picture of a real person is used anywhere.

mod backdrop;
mod canvas;
mod clothes;
mod face;
mod features;
mod finish;
mod hair;
mod outline;
mod sitting;
mod traits;

pub(crate) use backdrop::Backdrop;
pub(crate) use finish::Picture;
pub(crate) use traits::Figure;

use canvas::{Canvas, Colour};
use outline::Pose;
use sitting::Sitting;
use traits::Traits;

/// Which invented person a photo shows, in which sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Seeds the face.
    pub(crate) person: u64,
    /// Man or woman, as the roll says.
    pub(crate) figure: Figure,
    /// 0 for the first photo, 1 for a second capture.
    pub(crate) shot: u64,
}

/// What a fault of the studio changes before the picture is taken; the default is a photo as it should be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Staging {
    /// Another backdrop than the light blue one.
    pub(crate) backdrop: Option<Backdrop>,
    /// The head's size multiplied by this; 0 means 1.
    pub(crate) shrink: f32,
    /// Pixels by which the head sits too low.
    pub(crate) lower: f32,
    /// Nobody sat down.
    pub(crate) is_empty: bool,
    /// Light multiplied by this; 0 means 1.
    pub(crate) exposure: f32,
    /// Radius in pixels by which the focus missed.
    pub(crate) defocus: usize,
}

/// Draws the portrait.
pub(crate) fn draw(subject: Subject, staging: Staging) -> Picture {
    let traits = Traits::of(subject.person, subject.figure);
    let mut sitting = Sitting::of(subject.person, subject.shot, subject.figure);
    if staging.shrink > 0.0 {
        sitting.scale *= staging.shrink;
    }
    sitting.eye_y += staging.lower;
    let mut canvas = Canvas::new();
    backdrop::hang(&mut canvas, &sitting, staging.backdrop);
    if !staging.is_empty {
        let pose = Pose {
            origin: (sitting.eye_x, sitting.eye_y),
            scale: sitting.scale,
            half_tilt: sitting.half_tilt,
        };
        hair::draw_behind(&mut canvas, &traits, pose);
        face::draw_neck(&mut canvas, &traits, &sitting, pose);
        clothes::draw(&mut canvas, &traits, &sitting, pose);
        let head = face::draw_head(&mut canvas, &traits, &sitting, pose);
        features::draw(&mut canvas, &traits, &sitting, pose);
        hair::draw_front(&mut canvas, &traits, &sitting, pose, &head);
        features::draw_glasses(&mut canvas, &traits, &sitting, pose);
        hair::draw_over_shoulder(&mut canvas, &traits, &sitting, pose);
    }
    finish::develop(canvas, &sitting, staging)
}

/// A colour multiplied channel by channel.
fn scaled(colour: Colour, factor: f32) -> Colour {
    colour.map(|channel| channel * factor)
}

/// A colour part of the way to another.
fn mixed(from: Colour, to: Colour, share: f32) -> Colour {
    [0, 1, 2].map(|channel: usize| from[channel] + (to[channel] - from[channel]) * share)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{Figure, Staging, Subject, draw};

    #[test]
    fn a_portrait_has_the_same_pixels_on_every_machine() {
        let subject = Subject {
            person: 2027,
            figure: Figure::Woman,
            shot: 0,
        };
        let digest = Sha256::digest(draw(subject, Staging::default()).pixels);
        let text: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text, "968993043cbea560");
    }
}
