//! The working calendar: looked at by everybody, changed after a look at what that would move.

use domain::accounts::commands::staff::{Manager, change_staff};
use domain::accounts::model::{Role, Scope};
use domain::id::StaffId;
use domain::schools::commands::add_school;
use domain::schools::model::SchoolCode;
use domain::worktime::queries::load_calendar;
use poem::http::StatusCode;
use poem::test::{TestForm, TestFormField, TestResponse};

use crate::{App, SIGNED_IN, body, form_token};

const PREVIEW: &str = "/console/calendar/preview";

async fn with_schools(codes: &[&'static str]) -> App {
    let app = App::new().await;
    for code in codes {
        let code = SchoolCode::parse(code).expect("five digits");
        let name = format!("学校 {}", code.as_str());
        let added = app.house.db.write_tx(move |conn| add_school(conn, &code, &name, 0));
        added.await.expect("a school");
    }
    app
}

async fn page(app: &App, path: &str) -> String {
    let response = app.get(path).send().await;
    response.assert_status_is_ok();
    body(response).await
}

async fn post(app: &App, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    let token = form_token(app).await;
    let mut whole = vec![("csrf", token.as_str())];
    whole.extend_from_slice(fields);
    app.post(path).form(&whole).send().await
}

async fn import(app: &App, list: &str, is_complete: bool) -> TestResponse {
    let mut form = TestForm::new()
        .text("csrf", form_token(app).await)
        .text("school", "10001")
        .text("year", "2027");
    if is_complete {
        form = form.text("complete", "1");
    }
    let file = TestFormField::bytes(list.as_bytes().to_vec())
        .name("file")
        .filename("2027.csv");
    app.post("/console/calendar/import")
        .multipart(form.field(file))
        .send()
        .await
}

/// The value of a hidden field, as a browser would send it.
fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect("the field");
    let (value, _) = rest.split_once('"').expect("a quoted value");
    value
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace("&#x27;", "'")
        .replace("&#x2F;", "/")
}

/// Makes the change that a preview shows.
async fn apply(app: &App, preview: &str) -> TestResponse {
    let fields = ["school", "year", "version", "change"].map(|name| (name, hidden(preview, name)));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    post(app, "/console/calendar", &fields).await
}

#[tokio::test]
async fn a_year_shows_its_holidays_make_up_workdays_and_where_they_come_from() {
    let app = App::new().await;
    let settled = page(&app, "/console/calendar?year=2026").await;
    for word in [
        "国办发明电〔2025〕7号",
        "1–7 国庆节",
        "10 国庆节 · 调休上班",
        "每个工作日 7 小时。",
        "还没有学校",
    ] {
        assert!(settled.contains(word), "{word}");
    }
    assert!(
        !settled.contains("暂定") && !settled.contains(PREVIEW),
        "without a school there is nothing to change"
    );
    let open = page(&app, "/console/calendar?year=2027").await;
    assert!(open.contains("暂定") && open.contains("2027 年的放假安排还没有公布"));
    let english = app
        .client
        .get("/console/calendar?year=2026")
        .header("cookie", format!("{SIGNED_IN}; lang=en"));
    let english = body(english.send().await).await;
    assert!(english.contains("1–7 National Day") && english.contains("7 h a working day"));
}

#[tokio::test]
async fn a_day_is_decided_after_a_look_at_what_it_moves_and_taken_back() {
    let app = with_schools(&["10001"]).await;
    let fields = [
        ("school", "10001"),
        ("year", "2027"),
        ("what", "set"),
        ("day", "2027-06-09"),
        ("until", "2027-06-10"),
        ("kind", "off"),
        ("name", "校庆 \"百年\""),
    ];
    let shown = body(post(&app, PREVIEW, &fields).await).await;
    assert!(shown.contains("2 天的安排会变") && shown.contains("2027-06-10") && shown.contains("推后"));
    assert!(
        !page(&app, "/console/calendar?year=2027").await.contains("校庆"),
        "a preview changes nothing"
    );

    apply(&app, &shown).await.assert_status(StatusCode::SEE_OTHER);
    let year = page(&app, "/console/calendar?school=10001&year=2027").await;
    assert!(year.contains("9–10 校庆") && year.contains("lin@example.edu"));
    let again = apply(&app, &shown).await;
    again.assert_status(StatusCode::CONFLICT);
    assert!(body(again).await.contains("有人改过这份日历"));
    let same = body(post(&app, PREVIEW, &fields).await).await;
    assert!(same.contains("没有要改的") && !same.contains("name=\"change\""));

    let clear = [
        ("school", "10001"),
        ("year", "2027"),
        ("what", "clear"),
        ("day", "2027-06-09"),
        ("until", "2027-06-10"),
    ];
    let shown = body(post(&app, PREVIEW, &clear).await).await;
    apply(&app, &shown).await.assert_status(StatusCode::SEE_OTHER);
    assert!(!page(&app, "/console/calendar?year=2027").await.contains("校庆"));
}

