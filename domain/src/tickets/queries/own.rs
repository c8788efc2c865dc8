//! What a student sees of their own tickets, beside the tickets themselves.

use diesel::prelude::*;
use serde::Serialize;

use crate::db::conn::inside;
use crate::db::schema::{batch_entries, photos, tickets};
use crate::db::{Backend, Conn};
use crate::error::Result;
use crate::id::{PhotoId, RecordId, StudentId, TicketId};
use crate::students::model::{Student, StudentState};
use crate::tickets::machine::TicketState;
use crate::tickets::model::{Ticket, TicketKind};

/// A student's own tickets, the newest first; before it is settled who they are, those about the account alone.
pub fn list_own(conn: &mut Conn, by: &Student, limit: i64) -> Result<Vec<Ticket>> {
    let mut own = tickets::table
        .filter(tickets::student_id.eq(by.student_id))
        .into_boxed::<Backend>();
    if by.state != StudentState::Registered {
        own = own.filter(tickets::kind.eq(TicketKind::Account));
    }
    Ok(own
        .order(tickets::ticket_id.desc())
        .limit(limit)
        .select(Ticket::as_select())
        .load(conn)?)
}

/// An open ticket, as far as other pages point to it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = tickets)]
pub struct OpenTicket {
    /// Its number.
    pub ticket_id: TicketId,
    /// What is to be corrected.
    pub kind: TicketKind,
    /// Where it stands.
    pub state: TicketState,
    /// The enrolment.
    pub record_id: Option<RecordId>,
    /// The version of the photo that it is about.
    #[serde(skip)]
    pub photo_id: Option<PhotoId>,
}

impl OpenTicket {
    /// Whether it asks, handed in, for a correction of this version of a photo.
    pub fn corrects(&self, photo_id: PhotoId) -> bool {
        self.kind == TicketKind::Photo && self.state != TicketState::Draft && self.photo_id == Some(photo_id)
    }
}

/// A student's own open tickets, the newest first.
pub fn list_own_open(conn: &mut Conn, student_id: StudentId) -> Result<Vec<OpenTicket>> {
    // A student opens ten at most, and few are opened for one. With a LIMIT, SQLite would plan the statement anew each time.
    let of_student = tickets::student_id.eq(student_id).and(tickets::is_open.eq(true));
    Ok(inside!(conn, |conn| tickets::table
        .filter(of_student)
        .order(tickets::ticket_id.desc())
        .select(OpenTicket::as_select())
        .load(conn)?))
}

/// Address in the object store of the picture that a ticket is about, also where the record has another by now.
pub fn find_photo(conn: &mut Conn, ticket: &Ticket) -> Result<Option<String>> {
    let Some((photo_id, record_id)) = ticket.photo_id.zip(ticket.record_id) else {
        return Ok(None);
    };
    let sha256: Option<Option<String>> = photos::table
        .inner_join(batch_entries::table)
        .filter(photos::photo_id.eq(photo_id))
        .filter(photos::record_id.eq(record_id))
        .select(batch_entries::standard_sha256)
        .first(conn)
        .optional()?;
    Ok(sha256.flatten())
}
