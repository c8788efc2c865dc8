//! Mails from outside: who may hand them in, what is answered, and the page on which a writer says that it was them.

use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::crypto::Purpose;
use domain::db::schema::{evidence, notices, tickets};
use domain::id::TicketId;
use domain::integrators::commands::add_integrator;
use domain::integrators::model::Right;
use domain::mail_intake::address::ticket_address;
use domain::storage::ObjectKind;
use domain::tickets::machine::{Step, TicketState};
use poem::http::StatusCode;
use poem::test::TestResponse;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::student_tickets::step;
use crate::students::refusals;
use crate::{App, body};
use backend::app::WebSettings;
use backend::auth::SessionToken;

const MAIL: &str = "Message-ID: <a@mail.example>\r\nFrom: zhang@mail.example\r\nSubject: name\r\n\
    Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nwrong\r\n\
    --b\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n--b--\r\n";

async fn token(app: &App, rights: &'static [Right]) -> String {
    let now_ms = app.house.clock.now_ms();
    let made = app
        .house
        .db
        .write_tx(move |conn| add_integrator(conn, ("mail server", 30), None, rights, now_ms));
    made.await.expect("a token")
}

async fn hand_in(app: &App, token: &str, raw: impl Into<Vec<u8>>) -> TestResponse {
    app.client
        .post("/api/v1/mail")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "message/rfc822")
        .body(raw.into())
        .send()
        .await
}

async fn json_of(answer: TestResponse) -> Value {
    serde_json::from_str(&body(answer).await).expect("JSON")
}

/// The link of the last mail that was sent.
async fn link(app: &App) -> String {
    let sealer = app.house.sealer.clone();
    let read = app.house.db.read(move |conn| {
        let (sealed, parameters): (Option<Vec<u8>>, String) = notices::table
            .order(notices::notice_id.desc())
            .select((notices::secret_sealed, notices::parameters))
            .first(conn)?;
        let token = sealer.open_text(Purpose::new("notice-secret"), &sealed.unwrap_or_default())?;
        let parameters: Value = serde_json::from_str(&parameters)?;
        let path = parameters["path"].as_str().unwrap_or_default();
        Ok(format!("/{path}/{}", token.expose_secret()))
    });
    read.await.expect("a link")
}

/// Confirms the ticket of a link, as a browser does that nobody is signed in with.
async fn confirm(app: &App, path: &str) -> TestResponse {
    let stranger = SessionToken::generate().expect("randomness");
    let cookie = stranger.set_cookie(&WebSettings::default());
    let cookie = cookie.to_str().expect("ASCII").split(';').next().expect("a pair");
    app.client
        .post(path.to_owned())
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .form(&[("csrf", stranger.form_token())])
        .send()
        .await
}

