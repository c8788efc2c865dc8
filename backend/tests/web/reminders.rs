//! The way out of reminders: every reminder's mail names it, and only somebody who wants it takes it.

use diesel::prelude::*;
use domain::db::schema::students;
use domain::id::StudentId;
use domain::jobs::NOTICES;
use domain::notices::commands::tell;
use domain::notices::model::{NewNotice, NoticeKind};
use domain::students::model::StudentState;
use domain::students::queries::takes_reminders;
use domain::texts::Language;
use poem::http::StatusCode;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use worker::JobContext;

use crate::App;

type Mails = mpsc::UnboundedReceiver<String>;

/// A mail server on loopback that takes everything: its address, and the mails.
async fn mail_server() -> (String, Mails) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, mails) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(take_mails(client, sender.clone()));
        }
    });
    (format!("smtp://{address}"), mails)
}

/// Speaks as much SMTP as a client that sends needs.
async fn take_mails(client: TcpStream, mails: mpsc::UnboundedSender<String>) {
    let (reader, mut writer) = client.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.example\r\n").await.expect("a client");
    let mut mail: Option<String> = None;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match (&mut mail, line.as_str()) {
            (Some(whole), ".") => {
                mails.send(std::mem::take(whole)).expect("the test listens");
                mail = None;
                "250 taken\r\n"
            }
            (Some(whole), text) => {
                whole.push_str(text);
                whole.push('\n');
                continue;
            }
            (None, "DATA") => {
                mail = Some(String::new());
                "354 go on\r\n"
            }
            (None, _) => "250 mail.example\r\n",
        };
        writer.write_all(answer.as_bytes()).await.expect("a client");
    }
}

async fn account(app: &App) -> StudentId {
    let made = app.house.db.write_tx(|conn| {
        let account = (
            students::email.eq("zhang@mail.example"),
            students::state.eq(StudentState::Registered),
            students::password_hash.eq("none"),
            students::language.eq(Language::En),
            students::created_at_ms.eq(0_i64),
        );
        let insert = diesel::insert_into(students::table).values(account);
        Ok(insert.returning(students::student_id).get_result(conn)?)
    });
    made.await.expect("an account")
}

/// Tells the student something of a kind, and has it delivered: the mail.
async fn deliver(app: &App, mails: &mut Mails, student_id: StudentId, kind: NoticeKind) -> String {
    let (sealer, now_ms) = (app.house.sealer.clone(), app.house.clock.now_ms());
    let told = app.house.db.write_tx(move |conn| {
        let notice = NewNotice {
            student_id: Some(student_id),
            record_id: None,
            kind,
            unique_key: kind.to_string(),
            parameters: json!({ "days": 3 }),
            secret: None,
            expires_at_ms: None,
            to: None,
        };
        tell(conn, &sealer, &notice, now_ms)
    });
    assert!(told.await.expect("told"));
    let house = app.house.clone();
    let ctx = JobContext::new(house.db, house.store, house.sealer, house.config, house.clock);
    let (sender, arrived) = tokio::sync::oneshot::channel();
    let stop = async {
        let mail = mails.recv().await.expect("the server lives");
        sender.send(mail).expect("somebody waits");
    };
    worker::run(ctx, &[NOTICES], stop).await.expect("the workers run");
    arrived.await.expect("a mail")
}

async fn is_reminded(app: &App, student_id: StudentId) -> bool {
    let read = app.house.db.read(move |conn| takes_reminders(conn, student_id));
    read.await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_names_a_way_out_that_no_scanner_takes() {
    let (server, mut mails) = mail_server().await;
    let app = App::new().await.configured(|config| config.smtp_url = Some(server));
    let student_id = account(&app).await;
    let news = deliver(&app, &mut mails, student_id, NoticeKind::PhotoArrived).await;
    assert!(!news.contains("List-Unsubscribe"), "news have no way out");
    let reminder = deliver(&app, &mut mails, student_id, NoticeKind::VerdictReminder).await;
    assert!(reminder.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    let unfolded = reminder.replace("\n ", " ");
    let (_, rest) = unfolded.split_once("List-Unsubscribe: <").expect("the header");
    let (address, _) = rest.split_once('>').expect("closed");
    let (_, key) = address.split_once("/unsubscribe/").expect("our page");
    let path = format!("/unsubscribe/{key}");

    // What scanners of mails and previews do: open the address.
    app.client.get(&path).send().await.assert_status_is_ok();
    app.client.head(&path).send().await;
    assert!(is_reminded(&app, student_id).await, "looking changes nothing");
    let foreign = path.replacen(&format!("/{student_id}/"), &format!("/{}/", student_id.0 + 1), 1);
    let refused = app.client.post(foreign).send().await;
    refused.assert_status(StatusCode::GONE);
    assert!(is_reminded(&app, student_id).await);
    // What a mail program does at one click: without cookie or token, by RFC 8058.
    let one_click = [("List-Unsubscribe", "One-Click")];
    app.client
        .post(&path)
        .form(&one_click)
        .send()
        .await
        .assert_status_is_ok();
    assert!(!is_reminded(&app, student_id).await);
}
