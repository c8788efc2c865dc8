//! No agency reaches anything of another, nor a name or a number of the roll: every address, asked by every one of them, and every byte
//! of the answers looked through.

use domain::accounts::model::Role;
use poem::http::StatusCode;
use serde_json::{Value, json};

use crate::agency::{Person, deliver_in_code_mode, two_agencies};
use crate::uploads::Program;
use crate::work::Worked;
use crate::{App, body};

/// Every address that somebody of an agency or its program may think of.
const ADDRESSES: &[&str] = &[
    "/agency",
    "/agency/batches/1",
    "/agency/batches/1?list=matched",
    "/agency/batches/1?list=review",
    "/agency/batches/1?list=unmatched",
    "/agency/batches/1/receipt.csv",
    "/agency/batches/2",
    "/agency/batches/2?list=matched",
    "/agency/batches/2?list=review",
    "/agency/batches/2?list=unmatched",
    "/agency/batches/2/receipt.csv",
    "/agency/recaptures",
    "/agency/recaptures?campaign=2027-code",
    "/agency/recaptures.csv?campaign=2027",
    "/agency/tokens",
    "/agency/people",
    "/agency/webhooks",
    "/api/v1/campaigns",
    "/api/v1/batches",
    "/api/v1/batches/1",
    "/api/v1/batches/1/report",
    "/api/v1/batches/1/receipt.csv",
    "/api/v1/batches/2",
    "/api/v1/batches/2/report",
    "/api/v1/batches/2/receipt.csv",
    "/api/v1/recaptures?campaign=2027",
    "/api/v1/recaptures?campaign=2027-code",
    "/api/v1/uploads",
    "/api/v1/roll/pages/1",
    "/api/v1/photos/0000000000000000000000000000000000000000000000000000000000000000?key=0",
    "/api/v1/version",
    "/api/v1/openapi.json",
    "/console",
    "/console/records",
    "/console/records/1",
    "/console/records.csv",
    "/console/batches/1",
    "/console/batches/1/receipt.csv",
    "/console/review",
    "/console/review/1",
    "/console/recaptures",
    "/console/roll/imports/1",
    "/console/staff",
    "/console/audit",
];

/// What other systems of the school ask by sending something.
const QUESTIONS: &[&str] = &["/api/v1/roll/pages", "/api/v1/enrolments/query", "/api/v1/photos/query"];

/// Whether an address is one that a route answers; parameters of routes are `:name` or `{name}`.
fn is_of_route(address: &str, route: &str) -> bool {
    let path = address.split_once('?').map_or(address, |(path, _)| path);
    let fits = |(part, wanted): (&str, &str)| wanted.starts_with([':', '{']) || part == wanted;
    path.split('/').count() == route.split('/').count() && path.split('/').zip(route.split('/')).all(fits)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_addresses_are_all_that_agencies_and_programs_can_read() {
    let app = App::new().await;
    let document = body(app.client.get("/api/v1/openapi.json").send().await).await;
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").iter();
    let of_programs = paths.map(|(path, methods)| (format!("/api/v1{path}"), methods.get("get").is_some()));
    let routes = include_str!("../../src/routes.rs").split('"');
    let of_people = routes.filter(|text| text.starts_with("/agency") && !text.ends_with(".xlsx"));
    let sent_alone =
        |route: &str| route.ends_with("/revoke") || route.contains("/:staff_id") || route.contains("/:webhook_id");
    let of_people = of_people
        .filter(|route| !sent_alone(route))
        .map(|route| (route.to_owned(), true));
    for (route, is_read) in of_programs.chain(of_people) {
        if ["/agency/login", "/agency/logout", "/agency/batches"].contains(&route.as_str()) {
            continue;
        }
        let listed = if is_read { ADDRESSES } else { QUESTIONS };
        assert!(
            listed.iter().any(|address| is_of_route(address, &route)),
            "{route} is not asked"
        );
    }
}

/// Names that this agency itself delivered may stand in its own receipts of the legacy mode, and nowhere else.
fn may_repeat_names(path: &str) -> bool {
    path.starts_with("/agency/batches/1") || path.starts_with("/api/v1/batches/1")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_agency_reads_a_name_or_a_number_of_the_roll() {
    let Worked { app, secrets } = two_agencies().await;
    let (own, other) = (Program::of(&app, "studio").await, Program::of(&app, "other").await);
    let code_batch = deliver_in_code_mode(&own).await;
    assert_eq!(code_batch, 2);
    let people = [
        (Person::of(&app, "studio", Role::AgencyAdmin).await, true),
        (Person::of(&app, "studio", Role::AgencyOperator).await, true),
        (Person::of(&app, "other", Role::AgencyAdmin).await, false),
    ];
    for &path in QUESTIONS {
        for program in [&own, &other] {
            let asked = json!({ "school_code": "10001", "student_nos": ["2023010001"], "records": [] });
            let refused = program.post_json(path, &asked).await;
            refused.assert_status(StatusCode::UNAUTHORIZED);
        }
    }
    for &path in ADDRESSES {
        let mut answers = vec![
            (true, own.get(path).send().await),
            (false, other.get(path).send().await),
        ];
        for (person, is_own) in &people {
            answers.push((*is_own, person.get(path).send().await));
        }
        for (is_own, answer) in answers {
            let status = answer.0.status();
            let is_of_batch = path.contains("/batches/");
            assert!(
                is_own || !is_of_batch || status != StatusCode::OK,
                "{path} is of another agency"
            );
            assert!(
                !path.starts_with("/console") || status != StatusCode::OK,
                "{path} is the office's"
            );
            assert!(!status.is_server_error(), "{path} fails");
            let text = body(answer).await;
            if is_own && may_repeat_names(path) {
                continue;
            }
            for secret in &secrets {
                assert!(
                    !text.contains(secret.as_str()),
                    "{path} says a name or a number of the roll"
                );
            }
        }
    }
}
