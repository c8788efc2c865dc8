//! Walks the picture corpus of the folder named by `ROLLPROOF_TESTDATA`; says so and passes where it is unset.
#![expect(
    clippy::disallowed_methods,
    reason = "where the corpus is comes from the environment"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{grave, look, mean_difference, pixels_of};
use crate::imaging::FindingCode;

/// No picture may take longer.
const LONGEST: Duration = Duration::from_secs(10);

fn testdata(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ROLLPROOF_TESTDATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped {test}: ROLLPROOF_TESTDATA is unset");
    }
    folder
}

fn is_refused(codes: &[FindingCode]) -> bool {
    codes
        .iter()
        .any(|code| matches!(code, FindingCode::Limit | FindingCode::Corrupt))
}

#[test]
fn every_picture_of_the_corpus_is_handled_as_its_index_says() {
    let Some(folder) = testdata("every_picture_of_the_corpus_is_handled_as_its_index_says") else {
        return;
    };
    let index = std::fs::read_to_string(folder.join("images/INDEX.tsv")).expect("the corpus has an index");
    let mut wrong = Vec::new();
    for line in index.lines().skip(1) {
        let mut columns = line.split('\t');
        let (Some(file), Some(expected)) = (columns.next(), columns.nth(2)) else {
            continue;
        };
        let bytes = std::fs::read(folder.join("images").join(file)).expect("the index names files that exist");
        let start = Instant::now();
        let inspection = look(&bytes);
        if start.elapsed() > LONGEST {
            wrong.push(format!("{file}: took {:?}", start.elapsed()));
        }
        let codes = grave(&inspection);
        let is_right = match expected {
            "accept" | "accept-normalise" => !is_refused(&codes) && inspection.standard.is_some(),
            // A JPEG under another extension is flagged where names are looked at, not here.
            "flag" | "reject" => !codes.is_empty(),
            _ => true,
        };
        if !is_right {
            wrong.push(format!("{file}: expected {expected}, found {codes:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn turned_and_wide_gamut_pictures_come_out_like_the_baseline() {
    let Some(folder) = testdata("turned_and_wide_gamut_pictures_come_out_like_the_baseline") else {
        return;
    };
    let standard = |name: &str| {
        let bytes = std::fs::read(folder.join("images/made").join(name)).expect("the corpus is whole");
        pixels_of(&look(&bytes).standard.expect("the picture decodes").jpeg)
    };
    let baseline = standard("baseline.jpg");
    let turned = (1..=8).map(|orientation| format!("exif_orientation_{orientation}.jpg"));
    let others = [
        "icc_adobe_rgb.jpg",
        "icc_display_p3.jpg",
        "cmyk.jpg",
        "rgb_no_ycc.jpg",
        "rgb16.png",
        "icc_srgb.jpg",
    ];
    for name in turned.chain(others.map(str::to_owned)) {
        let difference = mean_difference(&standard(&name), &baseline);
        assert!(difference < 4.0, "{name} differs by {difference}");
    }
}

#[test]
fn good_portraits_pass_and_wrong_backdrops_do_not() {
    let Some(folder) = testdata("good_portraits_pass_and_wrong_backdrops_do_not") else {
        return;
    };
    let folder = folder.join("faces/compliance");
    let codes = |path: &Path| grave(&look(&std::fs::read(path).expect("the file was listed")));
    for entry in std::fs::read_dir(&folder).expect("the corpus has compliance pictures") {
        let path = entry.expect("the folder can be listed").path();
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let plain = [
            "background_red",
            "background_white",
            "background_dark",
            "background_green",
            "background_grey",
        ];
        if name.starts_with("ok_") || name == "glasses_clear.jpg" {
            assert_eq!(codes(&path), [], "{name}");
        } else if plain.iter().any(|p| name.starts_with(p)) {
            assert_eq!(codes(&path), [FindingCode::Bg], "{name}");
        } else if matches!(name.as_str(), "too_dark.jpg" | "overexposed.jpg" | "low_contrast.jpg") {
            assert_eq!(codes(&path), [FindingCode::Light], "{name}");
        } else if matches!(name.as_str(), "blurred.jpg" | "motion_blur.jpg") {
            assert_eq!(codes(&path), [FindingCode::Blur], "{name}");
        }
    }
}
