//! What each kind of ticket wants and who decides: shipped as data (`kinds.toml`), edited by the office.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

pub use super::commands::kinds::edit_kind;
use super::model::{Body, RollField, TicketKind};
pub use super::queries::kinds::{get_kind, list_kinds};
use crate::accounts::model::{Role, Staff};
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

    pub(super) fn check(&self) -> Result<()> {
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

/// The kind of ticket that mends what a student is told, where one does.
pub fn kind_that_mends(answer: Answer) -> Option<TicketKind> {
    match (answer.category, answer.reason) {
        (Category::D2, _) | (_, Reason::Unknown) => Some(TicketKind::Account),
        (Category::D3, _) => Some(TicketKind::PriorCredential),
        (Category::E, _) => Some(TicketKind::IdentityCheck),
        (Category::G, Reason::Duplicate) => Some(TicketKind::Duplicate),
        // What a machine refused, a person looks at when asked.
        (Category::H, _) => Some(TicketKind::Photo),
        _ => None,
    }
}
