//! Editing what a kind of ticket wants.

use diesel::prelude::*;

use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::ticket_kinds;
use crate::error::{Error, Result};
use crate::tickets::kinds::{KnownKind, get_kind};

/// Writes a kind as the office wants it from now on; tickets that were promised keep their promise. `version` is the one that was looked at.
pub fn edit_kind(conn: &mut Conn, sealer: &Sealer, by: &Staff, edited: &KnownKind, now_ms: TimestampMs) -> Result<()> {
    if !by.role.may_change_rolls_and_batches() {
        return Err(Error::Forbidden {
            right: "edit kinds of tickets",
        });
    }
    edited.definition.check()?;
    let before = get_kind(conn, edited.kind)?;
    if before.version != edited.version {
        return Err(Error::conflict(
            "kind-changed",
            "somebody edited this kind meanwhile: look at it again",
        ));
    }
    let definition = serde_json::to_string(&edited.definition)?;
    if before.version == 0 {
        diesel::insert_into(ticket_kinds::table)
            .values((
                ticket_kinds::kind.eq(edited.kind),
                ticket_kinds::definition.eq(&definition),
                ticket_kinds::version.eq(1),
                ticket_kinds::changed_by.eq(&by.email),
                ticket_kinds::changed_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
    } else {
        diesel::update(ticket_kinds::table.find(edited.kind))
            .set((
                ticket_kinds::definition.eq(&definition),
                ticket_kinds::version.eq(before.version + 1),
                ticket_kinds::changed_by.eq(&by.email),
                ticket_kinds::changed_at_ms.eq(now_ms),
            ))
            .execute(conn)?;
    }
    let told = format!("{} → {definition}", serde_json::to_string(&before.definition)?);
    let act = Act::new("ticket.edit-kind", "ticket_kind", edited.kind).by(by);
    audit::append_with(conn, sealer, &act, &told, now_ms)
}
