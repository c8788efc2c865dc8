//! Other systems of the school: a page of the roll, how far photos are, and the approved ones.

use diesel::prelude::*;
use domain::db::schema::roll_records;
use domain::integrators::commands::add_integrator;
use domain::integrators::model::Right;
use poem::http::StatusCode;
use poem::test::TestResponse;
use serde_json::{Value, json};

use crate::uploads::Program;
use crate::work::{Worked, run_jobs, worked};
use crate::{App, body, header};

/// A system with a token.
struct System<'a> {
    app: &'a App,
    token: String,
}

impl<'a> System<'a> {
    async fn with(app: &'a App, rights: &'static [Right]) -> Self {
        let now_ms = app.house.clock.now_ms();
        let made = app
            .house
            .db
            .write_tx(move |conn| add_integrator(conn, ("portal", 30), None, rights, now_ms));
        Self {
            app,
            token: made.await.expect("a token"),
        }
    }

    async fn post(&self, path: &str, key: Option<&str>, json: &Value) -> TestResponse {
        let mut request = self
            .app
            .client
            .post(path.to_owned())
            .header("authorization", format!("Bearer {}", self.token))
            .body_json(json);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.send().await
    }

    async fn get(&self, path: &str) -> TestResponse {
        let request = self.app.client.get(path.to_owned());
        request
            .header("authorization", format!("Bearer {}", self.token))
            .send()
            .await
    }
}

async fn json_of(answer: TestResponse) -> Value {
    serde_json::from_str(&body(answer).await).expect("JSON")
}

const PAGE: &str = "/api/v1/roll/pages";

fn page(names: [&str; 2]) -> Value {
    let record = |number: &str, name: &str| {
        let passport = format!("E{}", &number[2..]);
        json!({ "student_no": number, "name": name, "id_number": passport, "status": "注册学籍" })
    };
    json!({ "school_code": "10001", "records": [record("2022010101", names[0]), record("2022010102", names[1])] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_roll_is_applied_once_and_told_about() {
    let app = App::new().await;
    let system = System::with(&app, &[Right::Roll, Right::Status]).await;
    let taken = system.post(PAGE, Some("page-1"), &page(["王小明", "陈静"])).await;
    taken.assert_status(StatusCode::ACCEPTED);
    let import = json_of(taken).await;
    let again = system.post(PAGE, Some("page-1"), &page(["王小明", "陈静"])).await;
    again.assert_status(StatusCode::OK);
    assert_eq!(json_of(again).await["import_id"], import["import_id"]);
    let other = system.post(PAGE, Some("page-1"), &page(["王小明", "陈晶"])).await;
    other.assert_status(StatusCode::CONFLICT);
    run_jobs(&app).await;
    let done = json_of(system.get(&format!("{PAGE}/{}", import["import_id"])).await).await;
    assert_eq!(
        (&done["state"], &done["new"], &done["error_total"]),
        (&json!("applied"), &json!(2), &json!(0)),
        "{done}"
    );
    let asked = json!({ "school_code": "10001", "student_nos": ["2022010101", "2022010102", "1999"] });
    let told = json_of(system.post("/api/v1/enrolments/query", None, &asked).await).await;
    let rows = told["enrolments"].as_array().expect("a list");
    assert_eq!(rows.len(), 2, "the third is in no roll");
    assert_eq!(
        (&rows[0]["photo"], &rows[0]["photo_sha256"]),
        (&json!("none"), &Value::Null)
    );
    let photos = system.post("/api/v1/photos/query", None, &asked).await;
    photos.assert_status(StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_meant_so_changes_nothing_and_says_why() {
    let app = App::new().await;
    let system = System::with(&app, &[Right::Roll]).await;
    let uneven = json!({ "school_code": "10001", "records": [
        { "student_no": "1", "name": "王小明", "id_number": "E22010101" },
        { "student_no": "2", "name": "陈静", "id_number": "E22010102", "sex": "女" }
    ] });
    let refused = system.post(PAGE, None, &uneven).await;
    refused.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let said = json_of(refused).await;
    assert_eq!(
        (&said["error"]["code"], &said["error"]["field"]),
        (&json!("fields-differ"), &json!("records[1]"))
    );
    let nothing = json!({ "school_code": "10001", "records": [] });
    system
        .post(PAGE, None, &nothing)
        .await
        .assert_status(StatusCode::BAD_REQUEST);
    let agency = Program::of(&app, "studio").await;
    agency
        .get("/api/v1/roll/pages/1")
        .send()
        .await
        .assert_status(StatusCode::UNAUTHORIZED);
    system
        .get("/api/v1/batches")
        .await
        .assert_status(StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn approved_photos_are_fetched_by_addresses_that_end() {
    let Worked { app, .. } = worked().await;
    let system = System::with(&app, &[Right::Status, Right::Photos]).await;
    let read = app.house.db.read(|conn| {
        let rows: Vec<(String, i64)> = roll_records::table
            .order(roll_records::student_no)
            .select((roll_records::student_no, roll_records::school_id))
            .load(conn)?;
        let code = domain::schools::queries::list_schools(conn)?.swap_remove(0).code;
        Ok((rows, code))
    });
    let (rows, school_code) = read.await.expect("the roll");
    let numbers: Vec<String> = rows.into_iter().map(|(number, _)| number).collect();
    let asked = json!({ "school_code": school_code, "student_nos": numbers });
    let told = json_of(system.post("/api/v1/enrolments/query", None, &asked).await).await;
    let standing = |word: &str| {
        let rows = told["enrolments"].as_array().expect("a list").iter();
        rows.filter(|row| row["photo"] == word).count()
    };
    for word in ["accepted", "recapture", "review", "none"] {
        assert!(standing(word) > 0, "the drawn batch has students whose photo is {word}");
    }
    let found = json_of(system.post("/api/v1/photos/query", None, &asked).await).await;
    let photos = found["photos"].as_array().expect("a list");
    assert_eq!(photos.len(), standing("accepted"));
    let href = photos[0]["href"].as_str().expect("an address");
    let picture = app.client.get(href.to_owned()).send().await;
    picture.assert_status_is_ok();
    assert_eq!(header(&picture, "content-type"), "image/jpeg");
    let (path, _) = href.split_once("?key=").expect("a signature");
    for forged in [
        format!("{path}?key=AAAA"),
        path.replace("/photos/", "/photos/0") + "?key=AAAA",
    ] {
        app.client.get(forged).send().await.assert_status(StatusCode::FORBIDDEN);
    }
}
