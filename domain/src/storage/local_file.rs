//! Local files outside the store, into which objects are copied for programs that need a path.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Makes a file that only its owner can read. An old one is removed first instead of emptied, since it may be open to others
/// or a link to somewhere else.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    remove_if_present(path)?;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

pub(super) fn remove_if_present(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
