//! A roll and a delivery on their way through the pages, with the worker running their jobs.

use std::sync::OnceLock;

use poem::http::StatusCode;
use poem::test::{TestForm, TestFormField, TestResponse};
use worker::JobContext;
use worker::synthetic::{AgencyBatch, School};

use crate::{App, body, form_token, header};

const STUDENTS: usize = 300;

pub(crate) struct Worked {
    pub(crate) app: App,
    /// Full names and identity numbers of the roll.
    pub(crate) secrets: Vec<String>,
}

/// The school that all houses here are of, and its delivery.
pub(crate) struct Drawn {
    pub(crate) school: School,
    pub(crate) archive: Vec<u8>,
}

/// Draws once for all tests of a run: three hundred portraits take longer than everything that a test does with them.
pub(crate) fn drawn() -> &'static Drawn {
    static DRAWN: OnceLock<Drawn> = OnceLock::new();
    DRAWN.get_or_init(|| {
        let school = School::generate(1, STUDENTS, 2027);
        let mut archive = std::io::Cursor::new(Vec::new());
        AgencyBatch::plan(&school, 1)
            .write_zip(&mut archive, &mut |_, _| {})
            .expect("an archive");
        Drawn {
            school,
            archive: archive.into_inner(),
        }
    })
}

/// A house whose roll and batch came in by upload and were worked on.
pub(crate) async fn worked() -> Worked {
    let app = App::new().await;
    let Drawn { school, archive } = drawn();
    let mut roll = Vec::new();
    school.write_roll_csv(&mut roll).expect("a roll");
    let token = form_token(&app).await;
    upload_roll(&app, &token, roll).await;
    say(&app, &token, "columns", &[]).await;
    say(&app, &token, "attend", &[("what", "approve")]).await;
    for _ in 0..2 {
        let response = app
            .post("/console/batches")
            .multipart(delivery(&token, archive.clone()))
            .send()
            .await;
        response.assert_status(StatusCode::SEE_OTHER);
        assert_eq!(
            header(&response, "location"),
            "/console/batches/1",
            "the same archive is recognised"
        );
    }
    run_jobs(&app).await;
    let secrets = school
        .rows
        .iter()
        .flat_map(|row| [row.name.clone(), row.id_number.clone()])
        .filter(|text| text.chars().count() > 1)
        .collect();
    Worked { app, secrets }
}

/// Hands in a roll, which waits for its columns to be looked at.
pub(crate) async fn upload_roll(app: &App, token: &str, roll: Vec<u8>) {
    let form = TestForm::new().text("csrf", token.to_owned()).text("kind", "roll");
    let response = app
        .post("/console/roll/imports")
        .multipart(form.field(file("roll.csv", roll)))
        .send()
        .await;
    response.assert_status(StatusCode::SEE_OTHER);
}

/// Sends a form of the first import's page, and lets the workers do what follows.
pub(crate) async fn say(app: &App, token: &str, form: &str, fields: &[(&str, &str)]) {
    say_of(app, token, 1, form, fields)
        .await
        .assert_status(StatusCode::SEE_OTHER);
    run_jobs(app).await;
}

/// Sends a form of an import's page.
pub(crate) async fn say_of(app: &App, token: &str, import: i64, form: &str, fields: &[(&str, &str)]) -> TestResponse {
    let mut whole = vec![("csrf", token)];
    whole.extend_from_slice(fields);
    let path = format!("/console/roll/imports/{import}/{form}");
    app.post(&path).form(&whole).send().await
}

fn file(name: &str, bytes: Vec<u8>) -> TestFormField {
    TestFormField::bytes(bytes).name("file").filename(name)
}

pub(crate) fn delivery(token: &str, archive: Vec<u8>) -> TestForm {
    TestForm::new()
        .text("csrf", token.to_owned())
        .text("campaign", "2027")
        .text("agency", "studio")
        .text("kind", "graduation")
        .field(file("batch.zip", archive))
}

