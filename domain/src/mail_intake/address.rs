//! The address that answers to a ticket go to, and the identifier of mails about it: each carries the ticket's number and a code that only
//! the house's key makes, so that nobody writes into a ticket by guessing its number.

use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::id::{NoticeId, TicketId};

const MAILBOX: Purpose = Purpose::new("ticket-mailbox");
const WRITER: Purpose = Purpose::new("ticket-writer");
/// How long a writer without an account reads their ticket by the link of a mail.
const READS_FOR_MS: i64 = 60 * 86_400_000;
/// What the local part of every such address begins with; the mail server hands all of them to `rollproof mail take`.
const PREFIX: &str = "ticket+";
/// What the identifier of every mail of ours begins with.
const OWN_MAIL: &str = "notice-";

/// The host of the address that mails come from.
pub fn host_of(mail_from: &str) -> &str {
    let address = mail_from.rsplit('<').next().unwrap_or(mail_from);
    let address = address.split('>').next().unwrap_or(address);
    address.rsplit('@').next().unwrap_or(address).trim()
}

/// Where answers to a ticket go.
pub fn ticket_address(sealer: &Sealer, mail_from: &str, ticket_id: TicketId) -> String {
    format!("{PREFIX}{}@{}", code_of(sealer, ticket_id), host_of(mail_from))
}

/// What names a mail about a ticket, in front of the host: programs that do not answer to the right address still say what they answer.
pub fn mail_name(sealer: &Sealer, notice_id: NoticeId, ticket_id: Option<TicketId>) -> String {
    match ticket_id {
        Some(ticket_id) => format!("{OWN_MAIL}{notice_id}.{}", code_of(sealer, ticket_id)),
        None => format!("{OWN_MAIL}{notice_id}"),
    }
}

/// Whether an identifier or an address is one that this house gives out: `name@host`, whatever its case.
pub fn is_own(text: &str, mail_from: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let is_ours = host.eq_ignore_ascii_case(host_of(mail_from));
    let begins = |prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    is_ours && (begins(PREFIX) || begins(OWN_MAIL))
}

/// The ticket that an address of a receiver, or the identifier of a mail that is answered, stands for.
pub fn read_ticket(sealer: &Sealer, mail_from: &str, text: &str) -> Option<TicketId> {
    if !is_own(text, mail_from) {
        return None;
    }
    let (name, _) = text.rsplit_once('@')?;
    let name = name.to_ascii_lowercase();
    let code = match name.strip_prefix(PREFIX) {
        Some(code) => code,
        None => name.strip_prefix(OWN_MAIL)?.split_once('.')?.1,
    };
    let (number, mac) = code.split_once('-')?;
    let ticket_id = TicketId(number.parse().ok()?);
    sealer.verify_short_code(MAILBOX, &message(ticket_id), mac).ok()?;
    Some(ticket_id)
}

/// What lets whoever has the mail, and no account, read the ticket it is about.
pub fn writer_token(sealer: &Sealer, ticket_id: TicketId, now_ms: TimestampMs) -> String {
    let signed = sealer.sign(WRITER, &message(ticket_id), now_ms + READS_FOR_MS);
    format!("{ticket_id}.{signed}")
}

/// The ticket that such a token lets its bearer read now.
pub fn read_writer_token(sealer: &Sealer, token: &str, now_ms: TimestampMs) -> Option<TicketId> {
    let (number, signed) = token.split_once('.')?;
    let ticket_id = TicketId(number.parse().ok()?);
    sealer.verify(WRITER, &message(ticket_id), signed, now_ms).ok()?;
    Some(ticket_id)
}

fn code_of(sealer: &Sealer, ticket_id: TicketId) -> String {
    format!("{ticket_id}-{}", sealer.short_code(MAILBOX, &message(ticket_id)))
}

fn message(ticket_id: TicketId) -> Vec<u8> {
    ticket_id.to_string().into_bytes()
}
