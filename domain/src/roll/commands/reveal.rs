//! Opening a masked field of a record: never without a reason, never unseen.

use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use crate::accounts::model::Staff;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::roll::queries::records::{Record, get_record};
use crate::roll::{identity, name};

/// Characters of a reason at least: a number of a ticket or two words.
const MIN_REASON_CHARS: usize = 4;
/// Characters of a reason at most.
const MAX_REASON_CHARS: usize = 200;

/// A field that is masked until somebody opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// 姓名.
    Name,
    /// 证件号码.
    IdNumber,
    /// 出生日期.
    BirthDate,
}

impl Field {
    /// Every field, in the order of a page.
    pub const ALL: [Self; 3] = [Self::Name, Self::IdNumber, Self::BirthDate];

    /// Opens the field of a record; `None` where the roll gives none.
    pub fn open(self, sealer: &Sealer, record: &Record) -> Result<Option<String>> {
        let (purpose, sealed) = match self {
            Self::Name => return Ok(Some(record.name.clone())),
            Self::IdNumber => (Purpose::ID_NUMBER, &record.id_sealed),
            Self::BirthDate => (Purpose::BIRTH_DATE, &record.birth_sealed),
        };
        let Some(sealed) = sealed else { return Ok(None) };
        let opened = sealer.open(purpose, sealed)?;
        let text = std::str::from_utf8(opened.expose_secret()).map_err(Error::internal)?;
        Ok(Some(text.to_owned()))
    }

    /// The value as everybody may see it.
    pub fn mask(self, value: &str) -> String {
        match self {
            Self::Name => name::mask(value),
            Self::IdNumber => identity::mask(value),
            Self::BirthDate => format!("{}****", value.get(..4).unwrap_or_default()),
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Name => "record.reveal-name",
            Self::IdNumber => "record.reveal-id-number",
            Self::BirthDate => "record.reveal-birth-date",
        }
    }
}

/// Puts into the audit trail who opens which field of which record and why; the caller shows it afterwards.
pub fn record_reveal(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    record_id: RecordId,
    field: Field,
    reason: &str,
    now_ms: TimestampMs,
) -> Result<()> {
    if !by.role.may_reveal() {
        return Err(Error::Forbidden {
            right: "open masked fields",
        });
    }
    by.require_confirmed(now_ms)?;
    let reason = reason.trim();
    if !(MIN_REASON_CHARS..=MAX_REASON_CHARS).contains(&reason.chars().count()) {
        return Err(Error::invalid(
            "reason-too-short",
            "reason",
            format!("say why, in {MIN_REASON_CHARS} to {MAX_REASON_CHARS} characters"),
        ));
    }
    get_record(conn, by, record_id)?;
    let act = Act::new(field.action(), "record", record_id).by(by);
    audit::append_with(conn, sealer, &act, reason, now_ms)
}
