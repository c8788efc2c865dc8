//! Asking for an identity that another account has, freeing it for the account that proved it (E1), and letting an account that was made
//! with a wrong one begin anew (D2).

use serde_json::json;

use super::{NewEvent, begin_or_submit, record};
use crate::accounts::model::Staff;
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::id::TicketId;
use crate::students::commands::identity::{Freed, free_number};
use crate::students::model::{Student, StudentState};
use crate::tickets::model::{CameBy, EventKind, Hand, NewTicket, Ticket, TicketKind};
use crate::tickets::queries::find_open_about;

/// Why an account asks for its identity, in the ticket's word for what is wrong.
const ID_TAKEN: &str = "id-taken";

/// Opens the ticket of a student whose account cannot be completed because another one has the number; where it is open already, that one.
pub fn ask_for_identity(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Student,
    words: &str,
    now_ms: TimestampMs,
) -> Result<TicketId> {
    if by.state != StudentState::Confirming {
        return Err(Error::conflict(
            "registration-step",
            "fill in the form of the registration first, up to the question whether all of it is right",
        ));
    }
    let new = NewTicket {
        kind: TicketKind::Account,
        came_by: CameBy::Page,
        student_id: Some(by.student_id),
        record_id: None,
        photo_id: None,
        reason: Some(ID_TAKEN.to_owned()),
        body: words.to_owned(),
        reply_to: None,
        phone: None,
    };
    match find_open_about(conn, &new)? {
        Some(open) => Ok(open),
        None => begin_or_submit(conn, sealer, Hand::Student(by), &new, now_ms),
    }
}

/// Ends the other accounts with the number, or empties this one so that its student types who they are anew.
pub(super) fn free_identity(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    ticket: &Ticket,
    now_ms: TimestampMs,
) -> Result<()> {
    let Some(student_id) = ticket.student_id else {
        return Ok(());
    };
    let parameters = match free_number(conn, sealer, by, student_id, now_ms)? {
        Freed::OthersEnded(count) => json!({ "ended": count }),
        Freed::BeginsAnew => json!({ "begins_anew": true }),
        Freed::Nothing => return Ok(()),
    };
    let told = NewEvent::public(EventKind::AccountsEnded, "", parameters);
    record(conn, sealer, Hand::Staff(by), ticket.ticket_id, None, &told, now_ms)?;
    Ok(())
}
