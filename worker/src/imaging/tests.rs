//! Tests of the whole room with pictures drawn here; the corpora of `ROLLPROOF_TESTDATA` come on top.

mod corpus;
mod damage;
mod drawing;
mod same_picture;
mod scans;

use domain::campaigns::profile::Profile;
use domain::photos::finding::{FindingCode, Severity};

use super::*;
use drawing::{Scene, full_colour_jpeg, jpeg, portrait, with_exif_orientation};

fn chsi() -> Profile {
    Profile::builtin("chsi-graduation").expect("built in")
}

fn look(bytes: &[u8]) -> Inspection {
    inspect(bytes, &chsi(), &Limits::default())
}

/// The codes that are more than notes.
fn grave(inspection: &Inspection) -> Vec<FindingCode> {
    inspection
        .findings
        .iter()
        .filter(|f| f.severity > Severity::Note)
        .map(|f| f.code)
        .collect()
}

fn noted(inspection: &Inspection) -> Vec<FindingCode> {
    inspection.findings.iter().map(|f| f.code).collect()
}

fn pixels_of(jpeg: &[u8]) -> Raster {
    let container = Container::open(jpeg, &Limits::default()).expect("the JPEG opens");
    container
        .decode(jpeg, &Limits::default(), (480, 640), 300)
        .expect("the JPEG decodes")
        .picture
}

fn mean_difference(one: &Raster, other: &Raster) -> f64 {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let sum: u64 = one
        .pixels
        .iter()
        .zip(&other.pixels)
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / one.pixels.len() as f64
}

#[test]
fn a_good_portrait_has_no_finding_above_a_note_and_keeps_its_data() {
    let photo = jpeg(portrait(), 88);
    let inspection = look(&photo);
    assert_eq!(grave(&inspection), []);
    let standard = inspection.standard.expect("a good photo is standardised");
    assert!(
        standard.kept,
        "size {} quality {}",
        standard.jpeg.len(),
        standard.quality
    );
    assert_eq!(pixels_of(&standard.jpeg), pixels_of(&photo));
}

#[test]
fn stands_upright_whatever_the_exif_orientation_is() {
    let upright = portrait().clone();
    for orientation in 1..=8 {
        let stored = orient::upright(upright.clone(), inverse(orientation)).expect("a picture can be turned");
        let inspection = look(&with_exif_orientation(&jpeg(&stored, 92), u16::from(orientation)));
        assert_eq!(grave(&inspection), [], "orientation {orientation}");
        let standard = inspection.standard.expect("it decodes");
        assert!(
            mean_difference(&pixels_of(&standard.jpeg), &upright) < 4.0,
            "orientation {orientation}"
        );
        assert_eq!(standard.kept, orientation == 1);
    }
}

/// The orientation whose turning undoes another one.
fn inverse(orientation: u8) -> u8 {
    match orientation {
        6 => 8,
        8 => 6,
        other => other,
    }
}

#[test]
fn an_invalid_orientation_leaves_the_picture_as_stored() {
    for value in [0, 9, 65_535] {
        let inspection = look(&with_exif_orientation(&jpeg(portrait(), 88), value));
        assert_eq!(inspection.source.expect("it opens").orientation, 1);
    }
}

