//! Who must act next and until when, as the student reads it.

use diesel::prelude::*;
use domain::clock::day_in_shanghai;
use domain::db::schema::{campaigns, notices};
use domain::id::{RecordId, TicketId};
use domain::notices::commands::tell_due;
use domain::notices::model::{NoticeKind, is_waking};
use domain::tickets::commands::steps::{StepForm, take_step};
use domain::tickets::machine::Step;
use domain::tickets::model::{Body, Hand, TicketKind};
use domain::tickets::queries::get_ticket;
use poem::http::StatusCode;

use crate::student_tickets::{led_to, office, step, wants_no_evidence};
use crate::students::{Student, code_of};
use crate::work::{Worked, worked};
use crate::{App, body};

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_that_was_handed_out_waits_for_that_body() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 0).await;
    let ticket = led_to(&student.say("disputed", "not-me").await);
    let next = async || {
        let html = body(student.get("/home").await).await;
        let (_, after) = html.split_once("下一步由谁</dt><dd>").expect("who acts next");
        after.split_once('<').expect("a word").0.to_owned()
    };
    assert_eq!(next().await, "学校学籍科");
    office(&app, move |conn, sealer, staff, now_ms| {
        let hand = Hand::Staff(&staff);
        let form = StepForm {
            step: Step::Escalate,
            words: "请核对拍照名单".to_owned(),
            body: Some(Body::Agency),
            ..StepForm::blank(&get_ticket(conn, hand, TicketId(ticket))?)
        };
        take_step(conn, sealer, hand, &form, now_ms)
    })
    .await;
    assert_eq!(next().await, "图像采集单位");
    step(&app, ticket, Step::Return, "采集单位已答复", None).await;
    assert_eq!(next().await, "学校学籍科");
}

const DAY_MS: i64 = 86_400_000;

/// Ends the time for verdicts so many days from now.
async fn freeze_in(app: &App, days: i64) -> i64 {
    let freeze_at_ms = app.house.clock.now_ms() + days * DAY_MS;
    let freeze = app.house.db.write_tx(move |conn| {
        let freeze = campaigns::freeze_at_ms.eq(freeze_at_ms);
        diesel::update(campaigns::table).set(freeze).execute(conn)?;
        Ok(())
    });
    freeze.await.expect("a freeze");
    freeze_at_ms
}

/// How often a student was reminded that the time ends, once it was the time of day for it.
async fn reminders(app: &App, record_id: RecordId) -> i64 {
    let now_ms = app.house.clock.now_ms();
    let mut hours = (0..24).map(|hour| now_ms + hour * 3_600_000);
    let at_ms = hours.find(|at_ms| is_waking(*at_ms)).expect("a day has an evening");
    let counted = app.house.db.write_tx(move |conn| {
        tell_due(conn, 1_000, at_ms)?;
        let of_record = notices::table.filter(notices::record_id.eq(record_id));
        let due = of_record.filter(notices::kind.eq(NoticeKind::VerdictDue));
        Ok(due.count().get_result(conn)?)
    });
    counted.await.expect("counted")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_whose_correction_was_asked_for_is_not_confirmed_before_the_answer() {
    let Worked { app, .. } = worked().await;
    wants_no_evidence(&app, TicketKind::Photo).await;
    let student = Student::nth(&app, 0).await;
    let record = student.record_id.to_string();
    let fields = [("kind", "photo"), ("record", &*record), ("words", "拍的不是我")];
    let ticket = led_to(&student.post("/tickets", &fields).await);
    for path in ["/home".to_owned(), format!("/proof/{record}")] {
        let html = body(student.get(&path).await).await;
        let asks = html.contains("name=\"subject\" value=\"photo\"") || html.contains("等你校对");
        assert!(html.contains("已报告照片错误") && !asks, "{path}");
    }
    assert_eq!(
        code_of(student.say("confirmed", "").await).await,
        "verdict-in-correction"
    );
    freeze_in(&app, 2).await;
    assert_eq!(reminders(&app, RecordId(student.record_id)).await, 0);
    step(&app, ticket, Step::Reject, "照片上就是本人", None).await;
    assert_eq!(reminders(&app, RecordId(student.record_id)).await, 1);
    let said = student.say("confirmed", "").await;
    said.assert_status(StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_day_is_said_and_that_one_of_two_verdicts_is_left() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 1).await;
    let freeze_at_ms = freeze_in(&app, 10).await;
    let home = async || body(student.get("/home").await).await;
    let last_day = day_in_shanghai(freeze_at_ms - 1);
    assert!(home().await.contains(&format!("校对截止日期</dt><dd>{last_day}</dd>")));
    student.say("confirmed", "").await;
    let half = home().await;
    assert!(half.contains("学籍信息（第 2 项）还没有校对") && !half.contains("不需要再做什么"));
    let version = student.version.to_string();
    let fields = [("subject", "roll"), ("version", &*version), ("verdict", "confirmed")];
    student
        .post(&format!("/proof/{}/verdict", student.record_id), &fields)
        .await;
    let whole = home().await;
    assert!(whole.contains("不需要再做什么") && !whole.contains("还没有校对"));
}
