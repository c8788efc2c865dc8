//! A mail as far as it is read: who, to whom, in answer to what, words and files. Everything has a limit, and what is over it is left out or
//! refused; nothing of a mail is ever part of an error.

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders as _, PartType};

use super::address::is_own;
use super::reply::own_words;
use crate::error::{Error, Result};
use crate::evidence::model::{MAX_FILE_BYTES, MAX_PER_TICKET};

/// Largest mail that is read; 25 MiB, as mail servers have it.
pub const MAX_LETTER_BYTES: usize = 25 << 20;
/// Parts of a mail at most; a picture for each of the files a ticket may have, twice, and the words around them.
const MAX_PARTS: usize = 60;
/// Addresses of receivers that are looked at.
const MAX_RECIPIENTS: usize = 50;
/// Characters of a subject that are kept.
const MAX_SUBJECT_CHARS: usize = 200;
/// Longest address or identifier that is one (RFC 5321 has 254).
const MAX_ADDRESS_BYTES: usize = 320;

/// Headers in which servers say for whom a mail came, besides those that people fill in.
const DELIVERED_TO: [&str; 3] = ["Delivered-To", "X-Original-To", "Envelope-To"];

/// Why a mail is not looked at further; as a word in the records of mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// A program wrote it (RFC 3834).
    AutoSubmitted,
    /// It went to many.
    Bulk,
    /// Nobody is to be told that it failed: it is itself such news.
    NoReturnPath,
    /// It is one of ours.
    Own,
}

/// A mail that was read.
pub struct Letter {
    /// Its identifier.
    pub message_id: Option<String>,
    /// Who wrote it, in lower case.
    pub from: String,
    /// Receivers, and identifiers of mails that it answers.
    pub routes: Vec<String>,
    /// What it is about.
    pub subject: String,
    /// What its writer said, without what is quoted.
    pub words: String,
    /// Files that could be evidence.
    pub files: Vec<Vec<u8>>,
    /// Files that are not taken, because they are too large or too many.
    pub left_out: usize,
    /// Why it is not looked at further.
    pub automatic: Option<Automatic>,
}

impl Letter {
    /// Reads a mail as it came (RFC 5322). `mail_from` is the address that the house's own mails come from.
    pub fn read(raw: &[u8], mail_from: &str) -> Result<Self> {
        if raw.len() > MAX_LETTER_BYTES {
            return Err(Error::TooMuch {
                code: "mail-too-large",
                message: format!("a mail has at most {} MB", MAX_LETTER_BYTES >> 20),
            });
        }
        let message = MessageParser::default().parse(raw).ok_or_else(unreadable)?;
        if message.parts.len() > MAX_PARTS {
            return Err(Error::TooMuch {
                code: "mail-too-many-parts",
                message: format!("a mail has at most {MAX_PARTS} parts"),
            });
        }
        let from = message.from().and_then(first_address).ok_or_else(unreadable)?;
        let message_id = message.message_id().map(bounded);
        let (files, left_out) = files_of(&message);
        Ok(Self {
            automatic: automatic(&message, message_id.as_deref(), &from, mail_from),
            routes: routes_of(&message),
            subject: message
                .subject()
                .unwrap_or_default()
                .chars()
                .take(MAX_SUBJECT_CHARS)
                .collect(),
            words: own_words(&message.body_text(0).unwrap_or_default()),
            message_id,
            from,
            files,
            left_out,
        })
    }
}

fn unreadable() -> Error {
    Error::invalid("mail-unreadable", "mail", "this is no mail with a sender (RFC 5322)")
}

fn bounded(text: &str) -> String {
    let mut end = text.len().min(MAX_ADDRESS_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

/// An address, in lower case; `None` for what no mail could be sent to.
fn usable(address: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
    let is_usable = address.len() <= MAX_ADDRESS_BYTES
        && address.chars().all(is_plain)
        && address
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    is_usable.then(|| address.to_lowercase())
}

fn first_address(addresses: &Address<'_>) -> Option<String> {
    addresses.first()?.address().and_then(usable)
}

fn routes_of(message: &Message<'_>) -> Vec<String> {
    let mut routes = Vec::new();
    for addresses in [message.to(), message.cc()].into_iter().flatten() {
        routes.extend(
            addresses
                .iter()
                .take(MAX_RECIPIENTS)
                .filter_map(|one| one.address())
                .map(bounded),
        );
    }
    for name in DELIVERED_TO {
        let raw = message.header_raw(name).unwrap_or_default();
        routes.push(bounded(raw.trim().trim_matches(['<', '>'])));
    }
    for answered in [message.in_reply_to(), message.references()] {
        match answered {
            HeaderValue::Text(id) => routes.push(bounded(id)),
            HeaderValue::TextList(ids) => routes.extend(ids.iter().rev().take(MAX_RECIPIENTS).map(|id| bounded(id))),
            _ => {}
        }
    }
    routes
}

fn automatic(message: &Message<'_>, message_id: Option<&str>, from: &str, mail_from: &str) -> Option<Automatic> {
    let raw = |name: &'static str| message.header_raw(name).map(|text| text.trim().to_ascii_lowercase());
    let is_own_id = message_id.is_some_and(|id| is_own(id, mail_from));
    let own_address = mail_from.rsplit('<').next().unwrap_or(mail_from).trim_end_matches('>');
    if is_own_id || is_own(from, mail_from) || from.eq_ignore_ascii_case(own_address.trim()) {
        return Some(Automatic::Own);
    }
    if raw("Auto-Submitted").is_some_and(|said| !said.starts_with("no")) {
        return Some(Automatic::AutoSubmitted);
    }
    if raw("Return-Path").is_some_and(|path| path.trim_matches(['<', '>', ' ']).is_empty()) {
        return Some(Automatic::NoReturnPath);
    }
    let is_bulk =
        raw("Precedence").is_some_and(|said| ["bulk", "list", "junk"].iter().any(|word| said.starts_with(word)));
    (is_bulk || raw("List-Id").is_some()).then_some(Automatic::Bulk)
}

/// The files of a mail that could be evidence, and how many of them are not taken. Signatures, cards, calendars and mails within the mail
/// are none; what a picture or a PDF is, is told later from its bytes.
fn files_of(message: &Message<'_>) -> (Vec<Vec<u8>>, usize) {
    let (mut files, mut left_out) = (Vec::new(), 0);
    let most = usize::try_from(MAX_PER_TICKET).unwrap_or(usize::MAX);
    for part in message.attachments() {
        let (PartType::Binary(bytes) | PartType::InlineBinary(bytes)) = &part.body else {
            continue;
        };
        let kind = part.content_type();
        let is_signature = kind.is_some_and(|kind| {
            let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
            kind.ctype().eq_ignore_ascii_case("text") || subtype.contains("signature") || subtype.contains("pkcs7")
        });
        if is_signature || bytes.is_empty() {
            continue;
        }
        if files.len() >= most || u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
            left_out += 1;
        } else {
            files.push(bytes.to_vec());
        }
    }
    (files, left_out)
}
