//! Scans of evidence: every kind is read, hostile ones cost themselves only, and the mark is everywhere.

use std::io::Cursor;
use std::sync::LazyLock;

use domain::config::Config;
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, RgbImage};
use proptest::prelude::*;

use super::drawing::{bmp, jpeg, png, portrait, progressive_jpeg, with_exif_orientation, with_exif_time};
use super::mean_difference;
use crate::imaging::raster::Raster;
use crate::imaging::{FontFault, Refusal, Scan, Typeface, Watermark, scan_limits};

const LIMIT: u64 = 10 << 20;
const WORDS: &str = "仅用于毕业生图像校对更正 工单 7 2026-11-26";

fn typeface() -> &'static Typeface {
    static TYPEFACE: LazyLock<Typeface> = LazyLock::new(|| {
        let config = Config::in_folder(std::path::Path::new("none")).expect("defaults");
        let font = std::fs::read(config.evidence.font).expect("scripts/setup.sh installs the font");
        Typeface::read(font).expect("a font")
    });
    &TYPEFACE
}

fn read(bytes: &[u8]) -> Result<Scan, Refusal> {
    Scan::read(bytes, &scan_limits(LIMIT))
}

fn marked(bytes: &[u8]) -> Vec<u8> {
    let watermark = Watermark::new(typeface(), WORDS).expect("the font has the words");
    let scan = read(bytes).expect("the scan is read");
    scan.into_marked_jpeg(&watermark).expect("the page encodes")
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let picture = portrait();
    let (width, height) = (picture.width as u32, picture.height as u32);
    let rgb = RgbImage::from_raw(width, height, picture.pixels.clone()).expect("the pixels fill the frame");
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(rgb)
        .write_to(&mut bytes, format)
        .expect("the picture encodes");
    bytes.into_inner()
}

fn plain(width: usize, height: usize, level: u8) -> Raster {
    Raster::new(width, height, vec![level; width * height * 3]).expect("the pixels fill the frame")
}

#[test]
fn every_kind_of_picture_shows_the_same() {
    let scans = [
        jpeg(portrait(), 95),
        progressive_jpeg(portrait()),
        png(portrait()),
        bmp(portrait()),
        encoded(ImageFormat::WebP),
        encoded(ImageFormat::Tiff),
        encoded(ImageFormat::Gif),
    ];
    for scan in scans {
        let read = read(&scan).expect("the kind is read");
        assert!(mean_difference(&read.0, portrait()) < 9.0, "{:?}", scan.get(..8));
    }
}

#[test]
fn of_an_animation_the_first_frame_is_taken() {
    let mut bytes = Vec::new();
    let frame = |level| {
        Frame::new(image::RgbaImage::from_pixel(
            60,
            40,
            image::Rgba([level, level, level, 255]),
        ))
    };
    GifEncoder::new(&mut bytes)
        .encode_frames([frame(250), frame(5)])
        .expect("the animation encodes");
    let scan = read(&bytes).expect("the animation is read");
    assert!(scan.0.pixels.iter().all(|&level| level > 200));
}

#[test]
fn a_scan_is_upright_small_and_without_metadata() {
    let large = portrait()
        .resized(portrait().whole(), 3600, 4800, fast_image_resize::FilterType::Box)
        .expect("it scales");
    let photo = with_exif_orientation(&with_exif_time(&jpeg(&large, 80), "2026:05:07 14:30:00"), 6);
    let page = marked(&photo);
    let shown = pixels_of_whole(&page);
    assert_eq!((shown.width, shown.height), (2400, 1800));
    assert!(!page.windows(4).any(|window| window == b"Exif" || window == b"2026"));
}

