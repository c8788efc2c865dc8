//! The students' corrections from outside: asked for, talked about, ended and judged; and what nobody sees of anybody else's.

use diesel::prelude::*;
use domain::accounts::model::{Person, SessionTimes, Staff};
use domain::accounts::queries::find_session;
use domain::crypto::Sealer;
use domain::db::Conn;
use domain::db::schema::{students, tickets};
use domain::error::Result;
use domain::id::{StudentId, TicketId};
use domain::students::model::StudentState;
use domain::students::password::hash_new;
use domain::texts::Language;
use domain::tickets::commands::steps::{StepForm, take_step};
use domain::tickets::commands::talk::note;
use domain::tickets::kinds::{KnownKind, edit_kind, get_kind};
use domain::tickets::machine::{Step, TicketState};
use domain::tickets::model::{Hand, TicketKind};
use domain::tickets::queries::get_ticket;
use poem::http::StatusCode;
use poem::test::TestResponse;

use crate::students::{Browser, Student};
use crate::work::{Worked, run_jobs, worked};
use crate::{App, EMAIL, body, header, known_token};

/// Something that the signed-in member of staff does.
pub(crate) async fn office<T: Send + 'static>(
    app: &App,
    act: impl FnOnce(&mut Conn, &Sealer, Staff, i64) -> Result<T> + Send + 'static,
) -> T {
    let (sealer, now_ms) = (app.house.sealer.clone(), app.house.clock.now_ms());
    let hash = known_token().stored_hash();
    let done = app.house.db.write_tx(move |conn| {
        let session = find_session(conn, &hash, SessionTimes::with_idle_minutes(30), now_ms)?.expect("signed in");
        let Person::Staff(staff) = session.person else {
            panic!("somebody of the office is signed in");
        };
        act(conn, &sealer, staff, now_ms)
    });
    done.await.expect("the office may")
}

/// A step of the office, by whoever is signed in or by a colleague.
pub(crate) async fn step(
    app: &App,
    ticket: i64,
    step: Step,
    words: &'static str,
    colleague: Option<&'static str>,
) -> TicketState {
    office(app, move |conn, sealer, staff, now_ms| {
        let by = Staff {
            email: colleague.map_or(staff.email.clone(), str::to_owned),
            ..staff
        };
        let hand = Hand::Staff(&by);
        let form = StepForm {
            step,
            words: words.to_owned(),
            ..StepForm::blank(&get_ticket(conn, hand, TicketId(ticket))?)
        };
        take_step(conn, sealer, hand, &form, now_ms)
    })
    .await
}

/// Lets a kind be handed in without evidence.
pub(crate) async fn wants_no_evidence(app: &App, kind: TicketKind) {
    office(app, move |conn, sealer, staff, now_ms| {
        let mut known: KnownKind = get_kind(conn, kind)?;
        known.definition.evidence.clear();
        edit_kind(conn, sealer, &staff, &known, now_ms)
    })
    .await;
}

async fn state_of(app: &App, ticket: i64) -> TicketState {
    let read = app.house.db.read(move |conn| {
        let state: TicketState = tickets::table
            .find(TicketId(ticket))
            .select(tickets::state)
            .first(conn)?;
        Ok(state)
    });
    read.await.expect("a ticket")
}

/// The version that the forms of a page name.
fn version(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"version\" value=\"").expect("a form");
    rest.split_once('"').expect("closed").0.to_owned()
}

/// The number of the ticket that an answer leads to.
pub(crate) fn led_to(answer: &TestResponse) -> i64 {
    answer.assert_status(StatusCode::SEE_OTHER);
    let location = header(answer, "location");
    let (_, rest) = location.split_once("/tickets/").expect("a ticket");
    rest.split(['?', '/'])
        .next()
        .expect("a number")
        .parse()
        .expect("a number")
}

