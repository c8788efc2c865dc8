//! One ticket: its conversation, its facts and checklist, its clock, and what may be done to it.

use domain::accounts::model::Staff;
use domain::batches::model::MaskedStudent;
use domain::clock::TimestampMs;
use domain::db::Conn;
use domain::error::Result as DomainResult;
use domain::id::{ProposalId, RecordId, TicketId};
use domain::roll::identity::mask;
use domain::roll::queries::records::get_record;
use domain::tickets::commands::office::look;
use domain::tickets::commands::talk::CallOutcome;
use domain::tickets::kinds::{KindDefinition, get_kind};
use domain::tickets::machine::{Step, TicketState, steps_from};
use domain::tickets::model::{
    Body, EventKind, Hand, LinkTarget, Proposal, ProposalState, RollField, SwapCandidate, Ticket, TicketEvent,
    TicketKind,
};
use domain::tickets::promise::{Promise, explained};
use domain::tickets::queries::assignees::{Assignee, list_assignees, list_viewers};
use domain::tickets::queries::swap::list_candidates;
use domain::tickets::queries::{
    TextModule, find_admission_photo, find_pictures, get_ticket, list_checks, list_events, list_links, list_proposals,
    list_texts, read_addresses,
};
use poem::web::{Json, Path};
use poem::{IntoResponse, Response, handler};
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::error::Failure;
use crate::house::House;
use crate::pages::clock_bar::ClockBar;
use crate::pages::evidence::EvidencePart;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::pictures::Signer;
use crate::pages::screen::Screen;

/// `tickets/case.html`.
#[derive(Serialize)]
pub struct CasePage {
    frame: Frame,
    ticket: Head,
    student: Option<MaskedStudent>,
    events: Vec<EventRow>,
    clock: Option<ClockBar>,
    steps: Vec<Step>,
    kinds: &'static [TicketKind],
    bodies: Vec<Body>,
    evidence: EvidencePart,
    checklist: Vec<(String, bool)>,
    fields: Vec<RollField>,
    proposals: Vec<ProposalRow>,
    may_work: bool,
    may_propose: bool,
    assignees: Vec<(i64, String)>,
    viewers: Vec<String>,
    texts: Vec<TextRow>,
    outcomes: &'static [CallOutcome],
    links: Vec<(LinkTarget, i64)>,
    candidates: Vec<Candidate>,
    pictures: Pictures,
    phone: Option<String>,
}

#[derive(Serialize)]
struct Head {
    number: i64,
    version: i64,
    kind: TicketKind,
    state: TicketState,
    is_open: bool,
    /// Worded by `ticket-came-<word>`.
    came_by: &'static str,
    reason: Option<String>,
    record: Option<i64>,
    assignee: Option<i64>,
    escalated_to: Option<Body>,
    merged_into: Option<i64>,
    satisfaction: Option<i32>,
    opened: Moment,
    has_account: bool,
}

/// Worded by `ticket-event-<kind>`.
#[derive(Serialize)]
struct EventRow {
    kind: EventKind,
    at: Moment,
    actor: String,
    is_of_house: bool,
    is_of_student: bool,
    is_public: bool,
    body: Option<String>,
    to: Option<TicketState>,
    step: Option<String>,
    parameters: serde_json::Value,
}

#[derive(Serialize)]
struct ProposalRow {
    number: i64,
    field: RollField,
    before: String,
    after: String,
    state: ProposalState,
    by: String,
    is_own: bool,
}

#[derive(Serialize)]
struct TextRow {
    title: String,
    body: String,
}

#[derive(Serialize)]
struct Candidate {
    record: i64,
    name: String,
    student_no: String,
    thumbnail: Option<String>,
    has_disputed: bool,
    is_linked: bool,
}

/// Addresses of both pictures.
#[derive(Default, Serialize)]
struct Pictures {
    own: Option<String>,
    admission: Option<String>,
}

/// Everything of a ticket that is read in one go.
struct Case {
    ticket: Ticket,
    student: Option<MaskedStudent>,
    events: Vec<TicketEvent>,
    promise: Option<Promise>,
    kind: KindDefinition,
    evidence: EvidencePart,
    checks: Vec<String>,
    proposals: Vec<Proposal>,
    assignees: Vec<Assignee>,
    viewers: Vec<String>,
    texts: Vec<TextModule>,
    links: Vec<(LinkTarget, i64)>,
    candidates: Vec<SwapCandidate>,
    pictures: [Picture; 2],
    phone: Option<String>,
}

