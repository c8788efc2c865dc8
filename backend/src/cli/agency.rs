//! `rollproof agency …`.

use domain::agencies::commands::add_agency;
use domain::audit::OPERATOR;
use domain::error::Result;
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;

/// Verbs on agencies.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Add an imaging agency.
    Add {
        /// Its short name.
        code: String,
        /// Its name for people.
        name: String,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let Verb::Add { code, name } = verb;
    let now_ms = house.clock.now_ms();
    let agency_id = house
        .db
        .write_tx(move |conn| add_agency(conn, OPERATOR, &code, &name, now_ms))
        .await?;
    output::print(format, &json!({ "agency_id": agency_id }), |_| {
        format!("agency {agency_id} added")
    })?;
    Ok(Outcome::Done)
}
