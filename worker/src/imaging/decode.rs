//! Bytes to upright-ready sRGB pixels: the only place that calls a decoder. Sniffs the format from the bytes (an extension
//! means nothing), applies the limits to the header, decodes once.

mod formats;
mod jpeg_pixels;

use serde::Serialize;

use super::exif::{self, Exif};
use super::jpeg::{ColourModel, Jpeg, Process, estimate_quality};
use super::limits::{Limits, Refusal};
use super::orient::swaps_sides;
use super::raster::Raster;

/// The formats that are read; only JPEG is what agencies are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JPEG, the wanted one.
    Jpeg,
    /// PNG.
    Png,
    /// Windows bitmap.
    Bmp,
    /// WebP.
    WebP,
    /// TIFF.
    Tiff,
    /// GIF.
    Gif,
}

impl Format {
    /// Tells the format from the first bytes.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        let riff = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        match bytes {
            [0xFF, 0xD8, ..] => Some(Format::Jpeg),
            [0x89, b'P', b'N', b'G', ..] => Some(Format::Png),
            [b'G', b'I', b'F', b'8', ..] => Some(Format::Gif),
            [b'B', b'M', ..] => Some(Format::Bmp),
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Format::Tiff),
            _ if riff => Some(Format::WebP),
            _ => None,
        }
    }
}

/// What the container says, before any pixel is decoded.
#[derive(Debug)]
pub(super) struct Container {
    pub format: Format,
    /// Size as stored, before orientation.
    pub stored: (u32, u32),
    pub exif: Exif,
    /// Colour channels: 1 grey, 3 colour, 4 inks; alpha not counted.
    pub components: u8,
    pub bits: u8,
    pub density_dpi: Option<(u16, u16)>,
    pub quality: Option<u8>,
    pub jpeg: Option<Jpeg>,
}

/// Decoded pixels, not yet upright.
#[derive(Debug)]
pub(super) struct Decoded {
    pub picture: Raster,
    /// The JPEG without metadata that the pixels came from.
    pub clean_jpeg: Option<Vec<u8>>,
    /// Whether a colour profile changed the pixels.
    pub is_converted: bool,
}

impl Container {
    /// Reads the container and applies every limit that needs no pixels.
    pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        limits.check_bytes(bytes.len() as u64)?;
        let format = Format::sniff(bytes).ok_or(Refusal::UnknownFormat)?;
        if format != Format::Jpeg {
            return formats::open(bytes, format, limits);
        }
        let jpeg = Jpeg::read(bytes, limits.icc_bytes)?;
        limits.check_frame(jpeg.width_px, jpeg.height_px)?;
        limits.check_scans(u64::from(jpeg.width_px) * u64::from(jpeg.height_px), jpeg.scans)?;
        if !jpeg.is_complete && jpeg.process != Process::Unusual {
            return Err(Refusal::Damaged {
                reason: "part of its picture data is missing",
            });
        }
        if jpeg.bits != 8 {
            return Err(Refusal::Damaged {
                reason: "it is a JPEG of more than 8 bits a channel",
            });
        }
        let exif = exif::read(jpeg.exif.clone().and_then(|range| bytes.get(range)).unwrap_or_default());
        let luminance = jpeg
            .components
            .first()
            .and_then(|c| jpeg.quantisation.get(usize::from(c.table)));
        Ok(Self {
            format,
            stored: (jpeg.width_px, jpeg.height_px),
            components: u8::try_from(jpeg.components.len()).unwrap_or(u8::MAX),
            bits: jpeg.bits,
            density_dpi: jpeg.jfif_density.and_then(dots_per_inch).or(exif.density_dpi),
            quality: luminance.copied().flatten().as_ref().map(estimate_quality),
            exif,
            jpeg: Some(jpeg),
        })
    }

    /// Gives width and height after orientation.
    pub(super) fn upright_size(&self) -> (u32, u32) {
        let (width, height) = self.stored;
        if swaps_sides(self.exif.orientation) {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Tells whether the bytes are an 8-bit RGB JPEG, the only thing that is not a format finding.
    pub(super) fn is_rgb_jpeg(&self) -> bool {
        let model = self.jpeg.as_ref().map(Jpeg::colour_model);
        self.bits == 8 && matches!(model, Some(ColourModel::YCbCr | ColourModel::Rgb))
    }

    /// Tells whether four pixels share one colour, as they do in what is encoded here.
    pub(super) fn is_subsampled(&self) -> bool {
        self.jpeg.as_ref().is_some_and(|jpeg| {
            let factors = jpeg.components.iter().map(|c| (c.horizontal, c.vertical));
            factors.eq([(2, 2), (1, 1), (1, 1)])
        })
    }

    /// Decodes the pixels once, no larger than `wanted` (upright width and height) needs.
    pub(super) fn decode(
        &self,
        bytes: &[u8],
        limits: &Limits,
        wanted: (u32, u32),
        density_dpi: u16,
    ) -> Result<Decoded, Refusal> {
        match &self.jpeg {
            Some(jpeg) => {
                let wanted = if swaps_sides(self.exif.orientation) {
                    (wanted.1, wanted.0)
                } else {
                    wanted
                };
                jpeg_pixels::decode(bytes, jpeg, limits, wanted, density_dpi)
            }
            None => formats::decode(bytes, self.format, limits),
        }
    }
}

/// Converts a JFIF density to dots per inch; a bare pixel ratio or a zero is no density.
fn dots_per_inch((unit, x, y): (u8, u16, u16)) -> Option<(u16, u16)> {
    let per_inch = |per_cm: u16| u16::try_from((u32::from(per_cm) * 254 + 50) / 100).unwrap_or(u16::MAX);
    match unit {
        1 if x > 0 && y > 0 => Some((x, y)),
        2 if x > 0 && y > 0 => Some((per_inch(x), per_inch(y))),
        _ => None,
    }
}
