//! Where webhooks may lead, who keeps them, and what is told by them.

use serde_json::json;

use super::address::{is_public, parse};
use super::commands::{add_webhook, announce, note_attempt, ping, remove_webhook};
use super::model::{Attempt, DeliveryState, Event};
use super::queries::{find_due, list_deliveries, list_webhooks};
use crate::accounts::model::Operator;
use crate::agencies::commands::add_agency;
use crate::audit::OPERATOR;
use crate::crypto::{Sealer, SecretFile};
use crate::id::{AgencyId, StaffId, WebhookId};

use crate::testing::TestDb;

const NOW_MS: i64 = 1_790_000_000_000;

#[test]
fn only_addresses_that_mean_the_same_to_everybody_are_public() {
    for public in [
        "1.1.1.1",
        "100.63.0.1",
        "172.32.0.1",
        "198.20.0.1",
        "2606:4700::1111",
        "2001:4860::8888",
    ] {
        assert!(is_public(public.parse().expect("an address")), "{public}");
    }
    for special in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fe80::1",
        "ff02::1",
    ] {
        assert!(!is_public(special.parse().expect("an address")), "{special}");
    }
}

#[test]
fn an_address_is_whole_and_leads_outside_by_tls() {
    assert!(parse("https://studio.example/hooks?from=school", false).is_ok());
    for refused in [
        "studio.example/hooks",
        "http://studio.example/",
        "ftp://studio.example/",
        "https://me:secret@studio.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://",
        "file:///etc/passwd",
    ] {
        let error = parse(refused, false).expect_err(refused);
        assert_eq!((error.code(), error.field()), ("webhook-url", Some("url")), "{refused}");
    }
    assert!(parse(&format!("https://studio.example/{}", "a".repeat(500)), false).is_err());
    assert!(parse("http://127.0.0.1:8080/hook", true).is_ok());
    assert!(parse("ftp://studio.example/", true).is_err());
}

fn sealer_in(test: &TestDb) -> Sealer {
    Sealer::new(&SecretFile::create(&test.folder().join("secret.key")).expect("a secret"))
}

fn admin_of(agency_id: AgencyId, is_admin: bool) -> Operator {
    Operator {
        staff_id: StaffId(1),
        email: "wang@studio.example".to_owned(),
        agency_id,
        is_admin,
        address: None,
    }
}

#[test]
fn what_happens_is_told_to_the_webhooks_of_that_agency_until_they_are_removed() {
    let test = TestDb::new();
    let (mut conn, sealer) = (test.connect(), sealer_in(&test));
    let [agency, other] =
        ["STUDIO", "OTHER"].map(|code| add_agency(&mut conn, OPERATOR, code, code, NOW_MS).expect("an agency"));
    let (admin, stranger) = (admin_of(agency, true), admin_of(other, true));
    let url = ("https://studio.example/hook", false);
    let refused = add_webhook(&mut conn, &sealer, &admin_of(agency, false), url, NOW_MS);
    assert_eq!(refused.expect_err("an administrator's").code(), "forbidden");
    let secret = add_webhook(&mut conn, &sealer, &admin, url, NOW_MS).expect("a webhook");
    let webhook_id = list_webhooks(&mut conn, agency)
        .expect("a list")
        .first()
        .expect("it")
        .webhook_id;
    assert!(remove_webhook(&mut conn, &stranger, webhook_id, NOW_MS).is_err());
    assert!(ping(&mut conn, &stranger, webhook_id, NOW_MS).is_err());

    announce(&mut conn, other, Event::BatchFinished, &json!({"batch_id": 1}), NOW_MS).expect("nobody listens");
    announce(&mut conn, agency, Event::BatchFinished, &json!({"batch_id": 2}), NOW_MS).expect("told");
    let log = list_deliveries(&mut conn, agency, 10).expect("a log");
    let [only] = log.as_slice() else {
        panic!("one delivery, not {log:?}")
    };
    let due = find_due(&mut conn, &sealer, only.delivery_id)
        .expect("a read")
        .expect("it is due");
    assert_eq!(secrecy::ExposeSecret::expose_secret(&due.secret), secret);
    let body: serde_json::Value = serde_json::from_str(&due.body).expect("JSON");
    assert_eq!(
        (&body["type"], &body["data"]["batch_id"]),
        (&json!("batch.finished"), &json!(2))
    );
    assert!(list_deliveries(&mut conn, other, 10).expect("a log").is_empty());

    for (attempt, state) in [
        (Attempt::Failed("webhook-timeout"), DeliveryState::Waiting),
        (Attempt::Answered(500), DeliveryState::Waiting),
        (Attempt::Answered(204), DeliveryState::Delivered),
    ] {
        note_attempt(&mut conn, only.delivery_id, attempt, NOW_MS).expect("noted");
        let log = list_deliveries(&mut conn, agency, 1).expect("a log");
        assert_eq!(log.first().map(|delivery| delivery.state), Some(state), "{attempt:?}");
    }
    assert!(
        find_due(&mut conn, &sealer, only.delivery_id)
            .expect("a read")
            .is_none(),
        "told once"
    );

    ping(&mut conn, &admin, webhook_id, NOW_MS).expect("tried");
    let tried = list_deliveries(&mut conn, agency, 1)
        .expect("a log")
        .first()
        .expect("it")
        .delivery_id;
    remove_webhook(&mut conn, &admin, webhook_id, NOW_MS).expect("removed");
    assert!(
        find_due(&mut conn, &sealer, tried).expect("a read").is_none(),
        "nothing more is told"
    );
    assert!(remove_webhook(&mut conn, &admin, WebhookId(webhook_id.0), NOW_MS).is_err());
}

#[test]
fn an_agency_has_five_webhooks_at_most() {
    let test = TestDb::new();
    let (mut conn, sealer) = (test.connect(), sealer_in(&test));
    let agency = add_agency(&mut conn, OPERATOR, "STUDIO", "Studio", NOW_MS).expect("an agency");
    let admin = admin_of(agency, true);
    let mut add = || add_webhook(&mut conn, &sealer, &admin, ("https://studio.example/", false), NOW_MS);
    for _ in 0..5 {
        add().expect("one of five");
    }
    assert_eq!(add().expect_err("the sixth").code(), "too-many-webhooks");
}
