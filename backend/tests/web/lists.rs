//! Lists as people narrow and turn them: what the address says is what the page and its download show.

use poem::http::StatusCode;

use crate::{App, body, header};

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_narrowed_by_agency_and_standing_and_turned_round() {
    let crate::work::Worked { app, .. } = crate::work::worked().await;
    let page = async |query: &str| body(app.get(&format!("/console/batches{query}")).send().await).await;
    for (query, is_shown) in [
        ("", true),
        ("?agency=studio", true),
        ("?agency=nobody", false),
        ("?standing=open", true),
        ("?standing=reconciled", true),
        ("?standing=failed", false),
        ("?agency=studio&standing=open&sort=age", true),
        ("?sort=age&after=1", false),
    ] {
        let html = page(query).await;
        assert_eq!(html.contains("href=\"/console/batches/1\""), is_shown, "{query}");
    }
    let turned = page("?sort=age&standing=open").await;
    assert!(
        turned.contains("/console/batches?standing=open&amp;sort=-age"),
        "the link turns it back"
    );
    assert!(
        turned.contains("/console/batches.csv?standing=open&amp;sort=age"),
        "the download is of the same part"
    );
    assert!(
        page("?standing=failed").await.contains("/console/batches\""),
        "the filters stay to be cleared"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_are_narrowed_by_kind_and_state() {
    let crate::work::Worked { app, .. } = crate::work::worked().await;
    for (query, is_shown) in [
        ("", true),
        ("?kind=roll&state=applied", true),
        ("?kind=admission", false),
        ("?state=failed", false),
        ("?kind=no-such-word", true),
    ] {
        let html = body(app.get(&format!("/console/roll/imports{query}")).send().await).await;
        assert_eq!(html.contains("href=\"/console/roll/imports/1\""), is_shown, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_are_narrowed_by_role_and_standing_and_turned_round() {
    let app = App::with(
        backend::app::WebSettings::default(),
        domain::accounts::model::Role::Admin,
    )
    .await;
    for (query, is_shown) in [
        ("", true),
        ("?role=admin&standing=open", true),
        ("?role=auditor", false),
        ("?standing=invited", false),
        ("?standing=closed", false),
        ("?sort=-email", true),
        ("?sort=-email&after=a", false),
    ] {
        let answer = app.get(&format!("/console/staff{query}")).send().await;
        answer.assert_status(StatusCode::OK);
        assert!(header(&answer, "content-type").starts_with("text/html"));
        let html = body(answer).await;
        assert_eq!(
            html.contains("row-menu") || html.contains("<td>lin@example.edu"),
            is_shown,
            "{query}"
        );
    }
}