#[tokio::test]
async fn hours_and_years_are_changed_the_same_way() {
    let app = with_schools(&["10001"]).await;
    let hours = [
        ("school", "10001"),
        ("what", "hours"),
        ("opens", "09:00"),
        ("lunch_from", ""),
        ("lunch_until", ""),
        ("closes", "16:30"),
    ];
    let shown = body(post(&app, PREVIEW, &hours).await).await;
    assert!(
        shown.contains("<del>08:30–12:00, 14:00–17:30</del> → <ins>09:00–16:30</ins>"),
        "{shown}"
    );
    apply(&app, &shown).await.assert_status(StatusCode::SEE_OTHER);
    assert!(
        page(&app, "/console/calendar")
            .await
            .contains("每个工作日 7 小时 30 分")
    );
    for (what, before, after) in [("declare", "暂定", "本校已确认"), ("withdraw", "本校已确认", "暂定")] {
        assert!(page(&app, "/console/calendar?year=2027").await.contains(before));
        let shown = post(&app, PREVIEW, &[("school", "10001"), ("what", what), ("year", "2027")]).await;
        apply(&app, &body(shown).await)
            .await
            .assert_status(StatusCode::SEE_OTHER);
        assert!(page(&app, "/console/calendar?year=2027").await.contains(after));
    }
}

#[tokio::test]
async fn a_list_of_a_year_is_imported_whole_or_not_at_all() {
    let app = with_schools(&["10001"]).await;
    let broken = import(&app, "日期,类型,名称\n2027-02-05,休,春节\n2027-02-13,也许,春节\n", true).await;
    broken.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let broken = body(broken).await;
    assert!(
        broken.contains("第 3 行：第二列要写“休”或“班”。 日历没有改动。"),
        "{broken}"
    );

    let shown = body(import(&app, "2027-02-05,休,春节\n2027-02-13,班,春节\n", true).await).await;
    assert!(shown.contains("2 天的安排会变") && shown.contains("2027 年改为已确认"));
    apply(&app, &shown).await.assert_status(StatusCode::SEE_OTHER);
    let year = page(&app, "/console/calendar?year=2027").await;
    assert!(year.contains("本校已确认") && year.contains("13 春节 · 调休上班"));
    let empty = import(&app, "", false).await;
    empty.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_school_that_is_not_theirs_is_not_found() {
    let app = with_schools(&["10001", "10002"]).await;
    assert!(page(&app, "/console/calendar").await.contains("学校 10002"));
    let narrowed = app.house.db.write_tx({
        let sealer = app.house.sealer.clone();
        move |conn| {
            let own = Scope {
                school_id: Some(domain::schools::queries::get_school_id(conn, "10001")?),
                ..Scope::default()
            };
            change_staff(conn, &sealer, Manager::Operator, StaffId(1), (Role::Registrar, &own), 0)
        }
    });
    narrowed.await.expect("narrowed");
    assert!(!page(&app, "/console/calendar").await.contains("学校 10002"));
    let other = app.get("/console/calendar?school=10002").send().await;
    other.assert_status(StatusCode::NOT_FOUND);
    let change = [
        ("school", "10002"),
        ("version", "0"),
        ("change", "{\"declare\":[2027]}"),
    ];
    post(&app, "/console/calendar", &change)
        .await
        .assert_status(StatusCode::NOT_FOUND);
    let untouched = app.house.db.read(|conn| {
        let school_id = domain::schools::queries::get_school_id(conn, "10002")?;
        load_calendar(conn, school_id)
    });
    assert!(untouched.await.expect("a calendar").declared_years.is_empty());
}
