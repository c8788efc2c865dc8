//! Who must act next, as the student reads it, while a correction is with a body outside the university.

use domain::id::TicketId;
use domain::tickets::commands::steps::{StepForm, take_step};
use domain::tickets::machine::Step;
use domain::tickets::model::{Body, Hand};
use domain::tickets::queries::get_ticket;

use crate::body;
use crate::student_tickets::{led_to, office, step};
use crate::students::Student;
use crate::work::{Worked, worked};

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
