//! What follows from an approval, in its commit: the roll is corrected, the photo shot again, the other side of a swap asked again, the
//! account freed; then the student is told.

use diesel::prelude::*;
use serde_json::json;

use super::steps::{StepForm, advance};
use super::{NewEvent, apply, identity, record};
use crate::accounts::model::Staff;
use crate::batches::commands::decisions;
use crate::batches::model::Decision;
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{photos, ticket_links, verdicts};
use crate::error::{Error, Result};
use crate::id::{EntryId, PhotoId, RecordId};
use crate::photos::finding::FindingCode;
use crate::tickets::machine::{Step, TicketState, find_transition};
use crate::tickets::model::{EventKind, Hand, LinkTarget, Ticket, TicketKind};
use crate::tickets::queries::read_addresses;
use crate::verdicts::commands::reopen_verdict;
use crate::verdicts::model::Subject;

/// Does what follows from an approval and moves the ticket on: to notified where the student has an account, else to applied, until
/// somebody called.
pub(super) fn follow_approval(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket: Ticket,
    now_ms: TimestampMs,
) -> Result<TicketState> {
    let Hand::Staff(by) = hand else {
        return Ok(ticket.state);
    };
    apply::apply_proposals(conn, sealer, by, &ticket, now_ms)?;
    match ticket.kind {
        TicketKind::Photo => refuse_photo(conn, sealer, by, &ticket, now_ms)?,
        TicketKind::Account => identity::free_identity(conn, sealer, by, &ticket, now_ms)?,
        _ => {}
    }
    let applied = go_on(conn, sealer, hand, &ticket, Step::Apply, now_ms)?;
    let is_reached = applied.student_id.is_some() || read_addresses(conn, sealer, applied.ticket_id)?.0.is_some();
    if !is_reached {
        return Ok(applied.state);
    }
    Ok(go_on(conn, sealer, Hand::House, &applied, Step::Notify, now_ms)?.state)
}

/// Moves along the house's own rows of the table; what was recorded meanwhile has raised the version.
fn go_on(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket: &Ticket,
    step: Step,
    now_ms: TimestampMs,
) -> Result<Ticket> {
    use crate::db::schema::tickets;
    let ticket: Ticket = tickets::table
        .find(ticket.ticket_id)
        .select(Ticket::as_select())
        .first(conn)?;
    let transition = find_transition(step, ticket.state)
        .ok_or_else(|| Error::conflict("ticket-step", "the ticket does not stand where an approval leads"))?;
    let form = StepForm {
        step,
        ..StepForm::blank(&ticket)
    };
    advance(conn, sealer, hand, ticket, transition, &form, now_ms)
}

/// The photo is to be shot again, and the other side of a swap judges anew.
fn refuse_photo(conn: &mut Conn, sealer: &Sealer, by: &Staff, ticket: &Ticket, now_ms: TimestampMs) -> Result<()> {
    let Some(photo_id) = ticket.photo_id else {
        return Ok(());
    };
    if let Some(entry_id) = standing_entry(conn, photo_id)? {
        let reason = Some(FindingCode::Other);
        let decided = decisions::decide(conn, sealer, by, &[entry_id], Decision::Recapture, reason, now_ms)?;
        if let Some(refusal) = decided.refused.first() {
            return Err(Error::conflict(
                refusal.code,
                "the photo cannot be sent to be shot again as it stands: look at it in the review first",
            ));
        }
        let told = NewEvent::public(EventKind::PhotoRefused, "", json!({ "photo": photo_id }));
        record(conn, sealer, Hand::Staff(by), ticket.ticket_id, None, &told, now_ms)?;
    }
    for partner in partners(conn, ticket)? {
        let has_verdict: i64 = verdicts::table
            .filter(verdicts::record_id.eq(partner))
            .filter(verdicts::subject.eq(Subject::Photo))
            .filter(verdicts::reopened_at_ms.is_null())
            .count()
            .get_result(conn)?;
        if has_verdict > 0 {
            let reason = format!("ticket {}", ticket.ticket_id);
            reopen_verdict(conn, sealer, by, (partner, Subject::Photo), &reason, now_ms)?;
        }
        let told = NewEvent::internal(EventKind::PartnerReopened, "", json!({ "record": partner }));
        record(conn, sealer, Hand::Staff(by), ticket.ticket_id, None, &told, now_ms)?;
    }
    Ok(())
}

/// The file that the photo is made of, while it is the record's.
fn standing_entry(conn: &mut Conn, photo_id: PhotoId) -> Result<Option<EntryId>> {
    Ok(photos::table
        .find(photo_id)
        .filter(photos::state.eq("accepted"))
        .select(photos::entry_id)
        .first(conn)
        .optional()?)
}

fn partners(conn: &mut Conn, ticket: &Ticket) -> Result<Vec<RecordId>> {
    let ids: Vec<i64> = ticket_links::table
        .filter(ticket_links::ticket_id.eq(ticket.ticket_id))
        .filter(ticket_links::target.eq(LinkTarget::SwapPartner))
        .order(ticket_links::target_id)
        .select(ticket_links::target_id)
        .load(conn)?;
    Ok(ids.into_iter().map(RecordId).collect())
}