pub(crate) async fn run_jobs(app: &App) {
    let house = app.house.clone();
    let ctx = JobContext::new(house.db, house.store, house.sealer, house.config, house.clock);
    worker::run_until_empty(ctx).await.expect("the jobs run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_and_a_batch_become_lists_photos_and_downloads() {
    let Worked { app, secrets } = worked().await;
    let imported = body(app.get("/console/roll/imports/1").send().await).await;
    assert!(
        imported.contains("roll/imports/1/issues.csv"),
        "the dirty rows are listed"
    );
    let mut pages = vec![imported];
    for path in [
        "/console",
        "/console/batches",
        "/console/roll/imports",
        "/console/recaptures",
    ] {
        pages.push(body(app.get(path).send().await).await);
    }
    for list in [
        "matched",
        "review",
        "rejected",
        "unmatched",
        "ignored",
        "missing",
        "manifest_only",
    ] {
        let html = body(app.get(&format!("/console/batches/1?list={list}")).send().await).await;
        assert!(html.contains("aria-current=\"true\""), "{list}");
        let csv = app
            .get(&format!("/console/batches/1/list.csv?list={list}"))
            .send()
            .await;
        csv.assert_status_is_ok();
        assert!(header(&csv, "content-disposition").starts_with("attachment"), "{list}");
        pages.extend([html, body(csv).await]);
    }
    for path in [
        "/console/batches/1/receipt.csv",
        "/console/recaptures.csv",
        "/console/roll/imports/1/issues.csv",
    ] {
        let response = app.get(path).send().await;
        response.assert_status_is_ok();
        pages.push(body(response).await);
    }
    for page in &pages {
        for secret in &secrets {
            assert!(
                !page.contains(secret.as_str()),
                "a page shows a full name or an identity number"
            );
        }
    }
    let workbook = app.get("/console/recaptures.xlsx").send().await;
    workbook.assert_status_is_ok();
    a_pair_stands_side_by_side(&app).await;
    thumbnails_are_for_those_who_were_given_the_address(&app).await;
    undoing_needs_the_number_typed(&app).await;
}

async fn a_pair_stands_side_by_side(app: &App) {
    let html = body(app.get("/console/batches/1?list=review&reason=DUP").send().await).await;
    assert!(html.contains("class=\"pair\"") && html.contains("同一张照片出现在两名学生名下"));
    app.get("/console/batches/1?list=nonsense")
        .send()
        .await
        .assert_status(StatusCode::NOT_FOUND);
}

async fn thumbnails_are_for_those_who_were_given_the_address(app: &App) {
    let html = body(app.get("/console/batches/1?list=matched").send().await).await;
    let (_, rest) = html.split_once("src=\"/console/thumbnails/").expect("a photo is shown");
    let address = format!(
        "/console/thumbnails/{}",
        rest.split_once('"').expect("the address is quoted").0
    );
    let response = app.get(&address).send().await;
    response.assert_status_is_ok();
    assert_eq!(header(&response, "content-type"), "image/jpeg");
    assert_eq!(header(&response, "cache-control"), "no-store");
    let (path, key) = address.split_once("?key=").expect("the address is signed");
    let flipped = if key.ends_with('A') { "B" } else { "A" };
    for wrong in [
        format!("{path}?key="),
        format!("{path}?key={}{flipped}", &key[..key.len() - 1]),
    ] {
        app.get(&wrong).send().await.assert_status(StatusCode::FORBIDDEN);
    }
    let stranger = app.client.get(&address).send().await;
    stranger.assert_status(StatusCode::SEE_OTHER);
}

async fn undoing_needs_the_number_typed(app: &App) {
    let token = form_token(app).await;
    let page = body(app.get("/console/batches/1").send().await).await;
    let (_, rest) = page.split_once("batches/1/undo").expect("the form to undo");
    let digits: String = rest
        .split_once("name=\"files\"")
        .map(|(before, _)| before.rsplit_once("for=\"undo-files\">").map_or("", |(_, label)| label))
        .unwrap_or_default()
        .chars()
        .take_while(|c| *c != '<')
        .filter(char::is_ascii_digit)
        .collect();
    let undo = |files: &str| [("csrf", token.clone()), ("files", files.to_owned())];
    let wrong = app.post("/console/batches/1/undo").form(&undo("7")).send().await;
    wrong.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let right = app.post("/console/batches/1/undo").form(&undo(&digits)).send().await;
    right.assert_status(StatusCode::SEE_OTHER);
    let again = app.post("/console/batches/1/undo").form(&undo(&digits)).send().await;
    again.assert_status(StatusCode::CONFLICT);
    assert!(body(again).await.contains("batch-busy"));
    let roll = app
        .post("/console/roll/imports/1/undo")
        .form(&[("csrf", token.as_str())])
        .send()
        .await;
    roll.assert_status(StatusCode::SEE_OTHER);
    assert!(header(&roll, "location").starts_with("/console/roll/imports/1?reversed="));
}
