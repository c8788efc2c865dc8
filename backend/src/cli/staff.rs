//! `rollproof staff …`.

use domain::accounts::commands;
use domain::accounts::model::Role;
use domain::error::Result;
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;

/// Verbs on staff accounts.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Add an account, or give a known one a new link, and print the one-time link that sets its password.
    Add {
        /// The address the person signs in with.
        email: String,
        /// What the person may do: admin, registrar, counsellor, support or auditor.
        #[arg(long)]
        role: Role,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let Verb::Add { email, role } = verb;
    let link = add(house, email, role).await?;
    output::print(format, &json!({ "link": link }), |_| {
        format!("{link}\nThe link is good once, for 24 hours.")
    })?;
    Ok(Outcome::Done)
}

/// Adds an account and returns the one-time link that sets its password.
pub async fn add(house: &House, email: String, role: Role) -> Result<String> {
    let now_ms = house.clock.now_ms();
    let token = house
        .db
        .write_tx(move |conn| commands::add_staff(conn, &email, role, now_ms))
        .await?;
    Ok(format!(
        "{}/console/set-password/{token}",
        house.config.public_url.trim_end_matches('/')
    ))
}
