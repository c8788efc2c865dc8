//! Students from outside: what they see of themselves, what they say about it, and what nobody gets by trying.

use backend::app::WebSettings;
use backend::auth::SessionToken;
use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::crypto::Purpose;
use domain::db::Conn;
use domain::db::schema::{audit_entries, campaigns, photos, roll_records, student_sessions, students, verdicts};
use domain::id::{RecordId, StudentId};
use domain::jobs::TallyCampaigns;
use domain::queue;
use domain::students::captcha::{Puzzle, seal};
use domain::students::model::StudentState;
use domain::students::password::hash_new;
use domain::texts::Language;
use poem::http::StatusCode;
use poem::test::TestResponse;
use secrecy::ExposeSecret as _;

use crate::work::{Worked, run_jobs, worked};
use crate::{App, body, form_token, header};

const PASSWORD: &str = "Mountain-7-river";

/// A browser that is signed in to a student's account.
pub(crate) struct Browser<'a> {
    app: &'a App,
    pub(crate) token: SessionToken,
}

impl<'a> Browser<'a> {
    /// One with a session of its own, which the account must still be given.
    pub(crate) fn new(app: &'a App) -> Self {
        let token = SessionToken::generate().expect("randomness");
        Self { app, token }
    }

    /// Opens the session.
    pub(crate) fn sign_in(
        &self,
        student_id: StudentId,
        now_ms: i64,
    ) -> impl FnOnce(&mut Conn) -> domain::error::Result<()> + Send + 'static {
        let hash = self.token.stored_hash();
        move |conn| {
            diesel::insert_into(student_sessions::table)
                .values((
                    student_sessions::token_hash.eq(hash.to_vec()),
                    student_sessions::student_id.eq(student_id),
                    student_sessions::created_at_ms.eq(now_ms),
                    student_sessions::last_seen_ms.eq(now_ms),
                    student_sessions::expires_at_ms.eq(now_ms + 3_600_000),
                ))
                .execute(conn)?;
            Ok(())
        }
    }

    pub(crate) fn cookie(&self) -> String {
        let whole = self.token.set_cookie(&WebSettings::default());
        let whole = whole.to_str().expect("ASCII");
        whole.split(';').next().expect("a pair").to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.get_in(path, "zh-CN").await
    }

    /// A page in a language.
    pub(crate) async fn get_in(&self, path: &str, lang: &str) -> TestResponse {
        let cookie = format!("{}; lang={lang}", self.cookie());
        self.app
            .client
            .get(path.to_owned())
            .header("cookie", cookie)
            .send()
            .await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        let csrf = self.token.form_token();
        let mut whole = vec![("csrf", csrf.as_str())];
        whole.extend_from_slice(fields);
        let request = self.app.client.post(path.to_owned()).header("cookie", self.cookie());
        request
            .header("sec-fetch-site", "same-origin")
            .form(&whole)
            .send()
            .await
    }
}

/// A student at a browser, whose account is complete.
pub(crate) struct Student<'a> {
    pub(crate) browser: Browser<'a>,
    pub(crate) record_id: i64,
    pub(crate) photo_id: i64,
    version: i64,
    pub(crate) name: String,
    pub(crate) number: String,
}

/// Open records with an accepted photo, each with its photo and the version of its data.
async fn photographed(app: &App) -> Vec<(i64, i64, i64)> {
    let read = app.house.db.read(|conn| {
        let rows: Vec<(RecordId, domain::id::PhotoId, i64)> = photos::table
            .inner_join(roll_records::table)
            .filter(photos::state.eq("accepted"))
            .filter(roll_records::is_open.eq(true))
            .filter(roll_records::id_kind.eq("resident"))
            .order(photos::photo_id)
            .select((photos::record_id, photos::photo_id, roll_records::changed_import_id))
            .load(conn)?;
        Ok(rows.into_iter().map(|row| (row.0.0, row.1.0, row.2)).collect())
    });
    read.await.expect("photos")
}

