//! The two pictures that are kept beside the original: the standardised one and the thumbnail.

use domain::campaigns::profile::{Profile, Window};
use serde::Serialize;
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use super::jpeg::Jpeg;
use super::limits::Refusal;
use super::raster::Raster;

/// The picture that is stored and served: 480×640, 300 dpi, without metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standard {
    /// The JPEG file.
    #[serde(skip)]
    pub jpeg: Vec<u8>,
    /// JPEG quality on the IJG scale, 1 to 100.
    pub quality: u8,
    /// Whether the picture data are those of the delivered file, only without its metadata.
    pub kept: bool,
}

/// The quality tried first when nothing is known of the source; most portraits end inside the window with it.
const FIRST_QUALITY: u8 = 88;
/// No more is gained above this; a smooth picture may stay below the window.
const BEST_QUALITY: u8 = 95;
const THUMBNAIL_QUALITY: u8 = 80;
const PAGE_QUALITY: u8 = 85;
/// Encodes at most so often in search of the size.
const MAX_TRIES: usize = 4;

fn compressor() -> Result<Compressor, Refusal> {
    const FAILED: Refusal = Refusal::Damaged {
        reason: "it cannot be encoded",
    };
    let mut compressor = Compressor::new().map_err(|_| FAILED)?;
    compressor.set_subsamp(Subsamp::Sub2x2).map_err(|_| FAILED)?;
    Ok(compressor)
}

fn encode(compressor: &mut Compressor, picture: &Raster, quality: u8) -> Result<Vec<u8>, Refusal> {
    const FAILED: Refusal = Refusal::Damaged {
        reason: "it cannot be encoded",
    };
    compressor.set_quality(i32::from(quality)).map_err(|_| FAILED)?;
    let image = Image {
        pixels: picture.pixels.as_slice(),
        width: picture.width,
        pitch: picture.width * 3,
        height: picture.height,
        format: PixelFormat::RGB,
    };
    compressor.compress_to_vec(image).map_err(|_| FAILED)
}

/// What the delivered file tells of the size that its picture will have, where it has as many pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivered {
    /// Estimated JPEG quality.
    pub quality: Option<u8>,
    /// Size in bytes, where its colours are as coarse.
    pub bytes: Option<usize>,
}

impl Delivered {
    /// The quality tried first: the file's own, unless its own size says already that this misses the window.
    fn first_quality(self, window: Window) -> u8 {
        match (self.quality, self.bytes.map(|bytes| bytes as f64)) {
            (Some(quality), Some(size)) if quality >= FIRST_QUALITY && size > window.max => {
                next_quality(quality, size, window)
            }
            (quality, _) => quality.unwrap_or(FIRST_QUALITY).max(FIRST_QUALITY),
        }
    }
}

/// Encodes the standardised picture into the profile's window where its lowest quality allows; quality wins.
pub(super) fn standardise(picture: &Raster, delivered: Delivered, profile: &Profile) -> Result<Standard, Refusal> {
    let mut compressor = compressor()?;
    let window = Window::new(profile.standard_kb.min * 1024.0, profile.standard_kb.max * 1024.0);
    let mut lowest = profile.min_quality;
    let mut highest = BEST_QUALITY.max(lowest);
    let mut quality = delivered.first_quality(window).clamp(lowest, highest);
    let mut best: Option<(u8, Vec<u8>)> = None;
    for _ in 0..MAX_TRIES {
        let jpeg = encode(&mut compressor, picture, quality)?;
        let size = jpeg.len() as f64;
        let is_too_large = size > window.max;
        let is_inside = window.contains(size);
        // Outside the window the smaller miss counts: a too large file at the lowest quality, else the finest small one.
        best = Some((quality, jpeg));
        if is_inside {
            break;
        }
        if is_too_large {
            if quality <= lowest {
                break;
            }
            highest = quality - 1;
        } else {
            if quality >= highest {
                break;
            }
            lowest = quality + 1;
        }
        quality = next_quality(quality, size, window).clamp(lowest, highest);
    }
    let (quality, jpeg) = best.ok_or(Refusal::Damaged {
        reason: "it cannot be encoded",
    })?;
    Ok(Standard {
        jpeg: with_density(jpeg, profile.density_dpi.unwrap_or(300)),
        quality,
        kept: false,
    })
}

/// Guesses the quality that meets the middle of the window. File size grows about with the power −0.7 of the quantiser
/// scale, which is linear in quality above 50.
fn next_quality(quality: u8, size: f64, window: Window) -> u8 {
    let target = window.min + (window.max - window.min) * 0.6;
    let scale = (200.0 - 2.0 * f64::from(quality)).max(4.0) * (size / target).powf(1.0 / 0.7);
    // The value is clamped to a percent, so the cast keeps it.
    ((200.0 - scale) / 2.0).round().clamp(1.0, 100.0) as u8
}

/// Makes the small picture of lists and grids.
pub(super) fn thumbnail(small: &Raster) -> Result<Vec<u8>, Refusal> {
    encode(&mut compressor()?, small, THUMBNAIL_QUALITY)
}

/// Makes a page of evidence, fine enough for small print.
pub(super) fn page(scan: &Raster) -> Result<Vec<u8>, Refusal> {
    encode(&mut compressor()?, scan, PAGE_QUALITY)
}

/// Sets the resolution tag, which TurboJPEG leaves at "unknown".
fn with_density(jpeg: Vec<u8>, density_dpi: u16) -> Vec<u8> {
    match Jpeg::read(&jpeg, 0) {
        Ok(layout) => layout.without_metadata(&jpeg, density_dpi),
        Err(_) => jpeg,
    }
}
