//! Lists a folder of objects in the order of their paths, as S3 does.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::modified_at_ms;
use crate::storage::key::{ObjectKey, ObjectKind};
use crate::storage::{LIST_PAGE_SIZE, ListedObject, ObjectPage};

/// One page of a kind's objects whose paths lie behind `after`.
pub(super) fn page(root: &Path, kind: ObjectKind, after: Option<&str>) -> io::Result<ObjectPage> {
    let mut page = ObjectPage::default();
    append_folder(root, kind.prefix(), 0, after.unwrap_or_default(), &mut page)?;
    Ok(page)
}

/// Adds what lies below the folder `prefix` (ending in a slash) until the page is full; at most one level of subfolders, as
/// no key has more.
fn append_folder(root: &Path, prefix: &str, depth: u8, after: &str, page: &mut ObjectPage) -> io::Result<()> {
    for (name, metadata) in sorted_entries(&root.join(prefix))? {
        let path = format!("{prefix}{name}");
        if metadata.is_dir() {
            let path = format!("{path}/");
            let is_passed = path.as_str() < after && !after.starts_with(&path);
            if !is_passed && depth == 0 {
                append_folder(root, &path, depth + 1, after, page)?;
            }
        } else if path.as_str() > after {
            append_file(&path, &metadata, page);
        }
        if page.continuation.is_some() {
            break;
        }
    }
    Ok(())
}

fn append_file(path: &str, metadata: &Metadata, page: &mut ObjectPage) {
    let Ok(key) = path.parse::<ObjectKey>() else {
        page.foreign_count += 1;
        return;
    };
    if page.objects.len() == LIST_PAGE_SIZE {
        page.continuation = page.objects.last().map(|last| last.key.path());
        return;
    }
    page.objects.push(ListedObject {
        key,
        size_bytes: metadata.len(),
        modified_at_ms: modified_at_ms(metadata),
    });
}

fn sorted_entries(folder: &Path) -> io::Result<Vec<(String, Metadata)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut sorted = Vec::new();
    for entry in entries {
        let entry = entry?;
        match entry.metadata() {
            Ok(metadata) => sorted.push((entry.file_name().to_string_lossy().into_owned(), metadata)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    sorted.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
    Ok(sorted)
}
