//! What each kind of ticket wants, and the texts that are written again and again.

use domain::accounts::model::Role;
use domain::id::TicketTextId;
use domain::tickets::commands::texts::{delete_text, keep_text};
use domain::tickets::kinds::{KindDefinition, KnownKind, WantedEvidence, edit_kind, list_kinds};
use domain::tickets::model::{Body, RollField, TicketKind};
use domain::tickets::queries::{TextModule, list_texts};
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::screen::Screen;

const HERE: &str = "/console/tickets/kinds";
/// Roles that may decide about tickets.
const DECIDERS: [Role; 4] = [Role::Admin, Role::Registrar, Role::Counsellor, Role::Support];

/// `tickets/kinds.html`.
#[derive(Serialize)]
pub struct KindsPage {
    frame: Frame,
    kinds: Vec<KnownKind>,
    roles: [Role; 4],
    bodies: &'static [Body],
    fields: &'static [RollField],
    texts: Vec<TextRow>,
    may_edit: bool,
    may_write: bool,
}

#[derive(Serialize)]
struct TextRow {
    number: i64,
    title: String,
    body: String,
}

impl From<TextModule> for TextRow {
    fn from(module: TextModule) -> Self {
        Self {
            number: module.ticket_text_id.0,
            title: module.title,
            body: module.body,
        }
    }
}

/// `GET /console/tickets/kinds`.
#[handler]
pub async fn list(screen: Screen) -> Result<Response, Failure> {
    let console = screen.console(Section::Tickets).await?;
    let role = screen.staff()?.role;
    let read = |conn: &mut domain::db::Conn| Ok((list_kinds(conn)?, list_texts(conn)?));
    let (kinds, texts) = screen.state.house().db.read(read).await?;
    let page = KindsPage {
        frame: console.frame,
        kinds,
        roles: DECIDERS,
        bodies: Body::ALL,
        fields: RollField::ALL,
        texts: texts.into_iter().map(TextRow::from).collect(),
        may_edit: role.may_change_rolls_and_batches(),
        may_write: role.may_answer_tickets(),
    };
    screen.show("tickets/kinds.html", &page)
}

/// `POST /console/tickets/kinds/:kind`: ticked boxes come once for each.
#[handler]
pub async fn edit(
    screen: Screen,
    Path(kind): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let staff = screen.changer("ticket.edit-kind").await?;
    let kind: TicketKind = kind.parse()?;
    let edited = KnownKind {
        kind,
        version: number(&fields, "version"),
        definition: definition(&fields)?,
    };
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| edit_kind(conn, &sealer, &staff, &edited, now_ms))
        .await?;
    Ok(Redirect::see_other(format!("{HERE}#kind-{kind}")).into_response())
}

fn number(fields: &[(String, String)], wanted: &str) -> i64 {
    let found = fields.iter().find(|(name, _)| name == wanted);
    found
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or_default()
}

fn definition(fields: &[(String, String)]) -> Result<KindDefinition, domain::Error> {
    let of = |wanted: &'static str| {
        let named = fields.iter().filter(move |(name, _)| name == wanted);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    };
    // One line each; what is required begins with an asterisk.
    let evidence = of("evidence")
        .flat_map(str::lines)
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let evidence = evidence.map(|line| WantedEvidence {
        what: line.trim_start_matches('*').trim().to_owned(),
        is_required: line.starts_with('*'),
    });
    let checklist = of("checklist")
        .flat_map(str::lines)
        .map(str::trim)
        .filter(|line| !line.is_empty());
    Ok(KindDefinition {
        working_days: number(fields, "working_days"),
        evidence: evidence.collect(),
        checklist: checklist.map(str::to_owned).collect(),
        decided_by: of("decided_by").map(str::parse).collect::<Result<_, _>>()?,
        needs_second_person: of("needs_second_person").next().is_some(),
        escalates_to: of("escalates_to").map(str::parse).collect::<Result<_, _>>()?,
        fields: of("fields").map(str::parse).collect::<Result<_, _>>()?,
    })
}

#[derive(Deserialize)]
struct TextFields {
    number: Option<i64>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    delete: Option<String>,
}

/// `POST /console/tickets/texts`.
#[handler]
pub async fn keep(screen: Screen, Form(fields): Form<TextFields>) -> Result<Response, Failure> {
    let staff = screen.allowed("ticket.keep-text", Role::may_answer_tickets).await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let number = fields.number.map(TicketTextId);
    house
        .db
        .write_tx(move |conn| match (number, fields.delete) {
            (Some(number), Some(_)) => delete_text(conn, &staff, number, now_ms),
            _ => keep_text(conn, &staff, number, (&fields.title, &fields.body), now_ms).map(|_| ()),
        })
        .await?;
    Ok(Redirect::see_other(format!("{HERE}#texts")).into_response())
}
