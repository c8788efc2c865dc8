//! The image profile: every number a photo is judged by, as versioned data that a campaign stores with itself.
//! What is measured and how lives in the worker's imaging room; what is allowed lives here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::photos::finding::{FindingCode, Severity};

/// Holds the rules for the photos of one campaign; stored as JSON, so that a decision can be explained years later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Names the profile, e.g. `chsi-graduation`.
    pub name: String,
    /// Counts up with every change of a number, so that old findings can be told from new ones.
    pub version: u32,
    /// The pixels wanted after orientation.
    pub frame: Frame,
    /// The file size wanted from the agency in KB of 1024 bytes; `None` asks nothing.
    pub file_kb: Option<Window>,
    /// The file size of the standardised picture in KB of 1024 bytes, reached where `min_quality` allows.
    pub standard_kb: Window,
    /// The resolution tag wanted in dots per inch; `None` asks nothing.
    pub density_dpi: Option<u16>,
    /// The lowest JPEG quality (IJG scale 1 to 100) wanted, and the lowest the standardised picture is encoded with.
    pub min_quality: u8,
    /// Below this quality the picture falls into blocks and `QUALITY` weighs as a review, whatever it weighs otherwise.
    pub review_quality: u8,
    /// The backdrop wanted behind the person.
    pub backdrop: Backdrop,
    /// The limits of gross exposure.
    pub light: Light,
    /// The widest edge, in pixels of the 480×640 frame, that still counts as sharp.
    pub max_edge_width_px: f64,
    /// The smallest share (0 to 1) of the middle of the frame that must not be backdrop, else nobody is in front of it.
    pub min_subject_share: f64,
    /// The windows for the silhouette in pixels of the 480×640 frame; `None` asks nothing.
    pub silhouette: Option<Silhouette>,
    /// Codes that weigh more here than by default, e.g. `KB` as a review. A profile never lowers a severity.
    #[serde(default)]
    pub raised: BTreeMap<FindingCode, Severity>,
}

/// Says which pixel sizes are right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frame {
    /// Exactly this size.
    Exact {
        /// Width in pixels.
        width_px: u32,
        /// Height in pixels.
        height_px: u32,
    },
    /// At least this size and of the same ratio within one percent.
    AtLeast {
        /// Smallest width in pixels.
        width_px: u32,
        /// Smallest height in pixels.
        height_px: u32,
    },
}

/// A closed range of allowed values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The smallest allowed value.
    pub min: f64,
    /// The largest allowed value.
    pub max: f64,
}

/// Describes the backdrop by hue, saturation and lightness (HSL) of its median colour, and by how even it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Backdrop {
    /// Hue in degrees (0 to 360); `None` for white and grey, which have none.
    pub hue_deg: Option<Window>,
    /// HSL saturation, 0 to 1.
    pub saturation: Window,
    /// HSL lightness, 0 to 1.
    pub lightness: Window,
    /// How far (in levels of 0 to 255, root of the mean square over the channels) the backdrop may stray
    /// from its median colour, its worst twentieth left out; shadows and gradients go beyond.
    pub max_spread: f64,
    /// The smallest share (0 to 1) of the strips beside the head that must be one cloth; hair and shoulders take some.
    pub min_cloth_share: f64,
}

/// Describes gross exposure by luma levels (0 to 255) of the whole frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Light {
    /// The brightest percent of the frame must reach this level, else it is under-exposed.
    pub min_highlight: f64,
    /// The brightest and the darkest percent must lie this many levels apart, else the picture is flat.
    pub min_range: f64,
    /// The largest share (0 to 1) of the frame that may be burnt out (two channels at the top); white cloth does not count.
    pub max_clipped_share: f64,
}

/// Describes where the head may stand, in pixels of the 480×640 frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Silhouette {
    /// From the top edge to the crown.
    pub crown_px: Window,
    /// Width of the head from cheek to cheek; the silhouette includes the hair.
    pub head_width_px: Window,
    /// Largest distance of the middle of the head from the middle of the frame.
    pub max_off_centre_px: f64,
}

/// Says why a profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// A window is empty or not a number.
    #[error("The window `{0}` of the image profile is empty or not a number; give a smaller `min` and a larger `max`.")]
    EmptyWindow(&'static str),
    /// A number lies outside its meaning.
    #[error("The value `{0}` of the image profile is outside its range; see the description of the field.")]
    OutOfRange(&'static str),
    /// The profile would make a check weigh less than the product allows.
    #[error("The image profile lowers `{0}`; a profile may raise a severity, never lower it.")]
    LoweredSeverity(FindingCode),
    /// The profile has no name or version.
    #[error("The image profile needs a name and a version of at least 1.")]
    Unnamed,
}

impl ProfileError {
    /// Gives the stable code for API answers and exit messages.
    pub const fn code(&self) -> &'static str {
        match self {
            ProfileError::EmptyWindow(_) => "profile-empty-window",
            ProfileError::OutOfRange(_) => "profile-out-of-range",
            ProfileError::LoweredSeverity(_) => "profile-lowered-severity",
            ProfileError::Unnamed => "profile-unnamed",
        }
    }
}

