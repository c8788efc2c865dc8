//! What a file is, by its bytes alone: names and declared types mean nothing.

use super::Refusal;
use crate::imaging::Format;

/// Where the header of a PDF may begin: readers look so far, since some programs write a line in front of it.
const PDF_HEADER_WITHIN: usize = 1024;
const PDF_HEADER: &[u8] = b"%PDF-";

/// A kind of file that is taken as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One picture.
    Picture,
    /// Pages.
    Pdf,
}

impl Kind {
    /// Tells the kind; what passes for two is refused, because two programs would show different things.
    pub fn of(bytes: &[u8]) -> Result<Self, Refusal> {
        let head = bytes.get(..PDF_HEADER_WITHIN).unwrap_or(bytes);
        let pdf_at = head.windows(PDF_HEADER.len()).position(|window| window == PDF_HEADER);
        match (Format::sniff(bytes).is_some(), pdf_at) {
            (true, None) => Ok(Self::Picture),
            (false, None) => Err(Refusal::UnknownKind),
            (false, Some(at)) if head.get(..at).is_some_and(is_harmless) => Ok(Self::Pdf),
            (_, Some(_)) => Err(Refusal::Ambiguous),
        }
    }
}

/// Whether what stands in front of a PDF's header is neither a page, a program nor an archive.
fn is_harmless(front: &[u8]) -> bool {
    let is_archive_or_program = [b"PK".as_slice(), b"MZ", b"\x7fELF", b"Rar!", b"7z\xBC\xAF", b"\x1f\x8b"]
        .iter()
        .any(|signature| front.starts_with(signature));
    !is_archive_or_program && !front.contains(&b'<') && !front.starts_with(b"#!")
}
