//! Who may open which pages: one table for the rail, for the door and for the test that walks every route. What a form changes is
//! decided once more by the command that changes it.

use domain::accounts::model::Role;

/// What opening a page takes besides being signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Nothing: it shows counts alone, or its queries are narrowed to what the reader may see.
    SignedIn,
    /// It shows records of every college.
    EveryCollege,
    /// It is a form that changes rolls or batches.
    Change,
    /// It shows who did what.
    AuditTrail,
    /// It shows the staff.
    ManageStaff,
    /// It shows what the queues hold.
    Queues,
}

impl Right {
    /// Whether the role has it.
    pub fn is_held_by(self, role: Role) -> bool {
        match self {
            Self::SignedIn => true,
            Self::EveryCollege => role.may_see_every_college(),
            Self::Change => role.may_change_rolls_and_batches(),
            Self::AuditTrail => role.may_read_audit_trail(),
            Self::ManageStaff => role.may_manage_staff(),
            Self::Queues => role.may_watch_queues(),
        }
    }
}

/// A part of the console, the right it takes, and what the audit trail calls an attempt without it.
struct Door {
    path: &'static str,
    right: Right,
    attempt: &'static str,
}

const fn door(path: &'static str, right: Right, attempt: &'static str) -> Door {
    Door { path, right, attempt }
}

/// The longest path that a request's begins with decides; what is not listed takes the right to see every college.
const DOORS: &[Door] = &[
    door("/console", Right::EveryCollege, "page.open"),
    door("/console/account", Right::SignedIn, "account.open"),
    door("/console/audit", Right::AuditTrail, "audit.read"),
    door("/console/batches/new", Right::Change, "batch.receive"),
    door("/console/calendar", Right::SignedIn, "calendar.read"),
    door("/console/campaigns/new", Right::Change, "campaign.add"),
    door("/console/confirm", Right::SignedIn, "account.open"),
    door("/console/jobs", Right::Queues, "jobs.read"),
    door("/console/outbox", Right::ManageStaff, "notice.read"),
    door("/console/records", Right::SignedIn, "record.read"),
    door("/console/staff", Right::ManageStaff, "staff.read"),
    door("/console/thumbnails", Right::SignedIn, "photo.read"),
    door("/console/tickets", Right::SignedIn, "ticket.read"),
    door("/console/verdicts", Right::SignedIn, "verdict.read"),
];

/// What opening a page takes, and what an attempt without it is called.
pub fn right_to_open(path: &str) -> (Right, &'static str) {
    // The overview alone, not what lies below it.
    if path == "/console" {
        return (Right::SignedIn, "page.open");
    }
    let fits = |door: &&Door| {
        path.strip_prefix(door.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
    };
    DOORS
        .iter()
        .filter(fits)
        .max_by_key(|door| door.path.len())
        .map_or((Right::EveryCollege, "page.open"), |door| (door.right, door.attempt))
}

/// Where files are handed in: nobody's bytes are taken in before the right is known, as the forms' handlers would.
const UPLOADS: &[Door] = &[
    door("/console/batches", Right::Change, "batch.receive"),
    door("/console/calendar/import", Right::Change, "calendar.change"),
    door("/console/roll/imports", Right::Change, "roll.import"),
];

/// What handing in a file there takes; `None` where none is.
pub fn right_to_upload(path: &str) -> Option<(Right, &'static str)> {
    let door = UPLOADS.iter().find(|door| door.path == path)?;
    Some((door.right, door.attempt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_decides() {
        assert_eq!(right_to_open("/console").0, Right::SignedIn);
        assert_eq!(right_to_open("/console/batches").0, Right::EveryCollege);
        assert_eq!(right_to_open("/console/batches/new").0, Right::Change);
        assert_eq!(right_to_open("/console/batches/newer").0, Right::EveryCollege);
        assert_eq!(right_to_open("/console/audit.csv").0, Right::AuditTrail);
        assert_eq!(right_to_open("/console/records/7").0, Right::SignedIn);
    }
}
