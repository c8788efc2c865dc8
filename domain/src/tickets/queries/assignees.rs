//! The staff behind tickets: who can be given one, who has it open now, who is to be told that a promise runs out.

use diesel::prelude::*;

use crate::accounts::model::{Role, Scope, Staff};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{roll_records, staff, ticket_viewers, tickets};
use crate::error::Result;
use crate::id::{SchoolId, StaffId, TicketId};
use crate::tickets::model::{Ticket, Warned};

/// How long somebody counts as looking at a ticket after they asked for it last.
const LOOKS_FOR_MS: i64 = 2 * 60_000;

/// Somebody a ticket can be given to.
#[derive(Clone, Debug)]
pub struct Assignee {
    /// The account.
    pub staff_id: StaffId,
    /// Their address.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// When a ticket was given to them last, UTC ms.
    pub last_given_ms: Option<TimestampMs>,
}

/// Those who answer tickets and, where one is named, may see it; by address.
pub fn list_assignees(conn: &mut Conn, ticket: Option<&Ticket>) -> Result<Vec<Assignee>> {
    type Columns = (
        StaffId,
        String,
        Role,
        (Option<SchoolId>, Option<String>, Option<String>),
    );
    let people: Vec<Columns> = staff::table
        .filter(staff::is_active.eq(true))
        .filter(staff::agency_id.is_null())
        .order(staff::email)
        .select((
            staff::staff_id,
            staff::email,
            staff::role,
            (staff::school_id, staff::college, staff::class_name),
        ))
        .load(conn)?;
    let given: Vec<(Option<StaffId>, Option<TimestampMs>)> = tickets::table
        .filter(tickets::assignee_id.is_not_null())
        .group_by(tickets::assignee_id)
        .select((tickets::assignee_id, diesel::dsl::max(tickets::assigned_at_ms)))
        .load(conn)?;
    let place = ticket.map(|ticket| place_of(conn, ticket)).transpose()?;
    let fitting = people
        .into_iter()
        .filter(|(_, _, role, (school_id, college, class_name))| {
            let scope = Scope {
                school_id: *school_id,
                college: college.clone(),
                class_name: class_name.clone(),
            };
            role.may_answer_tickets() && place.as_ref().is_none_or(|place| reaches(*role, &scope, place))
        });
    Ok(fitting
        .map(|(staff_id, email, role, _)| Assignee {
            staff_id,
            email,
            role,
            last_given_ms: given
                .iter()
                .find(|(assignee, _)| *assignee == Some(staff_id))
                .and_then(|(_, at_ms)| *at_ms),
        })
        .collect())
}

/// School, 分院 and 班级 of the record of a ticket.
type Place = (Option<SchoolId>, Option<String>, Option<String>);

fn place_of(conn: &mut Conn, ticket: &Ticket) -> Result<Place> {
    let Some(record_id) = ticket.record_id else {
        return Ok((ticket.school_id, None, None));
    };
    let (school_id, college, class_name): (SchoolId, Option<String>, Option<String>) = roll_records::table
        .find(record_id)
        .select((roll_records::school_id, roll_records::college, roll_records::class_name))
        .first(conn)?;
    Ok((Some(school_id), college, class_name))
}

fn reaches(role: Role, scope: &Scope, (school_id, college, class_name): &Place) -> bool {
    let fits = |wanted: &Option<String>, own: &Option<String>| wanted.is_none() || wanted == own;
    let is_narrowed = scope.college.is_some() || scope.class_name.is_some();
    (role.may_see_every_college() || is_narrowed)
        && (scope.school_id.is_none() || scope.school_id == *school_id)
        && fits(&scope.college, college)
        && fits(&scope.class_name, class_name)
}

/// Who else has the ticket open now.
pub fn list_viewers(conn: &mut Conn, by: &Staff, ticket_id: TicketId, now_ms: TimestampMs) -> Result<Vec<String>> {
    Ok(ticket_viewers::table
        .inner_join(staff::table)
        .filter(ticket_viewers::ticket_id.eq(ticket_id))
        .filter(ticket_viewers::staff_id.ne(by.staff_id))
        .filter(ticket_viewers::seen_at_ms.gt(now_ms - LOOKS_FOR_MS))
        .order(staff::email)
        .select(staff::email)
        .load(conn)?)
}

/// Somebody to be told of tickets, and of how many.
#[derive(Clone, Debug)]
pub struct WarnedStaff {
    /// The account.
    pub staff_id: StaffId,
    /// Where to.
    pub email: String,
    /// Tickets whose promise is nearly over.
    pub soon: i64,
    /// Tickets whose promise is over.
    pub overdue: i64,
}

/// Those who have tickets that were warned of at that instant; what nobody has, every registrar and administrator has.
pub(in crate::tickets) fn list_warned(conn: &mut Conn, now_ms: TimestampMs) -> Result<Vec<WarnedStaff>> {
    let counts: Vec<(Option<StaffId>, Warned, i64)> = tickets::table
        .filter(tickets::is_open.eq(true))
        .filter(tickets::changed_at_ms.eq(now_ms))
        .filter(tickets::warned.ne(Warned::No))
        .group_by((tickets::assignee_id, tickets::warned))
        .select((tickets::assignee_id, tickets::warned, diesel::dsl::count_star()))
        .load(conn)?;
    let people: Vec<(StaffId, String, Role)> = staff::table
        .filter(staff::is_active.eq(true))
        .filter(staff::agency_id.is_null())
        .order(staff::staff_id)
        .select((staff::staff_id, staff::email, staff::role))
        .load(conn)?;
    let of = |staff_id: StaffId, gives_out: bool, warned: Warned| -> i64 {
        let own = counts.iter().filter(|(assignee, kind, _)| {
            *kind == warned && assignee.map_or(gives_out, |assignee| assignee == staff_id)
        });
        own.map(|(_, _, count)| *count).sum()
    };
    let told = people.into_iter().map(|(staff_id, email, role)| {
        let gives_out = role.may_change_rolls_and_batches();
        WarnedStaff {
            staff_id,
            email,
            soon: of(staff_id, gives_out, Warned::Soon),
            overdue: of(staff_id, gives_out, Warned::Overdue),
        }
    });
    Ok(told.filter(|warned| warned.soon + warned.overdue > 0).collect())
}
