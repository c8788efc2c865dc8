//! Finding people, reading one record, and opening a masked field.

use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::db::schema::{audit_entries, notice_deliveries, notices, roll_records, staff, students};
use domain::id::{NoticeId, StudentId};
use domain::notices::commands::tell;
use domain::notices::model::{DeliveryState, NewNotice, NoticeKind};
use poem::http::StatusCode;
use worker::synthetic::RollRow;

use crate::students::Student;
use crate::work::{Worked, drawn, worked};
use crate::{App, SIGNED_IN, body, form_token, header};

/// A row of the drawn roll that is in the house and whose number and name only it has.
async fn somebody(app: &App) -> (i64, RollRow) {
    let school = &drawn().school;
    let known: Vec<(i64, String)> = app
        .house
        .db
        .read(|conn| {
            Ok(roll_records::table
                .select((roll_records::record_id, roll_records::student_no))
                .load::<(domain::id::RecordId, String)>(conn)?
                .into_iter()
                .map(|(record_id, number)| (record_id.0, number))
                .collect())
        })
        .await
        .expect("records");
    let is_alone = |row: &&RollRow| {
        school
            .rows
            .iter()
            .filter(|other| other.id_number == row.id_number || other.name == row.name)
            .count()
            == 1
            && row.id_number.len() == 18
    };
    let found = school.rows.iter().filter(is_alone).find_map(|row| {
        let record_id = known.iter().find(|(_, number)| *number == row.student_no)?.0;
        Some((record_id, row.clone()))
    });
    found.expect("the drawn roll has somebody like that")
}

async fn search(app: &App, typed: &str) -> poem::test::TestResponse {
    let token = form_token(app).await;
    app.post("/console/records")
        .form(&[("csrf", token.as_str()), ("q", typed)])
        .send()
        .await
}

pub(crate) async fn become_somebody(app: &App, role: Role, class_name: Option<String>) {
    let change = app.house.db.write_tx(move |conn| {
        diesel::update(staff::table)
            .set((staff::role.eq(role), staff::class_name.eq(&class_name)))
            .execute(conn)?;
        Ok(())
    });
    change.await.expect("the account changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_shown_masked_and_opened_with_a_reason() {
    let Worked { app, secrets } = worked().await;
    let (record_id, row) = somebody(&app).await;
    let person = format!("/console/records/{record_id}");
    for typed in [
        row.id_number.as_str(),
        &row.id_number.to_lowercase(),
        &row.student_no,
        &row.name,
    ] {
        let answer = search(&app, typed).await;
        answer.assert_status(StatusCode::SEE_OTHER);
        assert_eq!(
            header(&answer, "location"),
            person,
            "found by one of number, student number and name"
        );
    }
    let last_four = &row.id_number[14..];
    let found = search(&app, last_four).await;
    assert!(found.0.status() == StatusCode::SEE_OTHER || body(found).await.contains(&row.student_no));
    let nobody = body(search(&app, "没有这个人").await).await;
    assert!(nobody.contains("没有找到"));
    let pages = [
        body(app.get("/console/records").send().await).await,
        body(search(&app, &row.student_no[..4]).await).await,
        body(app.get(&person).send().await).await,
    ];
    for page in &pages {
        for secret in &secrets {
            assert!(
                !page.contains(secret.as_str()),
                "a page shows a full name or an identity number"
            );
        }
    }
    assert!(pages[2].contains("导入学籍") && pages[2].contains(&row.student_no));
    every_page_of_the_list_goes_on_where_the_last_ended(&app).await;
    every_column_narrows_the_list(&app).await;
    a_field_is_opened(&app, &person, &row).await;
    a_counsellor_sees_her_class(&app, record_id, &row).await;
}

/// The records of a list, over all its pages.
async fn walk(app: &App, path: &str) -> Vec<i64> {
    let (mut path, mut numbers) = (path.to_owned(), Vec::new());
    loop {
        let page = body(app.get(&path).send().await).await;
        let rows = page.split("data-href=\"/console/records/").skip(1);
        numbers.extend(rows.filter_map(|rest| rest.split_once('"')?.0.parse::<i64>().ok()));
        let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else {
            return numbers;
        };
        path = rest.split_once('"').expect("quoted").0.replace("&amp;", "&");
    }
}

async fn every_page_of_the_list_goes_on_where_the_last_ended(app: &App) {
    let mut numbers = walk(app, "/console/records?standing=all").await;
    let all: i64 = app
        .house
        .db
        .read(|conn| Ok(roll_records::table.count().get_result(conn)?))
        .await
        .expect("a count");
    let listed = i64::try_from(numbers.len()).expect("few");
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((listed, i64::try_from(numbers.len()).expect("few")), (all, all));
}

async fn every_column_narrows_the_list(app: &App) {
    let all = walk(app, "/console/records?standing=all").await.len();
    let mut parts = Vec::new();
    for level in ["doctor", "master", "bachelor", "upgrade", "associate"] {
        parts.push(
            walk(app, &format!("/console/records?standing=all&level={level}"))
                .await
                .len(),
        );
    }
    assert!(parts.iter().filter(|part| **part > 0).count() > 1);
    assert_eq!(parts.iter().sum::<usize>(), all, "everybody has one level");
    let open = walk(app, "/console/records?standing=open").await.len();
    let registered = walk(app, "/console/records?standing=registered&sort=-name").await.len();
    let suspended = walk(app, "/console/records?standing=suspended").await.len();
    assert!(0 < suspended && suspended + registered <= open && open < all);
    let accepted = walk(app, "/console/records?photo=accepted").await;
    let missing = walk(app, "/console/records?photo=missing&sort=name").await;
    assert!(!accepted.is_empty() && !missing.is_empty());
    assert!(missing.iter().all(|record| !accepted.contains(record)));
}

async fn a_field_is_opened(app: &App, person: &str, row: &RollRow) {
    let token = form_token(app).await;
    let ask = |reason: &'static str| {
        let fields = [
            ("csrf", token.clone()),
            ("field", "id-number".to_owned()),
            ("reason", reason.to_owned()),
        ];
        app.post(&format!("{person}/reveal")).form(&fields).send()
    };
    ask("  ab ").await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let opened = ask("家长来电核对身份").await;
    assert_eq!(header(&opened, "cache-control"), "no-store");
    let page = body(opened).await;
    assert!(page.contains(&row.id_number) && !page.contains(&row.name));
    let acts: Vec<(String, bool)> = app
        .house
        .db
        .read(|conn| {
            Ok(audit_entries::table
                .filter(audit_entries::subject_kind.eq("record"))
                .select((audit_entries::action, audit_entries::detail_sealed.is_not_null()))
                .load(conn)?)
        })
        .await
        .expect("the trail");
    assert_eq!(acts, [("record.reveal-id-number".to_owned(), true)]);
}

