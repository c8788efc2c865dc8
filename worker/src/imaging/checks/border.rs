//! A black or white border: whole lines at an edge that are black or white and end in a jump.

use crate::imaging::raster::{Raster, luma};

/// A line counts as black or white when this share (in percent) of its pixels is.
const UNIFORM_PERCENT: usize = 97;
/// The lines below the border differ from it by at least `JUMP` levels in this share (in percent) of their pixels.
const JUMP_PERCENT: usize = 60;
const JUMP: u8 = 40;
const BLACK: u8 = 36;
const WHITE: u8 = 244;
/// A stripe of cloth counts as black or white when this share (in percent) of the middle half of a line is.
const STRIPE_PERCENT: usize = 90;

/// The measured border.
pub(super) struct Border {
    /// Depth of the deepest side in pixels of the frame; 0 without a border.
    pub depth_px: f64,
}

pub(super) fn measure(full: &Raster) -> Border {
    let rows = |y: usize| full.row(y).to_vec();
    let columns = |x: usize| {
        (0..full.height)
            .filter_map(|y| full.row(y).get(x).copied())
            .collect::<Vec<_>>()
    };
    let (width, height) = (full.width, full.height);
    let from_bottom = |y: usize| rows(height - 1 - y);
    let bottom = depth(height / 6, from_bottom);
    let is_cloth = bottom > 0 && is_striped(bottom, height / 4, from_bottom);
    let sides = [
        depth(height / 6, rows),
        if is_cloth { 0 } else { bottom },
        depth(width / 6, columns),
        depth(width / 6, |x| columns(width - 1 - x)),
    ];
    Border {
        depth_px: sides.into_iter().max().unwrap_or(0) as f64,
    }
}

/// Cloth with broad stripes fills the bottom edge like a border; but its dark or its white comes back further up.
fn is_striped(depth: usize, most: usize, line: impl Fn(usize) -> Vec<[u8; 3]>) -> bool {
    let Some(is_black) = kind_of(&line(0), UNIFORM_PERCENT) else {
        return false;
    };
    (depth + 2..=most).any(|index| {
        let line = line(index);
        let quarter = line.len() / 4;
        let middle = line.get(quarter..line.len() - quarter).unwrap_or_default();
        kind_of(middle, STRIPE_PERCENT) == Some(is_black)
    })
}

/// Counts the border lines of one side; `line(0)` is the outermost.
fn depth(most: usize, line: impl Fn(usize) -> Vec<[u8; 3]>) -> usize {
    let Some(is_black) = kind_of(&line(0), UNIFORM_PERCENT) else {
        return 0;
    };
    let depth = (1..=most).find(|&index| kind_of(&line(index), UNIFORM_PERCENT) != Some(is_black));
    // Half-mixed lines follow the border where the picture was scaled after it was drawn.
    let Some(depth) = depth else { return 0 };
    let level = if is_black { 0 } else { 255 };
    let inside = line(depth + 2);
    let jumps = inside.iter().filter(|&&rgb| luma(rgb).abs_diff(level) > JUMP).count();
    if jumps * 100 >= inside.len() * JUMP_PERCENT {
        depth
    } else {
        0
    }
}

/// Tells a black line (`true`) and a white one, of which so many percent must be.
fn kind_of(line: &[[u8; 3]], percent: usize) -> Option<bool> {
    let enough = line.len() * percent / 100;
    if line.iter().filter(|rgb| rgb.iter().all(|&c| c <= BLACK)).count() >= enough {
        Some(true)
    } else if line.iter().filter(|rgb| rgb.iter().all(|&c| c >= WHITE)).count() >= enough {
        Some(false)
    } else {
        None
    }
}
