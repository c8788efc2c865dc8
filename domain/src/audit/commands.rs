//! Appending to the trail: the only thing that is ever done to it.

pub mod seals;

use diesel::prelude::*;

use super::model::Act;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::bulk::{self, Column};
use crate::db::schema::audit_entries;
use crate::error::Result;

#[derive(serde::Serialize)]
struct ActRow<'a> {
    at_ms: TimestampMs,
    actor: &'a str,
    action: &'a str,
    subject_kind: &'a str,
    subject_id: i64,
    is_success: bool,
    address: Option<&'a str>,
}

const ACT_COLUMNS: &[Column] = &[
    Column::Integer("at_ms"),
    Column::Text("actor"),
    Column::Text("action"),
    Column::Text("subject_kind"),
    Column::Integer("subject_id"),
    Column::Bool("is_success"),
    Column::Text("address"),
];

/// Appends one act for each of several subjects, all in one statement.
pub fn append_about<Id: Copy + Into<i64>>(
    conn: &mut Conn,
    act: &Act<'_>,
    subjects: &[Id],
    now_ms: TimestampMs,
) -> Result<()> {
    let rows: Vec<ActRow<'_>> = subjects
        .iter()
        .map(|&subject| ActRow {
            at_ms: now_ms,
            actor: act.actor.name,
            action: act.action,
            subject_kind: act.subject_kind,
            subject_id: subject.into(),
            is_success: act.is_success,
            address: act.actor.address,
        })
        .collect();
    bulk::insert(conn, "audit_entries", ACT_COLUMNS, "", &rows)?;
    Ok(())
}

/// Appends an act to the trail.
pub fn append(conn: &mut Conn, act: &Act<'_>, now_ms: TimestampMs) -> Result<()> {
    diesel::insert_into(audit_entries::table)
        .values((
            audit_entries::at_ms.eq(now_ms),
            audit_entries::actor.eq(act.actor.name),
            audit_entries::address.eq(act.actor.address),
            audit_entries::action.eq(act.action),
            audit_entries::subject_kind.eq(act.subject_kind),
            audit_entries::subject_id.eq(act.subject_id),
            audit_entries::is_success.eq(act.is_success),
            audit_entries::detail_sealed.eq(act.detail_sealed),
        ))
        .execute(conn)?;
    Ok(())
}
