//! Entries that are refused, sorted out or marked while the rest of the archive is read.

use super::zip_builder::{DEFLATED, deflate};
use super::*;

/// The kind that the second entry gets; the first must stay readable.
fn kind_of(item: Item) -> EntryKind {
    let archive = open(&with_good(item)).unwrap();
    assert_eq!(archive.entries()[0].kind, EntryKind::Photo);
    assert!(archive.read_entry(&archive.entries()[0], MAX_BYTES).is_ok());
    let second = &archive.entries()[1];
    if let EntryKind::Refused(refusal) = second.kind {
        let error = archive.read_entry(second, MAX_BYTES).unwrap_err();
        assert_eq!(error.code(), refusal.code());
    }
    second.kind
}

fn read_code(item: Item) -> &'static str {
    let archive = open(&with_good(item)).unwrap();
    assert_eq!(archive.entries()[1].kind, EntryKind::Photo);
    archive
        .read_entry(&archive.entries()[1], MAX_BYTES)
        .map(|_| "read")
        .unwrap_or_else(|error| error.code())
}

fn name_of(item: Item) -> String {
    open(&zip([item])).unwrap().entries()[0].name.clone()
}

#[test]
fn refuses_links_devices_and_encryption() {
    let refused = |item: Item| kind_of(item);
    let with_mode = |mode| Item {
        mode,
        ..stored("x.jpg", b"x")
    };
    assert_eq!(refused(with_mode(0o120_777)), EntryKind::Refused(Refusal::Symlink));
    assert_eq!(refused(with_mode(0o020_666)), EntryKind::Refused(Refusal::SpecialFile));
    assert_eq!(refused(with_mode(0o010_666)), EntryKind::Refused(Refusal::SpecialFile));
    assert_eq!(refused(with_mode(0o104_755)), EntryKind::Photo);
    for flags in [1, 0x40, 0x2000] {
        assert_eq!(
            refused(Item {
                flags,
                ..stored("x.jpg", b"x")
            }),
            EntryKind::Refused(Refusal::Encrypted)
        );
    }
    assert_eq!(
        refused(Item {
            method: 99,
            ..stored("x.jpg", b"x")
        }),
        EntryKind::Refused(Refusal::Encrypted)
    );
}

#[test]
fn refuses_methods_it_does_not_read() {
    for method in [1, 6, 9, 12, 14, 93, 95, 98, 65_535] {
        let item = Item {
            method,
            ..stored("x.jpg", b"x")
        };
        assert_eq!(kind_of(item), EntryKind::Refused(Refusal::UnsupportedMethod(method)));
    }
}

#[test]
fn refuses_headers_that_contradict_each_other() {
    let disagrees = EntryKind::Refused(Refusal::HeadersDisagree);
    assert_eq!(
        kind_of(Item {
            central_method: Some(DEFLATED),
            ..stored("x.jpg", b"x")
        }),
        disagrees
    );
    assert_eq!(
        kind_of(Item {
            local_size: Some(9),
            ..deflated("x.jpg", b"x")
        }),
        disagrees
    );
    assert_eq!(
        kind_of(Item {
            central_size: Some(9),
            ..stored("x.jpg", b"x")
        }),
        disagrees
    );
}

#[test]
fn refuses_names_that_mislead_or_break_things() {
    let kind = |name: &[u8]| kind_of(raw_named(name));
    let deep = "d/".repeat(40) + "a.jpg";
    let refused: [(&[u8], Refusal); 19] = [
        (b"", Refusal::NameEmpty),
        (b".", Refusal::NameEmpty),
        (b"./.", Refusal::NameEmpty),
        (b"a\0.jpg", Refusal::NameControl),
        (b"a\n.jpg", Refusal::NameControl),
        (b"a\x1b[2J.jpg", Refusal::NameControl),
        ("a\u{202E}gpj.exe".as_bytes(), Refusal::NameInvisible),
        ("a\u{200B}.jpg".as_bytes(), Refusal::NameInvisible),
        (b"con.jpg", Refusal::NameReserved),
        (b"a/Com1 .x.jpg", Refusal::NameReserved),
        (b"a.jpg:hidden", Refusal::NameStream),
        (b"-rf.jpg", Refusal::NameLeading),
        (b"a/=HYPERLINK(A1).jpg", Refusal::NameLeading),
        (b"@SUM.jpg", Refusal::NameLeading),
        (b"\xff\xfe\x80.jpg", Refusal::NameUndecodable),
        (b"caf\x82.jpg", Refusal::NameUndecodable),
        (&[b'a'; 256], Refusal::NameTooLong),
        (&[b'a'; 65_000], Refusal::NameTooLong),
        (deep.as_bytes(), Refusal::NameTooDeep),
    ];
    for (name, refusal) in refused {
        assert_eq!(kind(name), EntryKind::Refused(refusal), "{}", name.escape_ascii());
    }
}

