//! Reviewing through the pages: by form, by script, by selection and by all that match.

use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::batches::model::Verdict;
use domain::db::schema::{audit_entries, batch_entries, staff};
use poem::http::StatusCode;
use serde_json::Value;

use crate::work::{Worked, worked};
use crate::{App, EMAIL, body, form_token, header};

/// The numbers of the photos on a page of the queue.
fn tiles(html: &str) -> Vec<i64> {
    let tiles = html.split("data-entry=\"").skip(1);
    tiles.filter_map(|rest| rest.split_once('"')?.0.parse().ok()).collect()
}

async fn queue(app: &App, part: &str) -> Vec<i64> {
    tiles(&body(app.get(&format!("/console/review{part}")).send().await).await)
}

async fn decide(app: &App, fields: &[(&str, &str)]) -> Value {
    let token = form_token(app).await;
    let fields: Vec<(&str, &str)> = [("csrf", token.as_str())]
        .into_iter()
        .chain(fields.iter().copied())
        .collect();
    let request = app
        .post("/console/review/decisions")
        .header("accept", "application/json");
    let answer = request.form(&fields).send().await;
    answer.assert_status_is_ok();
    serde_json::from_str(&body(answer).await).expect("JSON")
}

async fn acts(app: &App, action: &'static str) -> i64 {
    let count = app.house.db.read(move |conn| {
        Ok(audit_entries::table
            .filter(audit_entries::action.eq(action))
            .filter(audit_entries::actor.eq(EMAIL))
            .count()
            .get_result(conn)?)
    });
    count.await.expect("the trail")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_review() {
    let Worked { app, secrets } = worked().await;
    let page = body(app.get("/console/review").send().await).await;
    for secret in &secrets {
        assert!(
            !page.contains(secret.as_str()),
            "the queue shows a full name or an identity number"
        );
    }
    let (all, backgrounds) = (queue(&app, "").await, queue(&app, "?reason=BG").await);
    assert!(all.len() > backgrounds.len() && backgrounds.len() > 1);
    one_by_script_and_back_again(&app, backgrounds[0]).await;
    a_form_comes_back_to_its_page(&app, backgrounds[0]).await;
    what_stands_in_the_way_is_said(&app).await;
    all_that_match_need_their_number(&app).await;
    a_pair_is_decided_beside_both_pictures(&app).await;
    what_passed_is_looked_through(&app).await;
}

async fn what_passed_is_looked_through(app: &App) {
    let page = body(app.get("/console/review?band=passed").send().await).await;
    let passed = tiles(&page);
    assert!(passed.len() > 2);
    let is_ticked = |entry: &i64| page.contains(&format!("value=\"{entry}\" checked>"));
    assert!(passed.iter().all(is_ticked));
    let (one, other) = (passed[0].to_string(), passed[1].to_string());
    decide(app, &[("entry", &one), ("decision", "accept")]).await;
    let unticked = [
        ("shown", one.as_str()),
        ("shown", &other),
        ("entry", &one),
        ("decision", "recapture"),
        ("reason", "EYES"),
    ];
    assert_eq!(decide(app, &unticked).await["decided"], serde_json::json!([passed[1]]));
    assert!(queue(app, "?band=passed").await.starts_with(&passed[2..]));
    let count = app.house.db.read(|conn| {
        let not_seen = batch_entries::table.filter(batch_entries::verdict.eq(Verdict::Matched));
        let not_seen = not_seen.filter(batch_entries::is_decided.eq(false));
        Ok(not_seen.count().get_result::<i64>(conn)?)
    });
    let matching = count.await.expect("a count");
    let token = form_token(app).await;
    let fields = [
        ("csrf", token.as_str()),
        ("part-band", "passed"),
        ("matching", &matching.to_string()),
        ("decision", "accept"),
    ];
    let answer = app.post("/console/review/decisions").form(&fields).send().await;
    answer.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(queue(app, "?band=passed").await, [0_i64; 0]);
    let before = acts(app, "photo.take-back").await;
    for entry in [&one, &one, &other] {
        let fields = [("csrf", token.as_str()), ("entry", entry.as_str())];
        app.post("/console/review/take-back").form(&fields).send().await;
    }
    assert_eq!(
        acts(app, "photo.take-back").await,
        before + 2,
        "what has no decision is left alone"
    );
    assert_eq!(queue(app, "?band=passed").await, passed[..2]);
}

async fn one_by_script_and_back_again(app: &App, entry: i64) {
    let entry_text = entry.to_string();
    let said = decide(app, &[("entry", &entry_text), ("decision", "accept")]).await;
    assert_eq!(
        (&said["decided"][0], &said["refused"]),
        (&Value::from(entry), &serde_json::json!([]))
    );
    assert!(!queue(app, "").await.contains(&entry));
    let token = form_token(app).await;
    let back = app
        .post("/console/review/take-back")
        .form(&[
            ("csrf", token.as_str()),
            ("entry", &entry_text),
            ("back", "/console/review?reason=BG"),
        ])
        .send()
        .await;
    back.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(header(&back, "location"), "/console/review?reason=BG");
    assert!(queue(app, "").await.contains(&entry));
    assert_eq!(
        (acts(app, "photo.accept").await, acts(app, "photo.take-back").await),
        (1, 1)
    );
}

async fn a_form_comes_back_to_its_page(app: &App, entry: i64) {
    let (token, entry_text) = (form_token(app).await, entry.to_string());
    let fields = [
        ("csrf", token.as_str()),
        ("entry", &entry_text),
        ("decision", "recapture"),
        ("reason", "EYES"),
        ("back", "//evil.example"),
    ];
    let answer = app.post("/console/review/decisions").form(&fields).send().await;
    answer.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(header(&answer, "location"), "/console/review");
    let page = body(app.get("/console/review").send().await).await;
    assert!(page.contains("刚才的决定") && page.contains("已转补采") && page.contains("眼"));
}

async fn what_stands_in_the_way_is_said(app: &App) {
    let copy = queue(app, "?reason=DUP").await[0].to_string();
    let said = decide(app, &[("entry", &copy), ("entry", "999999"), ("decision", "accept")]).await;
    let codes: Vec<&str> = said["refused"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert_eq!(codes, ["pair-undecided", "not-found"]);
    let token = form_token(app).await;
    let answer = app
        .post("/console/review/decisions")
        .form(&[("csrf", token.as_str()), ("entry", &copy), ("decision", "accept")])
        .send()
        .await;
    let page = body(app.get(header(&answer, "location")).send().await).await;
    assert!(page.contains("先判断这一对"));
    for fields in [
        vec![("decision", "praise")],
        vec![],
        vec![("decision", "reject"), ("reason", "UGLY")],
        vec![("entry", "x")],
    ] {
        let fields: Vec<(&str, &str)> = [("csrf", token.as_str())].into_iter().chain(fields).collect();
        let answer = app.post("/console/review/decisions").form(&fields).send().await;
        answer.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
}

async fn all_that_match_need_their_number(app: &App) {
    let matching = queue(app, "?reason=EDGE").await.len();
    let token = form_token(app).await;
    let send = |number: String| {
        let fields = [
            ("csrf", token.clone()),
            ("part-reason", "EDGE".to_owned()),
            ("matching", number),
            ("decision", "recapture".to_owned()),
        ];
        app.post("/console/review/decisions").form(&fields).send()
    };
    send((matching + 1).to_string())
        .await
        .assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(queue(app, "?reason=EDGE").await.len(), matching);
    send(matching.to_string()).await.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(queue(app, "?reason=EDGE").await.len(), 0);
}

async fn a_pair_is_decided_beside_both_pictures(app: &App) {
    let copy = queue(app, "?reason=DUP").await[0];
    let page = body(app.get(&format!("/console/review/{copy}?reason=DUP")).send().await).await;
    assert_eq!(
        acts(app, "photo.view").await,
        1,
        "who looked at a photo is in the trail"
    );
    let (_, rest) = page.split_once("src=\"/console/photos/").expect("the photo in full");
    let address = format!("/console/photos/{}", rest.split_once('"').expect("quoted").0);
    let photo = app.get(&address).send().await;
    photo.assert_status_is_ok();
    assert_eq!(header(&photo, "cache-control"), "no-store");
    let as_thumbnail = address.replace("/photos/", "/thumbnails/");
    app.get(&as_thumbnail).send().await.assert_status(StatusCode::FORBIDDEN);
    let (_, rest) = page.split_once("name=\"second\" value=\"").expect("the other side");
    let other = rest.split_once('"').expect("quoted").0.to_owned();
    let (token, first, back) = (
        form_token(app).await,
        copy.to_string(),
        format!("/console/review/{copy}"),
    );
    let fields = [
        ("csrf", token.as_str()),
        ("first", &first),
        ("second", &other),
        ("answer", "different"),
        ("back", &back),
    ];
    let answer = app.post("/console/review/pairs").form(&fields).send().await;
    answer.assert_status(StatusCode::SEE_OTHER);
    assert!(!queue(app, "").await.contains(&copy), "nothing else was found about it");
    let again = app.post("/console/review/pairs").form(&fields).send().await;
    again.assert_status(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_looks_and_decides_nothing() {
    let Worked { app, .. } = worked().await;
    let entry = queue(&app, "").await[0];
    let demote = app.house.db.write_tx(|conn| {
        diesel::update(staff::table)
            .set(staff::role.eq(Role::Auditor))
            .execute(conn)?;
        Ok(())
    });
    demote.await.expect("the role changes");
    let page = body(app.get("/console/review").send().await).await;
    assert!(tiles(&page).contains(&entry) && !page.contains("name=\"decision\""));
    let case = body(app.get(&format!("/console/review/{entry}")).send().await).await;
    assert!(!case.contains("name=\"decision\""));
    let token = form_token(&app).await;
    for path in ["decisions", "take-back", "pairs"] {
        let entry = entry.to_string();
        let fields = [
            ("csrf", token.as_str()),
            ("entry", &entry),
            ("decision", "accept"),
            ("first", &entry),
            ("second", &entry),
            ("answer", "same"),
            ("back", "/console"),
        ];
        let answer = app.post(&format!("/console/review/{path}")).form(&fields).send().await;
        answer.assert_status(StatusCode::FORBIDDEN);
    }
    assert!(queue(&app, "").await.contains(&entry));
}
