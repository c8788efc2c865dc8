//! What shows only when entries are held against each other.

use std::collections::{HashMap, HashSet};

use super::directory::Listed;
use super::entry::{EntryKind, NameClash, Refusal};
use super::error::ArchiveError;

/// Refuses archives in which an entry begins inside another (the overlapping bomb of Fifield, 2019). Entries that share
/// one header whole were refused one by one already.
pub(super) fn refuse_overlaps(listed: &[Listed]) -> Result<(), ArchiveError> {
    let mut spans: Vec<&Listed> = listed
        .iter()
        .filter(|listed| listed.entry.kind != EntryKind::Refused(Refusal::SharedBytes))
        .collect();
    spans.sort_unstable_by_key(|listed| listed.start);
    for pair in spans.windows(2) {
        if let [first, second] = pair
            && second.start < first.end
        {
            let position = |listed: &Listed| listed.entry.index.saturating_add(1);
            return Err(ArchiveError::Overlap {
                first: position(first),
                second: position(second),
            });
        }
    }
    Ok(())
}

/// Refuses archives in which an entry lies at or below the path of a symbolic link: unpacked in order it would be
/// written wherever the link points.
pub(super) fn refuse_paths_through_links(listed: &[Listed]) -> Result<(), ArchiveError> {
    let is_link = |listed: &&Listed| listed.entry.kind == EntryKind::Refused(Refusal::Symlink);
    let links: HashSet<String> = listed
        .iter()
        .filter(is_link)
        .map(|link| link.entry.name.to_lowercase())
        .collect();
    if links.is_empty() {
        return Ok(());
    }
    for listed in listed {
        let path = listed.entry.name.to_lowercase();
        let is_over_link = !is_link(&listed) && links.contains(&path);
        if is_over_link || folders_above(&path).any(|folder| links.contains(folder)) {
            return Err(ArchiveError::ThroughLink {
                entry: listed.entry.index.saturating_add(1),
            });
        }
    }
    Ok(())
}

/// Marks every entry whose name another entry has too, so that no picture silently wins over another.
pub(super) fn mark_name_clashes(listed: &mut [Listed]) {
    let mut folders: HashSet<String> = HashSet::new();
    let mut exact: HashMap<String, u32> = HashMap::new();
    let mut folded: HashMap<String, u32> = HashMap::new();
    for listed in listed.iter() {
        let path = listed.entry.name.to_lowercase();
        for folder in folders_above(&path) {
            if !folders.contains(folder) {
                folders.insert(folder.to_owned());
            }
        }
        if listed.is_folder {
            folders.insert(path);
        } else if is_compared(listed) {
            *exact.entry(listed.entry.name.clone()).or_default() += 1;
            *folded.entry(path).or_default() += 1;
        }
    }
    let is_taken_twice = |names: &HashMap<String, u32>, name: &str| names.get(name).is_some_and(|&count| count > 1);
    for listed in listed.iter_mut().filter(|listed| is_compared(listed)) {
        let path = listed.entry.name.to_lowercase();
        listed.entry.clash = if is_taken_twice(&exact, &listed.entry.name) {
            Some(NameClash::SameName)
        } else if is_taken_twice(&folded, &path) {
            Some(NameClash::SameNameButCase)
        } else if folders.contains(&path) {
            Some(NameClash::AlsoFolder)
        } else {
            None
        };
    }
}

fn is_compared(listed: &Listed) -> bool {
    !listed.is_folder && listed.entry.kind != EntryKind::Junk
}

/// `a/b` and `a` for `a/b/c`.
fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').rev().filter_map(|(at, _)| path.get(..at))
}
