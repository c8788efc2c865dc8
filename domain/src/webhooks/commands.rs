//! What changes webhooks, and what is told by them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, SecondsFormat};
use diesel::prelude::*;
use rand::RngCore as _;
use serde_json::{Value, json};

use super::address;
use super::model::{Attempt, DeliveryState, Event};
use super::queries;
use crate::accounts::model::Operator;
use crate::audit::{self, Act};
use crate::clock::TimestampMs;
use crate::crypto::{Purpose, Sealer};
use crate::db::Conn;
use crate::db::schema::{webhook_deliveries, webhooks};
use crate::error::{Error, Result};
use crate::id::{AgencyId, DeliveryId, WebhookId};
use crate::jobs::DeliverWebhook;
use crate::queue;

/// Webhooks of one agency at most.
const MOST_WEBHOOKS: usize = 5;
/// How a secret begins, as Standard Webhooks has it.
const SECRET_PREFIX: &str = "whsec_";
pub(super) const WEBHOOK_SECRET: Purpose = Purpose::new("webhook-secret");

fn require_admin(by: &Operator) -> Result<()> {
    if by.is_admin {
        return Ok(());
    }
    Err(Error::Forbidden { right: "keep webhooks" })
}

/// Makes a webhook; returns the secret that signs what it tells, which is shown this once.
pub fn add_webhook(
    conn: &mut Conn,
    sealer: &Sealer,
    by: &Operator,
    (url, may_be_private): (&str, bool),
    now_ms: TimestampMs,
) -> Result<String> {
    require_admin(by)?;
    let url = address::parse(url, may_be_private)?;
    if queries::list_webhooks(conn, by.agency_id)?.len() >= MOST_WEBHOOKS {
        return Err(Error::conflict(
            "too-many-webhooks",
            "an agency has at most five webhooks; remove one first",
        ));
    }
    let mut bytes = [0_u8; 24];
    rand::rng().fill_bytes(&mut bytes);
    let secret = format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(bytes));
    let webhook_id: WebhookId = diesel::insert_into(webhooks::table)
        .values((
            webhooks::agency_id.eq(by.agency_id),
            webhooks::url.eq(url.as_str()),
            webhooks::secret_sealed.eq(sealer.seal(WEBHOOK_SECRET, secret.as_bytes())?),
            webhooks::created_by.eq(&by.email),
            webhooks::created_at_ms.eq(now_ms),
        ))
        .returning(webhooks::webhook_id)
        .get_result(conn)?;
    audit::append(conn, &Act::new("webhook.add", "webhook", webhook_id).by(by), now_ms)?;
    Ok(secret)
}

/// Removes a webhook: what it has not told yet it will not tell.
pub fn remove_webhook(conn: &mut Conn, by: &Operator, webhook_id: WebhookId, now_ms: TimestampMs) -> Result<()> {
    require_admin(by)?;
    let removed = diesel::update(
        webhooks::table
            .find(webhook_id)
            .filter(webhooks::agency_id.eq(by.agency_id))
            .filter(webhooks::removed_at_ms.is_null()),
    )
    .set(webhooks::removed_at_ms.eq(now_ms))
    .execute(conn)?;
    if removed == 0 {
        return Err(Error::not_found("webhook", webhook_id));
    }
    audit::append(conn, &Act::new("webhook.remove", "webhook", webhook_id).by(by), now_ms)
}

/// Tells a webhook that somebody tries it.
pub fn ping(conn: &mut Conn, by: &Operator, webhook_id: WebhookId, now_ms: TimestampMs) -> Result<()> {
    require_admin(by)?;
    let own = queries::list_webhooks(conn, by.agency_id)?;
    if !own.iter().any(|webhook| webhook.webhook_id == webhook_id) {
        return Err(Error::not_found("webhook", webhook_id));
    }
    tell(conn, webhook_id, Event::Ping, &json!({}), now_ms)
}

/// Tells an agency's webhooks what happened, once whoever calls this commits. `data` holds numbers and codes, never a person.
pub fn announce(conn: &mut Conn, agency_id: AgencyId, event: Event, data: &Value, now_ms: TimestampMs) -> Result<()> {
    for webhook in queries::list_webhooks(conn, agency_id)? {
        tell(conn, webhook.webhook_id, event, data, now_ms)?;
    }
    Ok(())
}

fn tell(conn: &mut Conn, webhook_id: WebhookId, event: Event, data: &Value, now_ms: TimestampMs) -> Result<()> {
    let at = DateTime::from_timestamp_millis(now_ms)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true);
    let body = json!({ "type": event.as_str(), "timestamp": at, "data": data }).to_string();
    let delivery_id: DeliveryId = diesel::insert_into(webhook_deliveries::table)
        .values((
            webhook_deliveries::webhook_id.eq(webhook_id),
            webhook_deliveries::event.eq(event),
            webhook_deliveries::body.eq(body),
            webhook_deliveries::state.eq(DeliveryState::Waiting),
            webhook_deliveries::created_at_ms.eq(now_ms),
        ))
        .returning(webhook_deliveries::delivery_id)
        .get_result(conn)?;
    queue::enqueue(conn, &DeliverWebhook { delivery_id }, now_ms)?;
    Ok(())
}

/// Writes down what came of an attempt.
pub fn note_attempt(conn: &mut Conn, delivery_id: DeliveryId, attempt: Attempt, now_ms: TimestampMs) -> Result<()> {
    let (status, fault) = match attempt {
        Attempt::Answered(status) => (Some(i32::from(status)), None),
        Attempt::Failed(code) => (None, Some(code)),
    };
    let state = match attempt {
        _ if attempt.is_success() => DeliveryState::Delivered,
        _ if attempt.is_final() => DeliveryState::GivenUp,
        _ => DeliveryState::Waiting,
    };
    diesel::update(webhook_deliveries::table.find(delivery_id))
        .set((
            webhook_deliveries::state.eq(state),
            webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
            webhook_deliveries::answer_status.eq(status),
            webhook_deliveries::fault.eq(fault),
            webhook_deliveries::tried_at_ms.eq(now_ms),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives up what was tried often enough.
pub fn give_up(conn: &mut Conn, delivery_id: DeliveryId) -> Result<()> {
    diesel::update(
        webhook_deliveries::table
            .find(delivery_id)
            .filter(webhook_deliveries::state.eq(DeliveryState::Waiting)),
    )
    .set(webhook_deliveries::state.eq(DeliveryState::GivenUp))
    .execute(conn)?;
    Ok(())
}