#[test]
fn shows_refused_names_without_what_misleads() {
    let name = name_of(raw_named("a\n\u{202E}b.jpg".as_bytes()));
    assert_eq!(name, "a\u{FFFD}\u{FFFD}b.jpg");
    assert!(name_of(raw_named("证".repeat(9000).as_bytes())).len() < 300);
}

#[test]
fn decodes_names_by_their_bytes_and_not_by_the_flag() {
    let gbk = encoding_rs::GB18030.encode("护理班\\张𬱖.jpg").0.into_owned();
    for flags in [0, 0x800] {
        assert_eq!(
            name_of(Item {
                flags,
                ..raw_named(&gbk)
            }),
            "护理班/张𬱖.jpg"
        );
        assert_eq!(
            name_of(Item {
                flags,
                ..raw_named("护理班/张.jpg".as_bytes())
            }),
            "护理班/张.jpg"
        );
    }
    assert_eq!(name_of(raw_named("./a//e\u{301}.jpg".as_bytes())), "a/é.jpg");
    // 0x5C is the second byte of 乗 here, not a separator.
    assert_eq!(name_of(raw_named(b"\x81\\.jpg")), "乗.jpg");
}

#[test]
fn takes_gbk_for_gbk_where_it_is_valid_utf8_by_accident() {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let raw = gbk("2022_欧薇.jpg");
    assert!(std::str::from_utf8(&raw).is_ok());
    assert_eq!(name_of(raw_named(&raw)), "2022_欧薇.jpg");
    for name in ["José.jpg", "Ольга.jpg", "ئالىم.jpg", "2022_欧薇.jpg", "Ali·Veli.jpg"] {
        assert_eq!(name_of(raw_named(name.as_bytes())), name);
    }
}

#[test]
fn takes_the_unicode_path_only_if_its_checksum_is_the_names() {
    let raw = encoding_rs::GBK.encode("照片.jpg").0.into_owned();
    let right = unicode_path_field("真名.jpg", rawzip::crc32(&raw));
    let wrong = unicode_path_field("../../x.jpg", 1);
    assert_eq!(
        name_of(Item {
            extra: right,
            ..raw_named(&raw)
        }),
        "真名.jpg"
    );
    assert_eq!(
        name_of(Item {
            extra: wrong,
            ..raw_named(&raw)
        }),
        "照片.jpg"
    );
}

#[test]
fn sorts_entries_by_name() {
    let kind = |name: &str| kind_of(stored(name, b"x"));
    let junk = [
        "__MACOSX/._a.jpg",
        "a/._b.jpg",
        "a/.DS_Store",
        "Thumbs.db",
        "a/THUMBS.DB",
        "Desktop.ini",
        "@eaDir/a.jpg/SYNOPHOTO.jpg",
        "~$名单.xlsx",
        "a.jpg:Zone.Identifier",
    ];
    for name in junk {
        assert_eq!(kind(name), EntryKind::Junk, "{name}");
    }
    for name in ["名单.csv", "a/b.XLSX", "c.xls", "d.dbf", "e.txt"] {
        assert_eq!(kind(name), EntryKind::ManifestCandidate, "{name}");
    }
    for name in ["二批.zip", "a.RAR", "b.7z"] {
        assert_eq!(kind(name), EntryKind::Nested, "{name}");
    }
    for name in ["a.jpg", "a.JPEG", "a.bmp", "a", "a.lnk", "MACOSX.jpg"] {
        assert_eq!(kind(name), EntryKind::Photo, "{name}");
    }
    assert_eq!(kind_of(stored("folder/", b"")), EntryKind::Junk);
    assert_eq!(
        kind_of(stored("folder/", b"data")),
        EntryKind::Refused(Refusal::FolderWithData)
    );
    assert_eq!(
        kind_of(stored("empty.jpg", b"")),
        EntryKind::Refused(Refusal::EmptyFile)
    );
}

