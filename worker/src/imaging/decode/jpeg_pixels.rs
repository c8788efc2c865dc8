//! JPEG through libjpeg-turbo, with its scaled decoding for camera originals.

use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor};

use super::Decoded;
use crate::imaging::colour::{apply_icc, cmyk_to_rgb, looks_inverted};
use crate::imaging::jpeg::{ColourModel, Jpeg};
use crate::imaging::limits::{Limits, Refusal};
use crate::imaging::raster::Raster;

/// Largest first. The scales between them lack SIMD code in libjpeg-turbo and would be slower than decoding more pixels.
const SCALES: [ScalingFactor; 4] = [
    ScalingFactor::ONE_EIGHTH,
    ScalingFactor::ONE_QUARTER,
    ScalingFactor::ONE_HALF,
    ScalingFactor::ONE,
];

pub(super) fn decode(
    bytes: &[u8],
    jpeg: &Jpeg,
    limits: &Limits,
    wanted: (u32, u32),
    density_dpi: u16,
) -> Result<Decoded, Refusal> {
    let damaged = Refusal::Damaged {
        reason: "the JPEG data do not decode to the end",
    };
    let (stored_width, stored_height) = (jpeg.width_px as usize, jpeg.height_px as usize);
    let fits = |scale: &ScalingFactor| {
        scale.scale(stored_width) >= wanted.0 as usize && scale.scale(stored_height) >= wanted.1 as usize
    };
    let scale = SCALES.into_iter().find(fits).unwrap_or(ScalingFactor::ONE);
    let (width, height) = (scale.scale(stored_width), scale.scale(stored_height));
    let model = jpeg.colour_model();
    let format = match model {
        ColourModel::Grey => PixelFormat::GRAY,
        ColourModel::YCbCr | ColourModel::Rgb => PixelFormat::RGB,
        ColourModel::Cmyk => PixelFormat::CMYK,
    };
    let output_bytes = width * height * format.size();
    limits.check_memory(jpeg.decode_bytes(output_bytes as u64 + bytes.len() as u64))?;

    let clean = jpeg.without_metadata(bytes, density_dpi);
    let mut decompressor = Decompressor::new().map_err(|_| damaged)?;
    decompressor.set_scaling_factor(scale).map_err(|_| damaged)?;
    let mut pixels = vec![0; output_bytes];
    let target = Image {
        pixels: pixels.as_mut_slice(),
        width,
        pitch: width * format.size(),
        height,
        format,
    };
    // TurboJPEG reports a warning (cut or damaged data) as an error too, after having filled in what it could guess.
    decompressor.decompress(&clean, target).map_err(|_| damaged)?;

    let mut pixels = match model {
        ColourModel::Grey => pixels.iter().flat_map(|&grey| [grey; 3]).collect(),
        ColourModel::YCbCr | ColourModel::Rgb => pixels,
        ColourModel::Cmyk => cmyk_to_rgb(&pixels, jpeg.adobe_transform.is_some() || looks_inverted(&pixels)),
    };
    let is_colour = matches!(model, ColourModel::YCbCr | ColourModel::Rgb);
    let is_converted = is_colour && apply_icc(&mut pixels, &jpeg.icc);
    Ok(Decoded {
        picture: Raster::new(width, height, pixels)?,
        clean_jpeg: Some(clean),
        is_converted,
    })
}
