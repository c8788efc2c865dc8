//! What an entry is, by its name alone.

use domain::batches::header::FILE_NAME;

use super::entry::EntryKind;

const MANIFEST_EXTENSIONS: [&str; 5] = ["csv", "xls", "xlsx", "dbf", "txt"];
const ARCHIVE_EXTENSIONS: [&str; 12] = [
    "zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "zst", "cab", "iso", "lzh",
];

/// Sorts a good path into photo, manifest candidate, header, nested archive or junk. What is none of the others is a photo, so
/// that nothing a clerk put in the archive goes unreported.
pub(super) fn by_name(path: &str) -> EntryKind {
    if is_junk(path) {
        return EntryKind::Junk;
    }
    let base = path.rsplit('/').next().unwrap_or(path);
    let extension = base
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default();
    if base == FILE_NAME && path.matches('/').count() <= 1 {
        return EntryKind::BatchHeader;
    }
    if MANIFEST_EXTENSIONS.contains(&extension.as_str()) {
        EntryKind::ManifestCandidate
    } else if ARCHIVE_EXTENSIONS.contains(&extension.as_str()) {
        EntryKind::Nested
    } else {
        EntryKind::Photo
    }
}

/// What macOS, Windows, NAS boxes and office programs leave behind.
pub(super) fn is_junk(path: &str) -> bool {
    path.split('/').any(|part| {
        part == "__MACOSX"
            || part == "@eaDir"
            || part.starts_with("._")
            || part.starts_with("~$")
            || part.ends_with(":Zone.Identifier")
            || ["thumbs.db", "desktop.ini", ".ds_store"]
                .iter()
                .any(|name| part.eq_ignore_ascii_case(name))
    })
}
