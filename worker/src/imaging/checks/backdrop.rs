//! The backdrop: its colour and evenness beside the head, and what of the frame stands in front of it.

use domain::campaigns::profile::{Backdrop as Rules, Window};
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
/// The corners end here.
const CORNER_BOTTOM: usize = 33;
/// The strips are looked at in blocks of this side (in pixels), which divides their width.
const BLOCK: usize = 6;
/// A block that strays further (in levels) from its own mean is hair, an edge or a pattern.
const SMOOTH: f64 = 12.0;
/// Blocks whose means are this near (in levels) may be one cloth, shadows and gradients included.
const ONE_CLOTH: f64 = 30.0;
/// One in so many smooth blocks must agree on a colour before it may be the cloth.
const LEAST_CLOTH: usize = 6;
/// So near to something else (in pixels) a pixel is a mixture.
const MIXED: usize = 2;
/// A pixel counts as subject from this distance to the backdrop (in levels) on an even cloth …
const MIN_CONTRAST: f64 = 14.0;
/// … and from this one however uneven the cloth is.
const MAX_CONTRAST: f64 = 60.0;
/// Hues (in degrees) this near to the median are the same cloth in another light …
const SAME_HUE_DEG: f64 = 15.0;
/// … while their saturation keeps this share of the median's.
const SHADED_SATURATION: f64 = 0.4;
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

pub(super) fn measure(small: &Raster, rules: &Rules) -> Backdrop {
    let median = cloth_colour(small, rules);
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

/// One square of a strip.
struct Block {
    pixels: Vec<[u8; 3]>,
    mean: [u8; 3],
}

impl Block {
    fn new(pixels: Vec<[u8; 3]>) -> Self {
        let mean = [0, 1, 2].map(|channel| {
            let sum: usize = pixels
                .iter()
                .flat_map(|rgb| rgb.get(channel))
                .map(|&level| usize::from(level))
                .sum();
            u8::try_from(sum / pixels.len().max(1)).unwrap_or(u8::MAX)
        });
        Self { pixels, mean }
    }

    fn is_smooth(&self) -> bool {
        let strays: f64 = self.pixels.iter().map(|&rgb| distance(rgb, self.mean)).sum();
        strays / (self.pixels.len().max(1) as f64) < SMOOTH
    }
}

/// Gives the colour of the cloth in the strips: from the corners, where even long hair seldom reaches. Where hair fills them, it is
/// a colour beside the ears that the profile asks for; where there is none either, what the corners show.
fn cloth_colour(small: &Raster, rules: &Rules) -> [u8; 3] {
    let corners = smooth_blocks(small, CORNER_BOTTOM);
    let is_wanted = |colour: &[u8; 3]| broken_colour(&hsl(*colour), rules).is_none();
    let of_corners = agreed_colour(&corners, is_wanted);
    let of_strips = || agreed_colour(&smooth_blocks(small, STRIP_BOTTOM), is_wanted);
    of_corners
        .or_else(of_strips)
        .or_else(|| agreed_colour(&corners, |_| true))
        .unwrap_or([0; 3])
}

/// The blocks of both strips down to a row; those that are smooth, if any is.
fn smooth_blocks(small: &Raster, bottom: usize) -> Vec<Block> {
    let tops = (MARGIN..bottom).step_by(BLOCK);
    let corners = tops.flat_map(|top| (0..2 * STRIP).step_by(BLOCK).map(move |left| (top, left)));
    let mut blocks: Vec<Block> = corners
        .map(|(top, left)| {
            let rows = top..(top + BLOCK).min(bottom);
            let of_row = |y| strips(small, y).into_iter().flatten().skip(left).take(BLOCK).copied();
            Block::new(rows.flat_map(of_row).collect())
        })
        .collect();
    if blocks.iter().any(Block::is_smooth) {
        blocks.retain(Block::is_smooth);
    }
    blocks
}

/// Gives the median colour of those blocks that agree on a colour, the colour that the most agree on and that is admitted.
fn agreed_colour(blocks: &[Block], is_admitted: impl Fn(&[u8; 3]) -> bool) -> Option<[u8; 3]> {
    let agreeing = |mean: [u8; 3]| {
        blocks
            .iter()
            .filter(move |other| distance(mean, other.mean) < ONE_CLOTH)
    };
    let chosen = blocks
        .iter()
        .filter(|block| is_admitted(&block.mean))
        .max_by_key(|block| agreeing(block.mean).count())?;
    if agreeing(chosen.mean).count() * LEAST_CLOTH < blocks.len() {
        return None;
    }
    Some([0, 1, 2].map(|channel| {
        let pixels = agreeing(chosen.mean).flat_map(|block| &block.pixels);
        median(pixels.filter_map(|rgb| rgb.get(channel).copied()))
    }))
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
    apart.min(360.0 - apart) <= SAME_HUE_DEG && one.saturation >= other.saturation * SHADED_SATURATION
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
    let broken = broken_colour(&backdrop.colour, rules)
        .or((backdrop.spread > rules.max_spread).then_some((backdrop.spread, rules.max_spread)))
        .or((backdrop.cloth_share < rules.min_cloth_share).then_some((backdrop.cloth_share, rules.min_cloth_share)));
    if let Some((value, limit)) = broken {
        findings.push(FindingCode::Bg, Some(value), Some(limit));
    }
}

/// Gives the first part of a colour that breaks the rules, and the limit it breaks.
fn broken_colour(colour: &Hsl, rules: &Rules) -> Option<(f64, f64)> {
    let broken = |window: Window, value: f64| window.broken_limit(value).map(|limit| (value, limit));
    broken(rules.saturation, colour.saturation)
        .or(broken(rules.lightness, colour.lightness))
        .or(rules.hue_deg.and_then(|window| broken(window, colour.hue_deg)))
}
