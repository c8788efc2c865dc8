//! Draws the pictures the tests look at.

use std::sync::LazyLock;

use image::codecs::{bmp::BmpEncoder, png::PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use crate::imaging::raster::Raster;

/// A portrait made of two ellipses and a body.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub backdrop: [u8; 3],
    pub light: f64,
    pub cloth_unevenness: u8,
    pub has_person: bool,
    pub grain: u8,
    /// Changes face, hair and clothes.
    pub person: u32,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            backdrop: [103, 168, 224],
            light: 1.0,
            cloth_unevenness: 3,
            has_person: true,
            grain: 8,
            person: 1,
        }
    }
}

/// The default scene, drawn once for all tests.
pub(super) fn portrait() -> &'static Raster {
    static PORTRAIT: LazyLock<Raster> = LazyLock::new(|| Scene::default().draw());
    &PORTRAIT
}

impl Scene {
    pub(super) fn draw(&self) -> Raster {
        let (width, height) = (480usize, 640usize);
        let mut pixels = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                pixels.extend_from_slice(&self.colour_at(x as f64, y as f64));
            }
        }
        Raster::new(width, height, pixels).expect("the pixels fill the frame")
    }

    fn colour_at(&self, x: f64, y: f64) -> [u8; 3] {
        let trait_of = |n: u32| {
            let mixed = (u64::from(self.person) << 32 | u64::from(n)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            (mixed ^ mixed >> 29)
                .wrapping_mul(0xBF58_476D_1CE4_E5B9)
                .wrapping_shr(40) as f64
                / f64::from(1 << 24)
        };
        let inside = |cx: f64, cy: f64, rx: f64, ry: f64| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0;
        let middle = 232.0 + 16.0 * trait_of(1);
        let top = 250.0 + 20.0 * trait_of(2);
        let grain = (((x * 12.9898 + y * 78.233).sin() * 43_758.547).fract().abs() - 0.5) * f64::from(self.grain);
        let folds = ((x / (18.0 + 20.0 * trait_of(3))).sin() * (y / (14.0 + 22.0 * trait_of(4))).cos()) * 34.0;
        let (colour, texture) = if !self.has_person {
            (None, 0.0)
        } else if inside(middle - 42.0, top, 13.0, 7.0) || inside(middle + 42.0, top, 13.0, 7.0) {
            (Some([30.0, 25.0, 25.0]), 0.0)
        } else if inside(middle, top + 108.0, 30.0 + 14.0 * trait_of(5), 8.0) {
            (Some([150.0, 60.0, 60.0]), 0.0)
        } else if inside(middle, top + 36.0, 96.0 + 14.0 * trait_of(6), 138.0) && y > top - 74.0 - 26.0 * trait_of(7) {
            (Some([208.0, 165.0, 145.0]), grain)
        } else if inside(
            middle,
            top + 6.0,
            118.0 + 16.0 * trait_of(8),
            150.0 + 24.0 * trait_of(9),
        ) && y < top + 180.0
        {
            (
                Some([38.0 + 60.0 * trait_of(10), 34.0 + 30.0 * trait_of(10), 32.0]),
                grain,
            )
        } else if y > 486.0 + (x - middle).abs() * 0.22 {
            (
                Some([70.0 + 120.0 * trait_of(11), 60.0 + 120.0 * trait_of(12), 80.0]),
                grain + folds,
            )
        } else {
            (None, 0.0)
        };
        let wave = ((x / 53.0).sin() + (y / 71.0).cos()) / 2.0 * f64::from(self.cloth_unevenness);
        let backdrop = self.backdrop.map(|level| f64::from(level) * self.light + wave);
        colour
            .unwrap_or(backdrop)
            .map(|level| (level + texture).round().clamp(0.0, 255.0) as u8)
    }
}

fn encode(pixels: &[u8], size: (usize, usize), format: PixelFormat, quality: i32, sampling: Subsamp) -> Vec<u8> {
    let mut compressor = Compressor::new().expect("libjpeg-turbo starts");
    compressor.set_quality(quality).expect("the quality is in range");
    compressor.set_subsamp(sampling).expect("the sampling is known");
    let image = Image {
        pixels,
        width: size.0,
        pitch: size.0 * format.size(),
        height: size.1,
        format,
    };
    compressor.compress_to_vec(image).expect("the picture encodes")
}

pub(super) fn jpeg(picture: &Raster, quality: i32) -> Vec<u8> {
    encode(
        &picture.pixels,
        (picture.width, picture.height),
        PixelFormat::RGB,
        quality,
        Subsamp::Sub2x2,
    )
}

/// Encodes a picture with a colour of its own for every pixel, which takes more room.
pub(super) fn full_colour_jpeg(picture: &Raster, quality: i32) -> Vec<u8> {
    encode(
        &picture.pixels,
        (picture.width, picture.height),
        PixelFormat::RGB,
        quality,
        Subsamp::None,
    )
}

pub(super) fn progressive_jpeg(picture: &Raster) -> Vec<u8> {
    let mut compressor = Compressor::new().expect("libjpeg-turbo starts");
    compressor.set_progressive(true).expect("progressive is known");
    compressor.set_quality(85).expect("the quality is in range");
    let (width, height) = (picture.width, picture.height);
    let pixels = picture.pixels.as_slice();
    let image = Image {
        pixels,
        width,
        pitch: width * 3,
        height,
        format: PixelFormat::RGB,
    };
    compressor.compress_to_vec(image).expect("the picture encodes")
}

