//! Reads of accounts and sessions.

use diesel::prelude::*;

use super::model::{Account, Operator, Person, Role, Scope, SessionTimes, Staff};
use crate::clock::TimestampMs;
use crate::db::schema::{saved_views, schools, sessions, staff, staff_links, staff_recovery_codes};
use crate::db::{Backend, Conn};
use crate::error::{Error, Result};
use crate::id::{AgencyId, SchoolId, StaffId};

/// The account that signs in with an address, whatever its case.
pub fn find_account(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(staff::table
        .filter(staff::email.eq(email.trim().to_lowercase()))
        .select(Account::as_select())
        .first(conn)
        .optional()?)
}

/// The account of that number.
pub fn get_account(conn: &mut Conn, staff_id: StaffId) -> Result<Account> {
    let account = staff::table
        .find(staff_id)
        .select(Account::as_select())
        .first(conn)
        .optional()?;
    account.ok_or_else(|| Error::not_found("account", staff_id))
}

/// What of the roll a member of staff may see.
pub fn get_scope(conn: &mut Conn, staff_id: StaffId) -> Result<Scope> {
    let (school_id, college, class_name) = staff::table
        .find(staff_id)
        .select((staff::school_id, staff::college, staff::class_name))
        .first(conn)?;
    Ok(Scope {
        school_id,
        college,
        class_name,
    })
}

/// A session that is good now.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Whose it is.
    pub person: Person,
    /// When it was last used, UTC ms, to the minute.
    pub last_seen_ms: TimestampMs,
}

/// The session of a cookie, by the SHA-256 of its value, while neither timeout has passed and the account is active.
pub fn find_session(
    conn: &mut Conn,
    token_hash: &[u8; 32],
    times: SessionTimes,
    now_ms: TimestampMs,
) -> Result<Option<LiveSession>> {
    type Columns = (
        StaffId,
        String,
        Role,
        (Option<SchoolId>, Option<String>, Option<String>),
        Option<AgencyId>,
        TimestampMs,
        TimestampMs,
    );
    let row: Option<Columns> = sessions::table
        .inner_join(staff::table)
        .filter(sessions::token_hash.eq(token_hash.as_slice()))
        .filter(sessions::expires_at_ms.gt(now_ms))
        .filter(sessions::last_seen_ms.gt(now_ms.saturating_sub(times.idle_ms)))
        .filter(staff::is_active.eq(true))
        .select((
            staff::staff_id,
            staff::email,
            staff::role,
            (staff::school_id, staff::college, staff::class_name),
            staff::agency_id,
            sessions::last_seen_ms,
            sessions::confirmed_at_ms,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(
        |(staff_id, email, role, (school_id, college, class_name), agency_id, last_seen_ms, confirmed_at_ms)| {
            let person = match agency_id {
                Some(agency_id) => Person::Operator(Operator {
                    staff_id,
                    email,
                    agency_id,
                    is_admin: role == Role::AgencyAdmin,
                    address: None,
                }),
                None => Person::Staff(Staff {
                    staff_id,
                    email,
                    role,
                    scope: Scope {
                        school_id,
                        college,
                        class_name,
                    },
                    address: None,
                    confirmed_at_ms,
                }),
            };
            LiveSession { person, last_seen_ms }
        },
    ))
}

/// The address whose password a link sets, while the link is unused and has not expired.
pub fn find_password_link(conn: &mut Conn, link_hash: &[u8; 32], now_ms: TimestampMs) -> Result<Option<String>> {
    Ok(staff_links::table
        .inner_join(staff::table)
        .filter(staff_links::token_hash.eq(link_hash.as_slice()))
        .filter(staff_links::used_at_ms.is_null())
        .filter(staff_links::expires_at_ms.gt(now_ms))
        .filter(staff::is_active.eq(true))
        .select(staff::email)
        .first(conn)
        .optional()?)
}

/// A member of staff in the list of all of them.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct ListedStaff {
    /// The account.
    pub staff_id: StaffId,
    /// The address they sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Code of the one school whose records they see.
    pub school_code: Option<String>,
    /// The one 分院 whose records they see.
    pub college: Option<String>,
    /// The one 班级 whose records they see.
    pub class_name: Option<String>,
    /// Whether a password was set.
    pub has_password: bool,
    /// Whether signing in asks for a second factor.
    pub has_second_factor: bool,
    /// Whether the account may be used.
    pub is_active: bool,
    /// When they last signed in, UTC ms.
    pub last_login_at_ms: Option<TimestampMs>,
}

/// The columns of [`ListedStaff`].
macro_rules! listed_staff {
    () => {
        (
            staff::staff_id,
            staff::email,
            staff::role,
            schools::code.nullable(),
            staff::college,
            staff::class_name,
            staff::password_hash.is_not_null(),
            staff::totp_sealed.is_not_null(),
            staff::is_active,
            staff::last_login_at_ms,
        )
    };
}

