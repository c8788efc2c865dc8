//! What an integrator is and what it asks about.

use diesel::prelude::*;
use serde::Serialize;

use crate::audit::Actor;
use crate::clock::TimestampMs;
use crate::db::schema::integrators;
use crate::error::{Error, Result};
use crate::id::{IntegratorId, SchoolId};

crate::text_enum! {
    /// What an integrator may do.
    Right {
        /// Hand in pages of the roll.
        Roll = "roll",
        /// Ask how far students' photos are.
        Status = "status",
        /// Fetch approved photos.
        Photos = "photos",
        /// Hand in mails.
        Mail = "mail",
    }
}

/// An integrator that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integrator {
    /// Its number.
    pub integrator_id: IntegratorId,
    /// Its name in the audit trail.
    pub actor: String,
    /// The only school it may speak of; none means every one of the house.
    pub school_id: Option<SchoolId>,
    /// What it may do.
    pub rights: Vec<Right>,
    /// The network address of the request.
    pub address: Option<String>,
    /// When it last asked, UTC ms, to the minute.
    pub last_used_at_ms: Option<TimestampMs>,
}

impl Integrator {
    /// Refuses what its token does not allow.
    pub fn require(&self, right: Right) -> Result<()> {
        if self.rights.contains(&right) {
            return Ok(());
        }
        Err(Error::Forbidden {
            right: match right {
                Right::Roll => "hand in pages of the roll",
                Right::Status => "ask how far photos are",
                Right::Photos => "fetch photos",
                Right::Mail => "hand in mails",
            },
        })
    }

    /// Refuses another school than its own; that there is one is not said.
    pub fn require_school(&self, school_id: SchoolId) -> Result<()> {
        match self.school_id {
            Some(own) if own != school_id => Err(Error::not_found("school", "")),
            _ => Ok(()),
        }
    }
}

impl<'a> From<&'a Integrator> for Actor<'a> {
    fn from(integrator: &'a Integrator) -> Self {
        Self {
            name: &integrator.actor,
            address: integrator.address.as_deref(),
        }
    }
}

/// An integrator in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Queryable, Selectable)]
#[diesel(table_name = integrators)]
pub struct ListedIntegrator {
    /// Its number.
    pub integrator_id: IntegratorId,
    /// What people call it.
    pub name: String,
    /// What it may do, separated by commas.
    pub rights: String,
    /// Until when it is good, UTC ms.
    pub expires_at_ms: TimestampMs,
    /// When it was given up, UTC ms.
    pub revoked_at_ms: Option<TimestampMs>,
    /// When it was last used, UTC ms, to the minute.
    pub last_used_at_ms: Option<TimestampMs>,
}

crate::text_enum! {
    /// How far a student's photo is.
    PhotoStanding {
        /// An approved photo is there.
        Accepted = "accepted",
        /// The photo must be shot again.
        Recapture = "recapture",
        /// A photo waits for a person.
        Review = "review",
        /// There is none.
        None = "none",
    }
}

/// How far a student is; nobody's name and no identity number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentStatus {
    /// Student number.
    pub student_no: String,
    /// 学籍状态, as the roll spells it.
    pub status: Option<String>,
    /// Whether the row is open.
    pub is_open: bool,
    /// How far the photo is.
    pub photo: PhotoStanding,
    /// SHA-256 of the approved photo, standardised.
    pub photo_sha256: Option<String>,
}
