//! What a check says about a photo: a stable code, how much it weighs, and the measured value beside its limit.
//! Texts for people are not here; they are rendered from the code.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Tells what was found about a photo; the spelling (`BG`, `NOROLL`) is stable and appears in reports, receipts and the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum FindingCode {
    /// The bytes do not decode to a whole picture.
    Corrupt,
    /// The bytes were refused before decoding: size, pixels, ratio, scans or time.
    Limit,
    /// The key stands in no roll.
    NoRoll,
    /// Neither the file name nor the manifest gives a key.
    NoKey,
    /// The bytes are not JPEG, or not 8-bit RGB.
    Fmt,
    /// The picture does not have the profile's pixels after orientation.
    Size,
    /// The picture is wider than high after orientation.
    Landscape,
    /// The backdrop has the wrong colour or is not uniform.
    Bg,
    /// A black or white border stands at the edge.
    Edge,
    /// The subject is not sharp.
    Blur,
    /// The exposure is grossly wrong.
    Light,
    /// Nothing stands in front of the backdrop.
    NoFace,
    /// The same picture is filed under another record.
    Dup,
    /// The mirrored picture is filed under another record.
    Mirror,
    /// The manifest's name disagrees with the roll.
    Name,
    /// The manifest's key disagrees with the roll or with the file's own key.
    Id,
    /// The manifest's school disagrees with the roll.
    School,
    /// The key fits several open roll rows.
    MultiRoll,
    /// The roll row is closed.
    Graduated,
    /// Another photo of the same record takes its place.
    Superseded,
    /// The file size is outside the byte window.
    Kb,
    /// The resolution tag is missing or not the wanted one.
    Density,
    /// The estimated JPEG quality is too low.
    Quality,
    /// The silhouette is outside the pixel windows.
    Geom,
    /// The photo is older than allowed.
    Old,
    /// A person says: eyes closed, covered or not level.
    Eyes,
    /// A person says: mouth open or teeth showing.
    Mouth,
    /// A person says: glare, tinted lenses or frames over the eyes.
    Glass,
    /// A person says: hair covers brows, eyes or ears.
    Hair,
    /// A person says: clothing unsuitable or not distinct from the backdrop.
    Dress,
    /// A person says: retouched.
    Retouch,
    /// A person says: photographed from paper or from a screen.
    Recapture,
    /// A person says: head or shoulders not level.
    Tilt,
    /// A person says: something else, explained in words.
    Other,
}

/// Says what a finding does to the entry; ordered, so that the worst of several is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Shown, but the entry stays accepted.
    Note,
    /// A person has to look before the photo is used.
    Review,
    /// The entry is refused; a person can still overrule on appeal.
    Reject,
}

/// Carries one result of a check, with the number that led to it where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What was found.
    pub code: FindingCode,
    /// How much it weighs under the profile in force.
    pub severity: Severity,
    /// The measured value in the unit of the check; `None` where the check is not a number.
    pub value: Option<f64>,
    /// The limit the value broke, in the same unit.
    pub limit: Option<f64>,
}

/// Says that a text is none of the finding codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not a finding code; use one of the codes listed in the API document, in capitals.")]
pub struct UnknownFindingCode;

impl UnknownFindingCode {
    /// Gives the stable code for API answers and job rows.
    pub const fn code(&self) -> &'static str {
        "unknown-finding-code"
    }
}

impl FindingCode {
    /// Lists every code once, in the order of the product's table, for catalogues, filters and tests.
    pub const ALL: [FindingCode; 34] = {
        use FindingCode::*;
        [
            Corrupt, NoRoll, NoKey, Fmt, Size, Landscape, Bg, Edge, Blur, Light, NoFace, Dup, Mirror, Name, Id, School,
            MultiRoll, Graduated, Superseded, Kb, Density, Quality, Geom, Old, Limit, Eyes, Mouth, Glass, Hair, Dress,
            Retouch, Recapture, Tilt, Other,
        ]
    };

    /// Lists the codes that say a picture stands under another record too; they hold it up until somebody decides about the pair.
    pub const COPIES: [&str; 2] = [FindingCode::Dup.as_str(), FindingCode::Mirror.as_str()];

