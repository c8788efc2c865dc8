//! The students' pages of corrections (更正): what they asked for, where it stands, and what waits for them.

pub(super) mod conversation;
pub mod new;
pub mod show;
pub mod steps;

use domain::clock::{TimestampMs, day_in_shanghai};
use domain::students::model::{Student, StudentState};
use domain::tickets::machine::TicketState;
use domain::tickets::model::{Ticket, TicketKind};
use domain::tickets::queries::own::list_own;
use domain::verdicts::model::Enrolment;
use poem::{Response, handler};
use serde::Serialize;

use super::{StudentFrame, next_step};
use crate::error::Failure;
use crate::pages::screen::Screen;

/// Tickets of one page; nobody has as many.
const MOST: i64 = 100;

/// `student/tickets.html`.
#[derive(Serialize)]
pub struct TicketsPage {
    frame: StudentFrame,
    rows: Vec<Row>,
    /// Where the registration goes on, before the account is complete.
    onward: Option<&'static str>,
}

#[derive(Serialize)]
struct Row {
    number: String,
    kind: TicketKind,
    state: TicketState,
    waits_for_student: bool,
    /// The day until when it is promised, while the clock runs.
    due: Option<String>,
    opened: String,
}

impl From<Ticket> for Row {
    fn from(ticket: Ticket) -> Self {
        Self {
            number: ticket.ticket_id.to_string(),
            kind: ticket.kind,
            state: ticket.state,
            waits_for_student: ticket.state.waits_for_student(),
            due: due_day(&ticket),
            opened: day_in_shanghai(ticket.created_at_ms),
        }
    }
}

fn due_day(ticket: &Ticket) -> Option<String> {
    let due_at_ms: Option<TimestampMs> = ticket.due_at_ms.filter(|_| ticket.state.is_open());
    due_at_ms.map(day_in_shanghai)
}

/// Where the registration goes on, for an account that is not complete.
fn onward(student: &Student) -> Option<&'static str> {
    (student.state != StudentState::Registered).then(|| next_step(student.state))
}

/// `GET /tickets`: what waits for the student stands first, then the newest.
#[handler]
pub async fn list(screen: Screen) -> Result<Response, Failure> {
    let student = screen.student()?.clone();
    let onward = onward(&student);
    let house = screen.state.house();
    let tickets = house.db.read(move |conn| list_own(conn, &student, MOST)).await?;
    let mut rows: Vec<Row> = tickets.into_iter().map(Row::from).collect();
    rows.sort_by_key(|row| !row.waits_for_student);
    let page = TicketsPage {
        frame: screen.student_frame("tickets"),
        rows,
        onward,
    };
    screen.show("student/tickets.html", &page)
}

/// An enrolment that a ticket is, or can be, about.
#[derive(Serialize)]
struct AboutEnrolment {
    number: String,
    school: String,
    level: Option<String>,
    student_no: String,
}

impl From<&Enrolment> for AboutEnrolment {
    fn from(enrolment: &Enrolment) -> Self {
        Self {
            number: enrolment.record_id.to_string(),
            school: enrolment.school.clone(),
            level: enrolment.level.clone(),
            student_no: enrolment.student_no.clone(),
        }
    }
}