/// Hashes of a photo: standardised, and small.
type Picture = (Option<String>, Option<String>);

fn read(conn: &mut Conn, house: &House, staff: &Staff, id: TicketId, now_ms: TimestampMs) -> DomainResult<Case> {
    let ticket = get_ticket(conn, Hand::Staff(staff), id)?;
    let student = match ticket.record_id {
        Some(record_id) => {
            let (record, _) = get_record(conn, staff, record_id)?;
            Some(MaskedStudent::new(&record.name, record.student_no, record.class_name))
        }
        None => None,
    };
    let admission = match ticket.record_id {
        Some(record_id) => find_admission_photo(conn, record_id)?,
        None => None,
    };
    let mut pictures = [Picture::default(), Picture::default()];
    for (picture, photo_id) in pictures.iter_mut().zip([ticket.photo_id, admission]) {
        if let Some(photo_id) = photo_id {
            *picture = find_pictures(conn, photo_id)?;
        }
    }
    let (_, phone) = read_addresses(conn, &house.sealer, id)?;
    Ok(Case {
        student,
        events: list_events(conn, &house.sealer, id, false)?,
        promise: explained(conn, &ticket, now_ms)?,
        kind: get_kind(conn, ticket.kind)?.definition,
        evidence: EvidencePart::read(conn, Hand::Staff(staff), &ticket, now_ms)?,
        checks: list_checks(conn, id)?,
        proposals: list_proposals(conn, &house.sealer, id)?,
        assignees: list_assignees(conn, Some(&ticket))?,
        viewers: list_viewers(conn, staff, id, now_ms)?,
        texts: list_texts(conn)?,
        links: list_links(conn, id)?,
        candidates: list_candidates(conn, staff, &ticket)?,
        pictures,
        phone: phone.map(|phone| phone.expose_secret().to_owned()),
        ticket,
    })
}

/// `GET /console/tickets/:ticket_id`.
#[handler]
pub async fn show(screen: Screen, Path(ticket_id): Path<i64>) -> Result<Response, Failure> {
    let console = screen.console(Section::Tickets).await?;
    let (staff, now_ms) = (screen.staff()?.clone(), console.now_ms);
    let house = screen.state.house();
    let (reader, shared) = (staff.clone(), house.clone());
    let case = house
        .db
        .read(move |conn| read(conn, &shared, &reader, TicketId(ticket_id), now_ms))
        .await?;
    if staff.role.may_answer_tickets() {
        let viewer = staff.clone();
        let looked = move |conn: &mut Conn| look(conn, &viewer, TicketId(ticket_id), now_ms);
        house.db.write_tx(looked).await?;
    }
    let page = CasePage::new(console.frame, house, &staff, case, now_ms);
    screen.show("tickets/case.html", &page)
}

impl CasePage {
    fn new(frame: Frame, house: &House, staff: &Staff, case: Case, now_ms: TimestampMs) -> Self {
        let signer = Signer::new(house, staff.staff_id, now_ms);
        let takers = Hand::Staff(staff).takers(case.kind.is_decided_by(staff));
        let may_work = staff.role.may_answer_tickets();
        let linked: Vec<i64> = case
            .links
            .iter()
            .filter(|(target, _)| *target == LinkTarget::SwapPartner)
            .map(|(_, id)| *id)
            .collect();
        let sees_whole = staff.role.may_see_every_college();
        let address = |(standard, small): &Picture| match sees_whole {
            true => standard.as_deref().map(|sha256| signer.standard(sha256)),
            false => small.as_deref().map(|sha256| signer.thumbnail(sha256)),
        };
        Self {
            steps: steps_from(case.ticket.state, &takers)
                .into_iter()
                .filter(|step| *step != Step::Merge)
                .collect(),
            kinds: TicketKind::ALL,
            evidence: case.evidence,
            checklist: case
                .kind
                .checklist
                .iter()
                .map(|item| (item.clone(), case.checks.contains(item)))
                .collect(),
            may_propose: may_work && case.ticket.state == TicketState::InReview && case.ticket.record_id.is_some(),
            fields: case.kind.fields.clone(),
            bodies: case.kind.escalates_to.clone(),
            proposals: case
                .proposals
                .iter()
                .map(|one| proposal(one, &case.assignees, staff))
                .collect(),
            candidates: case
                .candidates
                .iter()
                .map(|one| candidate(one, &signer, &linked))
                .collect(),
            pictures: Pictures {
                own: address(&case.pictures[0]),
                admission: address(&case.pictures[1]),
            },
            clock: case
                .promise
                .as_ref()
                .map(|promise| ClockBar::new(&case.ticket, promise)),
            events: case.events.into_iter().map(|event| row(event, now_ms)).collect(),
            assignees: case.assignees.iter().map(super::choice).collect(),
            viewers: case.viewers,
            texts: case.texts.into_iter().map(text).collect(),
            outcomes: CallOutcome::ALL,
            links: case.links,
            phone: case.phone.filter(|_| may_work),
            student: case.student,
            ticket: head(&case.ticket, now_ms),
            may_work,
            frame,
        }
    }
}

