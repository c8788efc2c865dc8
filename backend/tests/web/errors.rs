use poem::http::StatusCode;
use serde_json::Value;

use crate::{App, body, form_token, header};

#[tokio::test]
async fn a_missing_page_says_what_and_what_next_with_code_and_request_id() {
    let response = App::new().await.get("/console/nothing-here").send().await;
    response.assert_status(StatusCode::NOT_FOUND);
    let request_id = header(&response, "x-request-id").to_owned();
    let html = body(response).await;
    for part in [
        "没有这个页面",
        "请检查地址",
        "404 not-found",
        &request_id,
        "href=\"/console\"",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[tokio::test]
async fn a_missing_record_is_a_page_too() {
    let response = App::new().await.get("/console/batches/999").send().await;
    response.assert_status(StatusCode::NOT_FOUND);
    assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_path_that_is_no_number_is_a_page_without_internals() {
    let response = App::new().await.get("/console/batches/abc").send().await;
    response.assert_status(StatusCode::BAD_REQUEST);
    let html = body(response).await;
    assert!(html.contains("请求不完整") && !html.contains("param0") && !html.contains("parse"));
}

#[tokio::test]
async fn the_interface_answers_errors_as_json() {
    let app = App::new().await;
    for (path, status, code) in [
        ("/api/nothing-here", StatusCode::NOT_FOUND, "not-found"),
        ("/api/v1/nothing-here", StatusCode::NOT_FOUND, "not-found"),
        ("/api/v1/nothing/deeper", StatusCode::NOT_FOUND, "not-found"),
    ] {
        let response = app.get(path).send().await;
        response.assert_status(status);
        assert_eq!(
            header(&response, "content-type"),
            "application/json; charset=utf-8",
            "{path}"
        );
        let request_id = header(&response, "x-request-id").to_owned();
        let error: Value = serde_json::from_str(&body(response).await).expect("JSON");
        assert_eq!(error["error"]["code"], code, "{path}");
        assert_eq!(error["error"]["request_id"], request_id.as_str(), "{path}");
        assert!(
            error["error"]["message"]
                .as_str()
                .is_some_and(|message| message.ends_with('.')),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_wrong_method_has_both_skins() {
    let app = App::new().await;
    let page = app
        .post("/console/recaptures")
        .header("x-csrf-token", form_token(&app).await)
        .send()
        .await;
    page.assert_status(StatusCode::METHOD_NOT_ALLOWED);
    assert!(body(page).await.contains("不支持这种操作"));
    let json = app.client.post("/api/v1/version").send().await;
    json.assert_status(StatusCode::METHOD_NOT_ALLOWED);
    assert!(body(json).await.contains("\"code\":\"method-not-allowed\""));
}

#[tokio::test]
async fn an_upload_script_is_answered_in_json() {
    let app = App::new().await;
    let form = poem::test::TestForm::new()
        .text("csrf", form_token(&app).await)
        .text("kind", "roll");
    let response = app
        .post("/console/roll/imports")
        .header("accept", "application/json")
        .multipart(form)
        .send()
        .await;
    response.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let error: Value = serde_json::from_str(&body(response).await).expect("JSON");
    assert_eq!(error["error"]["code"], "file-missing");
    assert!(
        error["error"]["message"]
            .as_str()
            .is_some_and(|message| message.contains("表单里没有文件"))
    );
}
