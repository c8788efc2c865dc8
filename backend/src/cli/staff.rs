//! `rollproof staff …`.

use domain::accounts::commands;
use domain::accounts::model::{Role, Scope};
use domain::error::{Error, Result};
use domain::schools::queries::get_school_id;
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
    let is_narrowed = school.is_some() || college.is_some() || class.is_some();
    if role == Role::Counsellor && college.is_none() && class.is_none() {
        return Err(Error::invalid(
            "scope-missing",
            "college",
            "a counsellor sees one college or class: name it with --college or --class",
        ));
    }
    let link = add(house, email.clone(), role).await?;
    if is_narrowed {
        let now_ms = house.clock.now_ms();
        let narrow = house.db.write_tx(move |conn| {
            let school_id = school.as_deref().map(|code| get_school_id(conn, code)).transpose()?;
            let scope = Scope {
                school_id,
                college: college.clone(),
                class_name: class.clone(),
            };
            commands::narrow_staff(conn, &email, &scope, now_ms)
        });
        narrow.await?;
    }
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
