//! `rollproof integrator …`.

use domain::error::Result;
use domain::id::IntegratorId;
use domain::integrators::commands::{add_integrator, revoke_integrator};
use domain::integrators::model::Right;
use domain::integrators::queries::list_integrators;
use domain::schools::queries::get_school_id;
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;

/// Verbs on other systems of the school.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Make a token for another system of the school; it is printed once and kept nowhere.
    Add {
        /// What people call the system.
        name: String,
        /// What it may do: any of roll, status, photos, mail, separated by commas.
        #[arg(long, value_delimiter = ',', required = true)]
        rights: Vec<String>,
        /// The only school it may speak of.
        #[arg(long)]
        school: Option<String>,
        /// How long the token is good.
        #[arg(long, default_value_t = 90)]
        days: i64,
    },
    /// Every system with what it may do.
    List,
    /// Give a token up.
    Revoke {
        /// The system's number.
        id: i64,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let now_ms = house.clock.now_ms();
    match verb {
        Verb::Add {
            name,
            rights,
            school,
            days,
        } => {
            let rights = rights.iter().map(|word| word.parse()).collect::<Result<Vec<Right>>>()?;
            let made = house.db.write_tx(move |conn| {
                let school_id = school.map(|code| get_school_id(conn, &code)).transpose()?;
                add_integrator(conn, (&name, days), school_id, &rights, now_ms)
            });
            let token = made.await?;
            output::print(format, &json!({ "token": token }), |_| token.clone())?;
        }
        Verb::List => {
            let listed = house.db.read(list_integrators).await?;
            output::print(format, &json!({ "integrators": listed }), |_| {
                let lines = listed.iter().map(|one| {
                    let state = if one.revoked_at_ms.is_some() {
                        "given up"
                    } else {
                        "good"
                    };
                    format!("{} {} [{}] {state}", one.integrator_id, one.name, one.rights)
                });
                lines.collect::<Vec<_>>().join("\n")
            })?;
        }
        Verb::Revoke { id } => {
            house
                .db
                .write_tx(move |conn| revoke_integrator(conn, IntegratorId(id), now_ms))
                .await?;
            output::print(format, &json!({ "revoked": id }), |_| {
                format!("integrator {id} may ask no more")
            })?;
        }
    }
    Ok(Outcome::Done)
}
