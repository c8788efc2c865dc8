//! Evidence of tickets: the bytes somebody handed in become marked pages, or are refused with a reason. Nothing of the file itself is kept.
//!
//! What a scan looks like is `imaging`'s; here is what is asked of other programs (`pdftoppm`, a malware scanner), within what limits.

pub mod clamd;
pub mod doctor;
pub mod erase;
mod kind;
mod pdf;
mod ppm;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use domain::error::Error;
use domain::evidence::model::MAX_PAGES;

use crate::context::JobContext;
use crate::imaging::{self, FONT_BYTES, FontFault, Scan, Typeface, Watermark, scan_limits};

pub use kind::Kind;
pub use pdf::{Renderer, Rendering};

/// Why a file is not taken as evidence; the same file would be refused again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither a picture that is read nor a PDF.
    #[error("the file is neither a picture (JPEG, PNG, GIF, WebP, BMP, TIFF) nor a PDF")]
    UnknownKind,
    /// It is several kinds of file at once.
    #[error("the file is several kinds of file in one")]
    Ambiguous,
    /// It begins well and does not go on so.
    #[error("the file is damaged")]
    Damaged,
    /// It promises more pixels, pictures or work than a scan has.
    #[error("the file is larger inside than a scan is")]
    TooDear,
    /// A PDF that needs a password.
    #[error("the PDF needs a password")]
    Locked,
    /// A PDF of more pages than are kept.
    #[error("the PDF has more than {MAX_PAGES} pages")]
    TooManyPages,
    /// The malware scanner knows it.
    #[error("the malware scanner refused the file")]
    Infected,
}

impl Refusal {
    /// The stable code, as in the evidence's row and the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownKind => "evidence-unknown-kind",
            Self::Ambiguous => "evidence-ambiguous",
            Self::Damaged => "evidence-damaged",
            Self::TooDear => "evidence-too-dear",
            Self::Locked => "evidence-locked",
            Self::TooManyPages => "evidence-too-many-pages",
            Self::Infected => "evidence-infected",
        }
    }
}

impl From<imaging::Refusal> for Refusal {
    fn from(refusal: imaging::Refusal) -> Self {
        match refusal {
            imaging::Refusal::UnknownFormat => Self::UnknownKind,
            refusal if refusal.is_limit() => Self::TooDear,
            _ => Self::Damaged,
        }
    }
}

/// Why a file did not become pages.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It never will.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A part outside is missing or does not answer; the file waits, since nothing is kept without its check or its mark.
    #[error("{part} cannot be used at the moment")]
    Later {
        /// Stable code of the part.
        code: &'static str,
        /// The part, in words.
        part: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A fault of ours.
    #[error(transparent)]
    Broken(#[from] Error),
}

impl Fault {
    /// The renderer of PDF files cannot be used.
    pub(crate) fn renderer(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Later {
            code: "evidence-renderer-missing",
            part: "the renderer of PDF files",
            source: source.into(),
        }
    }

    /// The font of the watermark cannot be used.
    pub(crate) fn font(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Later {
            code: "evidence-font-missing",
            part: "the font of the watermark",
            source: source.into(),
        }
    }
}

impl From<FontFault> for Fault {
    fn from(fault: FontFault) -> Self {
        Self::font(fault)
    }
}

impl From<imaging::Refusal> for Fault {
    fn from(refusal: imaging::Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// One page as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Page {
    /// A JPEG with the watermark, without metadata.
    pub jpeg: Vec<u8>,
    /// Its width in pixels.
    pub width_px: usize,
    /// Its height in pixels.
    pub height_px: usize,
}

impl Page {
    /// Marks and encodes a page; the words are what the page may be used for.
    pub fn of(scan: Scan, typeface: &Typeface, words: &str) -> Result<Self, Fault> {
        let (width_px, height_px) = scan.size();
        let watermark = Watermark::new(typeface, words)?;
        let jpeg = scan.into_marked_jpeg(&watermark)?;
        Ok(Self {
            jpeg,
            width_px,
            height_px,
        })
    }

    /// The one page of a picture.
    pub fn of_picture(bytes: &[u8], size_limit: u64, typeface: &Typeface, words: &str) -> Result<Self, Fault> {
        Self::of(Scan::read(bytes, &scan_limits(size_limit))?, typeface, words)
    }
}

/// Reads the font of the watermark.
pub fn read_typeface(path: &Path) -> Result<Typeface, Fault> {
    let size_bytes = std::fs::metadata(path).map_err(Fault::font)?.len();
    if size_bytes > FONT_BYTES {
        return Err(Fault::font("the file is larger than any font"));
    }
    Ok(Typeface::read(std::fs::read(path).map_err(Fault::font)?)?)
}

/// Makes the pages of a file, on the bounded pool.
pub async fn pages(
    ctx: &JobContext,
    renderer: &Renderer,
    file: Bytes,
    size_limit: u64,
    (typeface, words): (Arc<Typeface>, Arc<str>),
) -> Result<Vec<Page>, Fault> {
    if u64::try_from(file.len()).unwrap_or(u64::MAX) > size_limit {
        return Err(Refusal::TooDear.into());
    }
    if Kind::of(&file)? == Kind::Picture {
        let page = ctx.compute(move || Page::of_picture(&file, size_limit, &typeface, &words));
        return Ok(vec![page.await??]);
    }
    let mut pages = Vec::new();
    let mut rendering = Rendering::start(renderer, file)?;
    while let Some(scan) = rendering.next().await? {
        if pages.len() == MAX_PAGES {
            return Err(Refusal::TooManyPages.into());
        }
        let (typeface, words) = (Arc::clone(&typeface), Arc::clone(&words));
        pages.push(ctx.compute(move || Page::of(scan, &typeface, &words)).await??);
    }
    Ok(pages)
}
