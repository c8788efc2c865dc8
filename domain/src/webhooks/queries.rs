//! Reads of webhooks and of what they told.

use diesel::prelude::*;

use super::commands::WEBHOOK_SECRET;
use super::model::{DeliveryState, Due, ListedDelivery, ListedWebhook};
use crate::crypto::Sealer;
use crate::db::Conn;
use crate::db::schema::{webhook_deliveries, webhooks};
use crate::error::Result;
use crate::id::{AgencyId, DeliveryId};

/// An agency's webhooks, in the order in which they were made.
pub fn list_webhooks(conn: &mut Conn, agency_id: AgencyId) -> Result<Vec<ListedWebhook>> {
    Ok(webhooks::table
        .filter(webhooks::agency_id.eq(agency_id))
        .filter(webhooks::removed_at_ms.is_null())
        .order(webhooks::webhook_id)
        .select(ListedWebhook::as_select())
        .load(conn)?)
}

/// Whether anybody wants to be told anything.
pub fn exists_any(conn: &mut Conn) -> Result<bool> {
    let live = webhooks::table.filter(webhooks::removed_at_ms.is_null());
    Ok(diesel::select(diesel::dsl::exists(live)).get_result(conn)?)
}

/// What an agency's webhooks were to tell, the newest first.
pub fn list_deliveries(conn: &mut Conn, agency_id: AgencyId, limit: i64) -> Result<Vec<ListedDelivery>> {
    Ok(webhook_deliveries::table
        .inner_join(webhooks::table)
        .filter(webhooks::agency_id.eq(agency_id))
        .order(webhook_deliveries::delivery_id.desc())
        .limit(limit)
        .select(ListedDelivery::as_select())
        .load(conn)?)
}

/// What is still to be told; nothing where it was told, given up, or its webhook removed.
pub fn find_due(conn: &mut Conn, sealer: &Sealer, delivery_id: DeliveryId) -> Result<Option<Due>> {
    let row: Option<(String, Vec<u8>, String)> = webhook_deliveries::table
        .inner_join(webhooks::table)
        .filter(webhook_deliveries::delivery_id.eq(delivery_id))
        .filter(webhook_deliveries::state.eq(DeliveryState::Waiting))
        .filter(webhooks::removed_at_ms.is_null())
        .select((webhooks::url, webhooks::secret_sealed, webhook_deliveries::body))
        .first(conn)
        .optional()?;
    let Some((url, sealed, body)) = row else {
        return Ok(None);
    };
    Ok(Some(Due {
        delivery_id,
        url,
        secret: sealer.open_text(WEBHOOK_SECRET, &sealed)?,
        body,
    }))
}
