//! Colour: profiles to sRGB, inks to light, and the HSL numbers the backdrop is judged by.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Converts RGB pixels in place by an embedded ICC profile. A profile that is broken, for another colour model, or sRGB in
/// all but name leaves them as they are. Tells whether anything was converted.
pub(super) fn apply_icc(pixels: &mut [u8], icc: &[u8]) -> bool {
    // 128 bytes are the header alone.
    if icc.len() <= 128 {
        return false;
    }
    let Ok(profile) = ColorProfile::new_from_slice(icc) else {
        return false;
    };
    if profile.color_space != DataColorSpace::Rgb {
        return false;
    }
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default());
    let Ok(transform) = transform else { return false };
    let probe = probe_colours();
    let mut converted = vec![0; probe.len()];
    if transform.transform(&probe, &mut converted).is_err() || is_nearly_same(&probe, &converted) {
        return false;
    }
    let mut row = vec![0; pixels.len().min(3 * 4096)];
    for block in pixels.chunks_mut(row.len().max(1)) {
        let Some(target) = row.get_mut(..block.len()) else {
            continue;
        };
        if transform.transform(block, target).is_ok() {
            block.copy_from_slice(target);
        }
    }
    true
}

/// Spans the cube in six steps a channel: enough to see any difference between two sensible profiles.
fn probe_colours() -> Vec<u8> {
    let step = |n: usize| u8::try_from(n * 51).unwrap_or(u8::MAX);
    (0..216)
        .flat_map(|n| [step(n / 36), step(n / 6 % 6), step(n % 6)])
        .collect()
}

fn is_nearly_same(one: &[u8], other: &[u8]) -> bool {
    one.iter().zip(other).all(|(a, b)| a.abs_diff(*b) <= 3)
}

/// Converts four inks to RGB without a press profile. `is_inverted` is Adobe's habit of storing 255 for no ink.
pub(super) fn cmyk_to_rgb(cmyk: &[u8], is_inverted: bool) -> Vec<u8> {
    let light = |ink: u8| {
        if is_inverted {
            u32::from(ink)
        } else {
            255 - u32::from(ink)
        }
    };
    let (inks, _) = cmyk.as_chunks::<4>();
    let mixed = |ink: u8, black: u8| u8::try_from((light(ink) * light(black) + 127) / 255).unwrap_or(u8::MAX);
    inks.iter()
        .flat_map(|&[c, m, y, k]| [mixed(c, k), mixed(m, k), mixed(y, k)])
        .collect()
}

/// Guesses the polarity of inks that come without Adobe's marker: a photo needs little black, so where most of the black
/// channel is high, high must mean none.
pub(super) fn looks_inverted(cmyk: &[u8]) -> bool {
    let (inks, _) = cmyk.as_chunks::<4>();
    let high = inks.iter().filter(|[.., black]| *black > 127).count();
    high * 2 > inks.len()
}

/// Hue (degrees), saturation and lightness (0 to 1) of a colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hsl {
    pub hue_deg: f64,
    pub saturation: f64,
    pub lightness: f64,
}

pub(super) fn hsl(rgb: [u8; 3]) -> Hsl {
    let [red, green, blue] = rgb.map(|channel| f64::from(channel) / 255.0);
    let (high, low) = (red.max(green).max(blue), red.min(green).min(blue));
    let (lightness, chroma) = ((high + low) / 2.0, high - low);
    if chroma == 0.0 {
        return Hsl {
            hue_deg: 0.0,
            saturation: 0.0,
            lightness,
        };
    }
    let sextant = if high == red {
        (green - blue) / chroma
    } else if high == green {
        (blue - red) / chroma + 2.0
    } else {
        (red - green) / chroma + 4.0
    };
    Hsl {
        hue_deg: (sextant * 60.0).rem_euclid(360.0),
        saturation: (chroma / (1.0 - (2.0 * lightness - 1.0).abs())).min(1.0),
        lightness,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_blue_has_the_hue_of_the_standard() {
        let blue = hsl([100, 197, 255]);
        assert!((blue.hue_deg - 202.5).abs() < 0.5, "{blue:?}");
        assert!((blue.saturation - 1.0).abs() < 1e-9 && (blue.lightness - 0.696).abs() < 0.01);
    }

    #[test]
    fn rounding_takes_no_colour_beyond_full_saturation() {
        let levels = || (0..=255u8).step_by(3);
        let fullest = levels().flat_map(|red| levels().map(move |green| hsl([red, green, 255]).saturation));
        assert!(fullest.fold(0.0, f64::max) <= 1.0);
    }

    #[test]
    fn inks_of_either_polarity_become_the_same_light() {
        assert_eq!(cmyk_to_rgb(&[0, 255, 255, 0], false), [255, 0, 0]);
        assert_eq!(cmyk_to_rgb(&[255, 0, 0, 255], true), [255, 0, 0]);
        assert_eq!(cmyk_to_rgb(&[0, 0, 0, 255], false), [0, 0, 0]);
    }

    #[test]
    fn ignores_profiles_that_are_broken_or_for_grey() {
        let mut pixels = vec![10, 200, 30];
        assert!(!apply_icc(&mut pixels, &[7; 400]));
        let grey = ColorProfile::new_gray_with_gamma(2.2)
            .encode()
            .expect("a built-in profile encodes");
        assert!(!apply_icc(&mut pixels, &grey));
        assert_eq!(pixels, [10, 200, 30]);
    }

    #[test]
    fn converts_a_wide_profile_and_leaves_srgb_alone() {
        let p3 = ColorProfile::new_display_p3()
            .encode()
            .expect("a built-in profile encodes");
        let srgb = ColorProfile::new_srgb().encode().expect("a built-in profile encodes");
        let mut pixels = vec![100, 197, 200];
        assert!(!apply_icc(&mut pixels, &srgb));
        assert!(apply_icc(&mut pixels, &p3));
        assert_ne!(pixels, [100, 197, 200]);
    }
}