#[test]
fn the_mark_is_all_over_whatever_the_ground() {
    for level in [255, 128, 127, 0] {
        let ground = plain(1200, 1600, level);
        let page = pixels_of_whole(&marked(&png(&ground)));
        let (across, down) = (8, 10);
        for cell in 0..across * down {
            let (left, top) = (cell % across * 1200 / across, cell / across * 1600 / down);
            let strongest = (top..top + 1600 / down)
                .flat_map(|y| page.row(y).iter().skip(left).take(1200 / across))
                .map(|pixel| pixel[0].abs_diff(level))
                .max();
            assert!(strongest > Some(30), "level {level}, cell {cell}");
        }
        let touched = page.pixels.iter().filter(|value| value.abs_diff(level) > 20).count();
        let share = touched as f64 / page.pixels.len() as f64;
        assert!((0.03..0.25).contains(&share), "what lies below stays legible: {share}");
    }
}

/// The pixels of a page in its own size.
fn pixels_of_whole(page: &[u8]) -> Raster {
    read(page).expect("the page is a picture").0
}

#[test]
fn the_smallest_scan_is_marked_too() {
    let page = marked(&png(&plain(40, 30, 255)));
    assert!(pixels_of_whole(&page).pixels.iter().any(|&level| level < 220));
}

#[test]
fn a_font_without_the_words_is_refused() {
    let latin = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
    let Ok(latin) = std::fs::read(latin) else { return };
    let latin = Typeface::read(latin).expect("a font");
    let fault = Watermark::new(&latin, WORDS).expect_err("it has no Chinese");
    assert_eq!(fault, FontFault::Lacks('仅'));
    assert_eq!(Typeface::read(b"no font".to_vec()).err(), Some(FontFault::Unreadable));
}

#[test]
fn an_archive_behind_a_picture_is_gone_from_the_page() {
    let photo = jpeg(portrait(), 88);
    let archive = [
        b"PK\x03\x04".as_slice(),
        &b"id-card.exe and what is in it".repeat(40),
        b"PK\x05\x06",
    ]
    .concat();
    let polyglot = [photo.clone(), archive].concat();
    assert_eq!(marked(&polyglot), marked(&photo));
    assert!(!marked(&polyglot).windows(4).any(|window| window == b"PK\x03\x04"));
}

#[test]
fn bombs_and_wrecks_are_refused() {
    let mut bomb = png(&plain(8, 8, 0));
    bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    assert!(read(&bomb).expect_err("65,536 pixels square").is_limit() || read(&bomb).is_err());
    let flat = png(&plain(9000, 9000, 7));
    assert!((flat.len() as u64) < LIMIT, "a bomb is small");
    assert!(read(&flat).expect_err("81 million pixels").is_limit());
    assert!(
        read(&png(&plain(3000, 100, 7)))
            .expect_err("a strip of thirty to one")
            .is_limit()
    );
    let photo = jpeg(portrait(), 88);
    for percent in [1, 30, 60, 95] {
        let cut = &photo[..photo.len() * percent / 100];
        assert!(matches!(read(cut), Err(Refusal::Damaged { .. })), "{percent} %");
    }
    for foreign in [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice(),
        b"PK\x03\x04",
        b"",
    ] {
        assert_eq!(read(foreign), Err(Refusal::UnknownFormat));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn changed_scans_never_panic(
        kind in 0usize..6,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        static SCANS: LazyLock<[Vec<u8>; 6]> = LazyLock::new(|| {
            let small = portrait().resized(portrait().whole(), 60, 80, fast_image_resize::FilterType::Box).expect("it scales");
            [
                jpeg(&small, 85),
                progressive_jpeg(&small),
                png(&small),
                bmp(&small),
                encoded(ImageFormat::WebP),
                encoded(ImageFormat::Tiff),
            ]
        });
        let mut scan = SCANS[kind].clone();
        for (index, value) in changes {
            let at = index.index(scan.len());
            scan[at] = value;
        }
        scan.truncate(scan.len() / 2 + cut.index(scan.len()));
        prop_assert_eq!(read(&scan), read(&scan));
    }
}
