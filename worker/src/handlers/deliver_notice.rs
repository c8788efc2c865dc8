//! `deliver_notice`: sends a student one mail or one text message, in the student's language.

use std::time::Duration;

use domain::crypto::Purpose;
use domain::error::{Error, Result};
use domain::id::{StudentId, TicketId};
use domain::jobs::DeliverNotice;
use domain::mail_intake::address::{mail_name, ticket_address};
use domain::notices::model::{Attempt, Channel, DeliveryState, Due};
use domain::notices::wording::{plain_words, words};
use domain::notices::{commands, queries};
use domain::queue::{self, Lease};
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
    let base = &ctx.config().public_url;
    let reminded = due.student_id.filter(|_| due.kind.is_reminder());
    let unsubscribe = reminded.map(|student_id| unsubscribe_address(ctx, student_id));
    let mut text = words(due, "text", base)?;
    if let Some(address) = &unsubscribe {
        let invitation = plain_words(due.language, "notice-unsubscribe")?;
        text.push_str(&format!("\n\n{invitation}\n{address}\n"));
    }
    // An answer to a mail about a ticket finds its way back into the ticket.
    let ticket_id = due.parameters["ticket"].as_i64().map(TicketId);
    let reply_to = ticket_id.map(|ticket_id| ticket_address(ctx.sealer(), &ctx.config().mail_from, ticket_id));
    let id = mail_name(ctx.sealer(), due.notice_id, ticket_id);
    let subject = words(due, "subject", base)?;
    let sent = mailer.send(Mail {
        id: &id,
        to: due.address.expose_secret(),
        subject: &subject,
        text,
        reply_to,
        unsubscribe,
    });
    Ok(match sent.await {
        Ok(()) => Attempt::Delivered,
        Err(MailFault::Refused(code)) => Attempt::GivenUp(code),
        Err(MailFault::Later) => Attempt::Failed("mail-server"),
    })
}

/// Where a student says that no more reminders are wanted.
fn unsubscribe_address(ctx: &JobContext, student_id: StudentId) -> String {
    let student = student_id.to_string();
    let until_ms = ctx.clock().now_ms() + UNSUBSCRIBE_MS;
    let key = ctx.sealer().sign(Purpose::UNSUBSCRIBE, student.as_bytes(), until_ms);
    format!(
        "{}/unsubscribe/{student}/{key}",
        ctx.config().public_url.trim_end_matches('/')
    )
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
    let body =
        json!({ "id": id, "to": due.address.expose_secret(), "text": words(due, "sms", &ctx.config().public_url)? });
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
