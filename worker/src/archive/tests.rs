//! Faults of whole archives and of single entries, each built in memory.

mod corpus;
mod entries;
mod folders;
mod mutations;
mod zip_builder;

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use zip_builder::{Item, Zip, deflated, raw_named, stored, unicode_path_field, zip};

const MAX_BYTES: u64 = 1 << 20;

/// An archive file that lives as long as the test.
struct OnDisk {
    _folder: TempDir,
    path: PathBuf,
}

fn on_disk(bytes: &[u8]) -> OnDisk {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("delivery.zip");
    std::fs::write(&path, bytes).unwrap();
    OnDisk { _folder: folder, path }
}

fn open_with(zip: &Zip, limits: &ArchiveLimits) -> Result<Archive, ArchiveError> {
    Archive::open(&on_disk(&zip.build()).path, limits)
}

fn open(zip: &Zip) -> Result<Archive, ArchiveError> {
    open_with(zip, &ArchiveLimits::default())
}

fn error_code(zip: &Zip) -> &'static str {
    open(zip).map(|_| "opened").unwrap_or_else(|error| error.code())
}

fn good() -> [Item; 2] {
    [
        stored("110105194912310021.jpg", b"first photo"),
        deflated("class/110105194912310048.jpg", &[7; 5000]),
    ]
}

fn with_good(item: Item) -> Zip {
    let [first, _] = good();
    zip([first, item])
}

#[test]
fn reads_stored_and_deflated_entries() {
    let archive = open(&zip(good())).unwrap();
    let [first, second] = archive.entries() else {
        panic!("two entries")
    };
    assert_eq!(archive.read_entry(first, MAX_BYTES).unwrap(), b"first photo");
    assert_eq!(archive.read_entry(second, MAX_BYTES).unwrap(), [7; 5000]);
    assert_eq!(second.name, "class/110105194912310048.jpg");
    assert_eq!(
        first.modified.map(|time| (time.date(), time.time())),
        Some(((2025, 1, 1), (9, 0, 0)))
    );
    assert!(archive.require_readable().is_ok());
}

#[test]
fn reads_an_entry_from_its_stored_form_without_listing_the_archive() {
    let file = on_disk(&zip(good()).build());
    let entries = Archive::open(&file.path, &ArchiveLimits::default())
        .unwrap()
        .into_entries();
    let text = serde_json::to_string(&entries).unwrap();
    let entries: Vec<Entry> = serde_json::from_str(&text).unwrap();
    let opened = ArchiveFile::open(&file.path).unwrap();
    assert_eq!(
        opened.read(entries[1].stored.as_ref().unwrap(), MAX_BYTES).unwrap(),
        [7; 5000]
    );
}

#[test]
fn reads_streamed_prefixed_commented_and_zip64_archives() {
    let [first, second] = good();
    let streamed = [
        Item {
            has_descriptor: true,
            ..first.clone()
        },
        Item {
            has_descriptor: true,
            ..second.clone()
        },
    ];
    let large = [
        Item {
            is_zip64: true,
            ..first.clone()
        },
        Item {
            is_zip64: true,
            ..second.clone()
        },
    ];
    let whole = [
        zip(streamed),
        Zip {
            prefix: b"MZ self extractor".repeat(9),
            ..zip(good())
        },
        Zip {
            comment: vec![b'c'; 65_535],
            ..zip(good())
        },
        zip(large),
        Zip {
            has_zip64_end: true,
            ..zip(good())
        },
    ];
    for zip in whole {
        let archive = open(&zip).unwrap();
        for entry in archive.entries() {
            archive.read_entry(entry, MAX_BYTES).unwrap();
        }
        assert_eq!(archive.entries().len(), 2);
    }
}

#[test]
fn names_what_is_not_a_whole_archive() {
    let whole = zip(good()).build();
    let code = |bytes: &[u8]| {
        Archive::open(&on_disk(bytes).path, &ArchiveLimits::default())
            .unwrap_err()
            .code()
    };
    assert_eq!(code(b""), "archive-empty");
    assert_eq!(code(b"Rar!\x1a\x07\x01\x00 and more"), "archive-not-a-zip");
    for cut in 1..whole.len() {
        let cut_code = code(&whole[..cut]);
        assert!(
            ["archive-truncated", "archive-not-a-zip"].contains(&cut_code),
            "cut at {cut}: {cut_code}"
        );
    }
    assert_eq!(error_code(&zip([])), "archive-no-entries");
    assert_eq!(
        error_code(&Zip {
            trailing: vec![0],
            ..zip(good())
        }),
        "archive-trailing-bytes"
    );
}

#[test]
fn refuses_an_end_record_that_lies() {
    assert_eq!(error_code(&Zip { disk: 1, ..zip(good()) }), "archive-multi-disk");
    assert_eq!(
        error_code(&Zip {
            count: Some(1),
            ..zip(good())
        }),
        "archive-count-mismatch"
    );
    assert_eq!(
        error_code(&Zip {
            count: Some(3),
            ..zip(good())
        }),
        "archive-count-mismatch"
    );
    assert_eq!(
        error_code(&Zip {
            directory_offset: Some(5),
            ..zip(good())
        }),
        "archive-wrong-offset"
    );
    let lost = Zip {
        has_zip64_end: true,
        zip64_locator_offset: Some(1 << 40),
        ..zip(good())
    };
    assert_eq!(error_code(&lost), "archive-truncated");
}

