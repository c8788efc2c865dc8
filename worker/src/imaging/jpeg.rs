//! Walks the segments of a JPEG without decoding it: what the header promises, how many scans follow, where the picture
//! really ends; and writes the same picture again without metadata.

mod quality;
mod walk;

use std::ops::Range;

pub(super) use quality::estimate_quality;

use super::limits::Refusal;

/// The largest number of components a JPEG here may have (CMYK).
const MAX_COMPONENTS: usize = 4;

/// Tells how the coefficients are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    /// One pass over the picture, Huffman coded.
    Sequential,
    /// Several refining passes, Huffman coded.
    Progressive,
    /// Arithmetic coding, hierarchical or lossless frames: decoded where libjpeg-turbo can, never kept as delivered.
    Unusual,
}

/// Tells what the components mean, by the same rules libjpeg uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColourModel {
    Grey,
    YCbCr,
    Rgb,
    Cmyk,
}

/// The facts of one JPEG stream, up to its first end-of-image marker.
#[derive(Debug, Clone)]
pub(super) struct Jpeg {
    pub width_px: u32,
    pub height_px: u32,
    pub bits: u8,
    pub components: Vec<Component>,
    pub process: Process,
    pub scans: u32,
    /// Whether every coefficient of every component was sent to its last bit.
    pub is_complete: bool,
    /// Whether the file brings its own Huffman tables; without them only some decoders fall back on the standard ones.
    pub has_huffman_tables: bool,
    /// JFIF density as unit (1 = per inch, 2 = per cm), x and y.
    pub jfif_density: Option<(u8, u16, u16)>,
    /// The colour transform of an Adobe segment.
    pub adobe_transform: Option<u8>,
    pub exif: Option<Range<usize>>,
    pub icc: Vec<u8>,
    /// Quantisation tables by id, in zigzag order.
    pub quantisation: [Option<[u16; 64]>; 4],
    /// What has to be copied to keep the picture: tables, frame, scans.
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub id: u8,
    pub horizontal: u8,
    pub vertical: u8,
    pub table: u8,
}

#[derive(Debug, Clone)]
struct Part {
    range: Range<usize>,
    /// Offset of the three spectral bytes of a scan header whose values a sequential JPEG must not choose freely.
    spectral_at: Option<usize>,
}

impl Jpeg {
    /// Reads the structure; fails where no decoder could show the whole picture.
    pub(super) fn read(bytes: &[u8], icc_limit: usize) -> Result<Self, Refusal> {
        walk::walk(bytes, icc_limit)
    }

    pub(super) fn colour_model(&self) -> ColourModel {
        let ids: Vec<u8> = self.components.iter().map(|c| c.id).collect();
        match (self.components.len(), self.jfif_density.is_some(), self.adobe_transform) {
            (1, ..) => ColourModel::Grey,
            (3, true, _) => ColourModel::YCbCr,
            (3, false, Some(0)) => ColourModel::Rgb,
            (3, false, None) if ids == *b"RGB" => ColourModel::Rgb,
            (3, ..) => ColourModel::YCbCr,
            _ => ColourModel::Cmyk,
        }
    }

    /// Estimates what decoding takes in bytes: the pixels given out, and all coefficients where scans build on each other.
    pub(super) fn decode_bytes(&self, output_bytes: u64) -> u64 {
        let pixels = u64::from(self.width_px) * u64::from(self.height_px);
        let largest = self
            .components
            .iter()
            .map(|c| u64::from(c.horizontal) * u64::from(c.vertical))
            .max()
            .unwrap_or(1);
        let sampled: u64 = self
            .components
            .iter()
            .map(|c| u64::from(c.horizontal) * u64::from(c.vertical))
            .sum();
        let coefficients = if self.scans > 1 {
            2 * pixels * sampled / largest.max(1)
        } else {
            0
        };
        coefficients + output_bytes
    }

    /// Writes the picture again without metadata, trailing bytes and odd headers, with its scans untouched and the given
    /// resolution tag. What is decoded and measured is this copy, so that it is also exactly what is kept.
    pub(super) fn without_metadata(&self, bytes: &[u8], density_dpi: u16) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.parts.iter().map(|p| p.range.len()).sum::<usize>() + 64);
        out.extend_from_slice(&[0xFF, 0xD8]);
        // A JFIF segment would turn RGB components into YCbCr, so it is written only where it says what was so anyway.
        if matches!(self.colour_model(), ColourModel::YCbCr | ColourModel::Grey) {
            out.extend_from_slice(&[0xFF, 0xE0, 0, 16]);
            out.extend_from_slice(b"JFIF\0\x01\x01\x01");
            out.extend_from_slice(&density_dpi.to_be_bytes());
            out.extend_from_slice(&density_dpi.to_be_bytes());
            out.extend_from_slice(&[0, 0]);
        } else if let Some(transform) = self.adobe_transform {
            out.extend_from_slice(&[0xFF, 0xEE, 0, 14]);
            out.extend_from_slice(b"Adobe\0\x64\0\0\0\0");
            out.push(transform);
        }
        for part in &self.parts {
            let start = out.len();
            out.extend_from_slice(bytes.get(part.range.clone()).unwrap_or_default());
            // Some cameras write zeros here; sequential decoders ignore the bytes but libjpeg warns about them.
            let spectral = part.spectral_at.map(|at| start + at);
            if let Some(spectral) = spectral.and_then(|at| out.get_mut(at..at + 3)) {
                spectral.copy_from_slice(&[0, 63, 0]);
            }
        }
        out.extend_from_slice(&[0xFF, 0xD9]);
        out
    }
}
