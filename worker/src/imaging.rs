//! Bytes in, bytes and measurements out: everything that touches pixels. No I/O, no database, no clock but a stopwatch.
//! What the numbers mean is in the campaign's image profile; which photo belongs to whom is decided elsewhere.

mod checks;
mod colour;
mod decode;
mod encode;
mod exif;
mod fingerprint;
mod jpeg;
mod limits;
mod orient;
mod original;
mod raster;
mod scan;
#[cfg(test)]
mod tests;
mod watermark;

use domain::campaigns::profile::{Frame as FrameRule, Profile};
use domain::photos::finding::{Finding, FindingCode, Severity};
use fast_image_resize::FilterType;
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use checks::Measurements;
pub use decode::Format;
pub use encode::Standard;
pub use fingerprint::{Fingerprint, Hashes, Shortlist, Similarity, UnknownLayout, View, compare, compare_views};
pub use limits::{Limits, Refusal};
pub use original::original_without_metadata;
pub use scan::{SCAN_PX, Scan, scan_limits};
pub use watermark::{FONT_BYTES, FontFault, Typeface, Watermark};

use checks::{Findings, Frame};
use decode::{Container, Decoded};
use limits::Deadline;
use raster::Raster;

/// Width of the standardised picture in pixels, from 教毕指〔2017〕99号.
pub const STANDARD_WIDTH: u32 = 480;
/// Height of the standardised picture in pixels, from 教毕指〔2017〕99号.
pub const STANDARD_HEIGHT: u32 = 640;

/// How a picture is brought to the kept size. Lanczos reads half as many pixels more for a difference that nobody sees after a scaled decoding.
const SCALING: FilterType = FilterType::CatmullRom;

/// Holds everything that is found out about one photo.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// SHA-256 of the delivered bytes.
    pub sha256: [u8; 32],
    /// What the container says; `None` when the bytes are no readable picture.
    pub source: Option<Source>,
    /// All measured values.
    pub measurements: Measurements,
    /// What broke a rule, in the order of the checks; empty for a good photo.
    pub findings: Vec<Finding>,
    /// The picture to store and serve; `None` when the photo was refused.
    pub standard: Option<Standard>,
    /// A JPEG of 120×160 for lists; `None` when the photo was refused.
    pub thumbnail: Option<Vec<u8>>,
    /// What duplicates are found by; `None` when the photo was refused or shows nobody.
    pub fingerprint: Option<Fingerprint>,
    /// Why the photo was refused, for the log; `None` when it was decoded.
    pub refusal: Option<Refusal>,
}

/// Describes the delivered file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Source {
    /// What the bytes are, whatever the file is called.
    pub format: Format,
    /// Width in pixels after orientation.
    pub width: u32,
    /// Height in pixels after orientation.
    pub height: u32,
    /// EXIF orientation, 1 to 8; invalid values are 1.
    pub orientation: u8,
    /// Colour channels: 1 grey, 3 colour, 4 inks.
    pub components: u8,
    /// Resolution tag in dots per inch, across and down.
    pub density_dpi: Option<(u16, u16)>,
    /// Estimated JPEG quality on the IJG scale, 1 to 100.
    pub quality: Option<u8>,
    /// When the camera says the photo was taken, `YYYY-MM-DDTHH:MM:SS` in its own clock.
    pub captured_at: Option<String>,
    /// Size of the delivered file in bytes.
    pub size_bytes: u64,
}

/// Inspects one photo: container → limits → decode → orient → frame → light, backdrop, edge, sharpness → hash →
/// standardised picture and thumbnail. Never fails: a photo that cannot be read has `LIMIT` or `CORRUPT` as its finding.
pub fn inspect(bytes: &[u8], profile: &Profile, limits: &Limits) -> Inspection {
    let mut inspection = Inspection {
        sha256: Sha256::digest(bytes).into(),
        source: None,
        measurements: Measurements::default(),
        findings: Vec::new(),
        standard: None,
        thumbnail: None,
        fingerprint: None,
        refusal: None,
    };
    let mut findings = Findings::new(profile);
    if let Err(refusal) = run_steps(bytes, profile, limits, &mut findings, &mut inspection) {
        let (value, limit) = refusal.numbers();
        // A refusal outweighs whatever was noted on the way to it.
        findings = Findings::new(profile);
        findings.push(
            if refusal.is_limit() {
                FindingCode::Limit
            } else {
                FindingCode::Corrupt
            },
            value,
            limit,
        );
        inspection.standard = None;
        inspection.thumbnail = None;
        inspection.fingerprint = None;
        inspection.refusal = Some(refusal);
    }
    inspection.findings = findings.into_list();
    inspection
}

