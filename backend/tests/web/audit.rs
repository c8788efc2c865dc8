//! The audit trail: read by auditors alone, searched, downloaded.

use backend::app::WebSettings;
use domain::accounts::model::Role;
use domain::audit::{self, Act};
use poem::http::StatusCode;

use crate::{App, EMAIL, body, header};

#[tokio::test]
async fn an_auditor_finds_who_did_what() {
    let app = App::with(WebSettings::default(), Role::Auditor).await;
    let act = app.house.db.write_tx(|conn| {
        let undo = Act::new("batch.undo", "batch", 7).by("wang@example.edu");
        audit::append(conn, &undo, 1_778_100_000_000)?;
        audit::append(
            conn,
            &Act::new("roll.undo", "roll_import", 3).by("wang@example.edu").refused(),
            1_778_100_000_001,
        )
    });
    act.await.expect("acts");
    for (search, finds_undo, finds_refusal) in [
        ("", true, true),
        ("?actor=WANG@example.edu", true, true),
        ("?action=batch.undo", true, false),
        ("?outcome=refused", false, true),
        ("?subject=batch&number=7", true, false),
        ("?from=2026-05-07&to=2026-05-07", true, true),
        ("?from=2026-05-08&to=2026-05-09", false, false),
        ("?actor=nobody@example.edu", false, false),
    ] {
        let html = body(app.get(&format!("/console/audit{search}")).send().await).await;
        let rows = html.split("<tbody>").nth(1).unwrap_or_default();
        assert_eq!(rows.contains("撤销批次"), finds_undo, "{search}");
        assert_eq!(rows.contains("撤销导入"), finds_refusal, "{search}");
    }
    let file = app.get("/console/audit.csv?action=batch.undo").send().await;
    assert!(header(&file, "content-disposition").starts_with("attachment"));
    let csv = body(file).await;
    assert!(csv.contains("wang@example.edu,,batch.undo,batch,7") && !csv.contains(EMAIL));
    for wrong in ["?from=yesterday", "?subject=batch&number=seven"] {
        let answer = app.get(&format!("/console/audit{wrong}")).send().await;
        answer.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn nobody_else_reads_it() {
    for role in [Role::Admin, Role::Registrar, Role::Counsellor, Role::Support] {
        let app = App::with(WebSettings::default(), role).await;
        assert!(
            !body(app.get("/console").send().await).await.contains("/console/audit"),
            "{role}"
        );
        for path in ["/console/audit", "/console/audit.csv"] {
            app.get(path).send().await.assert_status(StatusCode::FORBIDDEN);
        }
    }
}
