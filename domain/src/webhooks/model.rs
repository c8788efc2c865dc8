//! What a webhook is and what became of each thing it was to tell.

use diesel::prelude::*;
use secrecy::SecretString;

use crate::clock::TimestampMs;
use crate::db::schema::{webhook_deliveries, webhooks};
use crate::id::{DeliveryId, WebhookId};

crate::text_enum! {
    /// What is told.
    Event {
        /// A batch was looked at, or cannot be read.
        BatchFinished = "batch.finished",
        /// Students of a campaign must be photographed again.
        RecaptureOpened = "recapture.opened",
        /// Nothing happened: somebody tries whether the address answers.
        Ping = "ping",
    }
}

crate::text_enum! {
    /// How telling went.
    DeliveryState {
        /// Not told yet; it is tried again.
        Waiting = "waiting",
        /// Told.
        Delivered = "delivered",
        /// Never told: the address did not take it, however often it was tried.
        GivenUp = "given-up",
    }
}

/// A webhook as its agency sees it; the secret itself was shown once, when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct ListedWebhook {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Where it leads.
    pub url: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made, UTC ms.
    pub created_at_ms: TimestampMs,
}

/// A thing that was to be told, in the agency's log.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub struct ListedDelivery {
    /// Its number; the receiver knows it as `webhook-id`.
    pub delivery_id: DeliveryId,
    /// By which webhook.
    pub webhook_id: WebhookId,
    /// What.
    pub event: Event,
    /// How it went.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// The status of the last answer.
    pub answer_status: Option<i32>,
    /// Why there was no answer: stable code.
    pub fault: Option<String>,
    /// When it happened, UTC ms.
    pub created_at_ms: TimestampMs,
    /// When it was last tried, UTC ms.
    pub tried_at_ms: Option<TimestampMs>,
}

/// A thing to be told now.
#[derive(Debug)]
pub struct Due {
    /// Its number.
    pub delivery_id: DeliveryId,
    /// Where to.
    pub url: String,
    /// What signs it: `whsec_` and base 64.
    pub secret: SecretString,
    /// The JSON text.
    pub body: String,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// An answer of this status.
    Answered(u16),
    /// None: stable code of why.
    Failed(&'static str),
}

impl Attempt {
    /// Whether it was taken.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// Whether the receiver wants to hear no more of it (RFC 9110: `410 Gone`).
    pub fn is_final(self) -> bool {
        self == Self::Answered(410)
    }
}
