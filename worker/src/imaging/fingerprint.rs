//! Finds the same picture under two records. A 64-bit hash alone accuses innocent people, because portraits of one studio
//! look alike; so hashes only shortlist, and a small grey signature of the picture itself decides.

mod align;
mod cells;
mod shortlist;
mod tangents;
mod view;
mod warp;

use fast_image_resize::FilterType;
use image::GrayImage;
use img_hash::{HashAlg, HasherConfig};

pub use shortlist::Shortlist;
pub use view::View;

use super::checks::{SMALL_HEIGHT, SMALL_WIDTH};
use super::limits::Refusal;
use super::raster::resize_grey;

/// Width of the signature in cells.
pub const SIGNATURE_WIDTH: usize = 24;
/// Height of the signature in cells.
pub const SIGNATURE_HEIGHT: usize = 32;
/// Side of the square in pixels that the hashers get.
const HASH_SIDE: usize = 32;
const UNFIT: Refusal = Refusal::Damaged {
    reason: "it cannot be scaled",
};
const SIGNATURE_BYTES: usize = SIGNATURE_WIDTH * SIGNATURE_HEIGHT;
/// Written first, so that a later layout can be told from this one.
const LAYOUT: u8 = 1;
/// Length of the stored form in bytes.
const BYTES: usize = 1 + 4 * 8 + SIGNATURE_BYTES;
/// Two signatures that differ by less than this after alignment show the same picture.
const SAME_BELOW: f64 = 0.058;

/// Two 64-bit hashes of one picture, which fail in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hashes {
    /// Signs of the horizontal gradient.
    pub gradient: u64,
    /// Signs of the low frequencies.
    pub frequency: u64,
}

/// Stands for a picture when it is compared with others; holds no face features, only brightness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Hashes of the picture.
    pub hashes: Hashes,
    /// Hashes of its mirror image.
    pub mirrored: Hashes,
    signature: [u8; SIGNATURE_BYTES],
}

/// Says how alike two pictures are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// 1 for the same pixels, about 0 for unrelated pictures.
    pub score: f64,
    /// Whether one picture is a copy of the other, perhaps re-encoded, resized, brightened or slightly cropped.
    pub same: bool,
    /// Whether it is a copy only after mirroring.
    pub mirrored: bool,
}

/// Says that stored bytes are no fingerprint of a known layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The stored fingerprint has an unknown layout or length; inspect the photo again.")]
pub struct UnknownLayout;

impl UnknownLayout {
    /// Gives the stable code for logs and job rows.
    pub const fn code(&self) -> &'static str {
        "fingerprint-unknown-layout"
    }
}

impl Fingerprint {
    /// Takes the fingerprint of a picture given as the luma of its 120×160 form, rows from the top.
    pub(super) fn of(luma: &[u8]) -> Result<Self, Refusal> {
        let scaled = |to| resize_grey(luma, (SMALL_WIDTH, SMALL_HEIGHT), to, FilterType::Bilinear);
        // The triangle filter overlaps the cells a little, so that a slight shift can be taken out again by `align`.
        let cells = scaled((SIGNATURE_WIDTH, SIGNATURE_HEIGHT))?;
        let signature = cells.try_into().map_err(|_| UNFIT)?;
        // The hashers scale once more, with a slower resampler that should not see more than it needs.
        let square = scaled((HASH_SIDE, HASH_SIDE))?;
        let mirror: Vec<u8> = square
            .chunks_exact(HASH_SIDE)
            .flat_map(|row| row.iter().rev().copied())
            .collect();
        Ok(Self {
            hashes: hashes(square)?,
            mirrored: hashes(mirror)?,
            signature,
        })
    }

    /// Gives the stored form: under 1 KiB.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.push(LAYOUT);
        let hashes = [
            self.hashes.gradient,
            self.hashes.frequency,
            self.mirrored.gradient,
            self.mirrored.frequency,
        ];
        bytes.extend(hashes.iter().flat_map(|hash| hash.to_le_bytes()));
        bytes.extend_from_slice(&self.signature);
        bytes
    }

    /// Reads the stored form back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, UnknownLayout> {
        let (&layout, rest) = bytes.split_first().ok_or(UnknownLayout)?;
        let (hashes, signature) = rest.split_at_checked(4 * 8).ok_or(UnknownLayout)?;
        let (words, _) = hashes.as_chunks::<8>();
        let &[gradient, frequency, mirrored_gradient, mirrored_frequency] = words else {
            return Err(UnknownLayout);
        };
        if layout != LAYOUT {
            return Err(UnknownLayout);
        }
        let word = u64::from_le_bytes;
        Ok(Self {
            hashes: Hashes {
                gradient: word(gradient),
                frequency: word(frequency),
            },
            mirrored: Hashes {
                gradient: word(mirrored_gradient),
                frequency: word(mirrored_frequency),
            },
            signature: signature.try_into().map_err(|_| UnknownLayout)?,
        })
    }

    /// Makes the picture ready to be compared with many others.
    pub fn view(&self) -> View {
        View::new(self.signature)
    }

    /// Makes the mirror image of the picture ready to be compared with many others.
    pub fn mirrored_view(&self) -> View {
        let mut mirrored = self.signature;
        mirrored.chunks_exact_mut(SIGNATURE_WIDTH).for_each(<[u8]>::reverse);
        View::new(mirrored)
    }
}

/// Decides whether two fingerprints show the same picture, upright or mirrored.
pub fn compare(one: &Fingerprint, other: &Fingerprint) -> Similarity {
    compare_views(Some(&one.view()), Some(&one.mirrored_view()), &other.view())
}

/// [`compare`] for a picture, its mirror image and another one that were made ready before; without the one of the first two that cannot
/// be like the other.
pub fn compare_views(upright: Option<&View>, mirrored: Option<&View>, other: &View) -> Similarity {
    let difference = |one: Option<&View>| one.map_or(align::UNRELATED, |one| align::difference(one, other));
    let (upright, mirrored) = (difference(upright), difference(mirrored));
    let is_mirrored = mirrored < upright;
    let difference = upright.min(mirrored);
    Similarity {
        score: (1.0 - difference).clamp(0.0, 1.0),
        same: difference < SAME_BELOW && !is_mirrored,
        mirrored: difference < SAME_BELOW && is_mirrored,
    }
}

fn hashes(square: Vec<u8>) -> Result<Hashes, Refusal> {
    let side = HASH_SIDE as u32;
    let picture = GrayImage::from_raw(side, side, square).ok_or(UNFIT)?;
    let config = || HasherConfig::with_bytes_type::<[u8; 8]>().hash_size(8, 8);
    let gradient = config().hash_alg(HashAlg::Gradient).to_hasher().hash_image(&picture);
    let frequency = config()
        .hash_alg(HashAlg::Median)
        .preproc_dct()
        .to_hasher()
        .hash_image(&picture);
    Ok(Hashes {
        gradient: u64::from_le_bytes(gradient.into_inner()),
        frequency: u64::from_le_bytes(frequency.into_inner()),
    })
}
