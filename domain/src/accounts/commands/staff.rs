//! Who belongs to the staff: invitations, roles and what of the roll each may see. All of it is the administrator's, or the
//! operator's on the server itself.

use diesel::prelude::*;

use super::{link_hash, new_token};
use crate::accounts::model::{Account, Invitation, Operator, Role, Scope, Staff};
use crate::accounts::queries;
use crate::audit::{self, Act, Actor, OPERATOR};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{sessions, staff, staff_links, staff_recovery_codes};
use crate::error::{Error, Result};
use crate::id::{AgencyId, StaffId};

/// How long a link to set a password is good.
const LINK_MS: i64 = 24 * 3_600_000;
/// Longest address taken (RFC 5321).
const MAX_EMAIL_BYTES: usize = 254;

/// Who manages accounts.
#[derive(Clone, Copy, Debug)]
pub enum Manager<'a> {
    /// Whoever has a shell on the server.
    Operator,
    /// A member of staff, who must be an administrator.
    Staff(&'a Staff),
    /// Somebody of an agency, who must be its administrator and manages its people alone.
    Agency(&'a Operator),
}

impl<'a> Manager<'a> {
    fn actor(self) -> Result<Actor<'a>> {
        match self {
            Self::Operator => Ok(OPERATOR.into()),
            Self::Staff(by) if by.role.may_manage_staff() => Ok(by.into()),
            Self::Agency(by) if by.is_admin => Ok(by.into()),
            Self::Staff(_) | Self::Agency(_) => Err(Error::Forbidden { right: "manage staff" }),
        }
    }

    /// Refuses an account that is not this manager's to change; for an agency others do not even exist.
    fn require_reach(self, conn: &mut Conn, staff_id: StaffId) -> Result<()> {
        let Self::Agency(by) = self else { return Ok(()) };
        let agency_id: Option<AgencyId> = staff::table.find(staff_id).select(staff::agency_id).first(conn)?;
        if agency_id == Some(by.agency_id) {
            return Ok(());
        }
        Err(Error::not_found("account", staff_id))
    }

    /// Refuses an invitation that is not this manager's to make.
    fn require_invitation(self, invitation: &Invitation) -> Result<()> {
        if invitation.role.is_of_agency() != invitation.agency_id.is_some() {
            return Err(Error::invalid(
                "agency-missing",
                "agency",
                "people of an agency are invited with their agency, and nobody else is",
            ));
        }
        match self {
            Self::Agency(by) if invitation.agency_id != Some(by.agency_id) => {
                Err(Error::Forbidden { right: "manage staff" })
            }
            _ => Ok(()),
        }
    }

    /// Nobody takes the own rights away: somebody must be left who can give them back.
    fn require_other(self, staff_id: StaffId) -> Result<()> {
        match self {
            Self::Staff(Staff { staff_id: own, .. }) | Self::Agency(Operator { staff_id: own, .. })
                if *own == staff_id =>
            {
                Err(Error::conflict(
                    "own-account",
                    "this is your own account; another administrator must change it",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Makes an account, or gives a known one a new link; returns the one-time token that sets its password, good for 24 hours.
///
/// A known account keeps its role; a scope that is given replaces its own.
pub fn invite(conn: &mut Conn, by: Manager<'_>, invitation: &Invitation, now_ms: TimestampMs) -> Result<String> {
    let actor = by.actor()?;
    by.require_invitation(invitation)?;
    let email = invitation.email.trim().to_lowercase();
    require_email(&email)?;
    let (staff_id, action) = match queries::find_account(conn, &email)? {
        Some(account) if account.role == invitation.role && account.agency_id == invitation.agency_id => {
            if invitation.scope != Scope::default() {
                set_scope(conn, account.staff_id, account.role, &invitation.scope)?;
            }
            (account.staff_id, "staff.link")
        }
        Some(_) => {
            return Err(Error::conflict(
                "staff-exists",
                "the account exists with another role; name that role to get a new link",
            ));
        }
        None => {
            let staff_id: StaffId = diesel::insert_into(staff::table)
                .values((
                    staff::email.eq(&email),
                    staff::role.eq(invitation.role),
                    staff::agency_id.eq(invitation.agency_id),
                    staff::failed_attempts.eq(0),
                    staff::is_active.eq(true),
                    staff::created_at_ms.eq(now_ms),
                ))
                .returning(staff::staff_id)
                .get_result(conn)?;
            set_scope(conn, staff_id, invitation.role, &invitation.scope)?;
            (staff_id, "staff.add")
        }
    };
    audit::append(conn, &Act::new(action, "staff", staff_id).by(actor), now_ms)?;
    replace_link(conn, staff_id, now_ms)
}

/// Gives an account a new link; the one before is dead.
pub fn renew_link(conn: &mut Conn, by: Manager<'_>, staff_id: StaffId, now_ms: TimestampMs) -> Result<String> {
    let actor = by.actor()?;
    queries::get_account(conn, staff_id)?;
    by.require_reach(conn, staff_id)?;
    audit::append(conn, &Act::new("staff.link", "staff", staff_id).by(actor), now_ms)?;
    replace_link(conn, staff_id, now_ms)
}

fn replace_link(conn: &mut Conn, staff_id: StaffId, now_ms: TimestampMs) -> Result<String> {
    let token = new_token()?;
    diesel::delete(
        staff_links::table
            .filter(staff_links::staff_id.eq(staff_id))
            .filter(staff_links::used_at_ms.is_null()),
    )
    .execute(conn)?;
    diesel::insert_into(staff_links::table)
        .values((
            staff_links::token_hash.eq(link_hash(&token).to_vec()),
            staff_links::staff_id.eq(staff_id),
            staff_links::expires_at_ms.eq(now_ms.saturating_add(LINK_MS)),
        ))
        .execute(conn)?;
    Ok(token)
}

/// Gives a member of staff another role or another part of the roll, from the next request on.
pub fn change_staff(
    conn: &mut Conn,
    sealer: &Sealer,
    by: Manager<'_>,
    staff_id: StaffId,
    (role, scope): (Role, &Scope),
    now_ms: TimestampMs,
) -> Result<()> {
    let actor = by.actor()?;
    by.require_other(staff_id)?;
    let before: Account = queries::get_account(conn, staff_id)?;
    if role.is_of_agency() || before.agency_id.is_some() {
        return Err(Error::conflict(
            "other-house",
            "nobody changes between the office and an agency: close the account and invite the person anew",
        ));
    }
    let scope_before = queries::get_scope(conn, staff_id)?;
    diesel::update(staff::table.find(staff_id))
        .set(staff::role.eq(role))
        .execute(conn)?;
    set_scope(conn, staff_id, role, scope)?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let school = |scope: &Scope| {
        scope
            .school_id
            .map(|school_id| school_id.to_string())
            .unwrap_or_default()
    };
    let changed = audit::describe_change(&[
        ("role", before.role.to_string(), role.to_string()),
        ("school", school(&scope_before), school(scope)),
        ("college", text(&scope_before.college), text(&scope.college)),
        ("class", text(&scope_before.class_name), text(&scope.class_name)),
    ]);
    match changed {
        Some(changed) => {
            let act = Act::new("staff.role", "staff", staff_id).by(actor);
            audit::append_with(conn, sealer, &act, &changed, now_ms)
        }
        None => Ok(()),
    }
}

fn set_scope(conn: &mut Conn, staff_id: StaffId, role: Role, scope: &Scope) -> Result<()> {
    if role == Role::Counsellor && scope.college.is_none() && scope.class_name.is_none() {
        return Err(Error::invalid(
            "scope-missing",
            "college",
            "a counsellor sees one college or class: name it",
        ));
    }
    diesel::update(staff::table.find(staff_id))
        .set((
            staff::school_id.eq(scope.school_id),
            staff::college.eq(&scope.college),
            staff::class_name.eq(&scope.class_name),
        ))
        .execute(conn)?;
    Ok(())
}

/// Closes an account or opens it again; a closed one has no sessions and no link.
pub fn set_active(
    conn: &mut Conn,
    by: Manager<'_>,
    staff_id: StaffId,
    is_active: bool,
    now_ms: TimestampMs,
) -> Result<()> {
    let actor = by.actor()?;
    by.require_other(staff_id)?;
    queries::get_account(conn, staff_id)?;
    by.require_reach(conn, staff_id)?;
    diesel::update(staff::table.find(staff_id))
        .set(staff::is_active.eq(is_active))
        .execute(conn)?;
    diesel::delete(sessions::table.filter(sessions::staff_id.eq(staff_id))).execute(conn)?;
    diesel::delete(staff_links::table.filter(staff_links::staff_id.eq(staff_id))).execute(conn)?;
    let action = if is_active { "staff.open" } else { "staff.close" };
    audit::append(conn, &Act::new(action, "staff", staff_id).by(actor), now_ms)
}

/// Takes the second factor off an account whose owner lost telephone and recovery codes.
pub fn reset_second_factor(conn: &mut Conn, by: Manager<'_>, staff_id: StaffId, now_ms: TimestampMs) -> Result<()> {
    let actor = by.actor()?;
    by.require_other(staff_id)?;
    queries::get_account(conn, staff_id)?;
    by.require_reach(conn, staff_id)?;
    clear_second_factor(conn, staff_id)?;
    diesel::delete(sessions::table.filter(sessions::staff_id.eq(staff_id))).execute(conn)?;
    audit::append(conn, &Act::new("staff.totp-reset", "staff", staff_id).by(actor), now_ms)
}

pub(super) fn clear_second_factor(conn: &mut Conn, staff_id: StaffId) -> Result<()> {
    diesel::update(staff::table.find(staff_id))
        .set((
            staff::totp_sealed.eq(None::<Vec<u8>>),
            staff::totp_pending_sealed.eq(None::<Vec<u8>>),
            staff::totp_last_step.eq(None::<i64>),
        ))
        .execute(conn)?;
    diesel::delete(staff_recovery_codes::table.filter(staff_recovery_codes::staff_id.eq(staff_id))).execute(conn)?;
    Ok(())
}

fn require_email(email: &str) -> Result<()> {
    let is_plain = email.len() <= MAX_EMAIL_BYTES && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    let has_both_sides = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if is_plain && has_both_sides {
        return Ok(());
    }
    Err(Error::invalid(
        "email",
        "email",
        "staff sign in with an e-mail address, as in name@example.edu",
    ))
}
