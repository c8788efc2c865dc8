//! `rollproof recapture …`.

use std::path::{Path, PathBuf};

use domain::audit::OPERATOR;
use domain::campaigns::queries::get_campaign_by_code;
use domain::error::{Error, Result};
use domain::recaptures::commands::hand_over;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;
use crate::sheets::{self, SheetKind};

/// Verbs on re-captures.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Write the agency's list of whom to shoot again: names masked, no identity numbers.
    Export {
        /// Code of the campaign.
        #[arg(long)]
        campaign: String,
        /// Where to; `.xlsx` writes a workbook, anything else CSV. Unset: CSV to stdout.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let Verb::Export { campaign, out } = verb;
    let now_ms = house.clock.now_ms();
    let rows = house
        .db
        .write_tx(move |conn| {
            let campaign = get_campaign_by_code(conn, &campaign)?;
            hand_over(conn, OPERATOR, &campaign, now_ms)
        })
        .await?;
    let kind = out
        .as_deref()
        .and_then(Path::to_str)
        .map_or(SheetKind::Csv, SheetKind::of_path);
    let bytes = sheets::recaptures(kind, &rows)?.into_bytes()?;
    let Some(out) = out else {
        let csv = String::from_utf8(bytes).map_err(Error::internal)?;
        output::print(format, &rows, |_| csv)?;
        return Ok(Outcome::Done);
    };
    std::fs::write(&out, bytes).map_err(|error| {
        Error::invalid(
            "file-unwritable",
            "--out",
            format!("the file cannot be written: {}", error.kind()),
        )
    })?;
    output::print(format, &serde_json::json!({ "rows": rows.len() }), |_| {
        format!("{} rows written", rows.len())
    })?;
    Ok(Outcome::Done)
}