/// The people of an agency, by address.
pub fn list_operators(conn: &mut Conn, agency_id: AgencyId) -> Result<Vec<ListedStaff>> {
    Ok(staff::table
        .left_join(schools::table)
        .filter(staff::agency_id.eq(agency_id))
        .order(staff::email)
        .select(listed_staff!())
        .load(conn)?)
}

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStanding {
    /// May sign in.
    Open,
    /// Was invited and has no password yet.
    Invited,
    /// Closed.
    Closed,
}

/// Which of the office's staff a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StaffFilter {
    /// Those with that role.
    pub role: Option<Role>,
    /// Those who stand so.
    pub standing: Option<AccountStanding>,
    /// Whether addresses run from z to a.
    pub is_down: bool,
}

/// The office's staff, by address, after one of them where given.
pub fn list_staff(
    conn: &mut Conn,
    by: &Staff,
    filter: StaffFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ListedStaff>> {
    if !by.role.may_manage_staff() {
        return Err(Error::Forbidden { right: "manage staff" });
    }
    let mut people = staff::table
        .left_join(schools::table)
        .filter(staff::agency_id.is_null())
        .into_boxed::<Backend>();
    if let Some(role) = filter.role {
        people = people.filter(staff::role.eq(role));
    }
    people = match filter.standing {
        None => people,
        Some(AccountStanding::Closed) => people.filter(staff::is_active.eq(false)),
        Some(AccountStanding::Open) => people
            .filter(staff::is_active.eq(true))
            .filter(staff::password_hash.is_not_null()),
        Some(AccountStanding::Invited) => people
            .filter(staff::is_active.eq(true))
            .filter(staff::password_hash.is_null()),
    };
    people = match (filter.is_down, after) {
        (false, None) => people.order(staff::email),
        (true, None) => people.order(staff::email.desc()),
        (false, Some(after)) => people.order(staff::email).filter(staff::email.gt(after)),
        (true, Some(after)) => people.order(staff::email.desc()).filter(staff::email.lt(after)),
    };
    Ok(people.limit(limit).select(listed_staff!()).load(conn)?)
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct ListedSession {
    /// SHA-256 of its cookie, which names it.
    pub token_hash: Vec<u8>,
    /// When it was opened, UTC ms.
    pub created_at_ms: TimestampMs,
    /// When it was last used, UTC ms, to the minute.
    pub last_seen_ms: TimestampMs,
    /// The network address it was opened from.
    pub address: Option<String>,
    /// The browser it was opened in.
    pub browser: Option<String>,
}

/// The sessions of a person that are good now, the latest used first.
pub fn list_own_sessions(
    conn: &mut Conn,
    by: &Staff,
    times: SessionTimes,
    now_ms: TimestampMs,
) -> Result<Vec<ListedSession>> {
    Ok(sessions::table
        .filter(sessions::staff_id.eq(by.staff_id))
        .filter(sessions::expires_at_ms.gt(now_ms))
        .filter(sessions::last_seen_ms.gt(now_ms.saturating_sub(times.idle_ms)))
        .order(sessions::last_seen_ms.desc())
        .select(ListedSession::as_select())
        .load(conn)?)
}

/// How many recovery codes a person has left.
pub fn count_recovery_codes(conn: &mut Conn, staff_id: StaffId) -> Result<i64> {
    Ok(staff_recovery_codes::table
        .filter(staff_recovery_codes::staff_id.eq(staff_id))
        .filter(staff_recovery_codes::used_at_ms.is_null())
        .count()
        .get_result(conn)?)
}

/// A part of a list that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = saved_views)]
pub struct SavedView {
    /// Its number.
    pub view_id: i64,
    /// Whose it is.
    pub staff_id: StaffId,
    /// What they call it.
    pub name: String,
    /// The list with its filters.
    pub path: String,
    /// Whether others are offered it.
    pub is_shared: bool,
}

/// Views of one list, the reader's own and shared ones, by name.
pub fn list_views(conn: &mut Conn, by: &Staff, list: &str) -> Result<Vec<SavedView>> {
    let views: Vec<SavedView> = saved_views::table
        .filter(
            saved_views::staff_id
                .eq(by.staff_id)
                .or(saved_views::is_shared.eq(true)),
        )
        .order((saved_views::name, saved_views::view_id))
        .select(SavedView::as_select())
        .load(conn)?;
    let is_of = |view: &SavedView| {
        view.path
            .strip_prefix(list)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('?'))
    };
    Ok(views.into_iter().filter(is_of).collect())
}
