//! Whatever the bytes, listing and reading end in a result and within their limits.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Opens and reads everything; returns how many bytes came out.
fn exhaust(bytes: &[u8]) -> u64 {
    exhaust_file(&on_disk(bytes))
}

fn exhaust_file(file: &OnDisk) -> u64 {
    let limits = ArchiveLimits {
        entries: 50,
        total_bytes: 1 << 20,
        entry_bytes: 100_000,
        ..ArchiveLimits::default()
    };
    let Ok(archive) = Archive::open(&file.path, &limits) else {
        return 0;
    };
    assert!(archive.entries().len() <= 50);
    let mut total_bytes = 0;
    for entry in archive.entries() {
        if let Ok(read) = archive.read_entry(entry, limits.entry_bytes) {
            assert_eq!(read.len() as u64, entry.size_bytes);
            total_bytes += read.len() as u64;
        }
    }
    assert!(total_bytes <= limits.total_bytes);
    total_bytes
}

fn varied() -> Vec<u8> {
    let items = [
        stored("110105194912310021.jpg", b"first photo"),
        Item {
            has_descriptor: true,
            ..deflated("班/110105194912310048.jpg", &[7; 5000])
        },
        Item {
            is_zip64: true,
            ..stored("名单.csv", b"a,b\r\n")
        },
        Item {
            extra: unicode_path_field("x.jpg", rawzip::crc32(b"y.jpg")),
            ..raw_named(b"y.jpg")
        },
        stored("folder/", b""),
    ];
    Zip {
        comment: b"comment".to_vec(),
        ..zip(items)
    }
    .build()
}

#[test]
fn the_unchanged_archive_is_read_whole() {
    assert_eq!(exhaust(&varied()), 11 + 5000 + 5 + 5);
}

#[test]
fn every_single_byte_may_be_wrong() {
    let whole = varied();
    let file = on_disk(&whole);
    for at in 0..whole.len() {
        for value in [0, 0xFF, whole[at] ^ 0x80, whole[at].wrapping_add(1)] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            std::fs::write(&file.path, &bytes).unwrap();
            exhaust_file(&file);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..600)) {
        exhaust(&bytes);
    }

    #[test]
    fn arbitrary_bytes_before_an_end_record_never_panic(bytes in vec(any::<u8>(), 0..200), end in vec(any::<u8>(), 16)) {
        let mut whole = bytes;
        whole.extend(b"PK\x05\x06");
        whole.extend(end);
        whole.extend([0, 0]);
        exhaust(&whole);
    }

    #[test]
    fn mutated_archives_never_panic(
        edits in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = varied();
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if is_cut {
            bytes.drain(..cut.index(bytes.len()));
        }
        exhaust(&bytes);
    }

    #[test]
    fn arbitrary_names_never_panic_and_never_leave(name in vec(any::<u8>(), 0..40), text in "\\PC{0,20}") {
        for raw in [name.as_slice(), text.as_bytes()] {
            if let Ok(archive) = open(&zip([raw_named(raw)])) {
                let shown = &archive.entries()[0].name;
                prop_assert!(!shown.starts_with('/') && !shown.split('/').any(|part| part == ".."));
                prop_assert!(!shown.chars().any(char::is_control));
            }
        }
    }
}
