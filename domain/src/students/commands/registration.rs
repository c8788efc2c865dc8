//! From an address to an activated account (R2 to R5). Whether an address has an account already is told to its owner by mail and to nobody
//! else: the page says the same either way.

use diesel::dsl;
use diesel::prelude::*;
use serde_json::json;

use super::sign_in::{PasswordCheck, check_password, settle_password};
use super::{note, send_link, use_link};
use crate::accounts::commands::link_hash;
use crate::accounts::model::Origin;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::schema::{notice_deliveries, notices, student_links, students, tickets};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::id::{NoticeId, StudentId};
use crate::notices::commands::tell;
use crate::notices::model::{NewNotice, NoticeKind};
use crate::students::model::{LinkKind, StudentState};
use crate::students::queries::{LinkStanding, find_by_email, find_link, get_account};
use crate::texts::Language;

/// The longest address.
const MOST_EMAIL_BYTES: usize = 254;
const HOUR_MS: i64 = 3_600_000;
/// Rows that one statement deletes.
const AT_ONCE: usize = 500;

/// An address in the one spelling under which it is known.
pub fn read_email(typed: &str) -> Result<String> {
    let email = typed.trim().to_lowercase();
    let is_plain = email.len() <= MOST_EMAIL_BYTES && email.bytes().all(|byte| byte.is_ascii_graphic());
    let is_address = email.split_once('@').is_some_and(|(name, host)| {
        let is_host = host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains("..");
        !name.is_empty() && is_host && !host.contains('@') && !name.contains(['<', '>', '"', ',', ';', '\\'])
    });
    if is_plain && is_address {
        return Ok(email);
    }
    Err(Error::invalid(
        "email",
        "email",
        "write a whole e-mail address, as in name@example.com",
    ))
}

/// Somebody who wants an account.
#[derive(Clone)]
pub struct Registration {
    /// The address, as [`read_email`] gives it.
    pub email: String,
    /// Argon2id in the PHC form.
    pub password_hash: String,
    /// The language of the page.
    pub language: Language,
    /// Where the request comes from.
    pub from: Origin,
}

/// Makes an account that waits for its activation, and sends the link. An address whose account waits already gets the new password and another
/// link; one that has an account gets a mail that says so.
pub fn register(conn: &mut Conn, sealer: &Sealer, new: &Registration, now_ms: TimestampMs) -> Result<()> {
    let Some(known) = find_by_email(conn, &new.email)? else {
        let student_id: StudentId = diesel::insert_into(students::table)
            .values((
                students::email.eq(&new.email),
                students::state.eq(StudentState::PendingActivation),
                students::password_hash.eq(&new.password_hash),
                students::language.eq(new.language),
                students::created_at_ms.eq(now_ms),
            ))
            .returning(students::student_id)
            .get_result(conn)?;
        note(conn, "student.register", student_id, &new.from, true, now_ms)?;
        let account = get_account(conn, student_id)?;
        send_link(conn, sealer, &account, (LinkKind::Activate, None), now_ms)?;
        return Ok(());
    };
    if known.state != StudentState::PendingActivation {
        note(conn, "student.register", known.student_id, &new.from, false, now_ms)?;
        let notice = NewNotice {
            student_id: Some(known.student_id),
            record_id: None,
            kind: NoticeKind::AccountExists,
            unique_key: format!("account-exists:{}:{}", known.student_id, now_ms / HOUR_MS),
            parameters: json!({}),
            secret: None,
            expires_at_ms: Some(now_ms + HOUR_MS),
            to: None,
        };
        tell(conn, sealer, &notice, now_ms)?;
        return Ok(());
    }
    let is_sent = send_link(conn, sealer, &known, (LinkKind::Activate, None), now_ms)?;
    if is_sent {
        // Only together with a new link: the one in the mailbox goes with the password that was typed for it.
        diesel::update(students::table.find(known.student_id))
            .set((
                students::password_hash.eq(&new.password_hash),
                students::language.eq(new.language),
            ))
            .execute(conn)?;
    }
    note(conn, "student.register", known.student_id, &new.from, is_sent, now_ms)
}

