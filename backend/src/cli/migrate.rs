//! `rollproof migrate`.

use domain::config::Config;
use domain::db::migrate;
use domain::error::{Error, Result};
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house;

/// Arguments of `migrate`.
#[derive(clap::Args)]
pub struct Args {
    /// Only say whether migrations are pending; exit 2 when some are.
    #[arg(long)]
    check: bool,
}

/// Runs the verb.
pub fn run(config: &Config, args: &Args, format: Format) -> Result<Outcome> {
    let db = house::open_database(config)?;
    let names = if args.check {
        migrate::pending_blocking(&db)?
    } else {
        migrate::migrate_blocking(&db)?
    };
    if args.check && !names.is_empty() {
        return Err(Error::conflict(
            "schema-old",
            format!("{} migrations are pending; run `rollproof migrate`", names.len()),
        ));
    }
    let word = if args.check { "pending" } else { "applied" };
    output::print(format, &json!({ word: names }), |_| format!("{word}: {}", names.len()))?;
    Ok(Outcome::Done)
}
