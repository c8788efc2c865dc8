//! What is done with a mail: an answer goes into its ticket, and anything else begins one that its writer has to confirm, since anybody can
//! write any sender into a mail.

use diesel::prelude::*;
use fluent_bundle::FluentArgs;
use serde::Serialize;
use serde_json::json;

use super::address::read_ticket;
use super::letter::Letter;
use super::model::{CONFIRM_WITHIN_MS, Outcome, Taken};
use super::queries::{find_confirmation, find_known, has_drafted, list_unconfirmed};
use crate::accounts::commands::{link_hash, new_token};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::schema::{evidence, mail_confirmations, mail_letters, tickets};
use crate::error::{Error, Result};
use crate::evidence::commands::{NewEvidence, add_evidence};
use crate::evidence::model::{CameBy as EvidenceCameBy, MAX_PER_TICKET, OTHER};
use crate::evidence::queries::count_kept;
use crate::evidence::sealing::SealedUpload;
use crate::id::{StudentId, TicketId};
use crate::notices::commands::tell;
use crate::notices::model::{NewNotice, NoticeKind};
use crate::students::model::{Student, StudentState, actor_name, mask_email};
use crate::students::queries::{find_by_email, get_account};
use crate::texts::{Language, Texts};
use crate::tickets::commands::talk::say;
use crate::tickets::commands::{hand_in, open_ticket, withdraw};
use crate::tickets::machine::TicketState;
use crate::tickets::model::{CameBy, Hand, NewTicket, Ticket, TicketKind};
use crate::tickets::queries::{get_ticket, missing_evidence, read_addresses};
use secrecy::ExposeSecret as _;

const LETTER: Purpose = Purpose::new("mail-letter");
const SENDER: Purpose = Purpose::new("mail-sender");
/// Tickets without a confirmation that are taken back in one step.
const STEP: i64 = 200;

#[derive(Serialize)]
struct LetterRow {
    letter_index: String,
    sender_index: String,
    outcome: Outcome,
    ticket_id: Option<TicketId>,
    taken_at_ms: TimestampMs,
}

const LETTER_COLUMNS: &[Column] = &[
    Column::Bytes("letter_index"),
    Column::Bytes("sender_index"),
    Column::Text("outcome"),
    Column::Integer("ticket_id"),
    Column::Integer("taken_at_ms"),
];

/// By what a mail is known again: its identifier, or all of it where it has none.
pub fn letter_index(sealer: &Sealer, letter: &Letter, raw: &[u8]) -> [u8; 32] {
    let identifier = letter.message_id.as_ref().map(String::as_bytes);
    sealer.blind_index(LETTER, identifier.unwrap_or(raw))
}

/// Takes a mail in with its files, which lie sealed in the store by now. The same mail again changes nothing.
pub fn take_letter(
    conn: &mut Conn,
    sealer: &Sealer,
    (letter, index): (&Letter, &[u8; 32]),
    files: &[SealedUpload],
    mail_from: &str,
    now_ms: TimestampMs,
) -> Result<Taken> {
    if let Some(known) = find_known(conn, index)? {
        return Ok(known);
    }
    let sender_index = sealer.blind_index(SENDER, letter.from.as_bytes());
    let (outcome, ticket_id, files_kept) = place(conn, sealer, letter, &sender_index, files, mail_from, now_ms)?;
    let row = LetterRow {
        letter_index: hex::encode(index),
        sender_index: hex::encode(sender_index),
        outcome,
        ticket_id,
        taken_at_ms: now_ms,
    };
    if bulk::insert(conn, "mail_letters", LETTER_COLUMNS, "ON CONFLICT DO NOTHING", &[row])? == 0 {
        // The same mail is being taken by somebody else: they have it, and what was done here is undone.
        return Err(Error::conflict(
            "mail-twice",
            "the same mail is taken in at this moment; nothing was done twice",
        ));
    }
    Ok(Taken {
        outcome,
        ticket_id,
        is_known: false,
        files_kept,
    })
}

fn place(
    conn: &mut Conn,
    sealer: &Sealer,
    letter: &Letter,
    sender_index: &[u8; 32],
    files: &[SealedUpload],
    mail_from: &str,
    now_ms: TimestampMs,
) -> Result<(Outcome, Option<TicketId>, usize)> {
    if let Some(automatic) = letter.automatic {
        return Ok((automatic.into(), None, 0));
    }
    if letter.words.is_empty() && letter.subject.trim().is_empty() && files.is_empty() {
        return Ok((Outcome::Empty, None, 0));
    }
    if let Some(ticket) = find_answered(conn, sealer, letter, mail_from)? {
        let kept = answer(conn, sealer, &ticket, letter, files, now_ms)?;
        return Ok((Outcome::Answered, Some(ticket.ticket_id), kept));
    }
    if has_drafted(conn, sender_index, now_ms)? {
        return Ok((Outcome::TooSoon, None, 0));
    }
    let (ticket_id, kept) = draft(conn, sealer, letter, files, now_ms)?;
    Ok((Outcome::Drafted, Some(ticket_id), kept))
}

