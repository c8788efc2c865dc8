//! The parts that a house is made of, each asked by itself: one that is away does not hide the others.

use std::net::IpAddr;
use std::time::Duration;

use domain::config::Config;
use domain::db::migrate;
use domain::keys;
use domain::upkeep::queries::read_database_clock;
use rustix::fs::statvfs;
use tokio::net::TcpStream;
use url::{Host, Url};
use worker::mail::Mailer;

use super::Check;
use crate::house::House;

/// How far two clocks may be apart.
const MOST_DRIFT_MS: i64 = 5_000;
/// Room that deliveries need while they arrive.
const LEAST_FREE_BYTES: u64 = 1 << 30;
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether the settings fit together; each by itself was looked at when they were read.
pub fn configuration(config: &Config) -> Check {
    let plain = Url::parse(&config.public_url)
        .ok()
        .filter(|url| url.scheme() == "http" && !is_here(url));
    let fault = plain.map(|_| {
        "ROLLPROOF_PUBLIC_URL is plain HTTP, so cookies travel in the open; put a proxy with TLS in front and name its address".to_owned()
    });
    let sound = match &config.storage_former_url {
        Some(_) => "fits together; objects are being moved: run `rollproof storage migrate` until it copies nothing",
        None => "fits together",
    };
    Check::new("configuration", fault, sound)
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// Whether there is room for what arrives.
pub fn disk(config: &Config) -> Check {
    let fault = match statvfs(&config.data_dir) {
        Ok(found) if found.f_bavail.saturating_mul(found.f_frsize) >= LEAST_FREE_BYTES => None,
        Ok(_) => Some(format!(
            "less than 1 GiB is free below {}; deliveries will be refused until there is more",
            config.data_dir.display()
        )),
        Err(error) => Some(format!("{} cannot be looked at: {error}", config.data_dir.display())),
    };
    Check::new("disk", fault, "has room")
}

/// Whether the schema is this program's.
pub fn schema(house: &House) -> Check {
    let fault = match tokio::task::block_in_place(|| migrate::pending_blocking(&house.db)) {
        Ok(pending) if pending.is_empty() => None,
        Ok(pending) => Some(format!(
            "{} migrations are pending; run `rollproof migrate`",
            pending.len()
        )),
        Err(error) => return Check::unasked("schema", &error),
    };
    Check::new("schema", fault, "is this program's")
}

/// Whether the database answers.
pub async fn database(house: &House) -> Check {
    let fault = house.db.read(keys::check_answers).await.err();
    Check::new("database", fault.map(|error| error.to_string()), "answers")
}

/// Whether this machine's clock is the others': deadlines and sessions are compared with it.
pub async fn clock(house: &House) -> Check {
    let drift_ms = match house.db.read(read_database_clock).await {
        Ok(read) => read.map_or(0, |at_ms| at_ms - house.clock.now_ms()),
        Err(error) => return Check::unasked("clock", &error),
    };
    let fault = (drift_ms.abs() > MOST_DRIFT_MS).then(|| {
        format!(
            "this machine's clock and the database's are {} s apart; set both by NTP",
            drift_ms.abs() / 1_000
        )
    });
    Check::new("clock", fault, "agrees with the database's")
}

/// Whether the object store answers.
pub async fn store(house: &House) -> Check {
    let fault = house.store.ready().await.err();
    Check::new("objects", fault.map(|error| error.to_string()), "the store answers")
}

/// Whether the mail server takes mails from this machine.
pub async fn mail(config: &Config) -> Check {
    let Some(url) = &config.smtp_url else {
        return Check::new("mail", None, "no server is set: mails stay in the outbox");
    };
    let fault = match Mailer::open(url, &config.mail_from) {
        Ok(mailer) if mailer.answers().await => None,
        Ok(_) => Some(
            "the mail server does not answer or refuses this machine; mails wait. See ROLLPROOF_SMTP_URL".to_owned(),
        ),
        Err(error) => Some(error.to_string()),
    };
    Check::new("mail", fault, "the server answers")
}

/// Whether the gateway for text messages can be reached; it is asked for nothing, since it might send it.
pub async fn text_messages(config: &Config) -> Check {
    let Some(url) = &config.sms_url else {
        return Check::new("text messages", None, "no gateway is set: messages stay in the outbox");
    };
    let address = Url::parse(url).ok().and_then(|url| {
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        Some((host, url.port_or_known_default()?))
    });
    let is_reached = match address {
        Some(address) => tokio::time::timeout(PATIENCE, TcpStream::connect(address))
            .await
            .is_ok_and(|connected| connected.is_ok()),
        None => false,
    };
    let fault = "the gateway cannot be reached; messages wait. See ROLLPROOF_SMS_URL".to_owned();
    Check::new(
        "text messages",
        (!is_reached).then_some(fault),
        "the gateway can be reached",
    )
}
