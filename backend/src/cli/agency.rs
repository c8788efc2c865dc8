//! `rollproof agency …`.

use domain::accounts::commands::staff::{Manager, invite};
use domain::accounts::model::{Invitation, Role, Scope};
use domain::agencies::commands::{TokenKeeper, add_agency, add_token};
use domain::agencies::queries::get_agency_by_code;
use domain::audit::OPERATOR;
use domain::error::Result;
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;
use crate::pages::staff::password_link;

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
    /// Make a token for a program of the agency; it is printed once and kept nowhere.
    Token {
        /// The agency's short name.
        code: String,
        /// How long it is good.
        #[arg(long, default_value_t = 90)]
        days: i64,
        /// What the agency calls it: the machine it is for.
        #[arg(long, default_value = "push")]
        name: String,
    },
    /// Invite somebody of the agency; prints a one-time link that sets the password.
    Invite {
        /// The agency's short name.
        code: String,
        /// The address they sign in with.
        email: String,
        /// They keep the agency's tokens and people.
        #[arg(long)]
        admin: bool,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let now_ms = house.clock.now_ms();
    match verb {
        Verb::Add { code, name } => {
            let agency_id = house
                .db
                .write_tx(move |conn| add_agency(conn, OPERATOR, &code, &name, now_ms))
                .await?;
            output::print(format, &json!({ "agency_id": agency_id }), |_| {
                format!("agency {agency_id} added")
            })?;
        }
        Verb::Token { code, days, name } => {
            let made = house.db.write_tx(move |conn| {
                let agency = get_agency_by_code(conn, &code)?;
                add_token(conn, TokenKeeper::Shell, agency.agency_id, (&name, days), now_ms)
            });
            let token = made.await?;
            output::print(format, &json!({ "token": token }), |_| token.clone())?;
        }
        Verb::Invite { code, email, admin } => {
            let role = if admin { Role::AgencyAdmin } else { Role::AgencyOperator };
            let invited = house.db.write_tx(move |conn| {
                let agency = get_agency_by_code(conn, &code)?;
                let invitation = Invitation {
                    email,
                    role,
                    scope: Scope::default(),
                    agency_id: Some(agency.agency_id),
                };
                invite(conn, Manager::Operator, &invitation, now_ms)
            });
            let link = password_link(house, &invited.await?);
            output::print(format, &json!({ "link": link }), |_| link.clone())?;
        }
    }
    Ok(Outcome::Done)
}
