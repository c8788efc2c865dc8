//! Everything that is not JPEG, through the `image` crate with its own limits on top of ours. Such a file is always put in
//! front of a person, so this path is right rather than fast.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::{AnimationDecoder, ColorType, DynamicImage, ImageDecoder};

use super::{Container, Decoded, Format};
use crate::imaging::colour::apply_icc;
use crate::imaging::exif::{self, Exif};
use crate::imaging::limits::{Limits, Refusal};
use crate::imaging::raster::Raster;

const DAMAGED: Refusal = Refusal::Damaged {
    reason: "its data do not decode to the end",
};

/// Reads size, colour and orientation; refuses more than one picture in a file as `LIMIT`, because which one would be the
/// photo is a guess.
pub(super) fn open(bytes: &[u8], format: Format, limits: &Limits) -> Result<Container, Refusal> {
    guarded(|| {
        let mut decoder = decoder(bytes, format, limits)?;
        let (width, height) = decoder.dimensions();
        limits.check_frame(width, height)?;
        limits.check_memory(
            decoder
                .total_bytes()
                .saturating_add(3 * u64::from(width) * u64::from(height)),
        )?;
        let pictures = count_pictures(bytes, format, limits)?;
        if pictures > 1 {
            return Err(Refusal::OverLimit {
                what: "pictures",
                value: f64::from(pictures),
                limit: 1.0,
            });
        }
        let colour = decoder.color_type();
        let exif = decoder.exif_metadata().ok().flatten().map(|block| exif::read(&block));
        let mut exif = exif.unwrap_or(Exif {
            orientation: 1,
            ..Exif::default()
        });
        if format == Format::Tiff {
            exif = exif::read(bytes);
        }
        let channels = colour.channel_count() - u8::from(colour.has_alpha());
        Ok(Container {
            format,
            stored: (width, height),
            exif,
            components: channels,
            bits: u8::try_from(colour.bits_per_pixel() / u16::from(colour.channel_count().max(1))).unwrap_or(u8::MAX),
            density_dpi: None,
            quality: None,
            jpeg: None,
        })
    })
}

/// Decodes to opaque 8-bit sRGB; what is transparent becomes white.
pub(super) fn decode(bytes: &[u8], format: Format, limits: &Limits) -> Result<Decoded, Refusal> {
    guarded(|| {
        let mut decoder = decoder(bytes, format, limits)?;
        let icc = decoder
            .icc_profile()
            .ok()
            .flatten()
            .filter(|icc| icc.len() <= limits.icc_bytes);
        let has_alpha = decoder.color_type().has_alpha();
        let is_colour = !matches!(
            decoder.color_type(),
            ColorType::L8 | ColorType::L16 | ColorType::La8 | ColorType::La16
        );
        let (width, height) = decoder.dimensions();
        let picture = DynamicImage::from_decoder(decoder).map_err(|_| DAMAGED)?;
        let mut pixels = if has_alpha {
            flattened(&picture)
        } else {
            picture.into_rgb8().into_raw()
        };
        let is_converted = is_colour && icc.is_some_and(|icc| apply_icc(&mut pixels, &icc));
        Ok(Decoded {
            picture: Raster::new(width as usize, height as usize, pixels)?,
            clean_jpeg: None,
            is_converted,
        })
    })
}

fn flattened(picture: &DynamicImage) -> Vec<u8> {
    let rgba = picture.to_rgba8();
    let over_white = |channel: u8, alpha: u8| {
        let mixed = u32::from(channel) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
        u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
    };
    rgba.pixels()
        .flat_map(|&image::Rgba([r, g, b, a])| [over_white(r, a), over_white(g, a), over_white(b, a)])
        .collect()
}

fn decoder<'a>(bytes: &'a [u8], format: Format, limits: &Limits) -> Result<Box<dyn ImageDecoder + 'a>, Refusal> {
    let reader = Cursor::new(bytes);
    let limit = image_limits(limits);
    let mut decoder: Box<dyn ImageDecoder + 'a> = match format {
        Format::Png => Box::new(PngDecoder::with_limits(reader, limit.clone()).map_err(|_| DAMAGED)?),
        Format::Bmp => Box::new(BmpDecoder::new(reader).map_err(|_| DAMAGED)?),
        Format::WebP => Box::new(WebPDecoder::new(reader).map_err(|_| DAMAGED)?),
        Format::Tiff => Box::new(TiffDecoder::new(reader).map_err(|_| DAMAGED)?),
        Format::Gif => Box::new(GifDecoder::new(reader).map_err(|_| DAMAGED)?),
        Format::Jpeg => return Err(Refusal::UnknownFormat),
    };
    let (width, height) = decoder.dimensions();
    limits.check_frame(width, height)?;
    decoder.set_limits(limit).map_err(|_| DAMAGED)?;
    Ok(decoder)
}

fn image_limits(limits: &Limits) -> image::Limits {
    let mut own = image::Limits::default();
    own.max_alloc = Some(limits.decode_bytes);
    own
}

/// Counts the pictures in the file, as far as "one" or "more than one" needs it.
fn count_pictures(bytes: &[u8], format: Format, limits: &Limits) -> Result<u32, Refusal> {
    let reader = Cursor::new(bytes);
    let is_animation = matches!(format, Format::Png | Format::WebP | Format::Gif);
    if is_animation && limits.takes_first_frame {
        return Ok(1);
    }
    let has_more = match format {
        Format::Png => PngDecoder::with_limits(reader, image_limits(limits))
            .and_then(|d| d.is_apng())
            .map_err(|_| DAMAGED)?,
        Format::WebP => WebPDecoder::new(reader).map_err(|_| DAMAGED)?.has_animation(),
        Format::Gif => {
            let mut decoder = GifDecoder::new(reader).map_err(|_| DAMAGED)?;
            decoder.set_limits(image_limits(limits)).map_err(|_| DAMAGED)?;
            decoder.into_frames().take(2).filter(|frame| frame.is_ok()).count() > 1
        }
        Format::Tiff => exif::has_second_directory(bytes),
        Format::Bmp | Format::Jpeg => false,
    };
    Ok(if has_more { 2 } else { 1 })
}

/// Turns a panic inside a foreign decoder into a damaged picture: one bad file must not stop a batch.
fn guarded<T>(decode: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(DAMAGED))
}
