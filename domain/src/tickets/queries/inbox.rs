//! The office's list of tickets, and how many are in each of its parts.

use diesel::prelude::*;

use crate::accounts::model::Staff;
use crate::batches::model::MaskedStudent;
use crate::clock::TimestampMs;
use crate::db::schema::{roll_records, staff, tickets};
use crate::db::{Backend, Conn};
use crate::error::Result;
use crate::id::TicketId;
use crate::tickets::machine::TicketState;
use crate::tickets::model::{Ticket, TicketKind, Warned};

crate::text_enum! {
    /// A part of the list; worded by `ticket-band-<word>`.
    Band {
        /// Whatever is open.
        Open = "open",
        /// Open and the reader's own.
        Mine = "mine",
        /// Open and nobody's.
        Unassigned = "unassigned",
        /// The promise is nearly over.
        DueSoon = "due-soon",
        /// The promise is over.
        Overdue = "overdue",
        /// The student, or another body, has to act.
        Waiting = "waiting",
        /// Whatever has ended.
        Ended = "ended",
    }
}

/// Which tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxQuery {
    /// The part.
    pub band: Band,
    /// Only those of a kind.
    pub kind: Option<TicketKind>,
    /// Only those in a state.
    pub state: Option<TicketState>,
    /// Only those of a 分院.
    pub college: Option<String>,
    /// Only those that somebody has, by address.
    pub assignee: Option<String>,
}

impl InboxQuery {
    /// A part, not narrowed.
    pub fn of(band: Band) -> Self {
        Self {
            band,
            kind: None,
            state: None,
            college: None,
            assignee: None,
        }
    }
}

/// Where a page of the list begins: what is due after the last one, or older than it.
pub type After = (i64, TicketId);

/// A line of the list.
#[derive(Clone, Debug)]
pub struct ListedTicket {
    /// The ticket.
    pub ticket: Ticket,
    /// Its place in the order.
    pub turn_ms: i64,
    /// Whose record it is about, where it is about one.
    pub student: Option<MaskedStudent>,
    /// 分院.
    pub college: Option<String>,
    /// Who has it.
    pub assignee: Option<String>,
}

type Columns = (
    Ticket,
    i64,
    Option<(String, String, Option<String>, Option<String>)>,
    Option<String>,
);

