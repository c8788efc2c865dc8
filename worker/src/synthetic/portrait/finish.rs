//! From the painted planes to the picture the camera delivers: light, focus, grain, 8 bits.

use super::Staging;
use super::canvas::{Canvas, HEIGHT, WIDTH};
use super::sitting::Sitting;
use crate::synthetic::dice::Dice;

/// An 8-bit RGB picture, three bytes per pixel, row by row.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

/// Exposes the painted planes onto film.
pub(crate) fn develop(mut canvas: Canvas, sitting: &Sitting, staging: Staging) -> Picture {
    light_figure(&mut canvas, sitting);
    if staging.defocus > 0 {
        for plane in &mut canvas.planes {
            *plane = defocused(plane, staging.defocus);
        }
    }
    let exposure = if staging.exposure > 0.0 { staging.exposure } else { 1.0 };
    let mut noise = Noise(Dice::new(sitting.detail, "grain", 0).word() | 1);
    let [red, green, blue] = &canvas.planes;
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for ((red, green), blue) in red.iter().zip(green).zip(blue) {
        let grain = noise.next() * sitting.grain;
        for channel in [red, green, blue] {
            pixels.push((channel * exposure + grain + 0.5).clamp(0.0, 255.0) as u8);
        }
    }
    Picture {
        width: WIDTH,
        height: HEIGHT,
        pixels,
    }
}

/// The figure, unlike the backdrop, is brighter towards its lamp.
fn light_figure(canvas: &mut Canvas, sitting: &Sitting) {
    let tones = [
        sitting.brightness + sitting.warmth,
        sitting.brightness,
        sitting.brightness - sitting.warmth,
    ];
    for (plane, tone) in canvas.planes.iter_mut().zip(tones) {
        for (row, covers) in plane.chunks_exact_mut(WIDTH).zip(canvas.figure.chunks_exact(WIDTH)) {
            for (x, (cell, cover)) in row.iter_mut().zip(covers).enumerate() {
                let across = (x as f32 - 240.0) / 240.0;
                let factor = tone + 0.15 * sitting.light * across;
                *cell *= 1.0 + (factor - 1.0) * cover;
            }
        }
    }
}

/// Three box filters over rows and columns: close to a lens out of focus, and cheap.
fn defocused(plane: &[f32], radius: usize) -> Vec<f32> {
    let mut cells = plane.to_vec();
    for _ in 0..3 {
        cells = box_transposed(&cells, WIDTH, radius);
        cells = box_transposed(&cells, HEIGHT, radius);
    }
    cells
}

fn box_transposed(cells: &[f32], width: usize, radius: usize) -> Vec<f32> {
    let height = cells.len() / width;
    let scale = 1.0 / (2 * radius + 1) as f32;
    let mut result = vec![0.0; cells.len()];
    for (y, row) in cells.chunks_exact(width).enumerate() {
        for x in 0..width {
            let window = x.saturating_sub(radius)..(x + radius + 1).min(width);
            let missing = (2 * radius + 1 - window.len()) as f32;
            result[x * height + y] = (row[window].iter().sum::<f32>() + missing * row[x]) * scale;
        }
    }
    result
}

/// Cheap noise of standard deviation 1: a xorshift word cut into four parts and summed.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let sum = (self.0 & 0xff) + (self.0 >> 8 & 0xff) + (self.0 >> 16 & 0xff) + (self.0 >> 24 & 0xff);
        (sum as f32 - 510.0) / 147.8
    }
}
