//! Text modules: answers that are written again and again.

use diesel::prelude::*;

use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::ticket_texts;
use crate::error::{Error, Result};
use crate::id::TicketTextId;

/// Characters of a title at most.
const MOST_TITLE_CHARS: usize = 60;
/// Text modules of a house at most.
pub const MOST_TEXTS: i64 = 200;

/// Keeps a text; without a number it is another one.
pub fn keep_text(
    conn: &mut Conn,
    by: &Staff,
    text_id: Option<TicketTextId>,
    (title, body): (&str, &str),
    now_ms: TimestampMs,
) -> Result<TicketTextId> {
    may_edit(by)?;
    super::refuse_long(body)?;
    let (title, body) = (title.trim(), body.trim());
    if title.is_empty() || title.chars().count() > MOST_TITLE_CHARS || body.is_empty() {
        return Err(Error::invalid(
            "text-module",
            "title",
            "write a title of at most 60 characters, and the text",
        ));
    }
    let written = (
        ticket_texts::title.eq(title),
        ticket_texts::body.eq(body),
        ticket_texts::changed_by.eq(&by.email),
        ticket_texts::changed_at_ms.eq(now_ms),
    );
    let text_id = match text_id {
        Some(text_id) => {
            let changed = diesel::update(ticket_texts::table.find(text_id))
                .set(written)
                .execute(conn)?;
            if changed == 0 {
                return Err(Error::not_found("text", text_id));
            }
            text_id
        }
        None if ticket_texts::table.count().get_result::<i64>(conn)? >= MOST_TEXTS => {
            return Err(Error::conflict("text-too-many", "200 texts are kept: delete one first"));
        }
        None => diesel::insert_into(ticket_texts::table)
            .values(written)
            .returning(ticket_texts::ticket_text_id)
            .get_result(conn)?,
    };
    audit::append(
        conn,
        &Act::new("ticket.keep-text", "ticket_text", text_id).by(by),
        now_ms,
    )?;
    Ok(text_id)
}

/// Deletes a text.
pub fn delete_text(conn: &mut Conn, by: &Staff, text_id: TicketTextId, now_ms: TimestampMs) -> Result<()> {
    may_edit(by)?;
    if diesel::delete(ticket_texts::table.find(text_id)).execute(conn)? == 0 {
        return Err(Error::not_found("text", text_id));
    }
    audit::append(
        conn,
        &Act::new("ticket.delete-text", "ticket_text", text_id).by(by),
        now_ms,
    )
}

fn may_edit(by: &Staff) -> Result<()> {
    if by.role.may_answer_tickets() {
        return Ok(());
    }
    Err(Error::Forbidden {
        right: "edit text modules",
    })
}
