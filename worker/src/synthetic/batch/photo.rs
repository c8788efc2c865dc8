//! One photo of the delivery: whom it shows, what is wrong with it, and its bytes.

use super::BatchError;
use super::jpeg::{self, Density, Wrapping};
use super::retouch;
use crate::synthetic::portrait::{self, Backdrop, Picture, Staging, Subject};

/// Bytes a conforming photo keeps to, inside "20 to 40 KB" of 教毕指〔2017〕99号 whichever way a kilobyte is counted.
const USUAL_BYTES: std::ops::RangeInclusive<usize> = 20_700..=39_300;

/// What is wrong with a photo, or odd about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    None,
    Truncated,
    ZeroedTail,
    HtmlPage,
    EmptyFile,
    HugePngHeader,
    HugeJpegHeader,
    PngInside,
    Grey,
    OtherSize(usize, usize),
    /// Lying on its side, with no EXIF tag to say so.
    OnItsSide,
    /// Stored turned, with an EXIF orientation that sets it upright: harmless.
    Turned(u8),
    Backdrop(Backdrop),
    BlackBorder,
    WhiteBorder,
    Defocused,
    Underexposed,
    Overexposed,
    NobodyThere,
    ReencodedCopy,
    CroppedCopy,
    BrightenedCopy,
    MirroredCopy,
    Heavy,
    NoDensity,
    LowQuality,
    FarAway,
    TooLow,
}

/// When the shutter opened, as EXIF writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct CaptureTime {
    pub(super) year: i32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) second_of_day: u32,
}

impl CaptureTime {
    /// `YYYY:MM:DD HH:MM:SS`.
    pub(super) fn exif_text(self) -> String {
        let second = self.second_of_day;
        let (hour, minute, second) = (second / 3600 % 24, second / 60 % 60, second % 60);
        format!(
            "{:04}:{:02}:{:02} {hour:02}:{minute:02}:{second:02}",
            self.year, self.month, self.day
        )
    }
}

/// A planned photo.
#[derive(Clone, Debug)]
pub(super) struct Photo {
    /// Name in the archive.
    pub(super) entry: String,
    pub(super) subject: Subject,
    pub(super) fault: Fault,
    pub(super) captured: Option<CaptureTime>,
}

impl Photo {
    /// Draws, spoils and compresses the photo.
    pub(super) fn render(&self) -> Result<Vec<u8>, BatchError> {
        let wrapping = Wrapping {
            density: Density::Print,
            orientation: None,
            captured: self.captured,
        };
        match self.fault {
            Fault::HtmlPage => Ok(HTML_PAGE.to_vec()),
            Fault::EmptyFile => Ok(Vec::new()),
            Fault::HugePngHeader => Ok(retouch::huge_png_header()),
            Fault::PngInside => retouch::png(&self.draw()),
            Fault::Grey => Ok(jpeg::wrap(jpeg::compress_grey(&self.draw(), 88)?, wrapping)),
            Fault::Heavy => Ok(jpeg::wrap(jpeg::compress(&self.draw(), 97)?, wrapping)),
            Fault::LowQuality => self.compress_low(wrapping),
            Fault::ReencodedCopy => Ok(jpeg::wrap(jpeg::compress(&self.draw(), 60)?, wrapping)),
            Fault::Truncated => self.usual(wrapping).map(|bytes| retouch::truncated(&bytes)),
            Fault::ZeroedTail => self.usual(wrapping).map(retouch::zeroed_tail),
            Fault::HugeJpegHeader => self.usual(wrapping).map(retouch::huge_jpeg_header),
            Fault::NoDensity => self.usual(Wrapping {
                density: Density::Unknown,
                ..wrapping
            }),
            Fault::Turned(orientation) => self.usual(Wrapping {
                orientation: Some(orientation),
                ..wrapping
            }),
            _ => self.usual(wrapping),
        }
    }

    fn usual(&self, wrapping: Wrapping) -> Result<Vec<u8>, BatchError> {
        let picture = self.draw();
        let mut quality = 80 + (self.subject.person % 8) as i32;
        let mut bytes = jpeg::compress(&picture, quality)?;
        while bytes.len() > *USUAL_BYTES.end() && quality > 64 {
            quality -= 4;
            bytes = jpeg::compress(&picture, quality)?;
        }
        while bytes.len() < *USUAL_BYTES.start() && quality < 94 {
            quality += 3;
            bytes = jpeg::compress(&picture, quality)?;
        }
        Ok(jpeg::wrap(bytes, wrapping))
    }

    /// Low quality, but a usual size: such photos come from cameras with much noise.
    fn compress_low(&self, wrapping: Wrapping) -> Result<Vec<u8>, BatchError> {
        let picture = self.draw();
        let mut bytes = jpeg::compress(&picture, 48)?;
        for grain in [4, 7, 10, 14, 18, 23] {
            if bytes.len() >= *USUAL_BYTES.start() {
                break;
            }
            bytes = jpeg::compress(&retouch::grained(&picture, grain, self.subject.person), 48)?;
        }
        Ok(jpeg::wrap(bytes, wrapping))
    }

    fn draw(&self) -> Picture {
        let picture = portrait::draw(self.subject, self.staging());
        match self.fault {
            Fault::OtherSize(width, height) => retouch::resized(&picture, (0, 0), (480, 640), (width, height)),
            Fault::CroppedCopy => retouch::resized(&picture, (5, 6), (470, 627), (480, 640)),
            Fault::OnItsSide => retouch::turned(&picture, 6),
            Fault::Turned(orientation) => retouch::turned(&picture, orientation),
            Fault::BlackBorder => retouch::bordered(picture, (11, 9), 4),
            Fault::WhiteBorder => retouch::bordered(picture, (16, 16), 255),
            Fault::BrightenedCopy => retouch::brightened(picture, 112),
            Fault::MirroredCopy => retouch::mirrored(&picture),
            _ => picture,
        }
    }

    fn staging(&self) -> Staging {
        let usual = Staging::default();
        match self.fault {
            Fault::Backdrop(backdrop) => Staging {
                backdrop: Some(backdrop),
                ..usual
            },
            Fault::Defocused => Staging { defocus: 5, ..usual },
            Fault::Underexposed => Staging {
                exposure: 0.365,
                ..usual
            },
            Fault::Overexposed => Staging { exposure: 1.6, ..usual },
            Fault::NobodyThere => Staging {
                is_empty: true,
                ..usual
            },
            Fault::FarAway => Staging {
                shrink: 0.62,
                lower: 78.0,
                ..usual
            },
            Fault::TooLow => Staging { lower: 92.0, ..usual },
            _ => usual,
        }
    }
}

const HTML_PAGE: &[u8] =
    b"<!DOCTYPE html>\r\n<html><head><title>404</title></head><body><h1>404 Not Found</h1></body></html>\r\n";
