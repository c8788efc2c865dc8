//! The kinds of tickets as they stand.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::ticket_kinds;
use crate::error::{Error, Result};
use crate::tickets::kinds::{KnownKind, shipped};
use crate::tickets::model::TicketKind;

/// One kind as it stands.
pub fn get_kind(conn: &mut Conn, kind: TicketKind) -> Result<KnownKind> {
    let found = list_kinds(conn)?.into_iter().find(|known| known.kind == kind);
    found.ok_or_else(|| Error::not_found("kind of ticket", kind))
}

/// Every kind as it stands.
pub fn list_kinds(conn: &mut Conn) -> Result<Vec<KnownKind>> {
    let edited: Vec<(TicketKind, String, i64)> = ticket_kinds::table
        .select((ticket_kinds::kind, ticket_kinds::definition, ticket_kinds::version))
        .load(conn)?;
    let shipped = shipped()?;
    TicketKind::ALL
        .iter()
        .filter_map(|&kind| match edited.iter().find(|(edited, ..)| *edited == kind) {
            Some((_, definition, version)) => Some((kind, serde_json::from_str(definition), *version)),
            None => Some((kind, Ok(shipped.get(kind.as_str())?.clone()), 0)),
        })
        .map(|(kind, definition, version)| {
            Ok(KnownKind {
                kind,
                definition: definition?,
                version,
            })
        })
        .collect()
}
