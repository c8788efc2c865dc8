//! An agency's server is told what happened, by a receiver that checks what it is told as any program would.

use domain::accounts::model::Role;
use domain::jobs::NOTICES;
use hmac::{Hmac, KeyInit as _, Mac as _};
use poem::http::{HeaderMap, StatusCode};
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{EndpointExt as _, Route, Server, handler, post};
use sha2::Sha256;
use tokio::sync::mpsc;
use worker::JobContext;

use crate::agency::Person;
use crate::{App, body};

/// A message as the receiver had it.
struct Message {
    headers: HeaderMap,
    text: String,
}

#[handler]
async fn take(
    messages: poem::web::Data<&mpsc::UnboundedSender<Message>>,
    headers: &HeaderMap,
    text: String,
) -> StatusCode {
    let headers = headers.clone();
    messages.send(Message { headers, text }).expect("the test listens");
    StatusCode::NO_CONTENT
}

/// Serves on loopback; gives the address and what arrives.
async fn receiver() -> (String, mpsc::UnboundedReceiver<Message>) {
    let (sender, messages) = mpsc::unbounded_channel();
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a port");
    let address = acceptor.local_addr().first().expect("an address").to_string();
    let routes = Route::new().at("/hook", post(take)).data(sender);
    tokio::spawn(Server::new_with_acceptor(acceptor).run(routes));
    (
        format!("http://{}/hook", address.trim_start_matches("socket://")),
        messages,
    )
}

/// Tells what waits until one message has arrived.
async fn tell(app: &App, messages: &mut mpsc::UnboundedReceiver<Message>) -> Message {
    let house = app.house.clone();
    let ctx = JobContext::new(house.db, house.store, house.sealer, house.config, house.clock);
    let (sender, arrived) = tokio::sync::oneshot::channel();
    let stop = async {
        let message = messages.recv().await.expect("the receiver lives");
        sender.send(message).ok().expect("somebody waits");
    };
    worker::run(ctx, &[NOTICES], stop).await.expect("the workers run");
    arrived.await.expect("a message")
}

fn header<'a>(message: &'a Message, name: &str) -> &'a str {
    message.headers[name].to_str().expect("ASCII")
}

fn signature(secret: &str, message: &Message) -> String {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    let key = BASE64_STANDARD
        .decode(secret.trim_start_matches("whsec_"))
        .expect("base 64");
    let mut code = Hmac::<Sha256>::new_from_slice(&key).expect("any key");
    let (id, at) = (header(message, "webhook-id"), header(message, "webhook-timestamp"));
    code.update(format!("{id}.{at}.{}", message.text).as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(code.finalize().into_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_told_and_can_tell_who_asks() {
    let app = App::new().await.configured(|config| config.webhooks_to_private = true);
    let (url, mut messages) = receiver().await;
    let admin = Person::of(&app, "studio", Role::AgencyAdmin).await;
    let operator = Person::of(&app, "studio", Role::AgencyOperator).await;
    operator
        .get("/agency/webhooks")
        .send()
        .await
        .assert_status(StatusCode::FORBIDDEN);
    let made = body(admin.post("/agency/webhooks", &[("url", &url)]).await).await;
    let (_, rest) = made.split_once("value=\"whsec_").expect("the secret, once");
    let secret = format!(
        "whsec_{}",
        rest.split_once('"').expect("quoted").0.replace("&#x2F;", "/")
    );
    admin
        .post("/agency/webhooks/1", &[("what", "ping")])
        .await
        .assert_status(StatusCode::SEE_OTHER);
    let told = tell(&app, &mut messages).await;
    assert_eq!(header(&told, "webhook-signature"), signature(&secret, &told));
    let said: serde_json::Value = serde_json::from_str(&told.text).expect("JSON");
    assert_eq!(said["type"], "ping");
    let page = body(admin.get("/agency/webhooks").send().await).await;
    assert!(page.contains("已送达") && page.contains("HTTP 204"), "the log says so");
    assert!(!page.contains("whsec_"), "shown once");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_this_server_ask_its_own_network() {
    let app = App::new().await;
    let admin = Person::of(&app, "studio", Role::AgencyAdmin).await;
    for url in [
        "http://127.0.0.1:8700/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "nonsense",
    ] {
        let refused = admin.post("/agency/webhooks", &[("url", url)]).await;
        refused.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
}
