//! What an agency announces of a delivery, and what arrived.

use std::io::Write as _;

use domain::accounts::model::Role;
use poem::http::StatusCode;
use serde_json::Value;

use crate::agency::{Person, two_agencies};
use crate::body;
use crate::uploads::Program;
use crate::work::{Worked, drawn, run_jobs};

/// The delivery that was worked on, with what the agency says of it as a whole.
fn announced_archive(header: &Value) -> Vec<u8> {
    let archive = std::io::Cursor::new(drawn().archive.clone());
    let mut archive = zip::ZipWriter::new_append(archive).expect("the archive goes on");
    let stored = zip::write::SimpleFileOptions::default();
    archive.start_file("batch.json", stored).expect("a file");
    archive.write_all(header.to_string().as_bytes()).expect("written");
    archive.finish().expect("closed").into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agency_announced_is_held_against_what_arrived() {
    let Worked { app, .. } = two_agencies().await;
    let program = Program::of(&app, "studio").await;
    let report = program.get("/api/v1/batches/1/report").send().await;
    let report: Value = serde_json::from_str(&body(report).await).expect("JSON");
    let mut digests: Vec<&str> = report["photos"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|photo| photo["sha256"].as_str().filter(|digest| !digest.is_empty()))
        .collect();
    digests.pop();
    let lost = "a".repeat(64);
    digests.push(&lost);
    let header = serde_json::json!({ "capture_code": "A1B2C3", "station": "体育馆", "sha256": digests });
    let upload = program.upload(&announced_archive(&header)).await;
    program
        .hand_in(&upload, "2027-code")
        .await
        .assert_status(StatusCode::CREATED);
    run_jobs(&app).await;
    let batch: Value = serde_json::from_str(&body(program.get("/api/v1/batches/2").send().await).await).expect("JSON");
    let announced = &batch["announced"];
    assert_eq!(
        (&announced["missing"], &announced["missing_sha256"][0]),
        (&1.into(), &lost.clone().into()),
        "{batch}"
    );
    assert_eq!(announced["station"], "体育馆");
    let admin = Person::of(&app, "studio", Role::AgencyAdmin).await;
    for page in [admin.get("/agency/batches/2"), app.get("/console/batches/2")] {
        let page = body(page.send().await).await;
        assert!(page.contains("A1B2C3") && page.contains("有 1 张照片没有收到"));
    }
    let upload = program
        .upload(&announced_archive(&serde_json::json!({ "school_code": "1" })))
        .await;
    program
        .hand_in(&upload, "2027-code")
        .await
        .assert_status(StatusCode::CREATED);
    run_jobs(&app).await;
    let batch: Value = serde_json::from_str(&body(program.get("/api/v1/batches/3").send().await).await).expect("JSON");
    assert_eq!(
        (&batch["state"], &batch["announced"]),
        (&"reconciled".into(), &Value::Null),
        "the photos are taken all the same"
    );
}
