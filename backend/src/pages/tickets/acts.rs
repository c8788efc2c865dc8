//! What the office does to one ticket: a form each, and back to the ticket.

use domain::accounts::model::{Role, Staff};
use domain::clock::TimestampMs;
use domain::crypto::Sealer;
use domain::db::Conn;
use domain::error::{Error, Result as DomainResult};
use domain::id::{ProposalId, StaffId, TicketId};
use domain::tickets::commands::steps::{StepForm, take_step};
use domain::tickets::commands::talk::{CallOutcome, note, note_call, say};
use domain::tickets::commands::{office, proposals};
use domain::tickets::machine::Step;
use domain::tickets::model::{Body, Hand, LinkTarget, RollField, TicketKind};
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::Deserialize;

use crate::error::Failure;
use crate::pages::screen::Screen;

/// Does something to a ticket in one transaction, and leads back to it.
async fn act<T: Send + 'static>(
    screen: &Screen,
    ticket_id: i64,
    what: impl FnOnce(&mut Conn, &Sealer, &Staff, TimestampMs) -> DomainResult<T> + Send + 'static,
) -> Result<Response, Failure> {
    let staff = screen.allowed("ticket.work", Role::may_answer_tickets).await?;
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| what(conn, &sealer, &staff, now_ms))
        .await?;
    Ok(Redirect::see_other(format!("/console/tickets/{ticket_id}")).into_response())
}

#[derive(Deserialize)]
struct StepFields {
    version: i64,
    step: Step,
    #[serde(default)]
    words: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    body: String,
}

/// `POST /console/tickets/:ticket_id/steps`.
#[handler]
pub async fn step(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(fields): Form<StepFields>,
) -> Result<Response, Failure> {
    let form = StepForm {
        ticket_id: TicketId(ticket_id),
        version: fields.version,
        step: fields.step,
        words: fields.words,
        kind: chosen::<TicketKind>(&fields.kind)?.filter(|_| fields.step == Step::Triage),
        body: chosen::<Body>(&fields.body)?,
        into: None,
    };
    act(&screen, ticket_id, move |conn, sealer, staff, now_ms| {
        take_step(conn, sealer, Hand::Staff(staff), &form, now_ms)
    })
    .await
}

/// What was chosen of a list, where something was.
fn chosen<T: std::str::FromStr<Err = Error>>(word: &str) -> Result<Option<T>, Error> {
    match word {
        "" => Ok(None),
        word => word.parse().map(Some),
    }
}

#[derive(Deserialize)]
struct WordsFields {
    words: String,
    /// `message` or `note`.
    #[serde(rename = "as")]
    form: String,
}

/// `POST /console/tickets/:ticket_id/words`: a message to the student, or a note for the office.
#[handler]
pub async fn words(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(fields): Form<WordsFields>,
) -> Result<Response, Failure> {
    let id = TicketId(ticket_id);
    act(&screen, ticket_id, move |conn, sealer, staff, now_ms| {
        match fields.form.as_str() {
            "message" => say(conn, sealer, Hand::Staff(staff), id, &fields.words, now_ms),
            _ => note(conn, sealer, staff, id, &fields.words, now_ms),
        }
    })
    .await
}

#[derive(Deserialize)]
struct CallFields {
    outcome: CallOutcome,
    #[serde(default)]
    words: String,
}

/// `POST /console/tickets/:ticket_id/calls`.
#[handler]
pub async fn call(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(fields): Form<CallFields>,
) -> Result<Response, Failure> {
    let id = TicketId(ticket_id);
    act(&screen, ticket_id, move |conn, sealer, staff, now_ms| {
        note_call(conn, sealer, staff, id, (fields.outcome, &fields.words), now_ms)
    })
    .await
}

#[derive(Deserialize)]
struct AssignFields {
    /// A number, `turn` for whoever's turn it is, or nothing for nobody.
    to: String,
}

/// `POST /console/tickets/:ticket_id/assignee`.
#[handler]
pub async fn assign(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(fields): Form<AssignFields>,
) -> Result<Response, Failure> {
    let id = TicketId(ticket_id);
    act(&screen, ticket_id, move |conn, sealer, staff, now_ms| {
        give(conn, sealer, staff, id, &fields.to, now_ms)
    })
    .await
}

