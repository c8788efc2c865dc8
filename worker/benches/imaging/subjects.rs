//! What steps are measured on, made in code: pictures of a usual size in bytes, two alike, and hashes.

use domain::campaigns::profile::Profile;
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};
use worker::imaging::{Fingerprint, Hashes, Limits, inspect};

/// Draws a head and shoulders on light blue, with some texture so that the file has a usual size.
pub fn portrait(width: usize, height: usize, quality: i32) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f64 / width as f64 - 0.5, y as f64 / height as f64);
            let grain = ((x * 31 + y * 17) % 13) as u8;
            let is_head = (u / 0.26).powi(2) + ((v - 0.42) / 0.28).powi(2) < 1.0;
            let is_body = v > 0.72 + u * u;
            let rgb = if is_head {
                [205, 160, 140]
            } else if is_body {
                [40, 44, 60]
            } else {
                [103, 168, 224]
            };
            pixels
                .extend(rgb.map(|level: u8| level.saturating_add(if is_head || is_body { grain } else { grain / 6 })));
        }
    }
    let mut compressor = Compressor::new().expect("libjpeg-turbo starts");
    compressor.set_quality(quality).expect("the quality is in range");
    compressor.set_subsamp(Subsamp::Sub2x2).expect("the sampling is known");
    let image = Image {
        pixels: pixels.as_slice(),
        width,
        pitch: width * 3,
        height,
        format: PixelFormat::RGB,
    };
    compressor.compress_to_vec(image).expect("the picture encodes")
}

/// Two pictures alike enough to be aligned, which takes longest.
pub fn alike_pair() -> [Fingerprint; 2] {
    let profile = Profile::builtin("chsi-graduation").expect("built in");
    [portrait(480, 640, 85), portrait(490, 640, 60)].map(|photo| {
        let inspection = inspect(&photo, &profile, &Limits::default());
        inspection.fingerprint.expect("the picture decodes")
    })
}

/// Hashes without end, the same every time.
pub fn hashes() -> impl Iterator<Item = Hashes> {
    let mut state = 7_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state ^ (state >> 29)
    };
    std::iter::repeat_with(move || Hashes {
        gradient: next(),
        frequency: next(),
    })
}
