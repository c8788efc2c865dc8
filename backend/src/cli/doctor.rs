//! `rollproof doctor`: looks whether the house is sound, and says what to do where it is not.

use domain::audit::seals::{Verification, verify};
use domain::db::migrate;
use domain::error::Result;
use domain::keys;
use serde::Serialize;
use serde_json::json;
use worker::evidence::doctor::{find_font_fault, find_renderer_fault};

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    name: &'static str,
    is_sound: bool,
    message: String,
}

impl Check {
    fn new(name: &'static str, fault: Option<String>, sound: impl Into<String>) -> Self {
        Self {
            name,
            is_sound: fault.is_none(),
            message: fault.unwrap_or_else(|| sound.into()),
        }
    }
}

/// Runs the verb. Opening the house has already held the secret file against the database's fingerprint.
pub async fn run(house: &House, format: Format) -> Result<Outcome> {
    let pending = tokio::task::block_in_place(|| migrate::pending_blocking(&house.db))?;
    let database = house.db.read(keys::check_answers).await;
    let store = house.store.ready().await;
    let sealer = house.sealer.clone();
    let trail = house.db.read(move |conn| verify(conn, &sealer)).await?;
    let old = format!("{} migrations are pending; run `rollproof migrate`", pending.len());
    let checks = [
        Check::new("schema", (!pending.is_empty()).then_some(old), "is this program's"),
        Check::new("database", database.err().map(|error| error.to_string()), "answers"),
        Check::new(
            "objects",
            store.err().map(|error| error.to_string()),
            "the store answers",
        ),
        audit_check(&trail),
        Check::new("evidence font", find_font_fault(&house.config), "draws the watermark"),
        Check::new("evidence renderer", find_renderer_fault(&house.config).await, "runs"),
    ];
    output::print(format, &json!({ "checks": checks, "audit": trail }), |_| {
        let line = |check: &Check| {
            let mark = if check.is_sound { "ok" } else { "FAULT" };
            format!("{mark:5} {}: {}", check.name, check.message)
        };
        checks.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    let is_sound = checks.iter().all(|check| check.is_sound);
    Ok(if is_sound { Outcome::Done } else { Outcome::SomeFailed })
}

fn audit_check(trail: &Verification) -> Check {
    let broken = trail.broken_at.map(|audit_id| {
        format!(
            "rows up to number {audit_id} are not as they were closed: somebody changed, added or deleted some outside this program; \
             compare with a backup"
        )
    });
    let whole = format!(
        "{} rows are as they were closed, {} are newer",
        trail.closed_rows, trail.open_rows
    );
    Check::new("audit trail", broken, whole)
}
