use backend::app::WebSettings;
use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::db::schema::audit_entries;
use poem::http::StatusCode;
use poem::test::{TestForm, TestFormField};

use crate::{App, EMAIL, body, form_token, header};

fn roll(token: &str) -> TestForm {
    TestForm::new()
        .text("csrf", token.to_owned())
        .text("kind", "roll")
        .text("encoding", "auto")
        .field(
            TestFormField::bytes("学号,姓名\n".as_bytes().to_vec())
                .name("file")
                .filename("roll.csv"),
        )
}

#[tokio::test]
async fn roles_that_only_read_are_refused_and_the_refusal_is_in_the_trail() {
    for role in [Role::Auditor, Role::Counsellor, Role::Support] {
        let app = App::with(WebSettings::default(), role).await;
        let token = form_token(&app).await;
        let response = app.post("/console/roll/imports").multipart(roll(&token)).send().await;
        response.assert_status(StatusCode::FORBIDDEN);
        assert!(body(response).await.contains("没有权限"));
        for path in [
            "/console/batches/1/undo",
            "/console/batches/1/rematch",
            "/console/roll/imports/1/undo",
        ] {
            let response = app
                .post(path)
                .form(&[("csrf", token.as_str()), ("files", "1")])
                .send()
                .await;
            response.assert_status(StatusCode::FORBIDDEN);
        }
        app.get("/console/batches/new")
            .send()
            .await
            .assert_status(StatusCode::FORBIDDEN);
        let refused: Vec<String> = app
            .house
            .db
            .read(|conn| {
                Ok(audit_entries::table
                    .filter(audit_entries::is_success.eq(false))
                    .filter(audit_entries::actor.eq(EMAIL))
                    .order(audit_entries::audit_id)
                    .select(audit_entries::action)
                    .load(conn)?)
            })
            .await
            .expect("the trail");
        assert_eq!(
            refused,
            [
                "roll.import",
                "batch.undo",
                "batch.rematch",
                "roll.undo",
                "batch.receive"
            ]
        );
    }
}

#[tokio::test]
async fn roles_that_only_read_see_every_page_and_no_form_to_change_anything() {
    let app = App::with(WebSettings::default(), Role::Auditor).await;
    for path in [
        "/console",
        "/console/batches",
        "/console/review",
        "/console/roll/imports",
        "/console/recaptures",
        "/console/recaptures.csv",
    ] {
        let response = app.get(path).send().await;
        response.assert_status_is_ok();
        let html = body(response).await;
        assert!(
            !html.contains("type=\"file\"") && !html.contains("/console/batches/new"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_counsellor_sees_counts_and_no_list_of_every_college() {
    let app = App::with(WebSettings::default(), Role::Counsellor).await;
    let response = app.get("/console").send().await;
    response.assert_status_is_ok();
    assert!(!body(response).await.contains("href=\"/console/recaptures"));
    for path in [
        "/console/batches",
        "/console/batches/1",
        "/console/batches/1/list.csv",
        "/console/batches/1/receipt.csv",
        "/console/photos/00",
        "/console/review",
        "/console/review/1",
        "/console/roll/imports",
        "/console/roll/imports/1/issues.csv",
        "/console/recaptures",
        "/console/recaptures.csv",
        "/console/recaptures.xlsx",
    ] {
        app.get(path).send().await.assert_status(StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn admin_and_registrar_may_import() {
    for role in [Role::Admin, Role::Registrar] {
        let app = App::with(WebSettings::default(), role).await;
        let token = form_token(&app).await;
        let response = app.post("/console/roll/imports").multipart(roll(&token)).send().await;
        response.assert_status(StatusCode::SEE_OTHER);
        assert_eq!(header(&response, "location"), "/console/roll/imports/1");
    }
}
