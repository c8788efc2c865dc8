//! Evidence from outside: who adds, who looks, and that every look and refusal is in the trail.

use diesel::prelude::*;
use domain::db::schema::{audit_entries, evidence, staff, tickets};
use domain::id::{StudentId, TicketId};
use domain::jobs::EVIDENCE;
use domain::storage::ObjectKind;
use domain::tickets::commands::open_ticket;
use domain::tickets::model::{CameBy, Hand, NewTicket, TicketKind};
use poem::http::StatusCode;
use poem::test::{TestForm, TestFormField, TestResponse};
use worker::JobContext;

use crate::students::Student;
use crate::work::{Worked, worked};
use crate::{App, EMAIL, body, form_token, header};

/// A picture of four pixels; what it shows is known.
const SCAN: &[u8] = b"GIF89a\x02\0\x02\0\x80\0\0\xff\0\0\0\0\xff,\0\0\0\0\x02\0\x02\0\0\x02\x03\x44\x02\x05\0;";

/// A ticket of the student's account.
async fn ticket_of(app: &App, student: &Student<'_>) -> i64 {
    let (sealer, now_ms, token) = (
        app.house.sealer.clone(),
        app.house.clock.now_ms(),
        student.browser.token.stored_hash(),
    );
    let opened = app.house.db.write_tx(move |conn| {
        use domain::db::schema::student_sessions;
        let student_id: StudentId = student_sessions::table
            .find(token.to_vec())
            .select(student_sessions::student_id)
            .first(conn)?;
        let new = NewTicket {
            kind: TicketKind::Account,
            came_by: CameBy::Page,
            student_id: Some(student_id),
            record_id: None,
            photo_id: None,
            reason: None,
            body: "名字写错了".to_owned(),
            reply_to: None,
            phone: None,
        };
        open_ticket(conn, &sealer, Hand::House, &new, now_ms)
    });
    opened.await.expect("a ticket").0
}

fn form(token: &str, what: &str, bytes: Vec<u8>) -> TestForm {
    TestForm::new()
        .text("csrf", token.to_owned())
        .text("what", what.to_owned())
        // The field of the camera, left empty.
        .field(TestFormField::bytes(Vec::new()).name("file").filename(""))
        .field(TestFormField::bytes(bytes).name("file").filename("zhang-san.jpg"))
}

async fn add(app: &App, student: &Student<'_>, ticket: i64, what: &str, bytes: &[u8]) -> TestResponse {
    app.client
        .post(format!("/tickets/{ticket}/evidence"))
        .header("cookie", student.browser.cookie())
        .header("sec-fetch-site", "same-origin")
        .multipart(form(&student.browser.token.form_token(), what, bytes.to_vec()))
        .send()
        .await
}

/// Lets the workers deal with everything that was handed in.
async fn prepare(app: &App) {
    let house = app.house.clone();
    let db = house.db.clone();
    let ctx = JobContext::new(house.db, house.store, house.sealer, house.config, house.clock);
    let stop = async move {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
        loop {
            tick.tick().await;
            let waiting = db.read(|conn| {
                Ok(evidence::table
                    .filter(evidence::state.eq("waiting").or(evidence::has_upload.eq(true)))
                    .count()
                    .get_result::<i64>(conn)?)
            });
            if waiting.await.expect("a count") == 0 {
                return;
            }
        }
    };
    worker::run(ctx, &[EVIDENCE], stop).await.expect("the workers run");
}

async fn acts(app: &App, action: &'static str, is_success: bool) -> i64 {
    let read = app.house.db.read(move |conn| {
        Ok(audit_entries::table
            .filter(audit_entries::action.eq(action))
            .filter(audit_entries::is_success.eq(is_success))
            .count()
            .get_result(conn)?)
    });
    read.await.expect("a count")
}

async fn become_role(app: &App, role: &'static str) {
    let changed = app.house.db.write_tx(move |conn| {
        diesel::update(staff::table.filter(staff::email.eq(EMAIL)))
            .set(staff::role.eq(role))
            .execute(conn)?;
        Ok(())
    });
    changed.await.expect("changed");
}

