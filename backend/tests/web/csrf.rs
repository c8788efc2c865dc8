use poem::http::StatusCode;

use crate::{App, SIGNED_IN, body, form_token, header};

#[tokio::test]
async fn a_form_of_ours_is_accepted() {
    let app = App::new().await;
    let token = form_token(&app).await;
    let response = app
        .post("/console/logout")
        .form(&[("csrf", token.as_str())])
        .send()
        .await;
    response.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(header(&response, "location"), "/console/login?notice=signed-out");
}

#[tokio::test]
async fn a_form_without_token_is_refused() {
    let app = App::new().await;
    for token in ["", "0000000000000000000000000000000000000000000000000000000000000000"] {
        let response = app.post("/console/logout").form(&[("csrf", token)]).send().await;
        response.assert_status(StatusCode::FORBIDDEN);
        assert!(body(response).await.contains("csrf-refused"));
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_even_with_the_token() {
    let app = App::new().await;
    let token = form_token(&app).await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = app
            .client
            .post("/console/logout")
            .header("cookie", SIGNED_IN)
            .header(name, value);
        request
            .form(&[("csrf", token.as_str())])
            .send()
            .await
            .assert_status(StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn another_sessions_token_is_refused() {
    let app = App::new().await;
    let token = form_token(&app).await;
    let request = app
        .client
        .post("/console/login")
        .header("cookie", format!("rollproof={}", "ab".repeat(32)));
    let response = request
        .form(&[("csrf", token.as_str()), ("email", "a@b"), ("password", "x")])
        .send()
        .await;
    response.assert_status(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_script_may_send_the_token_as_a_header() {
    let app = App::new().await;
    let token = form_token(&app).await;
    let response = app.post("/console/logout").header("x-csrf-token", token).send().await;
    response.assert_status(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_upload_is_checked_by_its_first_field_and_arrives_whole() {
    let app = App::new().await;
    let token = form_token(&app).await;
    let upload = |token: &str| {
        poem::test::TestForm::new()
            .text("csrf", token.to_owned())
            .text("kind", "roll")
            .text("encoding", "auto")
            .field(
                poem::test::TestFormField::bytes("学号,姓名\n1,甲\n".as_bytes().repeat(3000))
                    .name("file")
                    .filename("roll.csv"),
            )
    };
    let accepted = app.post("/console/roll/imports").multipart(upload(&token)).send().await;
    accepted.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(header(&accepted, "location"), "/console/roll/imports/1");
    app.post("/console/roll/imports")
        .multipart(upload("wrong"))
        .send()
        .await
        .assert_status(StatusCode::FORBIDDEN);
}
