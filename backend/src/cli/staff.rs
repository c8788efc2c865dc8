//! `rollproof staff …`.

use domain::accounts::commands::staff::{Manager, invite};
use domain::accounts::model::{Invitation, Role, Scope};
use domain::error::Result;
use domain::schools::queries::get_school_id;
use serde_json::json;

use super::Outcome;
use super::output::{self, Format};
use crate::house::House;
use crate::pages::staff::password_link;

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
        /// Code of the one school whose records the person sees.
        #[arg(long)]
        school: Option<String>,
        /// The one 分院 whose records the person sees.
        #[arg(long)]
        college: Option<String>,
        /// The one 班级 whose records the person sees; a counsellor needs this or a college.
        #[arg(long)]
        class: Option<String>,
    },
}

/// Runs a verb.
pub async fn run(house: &House, verb: Verb, format: Format) -> Result<Outcome> {
    let Verb::Add {
        email,
        role,
        school,
        college,
        class,
    } = verb;
    let now_ms = house.clock.now_ms();
    let token = house.db.write_tx(move |conn| {
        let school_id = school.as_deref().map(|code| get_school_id(conn, code)).transpose()?;
        let scope = Scope {
            school_id,
            college,
            class_name: class,
        };
        let invitation = Invitation {
            email,
            role,
            scope,
            agency_id: None,
        };
        invite(conn, Manager::Operator, &invitation, now_ms)
    });
    let link = password_link(house, &token.await?);
    output::print(format, &json!({ "link": link }), |_| {
        format!("{link}\nThe link is good once, for 24 hours.")
    })?;
    Ok(Outcome::Done)
}

/// Adds an account that sees the whole roll and returns the one-time link that sets its password.
pub async fn add(house: &House, email: String, role: Role) -> Result<String> {
    let now_ms = house.clock.now_ms();
    let invitation = Invitation {
        email,
        role,
        scope: Scope::default(),
        agency_id: None,
    };
    let token = house
        .db
        .write_tx(move |conn| invite(conn, Manager::Operator, &invitation, now_ms))
        .await?;
    Ok(password_link(house, &token))
}