#[test]
fn names_the_planted_fault_and_no_other() {
    let blue = Scene::default();
    let cases = [
        (
            FindingCode::Bg,
            Scene {
                backdrop: [196, 42, 44],
                ..blue
            }
            .draw(),
        ),
        (
            FindingCode::Bg,
            Scene {
                backdrop: [246, 246, 246],
                ..blue
            }
            .draw(),
        ),
        (
            FindingCode::Bg,
            Scene {
                backdrop: [40, 42, 46],
                ..blue
            }
            .draw(),
        ),
        (
            FindingCode::Bg,
            Scene {
                backdrop: [90, 150, 84],
                ..blue
            }
            .draw(),
        ),
        (FindingCode::Bg, drawing::gradient(&blue.draw())),
        (
            FindingCode::NoFace,
            Scene {
                has_person: false,
                ..blue
            }
            .draw(),
        ),
        (FindingCode::Edge, drawing::border(&blue.draw(), 12, 0)),
        (FindingCode::Edge, drawing::border(&blue.draw(), 12, 255)),
        (FindingCode::Blur, drawing::blurred(&blue.draw(), 9)),
        (FindingCode::Light, drawing::toned(&blue.draw(), 0.3, 0.0)),
        (FindingCode::Light, drawing::toned(&blue.draw(), 3.0, 60.0)),
        (FindingCode::Light, drawing::toned(&blue.draw(), 0.2, 110.0)),
    ];
    for (index, (code, picture)) in cases.iter().enumerate() {
        assert_eq!(grave(&look(&jpeg(picture, 88))), [*code], "case {index}");
    }
}

#[test]
fn hair_that_fills_the_upper_corners_is_no_backdrop() {
    for hair in [[14, 13, 15], [92, 84, 80]] {
        let picture = drawing::map(&Scene::default().draw(), |x, y, rgb| {
            let is_beside_the_ears = y > 150 && !(72..408).contains(&x);
            if y < 270 && !is_beside_the_ears { hair } else { rgb }
        });
        let found = grave(&look(&jpeg(&picture, 88)));
        assert!(!found.contains(&FindingCode::Bg), "{hair:?}: {found:?}");
    }
}

#[test]
fn broad_stripes_of_cloth_at_the_bottom_are_no_border() {
    for (height, dark) in [(9, [12, 12, 14]), (24, [8, 9, 9])] {
        let picture = drawing::map(&Scene::default().draw(), |_, y, rgb| {
            match (y, (639 - y) / height % 2) {
                (540.., 0) => dark,
                (540.., _) => [186, 178, 170],
                _ => rgb,
            }
        });
        let codes = grave(&look(&jpeg(&picture, 90)));
        assert!(!codes.contains(&FindingCode::Edge), "stripes of {height} px: {codes:?}");
    }
}

#[test]
fn tolerates_cloth_that_is_uneven_or_lit_differently() {
    for light in [0.84, 0.92, 1.0, 1.1] {
        let picture = Scene {
            light,
            cloth_unevenness: 11,
            ..Scene::default()
        }
        .draw();
        assert_eq!(grave(&look(&jpeg(&picture, 88))), [], "light {light}");
    }
}

#[test]
fn judges_white_and_grey_by_their_own_profiles() {
    for (name, backdrop) in [
        ("chsi-graduation-white", [250, 250, 250]),
        ("chsi-graduation-grey", [225, 225, 225]),
    ] {
        let photo = jpeg(
            &Scene {
                backdrop,
                ..Scene::default()
            }
            .draw(),
            88,
        );
        let profile = Profile::builtin(name).expect("built in");
        assert_eq!(grave(&inspect(&photo, &profile, &Limits::default())), [], "{name}");
        assert_eq!(grave(&look(&photo)), [FindingCode::Bg]);
    }
}

#[test]
fn tells_wrong_size_and_landscape() {
    let picture = portrait().clone();
    let half = picture
        .resized(picture.whole(), 240, 320, FilterType::Lanczos3)
        .expect("it scales");
    assert_eq!(grave(&look(&jpeg(&half, 88))), [FindingCode::Size]);
    let lying = picture
        .resized(picture.whole(), 640, 480, FilterType::Lanczos3)
        .expect("it scales");
    assert_eq!(
        grave(&look(&jpeg(&lying, 88))),
        [FindingCode::Size, FindingCode::Landscape]
    );
}

