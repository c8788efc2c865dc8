//! Pixels in memory: what the steps hand to each other. Nothing here knows about files or rules.

use std::cell::RefCell;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::limits::Refusal;

/// Bytes between the two passes of a resize that a thread keeps: as much as an original takes that was scaled while it was decoded.
const MOST_ROOM: usize = 2 << 20;

thread_local! {
    /// Kept by each thread with the room between its two passes, which it would clear for every picture.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// An sRGB picture, three bytes a pixel, rows from the top without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raster {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

impl Raster {
    /// Wraps pixels whose number must fit the size.
    pub(super) fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Self, Refusal> {
        if width == 0 || height == 0 || width.checked_mul(height).and_then(|n| n.checked_mul(3)) != Some(pixels.len()) {
            return Err(Refusal::Damaged {
                reason: "its pixels do not fill its frame",
            });
        }
        Ok(Self { width, height, pixels })
    }

    /// Gives one row; empty below the picture.
    pub(super) fn row(&self, y: usize) -> &[[u8; 3]] {
        let row = self
            .pixels
            .get(y * self.width * 3..(y + 1) * self.width * 3)
            .unwrap_or_default();
        row.as_chunks::<3>().0
    }

    /// Gives the luma (0 to 255) of every pixel, by the weights JPEG itself uses.
    pub(super) fn luma(&self) -> Vec<u8> {
        self.pixels.as_chunks::<3>().0.iter().map(|&rgb| luma(rgb)).collect()
    }

    /// Scales the rectangle `crop` (left, top, width, height in pixels) to the wanted size.
    pub(super) fn resized(
        &self,
        crop: (f64, f64, f64, f64),
        width: usize,
        height: usize,
        filter: FilterType,
    ) -> Result<Self, Refusal> {
        let pixels = resize(
            &self.pixels,
            PixelType::U8x3,
            (self.width, self.height),
            crop,
            (width, height),
            filter,
        )?;
        Self::new(width, height, pixels)
    }

    /// Gives the rectangle of the whole picture, for `resized`.
    pub(super) fn whole(&self) -> (f64, f64, f64, f64) {
        (0.0, 0.0, self.width as f64, self.height as f64)
    }
}

/// Scales a single-channel picture as a whole.
pub(super) fn resize_grey(
    pixels: &[u8],
    from: (usize, usize),
    to: (usize, usize),
    filter: FilterType,
) -> Result<Vec<u8>, Refusal> {
    resize(
        pixels,
        PixelType::U8,
        from,
        (0.0, 0.0, from.0 as f64, from.1 as f64),
        to,
        filter,
    )
}

fn resize(
    pixels: &[u8],
    kind: PixelType,
    from: (usize, usize),
    crop: (f64, f64, f64, f64),
    to: (usize, usize),
    filter: FilterType,
) -> Result<Vec<u8>, Refusal> {
    const UNFIT: Refusal = Refusal::Damaged {
        reason: "it cannot be scaled",
    };
    let side = |n: usize| u32::try_from(n).map_err(|_| UNFIT);
    let source = ImageRef::new(side(from.0)?, side(from.1)?, pixels, kind).map_err(|_| UNFIT)?;
    let mut target = Image::new(side(to.0)?, side(to.1)?, kind);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .crop(crop.0, crop.1, crop.2, crop.3);
    let resized = RESIZER.with_borrow_mut(|resizer| {
        let resized = resizer.resize(&source, &mut target, &options);
        if resizer.size_of_internal_buffers() > MOST_ROOM {
            resizer.reset_internal_buffers();
        }
        resized
    });
    resized.map_err(|_| UNFIT)?;
    Ok(target.into_vec())
}

/// Weighs red, green and blue as JPEG does (ITU-R BT.601), in 16-bit fixed point.
pub(super) const fn luma([red, green, blue]: [u8; 3]) -> u8 {
    ((red as u32 * 19_595 + green as u32 * 38_470 + blue as u32 * 7_471 + 32_768) >> 16) as u8
}
