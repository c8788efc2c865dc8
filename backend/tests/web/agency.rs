//! An agency from outside: its pages, the interface of its programs, and that neither reaches anything of anybody else's.

use backend::app::WebSettings;
use domain::accounts::commands::sign_in::{SignIn, SignInOutcome, sign_in};
use domain::accounts::commands::staff::{Manager, invite};
use domain::accounts::commands::{hash_new_password, set_password};
use domain::accounts::model::{Invitation, Origin, Role, Scope, SessionTimes};
use domain::agencies::queries::get_agency_by_code;
use domain::campaigns::commands::add_campaign;
use domain::campaigns::model::{CampaignMode, Expected, NewCampaign};
use domain::campaigns::profile::Profile;
use poem::http::StatusCode;
use poem::test::TestRequestBuilder;
use serde_json::Value;

use crate::uploads::Program;
use crate::work::{Worked, drawn, run_jobs, worked};
use crate::{App, PASSWORD, body, form_token, header};

type Builder<'a> = TestRequestBuilder<'a, poem::endpoint::BoxEndpoint<'static>>;

/// Somebody of an agency at a browser.
pub(crate) struct Person<'a> {
    app: &'a App,
    cookie: String,
}

impl<'a> Person<'a> {
    pub(crate) async fn of(app: &'a App, code: &'static str, role: Role) -> Self {
        let email = format!("{role}@{code}.example");
        let (house, invited) = (&app.house, email.clone());
        let now_ms = house.clock.now_ms();
        let made = house.db.write_tx(move |conn| {
            let invitation = Invitation {
                email: invited,
                role,
                scope: Scope::default(),
                agency_id: Some(get_agency_by_code(conn, code)?.agency_id),
            };
            let link = invite(conn, Manager::Operator, &invitation, now_ms)?;
            set_password(conn, &link, &hash_new_password(PASSWORD)?, now_ms)
        });
        made.await.expect("an account");
        let token = backend::auth::SessionToken::generate().expect("randomness");
        let attempt = SignIn {
            email,
            password: PASSWORD.to_owned(),
            second_factor: None,
            origin: Origin::default(),
            new_token_hash: token.stored_hash(),
            times: SessionTimes::with_idle_minutes(30),
        };
        let outcome = sign_in(&house.db, &house.sealer, attempt, now_ms)
            .await
            .expect("an answer");
        assert_eq!(outcome, SignInOutcome::SignedIn);
        let cookie = token.set_cookie(&backend::app::WebSettings::default());
        let cookie = cookie
            .to_str()
            .expect("ASCII")
            .split(';')
            .next()
            .expect("a pair")
            .to_owned();
        Self { app, cookie }
    }

    pub(crate) fn get(&self, path: &str) -> Builder<'a> {
        self.app.client.get(path.to_owned()).header("cookie", &self.cookie)
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> poem::test::TestResponse {
        let html = body(self.get("/agency").send().await).await;
        let (_, rest) = html.split_once("name=\"csrf\" value=\"").expect("the page has a form");
        let token = rest.split_once('"').expect("quoted").0.to_owned();
        let fields: Vec<(&str, &str)> = [("csrf", token.as_str())]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        self.app
            .client
            .post(path.to_owned())
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .form(&fields)
            .send()
            .await
    }
}

/// A second agency and a campaign in the code mode, beside what was worked on.
pub(crate) async fn two_agencies() -> Worked {
    let worked = worked().await;
    let now_ms = worked.app.house.clock.now_ms();
    let code_mode = NewCampaign {
        code: "2027-code".to_owned(),
        name: "2027 届采集码".to_owned(),
        mode: CampaignMode::Code,
        profile: Profile::builtin("chsi-graduation").expect("built in"),
        freeze_at_ms: None,
        upload_expected: None,
        recapture_place: None,
        expected: Expected::default(),
    };
    let added = worked
        .app
        .house
        .db
        .write_tx(move |conn| add_campaign(conn, "operator", &code_mode, now_ms));
    added.await.expect("a campaign");
    crate::uploads::token_of(&worked.app, "other").await;
    worked
}