#[tokio::test]
async fn a_mail_is_taken_once_from_whoever_may_hand_mails_in() {
    let app = App::new().await;
    let (mails, roll) = (token(&app, &[Right::Mail]).await, token(&app, &[Right::Roll]).await);
    hand_in(&app, "rollproof_nobody", MAIL)
        .await
        .assert_status(StatusCode::UNAUTHORIZED);
    hand_in(&app, &roll, MAIL).await.assert_status(StatusCode::FORBIDDEN);
    let nobody = app.client.post("/api/v1/mail").body(MAIL).send().await;
    nobody.assert_status(StatusCode::UNAUTHORIZED);
    let taken = json_of(hand_in(&app, &mails, MAIL).await).await;
    assert_eq!(
        taken,
        json!({ "outcome": "drafted", "ticket_id": 1, "is_known": false })
    );
    let again = json_of(hand_in(&app, &mails, MAIL).await).await;
    assert_eq!(again, json!({ "outcome": "drafted", "ticket_id": 1, "is_known": true }));
    let stored = app.house.store.list(ObjectKind::Evidence, None).await.expect("a list");
    assert_eq!(stored.objects.len(), 1);
    for (raw, status) in [
        (b"no mail".to_vec(), StatusCode::UNPROCESSABLE_ENTITY),
        (vec![b'x'; (25 << 20) + 1], StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        hand_in(&app, &mails, raw).await.assert_status(status);
    }
}

#[tokio::test]
async fn files_of_mails_that_lead_to_nothing_are_not_kept() {
    let app = App::new().await;
    let mails = token(&app, &[Right::Mail]).await;
    hand_in(&app, &mails, MAIL).await.assert_status_is_ok();
    let soon = MAIL.replace("<a@mail.example>", "<b@mail.example>");
    let taken = json_of(hand_in(&app, &mails, soon).await).await;
    assert_eq!(taken["outcome"], "too-soon");
    let automatic = MAIL.replace("<a@mail.example>", "<c@mail.example>\r\nAuto-Submitted: auto-replied");
    let taken = json_of(hand_in(&app, &mails, automatic).await).await;
    assert_eq!(taken["outcome"], "auto-submitted");
    let stored = app.house.store.list(ObjectKind::Evidence, None).await.expect("a list");
    assert_eq!(stored.objects.len(), 1, "that of the first");
}

#[tokio::test]
async fn a_writer_confirms_on_a_page_and_opening_it_alone_does_nothing() {
    let app = App::with(WebSettings::default(), Role::Registrar).await;
    let mails = token(&app, &[Right::Mail]).await;
    hand_in(&app, &mails, MAIL).await.assert_status_is_ok();
    let path = link(&app).await;
    for _ in 0..2 {
        let page = app.client.get(path.clone()).send().await;
        page.assert_status_is_ok();
        assert!(body(page).await.contains("method=\"post\""));
    }
    confirm(&app, &path).await.assert_status_is_ok();
    confirm(&app, &path).await.assert_status(StatusCode::GONE);
    app.client.get(path).send().await.assert_status(StatusCode::GONE);
    let read = app.house.db.read(|conn| {
        let state: String = tickets::table.select(tickets::state).first(conn)?;
        let expires: Option<i64> = evidence::table.select(evidence::expires_at_ms).first(conn)?;
        Ok((state, expires))
    });
    assert_eq!(read.await.expect("rows"), ("submitted".to_owned(), None));
}

#[tokio::test]
async fn a_writer_without_an_account_is_answered_by_mail_and_answers_by_mail() {
    let app = App::with(WebSettings::default(), Role::Registrar).await;
    let mails = token(&app, &[Right::Mail]).await;
    hand_in(&app, &mails, MAIL).await.assert_status_is_ok();
    confirm(&app, &link(&app).await).await.assert_status_is_ok();
    step(&app, 1, Step::Review, "", None).await;
    let asked = step(&app, 1, Step::Ask, "请补充身份证背面", None).await;
    assert_eq!(asked, TicketState::NeedMore);

    let path = link(&app).await;
    let page = app.client.get(path.clone()).send().await;
    page.assert_status_is_ok();
    let page = body(page).await;
    assert!(page.contains("请补充身份证背面") && page.contains("wrong"), "{page}");
    for other in [
        path.replace("/1.", "/2."),
        path.replace("/1.", "/1.A"),
        "/mail/tickets/1".to_owned(),
    ] {
        app.client.get(other).send().await.assert_status(StatusCode::GONE);
    }
    assert_eq!(
        refusals(&app, "ticket.mail-link").await,
        1,
        "the first of a minute is in the trail"
    );

    let to = ticket_address(&app.house.sealer, &app.house.config.mail_from, TicketId(1));
    let answer = MAIL
        .replace("<a@mail.example>", &format!("<b@mail.example>\r\nTo: {to}"))
        .replace("wrong", "here it is");
    let taken = json_of(hand_in(&app, &mails, answer).await).await;
    assert_eq!(taken["outcome"], "answered");
    let page = body(app.client.get(path.clone()).send().await).await;
    assert!(page.contains("here it is"));
    let done = step(&app, 1, Step::Approve, "", Some("other@example.edu")).await;
    assert_eq!(
        done,
        TicketState::Notified,
        "an answer took it up again, and the end is told by mail"
    );
    let told = app
        .house
        .db
        .read(|conn| Ok(notices::table.count().get_result::<i64>(conn)?));
    assert_eq!(told.await.expect("a count"), 4, "confirm, received, question, done");
}
