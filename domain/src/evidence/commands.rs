//! Taking evidence in, keeping its pages, refusing it, and deleting it.

pub mod look;

use diesel::prelude::*;
use serde_json::json;

use super::model::{CameBy, EvidenceState, MAX_PER_TICKET, OTHER, StoredPage, deletion_code};
use super::queries::{KEPT, count_kept, list_pages};
use super::sealing::SealedUpload;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::schema::evidence;
use crate::error::{Error, Result};
use crate::id::{EvidenceId, TicketId};
use crate::jobs::PrepareEvidence;
use crate::queue::{self, Lease};
use crate::tickets::commands::talk::note_evidence;
use crate::tickets::kinds::get_kind;
use crate::tickets::model::Hand;
use crate::tickets::queries::get_ticket;

/// Who deletes what has expired, in the audit trail.
const HOUSE: &str = "rollproof";

/// A file that is to support a ticket, once it lies sealed in the store.
#[derive(Clone, Debug)]
pub struct NewEvidence<'a> {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Whose hand brings it.
    pub hand: Hand<'a>,
    /// How it came.
    pub came_by: CameBy,
    /// What it is said to be: what the ticket's kind asks for, or `other`.
    pub what: &'a str,
    /// The file.
    pub upload: &'a SealedUpload,
    /// When it is deleted even if its ticket is open, UTC ms.
    pub expires_at_ms: Option<TimestampMs>,
}

/// Records a file, which becomes part of what happened to the ticket, and queues making pages of it.
pub fn add_evidence(
    conn: &mut Conn,
    sealer: &Sealer,
    new: &NewEvidence<'_>,
    now_ms: TimestampMs,
) -> Result<EvidenceId> {
    require_wanted(conn, new)?;
    let parameters = json!({ "what": new.what });
    // Writes to the ticket's row, which holds off whoever adds to it at the same moment until the pieces are counted.
    note_evidence(conn, sealer, new.hand, new.ticket_id, parameters, now_ms)?;
    if count_kept(conn, new.ticket_id)? >= MAX_PER_TICKET {
        return Err(Error::TooMuch {
            code: "evidence-too-many",
            message: format!("a ticket has at most {MAX_PER_TICKET} files"),
        });
    }
    let actor = new.hand.actor();
    let evidence_id: EvidenceId = diesel::insert_into(evidence::table)
        .values((
            evidence::ticket_id.eq(new.ticket_id),
            evidence::came_by.eq(new.came_by),
            evidence::what.eq(new.what),
            evidence::state.eq(EvidenceState::Waiting),
            evidence::object.eq(new.upload.object.as_str()),
            evidence::has_upload.eq(true),
            evidence::key_sealed.eq(&new.upload.key_sealed),
            evidence::upload_sha256.eq(new.upload.sha256()),
            evidence::size_bytes.eq(new.upload.size_bytes),
            evidence::page_count.eq(0),
            evidence::uploaded_by.eq(actor.name),
            evidence::is_of_student.eq(new.hand.is_of_student()),
            evidence::uploaded_at_ms.eq(now_ms),
            evidence::expires_at_ms.eq(new.expires_at_ms),
        ))
        .returning(evidence::evidence_id)
        .get_result(conn)?;
    let act = Act::new("evidence.add", "evidence", evidence_id).by(actor);
    let detail = format!("ticket {}, {}, {}", new.ticket_id, new.what, new.came_by);
    audit::append_with(conn, sealer, &act, &detail, now_ms)?;
    queue::enqueue(conn, &PrepareEvidence { evidence_id }, now_ms)?;
    Ok(evidence_id)
}

/// Refuses a word that the ticket's kind does not ask for; anything may come as something else.
fn require_wanted(conn: &mut Conn, new: &NewEvidence<'_>) -> Result<()> {
    if new.what == OTHER {
        return Ok(());
    }
    let ticket = get_ticket(conn, new.hand, new.ticket_id)?;
    let kind = get_kind(conn, ticket.kind)?;
    if kind.definition.evidence.iter().any(|wanted| wanted.what == new.what) {
        return Ok(());
    }
    Err(Error::invalid("evidence-what", "what", "say what the file shows"))
}

#[derive(serde::Serialize)]
struct PageRow<'a> {
    evidence_id: EvidenceId,
    number: i64,
    sha256: &'a str,
    size_bytes: i64,
    width_px: i64,
    height_px: i64,
}

const PAGE_COLUMNS: &[Column] = &[
    Column::Integer("evidence_id"),
    Column::Integer("number"),
    Column::Text("sha256"),
    Column::Integer("size_bytes"),
    Column::Integer("width_px"),
    Column::Integer("height_px"),
];

