//! `rollproof recapture …`.

use std::path::PathBuf;

use domain::campaigns::queries::get_campaign_by_code;
use domain::error::{Error, Result};
use domain::recaptures::commands::mark_exported;
use domain::recaptures::queries::list_pending;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;
use crate::sheets;

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
            let rows = list_pending(conn, &campaign)?;
            mark_exported(conn, &rows, now_ms)?;
            Ok(rows)
        })
        .await?;
    let Some(out) = out else {
        let csv = String::from_utf8(sheets::recaptures_csv(&rows)?).map_err(Error::internal)?;
        output::print(format, &rows, |_| csv)?;
        return Ok(Outcome::Done);
    };
    let is_workbook = out
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    let bytes = if is_workbook {
        sheets::recaptures_xlsx(&rows)?
    } else {
        sheets::recaptures_csv(&rows)?
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
