//! Reads of agencies, their tokens and the campaigns they deliver for.

use diesel::prelude::*;

use super::model::{Agency, Deliverer, ListedToken};
use crate::campaigns::model::Campaign;
use crate::campaigns::queries::list_campaigns;
use crate::clock::TimestampMs;
use crate::db::Conn;
use crate::db::schema::{agencies, agency_tokens, campaign_agencies};
use crate::error::{Error, Result};
use crate::id::{AgencyId, CampaignId, TokenId};

/// The agency of that code.
pub fn get_agency_by_code(conn: &mut Conn, code: &str) -> Result<Agency> {
    let agency = agencies::table
        .filter(agencies::code.eq(code))
        .select(Agency::as_select())
        .first(conn)
        .optional()?;
    agency.ok_or_else(|| Error::not_found("agency", code))
}

/// The agency of that number.
pub fn get_agency(conn: &mut Conn, agency_id: AgencyId) -> Result<Agency> {
    let agency = agencies::table
        .find(agency_id)
        .select(Agency::as_select())
        .first(conn)
        .optional()?;
    agency.ok_or_else(|| Error::not_found("agency", agency_id))
}

/// Every agency by name.
pub fn list_agencies(conn: &mut Conn) -> Result<Vec<Agency>> {
    Ok(agencies::table
        .order(agencies::name)
        .select(Agency::as_select())
        .load(conn)?)
}

/// The agencies that were named for a campaign; none means that every one delivers for it.
pub fn list_named(conn: &mut Conn, campaign_id: CampaignId) -> Result<Vec<AgencyId>> {
    Ok(campaign_agencies::table
        .filter(campaign_agencies::campaign_id.eq(campaign_id))
        .order(campaign_agencies::agency_id)
        .select(campaign_agencies::agency_id)
        .load(conn)?)
}

/// The campaigns that an agency delivers for, the newest first.
pub fn list_campaigns_for(conn: &mut Conn, by: &Deliverer) -> Result<Vec<Campaign>> {
    let named: Vec<(CampaignId, AgencyId)> = campaign_agencies::table
        .select((campaign_agencies::campaign_id, campaign_agencies::agency_id))
        .load(conn)?;
    let is_open_to = |campaign: &Campaign| {
        let mut of_it = named
            .iter()
            .filter(|(campaign_id, _)| *campaign_id == campaign.campaign_id)
            .peekable();
        of_it.peek().is_none() || of_it.any(|(_, agency_id)| *agency_id == by.agency_id)
    };
    Ok(list_campaigns(conn)?.into_iter().filter(is_open_to).collect())
}

/// The campaign of that code; one that the agency does not deliver for does not exist for it.
pub fn get_campaign_for(conn: &mut Conn, by: &Deliverer, code: &str) -> Result<Campaign> {
    let campaigns = list_campaigns_for(conn, by)?;
    let campaign = campaigns.into_iter().find(|campaign| campaign.code == code);
    campaign.ok_or_else(|| Error::not_found("campaign", ""))
}

/// A token that is good now.
#[derive(Clone, Debug)]
pub struct LiveToken {
    /// The token.
    pub token_id: TokenId,
    /// Whose it is; the network address is the caller's to add.
    pub deliverer: Deliverer,
    /// When it was last used, UTC ms, to the minute.
    pub last_used_at_ms: Option<TimestampMs>,
}

/// The token of a secret, by its SHA-256, while it is good.
pub fn find_token(conn: &mut Conn, token_hash: &[u8; 32], now_ms: TimestampMs) -> Result<Option<LiveToken>> {
    let row: Option<(TokenId, AgencyId, String, Option<TimestampMs>)> = agency_tokens::table
        .filter(agency_tokens::token_hash.eq(token_hash.as_slice()))
        .filter(agency_tokens::revoked_at_ms.is_null())
        .filter(agency_tokens::expires_at_ms.gt(now_ms))
        .select((
            agency_tokens::token_id,
            agency_tokens::agency_id,
            agency_tokens::name,
            agency_tokens::last_used_at_ms,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(token_id, agency_id, name, last_used_at_ms)| LiveToken {
        token_id,
        deliverer: Deliverer {
            agency_id,
            actor: format!("token {token_id} ({name})"),
            address: None,
        },
        last_used_at_ms,
    }))
}

/// An agency's tokens, the newest first.
pub fn list_tokens(conn: &mut Conn, agency_id: AgencyId) -> Result<Vec<ListedToken>> {
    Ok(agency_tokens::table
        .filter(agency_tokens::agency_id.eq(agency_id))
        .order(agency_tokens::token_id.desc())
        .select(ListedToken::as_select())
        .load(conn)?)
}