/// The open ticket that a mail answers. What is written to one that has ended begins another, so that nothing is lost.
fn find_answered(conn: &mut Conn, sealer: &Sealer, letter: &Letter, mail_from: &str) -> Result<Option<Ticket>> {
    for ticket_id in letter
        .routes
        .iter()
        .filter_map(|route| read_ticket(sealer, mail_from, route))
    {
        match get_ticket(conn, Hand::House, ticket_id) {
            Ok(ticket) if ticket.state.is_open() => return Ok(Some(ticket)),
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn answer(
    conn: &mut Conn,
    sealer: &Sealer,
    ticket: &Ticket,
    letter: &Letter,
    files: &[SealedUpload],
    now_ms: TimestampMs,
) -> Result<usize> {
    let student = ticket.student_id.map(|id| student_of(conn, id)).transpose()?;
    let hand = student.as_ref().map_or(Hand::Writer, Hand::Student);
    // Files first: whatever the answer leads to finds them there.
    let kept = add_files(conn, sealer, hand, ticket, files, None, now_ms)?;
    let known = match &student {
        Some(student) => Some(student.email.clone()),
        None => read_addresses(conn, sealer, ticket.ticket_id)?
            .0
            .map(|address| address.expose_secret().to_lowercase()),
    };
    let is_from_elsewhere = known.as_deref() != Some(letter.from.as_str());
    let mut words = Vec::new();
    if is_from_elsewhere {
        words.push(phrase("mail-from-elsewhere", &[("address", mask_email(&letter.from))])?);
    }
    let left_out = letter.left_out + files.len() - kept;
    if left_out > 0 {
        words.push(phrase("mail-left-out", &[("files", left_out.to_string())])?);
    }
    let words = [words.join("\n"), letter.words.clone()].join("\n\n");
    if !words.trim().is_empty() {
        say(conn, sealer, hand, ticket.ticket_id, words.trim(), now_ms)?;
    }
    Ok(kept)
}

/// The student of an account, as whose hand their mails are.
fn student_of(conn: &mut Conn, student_id: StudentId) -> Result<Student> {
    let account = get_account(conn, student_id)?;
    Ok(Student {
        student_id,
        email: account.email,
        state: account.state,
        person: None,
        actor: actor_name(student_id),
        address: None,
        previous_login: None,
    })
}

/// Adds files as far as the ticket has room. What they show is not said in a mail: they count first as what is required and missing.
fn add_files(
    conn: &mut Conn,
    sealer: &Sealer,
    hand: Hand<'_>,
    ticket: &Ticket,
    files: &[SealedUpload],
    expires_at_ms: Option<TimestampMs>,
    now_ms: TimestampMs,
) -> Result<usize> {
    let kind = crate::tickets::kinds::get_kind(conn, ticket.kind)?;
    let mut kept = 0;
    for upload in files {
        if count_kept(conn, ticket.ticket_id)? >= MAX_PER_TICKET {
            break;
        }
        let missing = missing_evidence(conn, ticket, &kind)?;
        let new = NewEvidence {
            ticket_id: ticket.ticket_id,
            hand,
            came_by: EvidenceCameBy::Mail,
            what: missing.first().map_or(OTHER, String::as_str),
            upload,
            expires_at_ms,
        };
        add_evidence(conn, sealer, &new, now_ms)?;
        kept += 1;
    }
    Ok(kept)
}

/// Begins a ticket and asks its writer to confirm it.
fn draft(
    conn: &mut Conn,
    sealer: &Sealer,
    letter: &Letter,
    files: &[SealedUpload],
    now_ms: TimestampMs,
) -> Result<(TicketId, usize)> {
    let subject = letter.subject.trim();
    let body = [subject, letter.words.as_str()].join("\n\n");
    let body = if body.trim().is_empty() {
        phrase("mail-files-only", &[])?
    } else {
        body
    };
    let new = NewTicket {
        kind: TicketKind::Other,
        came_by: CameBy::Mail,
        student_id: None,
        record_id: None,
        photo_id: None,
        reason: None,
        body: body.trim().to_owned(),
        reply_to: Some(letter.from.clone()),
        phone: None,
    };
    let ticket_id = open_ticket(conn, sealer, Hand::Writer, &new, now_ms)?;
    let expires_at_ms = now_ms + CONFIRM_WITHIN_MS;
    let ticket = get_ticket(conn, Hand::House, ticket_id)?;
    let kept = add_files(conn, sealer, Hand::Writer, &ticket, files, Some(expires_at_ms), now_ms)?;
    let token = new_token()?;
    diesel::insert_into(mail_confirmations::table)
        .values((
            mail_confirmations::token_hash.eq(link_hash(&token).to_vec()),
            mail_confirmations::ticket_id.eq(ticket_id),
            mail_confirmations::created_at_ms.eq(now_ms),
            mail_confirmations::expires_at_ms.eq(expires_at_ms),
        ))
        .execute(conn)?;
    let notice = NewNotice {
        student_id: None,
        record_id: None,
        kind: NoticeKind::TicketDraft,
        unique_key: format!("ticket-draft:{ticket_id}"),
        parameters: json!({ "ticket": ticket_id, "path": "mail" }),
        secret: Some(&token),
        expires_at_ms: Some(expires_at_ms),
        to: Some(&letter.from),
    };
    tell(conn, sealer, &notice, now_ms)?;
    Ok((ticket_id, kept))
}

/// A sentence of the house's, in its first language, to stand in front of what was written.
fn phrase(key: &str, values: &[(&'static str, String)]) -> Result<String> {
    let texts = Texts::shared().map_err(Error::internal)?;
    let mut args = FluentArgs::new();
    for (name, value) in values {
        args.set(*name, value.as_str());
    }
    Ok(texts.text(Language::ZhCn, key, Some(&args)))
}

/// Hands the ticket of a link in, once; whose address the link went to is known by that, and so is their account.
pub fn confirm(conn: &mut Conn, sealer: &Sealer, token: &str, now_ms: TimestampMs) -> Result<TicketId> {
    let hash = link_hash(token);
    let ticket_id = find_confirmation(conn, &hash, now_ms)?.ok_or_else(dead)?;
    let used = diesel::update(
        mail_confirmations::table
            .find(hash.as_slice())
            .filter(mail_confirmations::used_at_ms.is_null()),
    )
    .set(mail_confirmations::used_at_ms.eq(now_ms))
    .execute(conn)?;
    if used == 0 || get_ticket(conn, Hand::House, ticket_id)?.state != TicketState::Draft {
        return Err(dead());
    }
    let address = read_addresses(conn, sealer, ticket_id)?.0;
    let account = match &address {
        Some(address) => find_by_email(conn, address.expose_secret())?,
        None => None,
    };
    let account = account.filter(|account| account.state == StudentState::Registered);
    let student = account
        .map(|account| student_of(conn, account.student_id))
        .transpose()?;
    if let Some(student) = &student {
        diesel::update(tickets::table.find(ticket_id))
            .set(tickets::student_id.eq(student.student_id))
            .execute(conn)?;
    }
    // From now on its evidence is kept as long as that of any ticket.
    diesel::update(evidence::table.filter(evidence::ticket_id.eq(ticket_id)))
        .set(evidence::expires_at_ms.eq(None::<TimestampMs>))
        .execute(conn)?;
    let hand = student.as_ref().map_or(Hand::Writer, Hand::Student);
    hand_in(conn, sealer, hand, ticket_id, now_ms)?;
    Ok(ticket_id)
}

fn dead() -> Error {
    Error::conflict(
        "mail-link-dead",
        "the link was used or has expired; write again if there is still something to correct",
    )
}

/// Takes back what nobody confirmed in time; the evidence that came with it expires by itself.
pub fn drop_unconfirmed(conn: &mut Conn, sealer: &Sealer, now_ms: TimestampMs) -> Result<()> {
    for ticket_id in list_unconfirmed(conn, now_ms, STEP)? {
        if get_ticket(conn, Hand::House, ticket_id)?.state == TicketState::Draft {
            withdraw(conn, sealer, ticket_id, now_ms)?;
        }
        diesel::delete(mail_confirmations::table.filter(mail_confirmations::ticket_id.eq(ticket_id))).execute(conn)?;
    }
    Ok(())
}

/// Forgets mails that nobody sends again, and links that were used.
pub fn forget_letters(conn: &mut Conn, before_ms: TimestampMs) -> Result<()> {
    diesel::delete(mail_letters::table.filter(mail_letters::taken_at_ms.lt(before_ms))).execute(conn)?;
    diesel::delete(mail_confirmations::table.filter(mail_confirmations::used_at_ms.lt(before_ms))).execute(conn)?;
    Ok(())
}
