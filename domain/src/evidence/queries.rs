//! Reads of evidence.

use diesel::prelude::*;

use super::model::{Evidence, EvidenceState, Leftover, MAX_PER_TICKET, Sealed, StoredPage};
use crate::clock::TimestampMs;
use crate::db::schema::{evidence, evidence_pages, tickets};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::{EvidenceId, TicketId};

/// Pieces of a ticket that are listed: those that count, and ten times as many that were refused or have gone.
const MOST_LISTED: i64 = 11 * MAX_PER_TICKET;

/// Pieces that stand so are kept: they count, and their time runs out.
pub(super) const KEPT: [EvidenceState; 2] = [EvidenceState::Waiting, EvidenceState::Ready];

/// What there is of a ticket, in the order in which it came.
pub fn list_evidence(conn: &mut Conn, ticket_id: TicketId) -> Result<Vec<Evidence>> {
    Ok(evidence::table
        .filter(evidence::ticket_id.eq(ticket_id))
        .order(evidence::evidence_id)
        .limit(MOST_LISTED)
        .select(Evidence::as_select())
        .load(conn)?)
}

/// A piece of a ticket; whether the reader may see the ticket is asked before.
pub fn get_evidence(conn: &mut Conn, ticket_id: TicketId, evidence_id: EvidenceId) -> Result<Evidence> {
    let found = evidence::table
        .filter(evidence::evidence_id.eq(evidence_id))
        .filter(evidence::ticket_id.eq(ticket_id))
        .select(Evidence::as_select())
        .first(conn)
        .optional()?;
    found.ok_or_else(|| Error::not_found("evidence", evidence_id))
}

/// How many pieces of a ticket count.
pub fn count_kept(conn: &mut Conn, ticket_id: TicketId) -> Result<i64> {
    Ok(evidence::table
        .filter(evidence::ticket_id.eq(ticket_id))
        .filter(evidence::state.eq_any(KEPT))
        .count()
        .get_result(conn)?)
}

/// What the pieces of a ticket that count are said to be.
pub fn list_kinds(conn: &mut Conn, ticket_id: TicketId) -> Result<Vec<String>> {
    Ok(evidence::table
        .filter(evidence::ticket_id.eq(ticket_id))
        .filter(evidence::state.eq_any(KEPT))
        .select(evidence::what)
        .load(conn)?)
}

/// A piece whose pages are not made yet.
pub fn find_waiting(conn: &mut Conn, evidence_id: EvidenceId) -> Result<Option<Sealed>> {
    Ok(evidence::table
        .filter(evidence::evidence_id.eq(evidence_id))
        .filter(evidence::state.eq(EvidenceState::Waiting))
        .select(Sealed::as_select())
        .first(conn)
        .optional()?)
}

/// How the pages of a piece are opened, while it has any.
pub fn find_sealed(conn: &mut Conn, evidence_id: EvidenceId) -> Result<Option<Sealed>> {
    Ok(evidence::table
        .filter(evidence::evidence_id.eq(evidence_id))
        .filter(evidence::state.eq(EvidenceState::Ready))
        .select(Sealed::as_select())
        .first(conn)
        .optional()?)
}

/// The pages of a piece, in order.
pub fn list_pages(conn: &mut Conn, evidence_id: EvidenceId) -> Result<Vec<StoredPage>> {
    Ok(evidence_pages::table
        .filter(evidence_pages::evidence_id.eq(evidence_id))
        .order(evidence_pages::number)
        .select(StoredPage::as_select())
        .load(conn)?)
}

/// Pieces whose time has passed: their ticket ended before `ended_before_ms`, or they were to be kept until now only.
pub fn list_due(
    conn: &mut Conn,
    ended_before_ms: TimestampMs,
    now_ms: TimestampMs,
    limit: i64,
) -> Result<Vec<EvidenceId>> {
    let is_over = tickets::is_open
        .eq(false)
        .and(tickets::closed_at_ms.is_not_null())
        .and(tickets::closed_at_ms.assume_not_null().lt(ended_before_ms));
    let is_due = evidence::expires_at_ms
        .is_not_null()
        .and(evidence::expires_at_ms.assume_not_null().le(now_ms));
    Ok(evidence::table
        .inner_join(tickets::table)
        .filter(evidence::state.eq_any(KEPT))
        .filter(is_over.or(is_due))
        .order(evidence::evidence_id)
        .limit(limit)
        .select(evidence::evidence_id)
        .load(conn)?)
}

/// Pieces of which something is still to be deleted, after that number.
pub fn list_leftovers(conn: &mut Conn, after: EvidenceId, limit: i64) -> Result<Vec<Leftover>> {
    let is_ended = evidence::state
        .eq_any([EvidenceState::Refused, EvidenceState::Expired])
        .and(evidence::deleted_at_ms.is_null());
    let is_made = evidence::state
        .eq(EvidenceState::Ready)
        .and(evidence::has_upload.eq(true));
    Ok(evidence::table
        .filter(evidence::evidence_id.gt(after))
        .filter(is_ended.or(is_made))
        .order(evidence::evidence_id)
        .limit(limit)
        .select(Leftover::as_select())
        .load(conn)?)
}

/// What is still to be deleted of one piece.
pub fn find_leftover(conn: &mut Conn, evidence_id: EvidenceId) -> Result<Option<Leftover>> {
    let next = list_leftovers(conn, EvidenceId(evidence_id.0 - 1), 1)?;
    Ok(next.into_iter().find(|left| left.evidence_id == evidence_id))
}

/// Which of these names of objects belong to a piece that is not deleted.
pub fn list_known(conn: &mut Conn, objects: &[String]) -> Result<Vec<String>> {
    Ok(evidence::table
        .filter(evidence::object.eq_any(objects))
        .filter(evidence::deleted_at_ms.is_null())
        .select(evidence::object)
        .into_boxed::<Backend>()
        .load(conn)?)
}
