//! `rollproof doctor`: looks whether the house is sound, and says what to do where it is not.

use domain::audit::seals::{Verification, verify};
use domain::db::migrate;
use domain::error::Result;
use domain::keys;
use domain::upkeep::queries::read_database_clock;
use serde::Serialize;
use serde_json::json;
use worker::evidence::doctor::{find_font_fault, find_renderer_fault};

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;
use crate::objects::{Pictures, compare};

/// How far two clocks may be apart.
const MOST_DRIFT_MS: i64 = 5_000;

/// Arguments of `doctor`.
#[derive(clap::Args)]
pub struct Args {
    /// Remove pictures that no row names and that are a day old.
    #[arg(long)]
    repair: bool,
}

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
pub async fn run(house: &House, args: Args, format: Format) -> Result<Outcome> {
    let pending = tokio::task::block_in_place(|| migrate::pending_blocking(&house.db))?;
    let database = house.db.read(keys::check_answers).await;
    let store = house.store.ready().await;
    let pictures = compare(house, args.repair).await?;
    let time = house
        .db
        .read(read_database_clock)
        .await?
        .map(|at_ms| at_ms - house.clock.now_ms());
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
        picture_check(&pictures),
        clock_check(time),
        audit_check(&trail),
        Check::new("evidence font", find_font_fault(&house.config), "draws the watermark"),
        Check::new("evidence renderer", find_renderer_fault(&house.config).await, "runs"),
    ];
    output::print(
        format,
        &json!({ "checks": checks, "audit": trail, "pictures": pictures }),
        |_| {
            let line = |check: &Check| {
                let mark = if check.is_sound { "ok" } else { "FAULT" };
                format!("{mark:5} {}: {}", check.name, check.message)
            };
            checks.iter().map(line).collect::<Vec<_>>().join("\n")
        },
    )?;
    let is_sound = checks.iter().all(|check| check.is_sound);
    Ok(if is_sound { Outcome::Done } else { Outcome::SomeFailed })
}

fn picture_check(found: &Pictures) -> Check {
    let fault = match (found.missing, found.orphaned - found.removed) {
        (0, 0) => None,
        (0, orphaned) => Some(format!(
            "{orphaned} pictures belong to no row; `rollproof doctor --repair` removes them"
        )),
        (missing, _) => Some(format!(
            "{missing} pictures that rows name are not in the store; bring them back from a backup: {}",
            found.examples.join(", ")
        )),
    };
    Check::new(
        "photos",
        fault,
        format!("{} pictures are where rows say, {} removed", found.named, found.removed),
    )
}

/// Leases and deadlines are compared between machines, whose clocks have to agree.
fn clock_check(drift_ms: Option<i64>) -> Check {
    let far = drift_ms.filter(|drift_ms| drift_ms.abs() > MOST_DRIFT_MS);
    let fault = far.map(|drift_ms| {
        format!(
            "this machine's clock and the database's are {} s apart; set both by NTP",
            drift_ms.abs() / 1_000
        )
    });
    Check::new("clock", fault, "agrees with the database's")
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
