//! Freeing an identity for the account that proved it (E1), and letting an account that was made with a wrong one begin anew (D2).

use serde_json::json;

use super::{NewEvent, record};
use crate::accounts::model::Staff;
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::error::Result;
use crate::students::commands::identity::{Freed, free_number};
use crate::tickets::model::{EventKind, Hand, Ticket};

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