impl Window {
    /// Makes a window from its two ends.
    pub const fn new(min: f64, max: f64) -> Self {
        Self { min, max }
    }

    /// Tells whether the value is allowed.
    pub fn contains(self, value: f64) -> bool {
        value >= self.min && value <= self.max
    }

    /// Gives the end of the window that the value broke, for a finding's `limit`; `None` when the value is allowed.
    pub fn broken_limit(self, value: f64) -> Option<f64> {
        if value < self.min {
            Some(self.min)
        } else if value > self.max {
            Some(self.max)
        } else {
            None
        }
    }
}

impl Frame {
    /// Gives the wanted or smallest size as width and height in pixels.
    pub const fn size_px(self) -> (u32, u32) {
        match self {
            Frame::Exact { width_px, height_px } | Frame::AtLeast { width_px, height_px } => (width_px, height_px),
        }
    }

    /// Tells whether a picture of this size is right.
    pub fn accepts(self, width_px: u32, height_px: u32) -> bool {
        match self {
            Frame::Exact {
                width_px: w,
                height_px: h,
            } => (width_px, height_px) == (w, h),
            Frame::AtLeast {
                width_px: w,
                height_px: h,
            } => {
                let ratio = f64::from(width_px) * f64::from(h) / (f64::from(height_px) * f64::from(w)).max(1.0);
                width_px >= w && height_px >= h && (ratio - 1.0).abs() <= 0.01
            }
        }
    }
}

/// The names `Profile::builtin` knows, the default first.
pub const BUILTIN_NAMES: [&str; 4] = [
    "chsi-graduation",
    "chsi-graduation-white",
    "chsi-graduation-grey",
    "studio-original",
];

impl Profile {
    /// Gives a built-in profile by name; see [`BUILTIN_NAMES`].
    pub fn builtin(name: &str) -> Option<Self> {
        match name {
            "chsi-graduation" => Some(Self::chsi(name, LIGHT_BLUE)),
            "chsi-graduation-white" => Some(Self::chsi(name, WHITE)),
            "chsi-graduation-grey" => Some(Self::chsi(name, LIGHT_GREY)),
            "studio-original" => Some(Self {
                frame: Frame::AtLeast {
                    width_px: 480,
                    height_px: 640,
                },
                file_kb: None,
                density_dpi: None,
                silhouette: None,
                ..Self::chsi(name, LIGHT_BLUE)
            }),
            _ => None,
        }
    }

    fn chsi(name: &str, backdrop: Backdrop) -> Self {
        Self {
            name: name.to_owned(),
            version: 1,
            // 教毕指〔2017〕99号: 480×640 pixels, 300 dpi, 24-bit colour JPEG, compression quality not below 60.
            frame: Frame::Exact {
                width_px: 480,
                height_px: 640,
            },
            // 教毕指〔2017〕99号: 一般在20KB至40KB, which is typical and not a hard limit.
            file_kb: Some(Window::new(20.0, 40.0)),
            standard_kb: Window::new(20.0, 40.0),
            density_dpi: Some(300),
            min_quality: 60,
            review_quality: 25,
            backdrop,
            light: Light {
                min_highlight: 96.0,
                min_range: 70.0,
                max_clipped_share: 0.45,
            },
            max_edge_width_px: 6.4,
            min_subject_share: 0.12,
            // 教毕指〔2017〕99号: crown 50–110 px below the top edge, face 180–300 px wide, head in the middle. The rule
            // gives no number for the middle; a twelfth of the width is ours.
            silhouette: Some(Silhouette {
                crown_px: Window::new(50.0, 110.0),
                head_width_px: Window::new(180.0, 300.0),
                max_off_centre_px: 40.0,
            }),
            raised: BTreeMap::new(),
        }
    }

    /// Gives the weight of a code under this profile.
    pub fn severity(&self, code: FindingCode) -> Severity {
        self.raised
            .get(&code)
            .copied()
            .unwrap_or(code.default_severity())
            .max(code.default_severity())
    }