/// Gives a ticket to whom the form names.
pub(super) fn give(
    conn: &mut Conn,
    sealer: &Sealer,
    staff: &Staff,
    ticket_id: TicketId,
    to: &str,
    now_ms: TimestampMs,
) -> DomainResult<()> {
    let unknown = |_| Error::invalid("assignee", "assignee", "choose somebody of the list");
    match to {
        "turn" => office::assign_in_turn(conn, sealer, staff, ticket_id, now_ms).map(|_| ()),
        "" => office::assign(conn, sealer, staff, ticket_id, None, now_ms),
        number => {
            let to = StaffId(number.parse().map_err(unknown)?);
            office::assign(conn, sealer, staff, ticket_id, Some(to), now_ms)
        }
    }
}

#[derive(Deserialize)]
struct ProposalFields {
    version: i64,
    #[serde(default)]
    field: String,
    #[serde(default)]
    value: String,
    /// The proposal to drop.
    drop: Option<i64>,
}

/// `POST /console/tickets/:ticket_id/proposals`.
#[handler]
pub async fn propose(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(fields): Form<ProposalFields>,
) -> Result<Response, Failure> {
    let at = (TicketId(ticket_id), fields.version);
    act(&screen, ticket_id, move |conn, sealer, staff, now_ms| {
        match fields.drop {
            Some(number) => proposals::drop_proposal(conn, sealer, staff, at, ProposalId(number), now_ms),
            None => {
                let field: RollField = fields.field.parse()?;
                proposals::propose(conn, sealer, staff, at, (field, &fields.value), now_ms)
            }
        }
    })
    .await
}

#[derive(Deserialize)]
struct LinkFields {
    target: LinkTarget,
    id: i64,
    remove: Option<String>,
}

/// `POST /console/tickets/:ticket_id/links`.
#[handler]
pub async fn link(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(fields): Form<LinkFields>,
) -> Result<Response, Failure> {
    let (id, what) = (TicketId(ticket_id), (fields.target, fields.id));
    act(&screen, ticket_id, move |conn, sealer, staff, now_ms| {
        match fields.remove {
            Some(_) => office::unlink(conn, sealer, staff, id, what, now_ms),
            None => office::link(conn, sealer, staff, id, what, now_ms),
        }
    })
    .await
}

#[derive(Deserialize)]
struct PartFields {
    version: i64,
    /// The ticket it goes up in, or nothing where a part is to become a ticket.
    #[serde(default)]
    into: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    words: String,
}

/// `POST /console/tickets/:ticket_id/parts`: merges the ticket into another, or makes a part of it one of its own.
#[handler]
pub async fn part(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(fields): Form<PartFields>,
) -> Result<Response, Failure> {
    let id = TicketId(ticket_id);
    let unknown = |_| Error::invalid("merge-target", "into", "write the number of a ticket");
    let into = match fields.into.trim() {
        "" => None,
        number => Some(TicketId(number.parse().map_err(unknown)?)),
    };
    act(&screen, ticket_id, move |conn, sealer, staff, now_ms| match into {
        Some(into) => office::merge(conn, sealer, staff, (id, fields.version), into, now_ms),
        None => {
            let kind: TicketKind = fields.kind.parse()?;
            office::split(conn, sealer, staff, id, (kind, &fields.words), now_ms).map(|_| ())
        }
    })
    .await
}

#[derive(Deserialize)]
struct CheckFields {
    item: String,
    done: Option<String>,
}

/// `POST /console/tickets/:ticket_id/checks`.
#[handler]
pub async fn check(
    screen: Screen,
    Path(ticket_id): Path<i64>,
    Form(fields): Form<CheckFields>,
) -> Result<Response, Failure> {
    let id = TicketId(ticket_id);
    act(&screen, ticket_id, move |conn, sealer, staff, now_ms| {
        office::check(conn, sealer, staff, id, (&fields.item, fields.done.is_some()), now_ms)
    })
    .await
}
