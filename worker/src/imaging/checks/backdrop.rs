//! The backdrop: its colour and evenness beside the head, and what of the frame stands in front of it.

use domain::campaigns::profile::Backdrop as Rules;
use domain::photos::finding::FindingCode;

use super::{Findings, SMALL_HEIGHT, SMALL_WIDTH};
use crate::imaging::colour::{Hsl, hsl};
use crate::imaging::raster::Raster;

/// Left out at the edges (in pixels of the small frame), where borders and scaling leave traces.
const MARGIN: usize = 3;
/// Width of the two strips beside the head where nothing but backdrop may be.
const STRIP: usize = 18;
/// The strips end above the shoulders.
const STRIP_BOTTOM: usize = 72;
/// The backdrop's colour is taken above this row, where even long hair seldom reaches the strips.
const CORNER_BOTTOM: usize = 32;
/// So near to something else (in pixels) a pixel is a mixture.
const MIXED: usize = 2;
/// A pixel counts as subject from this distance to the backdrop (in levels) on an even cloth …
const MIN_CONTRAST: f64 = 14.0;
/// … and from this one however uneven the cloth is.
const MAX_CONTRAST: f64 = 60.0;
/// Hues (in degrees) this near to the median are the same cloth in another light.
const SAME_HUE_DEG: f64 = 15.0;
/// A colour channel range (in levels) below this has no hue worth comparing.
const NEUTRAL_CHROMA: u8 = 26;

/// The measured backdrop.
pub(super) struct Backdrop {
    pub colour: Hsl,
    /// Distance (in levels) from the median that nineteen twentieths of the cloth stay below, shadows and gradients included.
    pub spread: f64,
    /// Share (0 to 1) of the strips that is cloth at all; the rest is hair, or the strips are no cloth.
    pub cloth_share: f64,
    median: [u8; 3],
}

/// What is not backdrop, one flag a pixel of the small frame.
pub(super) struct Mask {
    pub flags: Vec<bool>,
}

pub(super) fn measure(small: &Raster) -> Backdrop {
    let corners = || (MARGIN..CORNER_BOTTOM).flat_map(|y| strips(small, y)).flatten();
    let median = [0, 1, 2].map(|channel| median(corners().map(|rgb| rgb.get(channel).copied().unwrap_or(0))));
    let mut distances = Vec::new();
    let (mut cloth, mut all) = (0usize, 0usize);
    for strip in (MARGIN..STRIP_BOTTOM).flat_map(|y| strips(small, y)) {
        let flags: Vec<bool> = strip.iter().map(|&rgb| is_same_cloth(rgb, median)).collect();
        all += flags.len();
        cloth += flags.iter().filter(|&&is_cloth| is_cloth).count();
        let inner = strip.iter().skip(MIXED).zip(flags.windows(2 * MIXED + 1));
        distances.extend(
            inner
                .filter(|(_, near)| near.iter().all(|&c| c))
                .map(|(&rgb, _)| distance(rgb, median)),
        );
    }
    let worst = distances.len() * 19 / 20;
    let spread = if distances.is_empty() {
        0.0
    } else {
        *distances.select_nth_unstable_by(worst, f64::total_cmp).1
    };
    Backdrop {
        colour: hsl(median),
        spread,
        cloth_share: cloth as f64 / all.max(1) as f64,
        median,
    }
}

/// Tells cloth, also where it is shaded or lit, from hair and shoulders that reach into the strips: shade changes the
/// lightness of a cloth but hardly its hue.
fn is_same_cloth(rgb: [u8; 3], median: [u8; 3]) -> bool {
    let chroma = |[r, g, b]: [u8; 3]| r.max(g).max(b) - r.min(g).min(b);
    let (one, other) = (hsl(rgb), hsl(median));
    if chroma(median) < NEUTRAL_CHROMA {
        return chroma(rgb) < NEUTRAL_CHROMA && (one.lightness - other.lightness).abs() < 0.2;
    }
    let apart = (one.hue_deg - other.hue_deg).abs();
    apart.min(360.0 - apart) <= SAME_HUE_DEG && one.saturation >= other.saturation * 0.5
}

