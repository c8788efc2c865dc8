//! Where an agency's own server is told what happened, kept by its administrator, and the log of what was told.

use domain::id::WebhookId;
use domain::webhooks::commands;
use domain::webhooks::model::{DeliveryState, ListedDelivery, ListedWebhook};
use domain::webhooks::queries::{list_deliveries, list_webhooks};
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse, Response, handler};
use serde::{Deserialize, Serialize};

use super::{Head, Place};
use crate::error::Failure;
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;
use crate::pages::screen::Screen;

const HERE: &str = "/agency/webhooks";
/// Lines of the log that the page shows.
const LOG_ROWS: i64 = 50;

/// `agency/webhooks.html`.
#[derive(Serialize)]
pub struct WebhooksPage {
    frame: Frame,
    head: Head,
    /// The secret of a webhook that was just made: shown this once.
    secret: Option<String>,
    webhooks: Vec<Webhook>,
    log: Vec<Delivery>,
}

#[derive(Serialize)]
struct Webhook {
    number: i64,
    url: String,
    created_by: String,
    created: Moment,
}

#[derive(Serialize)]
struct Delivery {
    number: i64,
    webhook: i64,
    /// Worded by `webhook-event-…`.
    event: String,
    state: DeliveryState,
    attempts: i32,
    answer_status: Option<i32>,
    /// Worded by `webhook-fault-…`.
    fault: Option<String>,
    created: Moment,
    tried: Option<Moment>,
}

impl Webhook {
    fn new(webhook: ListedWebhook, now_ms: i64) -> Self {
        Self {
            number: webhook.webhook_id.0,
            url: webhook.url,
            created_by: webhook.created_by,
            created: Moment::new(webhook.created_at_ms, now_ms),
        }
    }
}

impl Delivery {
    fn new(delivery: ListedDelivery, now_ms: i64) -> Self {
        Self {
            number: delivery.delivery_id.0,
            webhook: delivery.webhook_id.0,
            event: delivery.event.as_str().replace('.', "-"),
            state: delivery.state,
            attempts: delivery.attempts,
            answer_status: delivery.answer_status,
            fault: delivery.fault,
            created: Moment::new(delivery.created_at_ms, now_ms),
            tried: delivery.tried_at_ms.map(|at_ms| Moment::new(at_ms, now_ms)),
        }
    }
}

/// `GET /agency/webhooks`.
#[handler]
pub async fn list(screen: Screen) -> Result<Response, Failure> {
    page(&screen, None).await
}

async fn page(screen: &Screen, secret: Option<String>) -> Result<Response, Failure> {
    let agency_id = screen.agency_admin()?.agency_id;
    let (frame, head) = screen.agency(Place::Webhooks).await?;
    let house = screen.state.house();
    let now_ms = house.clock.now_ms();
    let read = house.db.read(move |conn| {
        Ok((
            list_webhooks(conn, agency_id)?,
            list_deliveries(conn, agency_id, LOG_ROWS)?,
        ))
    });
    let (webhooks, log) = read.await?;
    let page = WebhooksPage {
        frame,
        head,
        secret,
        webhooks: webhooks.into_iter().map(|one| Webhook::new(one, now_ms)).collect(),
        log: log.into_iter().map(|one| Delivery::new(one, now_ms)).collect(),
    };
    screen.show("agency/webhooks.html", &page)
}

#[derive(Deserialize)]
struct WebhookForm {
    url: String,
}

/// `POST /agency/webhooks`: makes a webhook and shows its secret, once.
#[handler]
pub async fn add(screen: Screen, Form(form): Form<WebhookForm>) -> Result<Response, Failure> {
    let admin = screen.agency_admin()?.clone();
    let house = screen.state.house();
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let may_be_private = house.config.webhooks_to_private;
    let made = house
        .db
        .write_tx(move |conn| commands::add_webhook(conn, &sealer, &admin, (&form.url, may_be_private), now_ms));
    page(&screen, Some(made.await?)).await
}

#[derive(Deserialize)]
struct DoForm {
    /// `ping` or `remove`.
    what: String,
}

/// `POST /agency/webhooks/:webhook_id`: tries it, or removes it.
#[handler]
pub async fn settle(screen: Screen, Path(number): Path<i64>, Form(form): Form<DoForm>) -> Result<Response, Failure> {
    let admin = screen.agency_admin()?.clone();
    let house = screen.state.house();
    let (webhook_id, now_ms) = (WebhookId(number), house.clock.now_ms());
    house
        .db
        .write_tx(move |conn| match form.what.as_str() {
            "remove" => commands::remove_webhook(conn, &admin, webhook_id, now_ms),
            _ => commands::ping(conn, &admin, webhook_id, now_ms),
        })
        .await?;
    Ok(Redirect::see_other(HERE).into_response())
}
