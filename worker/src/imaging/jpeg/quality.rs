//! Guesses the quality a JPEG was saved with; the file itself does not store it.

/// The luminance table of the JPEG standard (annex K.1) in zigzag order, from which the IJG library scales all others.
const STANDARD_LUMINANCE: [u16; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61,
    60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113,
    121, 112, 100, 120, 92, 101, 103, 99,
];

/// Gives the IJG quality (1 to 100) whose luminance table is nearest to this one. Exact for files of the IJG library and
/// its descendants; for other encoders it is the quality that would have lost about as much.
pub(in crate::imaging) fn estimate_quality(table: &[u16; 64]) -> u8 {
    let difference = |quality: u8| -> u32 {
        let pairs = table.iter().zip(&STANDARD_LUMINANCE);
        pairs
            .map(|(&found, &standard)| u32::from(found.abs_diff(scaled(standard, quality))))
            .sum()
    };
    (1..=100).rev().min_by_key(|&quality| difference(quality)).unwrap_or(1)
}

fn scaled(standard: u16, quality: u8) -> u16 {
    let quality = u32::from(quality);
    let percent = if quality < 50 {
        5000 / quality.max(1)
    } else {
        200 - 2 * quality
    };
    u16::try_from((u32::from(standard) * percent + 50) / 100)
        .unwrap_or(u16::MAX)
        .clamp(1, 255)
}
