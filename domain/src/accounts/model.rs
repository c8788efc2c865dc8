//! Words and rows of accounts.

use diesel::prelude::*;
use serde::Serialize;

use crate::clock::TimestampMs;
use crate::db::schema::staff;
use crate::error::{Error, Result};
use crate::id::{AgencyId, SchoolId, StaffId};

crate::text_enum! {
    /// What a member of staff may do, in the order of their reach.
    Role {
        /// Everything, accounts and settings included.
        Admin = "admin",
        /// Rolls, campaigns, batches, review.
        Registrar = "registrar",
        /// Sees only the own college or class; lists over whole campaigns are closed.
        Counsellor = "counsellor",
        /// Reads; answers tickets.
        Support = "support",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// Delivers for an agency, and keeps its tokens and its people.
        AgencyAdmin = "agency-admin",
        /// Delivers for an agency.
        AgencyOperator = "agency-operator",
    }
}

impl Role {
    /// The roles of the office's own people.
    pub const OF_STAFF: [Self; 5] = [
        Self::Admin,
        Self::Registrar,
        Self::Counsellor,
        Self::Support,
        Self::Auditor,
    ];

    /// Whether it is a role of an agency's people, who reach nothing of the office's.
    pub fn is_of_agency(self) -> bool {
        matches!(self, Self::AgencyAdmin | Self::AgencyOperator)
    }

    /// Whether the role may bring in rolls and batches, match them again and take them back.
    pub fn may_change_rolls_and_batches(self) -> bool {
        matches!(self, Self::Admin | Self::Registrar)
    }

    /// Whether the role may read the audit trail; whoever could cover something up may not.
    pub fn may_read_audit_trail(self) -> bool {
        self == Self::Auditor
    }

    /// Whether the role may invite staff, narrow and end their accounts.
    pub fn may_manage_staff(self) -> bool {
        self == Self::Admin
    }

    /// Whether the role may see what the queues hold.
    pub fn may_watch_queues(self) -> bool {
        matches!(self, Self::Admin | Self::Auditor)
    }

    /// Whether the role may try jobs again, stop them, and pause and limit queues.
    pub fn may_operate_queues(self) -> bool {
        self == Self::Admin
    }

    /// Whether the role may open a sealed number of a record, which goes into the audit trail with a reason.
    pub fn may_reveal(self) -> bool {
        matches!(self, Self::Admin | Self::Registrar | Self::Support)
    }

    /// Whether the role may give a verdict for a student who signed on paper.
    pub fn may_speak_for_students(self) -> bool {
        matches!(self, Self::Admin | Self::Registrar | Self::Counsellor)
    }

    /// Whether the role may answer tickets and work on them; who decides about a kind is data of the kind.
    pub fn may_answer_tickets(self) -> bool {
        matches!(self, Self::Admin | Self::Registrar | Self::Counsellor | Self::Support)
    }

    /// Whether the role may see records of every college: lists, photos and downloads are not narrowed to one.
    pub fn may_see_every_college(self) -> bool {
        matches!(self, Self::Admin | Self::Registrar | Self::Support | Self::Auditor)
    }
}

/// What of the roll a member of staff may see; what is unset is not narrowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// Records of one school.
    pub school_id: Option<SchoolId>,
    /// Records of one 分院.
    pub college: Option<String>,
    /// Records of one 班级.
    pub class_name: Option<String>,
}

/// A signed-in member of staff, as pages know them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Staff {
    /// The account.
    pub staff_id: StaffId,
    /// The address they sign in with; also their name in the audit trail.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// What of the roll they may see.
    pub scope: Scope,
    /// The network address of the request that they act by; for the audit trail.
    #[serde(skip)]
    pub address: Option<String>,
    /// When they last gave their password in this session, UTC ms.
    pub confirmed_at_ms: TimestampMs,
}

/// Somebody of an agency who is signed in. A type of its own: nothing of the office's takes it for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The account.
    pub staff_id: StaffId,
    /// The address they sign in with.
    pub email: String,
    /// The agency.
    pub agency_id: AgencyId,
    /// Whether they keep the agency's tokens and people.
    pub is_admin: bool,
    /// The network address of the request that they act by; for the audit trail.
    pub address: Option<String>,
}

/// Whose session it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// The office's.
    Staff(Staff),
    /// An agency's.
    Operator(Operator),
}

/// How long a password that was given counts as recent.
const CONFIRMED_FOR_MS: i64 = 15 * 60_000;

impl Staff {
    /// Whether they gave their password a short while ago: opening masked fields and taking lists away ask for that, so that a
    /// computer left alone gives nothing away.
    pub fn is_confirmed(&self, now_ms: TimestampMs) -> bool {
        now_ms.saturating_sub(self.confirmed_at_ms) < CONFIRMED_FOR_MS
    }

    /// Refuses where the password was not given recently.
    pub fn require_confirmed(&self, now_ms: TimestampMs) -> Result<()> {
        if self.is_confirmed(now_ms) {
            return Ok(());
        }
        Err(Error::conflict(
            "confirm-needed",
            "confirm with your password that it is you, then do this again",
        ))
    }

    /// Whether there are records that the person may see: a counsellor without a college or class has none.
    pub fn may_see_records(&self) -> bool {
        self.role.may_see_every_college() || self.scope.college.is_some() || self.scope.class_name.is_some()
    }
}

/// What signing in needs to know of an account.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = staff)]
pub struct Account {
    /// The account.
    pub staff_id: StaffId,
    /// The address they sign in with, in lower case.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Argon2id in the PHC form; none before the first password was set.
    pub password_hash: Option<String>,
    /// The sealed secret of one-time codes, where they are used.
    pub totp_sealed: Option<Vec<u8>>,
    /// The 30-second step of the last code taken, so that none is taken twice.
    pub totp_last_step: Option<i64>,
    /// Wrong passwords and codes since the last success.
    pub failed_attempts: i32,
    /// Until when nobody may sign in, UTC ms.
    pub locked_until_ms: Option<TimestampMs>,
    /// Whether the account may be used at all.
    pub is_active: bool,
    /// A sealed secret that is not in force yet: no code of it was typed so far.
    pub totp_pending_sealed: Option<Vec<u8>>,
    /// The agency they belong to, for a role of an agency.
    pub agency_id: Option<AgencyId>,
}

/// What somebody types besides the password: six digits of an app, or a code kept for the day the app is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// Six digits.
    Totp(String),
    /// A recovery code, folded to upper case without separators.
    Recovery(String),
}

impl SecondFactor {
    /// Reads what was typed; `None` where nothing was.
    pub fn parse(typed: &str) -> Option<Self> {
        let folded: String = typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        match folded.len() {
            0 => None,
            6 => Some(Self::Totp(folded)),
            _ => Some(Self::Recovery(folded)),
        }
    }
}

/// Where a session was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The network address.
    pub address: Option<String>,
    /// The browser and system, as far as its user agent tells; never the whole text of it.
    pub browser: Option<String>,
}

/// Somebody who is to become a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The address they will sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// What of the roll they may see.
    pub scope: Scope,
    /// The agency they belong to, for a role of an agency.
    pub agency_id: Option<AgencyId>,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimes {
    /// Without a request, in ms.
    pub idle_ms: i64,
    /// After signing in, whatever happens, in ms; 12 hours, a long working day.
    pub absolute_ms: i64,
}

impl SessionTimes {
    /// Sessions that end after so many idle minutes.
    pub fn with_idle_minutes(minutes: i64) -> Self {
        Self {
            idle_ms: minutes.max(1).saturating_mul(60_000),
            absolute_ms: 12 * 3_600_000,
        }
    }
}
