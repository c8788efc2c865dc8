//! The console of the queues: what stands there, what an administrator does, and that an auditor only looks.

use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::db::schema::{audit_entries, jobs};
use domain::id::{BatchId, JobId};
use domain::jobs::{BATCHES, ReconcileBatch};
use domain::queue::{self, FailureKind, JobFailure, JobState};
use poem::IntoEndpoint as _;
use poem::http::StatusCode;
use poem::test::TestClient;

use std::time::Duration;

use crate::{App, body, form_token};
use backend::app::{AppState, WebSettings};
use backend::metrics::endpoint;

/// A house whose queue holds one job that waits and one that was given up.
async fn house(role: Role) -> App {
    let app = App::with(WebSettings::default(), role).await;
    let now_ms = app.house.clock.now_ms();
    let made = app.house.db.write_tx(move |conn| {
        queue::enqueue(conn, &ReconcileBatch { batch_id: BatchId(7) }, now_ms)?;
        let claimed = queue::claim(conn, BATCHES.name, "machine-1", 1, now_ms, now_ms + 1_000)?;
        let failure = JobFailure {
            code: "manifest-unreadable".to_owned(),
            message: "the manifest cannot be read".to_owned(),
            kind: FailureKind::Lasting,
        };
        for claimed in claimed {
            queue::fail(conn, &claimed.lease, &failure, now_ms)?;
        }
        queue::enqueue(conn, &ReconcileBatch { batch_id: BatchId(8) }, now_ms)?;
        queue::extend_leases(conn, "machine-1", now_ms, now_ms + 1_000)
    });
    made.await.expect("jobs");
    app
}

async fn states(app: &App) -> Vec<JobState> {
    let read = app.house.db.read(|conn| {
        let names = jobs::table.filter(jobs::name.eq("reconcile_batch"));
        Ok(names.order(jobs::job_id).select(jobs::state).load(conn)?)
    });
    read.await.expect("states")
}

async fn numbers(app: &App) -> Vec<JobId> {
    let read = app.house.db.read(|conn| {
        let names = jobs::table.filter(jobs::name.eq("reconcile_batch"));
        Ok(names.order(jobs::job_id).select(jobs::job_id).load(conn)?)
    });
    read.await.expect("numbers")
}

#[tokio::test]
async fn an_administrator_sees_what_failed_and_tries_it_again() {
    let app = house(Role::Admin).await;
    let page = body(app.get("/console/jobs").send().await).await;
    for shown in [
        "manifest-unreadable",
        "machine-1",
        "/console/batches/7",
        "匹配批次",
        "统计活动",
    ] {
        assert!(page.contains(shown), "{shown} is not in\n{page}");
    }
    let [failed, waiting] = numbers(&app).await[..] else {
        panic!("two jobs")
    };
    let one = body(app.get(&format!("/console/jobs/{failed}")).send().await).await;
    assert!(one.contains("the manifest cannot be read"), "{one}");
    let token = form_token(&app).await;
    let group = [
        ("csrf", token.as_str()),
        ("state", "dead"),
        ("name", "reconcile_batch"),
        ("code", "manifest-unreadable"),
        ("what", "retry-all"),
    ];
    let done = app.post("/console/jobs").form(&group).send().await;
    done.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(states(&app).await, [JobState::Queued, JobState::Queued]);
    let waiting = waiting.to_string();
    let ticked = [
        ("csrf", token.as_str()),
        ("state", "queued"),
        ("job", waiting.as_str()),
        ("what", "cancel-ticked"),
    ];
    app.post("/console/jobs")
        .form(&ticked)
        .send()
        .await
        .assert_status(StatusCode::SEE_OTHER);
    assert_eq!(states(&app).await, [JobState::Queued, JobState::Dead]);
    for (what, most) in [("pause", ""), ("limit", "3"), ("resume", "")] {
        let form = [("csrf", token.as_str()), ("what", what), ("most_running", most)];
        let done = app.post("/console/jobs/queues/batches").form(&form).send().await;
        done.assert_status(StatusCode::SEE_OTHER);
    }
    let wrong = [("csrf", token.as_str()), ("what", "limit"), ("most_running", "0")];
    let refused = app.post("/console/jobs/queues/batches").form(&wrong).send().await;
    refused.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let acts = app.house.db.read(|conn| {
        let own = audit_entries::table.filter(audit_entries::subject_kind.ne("staff"));
        Ok(own
            .order(audit_entries::audit_id)
            .select(audit_entries::action)
            .load::<String>(conn)?)
    });
    let acts = acts.await.expect("acts");
    let mine: Vec<&str> = acts
        .iter()
        .map(String::as_str)
        .filter(|act| act.contains("job") || act.contains("queue"))
        .collect();
    assert_eq!(
        mine,
        [
            "jobs.retry",
            "jobs.cancel",
            "queue.pause",
            "queue.limit",
            "queue.resume"
        ]
    );
}

#[tokio::test]
async fn an_auditor_looks_and_changes_nothing() {
    let app = house(Role::Auditor).await;
    let page = body(app.get("/console/jobs").send().await).await;
    assert!(page.contains("manifest-unreadable") && !page.contains("retry-all"));
    let token = form_token(&app).await;
    let form = [("csrf", token.as_str()), ("what", "retry-all"), ("state", "dead")];
    app.post("/console/jobs")
        .form(&form)
        .send()
        .await
        .assert_status(StatusCode::FORBIDDEN);
    assert_eq!(states(&app).await, [JobState::Dead, JobState::Queued]);
}

#[tokio::test]
async fn monitoring_reads_requests_queues_and_workers_and_nobody_else_does() {
    let app = house(Role::Admin).await;
    app.get("/console/jobs").send().await.assert_status_is_ok();
    app.get("/metrics").send().await.assert_status(StatusCode::NOT_FOUND);
    let state = AppState::new(WebSettings::default(), app.house.clone()).expect("a state");
    state
        .metrics()
        .note("GET", "/console/records/:record_id", 200, Duration::from_millis(3));
    let monitoring = TestClient::new(endpoint(state).into_endpoint());
    let text = body(monitoring.get("/metrics").send().await).await;
    for line in [
        r#"rollproof_jobs{queue="batches",state="dead"} 1"#,
        r#"rollproof_jobs{queue="batches",state="queued"} 1"#,
        r#"rollproof_http_requests_total{method="GET",route="/console/records/:record_id",status="200"} 1"#,
        "rollproof_database_up 1",
        r#"rollproof_worker_silent_seconds{worker="machine-1""#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}
