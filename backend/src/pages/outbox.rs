//! 发件箱: mails and messages that were not delivered. Without a mail server they stay here, and an administrator may read them.

use domain::id::NoticeDeliveryId;
use domain::notices::model::{Channel, DeliveryState, NoticeKind};
use domain::notices::queries::{ListedDelivery, get_outbox, list_outbox};
use domain::notices::wording::words;
use domain::students::model::mask_email;
use poem::web::{Path, Query};
use poem::{Response, handler};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::frame::{Frame, Section};
use crate::pages::moment::Moment;
use crate::pages::screen::{PAGE_ROWS, Screen, address};

const HERE: &str = "/console/outbox";

/// `outbox/list.html`.
#[derive(Serialize)]
pub struct OutboxPage {
    frame: Frame,
    has_mail: bool,
    has_messages: bool,
    rows: Vec<Row>,
    is_first: bool,
    next_href: Option<String>,
}

#[derive(Serialize)]
struct Row {
    number: i64,
    kind: NoticeKind,
    channel: Channel,
    state: DeliveryState,
    fault: Option<String>,
    attempts: i32,
    since: Moment,
    to: String,
}

/// `outbox/show.html`.
#[derive(Serialize)]
pub struct NoticePage {
    frame: Frame,
    to: String,
    subject: Option<String>,
    text: String,
}

#[derive(Deserialize)]
struct PartQuery {
    before: Option<i64>,
}

/// `GET /console/outbox`.
#[handler]
pub async fn list(screen: Screen, Query(part): Query<PartQuery>) -> Result<Response, Failure> {
    let console = screen.console(Section::Settings).await?;
    let (staff, before) = (screen.staff()?.clone(), part.before.map(NoticeDeliveryId));
    let house = screen.state.house();
    let rows = house
        .db
        .read(move |conn| list_outbox(conn, &staff, before, PAGE_ROWS))
        .await?;
    let last = rows.last().filter(|_| rows.len() == PAGE_ROWS as usize);
    let page = OutboxPage {
        frame: console.frame,
        has_mail: house.config.smtp_url.is_some(),
        has_messages: house.config.sms_url.is_some(),
        is_first: part.before.is_none(),
        next_href: last.map(|row| address(HERE, [("before", Some(row.notice_delivery_id.to_string()))])),
        rows: rows.into_iter().map(|listed| row(listed, console.now_ms)).collect(),
    };
    screen.show("outbox/list.html", &page)
}

fn row(listed: ListedDelivery, now_ms: i64) -> Row {
    Row {
        number: listed.notice_delivery_id.0,
        kind: listed.kind,
        channel: listed.channel,
        state: listed.state,
        fault: listed.fault,
        attempts: listed.attempts,
        since: Moment::new(listed.created_at_ms, now_ms),
        to: listed.email.as_deref().map(mask_email).unwrap_or_default(),
    }
}

/// `GET /console/outbox/:number`: links and codes stand in it, so the password is asked for and the trail knows.
#[handler]
pub async fn show(screen: Screen, Path(number): Path<i64>) -> Result<Response, Failure> {
    if let Some(elsewhere) = screen.confirmation(screen.path())? {
        return Ok(elsewhere);
    }
    let console = screen.console(Section::Settings).await?;
    let (staff, house, now_ms) = (screen.staff()?.clone(), screen.state.house(), console.now_ms);
    let sealer = house.sealer.clone();
    let due = house
        .db
        .write_tx(move |conn| get_outbox(conn, &sealer, &staff, NoticeDeliveryId(number), now_ms))
        .await?;
    let base = &house.config.public_url;
    let is_mail = due.channel == Channel::Mail;
    let page = NoticePage {
        frame: console.frame,
        to: due.address.expose_secret().to_owned(),
        subject: is_mail.then(|| words(&due, "subject", base)).transpose()?,
        text: words(&due, if is_mail { "text" } else { "sms" }, base)?,
    };
    screen.show("outbox/show.html", &page)
}