/// Sends the activation link of an address once more; says nothing of whether there is such an account.
pub fn resend(conn: &mut Conn, sealer: &Sealer, email: &str, from: &Origin, now_ms: TimestampMs) -> Result<()> {
    let Some(account) = find_by_email(conn, email)?.filter(|known| known.state == StudentState::PendingActivation)
    else {
        return Ok(());
    };
    let is_sent = send_link(conn, sealer, &account, (LinkKind::Activate, None), now_ms)?;
    note(conn, "student.resend", account.student_id, from, is_sent, now_ms)
}

/// Deletes accounts that nobody activated while their links were good, which ended before then, with what was told to them: an address that
/// somebody typed once is nobody's account, and is free again.
pub fn forget_unactivated(conn: &mut Conn, sealer: &Sealer, before_ms: TimestampMs, now_ms: TimestampMs) -> Result<()> {
    let was_asked_lately = student_links::table
        .filter(student_links::student_id.eq(students::student_id))
        .filter(student_links::expires_at_ms.ge(before_ms));
    let has_ticket = tickets::table.filter(tickets::student_id.eq(students::student_id.nullable()));
    let ids: Vec<StudentId> = students::table
        .filter(students::state.eq(StudentState::PendingActivation))
        .filter(students::created_at_ms.lt(before_ms))
        .filter(dsl::not(dsl::exists(was_asked_lately)))
        .filter(dsl::not(dsl::exists(has_ticket)))
        .select(students::student_id)
        .load(conn)?;
    for chunk in ids.chunks(AT_ONCE) {
        let told = notices::table
            .filter(notices::student_id.eq_any(chunk))
            .select(notices::notice_id)
            .load::<NoticeId>(conn)?;
        for told in told.chunks(AT_ONCE) {
            diesel::delete(notice_deliveries::table.filter(notice_deliveries::notice_id.eq_any(told))).execute(conn)?;
            diesel::delete(notices::table.filter(notices::notice_id.eq_any(told))).execute(conn)?;
        }
        diesel::delete(student_links::table.filter(student_links::student_id.eq_any(chunk))).execute(conn)?;
        diesel::delete(students::table.filter(students::student_id.eq_any(chunk))).execute(conn)?;
        let gone: Vec<(StudentId, Option<String>)> = chunk.iter().map(|id| (*id, None)).collect();
        let act = Act::new("student.lapse", "student", 0);
        audit::append_about(conn, sealer, &act, &gone, now_ms)?;
    }
    Ok(())
}

/// How following an activation link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// The account is activated and may be signed in to.
    Done(StudentId),
    /// It was activated before.
    Already,
    /// The link leads nowhere.
    Dead,
    /// The password is not the one that was chosen with the address.
    WrongPassword,
    /// Too many wrong passwords: minutes to wait.
    Locked(u64),
}

/// Activates the account of a link. It takes the password that was chosen with the address, so that nobody can register an address of somebody
/// else, wait until its owner follows the link, and sign in after them.
pub async fn activate(db: &Db, token: &str, password: String, from: Origin, now_ms: TimestampMs) -> Result<Activation> {
    let hash = link_hash(token);
    let standing = db
        .read(move |conn| find_link(conn, LinkKind::Activate, &hash, now_ms))
        .await?;
    let student_id = match standing {
        LinkStanding::Good(student_id, _) => student_id,
        LinkStanding::Used => return Ok(Activation::Already),
        LinkStanding::Dead => return Ok(Activation::Dead),
    };
    let is_right = check_password(db, student_id, password).await?;
    db.write_tx(move |conn| {
        // Somebody else may have followed it meanwhile.
        if find_link(conn, LinkKind::Activate, &hash, now_ms)? != LinkStanding::Good(student_id, None) {
            return Ok(Activation::Already);
        }
        let account = get_account(conn, student_id)?;
        match settle_password(conn, &account, "student.activate", is_right, &from, now_ms)? {
            PasswordCheck::Locked(minutes) => return Ok(Activation::Locked(minutes)),
            PasswordCheck::Wrong => return Ok(Activation::WrongPassword),
            PasswordCheck::Right => {}
        }
        use_link(conn, &hash, now_ms)?;
        diesel::update(students::table.find(student_id))
            .set(students::state.eq(StudentState::Activated))
            .execute(conn)?;
        note(conn, "student.activate", student_id, &from, true, now_ms)?;
        Ok(Activation::Done(student_id))
    })
    .await
}
