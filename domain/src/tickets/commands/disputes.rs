//! 照片错误 and 信息错误: a verdict that calls something wrong opens its ticket in the same commit.

use serde_json::json;

use super::{NewEvent, begin_or_submit, record};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::error::Result;
use crate::id::{PhotoId, TicketId};
use crate::tickets::model::{CameBy, EventKind, Hand, NewTicket, TicketKind};
use crate::tickets::queries::{find_account_of, find_open_about};
use crate::verdicts::commands::{Speaker, Spoken, Statement, give_verdict};
use crate::verdicts::model::{Given, Subject};

/// Gives a verdict; where it stands and calls something wrong, the ticket about it is opened, or goes on where one is open already.
pub fn judge(
    conn: &mut Conn,
    sealer: &Sealer,
    speaker: &Speaker,
    statement: &Statement,
    now_ms: TimestampMs,
) -> Result<(Spoken, Option<TicketId>)> {
    let spoken = give_verdict(conn, sealer, speaker, statement, now_ms)?;
    let Given::Disputed(reason) = statement.given else {
        return Ok((spoken, None));
    };
    if spoken != Spoken::Taken {
        return Ok((spoken, None));
    }
    let (hand, student_id) = match speaker {
        Speaker::Student { student, .. } => (Hand::Student(student), Some(student.student_id)),
        Speaker::OnBehalf(staff) => (Hand::Staff(staff), find_account_of(conn, statement.record_id)?),
    };
    let (kind, photo_id) = match statement.subject {
        Subject::Photo => (TicketKind::Photo, Some(PhotoId(statement.version))),
        Subject::Roll => (TicketKind::Roll, None),
    };
    let new = NewTicket {
        kind,
        came_by: CameBy::Dispute,
        student_id,
        record_id: Some(statement.record_id),
        photo_id,
        reason: Some(reason.as_str().to_owned()),
        body: statement.remark.clone(),
        reply_to: None,
        phone: None,
    };
    let ticket_id = match find_open_about(conn, &new)? {
        Some(open) => {
            let again = NewEvent::public(EventKind::Message, &new.body, json!({ "reason": reason }));
            record(conn, sealer, hand, open, None, &again, now_ms)?;
            open
        }
        None => begin_or_submit(conn, sealer, hand, &new, now_ms)?,
    };
    Ok((spoken, Some(ticket_id)))
}
