//! `rollproof doctor`: looks whether the house is sound, and says what to do where it is not.

mod parts;

use domain::audit::seals::{Verification, verify};
use domain::error::{Error, Result};
use domain::upkeep::strays::sweep_staged;
use serde::Serialize;
use serde_json::json;
use worker::evidence::doctor::{find_font_fault, find_renderer_fault};

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;
use crate::objects::{Pictures, compare};

/// Arguments of `doctor`.
#[derive(clap::Args)]
pub struct Args {
    /// Remove pictures and staged files that no row names and that are a day old.
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

    /// What could not be looked at.
    fn unasked(name: &'static str, error: &Error) -> Self {
        Self::new(name, Some(format!("could not be looked at: {error}")), "")
    }
}

/// Runs the verb. Opening the house has already held the secret file against the database's fingerprint.
pub async fn run(house: &House, args: Args, format: Format) -> Result<Outcome> {
    let pictures = compare(house, args.repair).await;
    let staged = sweep_staged(&house.db, &house.store, house.clock.now_ms(), args.repair).await;
    let sealer = house.sealer.clone();
    let trail = house.db.read(move |conn| verify(conn, &sealer)).await;
    let checks = [
        parts::configuration(&house.config),
        parts::disk(&house.config),
        parts::schema(house),
        parts::database(house).await,
        parts::clock(house).await,
        parts::store(house).await,
        pictures
            .as_ref()
            .map_or_else(|error| Check::unasked("photos", error), picture_check),
        staged.as_ref().map_or_else(
            |error| Check::unasked("staged files", error),
            |count| staged_check(*count, args.repair),
        ),
        trail
            .as_ref()
            .map_or_else(|error| Check::unasked("audit trail", error), audit_check),
        parts::mail(&house.config).await,
        parts::text_messages(&house.config).await,
        Check::new("evidence font", find_font_fault(&house.config), "draws the watermark"),
        Check::new("evidence renderer", find_renderer_fault(&house.config).await, "runs"),
    ];
    output::print(
        format,
        &json!({ "checks": checks, "audit": trail.ok(), "pictures": pictures.ok(), "stray_staged_files": staged.ok() }),
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

/// Staged files are stored before the commit that names them.
fn staged_check(strays: u64, is_repairing: bool) -> Check {
    let fault = (strays > 0 && !is_repairing).then(|| {
        format!("{strays} files belong to no delivery and no import; `rollproof doctor --repair` or tonight's clean-up removes them")
    });
    Check::new("staged files", fault, "each belongs to a delivery or an import")
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
