//! How students reach those who act for them, where photos are shot again, and what is taken from paper.

use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::db::schema::{audit_entries, recaptures, roll_records, schools};
use domain::id::{RecordId, SchoolId};
use poem::http::StatusCode;
use poem::test::TestResponse;

use crate::records::become_somebody;
use crate::students::{Student, code_of, refusals};
use crate::work::{Worked, worked};
use crate::{App, body, form_token};

/// Sends a form of the office's.
async fn send(app: &App, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    let token = form_token(app).await;
    let mut whole = vec![("csrf", token.as_str())];
    whole.extend_from_slice(fields);
    app.post(path).form(&whole).send().await
}

/// The page of the settings of the only school.
async fn settings(app: &App) -> String {
    let read = app.house.db.read(|conn| {
        let school_id: SchoolId = schools::table.select(schools::school_id).first(conn)?;
        Ok(format!("/console/schools/{school_id}"))
    });
    read.await.expect("a school")
}

/// A record whose photo was refused, and the college it is of.
async fn refused(app: &App) -> (i64, String) {
    let read = app.house.db.read(|conn| {
        let found: (RecordId, Option<String>) = recaptures::table
            .inner_join(roll_records::table)
            .filter(recaptures::state.eq("open"))
            .filter(roll_records::is_open.eq(true))
            .filter(roll_records::id_kind.eq("resident"))
            .select((recaptures::record_id, roll_records::college))
            .first(conn)?;
        Ok((found.0.0, found.1.expect("a college")))
    });
    read.await.expect("a re-capture")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_student_learns_where_to_go_and_whom_to_ask() {
    let Worked { app, .. } = worked().await;
    let (record_id, college) = refused(&app).await;
    let student = Student::of(&app, (record_id, 0, 0)).await;
    let before = body(student.get("/home").await).await;
    assert!(before.contains("按学校通知的地点") && before.contains("/help#contacts"));

    let here = settings(&app).await;
    let for_all = [
        ("actor", "college"),
        ("phone", "010-6275 1111 转 8"),
        ("hours", "周一至周五"),
    ];
    let own = [
        ("actor", "college"),
        ("college", college.as_str()),
        ("phone", "010-6275 2222"),
        ("place", "理科楼 203"),
    ];
    for fields in [for_all.as_slice(), own.as_slice()] {
        let kept = send(&app, &format!("{here}/contacts"), fields).await;
        kept.assert_status(StatusCode::SEE_OTHER);
    }
    let plan = [
        ("name", "2026 届"),
        ("recapture_days", "14"),
        ("max_attempts", "3"),
        ("recapture_place", "图书馆一楼 <9:00-16:00>"),
    ];
    send(&app, "/console/campaigns/1", &plan)
        .await
        .assert_status(StatusCode::SEE_OTHER);
    for page in ["/home".to_owned(), format!("/proof/{record_id}")] {
        let shown = body(student.get(&page).await).await;
        assert!(shown.contains("图书馆一楼 &lt;9:00-16:00&gt;"), "{page}");
        assert!(
            shown.contains("href=\"tel:01062752222\"") && shown.contains("理科楼 203"),
            "{page}"
        );
        assert!(
            !shown.contains("6275 1111"),
            "its own college's office comes first: {page}"
        );
    }
    let proof = body(student.get(&format!("/proof/{record_id}")).await).await;
    assert!(proof.contains("/assets/example."), "an example of a good photo");
    let help = body(app.client.get("/help").send().await).await;
    assert!(help.contains("6275 1111") && help.contains("6275 2222") && help.contains("id=\"contacts\""));
    let shown = body(app.get(&here).send().await).await;
    assert!(shown.contains("010-6275 1111 转 8") && shown.contains("理科楼 203"));

    let wrong = send(
        &app,
        &format!("{here}/contacts"),
        &[("actor", "agency"), ("phone", "ask me")],
    )
    .await;
    wrong.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body(wrong).await.contains("reach-phone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_may_want_its_students_to_judge_for_themselves() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 0).await;
    let record = format!("/console/records/{}", student.record_id);
    let form = format!("{record}/verdict\"");
    assert!(body(app.get(&record).send().await).await.contains(&form));
    let version = student.photo_id.to_string();
    let said = |reason: &'static str| {
        [
            ("subject", "photo".to_owned()),
            ("version", version.clone()),
            ("verdict", "disputed".to_owned()),
            ("reason", reason.to_owned()),
        ]
    };
    let say = async |reason: &'static str| {
        let said = said(reason);
        let fields: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        send(&app, &format!("{record}/verdict"), &fields).await
    };
    // What is wrong with a name is wrong with the roll, not with a photo.
    say("name").await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let here = settings(&app).await;
    send(&app, &here, &[("name", "示例大学")])
        .await
        .assert_status(StatusCode::SEE_OTHER);
    let refused = say("not-me").await;
    refused.assert_status(StatusCode::CONFLICT);
    assert_eq!(code_of(refused).await, "verdict-not-from-paper");
    assert_eq!(refusals(&app, "verdict.photo").await, 1);
    assert!(
        !body(app.get(&record).send().await).await.contains(&form),
        "what is refused is not offered"
    );
    student.say("confirmed", "").await.assert_status(StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_print_the_two_forms_and_only_the_student_with_the_number() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 1).await;
    let own = body(student.get(&format!("/proof/{}/paper", student.record_id)).await).await;
    let office = format!("/console/records/{}/paper", student.record_id);
    let printed = body(app.get(&office).send().await).await;
    for (page, is_whole) in [(&own, true), (&printed, false)] {
        assert!(page.contains("图像校对确认表") && page.contains("毕业生资格审查表"));
        assert!(page.contains(&student.name) && page.contains("class=\"bars\"") && page.contains("<figcaption>"));
        assert!(page.contains("学历类别") && page.contains("普通高等教育"));
        assert_eq!(page.contains(&student.number), is_whole);
        let born = &student.number[6..14];
        let born = format!("{}-{}-{}", &born[..4], &born[4..6], &born[6..]);
        assert_eq!(
            page.contains(&born),
            is_whole,
            "number and birth date are masked for the office"
        );
    }
    let noted = app.house.db.read(|conn| {
        let acts = audit_entries::table.filter(audit_entries::action.eq("record.paper"));
        Ok(acts.count().get_result::<i64>(conn)?)
    });
    assert_eq!(noted.await.expect("a count"), 1);
    become_somebody(&app, Role::Counsellor, Some("别的班".to_owned())).await;
    app.get(&office).send().await.assert_status(StatusCode::NOT_FOUND);
}
