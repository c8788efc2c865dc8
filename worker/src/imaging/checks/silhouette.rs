//! The silhouette in front of the backdrop against the pixel windows. It includes the hair, so its findings are notes.

use domain::campaigns::profile::Silhouette as Rules;
use domain::photos::finding::FindingCode;

use super::backdrop::Mask;
use super::{Findings, SMALL_HEIGHT, SMALL_WIDTH};

/// Pixels of the 480×640 frame per pixel of the small one.
const SCALE: f64 = 4.0;
/// A row belongs to the head from this many marked pixels on; less is a strand of hair.
const MIN_RUN: usize = 8;

/// The measured outline, in pixels of the 480×640 frame.
pub(super) struct Outline {
    pub crown_px: f64,
    pub head_width_px: f64,
    pub off_centre_px: f64,
}

/// Measures the head from its crown down to where it is widest before the shoulders begin.
pub(super) fn measure(subject: &Mask) -> Option<Outline> {
    let rows: Vec<Option<(usize, usize)>> = subject.flags.chunks_exact(SMALL_WIDTH).map(central_run).collect();
    let crown = rows.iter().position(Option::is_some)?;
    // A head is about as high as 1.4 times its width; cheeks sit in the middle of it.
    let head = rows.get(crown..SMALL_HEIGHT.min(crown + 80))?;
    let cheeks = head
        .iter()
        .skip(30)
        .take(20)
        .flatten()
        .copied()
        .min_by_key(|(left, right)| right - left)?;
    let middle = (cheeks.0 + cheeks.1) as f64 / 2.0;
    Some(Outline {
        crown_px: crown as f64 * SCALE,
        head_width_px: (cheeks.1 - cheeks.0) as f64 * SCALE,
        off_centre_px: (middle - SMALL_WIDTH as f64 / 2.0) * SCALE,
    })
}

/// Gives the longest run of marked pixels in a row as start and end, if it is more than a strand of hair.
fn central_run(row: &[bool]) -> Option<(usize, usize)> {
    let mut best = (0, 0);
    let mut start = None;
    for (x, &is_marked) in row.iter().chain(&[false]).enumerate() {
        match (is_marked, start) {
            (true, None) => start = Some(x),
            (false, Some(from)) => {
                if x - from > best.1 - best.0 {
                    best = (from, x);
                }
                start = None;
            }
            _ => {}
        }
    }
    (best.1 - best.0 >= MIN_RUN).then_some(best)
}

pub(super) fn judge(outline: &Outline, rules: Option<Rules>, findings: &mut Findings<'_>) {
    let Some(rules) = rules else { return };
    let off_centre = outline.off_centre_px.abs();
    let broken = (rules
        .crown_px
        .broken_limit(outline.crown_px)
        .map(|limit| (outline.crown_px, limit)))
    .or(rules
        .head_width_px
        .broken_limit(outline.head_width_px)
        .map(|limit| (outline.head_width_px, limit)))
    .or((off_centre > rules.max_off_centre_px).then_some((off_centre, rules.max_off_centre_px)));
    if let Some((value, limit)) = broken {
        findings.push(FindingCode::Geom, Some(value), Some(limit));
    }
}
