//! Reads of notices.

use diesel::prelude::*;
use secrecy::SecretString;

use super::commands::{NOTICE_ADDRESS, NOTICE_SECRET};
use super::model::{Channel, DeliveryState, Due, KeptNotice, NoticeKind};
use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::{notice_deliveries, notices, students};
use crate::error::{Error, Result};
use crate::id::{NoticeDeliveryId, NoticeId, StudentId};
use crate::roll::name;
use crate::texts::Language;

#[derive(Queryable)]
struct DueRow {
    notice_id: NoticeId,
    student_id: Option<StudentId>,
    kind: NoticeKind,
    channel: Channel,
    address_sealed: Option<Vec<u8>>,
    parameters: String,
    secret_sealed: Option<Vec<u8>>,
    expires_at_ms: Option<TimestampMs>,
    email: Option<String>,
    phone_sealed: Option<Vec<u8>>,
    own_language: Option<Language>,
    language: Option<Language>,
    name: Option<String>,
}

/// What is to be delivered; nothing where it was, or where the student has no such address.
pub fn find_due(conn: &mut Conn, sealer: &Sealer, notice_delivery_id: NoticeDeliveryId) -> Result<Option<Due>> {
    open(conn, sealer, notice_delivery_id, &[DeliveryState::Waiting])
}

fn open(
    conn: &mut Conn,
    sealer: &Sealer,
    notice_delivery_id: NoticeDeliveryId,
    states: &[DeliveryState],
) -> Result<Option<Due>> {
    let row: Option<DueRow> = notice_deliveries::table
        .inner_join(notices::table.left_join(students::table))
        .filter(notice_deliveries::notice_delivery_id.eq(notice_delivery_id))
        .filter(notice_deliveries::state.eq_any(states))
        .select((
            notices::notice_id,
            notices::student_id,
            notices::kind,
            notice_deliveries::channel,
            notice_deliveries::address_sealed,
            notices::parameters,
            notices::secret_sealed,
            notices::expires_at_ms,
            students::email.nullable(),
            students::phone_sealed.nullable(),
            students::language.nullable(),
            notices::language,
            students::name.nullable(),
        ))
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let address = match (&row.address_sealed, row.channel, &row.phone_sealed) {
        (Some(sealed), ..) => sealer.open_text(NOTICE_ADDRESS, sealed)?,
        (None, Channel::Mail, _) => match row.email {
            Some(email) => SecretString::from(email),
            None => return Ok(None),
        },
        (None, Channel::Sms, Some(sealed)) => sealer.open_text(Purpose::PHONE, sealed)?,
        (None, Channel::Sms, None) => return Ok(None),
    };
    let secret = row.secret_sealed.as_deref();
    Ok(Some(Due {
        notice_delivery_id,
        notice_id: row.notice_id,
        student_id: row.student_id,
        kind: row.kind,
        channel: row.channel,
        address,
        language: row.own_language.or(row.language).unwrap_or_default(),
        masked_name: row.name.as_deref().map(name::mask),
        parameters: serde_json::from_str(&row.parameters)?,
        secret: secret
            .map(|sealed| sealer.open_text(NOTICE_SECRET, sealed))
            .transpose()?,
        expires_at_ms: row.expires_at_ms,
    }))
}

/// What a student was told, the newest first.
pub fn list_kept(conn: &mut Conn, student_id: StudentId, limit: i64) -> Result<Vec<KeptNotice>> {
    Ok(notices::table
        .filter(notices::student_id.eq(student_id))
        .filter(notices::is_kept.eq(true))
        .order(notices::notice_id.desc())
        .limit(limit)
        .select(KeptNotice::as_select())
        .load(conn)?)
}

/// A delivery of the outbox: what nobody carries, what waits, and what was given up.
#[derive(Clone, Debug, Queryable)]
pub struct ListedDelivery {
    /// The delivery.
    pub notice_delivery_id: NoticeDeliveryId,
    /// What it tells.
    pub kind: NoticeKind,
    /// By which way.
    pub channel: Channel,
    /// How it went so far.
    pub state: DeliveryState,
    /// Why it failed last: a stable code.
    pub fault: Option<String>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was made, UTC ms.
    pub created_at_ms: TimestampMs,
    /// The address of the account, where it goes to one.
    pub email: Option<String>,
}

/// What stays in the outbox, the newest first, before one where given.
pub fn list_outbox(
    conn: &mut Conn,
    by: &Staff,
    before: Option<NoticeDeliveryId>,
    limit: i64,
) -> Result<Vec<ListedDelivery>> {
    require_keeper(by)?;
    Ok(notice_deliveries::table
        .inner_join(notices::table.left_join(students::table))
        .filter(notice_deliveries::state.ne(DeliveryState::Delivered))
        .filter(notice_deliveries::notice_delivery_id.lt(before.unwrap_or(NoticeDeliveryId(i64::MAX))))
        .order(notice_deliveries::notice_delivery_id.desc())
        .limit(limit)
        .select((
            notice_deliveries::notice_delivery_id,
            notices::kind,
            notice_deliveries::channel,
            notice_deliveries::state,
            notice_deliveries::fault,
            notice_deliveries::attempts,
            notice_deliveries::created_at_ms,
            students::email.nullable(),
        ))
        .load(conn)?)
}

/// A delivery of the outbox with everything in it, links and codes too: whoever opens it is in the audit trail.
pub fn get_outbox(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    notice_delivery_id: NoticeDeliveryId,
    now_ms: TimestampMs,
) -> Result<Due> {
    require_keeper(by)?;
    by.require_confirmed(now_ms)?;
    let states = [DeliveryState::Waiting, DeliveryState::Held, DeliveryState::GivenUp];
    let found = open(conn, sealer, notice_delivery_id, &states)?;
    let due = found.ok_or_else(|| Error::not_found("notice", notice_delivery_id))?;
    let act = match due.student_id {
        Some(student_id) => Act::new("notice.read", "student", student_id),
        None => Act::new("notice.read", "notice", due.notice_id),
    };
    audit::append(conn, &act.by(by), now_ms)?;
    Ok(due)
}

fn require_keeper(by: &Staff) -> Result<()> {
    if by.role.may_manage_staff() {
        return Ok(());
    }
    Err(Error::Forbidden {
        right: "read the outbox",
    })
}

/// How many mails and messages were not delivered, by where they stand.
pub fn count_deliveries(conn: &mut Conn) -> Result<Vec<(DeliveryState, i64)>> {
    Ok(notice_deliveries::table
        .filter(notice_deliveries::state.ne(DeliveryState::Delivered))
        .group_by(notice_deliveries::state)
        .select((notice_deliveries::state, diesel::dsl::count_star()))
        .load(conn)?)
}
