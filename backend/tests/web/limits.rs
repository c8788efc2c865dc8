use backend::app::WebSettings;
use domain::accounts::model::Role;
use poem::Body;
use poem::http::StatusCode;

use crate::{App, body, form_token};

async fn small() -> App {
    let settings = WebSettings {
        roll_bytes: 1_000,
        ..WebSettings::default()
    };
    App::with(settings, Role::Registrar).await
}

fn multipart(token: &str, file_bytes: usize) -> Vec<u8> {
    let field =
        |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let mut body = [field("csrf", token), field("kind", "roll"), field("encoding", "auto")]
        .concat()
        .into_bytes();
    body.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"roll.csv\"\r\n\r\n");
    body.extend(vec![b'1'; file_bytes]);
    body.extend(b"\r\n--x--\r\n");
    body
}

#[tokio::test]
async fn rejects_an_upload_that_declares_more_than_the_limit() {
    let app = small().await;
    let token = form_token(&app).await;
    let request = app
        .post("/console/roll/imports")
        .content_type("multipart/form-data; boundary=x")
        .header("content-length", "200000");
    let response = request.body(multipart(&token, 200_000)).send().await;
    response.assert_status(StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body(response).await.contains("too-large"));
}

#[tokio::test]
async fn cuts_a_streamed_upload_over_the_limit() {
    let app = small().await;
    let token = form_token(&app).await;
    let chunks: Vec<Result<Vec<u8>, std::io::Error>> = multipart(&token, 200_000)
        .chunks(700)
        .map(|chunk| Ok(chunk.to_vec()))
        .collect();
    let request = app
        .post("/console/roll/imports")
        .content_type("multipart/form-data; boundary=x");
    let response = request
        .body(Body::from_bytes_stream(futures_util::stream::iter(chunks)))
        .send()
        .await;
    response.assert_status(StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn takes_a_streamed_upload_within_the_limit() {
    let app = small().await;
    let token = form_token(&app).await;
    // Chunks of a byte: the token arrives in pieces.
    let chunks: Vec<Result<Vec<u8>, std::io::Error>> = multipart(&token, 900)
        .chunks(1)
        .map(|chunk| Ok(chunk.to_vec()))
        .collect();
    let request = app
        .post("/console/roll/imports")
        .content_type("multipart/form-data; boundary=x");
    let response = request
        .body(Body::from_bytes_stream(futures_util::stream::iter(chunks)))
        .send()
        .await;
    response.assert_status(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_plain_form_over_64_kib_is_refused() {
    let app = App::new().await;
    let response = app
        .post("/console/login")
        .form(&[("csrf", "x".repeat(70_000))])
        .send()
        .await;
    response.assert_status(StatusCode::PAYLOAD_TOO_LARGE);
}
