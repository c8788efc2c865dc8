//! 工单: corrections, what is due first, and opening one for a student who called or came.

pub mod acts;
pub mod bulk;
pub mod case;
pub mod kinds;
pub mod statistics;

use domain::accounts::model::Role;
use domain::batches::model::MaskedStudent;
use domain::clock::TimestampMs;
use domain::id::{RecordId, TicketId};
use domain::roll::queries::records::get_record;
use domain::tickets::commands::begin_or_submit;
use domain::tickets::machine::TicketState;
use domain::tickets::model::{CameBy, Hand, NewTicket, TicketKind};
use domain::tickets::queries::assignees::{Assignee, list_assignees};
use domain::tickets::queries::find_account_of;
use domain::tickets::queries::inbox::{
    After, Band, InboxCounts, InboxQuery, ListedTicket, count_tickets, list_tickets,
};
use poem::web::{Form, Query, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::downloads::{file, local};
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{PAGE_ROWS, Screen, address};
use crate::pages::views::Views;
use crate::sheets::{Sheet, SheetKind};

const HERE: &str = "/console/tickets";
/// Rows that a download reads at a time.
const ROWS_PER_READ: i64 = 1_000;
const HEADINGS: [&str; 11] = [
    "工单",
    "类别",
    "状态",
    "学号",
    "姓名",
    "班级",
    "经办人",
    "提交时间",
    "承诺时限",
    "结束时间",
    "满意度",
];

/// `tickets/list.html`.
#[derive(Serialize)]
pub struct TicketListPage {
    frame: Frame,
    /// Worded by `ticket-band-<word>`.
    bands: Vec<Chip>,
    band: Band,
    overdue: i64,
    open: i64,
    kinds: &'static [TicketKind],
    kind: Option<TicketKind>,
    assignees: Vec<String>,
    assignee: String,
    rows: Vec<TicketRow>,
    /// Whom ticked tickets can be given to.
    staff: Vec<(i64, String)>,
    may_work: bool,
    views: Views,
    here: String,
    downloads: (String, String),
    is_first: bool,
    first: String,
    next_href: Option<String>,
    /// How many the last act was about, and how many of them it was not done to.
    acted: Option<(i64, i64)>,
}

#[derive(Serialize)]
struct Chip {
    word: Band,
    count: Option<i64>,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct TicketRow {
    number: i64,
    kind: TicketKind,
    state: TicketState,
    student: Option<MaskedStudent>,
    assignee: Option<String>,
    due: Option<Moment>,
    is_overdue: bool,
    is_soon: bool,
    is_provisional: bool,
    changed: Moment,
}

/// The chosen part, all of it in the address.
#[derive(Clone, Default, Deserialize)]
pub struct InboxPart {
    band: Option<String>,
    kind: Option<String>,
    state: Option<String>,
    college: Option<String>,
    assignee: Option<String>,
    turn: Option<i64>,
    after: Option<i64>,
    done: Option<i64>,
    refused: Option<i64>,
}

impl InboxPart {
    fn query(&self) -> InboxQuery {
        let text = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let known = |value: &Option<String>| text(value).unwrap_or_default();
        InboxQuery {
            band: known(&self.band).parse().unwrap_or(Band::Open),
            kind: known(&self.kind).parse().ok(),
            state: known(&self.state).parse().ok(),
            college: text(&self.college),
            assignee: text(&self.assignee),
        }
    }

    fn after(&self) -> Option<After> {
        Some((self.turn?, TicketId(self.after?)))
    }

    fn address(&self, path: &str, band: Band, after: Option<After>) -> String {
        let word = |value: Option<&str>| value.map(str::to_owned);
        let query = self.query();
        let fields = [
            ("band", word(Some(band.as_str()).filter(|_| band != Band::Open))),
            ("kind", word(query.kind.map(TicketKind::as_str))),
            ("state", word(query.state.map(TicketState::as_str))),
            ("college", query.college),
            ("assignee", query.assignee),
            ("turn", after.map(|(turn_ms, _)| turn_ms.to_string())),
            ("after", after.map(|(_, ticket_id)| ticket_id.to_string())),
        ];
        address(path, fields)
    }
}

/// `GET /console/tickets`.
#[handler]
pub async fn list(screen: Screen, Query(part): Query<InboxPart>) -> Result<Response, Failure> {
    let console = screen.console(Section::Tickets).await?;
    let (staff, now_ms) = (screen.staff()?.clone(), console.now_ms);
    let (query, after, may_work) = (part.query(), part.after(), staff.role.may_answer_tickets());
    let band = query.band;
    let read = screen.state.house().db.read(move |conn| {
        let rows = list_tickets(conn, &staff, &query, after, (PAGE_ROWS, now_ms))?;
        Ok((rows, count_tickets(conn, &staff, now_ms)?, list_assignees(conn, None)?))
    });
    let (rows, counts, people) = read.await?;
    let last = rows.last().filter(|_| rows.len() == PAGE_ROWS as usize);
    let page = TicketListPage {
        bands: bands(&part, band, &counts),
        band,
        overdue: counts.overdue,
        open: counts.open,
        kinds: TicketKind::ALL,
        kind: part.query().kind,
        assignee: part.query().assignee.unwrap_or_default(),
        assignees: people.iter().map(|known| known.email.clone()).collect(),
        staff: people.iter().map(choice).collect(),
        may_work,
        views: Views::of(&screen, HERE, part.address(HERE, band, None)).await?,
        here: part.address(HERE, band, part.after()),
        downloads: (
            part.address("/console/tickets.csv", band, None),
            part.address("/console/tickets.xlsx", band, None),
        ),
        is_first: part.after.is_none(),
        first: part.address(HERE, band, None),
        next_href: last.map(|row| part.address(HERE, band, Some((row.turn_ms, row.ticket.ticket_id)))),
        acted: part.done.map(|done| (done, part.refused.unwrap_or_default())),
        rows: rows.into_iter().map(|listed| row(listed, now_ms)).collect(),
        frame: console.frame,
    };
    screen.show("tickets/list.html", &page)
}

fn choice(known: &Assignee) -> (i64, String) {
    (known.staff_id.0, known.email.clone())
}

fn bands(part: &InboxPart, current: Band, counts: &InboxCounts) -> Vec<Chip> {
    let chips = Band::ALL.iter().map(|&band| Chip {
        word: band,
        count: match band {
            Band::Open => Some(counts.open),
            Band::Mine => Some(counts.mine),
            Band::Unassigned => Some(counts.unassigned),
            Band::DueSoon => Some(counts.due_soon),
            Band::Overdue => Some(counts.overdue),
            Band::Waiting => Some(counts.waiting),
            Band::Ended => None,
        },
        href: part.address(HERE, band, None),
        is_current: band == current,
    });
    chips.collect()
}

fn row(listed: ListedTicket, now_ms: TimestampMs) -> TicketRow {
    let ticket = listed.ticket;
    let is_past = |at_ms: Option<TimestampMs>| at_ms.is_some_and(|at_ms| at_ms <= now_ms);
    TicketRow {
        number: ticket.ticket_id.0,
        kind: ticket.kind,
        state: ticket.state,
        student: listed.student,
        assignee: listed.assignee,
        is_overdue: is_past(ticket.due_at_ms),
        is_soon: is_past(ticket.warn_at_ms) && !is_past(ticket.due_at_ms),
        due: ticket.due_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
        is_provisional: ticket.is_provisional,
        changed: Moment::new(ticket.changed_at_ms, now_ms),
    }
}

/// `GET /console/tickets.csv`, `.xlsx`: the list as filtered.
#[handler]
pub async fn download(screen: Screen, Query(part): Query<InboxPart>) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    let (staff, kind) = (screen.staff()?.clone(), SheetKind::of_path(screen.path()));
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let sheet = house.db.read(move |conn| {
        let (mut sheet, mut after) = (Sheet::new(kind, &HEADINGS)?, None);
        loop {
            let rows = list_tickets(conn, &staff, &part.query(), after, (ROWS_PER_READ, now_ms))?;
            after = rows.last().map(|row| (row.turn_ms, row.ticket.ticket_id));
            for listed in rows {
                sheet.push(line(listed))?;
            }
            if after.is_none() {
                return Ok(sheet);
            }
        }
    });
    file(sheet.await?, kind, "tickets")
}

fn line(listed: ListedTicket) -> Vec<String> {
    let ticket = listed.ticket;
    let at = |at_ms: Option<TimestampMs>| at_ms.map(local).unwrap_or_default();
    let student = listed.student;
    let of_student = |field: fn(&MaskedStudent) -> &String| student.as_ref().map(field).cloned().unwrap_or_default();
    vec![
        ticket.ticket_id.to_string(),
        ticket.kind.to_string(),
        ticket.state.to_string(),
        of_student(|student| &student.student_no),
        of_student(|student| &student.name),
        of_student(|student| &student.class_name),
        listed.assignee.unwrap_or_default(),
        at(ticket.started_at_ms),
        at(ticket.promised_at_ms),
        at(ticket.closed_at_ms),
        ticket.satisfaction.map(|n| n.to_string()).unwrap_or_default(),
    ]
}

/// `tickets/new.html`.
#[derive(Serialize)]
pub struct NewTicketPage {
    frame: Frame,
    kinds: &'static [TicketKind],
    record: Option<i64>,
    student: Option<MaskedStudent>,
}

#[derive(Deserialize)]
struct AboutQuery {
    record: Option<i64>,
}

/// `GET /console/tickets/new?record=…`.
#[handler]
pub async fn blank(screen: Screen, Query(about): Query<AboutQuery>) -> Result<Response, Failure> {
    let console = screen.console(Section::Tickets).await?;
    let staff = screen.allowed("ticket.open", Role::may_answer_tickets).await?;
    let student = match about.record {
        None => None,
        Some(record) => {
            let read = move |conn: &mut domain::db::Conn| get_record(conn, &staff, RecordId(record));
            let (record, _) = screen.state.house().db.read(read).await?;
            Some(MaskedStudent::new(&record.name, record.student_no, record.class_name))
        }
    };
    let page = NewTicketPage {
        frame: console.frame,
        kinds: TicketKind::ALL,
        record: about.record,
        student,
    };
    screen.show("tickets/new.html", &page)
}

#[derive(Deserialize)]
struct OpenForm {
    kind: TicketKind,
    came_by: CameBy,
    record: Option<i64>,
    words: String,
    #[serde(default)]
    phone: String,
}

/// `POST /console/tickets`: for a student who called or came.
#[handler]
pub async fn open(screen: Screen, Form(form): Form<OpenForm>) -> Result<Response, Failure> {
    let staff = screen.allowed("ticket.open", Role::may_answer_tickets).await?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let opened = house.db.write_tx(move |conn| {
        let record_id = form.record.map(RecordId);
        let new = NewTicket {
            kind: form.kind,
            came_by: form.came_by,
            student_id: record_id.map(|id| find_account_of(conn, id)).transpose()?.flatten(),
            record_id,
            photo_id: None,
            reason: None,
            body: form.words,
            reply_to: None,
            phone: Some(form.phone),
        };
        begin_or_submit(conn, &sealer, Hand::Staff(&staff), &new, now_ms)
    });
    let ticket_id = opened.await?;
    Ok(Redirect::see_other(format!("{HERE}/{ticket_id}")).into_response())
}
