//! Agencies, and who delivers for them.

use diesel::prelude::*;

use crate::accounts::model::Operator;
use crate::audit::Actor;
use crate::clock::TimestampMs;
use crate::db::schema::{agencies, agency_tokens};
use crate::id::{AgencyId, TokenId};

/// An agency.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = agencies)]
pub struct Agency {
    /// Its number.
    pub agency_id: AgencyId,
    /// Its short name.
    pub code: String,
    /// Its name for people.
    pub name: String,
}

/// Who hands in and asks for an agency: one of its people, or a program with a token. Every query and command for agencies takes one,
/// and reaches that agency alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deliverer {
    /// The agency.
    pub agency_id: AgencyId,
    /// The person's address, or `token 7 (studio laptop)`; the name in the audit trail.
    pub actor: String,
    /// The network address of the request.
    pub address: Option<String>,
}

impl From<&Operator> for Deliverer {
    fn from(operator: &Operator) -> Self {
        Self {
            agency_id: operator.agency_id,
            actor: operator.email.clone(),
            address: operator.address.clone(),
        }
    }
}

impl<'a> From<&'a Deliverer> for Actor<'a> {
    fn from(deliverer: &'a Deliverer) -> Self {
        Self {
            name: &deliverer.actor,
            address: deliverer.address.as_deref(),
        }
    }
}

/// A token as its agency sees it; the secret itself was shown once, when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = agency_tokens)]
pub struct ListedToken {
    /// The token.
    pub token_id: TokenId,
    /// What people call it: the machine it is on.
    pub name: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made, UTC ms.
    pub created_at_ms: TimestampMs,
    /// Until when it is good, UTC ms.
    pub expires_at_ms: TimestampMs,
    /// When it was given up, UTC ms.
    pub revoked_at_ms: Option<TimestampMs>,
    /// When it was last used, UTC ms, to the minute.
    pub last_used_at_ms: Option<TimestampMs>,
}
