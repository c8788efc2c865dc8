//! The numbers of an image profile one by one, as a form shows them: what each is compared with, which code a photo gets beyond it.

use serde_json::Value;

use super::profile::Profile;
use crate::error::{Error, Result};
use crate::photos::finding::FindingCode;

/// Which side of a limit is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The measured value must reach it.
    AtLeast,
    /// The measured value may not pass it.
    AtMost,
}

/// Where the measured value of a delivered photo is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// Among the measurements of its frame.
    Frame(&'static str),
    /// The absolute of one of them.
    FrameDistance(&'static str),
    /// Among the facts of its file.
    File(&'static str),
    /// Its size in KB of 1024 bytes.
    SizeKb,
}

/// One number of a profile.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Names it in forms and texts.
    pub name: &'static str,
    /// Where it stands in the profile's JSON (RFC 6901).
    pub pointer: &'static str,
    /// What it is compared with.
    pub measured: Measured,
    /// Which side is right.
    pub side: Side,
    /// The code that a photo beyond it gets.
    pub code: FindingCode,
}

const fn limit(name: &'static str, pointer: &'static str, measured: Measured, side: Side, code: FindingCode) -> Limit {
    Limit {
        name,
        pointer,
        measured,
        side,
        code,
    }
}

/// Every number of a profile that photos are held to, in the order of an inspection.
pub const LIMITS: &[Limit] = &[
    limit(
        "file-kb-min",
        "/file_kb/min",
        Measured::SizeKb,
        Side::AtLeast,
        FindingCode::Kb,
    ),
    limit(
        "file-kb-max",
        "/file_kb/max",
        Measured::SizeKb,
        Side::AtMost,
        FindingCode::Kb,
    ),
    limit(
        "quality",
        "/min_quality",
        Measured::File("quality"),
        Side::AtLeast,
        FindingCode::Quality,
    ),
    limit(
        "subject",
        "/min_subject_share",
        Measured::Frame("subject_share"),
        Side::AtLeast,
        FindingCode::NoFace,
    ),
    limit(
        "highlight",
        "/light/min_highlight",
        Measured::Frame("highlight"),
        Side::AtLeast,
        FindingCode::Light,
    ),
    limit(
        "clipped",
        "/light/max_clipped_share",
        Measured::Frame("clipped_share"),
        Side::AtMost,
        FindingCode::Light,
    ),
    limit(
        "hue-min",
        "/backdrop/hue_deg/min",
        Measured::Frame("backdrop_hue_deg"),
        Side::AtLeast,
        FindingCode::Bg,
    ),
    limit(
        "hue-max",
        "/backdrop/hue_deg/max",
        Measured::Frame("backdrop_hue_deg"),
        Side::AtMost,
        FindingCode::Bg,
    ),
    limit(
        "saturation-min",
        "/backdrop/saturation/min",
        Measured::Frame("backdrop_saturation"),
        Side::AtLeast,
        FindingCode::Bg,
    ),
    limit(
        "saturation-max",
        "/backdrop/saturation/max",
        Measured::Frame("backdrop_saturation"),
        Side::AtMost,
        FindingCode::Bg,
    ),
    limit(
        "lightness-min",
        "/backdrop/lightness/min",
        Measured::Frame("backdrop_lightness"),
        Side::AtLeast,
        FindingCode::Bg,
    ),
    limit(
        "lightness-max",
        "/backdrop/lightness/max",
        Measured::Frame("backdrop_lightness"),
        Side::AtMost,
        FindingCode::Bg,
    ),
    limit(
        "spread",
        "/backdrop/max_spread",
        Measured::Frame("backdrop_spread"),
        Side::AtMost,
        FindingCode::Bg,
    ),
    limit(
        "cloth",
        "/backdrop/min_cloth_share",
        Measured::Frame("cloth_share"),
        Side::AtLeast,
        FindingCode::Bg,
    ),
    limit(
        "edge-width",
        "/max_edge_width_px",
        Measured::Frame("edge_width_px"),
        Side::AtMost,
        FindingCode::Blur,
    ),
    limit(
        "crown-min",
        "/silhouette/crown_px/min",
        Measured::Frame("crown_px"),
        Side::AtLeast,
        FindingCode::Geom,
    ),
    limit(
        "crown-max",
        "/silhouette/crown_px/max",
        Measured::Frame("crown_px"),
        Side::AtMost,
        FindingCode::Geom,
    ),
    limit(
        "head-min",
        "/silhouette/head_width_px/min",
        Measured::Frame("head_width_px"),
        Side::AtLeast,
        FindingCode::Geom,
    ),
    limit(
        "head-max",
        "/silhouette/head_width_px/max",
        Measured::Frame("head_width_px"),
        Side::AtMost,
        FindingCode::Geom,
    ),
    limit(
        "centre",
        "/silhouette/max_off_centre_px",
        Measured::FrameDistance("off_centre_px"),
        Side::AtMost,
        FindingCode::Geom,
    ),
];

/// The limits that a profile sets, with their values.
pub fn list_limits(profile: &Profile) -> Result<Vec<(&'static Limit, f64)>> {
    let json = serde_json::to_value(profile)?;
    let value = |limit: &Limit| json.pointer(limit.pointer).and_then(Value::as_f64);
    Ok(LIMITS.iter().filter_map(|limit| Some((limit, value(limit)?))).collect())
}

/// The profile with other values of some limits; the result is sound.
pub fn with_limits(profile: &Profile, changed: &[(&Limit, f64)]) -> Result<Profile> {
    let mut json = serde_json::to_value(profile)?;
    for (limit, value) in changed {
        let fault = || {
            Error::invalid(
                "limit",
                limit.name,
                "the limit must be a number that makes sense for it",
            )
        };
        let slot = json.pointer_mut(limit.pointer).ok_or_else(fault)?;
        *slot = if slot.is_u64() {
            let whole = (value.fract() == 0.0 && (0.0..=255.0).contains(value)).then_some(*value as u64);
            Value::from(whole.ok_or_else(fault)?)
        } else {
            serde_json::Number::from_f64(*value)
                .map(Value::Number)
                .ok_or_else(fault)?
        };
    }
    let changed: Profile = serde_json::from_value(json)?;
    changed
        .validate()
        .map_err(|error| Error::invalid("profile", "profile", error.to_string()))?;
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::profile::BUILTIN_NAMES;

    #[test]
    fn every_limit_stands_in_the_profile_that_sets_all_of_them() {
        let profile = Profile::builtin("chsi-graduation").expect("built in");
        assert_eq!(list_limits(&profile).expect("readable").len(), LIMITS.len());
        for name in BUILTIN_NAMES {
            let profile = Profile::builtin(name).expect("built in");
            let same = list_limits(&profile).expect("readable");
            assert_eq!(with_limits(&profile, &same).expect("sound"), profile);
        }
    }

    #[test]
    fn a_limit_that_makes_no_sense_is_refused() {
        let profile = Profile::builtin("chsi-graduation").expect("built in");
        let by_name = |name: &str| LIMITS.iter().find(|limit| limit.name == name).expect("a limit");
        for (name, value) in [("quality", 60.5), ("crown-min", 500.0), ("spread", f64::NAN)] {
            assert!(with_limits(&profile, &[(by_name(name), value)]).is_err(), "{name}");
        }
        let changed = with_limits(&profile, &[(by_name("edge-width"), 5.0)]).expect("sound");
        assert!((changed.max_edge_width_px - 5.0).abs() < 1e-9);
    }
}