pub(super) fn grey_jpeg(picture: &Raster) -> Vec<u8> {
    encode(
        &picture.luma(),
        (picture.width, picture.height),
        PixelFormat::GRAY,
        88,
        Subsamp::Gray,
    )
}

/// Inks as Adobe stores them: inverted, without black.
pub(super) fn cmyk_jpeg(picture: &Raster) -> Vec<u8> {
    let inks: Vec<u8> = picture
        .pixels
        .chunks_exact(3)
        .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255])
        .collect();
    encode(
        &inks,
        (picture.width, picture.height),
        PixelFormat::CMYK,
        95,
        Subsamp::None,
    )
}

pub(super) fn png(picture: &Raster) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = (picture.width as u32, picture.height as u32);
    PngEncoder::new(&mut bytes)
        .write_image(&picture.pixels, width, height, ExtendedColorType::Rgb8)
        .expect("the picture encodes");
    bytes
}

pub(super) fn bmp(picture: &Raster) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = (picture.width as u32, picture.height as u32);
    BmpEncoder::new(&mut bytes)
        .encode(&picture.pixels, width, height, ExtendedColorType::Rgb8)
        .expect("the picture encodes");
    bytes
}

pub(super) fn map(picture: &Raster, mut change: impl FnMut(usize, usize, [u8; 3]) -> [u8; 3]) -> Raster {
    let mut changed = picture.clone();
    for (index, pixel) in changed.pixels.chunks_exact_mut(3).enumerate() {
        let rgb = change(
            index % picture.width,
            index / picture.width,
            [pixel[0], pixel[1], pixel[2]],
        );
        pixel.copy_from_slice(&rgb);
    }
    changed
}

pub(super) fn gradient(picture: &Raster) -> Raster {
    map(picture, |x, _, rgb| {
        rgb.map(|level| (f64::from(level) * (0.45 + 0.7 * x as f64 / 480.0)).min(255.0) as u8)
    })
}

pub(super) fn border(picture: &Raster, depth: usize, level: u8) -> Raster {
    let (width, height) = (picture.width, picture.height);
    map(picture, |x, y, rgb| {
        let is_border = x < depth || y < depth || x >= width - depth || y >= height - depth;
        if is_border { [level; 3] } else { rgb }
    })
}

pub(super) fn toned(picture: &Raster, gain: f64, offset: f64) -> Raster {
    map(picture, |_, _, rgb| {
        rgb.map(|level| (f64::from(level) * gain + offset).clamp(0.0, 255.0) as u8)
    })
}

/// Three box blurs of the given radius, which is nearly a Gaussian.
pub(super) fn blurred(picture: &Raster, radius: usize) -> Raster {
    let mut blurred = picture.clone();
    for _ in 0..3 {
        let rows = blurred.clone();
        blurred = map(&blurred, |x, y, _| {
            box_mean(&rows, (x.saturating_sub(radius)..=x + radius).map(|x| (x, y)))
        });
        let columns = blurred.clone();
        blurred = map(&blurred, |x, y, _| {
            box_mean(&columns, (y.saturating_sub(radius)..=y + radius).map(|y| (x, y)))
        });
    }
    blurred
}

fn box_mean(picture: &Raster, positions: impl Iterator<Item = (usize, usize)>) -> [u8; 3] {
    let (mut sum, mut count) = ([0u32; 3], 0u32);
    for (x, y) in positions {
        if let Some(rgb) = picture.row(y).get(x) {
            count += 1;
            sum.iter_mut().zip(rgb).for_each(|(s, &v)| *s += u32::from(v));
        }
    }
    sum.map(|s| u8::try_from(s / count.max(1)).unwrap_or(u8::MAX))
}

fn with_exif(photo: &[u8], tiff: &[u8]) -> Vec<u8> {
    let mut segment = vec![0xFF, 0xE1];
    segment.extend(u16::try_from(tiff.len() + 8).expect("the block is small").to_be_bytes());
    segment.extend_from_slice(b"Exif\0\0");
    segment.extend_from_slice(tiff);
    [&photo[..2], &segment, &photo[2..]].concat()
}

fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    [
        &tag.to_le_bytes()[..],
        &kind.to_le_bytes(),
        &count.to_le_bytes(),
        &value.to_le_bytes(),
    ]
    .concat()
}

pub(super) fn with_exif_orientation(photo: &[u8], value: u16) -> Vec<u8> {
    let tiff = [
        b"II*\0\x08\0\0\0\x01\0".to_vec(),
        entry(0x0112, 3, 1, u32::from(value)),
        vec![0; 4],
    ]
    .concat();
    with_exif(photo, &tiff)
}

pub(super) fn with_exif_time(photo: &[u8], text: &str) -> Vec<u8> {
    let mut tiff = [b"II*\0\x08\0\0\0\x01\0".to_vec(), entry(0x0132, 2, 20, 26), vec![0; 4]].concat();
    tiff.extend_from_slice(text.as_bytes());
    tiff.push(0);
    with_exif(photo, &tiff)
}
