//! `deliver_webhook`: tells one thing to one server of an agency, signed as Standard Webhooks has it (<https://www.standardwebhooks.com>).

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::error::{Error, Result};
use domain::jobs::DeliverWebhook;
use domain::queue::{self, Lease};
use domain::webhooks::address::{self, is_public};
use domain::webhooks::model::{Attempt, Due};
use domain::webhooks::{commands, queries};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use sha2::Sha256;

use crate::context::JobContext;
use crate::error::JobError;

/// How long a receiver may take; it should note what it is told and do the work afterwards.
const ANSWER: Duration = Duration::from_secs(15);

/// Runs one attempt.
pub async fn run(ctx: JobContext, lease: Lease, job: DeliverWebhook) -> Result<(), JobError> {
    let (sealer, delivery_id) = (ctx.sealer().clone(), job.delivery_id);
    let read = ctx.db().read(move |conn| queries::find_due(conn, &sealer, delivery_id));
    let Some(due) = read.await? else {
        return Ok(ctx.finish(lease).await?);
    };
    let attempt = tell(&ctx, &due).await?;
    let is_settled = attempt.is_success() || attempt.is_final();
    ctx.commit(move |conn, now_ms| {
        queue::require_lease(conn, &lease)?;
        commands::note_attempt(conn, delivery_id, attempt, now_ms)?;
        if is_settled {
            queue::finish(conn, &lease, now_ms)?;
        }
        Ok(())
    })
    .await?;
    if is_settled {
        return Ok(());
    }
    Err(match attempt {
        Attempt::Answered(status) => JobError::retry("webhook-refused", format!("the receiver answered {status}")),
        Attempt::Failed(code) => JobError::retry(code, "the receiver could not be told"),
    })
}

/// Marks what a dead job was to tell.
pub async fn on_dead(ctx: &JobContext, payload: &str) -> Result<()> {
    let job: DeliverWebhook = serde_json::from_str(payload)?;
    ctx.db()
        .write_tx(move |conn| commands::give_up(conn, job.delivery_id))
        .await
}

async fn tell(ctx: &JobContext, due: &Due) -> Result<Attempt> {
    let may_be_private = ctx.config().webhooks_to_private;
    let url = address::parse(&due.url, may_be_private)?;
    let addresses = match resolve(&url, may_be_private).await {
        Ok(addresses) => addresses,
        Err(code) => return Ok(Attempt::Failed(code)),
    };
    let client = reqwest::Client::builder()
        .timeout(ANSWER)
        .redirect(Policy::none())
        .no_proxy()
        // The very addresses that were looked at: a name may mean another machine a moment later.
        .resolve_to_addrs(url.host_str().unwrap_or_default(), &addresses)
        .build()
        .map_err(Error::internal)?;
    let (id, timestamp) = (format!("msg_{}", due.delivery_id), ctx.clock().now_ms() / 1000);
    let signature = sign(due.secret.expose_secret(), &id, timestamp, &due.body)?;
    let sent = client
        .post(url)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(due.body.clone())
        .send()
        .await;
    Ok(match sent {
        Ok(answer) => Attempt::Answered(answer.status().as_u16()),
        Err(fault) if fault.is_timeout() => Attempt::Failed("webhook-timeout"),
        Err(_) => Attempt::Failed("webhook-unreachable"),
    })
}

async fn resolve(url: &reqwest::Url, may_be_private: bool) -> Result<Vec<SocketAddr>, &'static str> {
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err("webhook-unreachable");
    };
    let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await;
    let addresses: Vec<SocketAddr> = found.map_err(|_| "webhook-unknown-host")?.collect();
    if !may_be_private && !addresses.iter().all(|address| is_public(address.ip())) {
        return Err("webhook-private-address");
    }
    Ok(addresses)
}

/// `v1,` and base 64 of HMAC-SHA-256 over id, time and body, keyed by what the secret encodes.
fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Result<String> {
    let key = BASE64_STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap_or(secret))
        .map_err(Error::internal)?;
    let mut code = Hmac::<Sha256>::new_from_slice(&key).map_err(Error::internal)?;
    code.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", BASE64_STANDARD.encode(code.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn signs_as_standard_webhooks_has_it() {
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.expect("a signature"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