/// Gives the left and the right strip of one row.
fn strips(small: &Raster, y: usize) -> [&[[u8; 3]]; 2] {
    let row = small.row(y);
    let left = row.get(MARGIN..MARGIN + STRIP).unwrap_or_default();
    let right = row
        .get(SMALL_WIDTH - MARGIN - STRIP..SMALL_WIDTH - MARGIN)
        .unwrap_or_default();
    [left, right]
}

fn median(values: impl Iterator<Item = u8>) -> u8 {
    let mut counts = [0u32; 256];
    let mut total = 0;
    for value in values {
        counts[usize::from(value)] += 1;
        total += 1;
    }
    let mut seen = 0;
    let level = counts.iter().position(|count| {
        seen += count;
        seen * 2 >= total
    });
    level.and_then(|level| u8::try_from(level).ok()).unwrap_or(0)
}

fn distance(one: [u8; 3], other: [u8; 3]) -> f64 {
    let squares = one.iter().zip(other).map(|(a, b)| f64::from(a.abs_diff(b)).powi(2));
    (squares.sum::<f64>() / 3.0).sqrt()
}

impl Backdrop {
    /// Marks what differs from the backdrop by more than the cloth does from itself.
    pub(super) fn subject_mask(&self, small: &Raster) -> Mask {
        let limit = (8.0 + 2.5 * self.spread).clamp(MIN_CONTRAST, MAX_CONTRAST);
        let pixels = small.pixels.as_chunks::<3>().0;
        Mask {
            flags: pixels.iter().map(|&rgb| distance(rgb, self.median) > limit).collect(),
        }
    }
}

impl Backdrop {
    /// Tells whether the cloth has no colour and is bright, so that it may be at the top of all channels.
    pub(super) fn is_white(&self) -> bool {
        self.colour.lightness > 0.88
            && self.median.iter().max()
                < self
                    .median
                    .iter()
                    .min()
                    .map(|m| m.saturating_add(NEUTRAL_CHROMA))
                    .as_ref()
    }

    /// Tells whether a colour could be the cloth.
    pub(super) fn is_cloth(&self, rgb: [u8; 3]) -> bool {
        distance(rgb, self.median) < MIN_CONTRAST
    }
}

impl Mask {
    /// Gives the share of the middle of the frame (where any head must be) that is not backdrop.
    pub(super) fn middle_share(&self) -> f64 {
        let (left, right) = (SMALL_WIDTH * 3 / 10, SMALL_WIDTH * 7 / 10);
        let (top, bottom) = (SMALL_HEIGHT / 4, SMALL_HEIGHT * 19 / 20);
        let rows = self.flags.chunks_exact(SMALL_WIDTH).take(bottom).skip(top);
        let marked: usize = rows
            .map(|row| row.iter().take(right).skip(left).filter(|&&m| m).count())
            .sum();
        marked as f64 / ((right - left) * (bottom - top)) as f64
    }
}

pub(super) fn judge(backdrop: &Backdrop, rules: &Rules, findings: &mut Findings<'_>) {
    let Hsl {
        hue_deg,
        saturation,
        lightness,
    } = backdrop.colour;
    let hue = rules.hue_deg.and_then(|window| window.broken_limit(hue_deg));
    let broken = rules
        .saturation
        .broken_limit(saturation)
        .map(|limit| (saturation, limit))
        .or(rules.lightness.broken_limit(lightness).map(|limit| (lightness, limit)))
        .or(hue.map(|limit| (hue_deg, limit)))
        .or((backdrop.spread > rules.max_spread).then_some((backdrop.spread, rules.max_spread)))
        .or((backdrop.cloth_share < rules.min_cloth_share).then_some((backdrop.cloth_share, rules.min_cloth_share)));
    if let Some((value, limit)) = broken {
        findings.push(FindingCode::Bg, Some(value), Some(limit));
    }
}
