//! What is kept of a delivered file: its picture data as they are, with what is needed to show them right and nothing else.

use super::Source;
use super::jpeg::Jpeg;
use super::limits::Limits;

/// Largest payload of one ICC segment: a segment's 65,533 bytes less the 14 of its own heading.
const ICC_CHUNK_BYTES: usize = 65_519;

/// The delivered file without its metadata. Of a JPEG the scans stay untouched, and orientation and colour profile stay, since the
/// picture would look different without them. Other formats, which a person has to look at anyway, are kept as they came.
pub fn original_without_metadata(delivered: &[u8], source: Option<&Source>) -> Vec<u8> {
    let Ok(jpeg) = Jpeg::read(delivered, Limits::default().icc_bytes) else {
        return delivered.to_vec();
    };
    let density_dpi = source
        .and_then(|source| source.density_dpi)
        .map_or(300, |(across, _)| across);
    let mut original = jpeg.without_metadata(delivered, density_dpi);
    let mut kept = Vec::new();
    if let Some(orientation) = source
        .map(|source| source.orientation)
        .filter(|orientation| *orientation > 1)
    {
        kept.extend(orientation_segment(orientation));
    }
    kept.extend(icc_segments(&jpeg.icc));
    let after_first_segment = match original.get(2..4) {
        Some([0xFF, 0xE0]) => 20,
        Some([0xFF, 0xEE]) => 18,
        _ => 2,
    };
    original.splice(after_first_segment..after_first_segment, kept);
    original
}

/// An EXIF segment that holds nothing but the orientation (tag 0x0112).
fn orientation_segment(orientation: u8) -> Vec<u8> {
    let mut segment = vec![0xFF, 0xE1, 0, 34];
    segment.extend_from_slice(b"Exif\0\0MM\0\x2A\0\0\0\x08");
    segment.extend_from_slice(&[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    segment
}

fn icc_segments(profile: &[u8]) -> Vec<u8> {
    let chunks = profile.chunks(ICC_CHUNK_BYTES);
    let Ok(count) = u8::try_from(chunks.len()) else {
        return Vec::new();
    };
    let mut segments = Vec::with_capacity(profile.len() + 18 * usize::from(count));
    for (number, chunk) in (1..=count).zip(chunks) {
        let length = u16::try_from(chunk.len() + 16).unwrap_or(u16::MAX);
        segments.extend_from_slice(&[0xFF, 0xE2]);
        segments.extend_from_slice(&length.to_be_bytes());
        segments.extend_from_slice(b"ICC_PROFILE\0");
        segments.extend_from_slice(&[number, count]);
        segments.extend_from_slice(chunk);
    }
    segments
}