/// A page of the list: what is open by what is due first, what has ended by age.
pub fn list_tickets(
    conn: &mut Conn,
    by: &Staff,
    query: &InboxQuery,
    after: Option<After>,
    (limit, now_ms): (i64, TimestampMs),
) -> Result<Vec<ListedTicket>> {
    if !by.may_see_records() {
        return Ok(Vec::new());
    }
    let mut rows = tickets::table
        .left_join(roll_records::table)
        .left_join(staff::table)
        .filter(tickets::is_open.eq(query.band != Band::Ended))
        .into_boxed::<Backend>();
    rows = match query.band {
        Band::Open | Band::Ended => rows,
        Band::Mine => rows.filter(tickets::assignee_id.eq(by.staff_id)),
        Band::Unassigned => rows
            .filter(tickets::assignee_id.is_null())
            .filter(tickets::state.ne(TicketState::Draft)),
        Band::DueSoon => rows
            .filter(tickets::warn_at_ms.le(now_ms))
            .filter(tickets::due_at_ms.gt(now_ms)),
        Band::Overdue => rows.filter(tickets::due_at_ms.le(now_ms)),
        Band::Waiting => rows.filter(tickets::state.eq_any([TicketState::NeedMore, TicketState::Escalated])),
    };
    if let Some(school_id) = by.scope.school_id {
        rows = rows.filter(tickets::school_id.eq(school_id));
    }
    for college in [&by.scope.college, &query.college].into_iter().flatten() {
        rows = rows.filter(roll_records::college.eq(college.clone()));
    }
    if let Some(class_name) = &by.scope.class_name {
        rows = rows.filter(roll_records::class_name.eq(class_name.clone()));
    }
    if let Some(kind) = query.kind {
        rows = rows.filter(tickets::kind.eq(kind));
    }
    if let Some(state) = query.state {
        rows = rows.filter(tickets::state.eq(state));
    }
    if let Some(assignee) = &query.assignee {
        rows = rows.filter(staff::email.eq(assignee.clone()));
    }
    rows = match (query.band, after) {
        (Band::Ended, None) => rows.order(tickets::ticket_id.desc()),
        (Band::Ended, Some((_, last))) => rows
            .order(tickets::ticket_id.desc())
            .filter(tickets::ticket_id.lt(last)),
        (_, None) => rows.order((tickets::turn_ms, tickets::ticket_id)),
        (_, Some((turn_ms, last))) => rows.order((tickets::turn_ms, tickets::ticket_id)).filter(
            tickets::turn_ms
                .gt(turn_ms)
                .or(tickets::turn_ms.eq(turn_ms).and(tickets::ticket_id.gt(last))),
        ),
    };
    let rows: Vec<Columns> = rows
        .limit(limit)
        .select((
            Ticket::as_select(),
            tickets::turn_ms,
            (
                roll_records::name,
                roll_records::student_no,
                roll_records::class_name,
                roll_records::college,
            )
                .nullable(),
            staff::email.nullable(),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(listed).collect())
}

fn listed((ticket, turn_ms, record, assignee): Columns) -> ListedTicket {
    let (student, college) = match record {
        Some((name, student_no, class_name, college)) => {
            (Some(MaskedStudent::new(&name, student_no, class_name)), college)
        }
        None => (None, None),
    };
    ListedTicket {
        ticket,
        turn_ms,
        student,
        college,
        assignee,
    }
}

/// How many open tickets there are for the reader, and how many of them are overdue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxCounts {
    /// Open and handed in.
    pub open: i64,
    /// The reader's own.
    pub mine: i64,
    /// Nobody's.
    pub unassigned: i64,
    /// Nearly due.
    pub due_soon: i64,
    /// Overdue.
    pub overdue: i64,
    /// Waiting for somebody else.
    pub waiting: i64,
}

/// Counts the parts of the list in one statement.
pub fn count_tickets(conn: &mut Conn, by: &Staff, now_ms: TimestampMs) -> Result<InboxCounts> {
    if !by.may_see_records() {
        return Ok(InboxCounts::default());
    }
    let mut rows = tickets::table
        .left_join(roll_records::table)
        .filter(tickets::is_open.eq(true))
        .filter(tickets::state.ne(TicketState::Draft))
        .into_boxed::<Backend>();
    if let Some(school_id) = by.scope.school_id {
        rows = rows.filter(tickets::school_id.eq(school_id));
    }
    if let Some(college) = &by.scope.college {
        rows = rows.filter(roll_records::college.eq(college.clone()));
    }
    if let Some(class_name) = &by.scope.class_name {
        rows = rows.filter(roll_records::class_name.eq(class_name.clone()));
    }
    type Facts = (
        TicketState,
        Option<crate::id::StaffId>,
        Option<TimestampMs>,
        Option<TimestampMs>,
        Warned,
    );
    let rows: Vec<Facts> = rows
        .select((
            tickets::state,
            tickets::assignee_id,
            tickets::due_at_ms,
            tickets::warn_at_ms,
            tickets::warned,
        ))
        .load(conn)?;
    let mut counts = InboxCounts::default();
    for (state, assignee, due_at_ms, warn_at_ms, _) in rows {
        let is_overdue = due_at_ms.is_some_and(|at_ms| at_ms <= now_ms);
        counts.open += 1;
        counts.mine += i64::from(assignee == Some(by.staff_id));
        counts.unassigned += i64::from(assignee.is_none());
        counts.overdue += i64::from(is_overdue);
        counts.due_soon += i64::from(!is_overdue && warn_at_ms.is_some_and(|at_ms| at_ms <= now_ms));
        counts.waiting += i64::from(state.is_pause());
    }
    Ok(counts)
}