/// A page of a ticket in both languages, in which every text has its words.
async fn shown(browser: &Browser<'_>, path: &str) -> String {
    for lang in ["en", "zh-CN"] {
        let html = body(browser.get_in(path, lang).await).await;
        for key in ["correction-", "promise-", "ticket-kind-", "holiday-"] {
            assert!(!html.contains(key), "{path} in {lang} shows a key: {key}");
        }
    }
    body(browser.get(path).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_called_wrong_is_a_ticket_that_both_sides_talk_about() {
    let Worked { app, .. } = worked().await;
    let (student, other) = (Student::nth(&app, 0).await, Student::nth(&app, 1).await);
    let ticket = led_to(&student.say("disputed", "not-me").await);
    let path = format!("/tickets/{ticket}");
    let told = body(student.get(&format!("{path}?done=disputed")).await).await;
    assert!(told.contains("确实有误就安排重拍"), "what happens next");
    assert!(told.contains("src=\"/photo/"), "the photo in question");
    for place in ["/home".to_owned(), format!("/proof/{}", student.record_id)] {
        let html = body(student.get(&place).await).await;
        assert!(html.contains(&format!("href=\"{path}\"")), "{place}");
    }
    run_jobs(&app).await;
    let notices = body(student.get("/notices").await).await;
    assert!(notices.contains(&format!("href=\"{path}\"")) && !notices.contains("{ $"));

    office(&app, move |conn, sealer, staff, now_ms| {
        note(conn, sealer, &staff, TicketId(ticket), "只给同事看的话", now_ms)
    })
    .await;
    let before = version(&shown(&student.browser, &path).await);
    step(&app, ticket, Step::Ask, "请说明拍照的日期", None).await;
    let asked = shown(&student.browser, &path).await;
    assert!(asked.contains("请说明拍照的日期") && asked.contains("/steps/answer"));
    assert!(
        !asked.contains("只给同事看的话") && !asked.contains(EMAIL),
        "nothing of the office's own"
    );
    let list = body(student.get("/tickets").await).await;
    assert!(list.contains("等你处理"));

    let answer = async |version: &str| {
        let fields = [("version", version), ("words", "三月二号 <b>")];
        student.post(&format!("{path}/steps/answer"), &fields).await
    };
    let stale = answer(&before).await;
    stale.assert_status(StatusCode::CONFLICT);
    let again = body(stale).await;
    assert!(
        again.contains("工单有了新的情况") && again.contains("三月二号 &lt;b&gt;"),
        "nothing typed is lost"
    );
    assert_eq!(state_of(&app, ticket).await, TicketState::NeedMore);
    assert_eq!(led_to(&answer(&version(&again)).await), ticket);
    assert_eq!(state_of(&app, ticket).await, TicketState::InReview);

    for page in ["", "/steps/withdraw", "/messages", "/satisfaction"] {
        let foreign = format!("{path}{page}");
        let fields = [("version", "1"), ("words", "我的"), ("satisfaction", "1")];
        let refused = match page {
            "" => other.get(&foreign).await,
            _ => other.post(&foreign, &fields).await,
        };
        refused.assert_status(StatusCode::NOT_FOUND);
    }
    assert!(body(other.get("/tickets").await).await.contains("还没有提过更正"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_asked_for_once_taken_back_and_taken_up_again() {
    let Worked { app, .. } = worked().await;
    let (student, other) = (Student::nth(&app, 2).await, Student::nth(&app, 3).await);
    let kinds = shown(&student.browser, "/tickets/new").await;
    for kind in TicketKind::ALL {
        assert!(kinds.contains(&format!("/tickets/new?kind={kind}\"")), "{kind}");
        shown(&student.browser, &format!("/tickets/new?kind={kind}")).await;
    }
    let record = student.record_id.to_string();
    let ask = async |kind: &str, record: &str, words: &str, phone: &str| {
        let fields = [("kind", kind), ("record", record), ("words", words), ("phone", phone)];
        student.post("/tickets", &fields).await
    };
    for (record, words, phone, told) in [
        ("", "改一下", "", "请选择是哪一条学籍"),
        (record.as_str(), " ", "", "请写明内容"),
        (record.as_str(), "改一下", "123", "请填写 11 位手机号"),
    ] {
        let refused = ask("photo", record, words, phone).await;
        refused.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
        let html = body(refused).await;
        assert!(
            html.contains(told) && html.contains(&format!(">{words}</textarea>")),
            "{told}"
        );
    }
    let foreign = ask("photo", &other.record_id.to_string(), "别人的", "").await;
    foreign.assert_status(StatusCode::NOT_FOUND);

    let ticket = led_to(&ask("photo", &record, "照片是以前的", "13800138000").await);
    let path = format!("/tickets/{ticket}");
    let html = shown(&student.browser, &path).await;
    assert!(html.contains("已提交") && html.contains("照片是以前的") && html.contains("class=\"clock\""));
    let twice = ask("photo", &record, "再说一次", "").await;
    twice.assert_status(StatusCode::CONFLICT);
    let html = body(twice).await;
    assert!(html.contains(&format!("href=\"{path}\"")) && html.contains("再说一次"));

    let step = async |step: &str, words: &str| {
        let version = version(&body(student.get(&path).await).await);
        let fields = [("version", version.as_str()), ("words", words)];
        student.post(&format!("{path}/steps/{step}"), &fields).await
    };
    step("approve", "").await.assert_status(StatusCode::CONFLICT);
    step("reject", "不行").await.assert_status(StatusCode::FORBIDDEN);
    step("nonsense", "").await.assert_status(StatusCode::NOT_FOUND);
    assert_eq!(led_to(&step("withdraw", "").await), ticket);
    assert_eq!(state_of(&app, ticket).await, TicketState::Withdrawn);
    let silent = step("reopen", " ").await;
    silent.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(led_to(&step("reopen", "还是要改").await), ticket);
    assert_eq!(state_of(&app, ticket).await, TicketState::Submitted);

    let draft = led_to(&ask("roll", &record, "民族应为汉族", "").await);
    assert_eq!(
        state_of(&app, draft).await,
        TicketState::Draft,
        "it waits for its evidence"
    );
    let path = format!("/tickets/{draft}");
    let html = shown(&student.browser, &path).await;
    assert!(html.contains("身份证正反面") && html.contains("必交的材料添加齐了"));
    assert!(!html.contains("/steps/submit"), "what would be refused is not offered");
    let version = version(&html);
    let early = [("version", version.as_str())];
    let early = student.post(&format!("{path}/steps/submit"), &early).await;
    early.assert_status(StatusCode::CONFLICT);
    assert!(body(early).await.contains("还缺必交的材料"));
}

#[tokio::test(flavor = "multi_thread")]
async fn content_is_said_once_and_words_for_an_ended_ticket_are_not_lost() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 4).await;
    let fields = [("kind", "other"), ("record", ""), ("words", "想换一张更好看的")];
    let ticket = led_to(&student.post("/tickets", &fields).await);
    let path = format!("/tickets/{ticket}");
    let before = version(&body(student.get(&path).await).await);
    step(&app, ticket, Step::Reject, "照片符合规定", None).await;
    let late = [("version", before.as_str()), ("words", "补充一句")];
    let late = student.post(&format!("{path}/messages"), &late).await;
    late.assert_status(StatusCode::CONFLICT);
    let html = body(late).await;
    assert!(html.contains("照片符合规定") && html.contains("readonly>补充一句</textarea>"));

    let rate = async |score: Option<&str>| {
        let version = version(&body(student.get(&path).await).await);
        let mut fields = vec![("version", version.as_str()), ("words", "谢谢")];
        fields.extend(score.map(|score| ("satisfaction", score)));
        student.post(&format!("{path}/satisfaction"), &fields).await
    };
    for none in [None, Some("6")] {
        rate(none).await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(led_to(&rate(Some("4")).await), ticket);
    let html = shown(&student.browser, &path).await;
    assert!(html.contains("你的评价") && !html.contains("/satisfaction"));
    let again = rate(Some("1")).await;
    again.assert_status(StatusCode::CONFLICT);
    assert!(body(again).await.contains("已经评价过"));
}

/// A browser signed in to an account that is not complete, whose student typed somebody's name and number and the telephone's code.
async fn newcomer<'a>(app: &'a App, taken: &Student<'_>) -> (Browser<'a>, StudentId) {
    let browser = Browser::new(app);
    let now_ms = app.house.clock.now_ms();
    let password = hash_new("Valley-8-bridge", "new@mail.example").expect("usable");
    let made = app.house.db.write_tx(move |conn| {
        let student_id: StudentId = diesel::insert_into(students::table)
            .values((
                students::email.eq("new@mail.example"),
                students::state.eq(StudentState::Activated),
                students::password_hash.eq(password),
                students::language.eq(Language::ZhCn),
                students::created_at_ms.eq(now_ms),
            ))
            .returning(students::student_id)
            .get_result(conn)?;
        Ok(student_id)
    });
    let student_id = made.await.expect("an account");
    let opened = app.house.db.write_tx(browser.sign_in(student_id, now_ms));
    opened.await.expect("a session");
    let fields = [
        ("name", taken.name.as_str()),
        ("id_number", taken.number.as_str()),
        ("region", "北京"),
        ("phone", "13900139000"),
    ];
    let refused = browser.post("/register/identity", &fields).await;
    refused.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body(refused).await.contains("name=\"claim_number\""));
    let claimed: Vec<_> = fields.into_iter().chain([("claim_number", "yes")]).collect();
    let sent = browser.post("/register/identity", &claimed).await;
    assert_eq!(header(&sent, "location"), "/register/phone");
    let typed = app.house.db.write_tx(move |conn| {
        diesel::update(students::table.find(student_id))
            .set(students::state.eq(StudentState::Confirming))
            .execute(conn)?;
        Ok(())
    });
    typed.await.expect("the code was typed");
    (browser, student_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_another_account_has_is_proved_and_then_registered() {
    let Worked { app, .. } = worked().await;
    let taken = Student::nth(&app, 5).await;
    let (browser, student_id) = newcomer(&app, &taken).await;
    wants_no_evidence(&app, TicketKind::Account).await;
    let confirm = async || browser.post("/register/confirm", &[("answer", "yes")]).await;
    let refused = confirm().await;
    refused.assert_status(StatusCode::CONFLICT);
    let html = body(refused).await;
    assert!(html.contains("action=\"/register/identity-proof\"") && html.contains("/find-name"));

    let asked = browser
        .post("/register/identity-proof", &[("words", "不是我注册的")])
        .await;
    let ticket = led_to(&asked);
    let path = format!("/tickets/{ticket}");
    let html = shown(&browser, &path).await;
    assert!(html.contains("不是我注册的") && html.contains("href=\"/register/confirm\""));
    assert_eq!(
        led_to(&browser.post("/register/identity-proof", &[]).await),
        ticket,
        "once"
    );
    assert!(body(browser.get("/register/confirm").await).await.contains(&path));

    step(&app, ticket, Step::Review, "", None).await;
    step(&app, ticket, Step::Approve, "", Some("colleague@example.edu")).await;
    let html = shown(&browser, &path).await;
    assert!(html.contains("身份已核实，请继续完成注册"));
    assert_eq!(header(&confirm().await, "location"), "/register/done");
    let gone = taken.get("/home").await;
    assert!(
        header(&gone, "location").starts_with("/login?"),
        "the other account has ended"
    );
    let state = app.house.db.read(move |conn| {
        let state: StudentState = students::table.find(student_id).select(students::state).first(conn)?;
        Ok(state)
    });
    assert_eq!(state.await.expect("an account"), StudentState::Registered);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_complete_reaches_its_own_proof_and_nothing_else() {
    let Worked { app, .. } = worked().await;
    let taken = Student::nth(&app, 6).await;
    let foreign = led_to(&taken.say("disputed", "not-me").await);
    let (browser, student_id) = newcomer(&app, &taken).await;
    let own = led_to(&browser.post("/register/identity-proof", &[]).await);
    browser.get("/tickets").await.assert_status_is_ok();
    browser
        .get(&format!("/tickets/{foreign}"))
        .await
        .assert_status(StatusCode::NOT_FOUND);
    for path in ["/tickets/new", "/home", "/notices"] {
        let led = browser.get(path).await;
        assert_eq!(header(&led, "location"), "/register/confirm", "{path}");
    }
    let fields = [("kind", "other"), ("record", ""), ("words", "别的事")];
    browser
        .post("/tickets", &fields)
        .await
        .assert_status(StatusCode::FORBIDDEN);
    // Of an account that forgot who its student is, older tickets may be about somebody else.
    let changed = app.house.db.write_tx(move |conn| {
        diesel::update(tickets::table.filter(tickets::student_id.eq(student_id)))
            .set(tickets::kind.eq(TicketKind::Roll))
            .execute(conn)?;
        Ok(())
    });
    changed.await.expect("another kind");
    for page in [format!("/tickets/{own}"), format!("/tickets/{own}?done=opened")] {
        browser.get(&page).await.assert_status(StatusCode::NOT_FOUND);
    }
    let fields = [("version", "1"), ("words", "说")];
    browser
        .post(&format!("/tickets/{own}/messages"), &fields)
        .await
        .assert_status(StatusCode::NOT_FOUND);
    assert!(
        !body(browser.get("/tickets").await)
            .await
            .contains(&format!("/tickets/{own}\""))
    );
}
