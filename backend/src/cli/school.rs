//! `rollproof school …`.

use domain::error::Result;
use domain::schools::commands::add_school;
use domain::schools::model::SchoolCode;
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;

/// Verbs on schools.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Add a school by its five-digit code; the first roll import adds its school by itself.
    Add {
        /// 院校代码.
        code: String,
        /// 院校名称.
        name: String,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let Verb::Add { code, name } = verb;
    let code = SchoolCode::parse(&code)?;
    let now_ms = house.clock.now_ms();
    let school_id = house
        .db
        .write_tx(move |conn| add_school(conn, &code, &name, now_ms))
        .await?;
    output::print(format, &json!({ "school_id": school_id }), |_| {
        format!("school {school_id} added")
    })?;
    Ok(Outcome::Done)
}
