use poem::http::StatusCode;

use crate::{App, SIGNED_IN, body};

#[tokio::test]
async fn a_campaign_on_its_first_day_is_told_what_to_do() {
    let app = App::new().await;
    for (path, advice) in [
        ("/console", "没有待处理的事项"),
        ("/console/batches", "点“上传批次”"),
        ("/console/roll/imports", "在上面选择教务系统导出的学籍文件"),
        ("/console/review", "没有等待复核的照片"),
        ("/console/recaptures", "会列在这里"),
    ] {
        let html = body(app.get(path).send().await).await;
        assert!(html.contains(advice), "{path}");
    }
}

#[tokio::test]
async fn the_process_says_that_it_lives_and_can_work() {
    let app = App::new().await;
    for (path, word) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let response = app.client.get(path).send().await;
        response.assert_status_is_ok();
        assert!(body(response).await.contains(word));
    }
}

#[tokio::test]
async fn a_batch_that_does_not_exist_is_not_found() {
    let app = App::new().await;
    for path in [
        "/console/batches/999",
        "/console/batches/999/list.csv",
        "/console/roll/imports/999/issues.csv",
    ] {
        app.get(path).send().await.assert_status(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn every_page_is_whole_in_english() {
    let app = App::new().await;
    for path in [
        "/console",
        "/console/batches",
        "/console/review",
        "/console/roll/imports",
        "/console/recaptures",
        "/console/calendar",
    ] {
        let request = app.client.get(path).header("cookie", format!("{SIGNED_IN}; lang=en"));
        let html = body(request.send().await).await;
        for word in ["待处理", "批次", "上传", "学籍"] {
            assert!(!html.contains(word), "{path}: {word}");
        }
    }
}
