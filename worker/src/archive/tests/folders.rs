//! Folders packed into archives.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use super::*;

fn pack(folder: &Path, limits: &ArchiveLimits) -> Result<(Vec<u8>, PackedFolder), FolderError> {
    let mut out = Vec::new();
    let packed = pack_folder(folder, &mut out, limits)?;
    Ok((out, packed))
}

fn delivery() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("护理班/空")).unwrap();
    fs::write(folder.path().join("b.jpg"), b"second").unwrap();
    fs::write(folder.path().join("a.jpg"), b"first").unwrap();
    fs::write(folder.path().join("护理班/c.jpg"), b"third").unwrap();
    folder
}

#[test]
fn packs_a_folder_that_reads_back_whole_and_in_order() {
    let (bytes, packed) = pack(delivery().path(), &ArchiveLimits::default()).unwrap();
    assert_eq!(
        packed,
        PackedFolder {
            entries: 3,
            total_bytes: 16
        }
    );
    let archive = Archive::open(&on_disk(&bytes).path, &ArchiveLimits::default()).unwrap();
    let names: Vec<_> = archive.entries().iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["a.jpg", "b.jpg", "护理班/c.jpg"]);
    assert_eq!(archive.read_entry(&archive.entries()[2], MAX_BYTES).unwrap(), b"third");
    assert_eq!(archive.entries()[0].modified, None);
}

#[test]
fn packs_the_same_files_to_the_same_bytes() {
    let first = pack(delivery().path(), &ArchiveLimits::default()).unwrap().0;
    assert_eq!(first, pack(delivery().path(), &ArchiveLimits::default()).unwrap().0);
}

#[test]
fn follows_no_link_and_opens_no_socket() {
    let (folder, outside) = (delivery(), delivery());
    symlink(outside.path().join("a.jpg"), folder.path().join("link.jpg")).unwrap();
    symlink(outside.path(), folder.path().join("linked")).unwrap();
    let _socket = UnixListener::bind(folder.path().join("socket.jpg")).unwrap();
    let (bytes, packed) = pack(folder.path(), &ArchiveLimits::default()).unwrap();
    assert_eq!(
        packed,
        PackedFolder {
            entries: 6,
            total_bytes: 16
        }
    );
    let archive = Archive::open(&on_disk(&bytes).path, &ArchiveLimits::default()).unwrap();
    let kind = |name: &str| archive.entries().iter().find(|entry| entry.name == name).unwrap().kind;
    assert_eq!(kind("link.jpg"), EntryKind::Refused(Refusal::Symlink));
    assert_eq!(kind("linked"), EntryKind::Refused(Refusal::Symlink));
    assert_eq!(kind("socket.jpg"), EntryKind::Refused(Refusal::SpecialFile));
}

#[test]
fn keeps_names_that_are_not_utf8() {
    let folder = tempfile::tempdir().unwrap();
    let gbk = encoding_rs::GBK.encode("张三.jpg").0.into_owned();
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(&gbk)), b"x").unwrap();
    let (bytes, _) = pack(folder.path(), &ArchiveLimits::default()).unwrap();
    let archive = Archive::open(&on_disk(&bytes).path, &ArchiveLimits::default()).unwrap();
    assert_eq!(archive.entries()[0].name, "张三.jpg");
}

#[test]
fn holds_to_the_limits() {
    let folder = delivery();
    let code = |limits: ArchiveLimits| pack(folder.path(), &limits).unwrap_err().code();
    let defaults = ArchiveLimits::default();
    assert_eq!(code(ArchiveLimits { entries: 2, ..defaults }), "folder-too-many-files");
    assert_eq!(
        code(ArchiveLimits {
            total_bytes: 15,
            ..defaults
        }),
        "folder-too-large"
    );
    assert_eq!(code(ArchiveLimits { depth: 1, ..defaults }), "folder-too-deep");
    let error = pack(&folder.path().join("a.jpg"), &defaults).unwrap_err();
    assert_eq!(error.code(), "folder-not-a-folder");
}