fn head(ticket: &Ticket, now_ms: TimestampMs) -> Head {
    Head {
        number: ticket.ticket_id.0,
        version: ticket.version,
        kind: ticket.kind,
        state: ticket.state,
        is_open: ticket.state.is_open(),
        came_by: ticket.came_by.as_str(),
        reason: ticket.reason.clone(),
        record: ticket.record_id.map(|RecordId(id)| id),
        assignee: ticket.assignee_id.map(|id| id.0),
        escalated_to: ticket.escalated_to,
        merged_into: ticket.merged_into.map(|id| id.0),
        satisfaction: ticket.satisfaction,
        opened: Moment::new(ticket.created_at_ms, now_ms),
        has_account: ticket.student_id.is_some(),
    }
}

fn row(event: TicketEvent, now_ms: TimestampMs) -> EventRow {
    EventRow {
        kind: event.kind,
        at: Moment::new(event.at_ms, now_ms),
        is_of_house: event.is_of_house(),
        actor: event.actor,
        is_of_student: event.is_of_student,
        is_public: event.is_public,
        body: event.body.map(|body| body.expose_secret().to_owned()),
        to: event.to_state,
        step: event.parameters["step"].as_str().map(str::to_owned),
        parameters: event.parameters,
    }
}

/// Numbers stay masked here as everywhere: who proposes one has it before them, who approves compares it in the evidence.
fn proposal(one: &Proposal, assignees: &[Assignee], staff: &Staff) -> ProposalRow {
    let shown = |text: &str| match one.field {
        RollField::IdNumber => mask(text),
        _ => text.to_owned(),
    };
    let ProposalId(number) = one.proposal_id;
    let by = assignees.iter().find(|known| known.staff_id == one.proposed_by);
    ProposalRow {
        number,
        field: one.field,
        before: shown(one.before.expose_secret()),
        after: shown(one.after.expose_secret()),
        state: one.state,
        by: by.map(|known| known.email.clone()).unwrap_or_default(),
        is_own: one.proposed_by == staff.staff_id,
    }
}

fn candidate(one: &SwapCandidate, signer: &Signer<'_>, linked: &[i64]) -> Candidate {
    Candidate {
        record: one.record_id.0,
        name: one.name.clone(),
        student_no: one.student_no.clone(),
        thumbnail: one.thumbnail_sha256.as_deref().map(|sha256| signer.thumbnail(sha256)),
        has_disputed: one.has_disputed,
        is_linked: linked.contains(&one.record_id.0),
    }
}

fn text(module: TextModule) -> TextRow {
    TextRow {
        title: module.title,
        body: module.body,
    }
}

#[derive(Serialize)]
struct Presence {
    version: i64,
    viewers: Vec<String>,
}

/// `GET /console/tickets/:ticket_id/viewers`: who else has it open, and whether something happened since; the page asks now and then.
#[handler]
pub async fn viewers(screen: Screen, Path(ticket_id): Path<i64>) -> Result<Response, Failure> {
    let house = screen.state.house();
    let (staff, now_ms, id) = (screen.staff()?.clone(), house.clock.now_ms(), TicketId(ticket_id));
    let asked = house.db.write_tx(move |conn| {
        let version = get_ticket(conn, Hand::Staff(&staff), id)?.version;
        if staff.role.may_answer_tickets() {
            look(conn, &staff, id, now_ms)?;
        }
        let viewers = list_viewers(conn, &staff, id, now_ms)?;
        Ok(Presence { version, viewers })
    });
    Ok(Json(asked.await?).into_response())
}
