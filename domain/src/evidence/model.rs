//! Words and rows of evidence.

use diesel::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::clock::TimestampMs;
use crate::db::schema::{evidence, evidence_pages};
use crate::id::{EvidenceId, TicketId};

/// Largest file that is taken; 10 MiB.
pub const MAX_FILE_BYTES: u64 = 10 << 20;
/// Pages that are kept of one file at most.
pub const MAX_PAGES: usize = 20;
/// Pieces that a ticket may have, without those that were refused or have gone.
pub const MAX_PER_TICKET: i64 = 10;

/// What a piece is that the ticket's kind did not ask for.
pub const OTHER: &str = "other";

crate::text_enum! {
    /// How evidence came.
    CameBy {
        /// The student's page.
        Page = "page",
        /// A mail.
        Mail = "mail",
        /// Paper that the office scanned.
        Office = "office",
    }
}

crate::text_enum! {
    /// How it stands; worded by `evidence-state-<word>`.
    EvidenceState {
        /// Its pages are not made yet.
        Waiting = "waiting",
        /// It can be looked at.
        Ready = "ready",
        /// It is not taken; `fault` says why.
        Refused = "refused",
        /// Its time has passed: it cannot be read any more.
        Expired = "expired",
    }
}

/// A piece of evidence as lists show it: that it exists, and nothing of what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = evidence)]
pub struct Evidence {
    /// Its number.
    pub evidence_id: EvidenceId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// How it came.
    pub came_by: CameBy,
    /// What it is said to be, in a word of the ticket's kind.
    pub what: String,
    /// How it stands.
    pub state: EvidenceState,
    /// Why it was refused, in a code.
    pub fault: Option<String>,
    /// Pages that are kept.
    pub page_count: i64,
    /// Size of the file that came, in bytes.
    pub size_bytes: i64,
    /// Who handed it in: an address of the office, or `student` and the account's number.
    pub uploaded_by: String,
    /// Whether it was the student.
    pub is_of_student: bool,
    /// When it came, UTC ms.
    pub uploaded_at_ms: TimestampMs,
    /// When it was deleted, UTC ms.
    pub deleted_at_ms: Option<TimestampMs>,
    /// What proves that, as in the audit trail.
    pub deletion_code: Option<String>,
}

/// What opening what is stored of a piece takes.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = evidence)]
pub struct Sealed {
    /// The ticket, whose number stands in the watermark.
    pub ticket_id: TicketId,
    /// Names its objects.
    pub object: String,
    /// Its key, sealed.
    pub key_sealed: Option<Vec<u8>>,
    /// When it came, UTC ms; the day stands in the watermark.
    pub uploaded_at_ms: TimestampMs,
}

/// What is still to be deleted of a piece.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = evidence)]
pub struct Leftover {
    /// The piece.
    pub evidence_id: EvidenceId,
    /// Names its objects.
    pub object: String,
    /// `Ready` where the upload alone has to go, since its pages are kept.
    pub state: EvidenceState,
}

/// A page that was sealed and stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = evidence_pages)]
pub struct StoredPage {
    /// Its number, from 1.
    pub number: i64,
    /// SHA-256 of what is stored, in hexadecimal.
    pub sha256: String,
    /// Size of what is stored, in bytes.
    pub size_bytes: i64,
    /// Width in pixels.
    pub width_px: i64,
    /// Height in pixels.
    pub height_px: i64,
}

/// What proves a deletion: a digest over the digests of everything that was stored sealed, and over the instant. Whoever has a copy of
/// the objects can hold it against the audit trail; nobody learns from it what they showed.
pub fn deletion_code(
    evidence_id: EvidenceId,
    upload_sha256: &str,
    pages: &[StoredPage],
    deleted_at_ms: TimestampMs,
) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("evidence {evidence_id}\nupload {upload_sha256}\n"));
    for page in pages {
        digest.update(format!("page {} {} {}\n", page.number, page.size_bytes, page.sha256));
    }
    digest.update(format!("deleted {deleted_at_ms}\n"));
    hex::encode(digest.finalize())
}
