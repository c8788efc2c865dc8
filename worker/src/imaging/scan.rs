//! Scans that support a ticket: read like any picture, made small enough to look at, marked all over and encoded anew, so that nothing
//! is kept of the file that came but what it shows.

use std::time::Duration;

use fast_image_resize::FilterType;

use super::decode::Container;
use super::limits::{Deadline, Limits, Refusal};
use super::raster::Raster;
use super::watermark::Watermark;
use super::{encode, orient};

/// The longer side of a scan at most: small print of a page of A4 is legible at it.
pub const SCAN_PX: u32 = 2400;

/// What one scan may cost. Its shape is anybody's choice, since a telephone takes a strip of a page as well; and an animation is its first
/// frame.
pub fn scan_limits(size_bytes: u64) -> Limits {
    Limits {
        size_bytes,
        aspect_ratio: 12.0,
        decode_bytes: 256 << 20,
        time: Duration::from_secs(20),
        takes_first_frame: true,
        ..Limits::default()
    }
}

/// The pixels of one page, upright and no larger than [`SCAN_PX`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan(pub(super) Raster);

impl Scan {
    /// Decodes a picture.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let deadline = Deadline::start(limits.time);
        let container = Container::open(bytes, limits)?;
        deadline.check()?;
        let (width, height) = container.upright_size();
        // The resolution tag stands in a copy that is thrown away with the pixels read.
        let decoded = container.decode(bytes, limits, fitted(width, height), 300)?;
        deadline.check()?;
        let picture = orient::upright(decoded.picture, container.exif.orientation)?;
        deadline.check()?;
        Self::shrunk(picture)
    }

    /// Takes pixels that another program drew, three bytes each, rows from the top.
    pub fn from_rgb(width: usize, height: usize, pixels: Vec<u8>) -> Result<Self, Refusal> {
        Self::shrunk(Raster::new(width, height, pixels)?)
    }

    fn shrunk(picture: Raster) -> Result<Self, Refusal> {
        let side = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (width, height) = fitted(side(picture.width), side(picture.height));
        let (width, height) = (width as usize, height as usize);
        if (width, height) == (picture.width, picture.height) {
            return Ok(Self(picture));
        }
        picture
            .resized(picture.whole(), width, height, FilterType::Lanczos3)
            .map(Self)
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.0.width, self.0.height)
    }

    /// Burns the watermark in and encodes the page as a JPEG without metadata.
    pub fn into_marked_jpeg(mut self, watermark: &Watermark<'_>) -> Result<Vec<u8>, Refusal> {
        watermark.burn(&mut self.0);
        encode::page(&self.0)
    }
}

/// The size in which a picture is kept.
fn fitted(width: u32, height: u32) -> (u32, u32) {
    let long = width.max(height);
    if long <= SCAN_PX {
        return (width, height);
    }
    let scaled = |side: u32| {
        let exact = u64::from(side) * u64::from(SCAN_PX) / u64::from(long);
        u32::try_from(exact).unwrap_or(SCAN_PX).max(1)
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_longer_side_decides_and_no_side_vanishes() {
        for (size, kept) in [
            ((2400, 1000), (2400, 1000)),
            ((4800, 3600), (2400, 1800)),
            ((3000, 6000), (1200, 2400)),
            ((24_000, 5), (2400, 1)),
        ] {
            assert_eq!(fitted(size.0, size.1), kept);
        }
    }
}
