//! Gross exposure: too dark, burnt out, or flat. Fine differences are the reviewer's business.

use domain::campaigns::profile::Light as Rules;
use domain::photos::finding::FindingCode;

use super::Findings;
use super::backdrop::Backdrop;
use crate::imaging::raster::Raster;

/// A channel from this level on has lost its drawing.
const BURNT_OUT: u8 = 253;

/// The measured light, in luma levels and shares.
pub(super) struct Light {
    pub shadow: f64,
    pub highlight: f64,
    pub clipped_share: f64,
}

pub(super) fn measure(small: &Raster, luma: &[u8], backdrop: &Backdrop) -> Light {
    let pixels = small.pixels.as_chunks::<3>().0;
    // Two channels, because light blue itself reaches the top of one; a white cloth is allowed to be white.
    let is_burnt = |rgb: &[u8; 3]| rgb.iter().filter(|&&level| level >= BURNT_OUT).count() >= 2;
    let is_cloth_white = backdrop.is_white();
    let burnt = pixels
        .iter()
        .filter(|rgb| is_burnt(rgb) && !(is_cloth_white && backdrop.is_cloth(**rgb)))
        .count();
    let clipped_share = burnt as f64 / pixels.len().max(1) as f64;
    Light {
        shadow: percentile(luma, 1),
        highlight: percentile(luma, 99),
        clipped_share,
    }
}

/// Gives the level that `percent` of the pixels stay at or below.
fn percentile(luma: &[u8], percent: usize) -> f64 {
    let mut counts = [0usize; 256];
    for &level in luma {
        counts[usize::from(level)] += 1;
    }
    let mut seen = 0;
    let level = counts.iter().position(|count| {
        seen += count;
        seen * 100 > luma.len() * percent
    });
    level.unwrap_or(0) as f64
}

pub(super) fn judge(light: &Light, rules: &Rules, findings: &mut Findings<'_>) {
    let range = light.highlight - light.shadow;
    let broken = if light.highlight < rules.min_highlight {
        Some((light.highlight, rules.min_highlight))
    } else if range < rules.min_range {
        Some((range, rules.min_range))
    } else if light.clipped_share > rules.max_clipped_share {
        Some((light.clipped_share, rules.max_clipped_share))
    } else {
        None
    };
    if let Some((value, limit)) = broken {
        findings.push(FindingCode::Light, Some(value), Some(limit));
    }
}