impl<'a> Student<'a> {
    /// The student of the nth of those records.
    pub(crate) async fn nth(app: &'a App, nth: usize) -> Self {
        let (record_id, photo_id, version) = photographed(app).await[nth];
        let browser = Browser::new(app);
        let (sealer, now_ms) = (app.house.sealer.clone(), app.house.clock.now_ms());
        let password = hash_new(PASSWORD, "nobody@mail.example").expect("usable");
        let made = app.house.db.write_tx(move |conn| {
            type Columns = (String, String, Option<Vec<u8>>, Option<Vec<u8>>);
            let (name, folded, index, sealed): Columns = roll_records::table
                .find(RecordId(record_id))
                .select((
                    roll_records::name,
                    roll_records::name_folded,
                    roll_records::id_index,
                    roll_records::id_sealed,
                ))
                .first(conn)?;
            let student_id: StudentId = diesel::insert_into(students::table)
                .values((
                    students::email.eq(format!("s{record_id}@mail.example")),
                    students::state.eq(StudentState::Registered),
                    students::password_hash.eq(password),
                    students::language.eq(Language::ZhCn),
                    students::name.eq(&name),
                    students::name_folded.eq(folded),
                    students::id_index.eq(index),
                    students::created_at_ms.eq(now_ms),
                ))
                .returning(students::student_id)
                .get_result(conn)?;
            let number = sealer.open_text(Purpose::ID_NUMBER, &sealed.unwrap_or_default())?;
            Ok((student_id, name, number.expose_secret().to_owned()))
        });
        let (student_id, name, number) = made.await.expect("an account");
        let opened = app.house.db.write_tx(browser.sign_in(student_id, now_ms));
        opened.await.expect("a session");
        Self {
            browser,
            record_id,
            photo_id,
            version,
            name,
            number,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.browser.get(path).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        self.browser.post(path, fields).await
    }

    pub(crate) async fn say(&self, verdict: &str, reason: &str) -> TestResponse {
        let version = self.photo_id.to_string();
        let mut fields = vec![
            ("subject", "photo"),
            ("version", version.as_str()),
            ("verdict", verdict),
        ];
        if !reason.is_empty() {
            fields.push(("reason", reason));
        }
        self.post(&format!("/proof/{}/verdict", self.record_id), &fields).await
    }
}

async fn code_of(answer: TestResponse) -> String {
    let html = body(answer).await;
    let (_, rest) = html.split_once("<code>409 ").expect("an error page with its code");
    rest.split_once('<').expect("closed").0.to_owned()
}

/// Refused acts of a kind in the trail.
async fn refusals(app: &App, action: &'static str) -> i64 {
    let read = app.house.db.read(move |conn| {
        Ok(audit_entries::table
            .filter(audit_entries::action.eq(action))
            .filter(audit_entries::is_success.eq(false))
            .count()
            .get_result(conn)?)
    });
    read.await.expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_is_given_once_however_many_ask_at_once() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 0).await;
    let home = body(student.get("/home").await).await;
    assert!(home.contains("/proof/") && !home.contains(&student.number));
    let (one, other) = tokio::join!(student.say("confirmed", ""), student.say("disputed", "not-me"));
    let mut statuses = [one.0.status(), other.0.status()];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    assert_eq!(code_of(student.say("confirmed", "").await).await, "verdict-given");
    assert_eq!(refusals(&app, "verdict.photo").await, 2);
    let stored = app
        .house
        .db
        .read(|conn| Ok(verdicts::table.count().get_result::<i64>(conn)?));
    assert_eq!(stored.await.expect("a count"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_judged_is_what_was_seen_and_not_after_the_freeze() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 1).await;
    let path = format!("/proof/{}/verdict", student.record_id);
    let (old, roll) = ((student.photo_id + 1_000).to_string(), student.version.to_string());
    let other = student
        .post(
            &path,
            &[("subject", "photo"), ("version", &old), ("verdict", "confirmed")],
        )
        .await;
    assert_eq!(code_of(other).await, "verdict-version-changed");
    let now_ms = app.house.clock.now_ms();
    let freeze = app.house.db.write_tx(move |conn| {
        diesel::update(campaigns::table)
            .set(campaigns::freeze_at_ms.eq(now_ms - 1))
            .execute(conn)?;
        Ok(())
    });
    freeze.await.expect("frozen");
    assert_eq!(code_of(student.say("confirmed", "").await).await, "verdict-frozen");
    let data = student
        .post(
            &path,
            &[("subject", "roll"), ("version", &roll), ("verdict", "confirmed")],
        )
        .await;
    assert_eq!(code_of(data).await, "verdict-frozen");
    assert_eq!(refusals(&app, "verdict.photo").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_record_and_photo_do_not_exist() {
    let Worked { app, .. } = worked().await;
    let (student, other) = (Student::nth(&app, 0).await, Student::nth(&app, 1).await);
    let path = format!("/proof/{}", other.record_id);
    student.get(&path).await.assert_status(StatusCode::NOT_FOUND);
    let own = body(other.get(&path).await).await;
    let (_, rest) = own.split_once("src=\"/photo/").expect("a photo");
    let address = format!("/photo/{}", rest.split_once('"').expect("closed").0);
    let shown = other.get(&address).await;
    shown.assert_status_is_ok();
    assert_eq!(header(&shown, "cache-control"), "no-store");
    student.get(&address).await.assert_status(StatusCode::FORBIDDEN);
    let nobody = app.client.get(address).send().await;
    nobody.assert_status(StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_speaks_for_a_student_and_opens_it_again() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 2).await;
    let token = form_token(&app).await;
    let record = format!("/console/records/{}", student.record_id);
    let version = student.photo_id.to_string();
    let send = async |path: String, fields: &[(&str, &str)]| {
        let mut whole = vec![("csrf", token.as_str())];
        whole.extend_from_slice(fields);
        app.post(&path).form(&whole).send().await
    };
    let said = [
        ("subject", "photo"),
        ("version", version.as_str()),
        ("verdict", "confirmed"),
    ];
    send(format!("{record}/verdict"), &said)
        .await
        .assert_status(StatusCode::SEE_OTHER);
    let home = body(student.get("/home").await).await;
    assert!(home.contains("辅导员代为校对"), "the student sees who said it");
    let confirmed = body(app.get("/console/verdicts?answered=confirmed").send().await).await;
    assert!(confirmed.contains(&record));
    let why = [("subject", "photo"), ("reason", "签字表有误")];
    send(format!("{record}/reopen"), &why)
        .await
        .assert_status(StatusCode::SEE_OTHER);
    let silent = body(app.get("/console/verdicts").send().await).await;
    assert!(silent.contains("/console/records/"));
    student.say("confirmed", "").await.assert_status(StatusCode::SEE_OTHER);
    let now_ms = app.house.clock.now_ms();
    let queued = app
        .house
        .db
        .write_tx(move |conn| queue::enqueue(conn, &TallyCampaigns {}, now_ms));
    queued.await.expect("queued");
    run_jobs(&app).await;
    let overview = body(app.get("/console").send().await).await;
    assert!(
        overview.contains("/console/verdicts?answered=confirmed\">1<"),
        "the funnel counts it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lookup_says_little_and_the_same_to_strangers() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 3).await;
    let ask = async |name: &str, number: &str, puzzle: Puzzle, typed: &str| {
        let token = seal(&app.house.sealer, puzzle, app.house.clock.now_ms()).expect("sealed");
        let fields = [
            ("name", name),
            ("id_number", number),
            ("captcha_token", token.as_str()),
            ("captcha", typed),
        ];
        student.post("/lookup", &fields).await
    };
    let known = body(ask(&student.name, &student.number, Puzzle::Sum(2, 3), "5").await).await;
    assert!(known.contains("standing-ready") && !known.contains(&student.name) && !known.contains(&student.number));
    let unknown = body(ask(&student.name, "11010519491231002X", Puzzle::Sum(2, 3), "5").await).await;
    let mismatched = body(ask("错名字", &student.number, Puzzle::Sum(2, 3), "5").await).await;
    assert_eq!(unknown, mismatched);
    let wrong = ask(&student.name, &student.number, Puzzle::Sum(2, 3), "6").await;
    wrong.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..4 {
        ask("错名字", &student.number, Puzzle::Sum(2, 3), "5")
            .await
            .assert_status_is_ok();
    }
    let braked = ask(&student.name, &student.number, Puzzle::Sum(2, 3), "5").await;
    braked.assert_status(StatusCode::TOO_MANY_REQUESTS);
    assert!(!header(&braked, "retry-after").is_empty());
    ask(&student.name, &student.number, Puzzle::Sum(2, 3), "5").await;
    for action in ["student.captcha", "student.flood"] {
        assert_eq!(
            refusals(&app, action).await,
            1,
            "{action}: the first of a minute is in the trail"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_mails_and_somebody_elses_photo_are_refused() {
    let Worked { app, .. } = worked().await;
    let (student, other) = (Student::nth(&app, 5).await, Student::nth(&app, 6).await);
    let send = async |path: &str| {
        let token = seal(&app.house.sealer, Puzzle::Sum(2, 3), app.house.clock.now_ms()).expect("sealed");
        let fields = [
            ("email", "nobody@mail.example"),
            ("password", PASSWORD),
            ("repeat", PASSWORD),
            ("captcha_token", token.as_str()),
            ("captcha", "5"),
        ];
        student.post(path, &fields).await
    };
    // The same for an address that has no account and for one that has: nobody learns which.
    send("/find-password").await.assert_status_is_ok();
    send("/find-password")
        .await
        .assert_status(StatusCode::TOO_MANY_REQUESTS);
    send("/register").await.assert_status_is_ok();
    let flooded = send("/register/resend").await;
    flooded.assert_status(StatusCode::TOO_MANY_REQUESTS);
    assert!(body(flooded).await.contains("429 too-many-requests"));
    assert_eq!(refusals(&app, "student.flood").await, 1);
    // A link that was never given.
    for (path, action) in [
        ("/activate/", "student.activate"),
        ("/reset/", "student.reset"),
        ("/address/", "student.address"),
    ] {
        let path = format!("{path}{}", "0".repeat(64));
        let dead = student.post(&path, &[("password", PASSWORD), ("repeat", PASSWORD)]);
        dead.await.assert_status(StatusCode::GONE);
        assert_eq!(refusals(&app, action).await, 1, "{action}");
    }
    // A photo that belongs to somebody was never shown to anybody else.
    let photo = other.photo_id;
    let entry = app.house.db.read(move |conn| {
        let entry: domain::id::EntryId = photos::table
            .find(domain::id::PhotoId(photo))
            .select(photos::entry_id)
            .first(conn)?;
        Ok(entry)
    });
    let path = format!(
        "/proof/{}/candidate/{}",
        student.record_id,
        entry.await.expect("an entry")
    );
    student.get(&path).await.assert_status(StatusCode::NOT_FOUND);
    assert_eq!(
        code_of(student.post(&path, &[("step", "take")]).await).await,
        "claim-taken"
    );
    assert_eq!(refusals(&app, "photo.claim").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_gives_another_session_and_five_wrong_passwords_none() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 4).await;
    let login = format!("s{}@mail.example", student.record_id);
    let stranger = SessionToken::generate().expect("randomness");
    let attempt = async |password: &str| {
        let token = seal(&app.house.sealer, Puzzle::Sum(2, 3), app.house.clock.now_ms()).expect("sealed");
        let (csrf, cookie) = (stranger.form_token(), stranger.set_cookie(&WebSettings::default()));
        let cookie = cookie
            .to_str()
            .expect("ASCII")
            .split(';')
            .next()
            .expect("a pair")
            .to_owned();
        let fields = [
            ("csrf", csrf.as_str()),
            ("login", login.as_str()),
            ("password", password),
            ("captcha_token", token.as_str()),
            ("captcha", "5"),
        ];
        let request = app.client.post("/login").header("cookie", cookie);
        request
            .header("sec-fetch-site", "same-origin")
            .form(&fields)
            .send()
            .await
    };
    let entered = attempt(PASSWORD).await;
    entered.assert_status(StatusCode::SEE_OTHER);
    let fresh = header(&entered, "set-cookie");
    let known = stranger.set_cookie(&WebSettings::default());
    assert!(
        !fresh.is_empty() && fresh != known.to_str().expect("ASCII"),
        "a session that was known before is worth nothing"
    );
    for _ in 0..5 {
        attempt("wrong").await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let locked = attempt(PASSWORD).await;
    locked.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refusals(&app, "student.sign-in").await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_an_own_page_without_an_account() {
    let app = App::with(WebSettings::default(), Role::Admin).await;
    for path in [
        "/home",
        "/proof/1",
        "/proof/1/dispute",
        "/proof/1/candidate/1",
        "/photo/0",
        "/notices",
        "/account",
        "/tickets",
        "/tickets/new",
        "/tickets/1",
    ] {
        let stranger = app.client.get(path).send().await;
        stranger.assert_status(StatusCode::SEE_OTHER);
        assert!(header(&stranger, "location").starts_with("/login?"), "{path}");
        // The office's session is nobody's here.
        let staff = app.get(path).send().await;
        staff.assert_status(StatusCode::SEE_OTHER);
    }
    for path in [
        "/",
        "/lookup",
        "/register",
        "/login",
        "/find-name",
        "/find-password",
        "/activate",
        "/help",
    ] {
        app.client.get(path).send().await.assert_status_is_ok();
    }
    for path in ["/register/identity", "/register/phone", "/register/confirm"] {
        app.client.get(path).send().await.assert_status(StatusCode::SEE_OTHER);
    }
}
