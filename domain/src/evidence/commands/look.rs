//! Looking at evidence: by few, and never unseen. The ticket is the reason, so that nobody has to type one whose work is to look.

use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::evidence::model::Evidence;
use crate::evidence::queries::get_evidence;
use crate::id::{EvidenceId, TicketId};
use crate::tickets::model::Hand;
use crate::tickets::queries::get_ticket;

/// What somebody wants to see.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The piece.
    pub evidence_id: EvidenceId,
    /// One page of it; unset: the piece as a whole is opened.
    pub page: Option<i64>,
}

/// What comes of a wish; both are in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// It may be shown.
    Allowed(Evidence),
    /// It may not.
    Refused,
}

/// Whether whoever asks may see pictures of this piece: the office where the role may open sealed fields, students what they brought.
pub fn may_look(hand: Hand<'_>, piece: &Evidence) -> bool {
    match hand {
        Hand::Staff(staff) => staff.role.may_reveal(),
        Hand::Student(_) => piece.is_of_student,
        Hand::Writer | Hand::House => false,
    }
}

/// Decides whether a piece may be shown, and puts the look or the refusal into the audit trail.
pub fn look(conn: &mut Conn, sealer: &Sealer, hand: Hand<'_>, wish: Wish, now_ms: TimestampMs) -> Result<Looked> {
    get_ticket(conn, hand, wish.ticket_id)?;
    let piece = get_evidence(conn, wish.ticket_id, wish.evidence_id)?;
    let is_allowed = may_look(hand, &piece);
    let act = Act::new("evidence.view", "evidence", wish.evidence_id).by(hand.actor());
    let act = if is_allowed { act } else { act.refused() };
    let detail = match wish.page {
        Some(page) => format!("ticket {}, page {page}", wish.ticket_id),
        None => format!("ticket {}", wish.ticket_id),
    };
    audit::append_with(conn, sealer, &act, &detail, now_ms)?;
    Ok(if is_allowed {
        Looked::Allowed(piece)
    } else {
        Looked::Refused
    })
}

/// A piece as a list shows it to the office, without any picture; the looks at it are read by auditors alone.
pub fn see_that_it_exists(conn: &mut Conn, by: &Staff, wish: Wish) -> Result<Evidence> {
    if !by.role.may_read_audit_trail() {
        return Err(Error::Forbidden {
            right: "look at evidence",
        });
    }
    get_ticket(conn, Hand::Staff(by), wish.ticket_id)?;
    get_evidence(conn, wish.ticket_id, wish.evidence_id)
}