async fn a_counsellor_sees_her_class(app: &App, record_id: i64, row: &RollRow) {
    let person = format!("/console/records/{record_id}");
    let class_name: Option<String> = app
        .house
        .db
        .read(move |conn| {
            Ok(roll_records::table
                .find(domain::id::RecordId(record_id))
                .select(roll_records::class_name)
                .first(conn)?)
        })
        .await
        .expect("a class");
    become_somebody(app, Role::Counsellor, class_name.clone()).await;
    app.get(&person).send().await.assert_status_is_ok();
    let list = body(app.get("/console/records").send().await).await;
    assert!(list.contains(&row.student_no));
    let token = form_token(app).await;
    let fields = [("csrf", token.as_str()), ("field", "name"), ("reason", "想知道是谁")];
    let refused = app.post(&format!("{person}/reveal")).form(&fields).send().await;
    refused.assert_status(StatusCode::FORBIDDEN);
    for other in [Some("别的班".to_owned()), None] {
        become_somebody(app, Role::Counsellor, other).await;
        app.get(&person).send().await.assert_status(StatusCode::NOT_FOUND);
        assert!(
            !body(app.get("/console/records").send().await)
                .await
                .contains(&row.student_no)
        );
        assert!(body(search(app, &row.id_number).await).await.contains("没有找到"));
    }
}

#[tokio::test]
async fn a_part_of_a_list_is_kept_shared_and_given_up() {
    let app = App::new().await;
    let token = form_token(&app).await;
    let part = "/console/records?standing=all&sort=-name";
    let keep = |name: &'static str, path: &'static str| {
        let token = token.clone();
        let form = [
            ("csrf", token),
            ("name", name.to_owned()),
            ("path", path.to_owned()),
            ("shared", "on".to_owned()),
        ];
        app.post("/console/views").form(&form).send()
    };
    keep("全部学生", part).await.assert_status(StatusCode::SEE_OTHER);
    let page = body(app.get(part).send().await).await;
    assert!(page.contains("全部学生") && page.contains("/console/views/delete"));
    assert!(
        body(app.get("/console/records").send().await)
            .await
            .contains("全部学生")
    );
    assert!(
        !body(app.get("/console/recaptures").send().await)
            .await
            .contains("全部学生")
    );
    keep("别处", "https://evil.example/console/")
        .await
        .assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let form = [("csrf", token.as_str()), ("view", "1"), ("path", part)];
    app.post("/console/views/delete").form(&form).send().await;
    assert!(!body(app.get(part).send().await).await.contains("全部学生"));
}

