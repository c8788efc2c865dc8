//! The trail of who did what, appended in the transaction it describes.

use diesel::prelude::*;

use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::audit_entries;
use crate::error::Result;

/// Who acts where no person does: the command line on the server itself.
pub const OPERATOR: &str = "operator";

/// Something that was done.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    actor: &'a str,
    action: &'a str,
    subject_kind: &'a str,
    subject_id: Option<i64>,
    is_success: bool,
    detail_sealed: Option<&'a [u8]>,
}

impl<'a> Act<'a> {
    /// An act of the operator on one thing.
    pub fn new(action: &'a str, subject_kind: &'a str, subject: impl std::fmt::Display) -> Self {
        Self {
            actor: OPERATOR,
            action,
            subject_kind,
            subject_id: subject.to_string().parse().ok(),
            is_success: true,
            detail_sealed: None,
        }
    }

    /// Names who did it: a staff member's address or a process.
    pub fn by(self, actor: &'a str) -> Self {
        Self { actor, ..self }
    }

    /// Says that it was refused.
    pub fn refused(self) -> Self {
        Self {
            is_success: false,
            ..self
        }
    }

    /// Adds values before and after, sealed.
    pub fn with_sealed_detail(self, sealed: &'a [u8]) -> Self {
        Self {
            detail_sealed: Some(sealed),
            ..self
        }
    }
}

/// Appends an act to the trail.
pub fn append(conn: &mut Conn, act: &Act<'_>, now_ms: TimestampMs) -> Result<()> {
    diesel::insert_into(audit_entries::table)
        .values((
            audit_entries::at_ms.eq(now_ms),
            audit_entries::actor.eq(act.actor),
            audit_entries::action.eq(act.action),
            audit_entries::subject_kind.eq(act.subject_kind),
            audit_entries::subject_id.eq(act.subject_id),
            audit_entries::is_success.eq(act.is_success),
            audit_entries::detail_sealed.eq(act.detail_sealed),
        ))
        .execute(conn)?;
    Ok(())
}
