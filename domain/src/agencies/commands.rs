//! What changes the list of agencies, what each delivers for, and the tokens of their programs.

use diesel::prelude::*;

use super::queries;
use crate::accounts::model::{Operator, Staff};
use crate::accounts::tokens::new_program_token;
use crate::audit::{self, Act, Actor, OPERATOR};
use crate::campaigns::model::require_code;
use crate::clock::TimestampMs;
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{agencies, agency_tokens, campaign_agencies};
use crate::error::{Error, Result};
use crate::id::{AgencyId, CampaignId, TokenId};

/// Makes an agency that serves the whole house.
pub fn add_agency<'a>(
    conn: &mut Conn,
    actor: impl Into<Actor<'a>>,
    code: &str,
    name: &str,
    now_ms: TimestampMs,
) -> Result<AgencyId> {
    require_code(code, "agency")?;
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid(
            "name",
            "name",
            "give the agency a name of at most 100 characters",
        ));
    }
    let agency_id = diesel::insert_into(agencies::table)
        .values((
            agencies::code.eq(code),
            agencies::name.eq(name),
            agencies::created_at_ms.eq(now_ms),
        ))
        .returning(agencies::agency_id)
        .get_result(conn)?;
    audit::append(conn, &Act::new("agency.add", "agency", agency_id).by(actor), now_ms)?;
    Ok(agency_id)
}

/// Says which agencies deliver for a campaign; none means every one.
pub fn name_agencies(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Staff,
    campaign_id: CampaignId,
    named: &[AgencyId],
    now_ms: TimestampMs,
) -> Result<()> {
    if !by.role.may_change_rolls_and_batches() {
        return Err(Error::Forbidden {
            right: "change campaigns",
        });
    }
    let agencies = queries::list_agencies(conn)?;
    let code_of = |agency_id: &AgencyId| {
        let agency = agencies.iter().find(|agency| agency.agency_id == *agency_id);
        agency
            .map(|agency| agency.code.as_str())
            .ok_or_else(|| Error::not_found("agency", agency_id))
    };
    let codes_of =
        |named: &[AgencyId]| Ok::<_, Error>(named.iter().map(code_of).collect::<Result<Vec<_>>>()?.join(" "));
    let before = codes_of(&queries::list_named(conn, campaign_id)?)?;
    let after = codes_of(named)?;
    diesel::delete(campaign_agencies::table.filter(campaign_agencies::campaign_id.eq(campaign_id))).execute(conn)?;
    // A house has a handful of agencies.
    for agency_id in named {
        diesel::insert_into(campaign_agencies::table)
            .values((
                campaign_agencies::campaign_id.eq(campaign_id),
                campaign_agencies::agency_id.eq(agency_id),
            ))
            .execute(conn)?;
    }
    let act = Act::new("campaign.agencies", "campaign", campaign_id).by(by);
    match audit::describe_change(&[("agencies", before, after)]) {
        Some(changed) => audit::append_with(conn, sealer, &act, &changed, now_ms),
        None => Ok(()),
    }
}

/// Who keeps an agency's tokens: its administrator, or whoever has a shell on the server.
#[derive(Clone, Copy, Debug)]
pub enum TokenKeeper<'a> {
    /// The command line on the server.
    Shell,
    /// Somebody of the agency.
    Operator(&'a Operator),
}

impl<'a> TokenKeeper<'a> {
    fn actor(self, agency_id: AgencyId) -> Result<Actor<'a>> {
        match self {
            Self::Shell => Ok(OPERATOR.into()),
            Self::Operator(by) if by.is_admin && by.agency_id == agency_id => Ok(by.into()),
            Self::Operator(_) => Err(Error::Forbidden { right: "keep tokens" }),
        }
    }
}

/// Makes a token for a program of the agency; returns the secret, which is kept nowhere.
pub fn add_token(
    conn: &mut Conn,
    by: TokenKeeper<'_>,
    agency_id: AgencyId,
    (name, days): (&str, i64),
    now_ms: TimestampMs,
) -> Result<String> {
    let actor = by.actor(agency_id)?;
    let advice = "name the token after the machine it is for, in at most 60 characters";
    let token = new_program_token(name, days, advice, now_ms)?;
    let token_id: TokenId = diesel::insert_into(agency_tokens::table)
        .values((
            agency_tokens::token_hash.eq(token.hash),
            agency_tokens::agency_id.eq(agency_id),
            agency_tokens::name.eq(token.name),
            agency_tokens::created_by.eq(actor.name),
            agency_tokens::created_at_ms.eq(now_ms),
            agency_tokens::expires_at_ms.eq(token.expires_at_ms),
        ))
        .returning(agency_tokens::token_id)
        .get_result(conn)?;
    audit::append(conn, &Act::new("agency.token", "token", token_id).by(actor), now_ms)?;
    Ok(token.secret)
}

/// Gives a token up, from the next request on.
pub fn revoke_token(conn: &mut Conn, by: TokenKeeper<'_>, token_id: TokenId, now_ms: TimestampMs) -> Result<()> {
    let missing = || Error::not_found("token", token_id);
    let agency_id: Option<AgencyId> = agency_tokens::table
        .find(token_id)
        .select(agency_tokens::agency_id)
        .first(conn)
        .optional()?;
    let actor = by.actor(agency_id.ok_or_else(missing)?).map_err(|_| missing())?;
    let revoked = diesel::update(
        agency_tokens::table
            .find(token_id)
            .filter(agency_tokens::revoked_at_ms.is_null()),
    )
    .set(agency_tokens::revoked_at_ms.eq(now_ms))
    .execute(conn)?;
    if revoked == 0 {
        return Ok(());
    }
    audit::append(
        conn,
        &Act::new("agency.token-revoke", "token", token_id).by(actor),
        now_ms,
    )
}

/// Notes that a token was used.
pub fn note_use(conn: &mut Conn, token_id: TokenId, now_ms: TimestampMs) -> Result<()> {
    diesel::update(agency_tokens::table.find(token_id))
        .set(agency_tokens::last_used_at_ms.eq(now_ms))
        .execute(conn)?;
    Ok(())
}
