use poem::http::StatusCode;

use crate::{App, body, header};

async fn style_address(app: &App) -> String {
    let html = body(app.get("/console").send().await).await;
    let (_, rest) = html
        .split_once("href=\"/assets/app.")
        .expect("the page has our style sheet");
    format!("/assets/app.{}", rest.split_once('"').expect("the address is quoted").0)
}

#[tokio::test]
async fn an_asset_is_kept_for_ever_and_known_by_its_etag() {
    let app = App::new().await;
    let address = style_address(&app).await;
    let first = app.client.get(&address).send().await;
    first.assert_status_is_ok();
    assert_eq!(header(&first, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&first, "content-type"), "text/css; charset=utf-8");
    let etag = header(&first, "etag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'));
    for known in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"other\", {etag}"),
        "*".to_owned(),
    ] {
        let again = app.client.get(&address).header("if-none-match", known).send().await;
        again.assert_status(StatusCode::NOT_MODIFIED);
        assert_eq!(header(&again, "etag"), etag);
    }
}

#[tokio::test]
async fn an_asset_comes_packed_to_those_who_can_unpack() {
    let app = App::new().await;
    let address = style_address(&app).await;
    let packed = app
        .client
        .get(&address)
        .header("accept-encoding", "br, gzip;q=0.8")
        .send()
        .await;
    assert_eq!(header(&packed, "content-encoding"), "gzip");
    assert_eq!(header(&packed, "vary"), "Accept-Encoding");
    let plain = app
        .client
        .get(&address)
        .header("accept-encoding", "gzip;q=0")
        .send()
        .await;
    assert_eq!(header(&plain, "content-encoding"), "");
    assert_ne!(header(&plain, "etag"), header(&packed, "etag"));
}

#[tokio::test]
async fn an_asset_answers_head() {
    let app = App::new().await;
    let address = style_address(&app).await;
    let response = app.client.head(&address).send().await;
    response.assert_status_is_ok();
    assert_eq!(header(&response, "content-type"), "text/css; charset=utf-8");
}

#[tokio::test]
async fn nothing_outside_the_assets_is_served() {
    let app = App::new().await;
    for path in ["/assets/nothing.css", "/assets/..%2f..%2fCargo.toml", "/assets/app.css"] {
        app.client.get(path).send().await.assert_status(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_interface_has_its_document_and_its_page() {
    let app = App::new().await;
    let document: serde_json::Value =
        serde_json::from_str(&body(app.client.get("/api/v1/openapi.json").send().await).await).expect("JSON");
    assert_eq!(document["paths"]["/version"]["get"]["operationId"], "get_version");
    let page = body(app.client.get("/api/docs").send().await).await;
    assert!(page.contains("/assets/swagger-ui.") && page.contains("data-document=\"/api/v1/openapi.json\""));
}