#[test]
fn other_formats_and_colour_models_are_reviewed_but_measured() {
    let picture = portrait().clone();
    for photo in [
        drawing::png(&picture),
        drawing::bmp(&picture),
        drawing::grey_jpeg(&picture),
        drawing::cmyk_jpeg(&picture),
    ] {
        let inspection = look(&photo);
        assert_eq!(grave(&inspection), [FindingCode::Fmt]);
        let standard = inspection.standard.expect("it is standardised");
        assert!(!standard.kept && inspection.fingerprint.is_some() && inspection.thumbnail.is_some());
    }
    let inks = look(&drawing::cmyk_jpeg(&picture))
        .standard
        .expect("it is standardised");
    assert!(mean_difference(&pixels_of(&inks.jpeg), &picture) < 4.0);
}

#[test]
fn drops_all_metadata_and_sets_300_dpi() {
    let mut photo = with_exif_orientation(&jpeg(portrait(), 88), 1);
    photo.extend_from_slice(b"PK\x03\x04 trailing archive with a secret");
    photo.splice(2..2, *b"\xFF\xFE\x00\x08secret");
    for bytes in [photo.clone(), drawing::png(portrait())] {
        let standard = look(&bytes).standard.expect("it is standardised").jpeg;
        assert!(!standard.windows(6).any(|w| w == b"secret") && !standard.windows(4).any(|w| w == b"Exif"));
        let source = look(&standard).source.expect("it opens");
        assert_eq!(
            (source.density_dpi, source.width, source.height),
            (Some((300, 300)), 480, 640)
        );
        assert!(!noted(&look(&standard)).contains(&FindingCode::Density));
    }
}

#[test]
fn reads_the_capture_time_only_when_it_is_one() {
    let photo = jpeg(portrait(), 88);
    let at = |text: &str| {
        look(&drawing::with_exif_time(&photo, text))
            .source
            .expect("it opens")
            .captured_at
    };
    assert_eq!(at("2025:06:30 08:15:59"), Some("2025-06-30T08:15:59".to_owned()));
    assert_eq!(at("2025:02:30 08:15:59"), None);
    assert_eq!(at("0000:00:00 00:00:00"), None);
}

#[test]
fn finer_colours_that_made_a_file_too_large_do_not_cost_it_quality() {
    let picture = portrait();
    let is_too_large = |file: &[u8]| file.len() > 40 * 1024;
    let quality = (88..=95)
        .find(|&quality| is_too_large(&full_colour_jpeg(picture, quality)) && !is_too_large(&jpeg(picture, quality)))
        .expect("a quality at which only the finer colours are too large");
    let standard = look(&full_colour_jpeg(picture, quality)).standard;
    assert_eq!(standard.map(|standard| i32::from(standard.quality)), Some(quality));
}

#[test]
fn estimates_the_quality_and_fits_the_file_into_the_window() {
    let picture = Scene {
        grain: 30,
        ..Scene::default()
    }
    .draw();
    for quality in [10, 40, 60, 75, 85, 92, 100] {
        let inspection = look(&jpeg(&picture, quality));
        let source = inspection.source.as_ref().expect("it opens");
        assert_eq!(source.quality.map(i32::from), Some(quality));
        assert_eq!(noted(&inspection).contains(&FindingCode::Quality), quality < 60);
        let standard = inspection.standard.expect("it is standardised");
        let size_kb = standard.jpeg.len() as f64 / 1024.0;
        assert!(
            standard.quality >= 60 && (size_kb <= 40.0 || standard.quality == 60),
            "{size_kb} KB"
        );
    }
}

#[test]
fn a_large_original_is_decoded_small_and_passes_its_profile() {
    let picture = portrait().clone();
    let large = picture
        .resized(picture.whole(), 1920, 2560, FilterType::Bilinear)
        .expect("it scales");
    let profile = Profile::builtin("studio-original").expect("built in");
    let inspection = inspect(&jpeg(&large, 90), &profile, &Limits::default());
    assert_eq!(grave(&inspection), []);
    let standard = inspection.standard.expect("it is standardised");
    assert!(mean_difference(&pixels_of(&standard.jpeg), &picture) < 6.0);
}