    /// Checks that every number makes sense, so that a profile edited by hand is refused before photos are judged by it.
    pub fn validate(&self) -> Result<(), ProfileError> {
        if self.name.is_empty() || self.version == 0 {
            return Err(ProfileError::Unnamed);
        }
        for (name, window) in self.windows() {
            let is_ordered = window.min <= window.max && window.min.is_finite() && window.max.is_finite();
            if !is_ordered {
                return Err(ProfileError::EmptyWindow(name));
            }
        }
        let (width_px, height_px) = self.frame.size_px();
        let unit = 0.0..=1.0;
        let levels = 0.0..=255.0;
        let ranges = [
            (
                "frame",
                (16..=20_000).contains(&width_px) && (16..=20_000).contains(&height_px),
            ),
            ("standard_kb", self.standard_kb.max >= 1.0),
            ("density_dpi", self.density_dpi != Some(0)),
            ("min_quality", (1..=100).contains(&self.min_quality)),
            ("review_quality", self.review_quality <= self.min_quality),
            ("backdrop.max_spread", levels.contains(&self.backdrop.max_spread)),
            (
                "backdrop.min_cloth_share",
                unit.contains(&self.backdrop.min_cloth_share),
            ),
            ("light.min_highlight", levels.contains(&self.light.min_highlight)),
            ("light.min_range", levels.contains(&self.light.min_range)),
            ("light.max_clipped_share", unit.contains(&self.light.max_clipped_share)),
            ("max_edge_width_px", (1.0..=100.0).contains(&self.max_edge_width_px)),
            ("min_subject_share", unit.contains(&self.min_subject_share)),
        ];
        if let Some((name, _)) = ranges.into_iter().find(|(_, is_right)| !is_right) {
            return Err(ProfileError::OutOfRange(name));
        }
        match self
            .raised
            .iter()
            .find(|(code, severity)| **severity < code.default_severity())
        {
            Some((code, _)) => Err(ProfileError::LoweredSeverity(*code)),
            None => Ok(()),
        }
    }

    fn windows(&self) -> Vec<(&'static str, Window)> {
        let mut windows = vec![
            ("standard_kb", self.standard_kb),
            ("backdrop.saturation", self.backdrop.saturation),
            ("backdrop.lightness", self.backdrop.lightness),
        ];
        windows.extend(self.file_kb.map(|w| ("file_kb", w)));
        windows.extend(self.backdrop.hue_deg.map(|w| ("backdrop.hue_deg", w)));
        if let Some(silhouette) = self.silhouette {
            windows.push(("silhouette.crown_px", silhouette.crown_px));
            windows.push(("silhouette.head_width_px", silhouette.head_width_px));
        }
        windows
    }
}

/// Light blue. The reference RGB(100,197,255) of 教毕指〔2017〕99号 is hue 202°, saturation 1, lightness 0.70; studios and
/// cameras stray far from it, hence the wide window.
const LIGHT_BLUE: Backdrop = Backdrop {
    hue_deg: Some(Window::new(195.0, 220.0)),
    saturation: Window::new(0.3, 1.0),
    lightness: Window::new(0.45, 0.80),
    max_spread: 24.0,
    min_cloth_share: 0.25,
};

/// White, reference RGB(255,255,255) of 教毕指〔2017〕99号. Near white HSL saturation means nothing, so it is not judged.
const WHITE: Backdrop = Backdrop {
    hue_deg: None,
    saturation: Window::new(0.0, 1.0),
    lightness: Window::new(0.92, 1.0),
    max_spread: 24.0,
    min_cloth_share: 0.25,
};

/// Light grey, reference RGB(240,240,240) of 教毕指〔2017〕99号. The lower end admits the greys that studios really hang.
const LIGHT_GREY: Backdrop = Backdrop {
    hue_deg: None,
    saturation: Window::new(0.0, 0.25),
    lightness: Window::new(0.65, 0.98),
    max_spread: 24.0,
    min_cloth_share: 0.25,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_is_valid_and_survives_json() {
        for name in BUILTIN_NAMES {
            let profile = Profile::builtin(name).expect("the name is built in");
            assert_eq!(profile.validate(), Ok(()));
            let json = serde_json::to_string(&profile).expect("a profile is plain data");
            assert_eq!(serde_json::from_str::<Profile>(&json).expect("it reads back"), profile);
        }
        assert_eq!(Profile::builtin("nobody-knows"), None);
    }

    #[test]
    fn a_camera_original_may_be_larger_but_must_keep_the_ratio() {
        let frame = Profile::builtin("studio-original").expect("built in").frame;
        assert!(frame.accepts(3000, 4000) && frame.accepts(480, 640));
        assert!(!frame.accepts(240, 320) && !frame.accepts(3000, 4500) && !frame.accepts(4000, 3000));
    }

    #[test]
    fn refuses_windows_and_numbers_that_mean_nothing() {
        let good = Profile::builtin("chsi-graduation").expect("built in");
        let mut empty = good.clone();
        empty.standard_kb = Window::new(40.0, 20.0);
        assert_eq!(empty.validate(), Err(ProfileError::EmptyWindow("standard_kb")));
        let mut nan = good.clone();
        nan.max_edge_width_px = f64::NAN;
        assert_eq!(nan.validate(), Err(ProfileError::OutOfRange("max_edge_width_px")));
        let mut lowered = good;
        lowered.raised.insert(FindingCode::Bg, Severity::Note);
        assert_eq!(lowered.validate(), Err(ProfileError::LoweredSeverity(FindingCode::Bg)));
    }

    #[test]
    fn a_profile_may_raise_a_note_and_never_lowers_anything() {
        let mut profile = Profile::builtin("chsi-graduation").expect("built in");
        profile.raised.insert(FindingCode::Kb, Severity::Review);
        profile.raised.insert(FindingCode::Corrupt, Severity::Note);
        assert_eq!(profile.severity(FindingCode::Kb), Severity::Review);
        assert_eq!(profile.severity(FindingCode::Corrupt), Severity::Reject);
    }
}
