//! JPEG as cameras and studios write it: compression, density, EXIF.

use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use super::BatchError;
use super::photo::CaptureTime;
use crate::synthetic::portrait::Picture;

/// The density in the JFIF header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Density {
    /// 300 dpi.
    Print,
    /// No unit: only the pixels' aspect is known.
    Unknown,
}

/// What stands around the compressed data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wrapping {
    pub(super) density: Density,
    pub(super) orientation: Option<u8>,
    pub(super) captured: Option<CaptureTime>,
}

/// Compresses a picture in colour.
pub(super) fn compress(picture: &Picture, quality: i32) -> Result<Vec<u8>, BatchError> {
    compress_as(picture, &picture.pixels, PixelFormat::RGB, (quality, Subsamp::Sub2x2))
}

/// Compresses the brightness of a picture alone, into one channel.
pub(super) fn compress_grey(picture: &Picture, quality: i32) -> Result<Vec<u8>, BatchError> {
    let grey = |pixel: &[u8]| match *pixel {
        [red, green, blue] => ((u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29) >> 8) as u8,
        _ => 0,
    };
    let pixels: Vec<u8> = picture.pixels.chunks_exact(3).map(grey).collect();
    compress_as(picture, &pixels, PixelFormat::GRAY, (quality, Subsamp::Gray))
}

fn compress_as(
    picture: &Picture,
    pixels: &[u8],
    format: PixelFormat,
    (quality, subsamp): (i32, Subsamp),
) -> Result<Vec<u8>, BatchError> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(quality)?;
    compressor.set_subsamp(subsamp)?;
    let pitch = pixels.len() / picture.height.max(1);
    Ok(compressor.compress_to_vec(Image {
        pixels,
        width: picture.width,
        pitch,
        height: picture.height,
        format,
    })?)
}

/// Length of the start marker and the JFIF segment that libjpeg-turbo writes.
const JFIF_END: usize = 20;

/// Sets the density and adds EXIF behind the JFIF segment.
pub(super) fn wrap(mut bytes: Vec<u8>, wrapping: Wrapping) -> Vec<u8> {
    let density = match wrapping.density {
        Density::Print => [1, 1, 44, 1, 44],
        Density::Unknown => [0, 0, 1, 0, 1],
    };
    if let Some(field) = bytes.get_mut(13..18) {
        field.copy_from_slice(&density);
    }
    if let Some(segment) = exif_segment(wrapping.orientation, wrapping.captured)
        && bytes.len() > JFIF_END
    {
        bytes.splice(JFIF_END..JFIF_END, segment);
    }
    bytes
}

/// An APP1 segment with orientation and `DateTimeOriginal`, big-endian; none when there is nothing to say.
fn exif_segment(orientation: Option<u8>, captured: Option<CaptureTime>) -> Option<Vec<u8>> {
    if orientation.is_none() && captured.is_none() {
        return None;
    }
    let entries = u16::from(orientation.is_some()) + u16::from(captured.is_some());
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    tiff.extend_from_slice(&entries.to_be_bytes());
    if let Some(orientation) = orientation {
        push_entry(&mut tiff, 0x0112, 3, 1, u32::from(orientation) << 16);
    }
    if let Some(time) = captured {
        let exif_directory = 8 + 2 + 12 * u32::from(entries) + 4;
        push_entry(&mut tiff, 0x8769, 4, 1, exif_directory);
        tiff.extend_from_slice(&[0; 4]);
        tiff.extend_from_slice(&1_u16.to_be_bytes());
        push_entry(&mut tiff, 0x9003, 2, 20, exif_directory + 2 + 12 + 4);
        tiff.extend_from_slice(&[0; 4]);
        tiff.extend_from_slice(time.exif_text().as_bytes());
        tiff.push(0);
    } else {
        tiff.extend_from_slice(&[0; 4]);
    }
    let mut segment = vec![0xff, 0xe1];
    segment.extend_from_slice(&(tiff.len() as u16 + 8).to_be_bytes());
    segment.extend_from_slice(b"Exif\0\0");
    segment.extend_from_slice(&tiff);
    Some(segment)
}

fn push_entry(tiff: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32) {
    tiff.extend_from_slice(&tag.to_be_bytes());
    tiff.extend_from_slice(&kind.to_be_bytes());
    tiff.extend_from_slice(&count.to_be_bytes());
    tiff.extend_from_slice(&value.to_be_bytes());
}
