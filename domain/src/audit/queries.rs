//! The auditor's reads; nobody else has any.

use diesel::prelude::*;
use secrecy::ExposeSecret as _;

use crate::accounts::model::Staff;
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::audit_entries;
use crate::error::{Error, Result};

/// Which acts are wanted.
#[derive(Clone, Debug, Default)]
pub struct ActQuery {
    /// Only those of one person or process.
    pub actor: Option<String>,
    /// Only those of one kind.
    pub action: Option<String>,
    /// Only those about one thing: its kind and number.
    pub subject: Option<(String, i64)>,
    /// Only those that were refused.
    pub is_refused: bool,
    /// From this instant on, UTC ms.
    pub from_ms: Option<TimestampMs>,
    /// Before this instant, UTC ms.
    pub before_ms: Option<TimestampMs>,
}

/// An act as the auditor reads it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct ListedAct {
    /// Its number.
    pub audit_id: i64,
    /// When, UTC ms.
    pub at_ms: TimestampMs,
    /// Who.
    pub actor: String,
    /// The network address that asked, where one did.
    pub address: Option<String>,
    /// What.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// The thing's number.
    pub subject_id: Option<i64>,
    /// Whether it was done; else it was refused.
    pub is_success: bool,
    /// What there is to say about it, sealed.
    pub detail_sealed: Option<Vec<u8>>,
}

impl ListedAct {
    /// The reason that was given, or what was before and after.
    pub fn detail(&self, sealer: &Sealer) -> Result<Option<String>> {
        let Some(sealed) = &self.detail_sealed else {
            return Ok(None);
        };
        let opened = sealer.open(Purpose::AUDIT_VALUE, sealed)?;
        Ok(Some(String::from_utf8_lossy(opened.expose_secret()).into_owned()))
    }
}

/// A page of the trail, the newest first, before an act where given.
pub fn list_acts(
    conn: &mut Conn,
    by: &Staff,
    query: &ActQuery,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ListedAct>> {
    may_read(by)?;
    let mut acts = audit_entries::table
        .filter(audit_entries::audit_id.lt(before.unwrap_or(i64::MAX)))
        .filter(audit_entries::at_ms.ge(query.from_ms.unwrap_or(0)))
        .filter(audit_entries::at_ms.lt(query.before_ms.unwrap_or(i64::MAX)))
        .order(audit_entries::audit_id.desc())
        .limit(limit)
        .select(ListedAct::as_select())
        .into_boxed();
    if let Some(actor) = &query.actor {
        acts = acts.filter(audit_entries::actor.eq(actor));
    }
    if let Some(action) = &query.action {
        acts = acts.filter(audit_entries::action.eq(action));
    }
    if let Some((kind, id)) = &query.subject {
        acts = acts.filter(audit_entries::subject_kind.eq(kind));
        acts = acts.filter(audit_entries::subject_id.eq(id));
    }
    if query.is_refused {
        acts = acts.filter(audit_entries::is_success.eq(false));
    }
    Ok(acts.load(conn)?)
}

/// The kinds of acts there are, for choosing one.
pub fn list_actions(conn: &mut Conn, by: &Staff) -> Result<Vec<String>> {
    may_read(by)?;
    Ok(audit_entries::table
        .select(audit_entries::action)
        .distinct()
        .order(audit_entries::action)
        .load(conn)?)
}

fn may_read(by: &Staff) -> Result<()> {
    if by.role.may_read_audit_trail() {
        Ok(())
    } else {
        Err(Error::Forbidden {
            right: "read the audit trail",
        })
    }
}
