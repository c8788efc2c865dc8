//! What happens to tickets when a time has come: the office is told what is nearly due and overdue, and what was answered is closed.

use serde_json::json;

use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::dialect::tickets::{self as statements, Warning};
use crate::error::Result;
use crate::id::TicketId;
use crate::notices::commands::tell;
use crate::notices::model::{NewNotice, NoticeKind};
use crate::tickets::model::Hand;
use crate::tickets::queries::assignees::list_warned;
use crate::tickets::queries::list_closed_at;

/// How long an answered ticket stays as it is, for the student to object.
const CLOSE_AFTER_MS: i64 = 14 * 86_400_000;

/// Notes what is nearly due and overdue since the last time, tells those who have the tickets, and closes what was answered two weeks ago.
/// Both instants lie in working hours by how they are counted, so that nobody is told at night. Says how many tickets that were.
pub fn watch_tickets(conn: &mut Conn, sealer: &Sealer, now_ms: TimestampMs) -> Result<usize> {
    let overdue = statements::warn(conn, Warning::Overdue, now_ms)?;
    let soon = statements::warn(conn, Warning::Soon, now_ms)?;
    if overdue + soon > 0 {
        tell_office(conn, sealer, now_ms)?;
    }
    let closed = statements::close_answered(conn, now_ms - CLOSE_AFTER_MS, now_ms)?;
    if closed > 0 {
        let ended: Vec<(TicketId, Option<String>)> = list_closed_at(conn, now_ms)?
            .into_iter()
            .map(|ticket_id| (ticket_id, None))
            .collect();
        let act = Act::new("ticket.close", "ticket", "").by(Hand::House.actor());
        audit::append_about(conn, sealer, &act, &ended, now_ms)?;
    }
    Ok(overdue + soon + closed)
}

/// One mail to each of those who have tickets that were warned of now; those that nobody has go to who gives them out.
fn tell_office(conn: &mut Conn, sealer: &Sealer, now_ms: TimestampMs) -> Result<()> {
    for warned in list_warned(conn, now_ms)? {
        let notice = NewNotice {
            student_id: None,
            record_id: None,
            kind: NoticeKind::TicketsDue,
            unique_key: format!("tickets-due:{}:{now_ms}", warned.staff_id),
            parameters: json!({ "path": "console/tickets", "overdue": warned.overdue, "soon": warned.soon }),
            secret: None,
            expires_at_ms: None,
            to: Some(&warned.email),
        };
        tell(conn, sealer, &notice, now_ms)?;
    }
    Ok(())
}