/// Records the stored pages of a piece and finishes the job; what expired meanwhile stays expired.
pub fn record_pages(
    conn: &mut Conn,
    lease: &Lease,
    evidence_id: EvidenceId,
    pages: &[StoredPage],
    now_ms: TimestampMs,
) -> Result<()> {
    let page_count = i64::try_from(pages.len()).unwrap_or(i64::MAX);
    let made = diesel::update(
        evidence::table
            .filter(evidence::evidence_id.eq(evidence_id))
            .filter(evidence::state.eq(EvidenceState::Waiting)),
    )
    .set((
        evidence::state.eq(EvidenceState::Ready),
        evidence::page_count.eq(page_count),
    ))
    .execute(conn)?;
    if made > 0 {
        let rows: Vec<PageRow<'_>> = pages
            .iter()
            .map(|page| PageRow {
                evidence_id,
                number: page.number,
                sha256: &page.sha256,
                size_bytes: page.size_bytes,
                width_px: page.width_px,
                height_px: page.height_px,
            })
            .collect();
        bulk::insert(conn, "evidence_pages", PAGE_COLUMNS, "", &rows)?;
    }
    queue::finish(conn, lease, now_ms)
}

/// Refuses a piece for good and finishes the job: its key is forgotten with it.
pub fn record_refusal(
    conn: &mut Conn,
    sealer: &Sealer,
    lease: &Lease,
    evidence_id: EvidenceId,
    code: &str,
    now_ms: TimestampMs,
) -> Result<()> {
    diesel::update(
        evidence::table
            .filter(evidence::evidence_id.eq(evidence_id))
            .filter(evidence::state.eq(EvidenceState::Waiting)),
    )
    .set((
        evidence::state.eq(EvidenceState::Refused),
        evidence::fault.eq(code),
        evidence::key_sealed.eq(None::<Vec<u8>>),
    ))
    .execute(conn)?;
    let act = Act::new("evidence.refuse", "evidence", evidence_id).by(HOUSE);
    audit::append_with(conn, sealer, &act, code, now_ms)?;
    queue::finish(conn, lease, now_ms)
}

/// Makes pieces unreadable: from this commit on nobody has their keys. Their objects are removed afterwards.
pub fn forget_keys(conn: &mut Conn, evidence_ids: &[EvidenceId]) -> Result<()> {
    diesel::update(
        evidence::table
            .filter(evidence::evidence_id.eq_any(evidence_ids))
            .filter(evidence::state.eq_any(KEPT)),
    )
    .set((
        evidence::state.eq(EvidenceState::Expired),
        evidence::key_sealed.eq(None::<Vec<u8>>),
    ))
    .execute(conn)?;
    Ok(())
}

/// Records that the upload of a piece is gone, since its pages are kept instead.
pub fn record_upload_gone(conn: &mut Conn, evidence_id: EvidenceId) -> Result<()> {
    diesel::update(evidence::table.find(evidence_id))
        .set(evidence::has_upload.eq(false))
        .execute(conn)?;
    Ok(())
}

/// Records that nothing is left of a piece in the store, with what proves it; says so once.
pub fn record_deletion(conn: &mut Conn, sealer: &Sealer, evidence_id: EvidenceId, now_ms: TimestampMs) -> Result<()> {
    let (ticket_id, upload_sha256): (TicketId, String) = evidence::table
        .find(evidence_id)
        .select((evidence::ticket_id, evidence::upload_sha256))
        .first(conn)?;
    let pages = list_pages(conn, evidence_id)?;
    let code = deletion_code(evidence_id, &upload_sha256, &pages, now_ms);
    let deleted = diesel::update(
        evidence::table
            .filter(evidence::evidence_id.eq(evidence_id))
            .filter(evidence::state.ne_all(KEPT))
            .filter(evidence::deleted_at_ms.is_null()),
    )
    .set((
        evidence::has_upload.eq(false),
        evidence::deleted_at_ms.eq(now_ms),
        evidence::deletion_code.eq(&code),
    ))
    .execute(conn)?;
    if deleted == 0 {
        return Ok(());
    }
    let bytes: i64 = pages.iter().map(|page| page.size_bytes).sum();
    let detail = format!(
        "ticket {ticket_id}: the key, the upload and {} pages of {bytes} bytes; SHA-256 {code}",
        pages.len()
    );
    let act = Act::new("evidence.delete", "evidence", evidence_id).by(HOUSE);
    audit::append_with(conn, sealer, &act, &detail, now_ms)
}
