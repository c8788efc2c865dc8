//! What each kind of ticket wants and who decides: shipped as data (`kinds.toml`), edited by the office.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::model::{Body, RollField, TicketKind};
use crate::accounts::model::{Role, Staff};
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::ticket_kinds;
use crate::error::{Error, Result};
use crate::verdicts::category::{Answer, Category, Reason};

const SHIPPED: &str = include_str!("kinds.toml");

/// The longest promise, in working days.
const MOST_WORKING_DAYS: i64 = 60;
/// Items of a checklist, or kinds of evidence, at most.
const MOST_ITEMS: usize = 20;
/// Characters of one at most.
const MOST_ITEM_CHARS: usize = 80;

/// A piece of evidence that a kind asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedEvidence {
    /// What it is; worded by `ticket-evidence-<word>`.
    pub what: String,
    /// Whether a ticket cannot be handed in without it.
    pub is_required: bool,
}

/// What a kind wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindDefinition {
    /// The promise.
    pub working_days: i64,
    /// What the student adds.
    pub evidence: Vec<WantedEvidence>,
    /// What the office looks at; worded by `ticket-check-<word>`.
    pub checklist: Vec<String>,
    /// Who decides.
    pub decided_by: Vec<Role>,
    /// Whether one person proposes and another approves.
    pub needs_second_person: bool,
    /// Which bodies it can be handed to.
    pub escalates_to: Vec<Body>,
    /// Locked fields of the roll that it may change (domain.md 3.1).
    pub fields: Vec<RollField>,
}

impl KindDefinition {
    /// Whether the reader decides about tickets of the kind.
    pub fn is_decided_by(&self, by: &Staff) -> bool {
        self.decided_by.contains(&by.role)
    }

    fn check(&self) -> Result<()> {
        if !(1..=MOST_WORKING_DAYS).contains(&self.working_days) {
            return Err(Error::invalid(
                "working-days",
                "working_days",
                "promise between 1 and 60 working days",
            ));
        }
        let items = self
            .checklist
            .iter()
            .chain(self.evidence.iter().map(|wanted| &wanted.what));
        let is_fit = |item: &String| !item.trim().is_empty() && item.chars().count() <= MOST_ITEM_CHARS;
        if !items.clone().all(is_fit) || self.checklist.len() > MOST_ITEMS || self.evidence.len() > MOST_ITEMS {
            return Err(Error::invalid(
                "kind-items",
                "checklist",
                "write at most 20 items of 80 characters each",
            ));
        }
        let may_decide = |role: &Role| matches!(role, Role::Admin | Role::Registrar | Role::Counsellor | Role::Support);
        if self.decided_by.is_empty() || !self.decided_by.iter().all(may_decide) {
            return Err(Error::invalid(
                "kind-deciders",
                "decided_by",
                "name at least one role that decides; auditors change nothing",
            ));
        }
        Ok(())
    }
}

/// A kind as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownKind {
    /// The kind.
    pub kind: TicketKind,
    /// What it wants.
    pub definition: KindDefinition,
    /// How often it was edited.
    pub version: i64,
}

/// The kinds as they are shipped.
pub fn shipped() -> Result<&'static BTreeMap<String, KindDefinition>> {
    static READ: OnceLock<std::result::Result<BTreeMap<String, KindDefinition>, toml::de::Error>> = OnceLock::new();
    READ.get_or_init(|| toml::from_str(SHIPPED))
        .as_ref()
        .map_err(|fault| Error::internal(fault.clone()))
}

/// One kind as it stands.
pub fn get_kind(conn: &mut Conn, kind: TicketKind) -> Result<KnownKind> {
    let found = list_kinds(conn)?.into_iter().find(|known| known.kind == kind);
    found.ok_or_else(|| Error::not_found("kind of ticket", kind))
}

/// Every kind as it stands.
pub fn list_kinds(conn: &mut Conn) -> Result<Vec<KnownKind>> {
    let edited: Vec<(TicketKind, String, i64)> = ticket_kinds::table
        .select((ticket_kinds::kind, ticket_kinds::definition, ticket_kinds::version))
        .load(conn)?;
    let shipped = shipped()?;
    TicketKind::ALL
        .iter()
        .filter_map(|&kind| match edited.iter().find(|(edited, ..)| *edited == kind) {
            Some((_, definition, version)) => Some((kind, serde_json::from_str(definition), *version)),
            None => Some((kind, Ok(shipped.get(kind.as_str())?.clone()), 0)),
        })
        .map(|(kind, definition, version)| {
            Ok(KnownKind {
                kind,
                definition: definition?,
                version,
            })
        })
        .collect()
}

/// The kind of ticket that mends what a student is told, where one does.
pub fn kind_that_mends(answer: Answer) -> Option<TicketKind> {
    match (answer.category, answer.reason) {
        (Category::D2, _) => Some(TicketKind::Account),
        (Category::D3, _) => Some(TicketKind::PriorCredential),
        (Category::E, _) => Some(TicketKind::IdentityCheck),
        (Category::G, Reason::Duplicate) => Some(TicketKind::Duplicate),
        // What a machine refused, a person looks at when asked.
        (Category::H, _) => Some(TicketKind::Photo),
        _ => None,
    }
}

/// Writes a kind as the office wants it from now on; tickets that were promised keep their promise. `version` is the one that was looked at.
pub fn edit_kind(conn: &mut Conn, sealer: &Sealer, by: &Staff, edited: &KnownKind, now_ms: TimestampMs) -> Result<()> {
    if !by.role.may_change_rolls_and_batches() {
        return Err(Error::Forbidden {
            right: "edit kinds of tickets",
        });
    }
    edited.definition.check()?;
    let before = get_kind(conn, edited.kind)?;
    if before.version != edited.version {
        return Err(Error::conflict(
            "kind-changed",
            "somebody edited this kind meanwhile: look at it again",
        ));
    }
    let definition = serde_json::to_string(&edited.definition)?;
    if before.version == 0 {
        diesel::insert_into(ticket_kinds::table)
            .values((
                ticket_kinds::kind.eq(edited.kind),
                ticket_kinds::definition.eq(&definition),
                ticket_kinds::version.eq(1),
                ticket_kinds::changed_by.eq(&by.email),
                ticket_kinds::changed_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
    } else {
        diesel::update(ticket_kinds::table.find(edited.kind))
            .set((
                ticket_kinds::definition.eq(&definition),
                ticket_kinds::version.eq(before.version + 1),
                ticket_kinds::changed_by.eq(&by.email),
                ticket_kinds::changed_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
    }
    let told = format!("{} → {definition}", serde_json::to_string(&before.definition)?);
    let act = Act::new("ticket.edit-kind", "ticket_kind", edited.kind).by(by);
    audit::append_with(conn, sealer, &act, &told, now_ms)
}