/// The entries of a record's timeline, the newest first, without the marks around their words.
async fn timeline(app: &App, record: &str, language: &str) -> Vec<String> {
    let cookie = format!("{SIGNED_IN}; lang={language}");
    let page = app.client.get(record.to_owned()).header("cookie", cookie).send().await;
    let page = body(page).await;
    let (_, list) = page.split_once("<ol class=\"timeline-list\">").expect("a timeline");
    let entries = list.split("<div class=\"timeline-what\">").skip(1);
    entries
        .map(|entry| plain(entry.split("</div>").next().expect("closed")))
        .collect()
}

/// The words of a piece of a page.
fn plain(html: &str) -> String {
    let texts = html.split('<').filter_map(|piece| Some(piece.split_once('>')?.1));
    texts
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Tells a student two things about an enrolment: one delivered by mail, one that only stands on the student's page.
async fn tell_twice(app: &App, student: &Student<'_>) {
    let (sealer, now_ms) = (app.house.sealer.clone(), app.house.clock.now_ms());
    let record_id = domain::id::RecordId(student.record_id);
    let told = app.house.db.write_tx(move |conn| {
        let student_id = students::table
            .filter(students::email.eq(format!("s{record_id}@mail.example")))
            .select(students::student_id)
            .first::<StudentId>(conn)?;
        for kind in [NoticeKind::PhotoArrived, NoticeKind::VerdictReminder] {
            let notice = NewNotice {
                student_id: Some(student_id),
                record_id: Some(record_id),
                kind,
                unique_key: kind.to_string(),
                parameters: serde_json::json!({ "days": 3 }),
                secret: Some("0123456789abcdef"),
                expires_at_ms: None,
                to: None,
            };
            tell(conn, &sealer, &notice, now_ms)?;
        }
        let silent = notices::table.filter(notices::kind.eq(NoticeKind::VerdictReminder));
        let silent: NoticeId = silent.select(notices::notice_id).first(conn)?;
        let deliveries = notice_deliveries::table.filter(notice_deliveries::notice_id.eq(silent));
        diesel::delete(deliveries).execute(conn)?;
        diesel::update(notice_deliveries::table)
            .set(notice_deliveries::state.eq(DeliveryState::Delivered))
            .execute(conn)?;
        Ok(())
    });
    told.await.expect("told");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_has_what_the_student_said_and_was_told() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 0).await;
    let record = format!("/console/records/{}", student.record_id);
    tell_twice(&app, &student).await;
    student
        .say("disputed", "quality")
        .await
        .assert_status(StatusCode::SEE_OTHER);
    let token = form_token(&app).await;
    let reopen = [("csrf", token.as_str()), ("subject", "photo"), ("reason", "签字表有误")];
    let reopened = app.post(&format!("{record}/reopen")).form(&reopen).send().await;
    reopened.assert_status(StatusCode::SEE_OTHER);
    let version = student.photo_id.to_string();
    let on_behalf = [
        ("csrf", token.as_str()),
        ("subject", "photo"),
        ("version", version.as_str()),
        ("verdict", "confirmed"),
    ];
    let spoken = app.post(&format!("{record}/verdict")).form(&on_behalf).send().await;
    spoken.assert_status(StatusCode::SEE_OTHER);
    let chinese = timeline(&app, &record, "zh-CN").await.join("\n");
    for entry in [
        "照片校对： 错误 · 学生本人 模糊、裁切或光线不好",
        "重新打开照片校对 · lin@example.edu",
        "照片校对： 正确 · lin@example.edu 代为校对",
        "通知： 照片已到 · 邮件 已送达",
        "工单 1 照片 · 已提交",
        "通知： 提醒校对 · 仅在学生页面",
    ] {
        assert!(chinese.contains(entry), "{entry} is not in\n{chinese}");
    }
    let english = timeline(&app, &record, "en").await.join("\n");
    for entry in [
        "Verdict on the photo: Wrong · student Blurred, cut or badly lit",
        "Verdict on the photo opened again · lin@example.edu",
        "Notice: Photo arrived · Mail Delivered",
        "Notice: Check again · Mail Waiting",
    ] {
        assert!(english.contains(entry), "{entry} is not in\n{english}");
    }
    let page = body(app.get(&record).send().await).await;
    for secret in ["mail.example", "0123456789abcdef", "签字表有误"] {
        assert!(
            !page.contains(secret),
            "addresses, links and reasons of the trail stay where they are"
        );
    }
    become_somebody(&app, Role::Counsellor, Some("别的班".to_owned())).await;
    app.get(&record).send().await.assert_status(StatusCode::NOT_FOUND);
}