/// The address of the first page that a viewer shows.
fn first_address(html: &str) -> String {
    let (_, rest) = html
        .split_once("<figure class=\"evidence-page\"><img src=\"")
        .expect("a page is shown");
    rest.split_once('"').expect("closed").0.replace("&#x2F;", "/")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_adds_and_the_office_looks_and_both_are_seen_to() {
    let Worked { app, .. } = worked().await;
    let (student, other) = (Student::nth(&app, 0).await, Student::nth(&app, 1).await);
    let ticket = ticket_of(&app, &student).await;
    let taken = add(&app, &student, ticket, "id-card", SCAN).await;
    taken.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(header(&taken, "location"), format!("/tickets/{ticket}?done=evidence"));
    add(&app, &other, ticket, "id-card", SCAN)
        .await
        .assert_status(StatusCode::NOT_FOUND);
    prepare(&app).await;

    let viewer = format!("/console/tickets/{ticket}/evidence/1");
    let case = body(app.get(&format!("/console/tickets/{ticket}")).send().await).await;
    assert!(
        case.contains("evidence&#x2F;1\"") || case.contains("evidence/1\""),
        "the piece is listed"
    );
    assert!(!case.contains("/pages/"), "and not shown");
    let html = body(app.get(&viewer).send().await).await;
    assert!(!html.contains("download"), "{html}");
    let address = first_address(&html);
    let page = app.get(&address).send().await;
    page.assert_status_is_ok();
    assert_eq!(header(&page, "cache-control"), "no-store");
    assert_eq!(header(&page, "content-type"), "image/jpeg");
    let jpeg = page.0.into_body().into_bytes().await.expect("a body");
    assert!(jpeg.starts_with(&[0xFF, 0xD8, 0xFF]));
    assert_eq!(acts(&app, "evidence.view", true).await, 2, "the viewer and the page");
    let forged = address.replace("key=", "key=A");
    app.get(&forged).send().await.assert_status(StatusCode::FORBIDDEN);

    let own = format!("/tickets/{ticket}/evidence/1");
    let html = body(student.get(&own).await).await;
    student.get(&first_address(&html)).await.assert_status_is_ok();
    student.get(&address).await.assert_status(StatusCode::SEE_OTHER);
    other.get(&own).await.assert_status(StatusCode::NOT_FOUND);
    other
        .get(&first_address(&html))
        .await
        .assert_status(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_sees_that_it_exists_and_who_looked_and_no_picture() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 0).await;
    let ticket = ticket_of(&app, &student).await;
    add(&app, &student, ticket, "id-card", SCAN)
        .await
        .assert_status(StatusCode::SEE_OTHER);
    prepare(&app).await;
    let viewer = format!("/console/tickets/{ticket}/evidence/1");
    let address = first_address(&body(app.get(&viewer).send().await).await);
    become_role(&app, "auditor").await;
    let html = body(app.get(&viewer).send().await).await;
    assert!(
        html.contains(EMAIL) && !html.contains("<img src=\"/console/tickets"),
        "{html}"
    );
    app.get(&address).send().await.assert_status(StatusCode::FORBIDDEN);
    assert_eq!(acts(&app, "evidence.view", false).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_is_scanned_by_the_office_and_by_nobody_who_only_reads() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 0).await;
    let ticket = ticket_of(&app, &student).await;
    let token = form_token(&app).await;
    let path = format!("/console/tickets/{ticket}/evidence");
    let post = || app.post(&path).multipart(form(&token, "id-card", SCAN.to_vec()));
    post().send().await.assert_status(StatusCode::SEE_OTHER);
    prepare(&app).await;
    let own = format!("/tickets/{ticket}/evidence/1");
    student.get(&own).await.assert_status(StatusCode::FORBIDDEN);
    assert_eq!(
        acts(&app, "evidence.view", false).await,
        1,
        "it is not what the student brought"
    );
    become_role(&app, "auditor").await;
    post().send().await.assert_status(StatusCode::FORBIDDEN);
    assert_eq!(acts(&app, "evidence.add", false).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_or_too_late_is_refused_and_leaves_nothing() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 0).await;
    let ticket = ticket_of(&app, &student).await;
    let large = vec![0; (10 << 20) + 1];
    for (what, bytes, status) in [
        ("id-card", large.as_slice(), StatusCode::PAYLOAD_TOO_LARGE),
        ("id-card", b"", StatusCode::UNPROCESSABLE_ENTITY),
        ("pledge", SCAN, StatusCode::UNPROCESSABLE_ENTITY),
        ("", SCAN, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        add(&app, &student, ticket, what, bytes).await.assert_status(status);
    }
    let huge = vec![0; 11 << 20];
    let cut = add(&app, &student, ticket, "id-card", &huge).await;
    cut.assert_status(StatusCode::PAYLOAD_TOO_LARGE);
    let ended = app.house.db.write_tx(move |conn| {
        diesel::update(tickets::table.find(TicketId(ticket)))
            .set((tickets::state.eq("withdrawn"), tickets::is_open.eq(false)))
            .execute(conn)?;
        Ok(())
    });
    ended.await.expect("ended");
    add(&app, &student, ticket, "id-card", SCAN)
        .await
        .assert_status(StatusCode::CONFLICT);
    let stored = app.house.store.list(ObjectKind::Evidence, None).await.expect("a list");
    assert_eq!(stored.objects, []);
    let rows = app
        .house
        .db
        .read(|conn| Ok(evidence::table.count().get_result::<i64>(conn)?));
    assert_eq!(rows.await.expect("a count"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_file_stands_in_rows_objects_or_payloads() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 0).await;
    let ticket = ticket_of(&app, &student).await;
    let file = b"%PDF-1.4 110105194912310021 and no more";
    add(&app, &student, ticket, "other", file)
        .await
        .assert_status(StatusCode::SEE_OTHER);
    let listed = app.house.store.list(ObjectKind::Evidence, None).await.expect("a list");
    for object in &listed.objects {
        let stored = app.house.store.get(&object.key).await.expect("stored");
        assert!(!stored.windows(8).any(|window| window == b"11010519"));
    }
    prepare(&app).await;
    let read = app.house.db.read(|conn| {
        use domain::db::schema::jobs;
        let jobs: Vec<(String, Option<String>)> = jobs::table.select((jobs::payload, jobs::last_error)).load(conn)?;
        let fault: Option<String> = evidence::table.select(evidence::fault).first(conn)?;
        Ok((jobs, fault))
    });
    let (jobs, fault) = read.await.expect("rows");
    assert_eq!(fault.as_deref(), Some("evidence-damaged"));
    let written = jobs.iter().flat_map(|(payload, error)| [Some(payload), error.as_ref()]);
    assert!(
        written
            .flatten()
            .all(|text| !text.contains("11010519") && !text.contains("zhang-san"))
    );
}