/// Decodes a photo as an inspection does and drops its pixels: what no inspection can be faster than.
pub fn decode_alone(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let container = Container::open(bytes, limits)?;
    container
        .decode(bytes, limits, (STANDARD_WIDTH, STANDARD_HEIGHT), 300)
        .map(drop)
}

fn run_steps(
    bytes: &[u8],
    profile: &Profile,
    limits: &Limits,
    findings: &mut Findings<'_>,
    inspection: &mut Inspection,
) -> Result<(), Refusal> {
    let deadline = Deadline::start(limits.time);
    let container = Container::open(bytes, limits)?;
    let (width, height) = container.upright_size();
    inspection.source = Some(describe(&container, bytes.len()));
    deadline.check()?;

    let density_dpi = profile.density_dpi.unwrap_or(300);
    let decoded = container.decode(bytes, limits, (STANDARD_WIDTH, STANDARD_HEIGHT), density_dpi)?;
    deadline.check()?;

    let Decoded {
        picture,
        clean_jpeg,
        is_converted,
    } = decoded;
    let picture = orient::upright(picture, container.exif.orientation)?;
    deadline.check()?;

    check_file(&container, bytes.len(), profile, findings);
    let pictures = Pictures::cut(picture)?;
    deadline.check()?;

    let luma = pictures.small.luma();
    let frame = Frame {
        full: pictures.frame(),
        small: &pictures.small,
        small_luma: &luma,
        is_colour: container.components >= 3,
        is_full_size: width >= STANDARD_WIDTH * 9 / 10 && height >= STANDARD_HEIGHT * 9 / 10,
        is_portrait: is_portrait(width, height),
    };
    inspection.measurements = checks::check_frame(&frame, findings)?;
    deadline.check()?;

    // Two empty backdrops are alike without being the same picture.
    if !findings.has(FindingCode::NoFace) {
        inspection.fingerprint = Some(Fingerprint::of(&luma)?);
    }
    deadline.check()?;

    let is_kept_size = (width, height) == (STANDARD_WIDTH, STANDARD_HEIGHT);
    let delivered = encode::Delivered {
        quality: container.quality.filter(|_| is_kept_size),
        bytes: clean_jpeg
            .as_ref()
            .filter(|_| is_kept_size && container.is_subsampled())
            .map(Vec::len),
    };
    let kept = clean_jpeg.filter(|jpeg| conforms(&container, is_converted, jpeg.len(), profile));
    inspection.standard = Some(match kept {
        Some(jpeg) => Standard {
            jpeg,
            quality: container.quality.unwrap_or(0),
            kept: true,
        },
        None => encode::standardise(&pictures.standard, delivered, profile)?,
    });
    inspection.thumbnail = Some(encode::thumbnail(pictures.thumbnail())?);
    deadline.check()
}

fn describe(container: &Container, size_bytes: usize) -> Source {
    let (width, height) = container.upright_size();
    Source {
        format: container.format,
        width,
        height,
        orientation: container.exif.orientation,
        components: container.components,
        density_dpi: container.density_dpi,
        quality: container.quality,
        captured_at: container.exif.captured_at.clone(),
        size_bytes: size_bytes as u64,
    }
}

