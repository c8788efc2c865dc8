//! The four steps of an import, as a registrar takes them.

use poem::http::StatusCode;

use crate::work::{run_jobs, say, say_of, upload_roll};
use crate::{App, body, form_token};

const ROLL: &str = "学生编号,姓名,证件号码,院校代码,层次,入学日期,预计毕业日期,学籍状态,宿舍\n\
    202201010001,王小明,440101200403150012,99001,本科,20220901,20260630,注册学籍,东一\n\
    202201010002,李雷,440101200403150020,99001,本科,20220901,20260630,注册学籍,东一\n\
    202201010003,韩梅梅,440101200403150036,99001,本科,20220901,20260630,注册学籍,东一\n";

/// The heading that no alias knows, named; the column that no roll has, passed over.
const COLUMNS: &[(&str, &str)] = &[
    ("heading-0", "学生编号"),
    ("field-0", "student-no"),
    ("heading-8", "宿舍"),
    ("field-8", ""),
];

async fn page(app: &App, path: &str) -> String {
    let response = app.get(path).send().await;
    response.assert_status_is_ok();
    body(response).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_encoding_and_an_unknown_heading_are_put_right_before_anything_changes() {
    let app = App::new().await;
    let token = form_token(&app).await;
    let bytes = ROLL.as_bytes().to_vec();
    upload_roll(&app, &token, bytes.clone()).await;
    run_jobs(&app).await;
    let wrong = page(&app, "/console/roll/imports/1?encoding=utf-16le").await;
    assert!(!wrong.contains("王小明"), "read wrongly it shows nobody");
    let columns = page(&app, "/console/roll/imports/1").await;
    assert!(
        columns.contains("王小明") && columns.contains("还没有对应到列") && !columns.contains("440101200403150012")
    );
    say(&app, &token, "columns", COLUMNS).await;
    let preview = page(&app, "/console/roll/imports/1").await;
    assert!(
        preview.contains("导入 2 行") && preview.contains("202201010001"),
        "{preview}"
    );
    let errors = page(&app, "/console/roll/imports/1?list=errors").await;
    assert!(errors.contains("校验位"), "{errors}");
    assert!(page(&app, "/console/records?standing=all").await.contains("还没有学籍"));
    say(&app, &token, "attend", &[("what", "approve")]).await;
    assert!(
        page(&app, "/console/records?standing=all")
            .await
            .contains("202201010002")
    );

    // The next file with that heading needs no help.
    let text = ROLL.replace("李雷", "李蕾").replace("东一", "东二");
    upload_roll(&app, &token, text.into_bytes()).await;
    assert!(page(&app, "/console/roll/imports/2").await.contains("需要的列都找到了"));
    say_of(&app, &token, 2, "columns", COLUMNS)
        .await
        .assert_status(StatusCode::SEE_OTHER);
    run_jobs(&app).await;
    let changed = page(&app, "/console/roll/imports/2?list=changed").await;
    assert!(
        changed.contains("<del>李*</del>") && changed.contains("202201010002") && !changed.contains("202201010001")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_error_come_as_a_workbook_and_go_back_corrected() {
    let app = App::new().await;
    let token = form_token(&app).await;
    upload_roll(&app, &token, ROLL.as_bytes().to_vec()).await;
    say(&app, &token, "columns", COLUMNS).await;
    say(&app, &token, "attend", &[("what", "approve")]).await;
    let workbook = app.get("/console/roll/imports/1/errors.xlsx").send().await;
    workbook.assert_status_is_ok();
    let bytes = workbook.0.into_body().into_vec().await.expect("a body");
    upload_roll(&app, &token, bytes).await;
    let columns = page(&app, "/console/roll/imports/2").await;
    assert!(columns.contains("202201010003") && columns.contains("#1:4") && !columns.contains("202201010001"));
    assert!(columns.contains("需要的列都找到了"), "{columns}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_pauses_goes_on_and_is_given_up_with_everything_put_back() {
    let app = App::new().await;
    let token = form_token(&app).await;
    upload_roll(&app, &token, ROLL.as_bytes().to_vec()).await;
    say(&app, &token, "columns", COLUMNS).await;
    for what in ["approve", "pause"] {
        let said = say_of(&app, &token, 1, "attend", &[("what", what)]).await;
        said.assert_status(StatusCode::SEE_OTHER);
    }
    run_jobs(&app).await;
    assert!(page(&app, "/console/roll/imports/1").await.contains("已暂停"));
    assert!(
        page(&app, "/console/records?standing=all").await.contains("还没有学籍"),
        "paused before its first step"
    );
    say(&app, &token, "attend", &[("what", "resume")]).await;
    assert!(
        page(&app, "/console/records?standing=all")
            .await
            .contains("202201010001")
    );
    let late = say_of(&app, &token, 1, "attend", &[("what", "cancel")]).await;
    late.assert_status(StatusCode::CONFLICT);

    upload_roll(&app, &token, ROLL.replace("20260630", "20270630").into_bytes()).await;
    say_of(&app, &token, 2, "columns", COLUMNS)
        .await
        .assert_status(StatusCode::SEE_OTHER);
    run_jobs(&app).await;
    let back = say_of(&app, &token, 2, "attend", &[("what", "columns")]).await;
    back.assert_status(StatusCode::SEE_OTHER);
    assert!(page(&app, "/console/roll/imports/2").await.contains("文件的前几行"));
    say_of(&app, &token, 2, "attend", &[("what", "cancel")])
        .await
        .assert_status(StatusCode::SEE_OTHER);
    assert!(page(&app, "/console/roll/imports/2").await.contains("已放弃"));
}