/// The same archive that was worked on, delivered in the code mode by a program.
pub(crate) async fn deliver_in_code_mode(program: &Program<'_>) -> i64 {
    let upload = program.upload(&drawn().archive).await;
    let taken = program.hand_in(&upload, "2027-code").await;
    taken.assert_status(StatusCode::CREATED);
    run_jobs(program.app).await;
    let batch: Value = serde_json::from_str(&body(taken).await).expect("JSON");
    batch["batch_id"].as_i64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_reads_what_became_of_its_delivery() {
    let Worked { app, .. } = two_agencies().await;
    let program = Program::of(&app, "studio").await;
    let json = async |path: &str| -> Value {
        let answer = program.get(path).send().await;
        answer.assert_status_is_ok();
        serde_json::from_str(&body(answer).await).expect("JSON")
    };
    let campaigns = json("/api/v1/campaigns").await;
    assert_eq!(campaigns["campaigns"].as_array().expect("a list").len(), 2);
    let batches = json("/api/v1/batches?limit=1").await;
    assert_eq!(
        (&batches["batches"][0]["batch_id"], &batches["next"]),
        (&Value::from(1), &Value::from(1))
    );
    assert_eq!(
        json("/api/v1/batches?before=1").await["batches"],
        Value::Array(Vec::new())
    );
    let batch = json("/api/v1/batches/1").await;
    assert_eq!(
        (&batch["state"], &batch["photos_total"]),
        (&"reconciled".into(), &batch["photos_inspected"])
    );
    let report = json("/api/v1/batches/1/report").await;
    let photos = report["photos"].as_array().expect("a list");
    assert_eq!(Value::from(photos.len()), report["counts"]["files"]);
    let count = |verdict: &str| photos.iter().filter(|photo| photo["verdict"] == verdict).count();
    for verdict in ["matched", "review", "rejected", "unmatched", "ignored"] {
        assert_eq!(report["counts"][verdict], Value::from(count(verdict)), "{verdict}");
    }
    assert_eq!(
        report["missing"],
        Value::Array(Vec::new()),
        "the roll is not an agency's to see"
    );
    let receipt = program.get("/api/v1/batches/1/receipt.csv").send().await;
    assert!(header(&receipt, "content-type").starts_with("text/csv"));
    let receipt = body(receipt).await;
    assert_eq!(receipt.lines().count(), photos.len() + 1);
    assert!(receipt.contains("退回") && receipt.contains("请重新导出原图再交"));
    let recaptures = json("/api/v1/recaptures?campaign=2027").await;
    assert!(!recaptures["recaptures"].as_array().expect("a list").is_empty());
    let unknown = program.get("/api/v1/recaptures?campaign=1999").send().await;
    unknown.assert_status(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_has_not_changed_is_not_sent_again() {
    let app = App::new().await;
    let program = Program::of(&app, "studio").await;
    let first = program.get("/api/v1/campaigns").send().await;
    let tag = header(&first, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 2, "{tag}");
    let again = program
        .get("/api/v1/campaigns")
        .header("if-none-match", &tag)
        .send()
        .await;
    again.assert_status(StatusCode::NOT_MODIFIED);
    assert_eq!(header(&again, "etag"), tag);
    assert_eq!(body(again).await, "");
    let other = program
        .get("/api/v1/batches")
        .header("if-none-match", &tag)
        .send()
        .await;
    other.assert_status_is_ok();
    assert!(body(other).await.contains("\"batches\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_asks_too_often_is_told_when_to_go_on() {
    let settings = WebSettings {
        requests_per_minute: 2,
        ..WebSettings::default()
    };
    let app = App::with(settings, Role::Registrar).await;
    let (program, other) = (Program::of(&app, "studio").await, Program::of(&app, "other").await);
    for left in ["1", "0"] {
        let answer = program.get("/api/v1/campaigns").send().await;
        answer.assert_status_is_ok();
        let said = ["ratelimit-limit", "ratelimit-remaining"].map(|name| header(&answer, name));
        assert_eq!(said, ["2", left]);
    }
    let refused = program.get("/api/v1/campaigns").send().await;
    refused.assert_status(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&refused, "retry-after"), header(&refused, "ratelimit-reset"));
    assert!(body(refused).await.contains("\"code\":\"too-many-requests\""));
    other.get("/api/v1/campaigns").send().await.assert_status_is_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_names_its_agencies_does_not_exist_for_others() {
    let app = App::new().await;
    let (studio, other) = (Program::of(&app, "studio").await, Program::of(&app, "other").await);
    let sees = async |program: &Program<'_>| {
        let answer = program.get("/api/v1/campaigns").send().await;
        body(answer).await.contains("\"2027\"")
    };
    let name = async |agencies: &[(&str, &str)]| {
        let csrf = form_token(&app).await;
        let fields: Vec<(&str, &str)> = [("csrf", csrf.as_str())]
            .into_iter()
            .chain(agencies.iter().copied())
            .collect();
        app.post("/console/campaigns/1/agencies").form(&fields).send().await
    };
    assert!(sees(&studio).await && sees(&other).await, "none named is every one");
    name(&[("agency", "1")]).await.assert_status(StatusCode::SEE_OTHER);
    assert!(sees(&studio).await && !sees(&other).await);
    let page = body(app.get("/console/campaigns/1").send().await).await;
    assert!(page.contains("name=\"agency\" value=\"1\" checked"));
    name(&[("agency", "77")]).await.assert_status(StatusCode::NOT_FOUND);
    assert!(sees(&studio).await, "a refusal changes nothing");
    name(&[]).await.assert_status(StatusCode::SEE_OTHER);
    assert!(sees(&other).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_to_the_others_door_is_led_home() {
    let app = App::new().await;
    let operator = Person::of(&app, "studio", Role::AgencyOperator).await;
    for (answer, home) in [
        (operator.get("/console").send().await, "/agency"),
        (operator.get("/console/records/1").send().await, "/agency"),
        (app.get("/agency").send().await, "/console"),
    ] {
        answer.assert_status(StatusCode::SEE_OTHER);
        assert_eq!(header(&answer, "location"), home);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_keeps_its_tokens_and_people() {
    let Worked { app, .. } = two_agencies().await;
    let admin = Person::of(&app, "studio", Role::AgencyAdmin).await;
    let operator = Person::of(&app, "studio", Role::AgencyOperator).await;
    for path in ["/agency/tokens", "/agency/people"] {
        admin.get(path).send().await.assert_status_is_ok();
        operator.get(path).send().await.assert_status(StatusCode::FORBIDDEN);
    }
    let made = admin
        .post("/agency/tokens", &[("name", "摄影棚 1"), ("days", "30")])
        .await;
    made.assert_status_is_ok();
    let page = body(made).await;
    let (_, rest) = page.split_once("value=\"rollproof_").expect("the secret, once");
    let token = format!("rollproof_{}", rest.split_once('"').expect("quoted").0);
    assert!(
        !body(admin.get("/agency/tokens").send().await).await.contains(&token),
        "shown once"
    );
    let program = Program {
        app: &app,
        token: token.clone(),
    };
    program.get("/api/v1/batches").send().await.assert_status_is_ok();
    let answer = admin.post("/agency/tokens/1/revoke", &[]).await;
    answer.assert_status(StatusCode::NOT_FOUND);
    // The first token is the other agency's.
    admin
        .post("/agency/tokens/2/revoke", &[])
        .await
        .assert_status(StatusCode::SEE_OTHER);
    program
        .get("/api/v1/batches")
        .send()
        .await
        .assert_status(StatusCode::UNAUTHORIZED);
    let invited = admin
        .post(
            "/agency/people",
            &[("email", "new@studio.example"), ("role", "agency-operator")],
        )
        .await;
    assert!(body(invited).await.contains("/console/set-password/"));
    for role in ["admin", "registrar", "auditor"] {
        let refused = admin
            .post("/agency/people", &[("email", "x@studio.example"), ("role", role)])
            .await;
        assert!(
            refused.0.status().is_client_error(),
            "an agency makes no {role} of the office"
        );
    }
    let staff = admin.post("/agency/people/1", &[("what", "close")]).await;
    staff.assert_status(StatusCode::NOT_FOUND);
}
