//! Everything that changes students' accounts, each in one transaction. What is refused and may be an attack is in the audit trail.

pub mod contact;
pub mod identity;
pub mod real_name;
pub mod recovery;
pub mod registration;
pub mod sessions;
pub mod sign_in;

use diesel::prelude::*;
use serde_json::json;

use super::model::{LinkKind, Student, StudentAccount, actor_name};
use crate::accounts::commands::{link_hash, new_token};
use crate::accounts::model::Origin;
use crate::audit::{self, Act, Actor};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::student_links;
use crate::error::Result;
use crate::id::StudentId;
use crate::notices::commands::tell;
use crate::notices::model::{NewNotice, NoticeKind};

/// How long a link of a mail is good.
const LINK_MS: i64 = 24 * 3_600_000;
/// Time between two mails with links of one kind to one account.
const LINK_PAUSE_MS: i64 = 60_000;
/// Links of one kind that an account is sent in a day.
const LINKS_A_DAY: i64 = 5;
const DAY_MS: i64 = 86_400_000;

/// Notes something that an account did, or tried.
fn note(
    conn: &mut Conn,
    action: &str,
    student_id: StudentId,
    from: &Origin,
    is_success: bool,
    now_ms: TimestampMs,
) -> Result<()> {
    let name = actor_name(student_id);
    let act = Act::new(action, "student", student_id).by(Actor {
        name: &name,
        address: from.address.as_deref(),
    });
    let act = if is_success { act } else { act.refused() };
    audit::append(conn, &act, now_ms)
}

/// Notes that something was refused which may be an attack, in a transaction of its own: that of what was refused is gone.
pub fn record_refusal(
    conn: &mut Conn,
    by: Option<&Student>,
    action: &str,
    from: &Origin,
    now_ms: TimestampMs,
) -> Result<()> {
    match by {
        Some(student) => note(conn, action, student.student_id, from, false, now_ms),
        None => note_unknown(conn, action, from, now_ms),
    }
}

/// Notes that somebody tried what there is not; what it was is the first word of the action.
fn note_unknown(conn: &mut Conn, action: &str, from: &Origin, now_ms: TimestampMs) -> Result<()> {
    let kind = action.split('.').next().unwrap_or(action);
    let act = Act::new(action, kind, "unknown").by(Actor {
        name: "unknown",
        address: from.address.as_deref(),
    });
    audit::append(conn, &act.refused(), now_ms)
}

/// Sends an account a link, unless it was sent too many; the links before it are dead.
fn send_link(
    conn: &mut Conn,
    sealer: &Sealer,
    account: &StudentAccount,
    (kind, new_address): (LinkKind, Option<&str>),
    now_ms: TimestampMs,
) -> Result<bool> {
    let own = student_links::table
        .filter(student_links::student_id.eq(account.student_id))
        .filter(student_links::kind.eq(kind));
    let of_today: Vec<TimestampMs> = own
        .filter(student_links::created_at_ms.gt(now_ms - DAY_MS))
        .select(student_links::created_at_ms)
        .load(conn)?;
    let is_too_soon = of_today.iter().any(|at_ms| *at_ms > now_ms - LINK_PAUSE_MS);
    if is_too_soon || of_today.len() as i64 >= LINKS_A_DAY {
        return Ok(false);
    }
    let token = new_token()?;
    diesel::update(own.filter(student_links::used_at_ms.is_null()))
        .set(student_links::expires_at_ms.eq(now_ms))
        .execute(conn)?;
    diesel::insert_into(student_links::table)
        .values((
            student_links::token_hash.eq(link_hash(&token).to_vec()),
            student_links::student_id.eq(account.student_id),
            student_links::kind.eq(kind),
            student_links::email.eq(new_address),
            student_links::created_at_ms.eq(now_ms),
            student_links::expires_at_ms.eq(now_ms + LINK_MS),
        ))
        .execute(conn)?;
    let (notice, path) = match kind {
        LinkKind::Activate => (NoticeKind::Activation, "activate"),
        LinkKind::Reset => (NoticeKind::Reset, "reset"),
        LinkKind::Address => (NoticeKind::NewAddress, "address"),
    };
    let told = NewNotice {
        student_id: Some(account.student_id),
        record_id: None,
        kind: notice,
        unique_key: format!("{notice}:{}", hex::encode(link_hash(&token))),
        parameters: json!({ "path": path, "hours": LINK_MS / 3_600_000 }),
        secret: Some(&token),
        expires_at_ms: Some(now_ms + LINK_MS),
        to: new_address,
    };
    tell(conn, sealer, &told, now_ms)
}

/// Marks a link as followed.
fn use_link(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<()> {
    diesel::update(student_links::table.find(token_hash.as_slice()))
        .set(student_links::used_at_ms.eq(now_ms))
        .execute(conn)?;
    Ok(())
}
