//! What happens to pictures and files between the studio and the archive.

use super::BatchError;
use crate::synthetic::dice::Dice;
use crate::synthetic::portrait::Picture;

/// The part of a picture from `origin` over `extent`, stretched to `size`; bilinear, in whole numbers.
pub(super) fn resized(
    picture: &Picture,
    origin: (usize, usize),
    extent: (usize, usize),
    size: (usize, usize),
) -> Picture {
    let columns: Vec<Tap> = (0..size.0).map(|x| Tap::new(x, origin.0, extent.0, size.0)).collect();
    let mut pixels = Vec::with_capacity(size.0 * size.1 * 3);
    for y in 0..size.1 {
        let row = Tap::new(y, origin.1, extent.1, size.1);
        for column in &columns {
            for channel in 0..3 {
                let at = |x: usize, y: usize| u64::from(picture.pixels[(y * picture.width + x) * 3 + channel]);
                let upper =
                    at(column.first, row.first) * (256 - column.share) + at(column.second, row.first) * column.share;
                let lower =
                    at(column.first, row.second) * (256 - column.share) + at(column.second, row.second) * column.share;
                pixels.push(((upper * (256 - row.share) + lower * row.share + 32_768) >> 16) as u8);
            }
        }
    }
    Picture {
        width: size.0,
        height: size.1,
        pixels,
    }
}

/// Two neighbouring source lines and the second one's share of 256.
struct Tap {
    first: usize,
    second: usize,
    share: u64,
}

impl Tap {
    fn new(place: usize, origin: usize, extent: usize, size: usize) -> Self {
        let centre = ((2 * place + 1) * extent * 128 / size).saturating_sub(128);
        let first = (centre / 256).min(extent - 1);
        Self {
            first: origin + first,
            second: origin + (first + 1).min(extent - 1),
            share: (centre % 256) as u64,
        }
    }
}

/// The pixels as a camera held this way stores them: EXIF orientation 3, 6 or 8 sets them upright.
pub(super) fn turned(picture: &Picture, orientation: u8) -> Picture {
    let (width, height) = (picture.width, picture.height);
    let (new_width, new_height) = if orientation == 3 {
        (width, height)
    } else {
        (height, width)
    };
    let mut pixels = Vec::with_capacity(picture.pixels.len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (from_x, from_y) = match orientation {
                3 => (width - 1 - x, height - 1 - y),
                6 => (width - 1 - y, x),
                _ => (y, height - 1 - x),
            };
            let start = (from_y * width + from_x) * 3;
            pixels.extend_from_slice(&picture.pixels[start..start + 3]);
        }
    }
    Picture {
        width: new_width,
        height: new_height,
        pixels,
    }
}

/// Left and right exchanged.
pub(super) fn mirrored(picture: &Picture) -> Picture {
    let mut pixels = Vec::with_capacity(picture.pixels.len());
    for row in picture.pixels.chunks_exact(picture.width * 3) {
        for pixel in row.chunks_exact(3).rev() {
            pixels.extend_from_slice(pixel);
        }
    }
    Picture { pixels, ..*picture }
}

/// A frame of one grey, `across` pixels wide left and right and `down` pixels high above and below.
pub(super) fn bordered(mut picture: Picture, (across, down): (usize, usize), grey: u8) -> Picture {
    let (width, height) = (picture.width, picture.height);
    for (place, pixel) in picture.pixels.chunks_exact_mut(3).enumerate() {
        let (x, y) = (place % width, place / width);
        if x < across || x >= width - across || y < down || y >= height - down {
            pixel.fill(grey);
        }
    }
    picture
}

/// Every value multiplied by a percentage.
pub(super) fn brightened(mut picture: Picture, per_cent: u32) -> Picture {
    for value in &mut picture.pixels {
        *value = (u32::from(*value) * per_cent / 100).min(255) as u8;
    }
    picture
}

/// Sensor noise of about this strength in levels.
pub(super) fn grained(picture: &Picture, strength: i32, seed: u64) -> Picture {
    let mut dice = Dice::new(seed, "sensor", strength as u64);
    let mut pixels = picture.pixels.clone();
    for pixel in pixels.chunks_exact_mut(3) {
        let change = dice.between(-strength, strength) + dice.between(-strength, strength);
        for value in pixel {
            *value = (i32::from(*value) + change).clamp(0, 255) as u8;
        }
    }
    Picture { pixels, ..*picture }
}

/// The file cut off during an upload.
pub(super) fn truncated(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().take(bytes.len() * 6 / 10).collect()
}

/// The file with its last third overwritten by zeros, as a crashed disk leaves it.
pub(super) fn zeroed_tail(mut bytes: Vec<u8>) -> Vec<u8> {
    let from = bytes.len() * 2 / 3;
    if let Some(tail) = bytes.get_mut(from..) {
        tail.fill(0);
    }
    bytes
}

/// A side that no photo has, claimed by hostile headers.
const HUGE_SIDE: u32 = 40_000;

/// A JPEG whose frame header claims 40,000×40,000 pixels.
pub(super) fn huge_jpeg_header(mut bytes: Vec<u8>) -> Vec<u8> {
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]);
    let side = (HUGE_SIDE as u16).to_be_bytes();
    if let Some(sides) = frame.and_then(|start| bytes.get_mut(start + 5..start + 9)) {
        sides.copy_from_slice(&[side, side].concat());
    }
    bytes
}

/// A PNG of a few bytes whose header claims 40,000×40,000 pixels.
pub(super) fn huge_png_header() -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&HUGE_SIDE.to_be_bytes());
    header.extend_from_slice(&HUGE_SIDE.to_be_bytes());
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [
        (b"IHDR", &header[..]),
        (b"IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1][..]),
        (b"IEND", &[]),
    ] {
        let chunk = [&kind[..], content].concat();
        bytes.extend_from_slice(&(content.len() as u32).to_be_bytes());
        bytes.extend_from_slice(&chunk);
        bytes.extend_from_slice(&rawzip::crc32(&chunk).to_be_bytes());
    }
    bytes
}

/// The picture as PNG, which the agency then names `.jpg`.
pub(super) fn png(picture: &Picture) -> Result<Vec<u8>, BatchError> {
    use image::ImageEncoder;
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    let (width, height) = (picture.width as u32, picture.height as u32);
    encoder.write_image(&picture.pixels, width, height, image::ExtendedColorType::Rgb8)?;
    Ok(bytes)
}
