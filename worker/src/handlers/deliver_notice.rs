//! `deliver_notice`: sends a student one mail or one text message, in the student's language.

use std::time::Duration;

use domain::clock::day_in_shanghai;
use domain::crypto::Purpose;
use domain::error::{Error, Result};
use domain::jobs::DeliverNotice;
use domain::notices::model::{Attempt, Channel, DeliveryState, Due};
use domain::notices::{commands, queries};
use domain::queue::{self, Lease};
use domain::texts::Texts;
use fluent_bundle::FluentArgs;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::context::JobContext;
use crate::error::JobError;
use crate::mail::{Mail, MailFault};

/// How long the gateway for text messages may take.
const GATEWAY_PATIENCE: Duration = Duration::from_secs(20);
/// How long the address is good by which a student wants no more reminders.
const UNSUBSCRIBE_MS: i64 = 366 * 86_400_000;

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, job: DeliverNotice) -> Result<(), JobError> {
    let (sealer, id) = (ctx.sealer().clone(), job.notice_delivery_id);
    let read = ctx.db().read(move |conn| queries::find_due(conn, &sealer, id));
    let Some(due) = read.await? else {
        return Ok(ctx.finish(lease).await?);
    };
    let attempt = carry(&ctx, &due).await?;
    let failed = match attempt {
        Attempt::Failed(code) => Some(code),
        _ => None,
    };
    ctx.commit(move |conn, now_ms| {
        queue::require_lease(conn, &lease)?;
        commands::note_attempt(conn, id, &attempt, now_ms)?;
        if attempt.outcome().0 != DeliveryState::Waiting {
            queue::finish(conn, &lease, now_ms)?;
        }
        Ok(())
    })
    .await?;
    match failed {
        Some(code) => Err(JobError::retry(code, "the notice could not be delivered")),
        None => Ok(()),
    }
}

/// Marks what a dead job was to deliver.
pub async fn on_dead(ctx: &JobContext, payload: &str) -> Result<()> {
    let job: DeliverNotice = serde_json::from_str(payload)?;
    ctx.db()
        .write_tx(move |conn| commands::give_up(conn, job.notice_delivery_id))
        .await
}

async fn carry(ctx: &JobContext, due: &Due) -> Result<Attempt> {
    if due.expires_at_ms.is_some_and(|at_ms| at_ms <= ctx.clock().now_ms()) {
        return Ok(Attempt::GivenUp("too-late"));
    }
    match due.channel {
        Channel::Mail => mail(ctx, due).await,
        Channel::Sms => message(ctx, due).await,
    }
}

async fn mail(ctx: &JobContext, due: &Due) -> Result<Attempt> {
    let Some(mailer) = ctx.mailer()? else {
        return Ok(Attempt::Held);
    };
    let unsubscribe = due.kind.is_reminder().then(|| unsubscribe_address(ctx, due));
    let mut text = word(ctx, due, "text")?;
    if let Some(address) = &unsubscribe {
        text.push_str(&format!("\n\n{}\n{address}\n", plain(due, "notice-unsubscribe")?));
    }
    let (id, subject) = (format!("notice-{}", due.notice_id), word(ctx, due, "subject")?);
    let sent = mailer.send(Mail {
        id: &id,
        to: due.address.expose_secret(),
        subject: &subject,
        text,
        unsubscribe,
    });
    Ok(match sent.await {
        Ok(()) => Attempt::Delivered,
        Err(MailFault::Refused(code)) => Attempt::GivenUp(code),
        Err(MailFault::Later) => Attempt::Failed("mail-server"),
    })
}

/// Where the student of a notice says that no more reminders are wanted.
fn unsubscribe_address(ctx: &JobContext, due: &Due) -> String {
    let student = due.student_id.to_string();
    let until_ms = ctx.clock().now_ms() + UNSUBSCRIBE_MS;
    let key = ctx.sealer().sign(Purpose::UNSUBSCRIBE, student.as_bytes(), until_ms);
    format!("{}/unsubscribe/{student}/{key}", base(ctx))
}

async fn message(ctx: &JobContext, due: &Due) -> Result<Attempt> {
    let Some(gateway) = &ctx.config().sms_url else {
        return Ok(Attempt::Held);
    };
    let client = reqwest::Client::builder()
        .timeout(GATEWAY_PATIENCE)
        .no_proxy()
        .build()
        .map_err(Error::internal)?;
    let id = format!("notice-{}", due.notice_id);
    let body = json!({ "id": id, "to": due.address.expose_secret(), "text": word(ctx, due, "sms")? });
    let sent = client
        .post(gateway)
        .header("content-type", "application/json")
        .header("idempotency-key", id)
        .body(body.to_string())
        .send()
        .await;
    Ok(match sent.map(|answer| answer.status()) {
        Ok(status) if status.is_success() => Attempt::Delivered,
        Ok(status) if status.is_client_error() && !matches!(status.as_u16(), 408 | 425 | 429) => {
            Attempt::GivenUp("message-refused")
        }
        _ => Attempt::Failed("message-gateway"),
    })
}

fn base(ctx: &JobContext) -> &str {
    ctx.config().public_url.trim_end_matches('/')
}

fn plain(due: &Due, key: &str) -> Result<String> {
    Ok(Texts::shared().map_err(Error::internal)?.text(due.language, key, None))
}

/// A part of the notice in words.
fn word(ctx: &JobContext, due: &Due, part: &str) -> Result<String> {
    let texts = Texts::shared().map_err(Error::internal)?;
    let text_of = |name: &str| due.parameters[name].as_str().map(str::to_owned);
    let number_of = |name: &str| due.parameters[name].as_i64();
    let secret = due.secret.as_ref().map(|secret| secret.expose_secret().to_owned());
    let path = text_of("path").unwrap_or_else(|| "home".to_owned());
    let link = match &secret {
        Some(token) => format!("{}/{path}/{token}", base(ctx)),
        None => format!("{}/{path}", base(ctx)),
    };
    let mut args = FluentArgs::new();
    args.set("link", link);
    args.set("code", secret.unwrap_or_default());
    args.set("name", due.masked_name.clone().unwrap_or_default());
    for name in ["hours", "minutes", "days"] {
        args.set(name, number_of(name).unwrap_or_default());
    }
    args.set("due", number_of("due_at_ms").map(day_in_shanghai).unwrap_or_default());
    if let Some(code) = text_of("code") {
        args.set("reason", texts.text(due.language, &format!("finding-{code}"), None));
        args.set("mend", texts.text(due.language, &format!("mend-{code}"), None));
    }
    Ok(texts.text(due.language, &format!("notice-{}-{part}", due.kind), Some(&args)))
}