#[test]
fn refuses_a_second_archive_in_the_comment_of_the_first() {
    let hidden = zip([stored("other.jpg", b"other")]).build();
    assert_eq!(
        error_code(&Zip {
            comment: hidden,
            ..zip(good())
        }),
        "archive-ambiguous-end"
    );
    assert!(open(&with_good(stored("inner.jpg", &zip(good()).build()))).is_ok());
}

#[test]
fn refuses_entries_that_point_elsewhere() {
    let wrong = |item: Item| error_code(&with_good(item));
    assert_eq!(
        wrong(Item {
            central_offset: Some(3),
            ..stored("b.jpg", b"b")
        }),
        "archive-wrong-offset"
    );
    assert_eq!(
        wrong(Item {
            central_offset: Some(u32::MAX),
            ..stored("b.jpg", b"b")
        }),
        "archive-wrong-offset"
    );
    assert_eq!(
        wrong(Item {
            central_packed_size: Some(9_999_999),
            ..deflated("b.jpg", b"b")
        }),
        "archive-wrong-offset"
    );
    let renamed = Item {
        local_name: Some(b"../b.jpg".to_vec()),
        ..stored("inside.jpg", b"b")
    };
    assert_eq!(wrong(renamed), "archive-name-mismatch");
    let overlong = Item {
        extra: vec![1, 2, 255, 0, 9, 9],
        ..stored("b.jpg", b"b")
    };
    assert_eq!(wrong(overlong), "archive-directory-damaged");
}

#[test]
fn refuses_every_path_that_leaves_the_archive() {
    let paths: [&[u8]; 22] = [
        b"../evil.jpg",
        b"a/../../evil.jpg",
        b"..",
        b"a/..",
        b"/etc/passwd",
        b"\\\\server\\share\\x.jpg",
        b"C:\\x.jpg",
        b"c:x.jpg",
        b"a\\..\\..\\x.jpg",
        b"a\\../x.jpg",
        b"....//....//x.jpg",
        b"a/.. /x.jpg",
        b"~/x.jpg",
        b"~root/x.jpg",
        b"%2e%2e%2fx.jpg",
        b"%2E%2E/x.jpg",
        b"%252e%252e%252fx.jpg",
        b"..%5cx.jpg",
        b"\x81\\..\\..\\x.jpg",
        b"a/..\0/x.jpg",
        b"\\x.jpg",
        b"%2fetc%2fpasswd",
    ];
    for path in paths {
        assert_eq!(
            error_code(&with_good(raw_named(path))),
            "archive-path-escape",
            "{}",
            path.escape_ascii()
        );
    }
    let hidden = unicode_path_field("../x.jpg", rawzip::crc32(b"x.jpg"));
    assert_eq!(
        error_code(&with_good(Item {
            extra: hidden,
            ..raw_named(b"x.jpg")
        })),
        "archive-path-escape"
    );
}

#[test]
fn refuses_overlapping_entries() {
    let mut inner = stored("inner.jpg", b"inner photo");
    let body = zip([inner.clone()]).build();
    let outer = Item {
        data: body,
        ..stored("outer.jpg", b"")
    };
    let header_bytes = 30 + "outer.jpg".len() as u32;
    inner = Item {
        is_central_only: true,
        central_offset: Some(header_bytes),
        ..inner
    };
    assert_eq!(error_code(&zip([outer, inner])), "archive-overlap");
}

#[test]
fn keeps_the_first_of_two_entries_that_share_one_header() {
    let [first, _] = good();
    let second = Item {
        is_central_only: true,
        central_offset: Some(0),
        name: b"other.jpg".to_vec(),
        ..first.clone()
    };
    let archive = open(&zip([first, second])).unwrap();
    assert_eq!(archive.entries()[0].kind, EntryKind::Photo);
    assert_eq!(archive.entries()[1].kind, EntryKind::Refused(Refusal::SharedBytes));
}

#[test]
fn refuses_to_write_through_a_link() {
    let link = Item {
        mode: 0o120_777,
        ..stored("folder", b"/etc")
    };
    assert_eq!(
        error_code(&zip([link.clone(), stored("folder/x.jpg", b"x")])),
        "archive-through-link"
    );
    assert_eq!(
        error_code(&zip([link.clone(), stored("Folder", b"x")])),
        "archive-through-link"
    );
    let second = Item {
        name: b"folder/second".to_vec(),
        ..link.clone()
    };
    assert_eq!(error_code(&zip([link, second])), "archive-through-link");
}

#[test]
fn holds_to_every_limit_of_the_whole() {
    let code = |zip: &Zip, limits: ArchiveLimits| open_with(zip, &limits).unwrap_err().code();
    let defaults = ArchiveLimits::default();
    assert_eq!(
        code(&zip(good()), ArchiveLimits { entries: 1, ..defaults }),
        "archive-too-many-entries"
    );
    assert_eq!(
        code(
            &zip(good()),
            ArchiveLimits {
                directory_bytes: 99,
                ..defaults
            }
        ),
        "archive-directory-too-large"
    );
    assert_eq!(
        code(
            &zip(good()),
            ArchiveLimits {
                total_bytes: 5010,
                ..defaults
            }
        ),
        "archive-total-too-large"
    );
    let bomb: Vec<Item> = (0..4)
        .map(|at| deflated(&format!("{at}.jpg"), &vec![0; 2 << 20]))
        .collect();
    assert_eq!(code(&zip(bomb), defaults), "archive-ratio-too-high");
}

#[test]
fn keeps_names_out_of_errors_and_debug_output() {
    let archive = open(&zip(good())).unwrap();
    assert!(!format!("{archive:?}").contains("110105"));
    let error = open(&with_good(stored("../110105194912310021.jpg", b"x"))).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("110105"));
}
