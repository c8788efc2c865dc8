//! Appending to the trail: the only thing that is ever done to it.

pub mod seals;

use diesel::prelude::*;

use super::model::Act;
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
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
    detail_sealed: Option<String>,
}

const ACT_COLUMNS: &[Column] = &[
    Column::Integer("at_ms"),
    Column::Text("actor"),
    Column::Text("action"),
    Column::Text("subject_kind"),
    Column::Integer("subject_id"),
    Column::Bool("is_success"),
    Column::Text("address"),
    Column::Bytes("detail_sealed"),
];

/// Appends one act for each of several subjects, each with what changed about it, all in one statement.
pub fn append_about<Id: Copy + Into<i64>>(
    conn: &mut Conn,
    sealer: &Sealer,
    act: &Act<'_>,
    subjects: &[(Id, Option<String>)],
    now_ms: TimestampMs,
) -> Result<()> {
    let seal =
        |detail: &String| -> Result<String> { Ok(hex::encode(sealer.seal(Purpose::AUDIT_VALUE, detail.as_bytes())?)) };
    let rows = subjects.iter().map(|(subject, detail)| {
        Ok(ActRow {
            at_ms: now_ms,
            actor: act.actor.name,
            action: act.action,
            subject_kind: act.subject_kind,
            subject_id: (*subject).into(),
            is_success: act.is_success,
            address: act.actor.address,
            detail_sealed: detail.as_ref().map(seal).transpose()?,
        })
    });
    let rows = rows.collect::<Result<Vec<_>>>()?;
    bulk::insert(conn, "audit_entries", ACT_COLUMNS, "", &rows)?;
    Ok(())
}

/// Appends an act with what there is to say about it, sealed: a reason, or what was before and after.
pub fn append_with(conn: &mut Conn, sealer: &Sealer, act: &Act<'_>, detail: &str, now_ms: TimestampMs) -> Result<()> {
    let sealed = sealer.seal(Purpose::AUDIT_VALUE, detail.as_bytes())?;
    append(conn, &act.clone().with_sealed_detail(&sealed), now_ms)
}

/// What changed, as `name: before → after`, separated by semicolons; `None` where nothing did.
pub fn describe_change(fields: &[(&str, String, String)]) -> Option<String> {
    let shown = |text: &String| {
        if text.is_empty() {
            "—".to_owned()
        } else {
            text.clone()
        }
    };
    let changed: Vec<String> = fields
        .iter()
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| format!("{name}: {} → {}", shown(before), shown(after)))
        .collect();
    (!changed.is_empty()).then(|| changed.join("; "))
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