/// Judges what the container alone tells.
fn check_file(container: &Container, size_bytes: usize, profile: &Profile, findings: &mut Findings<'_>) {
    let (width, height) = container.upright_size();
    if !container.is_rgb_jpeg() {
        findings.push(FindingCode::Fmt, None, None);
    }
    if !profile.frame.accepts(width, height) {
        let (wanted_width, wanted_height) = profile.frame.size_px();
        let is_height = matches!(profile.frame, FrameRule::Exact { .. }) && width == wanted_width;
        let (value, limit) = if is_height {
            (height, wanted_height)
        } else {
            (width, wanted_width)
        };
        findings.push(FindingCode::Size, Some(f64::from(value)), Some(f64::from(limit)));
    }
    if width > height {
        findings.push(FindingCode::Landscape, Some(f64::from(width)), Some(f64::from(height)));
    }
    let size_kb = size_bytes as f64 / 1024.0;
    if let Some(limit) = profile.file_kb.and_then(|window| window.broken_limit(size_kb)) {
        findings.push(FindingCode::Kb, Some(size_kb), Some(limit));
    }
    if let Some(wanted) = profile
        .density_dpi
        .filter(|&dpi| container.density_dpi != Some((dpi, dpi)))
    {
        let found = container.density_dpi.map(|(across, _)| f64::from(across));
        findings.push(FindingCode::Density, found, Some(f64::from(wanted)));
    }
    if let Some(quality) = container.quality.filter(|&quality| quality < profile.min_quality) {
        let least = if quality < profile.review_quality {
            Severity::Review
        } else {
            Severity::Note
        };
        findings.push_at_least(
            least,
            FindingCode::Quality,
            f64::from(quality),
            f64::from(profile.min_quality),
        );
    }
}

/// Tells whether the delivered picture data may be kept as they are.
fn conforms(container: &Container, is_converted: bool, clean_bytes: usize, profile: &Profile) -> bool {
    let Some(jpeg) = &container.jpeg else { return false };
    let has_right_data = jpeg.has_huffman_tables
        && jpeg.colour_model() == jpeg::ColourModel::YCbCr
        && jpeg.process != jpeg::Process::Unusual;
    has_right_data
        && !is_converted
        && container.exif.orientation == 1
        && container.stored == (STANDARD_WIDTH, STANDARD_HEIGHT)
        && container.quality.is_some_and(|quality| quality >= profile.min_quality)
        && profile.standard_kb.contains(clean_bytes as f64 / 1024.0)
}

fn is_portrait(width: u32, height: u32) -> bool {
    let ratio = f64::from(width) * f64::from(STANDARD_HEIGHT) / (f64::from(height) * f64::from(STANDARD_WIDTH));
    (0.97..=1.03).contains(&ratio)
}

/// The cuts of one picture that the later steps share.
struct Pictures {
    /// 480×640, cut to 3:4 from the middle: what is kept.
    standard: Raster,
    /// The whole picture stretched to 480×640: what is judged. `None` where it is the same as `standard`.
    stretched: Option<Raster>,
    /// The judged picture at 120×160.
    small: Raster,
    /// The kept picture at 120×160, where it differs from `small`.
    small_standard: Option<Raster>,
}

impl Pictures {
    fn cut(picture: Raster) -> Result<Self, Refusal> {
        let (width, height) = (STANDARD_WIDTH as usize, STANDARD_HEIGHT as usize);
        let shrink =
            |from: &Raster| from.resized(from.whole(), checks::SMALL_WIDTH, checks::SMALL_HEIGHT, FilterType::Box);
        if (picture.width, picture.height) == (width, height) {
            let small = shrink(&picture)?;
            return Ok(Self {
                standard: picture,
                stretched: None,
                small,
                small_standard: None,
            });
        }
        let standard = picture.resized(middle_cut(&picture), width, height, SCALING)?;
        let is_same_ratio = picture.width * height == picture.height * width;
        if is_same_ratio {
            let small = shrink(&standard)?;
            return Ok(Self {
                standard,
                stretched: None,
                small,
                small_standard: None,
            });
        }
        let stretched = picture.resized(picture.whole(), width, height, SCALING)?;
        let small = shrink(&stretched)?;
        let small_standard = Some(shrink(&standard)?);
        Ok(Self {
            standard,
            stretched: Some(stretched),
            small,
            small_standard,
        })
    }

    fn frame(&self) -> &Raster {
        self.stretched.as_ref().unwrap_or(&self.standard)
    }

    fn thumbnail(&self) -> &Raster {
        self.small_standard.as_ref().unwrap_or(&self.small)
    }
}

/// Gives the largest 3:4 rectangle in the middle of the picture.
fn middle_cut(picture: &Raster) -> (f64, f64, f64, f64) {
    let (width, height) = (picture.width as f64, picture.height as f64);
    let ratio = f64::from(STANDARD_WIDTH) / f64::from(STANDARD_HEIGHT);
    let (cut_width, cut_height) = (width.min(height * ratio), height.min(width / ratio));
    (
        (width - cut_width) / 2.0,
        (height - cut_height) / 2.0,
        cut_width,
        cut_height,
    )
}
