//! Reads of what became of mails.

use diesel::prelude::*;

use super::model::{ONE_MAIL_PER_MS, Outcome, Taken};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{mail_confirmations, mail_letters};
use crate::error::Result;
use crate::id::TicketId;

/// What became of the mail of that index, where it came before.
pub fn find_known(conn: &mut Conn, letter_index: &[u8]) -> Result<Option<Taken>> {
    let known: Option<(Outcome, Option<TicketId>)> = mail_letters::table
        .find(letter_index)
        .select((mail_letters::outcome, mail_letters::ticket_id))
        .first(conn)
        .optional()?;
    Ok(known.map(|(outcome, ticket_id)| Taken {
        outcome,
        ticket_id,
        is_known: true,
        files_kept: 0,
    }))
}

/// Whether the address began a ticket a short while ago.
pub fn has_drafted(conn: &mut Conn, sender_index: &[u8], now_ms: TimestampMs) -> Result<bool> {
    let drafted: i64 = mail_letters::table
        .filter(mail_letters::sender_index.eq(sender_index))
        .filter(mail_letters::outcome.eq(Outcome::Drafted))
        .filter(mail_letters::taken_at_ms.gt(now_ms - ONE_MAIL_PER_MS))
        .count()
        .get_result(conn)?;
    Ok(drafted > 0)
}

/// The ticket that a link confirms, while it is good.
pub fn find_confirmation(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<Option<TicketId>> {
    Ok(mail_confirmations::table
        .find(token_hash.as_slice())
        .filter(mail_confirmations::used_at_ms.is_null())
        .filter(mail_confirmations::expires_at_ms.gt(now_ms))
        .select(mail_confirmations::ticket_id)
        .first(conn)
        .optional()?)
}

/// Tickets that nobody confirmed in time.
pub(super) fn list_unconfirmed(conn: &mut Conn, now_ms: TimestampMs, limit: i64) -> Result<Vec<TicketId>> {
    Ok(mail_confirmations::table
        .filter(mail_confirmations::used_at_ms.is_null())
        .filter(mail_confirmations::expires_at_ms.le(now_ms))
        .order(mail_confirmations::ticket_id)
        .limit(limit)
        .select(mail_confirmations::ticket_id)
        .load(conn)?)
}
