//! Campaigns, their rules tried out and saved, their freeze; re-captures on their way.

use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::db::schema::{campaigns, recaptures, staff};
use poem::http::StatusCode;
use poem::test::TestResponse;

use crate::work::{Worked, worked};
use crate::{App, body, form_token, header};

async fn post(app: &App, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    let token = form_token(app).await;
    let mut whole = vec![("csrf", token.as_str())];
    whole.extend_from_slice(fields);
    app.post(path).form(&whole).send().await
}

#[tokio::test]
async fn a_campaign_is_made_on_the_page_and_a_twin_is_refused() {
    let app = App::new().await;
    let fields = [
        ("code", "2028"),
        ("name", "2028 届"),
        ("mode", "code"),
        ("profile", "chsi-graduation-white"),
        ("grad_year", "2028"),
        ("level", "本科"),
        ("freeze", "2028-06-01"),
    ];
    let made = post(&app, "/console/campaigns", &fields).await;
    made.assert_status(StatusCode::SEE_OTHER);
    let page = body(app.get(header(&made, "location")).send().await).await;
    assert!(page.contains("2028 届") && page.contains("采集码模式") && page.contains("value=\"2028-06-01\""));
    assert!(!page.contains("name=\"hue-min\""), "white has no hue");
    let twin = post(&app, "/console/campaigns", &fields).await;
    twin.assert_status(StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_on_accepted_photos_before_they_are_saved() {
    let Worked { app, .. } = worked().await;
    let rules = "/console/campaigns/1/rules";
    let tried = body(
        post(
            &app,
            rules,
            &[("what", "try"), ("crown-min", "300"), ("crown-max", "310")],
        )
        .await,
    )
    .await;
    assert!(
        tried.contains("张被标记") && tried.contains("现为 50"),
        "what is in force stands beside it"
    );
    let calm = body(post(&app, rules, &[("what", "try"), ("edge-width", "90")]).await).await;
    assert!(calm.contains("会有 0 张被标记"));
    let nonsense = post(&app, rules, &[("what", "save"), ("version", "1"), ("crown-min", "400")]).await;
    nonsense.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    for (status, version) in [
        (StatusCode::SEE_OTHER, "1"),
        (StatusCode::CONFLICT, "1"),
        (StatusCode::SEE_OTHER, "2"),
    ] {
        let saved = post(
            &app,
            rules,
            &[("what", "save"), ("version", version), ("edge-width", "5.5")],
        )
        .await;
        saved.assert_status(status);
    }
    let page = body(app.get("/console/campaigns/1").send().await).await;
    assert!(page.contains("第 3 版") && page.contains("value=\"5.5\""));
    become_auditor(&app).await;
    let trail = body(app.get("/console/audit?action=campaign.profile").send().await).await;
    assert!(
        trail.contains("edge-width: 6.4 → 5.5"),
        "the auditor reads what was before and after"
    );
}

async fn become_auditor(app: &App) {
    let change = app.house.db.write_tx(|conn| {
        diesel::update(staff::table)
            .set(staff::role.eq(Role::Auditor))
            .execute(conn)?;
        Ok(())
    });
    change.await.expect("the account changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_decided_after_the_freeze() {
    let Worked { app, .. } = worked().await;
    let page = body(app.get("/console/review").send().await).await;
    let (_, rest) = page.split_once("data-entry=\"").expect("a tile");
    let entry = rest.split('"').next().expect("a number").to_owned();
    let plan = [
        ("name", "2027 届"),
        ("freeze", "2020-01-01"),
        ("recapture_days", "7"),
        ("max_attempts", "2"),
    ];
    let frozen = post(&app, "/console/campaigns/1", &plan).await;
    frozen.assert_status(StatusCode::SEE_OTHER);
    let decided = post(
        &app,
        "/console/review/decisions",
        &[("entry", &entry), ("decision", "recapture")],
    )
    .await;
    decided.assert_status(StatusCode::CONFLICT);
    assert!(body(decided).await.contains("活动已冻结"));
}

async fn states(app: &App) -> Vec<String> {
    let read = app.house.db.read(|conn| {
        Ok(recaptures::table
            .order(recaptures::recapture_id)
            .select(recaptures::state)
            .load(conn)?)
    });
    read.await.expect("the re-captures")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recapture_goes_from_the_list_to_the_agency_and_may_be_given_up() {
    let Worked { app, secrets } = worked().await;
    let all = states(&app).await.len();
    assert!(all > 2, "the drawn batch has photos to be shot again");
    let looked = app.get("/console/recaptures.csv").send().await;
    looked.assert_status_is_ok();
    assert!(
        states(&app).await.iter().all(|state| state == "open"),
        "looking changes nothing"
    );
    let taken = post(&app, "/console/recaptures/hand-over", &[]).await;
    assert!(header(&taken, "content-disposition").contains(".xlsx"));
    assert!(states(&app).await.iter().all(|state| state == "exported"));
    for (what, state) in [
        ("shot", "shot"),
        ("cancel", "cancelled"),
        ("reopen", "open"),
        ("cancel", "cancelled"),
    ] {
        let fields = [
            ("what", what),
            ("recapture", "1"),
            ("recapture", "2"),
            ("back", "/console/recaptures"),
        ];
        post(&app, "/console/recaptures/changes", &fields)
            .await
            .assert_status(StatusCode::SEE_OTHER);
        assert_eq!(states(&app).await[..2], [state, state]);
    }
    let again = post(&app, "/console/batches/1/rematch", &[]).await;
    again.assert_status(StatusCode::SEE_OTHER);
    crate::work::run_jobs(&app).await;
    assert_eq!(
        states(&app).await.len(),
        all,
        "what a person gave up is not opened by matching"
    );

    // Whom the agency tried often enough is asked to come in person.
    let tried = app.house.db.write_tx(|conn| {
        diesel::update(recaptures::table.find(domain::id::RecaptureId(3)))
            .set(recaptures::attempt.eq(9))
            .execute(conn)?;
        Ok(campaigns::table.count().get_result::<i64>(conn)?)
    });
    tried.await.expect("set");
    let page = body(app.get("/console/recaptures?standing=in-person").send().await).await;
    assert_eq!(page.matches("name=\"recapture\"").count(), 1);
    let overdue = body(app.get("/console/recaptures?standing=overdue").send().await).await;
    assert_eq!(overdue.matches("name=\"recapture\"").count(), 0);
    for secret in secrets {
        assert!(!page.contains(&secret), "the list shows a full name or a number");
    }
}