    /// Lists the codes that a person may give as the reason of a decision, in the order in which they are offered.
    pub const DECIDABLE: [FindingCode; 24] = {
        use FindingCode::*;
        [
            Eyes, Mouth, Glass, Hair, Dress, Tilt, Retouch, Recapture, Bg, Light, Blur, Edge, Geom, NoFace, Size,
            Landscape, Dup, Mirror, Superseded, Name, Id, School, Old, Other,
        ]
    };

    /// Gives the stable spelling used in reports, receipts and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            FindingCode::Corrupt => "CORRUPT",
            FindingCode::Limit => "LIMIT",
            FindingCode::NoRoll => "NOROLL",
            FindingCode::NoKey => "NOKEY",
            FindingCode::Fmt => "FMT",
            FindingCode::Size => "SIZE",
            FindingCode::Landscape => "LANDSCAPE",
            FindingCode::Bg => "BG",
            FindingCode::Edge => "EDGE",
            FindingCode::Blur => "BLUR",
            FindingCode::Light => "LIGHT",
            FindingCode::NoFace => "NOFACE",
            FindingCode::Dup => "DUP",
            FindingCode::Mirror => "MIRROR",
            FindingCode::Name => "NAME",
            FindingCode::Id => "ID",
            FindingCode::School => "SCHOOL",
            FindingCode::MultiRoll => "MULTIROLL",
            FindingCode::Graduated => "GRADUATED",
            FindingCode::Superseded => "SUPERSEDED",
            FindingCode::Kb => "KB",
            FindingCode::Density => "DENSITY",
            FindingCode::Quality => "QUALITY",
            FindingCode::Geom => "GEOM",
            FindingCode::Old => "OLD",
            FindingCode::Eyes => "EYES",
            FindingCode::Mouth => "MOUTH",
            FindingCode::Glass => "GLASS",
            FindingCode::Hair => "HAIR",
            FindingCode::Dress => "DRESS",
            FindingCode::Retouch => "RETOUCH",
            FindingCode::Recapture => "RECAPTURE",
            FindingCode::Tilt => "TILT",
            FindingCode::Other => "OTHER",
        }
    }

    /// Gives the weight of the code unless a profile raises it. `NOROLL` and `NOKEY` weigh as a review here; that such
    /// an entry is *unmatched* is decided where keys are matched.
    pub const fn default_severity(self) -> Severity {
        match self {
            FindingCode::Corrupt | FindingCode::Limit => Severity::Reject,
            FindingCode::Kb | FindingCode::Density | FindingCode::Quality | FindingCode::Geom | FindingCode::Old => {
                Severity::Note
            }
            _ => Severity::Review,
        }
    }

    /// Tells whether only a person's decision may carry the code, because no check here can see it.
    pub const fn is_for_people_only(self) -> bool {
        matches!(
            self,
            FindingCode::Eyes
                | FindingCode::Mouth
                | FindingCode::Glass
                | FindingCode::Hair
                | FindingCode::Dress
                | FindingCode::Retouch
                | FindingCode::Recapture
                | FindingCode::Tilt
                | FindingCode::Other
        )
    }
}

impl std::fmt::Display for FindingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FindingCode {
    type Err = UnknownFindingCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|code| code.as_str() == text)
            .ok_or(UnknownFindingCode)
    }
}

impl Severity {
    /// Gives the stable spelling used in reports and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Review => "review",
            Severity::Reject => "reject",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_from_its_spelling_and_from_json() {
        for code in FindingCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(code));
            assert_eq!(
                serde_json::to_string(&code).expect("a code is a JSON string"),
                format!("\"{code}\"")
            );
        }
        assert_eq!("bg".parse::<FindingCode>(), Err(UnknownFindingCode));
    }

    #[test]
    fn lists_every_code_once() {
        let mut codes = FindingCode::ALL.to_vec();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), FindingCode::ALL.len());
    }

    #[test]
    fn the_worst_severity_is_the_maximum() {
        assert!(Severity::Reject > Severity::Review && Severity::Review > Severity::Note);
        assert_eq!(FindingCode::Corrupt.default_severity(), Severity::Reject);
        assert_eq!(FindingCode::Geom.default_severity(), Severity::Note);
        assert_eq!(FindingCode::Bg.default_severity(), Severity::Review);
    }
}