#[test]
fn marks_entries_that_could_be_mistaken_for_each_other() {
    let names = [
        "a.jpg",
        "a.jpg",
        "B.jpg",
        "b.JPG",
        "c",
        "c/d.jpg",
        "e.jpg",
        "__MACOSX/e.jpg",
    ];
    let items: Vec<Item> = names.iter().map(|name| stored(name, name.as_bytes())).collect();
    let archive = open(&zip(items)).unwrap();
    let clashes: Vec<_> = archive.entries().iter().map(|entry| entry.clash).collect();
    let (same, case) = (Some(NameClash::SameName), Some(NameClash::SameNameButCase));
    assert_eq!(
        clashes,
        [same, same, case, case, Some(NameClash::AlsoFolder), None, None, None]
    );
}

#[test]
fn refuses_single_bombs_and_oversized_entries_by_what_they_declare() {
    let noise: Vec<u8> = (0..60_000u32)
        .flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let bulk = |item: Item| open(&zip([stored("noise.jpg", &noise), item])).unwrap().entries()[1].kind;
    assert_eq!(
        bulk(deflated("x.jpg", &vec![0; 8 << 20])),
        EntryKind::Refused(Refusal::RatioTooHigh)
    );
    let huge = Item {
        central_size: Some((64 << 20) + 1),
        ..deflated("x.jpg", &noise)
    };
    assert_eq!(bulk(huge), EntryKind::Refused(Refusal::TooLarge));
}

#[test]
fn stops_at_what_is_unpacked_and_not_at_what_is_declared() {
    let zeros = vec![0; 900_000];
    let smaller = Item {
        central_size: Some(1000),
        ..deflated("x.jpg", &zeros)
    };
    let larger = Item {
        central_size: Some(900_001),
        ..deflated("x.jpg", &zeros)
    };
    assert_eq!(read_code(smaller), "entry-size-mismatch");
    assert_eq!(read_code(larger), "entry-size-mismatch");
    assert_eq!(
        read_code(Item {
            central_crc: Some(1),
            ..stored("x.jpg", b"x")
        }),
        "entry-checksum-mismatch"
    );
    let not_deflate = Item {
        packed: Some(vec![0xFF; 40]),
        ..deflated("x.jpg", b"x")
    };
    assert_eq!(read_code(not_deflate), "entry-corrupt");
    let cut = deflate(&(0..2000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>())[..500].to_vec();
    assert_eq!(
        read_code(Item {
            packed: Some(cut),
            central_size: Some(8000),
            ..deflated("x.jpg", b"x")
        }),
        "entry-corrupt"
    );
}

#[test]
fn takes_no_entry_over_the_readers_own_limit() {
    let archive = open(&zip(good())).unwrap();
    let error = archive.read_entry(&archive.entries()[1], 4999).unwrap_err();
    assert!(matches!(
        error,
        EntryError::TooLarge {
            size_bytes: 5000,
            limit_bytes: 4999
        }
    ));
    let mut out = Vec::new();
    archive.copy_entry_to(&archive.entries()[1], 5000, &mut out).unwrap();
    assert_eq!(out.len(), 5000);
}

#[test]
fn says_in_one_error_why_nothing_can_be_read() {
    let refused = zip([
        Item {
            flags: 1,
            ..stored("a.jpg", b"x")
        },
        Item {
            flags: 1,
            ..stored("b.jpg", b"x")
        },
    ]);
    let error = open(&refused).unwrap().require_readable().unwrap_err();
    assert!(matches!(
        error,
        ArchiveError::NothingReadable {
            entries: 2,
            reason: Refusal::Encrypted
        }
    ));
    let junk = open(&zip([stored(".DS_Store", b"x")])).unwrap();
    assert_eq!(junk.require_readable().unwrap_err().code(), "archive-no-photos");
    let nested = open(&zip([stored("a.zip", b"x")])).unwrap();
    assert_eq!(nested.require_readable().unwrap_err().code(), "archive-no-photos");
}

#[test]
fn takes_impossible_times_for_unknown() {
    let at = |date, time| DosTime::from_packed(date, time);
    assert_eq!(at(0, 0), None);
    assert_eq!(at(0x21, 0), None);
    assert_eq!(at((45 << 9) | (2 << 5) | 29, 0), None);
    assert_eq!(at((44 << 9) | (2 << 5) | 29, 30), None);
    assert!(at((44 << 9) | (2 << 5) | 29, 29) > at((44 << 9) | (2 << 5) | 28, 0xBF7D));
}
