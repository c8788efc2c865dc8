//! Measures what stands in the frame and turns measurements into findings. Every number is first measured, then compared
//! with the profile, so that a batch can be judged again from stored measurements.
//!
//! One fault is one finding: an empty frame is not also called blurred, a dark frame is not also called a wrong backdrop.

mod backdrop;
mod border;
mod light;
mod sharpness;
mod silhouette;

use domain::campaigns::profile::Profile;
use domain::photos::finding::{Finding, FindingCode, Severity};
use serde::Serialize;

use super::limits::Refusal;
use super::raster::Raster;

/// Width of the small frame in pixels on which colour and light are measured.
pub(super) const SMALL_WIDTH: usize = 120;
/// Height of the small frame in pixels.
pub(super) const SMALL_HEIGHT: usize = 160;

/// Holds every measured value, whether or not a limit was broken; `None` where it could not be measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Measurements {
    /// Hue of the backdrop's median colour in degrees.
    pub backdrop_hue_deg: Option<f64>,
    /// HSL saturation of the backdrop, 0 to 1.
    pub backdrop_saturation: Option<f64>,
    /// HSL lightness of the backdrop, 0 to 1.
    pub backdrop_lightness: Option<f64>,
    /// Distance from the backdrop's median colour that nineteen twentieths of the cloth stay below, in levels.
    pub backdrop_spread: Option<f64>,
    /// Share of the strips beside the head that is cloth, 0 to 1.
    pub cloth_share: Option<f64>,
    /// Share of the middle of the frame that is not backdrop, 0 to 1.
    pub subject_share: Option<f64>,
    /// Depth of the deepest black or white border in pixels of the 480×640 frame.
    pub border_px: Option<f64>,
    /// Luma (0 to 255) that the darkest percent of the frame stays below.
    pub shadow: Option<f64>,
    /// Luma (0 to 255) that the brightest percent of the frame reaches.
    pub highlight: Option<f64>,
    /// Share of the frame that is burnt out, 0 to 1; a white backdrop does not count.
    pub clipped_share: Option<f64>,
    /// Width of the sharpest edges in pixels of the 480×640 frame, in the less sharp of the two directions.
    pub edge_width_px: Option<f64>,
    /// From the top edge to the highest point of the silhouette, in pixels of the 480×640 frame.
    pub crown_px: Option<f64>,
    /// Width of the head with its hair, in pixels of the 480×640 frame.
    pub head_width_px: Option<f64>,
    /// How far the middle of the head is right (positive) or left of the middle of the frame, in pixels.
    pub off_centre_px: Option<f64>,
}

/// What the checks look at.
pub(super) struct Frame<'a> {
    /// The whole upright picture at 480×640, stretched where its ratio differs.
    pub full: &'a Raster,
    /// The same at 120×160.
    pub small: &'a Raster,
    /// The luma of `small`.
    pub small_luma: &'a [u8],
    /// Whether the picture is in colour; a grey one has no backdrop colour to judge.
    pub is_colour: bool,
    /// Whether the source has about as many pixels as the frame, so that sharpness means something.
    pub is_full_size: bool,
    /// Whether the ratio is near enough to 3:4 for positions in the frame to mean something.
    pub is_portrait: bool,
}

/// Collects findings under a profile's severities.
pub(super) struct Findings<'a> {
    profile: &'a Profile,
    list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(profile: &'a Profile) -> Self {
        Self {
            profile,
            list: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, code: FindingCode, value: Option<f64>, limit: Option<f64>) {
        self.list.push(Finding {
            code,
            severity: self.profile.severity(code),
            value,
            limit,
        });
    }

    /// Adds a finding that weighs at least so much, whatever the profile says.
    pub(super) fn push_at_least(&mut self, least: Severity, code: FindingCode, value: f64, limit: f64) {
        let severity = self.profile.severity(code).max(least);
        self.list.push(Finding {
            code,
            severity,
            value: Some(value),
            limit: Some(limit),
        });
    }

    pub(super) fn into_list(self) -> Vec<Finding> {
        self.list
    }

    /// Tells whether the code was found already.
    pub(super) fn has(&self, code: FindingCode) -> bool {
        self.list.iter().any(|finding| finding.code == code)
    }
}

/// Runs the checks of the frame in their order: light, backdrop, edge, sharpness, silhouette.
pub(super) fn check_frame(frame: &Frame<'_>, findings: &mut Findings<'_>) -> Result<Measurements, Refusal> {
    let profile = findings.profile;
    let backdrop = backdrop::measure(frame.small, &profile.backdrop);
    let subject = backdrop.subject_mask(frame.small);
    let subject_share = subject.middle_share();
    let light = light::measure(frame.small, frame.small_luma, &backdrop);
    let border = border::measure(frame.full);
    let mut measured = Measurements {
        backdrop_hue_deg: Some(backdrop.colour.hue_deg),
        backdrop_saturation: Some(backdrop.colour.saturation),
        backdrop_lightness: Some(backdrop.colour.lightness),
        backdrop_spread: Some(backdrop.spread),
        cloth_share: Some(backdrop.cloth_share),
        subject_share: Some(subject_share),
        border_px: Some(border.depth_px),
        shadow: Some(light.shadow),
        highlight: Some(light.highlight),
        clipped_share: Some(light.clipped_share),
        ..Measurements::default()
    };
    if subject_share < profile.min_subject_share && backdrop.spread <= profile.backdrop.max_spread {
        findings.push(
            FindingCode::NoFace,
            Some(subject_share),
            Some(profile.min_subject_share),
        );
        return Ok(measured);
    }
    light::judge(&light, &profile.light, findings);
    if border.depth_px > 0.0 {
        findings.push(FindingCode::Edge, Some(border.depth_px), Some(0.0));
    }
    // Wrong light shows in the backdrop too, and a border covers the place where the backdrop is measured.
    let is_judged = frame.is_colour && !findings.has(FindingCode::Light) && !findings.has(FindingCode::Edge);
    if is_judged {
        backdrop::judge(&backdrop, &profile.backdrop, findings);
    }
    if frame.is_full_size && !findings.has(FindingCode::Light) {
        measured.edge_width_px = sharpness::measure(frame.full);
        if let Some(width) = measured
            .edge_width_px
            .filter(|&width| width > profile.max_edge_width_px)
        {
            findings.push(FindingCode::Blur, Some(width), Some(profile.max_edge_width_px));
        }
    }
    if frame.is_portrait
        && !findings.has(FindingCode::Bg)
        && let Some(outline) = silhouette::measure(&subject)
    {
        measured.crown_px = Some(outline.crown_px);
        measured.head_width_px = Some(outline.head_width_px);
        measured.off_centre_px = Some(outline.off_centre_px);
        silhouette::judge(&outline, profile.silhouette, findings);
    }
    Ok(measured)
}
