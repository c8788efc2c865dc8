//! Text messages through a gateway: told once more where it is away, given up where it refuses, and never when it is too late.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use domain::db::Db;
use domain::db::schema::{jobs, notice_deliveries};
use domain::jobs::NOTICES;
use domain::notices::commands::tell;
use domain::notices::model::{DeliveryState, NewNotice, NoticeKind};
use poem::http::{HeaderMap, StatusCode};
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{EndpointExt as _, Route, Server, handler, post};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use worker::JobContext;

use crate::students::{Student, refusals};
use crate::work::{Worked, worked};
use crate::{App, body};

/// A message as the gateway had it: its key, and what it says.
type Message = (String, Value);

/// What a gateway answers, one after the other, and whom it tells.
#[derive(Clone)]
struct Gateway {
    answers: Arc<Mutex<VecDeque<u16>>>,
    sender: mpsc::UnboundedSender<Message>,
}

#[handler]
async fn take(gateway: poem::web::Data<&Gateway>, headers: &HeaderMap, text: String) -> StatusCode {
    let key = headers["idempotency-key"].to_str().expect("ASCII").to_owned();
    let said = serde_json::from_str(&text).expect("JSON");
    let answer = gateway.answers.lock().expect("nobody panicked").pop_front();
    gateway.sender.send((key, said)).expect("the test listens");
    StatusCode::from_u16(answer.expect("no more than was expected")).expect("a status")
}

/// Serves on loopback; gives the address and what arrives.
async fn gateway(answers: &[u16]) -> (String, mpsc::UnboundedReceiver<Message>) {
    let (sender, messages) = mpsc::unbounded_channel();
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a port");
    let address = acceptor.local_addr().first().expect("an address").to_string();
    let answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
    let routes = Route::new().at("/", post(take)).data(Gateway { answers, sender });
    tokio::spawn(Server::new_with_acceptor(acceptor).run(routes));
    (format!("http://{}/", address.trim_start_matches("socket://")), messages)
}

/// Has a code sent to a telephone, which is of no use after a while.
async fn send_code(app: &App, expires_at_ms: i64) {
    let (sealer, now_ms) = (app.house.sealer.clone(), app.house.clock.now_ms());
    let told = app.house.db.write_tx(move |conn| {
        let notice = NewNotice {
            student_id: None,
            record_id: None,
            kind: NoticeKind::PhoneCode,
            unique_key: "phone-code:1".to_owned(),
            parameters: json!({ "minutes": 10 }),
            secret: Some("271828"),
            expires_at_ms: Some(expires_at_ms),
            to: Some("13900000000"),
        };
        tell(conn, &sealer, &notice, now_ms)
    });
    assert!(told.await.expect("told"));
}

/// How the only delivery stands: state, attempts, what was wrong.
async fn standing(db: &Db) -> (DeliveryState, i32, Option<String>) {
    let read = db.read(|conn| {
        let columns = (
            notice_deliveries::state,
            notice_deliveries::attempts,
            notice_deliveries::fault,
        );
        Ok(notice_deliveries::table.select(columns).first(conn)?)
    });
    read.await.expect("a delivery")
}

/// Runs what is due until the only delivery was tried once more.
async fn deliver(app: &App) -> (DeliveryState, i32, Option<String>) {
    let due = app.house.db.write_tx(|conn| {
        Ok(diesel::update(jobs::table)
            .set(jobs::run_at_ms.eq(0_i64))
            .execute(conn)?)
    });
    due.await.expect("due");
    let (_, attempts, _) = standing(&app.house.db).await;
    let house = app.house.clone();
    let ctx = JobContext::new(house.db, house.store, house.sealer, house.config, house.clock);
    let watched = ctx.clone();
    let stop = async move {
        loop {
            let changed = watched.wake().notified();
            if standing(watched.db()).await.1 > attempts {
                return;
            }
            changed.await;
        }
    };
    worker::run(ctx, &[NOTICES], stop).await.expect("the workers run");
    standing(&app.house.db).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_away_is_asked_again_under_the_same_key() {
    let (url, mut messages) = gateway(&[503, 429, 200]).await;
    let app = App::new().await.configured(|config| config.sms_url = Some(url));
    send_code(&app, i64::MAX).await;
    let failed = (DeliveryState::Waiting, Some("message-gateway".to_owned()));
    for attempts in [1, 2] {
        assert_eq!(deliver(&app).await, (failed.0, attempts, failed.1.clone()));
    }
    assert_eq!(deliver(&app).await, (DeliveryState::Delivered, 3, None));
    let mut told = Vec::new();
    while let Ok(message) = messages.try_recv() {
        told.push(message);
    }
    assert_eq!(told.len(), 3);
    assert!(
        told.iter().all(|message| *message == told[0]),
        "the same key and text each time"
    );
    assert_eq!(told[0].1["to"], "13900000000");
    assert!(told[0].1["text"].as_str().expect("a text").contains("271828"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_refuses_is_given_up() {
    let (url, _messages) = gateway(&[422]).await;
    let app = App::new().await.configured(|config| config.sms_url = Some(url));
    send_code(&app, i64::MAX).await;
    let refused = Some("message-refused".to_owned());
    assert_eq!(deliver(&app).await, (DeliveryState::GivenUp, 1, refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_of_no_use_any_more_is_not_sent() {
    let (url, mut messages) = gateway(&[]).await;
    let app = App::new().await.configured(|config| config.sms_url = Some(url));
    let now_ms = app.house.clock.now_ms();
    send_code(&app, now_ms).await;
    let late = Some("too-late".to_owned());
    assert_eq!(deliver(&app).await, (DeliveryState::GivenUp, 1, late));
    assert!(messages.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_telephone_takes_a_code_of_its_own_which_is_not_sent_twice_in_a_minute() {
    let (url, mut messages) = gateway(&[200]).await;
    let Worked { app, .. } = worked().await;
    let app = app.configured(|config| config.sms_url = Some(url));
    let student = Student::nth(&app, 0).await;
    let change = async |code: &str| {
        let fields = [("phone", "139 0000 7777"), ("code", code)];
        student.post("/account/phone", &fields).await
    };
    change("").await.assert_status_is_ok();
    assert_eq!(deliver(&app).await.0, DeliveryState::Delivered);
    let (_, told) = messages.recv().await.expect("a code");
    assert_eq!(told["to"], "13900007777");
    let text = told["text"].as_str().expect("a text");
    let digits = |part: &&str| part.len() == 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    let code = text
        .split(|c: char| !c.is_ascii_digit())
        .find(digits)
        .expect("six digits");
    change("").await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refusals(&app, "student.send-code").await, 1);
    let wrong = format!("{:06}", (code.parse::<u32>().expect("a number") + 1) % 1_000_000);
    change(&wrong).await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refusals(&app, "student.take-phone").await, 1);
    let taken = change(code).await;
    taken.assert_status_is_ok();
    let page = body(taken).await;
    assert!(page.contains("手机号已更换") && page.contains("7777") && !page.contains("13900007777"));
    change(code).await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
}
