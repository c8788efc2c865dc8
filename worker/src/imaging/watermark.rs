//! The words that are burnt into every page of evidence: what it may be used for, slanting, all over, half transparent.

use std::fmt;

use ab_glyph::{Font as _, FontVec, PxScale, ScaleFont as _, point};

use super::raster::{Raster, luma};

/// Largest font file that is read; Noto Sans CJK has 20 MB with all its faces.
pub const FONT_BYTES: u64 = 64 << 20;

/// Height of a line against the longer side of the page, and its bounds in pixels.
const LINE_SHARE: f32 = 1.0 / 50.0;
const LINE_PX: (f32, f32) = (14.0, 48.0);
/// From line to line, in heights of one: enough room to read what lies below.
const LINE_STEP: f32 = 3.2;
/// Between two copies of the words on a line, in heights of one.
const GAP: f32 = 2.5;
/// Each line begins by this part of a copy later than the one before it.
const STAGGER: f32 = 0.37;
/// Sine and cosine of the slant, 28 degrees upwards.
const SLANT: (f32, f32) = (0.469_471_56, 0.882_947_6);
/// How much of the ink covers what is below, out of 256.
const STRENGTH: u32 = 112;
/// The ink on a light ground and on a dark one.
const INKS: [u8; 2] = [40, 225];

/// Why a font is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FontFault {
    /// The bytes are no font.
    #[error("the file is no TrueType or OpenType font")]
    Unreadable,
    /// A character of the words is not in it.
    #[error("the font lacks the character U+{:04X}; a font with Chinese characters is needed", *.0 as u32)]
    Lacks(char),
}

/// An opened font.
pub struct Typeface(FontVec);

impl fmt::Debug for Typeface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typeface(…)")
    }
}

impl Typeface {
    /// Opens a font file; of a collection its first face.
    pub fn read(bytes: Vec<u8>) -> Result<Self, FontFault> {
        FontVec::try_from_vec_and_index(bytes, 0)
            .map(Self)
            .map_err(|_| FontFault::Unreadable)
    }
}

/// The words and the font that draws them.
#[derive(Debug)]
pub struct Watermark<'a> {
    typeface: &'a Typeface,
    words: String,
}

impl<'a> Watermark<'a> {
    /// Refuses words that the font cannot draw: a row of empty boxes says nothing about what a page may be used for.
    pub fn new(typeface: &'a Typeface, words: impl Into<String>) -> Result<Self, FontFault> {
        let words = words.into();
        let lacking = words
            .chars()
            .find(|&character| !character.is_whitespace() && typeface.0.glyph_id(character).0 == 0);
        match lacking {
            Some(character) => Err(FontFault::Lacks(character)),
            None => Ok(Self { typeface, words }),
        }
    }

    /// Covers the picture with the words.
    pub(super) fn burn(&self, picture: &mut Raster) {
        let long = picture.width.max(picture.height) as f32;
        let line = self.draw_line((long * LINE_SHARE).clamp(LINE_PX.0, LINE_PX.1));
        let width = picture.width;
        for (y, row) in picture.pixels.chunks_exact_mut(width * 3).enumerate() {
            let (pixels, _) = row.as_chunks_mut::<3>();
            for (x, pixel) in pixels.iter_mut().enumerate() {
                let covered = line.coverage_at(x as f32, y as f32);
                if covered > 0 {
                    *pixel = inked(*pixel, covered);
                }
            }
        }
    }

    fn draw_line(&self, height_px: f32) -> Line {
        let font = self.typeface.0.as_scaled(PxScale::from(height_px));
        let mut at = 0.0;
        let mut glyphs = Vec::new();
        for character in self.words.chars() {
            let mut glyph = font.scaled_glyph(character);
            glyph.position = point(at, font.ascent());
            at += font.h_advance(glyph.id);
            glyphs.push(glyph);
        }
        let mut line = Line::blank(at.ceil().max(1.0) as usize, font.height().ceil().max(1.0) as usize);
        for outline in glyphs
            .into_iter()
            .filter_map(|glyph| self.typeface.0.outline_glyph(glyph))
        {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, covered| {
                line.add(corner.x as i64 + i64::from(x), corner.y as i64 + i64::from(y), covered);
            });
        }
        line
    }
}

/// The words drawn once, level: how much of each pixel the ink covers.
struct Line {
    width: usize,
    height: usize,
    coverage: Vec<u8>,
}

impl Line {
    fn blank(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            coverage: vec![0; width * height],
        }
    }

    fn add(&mut self, x: i64, y: i64, covered: f32) {
        let inside = |at: i64, size: usize| usize::try_from(at).ok().filter(|&at| at < size);
        if let (Some(x), Some(y)) = (inside(x, self.width), inside(y, self.height))
            && let Some(pixel) = self.coverage.get_mut(y * self.width + x)
        {
            // Coverage is between 0 and 1, so the cast keeps it.
            *pixel = pixel.saturating_add((covered.clamp(0.0, 1.0) * 255.0) as u8);
        }
    }

    /// What covers a pixel of the page: the lines lie slanting over it, each one shifted against the last.
    fn coverage_at(&self, x: f32, y: f32) -> u8 {
        let (sine, cosine) = SLANT;
        let (along, down) = (x * cosine - y * sine, x * sine + y * cosine);
        let step = self.height as f32 * LINE_STEP;
        let number = (down / step).floor();
        let tile = self.width as f32 + self.height as f32 * GAP;
        let along = (along + number * tile * STAGGER).rem_euclid(tile);
        let (across, down) = (along as usize, (down - number * step) as usize);
        if across >= self.width || down >= self.height {
            return 0;
        }
        self.coverage.get(down * self.width + across).copied().unwrap_or(0)
    }
}

/// A pixel below the ink, which is dark on light ground and light on dark.
fn inked(pixel: [u8; 3], covered: u8) -> [u8; 3] {
    let [dark, light] = INKS;
    let ink = u32::from(if luma(pixel) >= 128 { dark } else { light });
    let share = u32::from(covered) * STRENGTH / 255;
    pixel.map(|level| {
        let mixed = (u32::from(level) * (256 - share) + ink * share) / 256;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    })
}
