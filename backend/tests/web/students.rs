//! Students from outside: what they see of themselves, and what they say about it.

use std::io::{Cursor, Read as _, Write as _};

use backend::app::WebSettings;
use backend::auth::SessionToken;
use diesel::prelude::*;
use domain::crypto::Purpose;
use domain::db::Conn;
use domain::db::schema::{
    audit_entries, batch_entries, campaigns, photos, roll_records, student_sessions, students, verdicts,
};
use domain::id::{EntryId, RecordId, StudentId};
use domain::jobs::TallyCampaigns;
use domain::queue;
use domain::students::model::StudentState;
use domain::students::password::hash_new;
use domain::texts::Language;
use poem::http::StatusCode;
use poem::test::TestResponse;
use secrecy::ExposeSecret as _;
use worker::synthetic::{AgencyBatch, School};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::work::{Worked, delivery, run_jobs, worked};
use crate::{App, body, form_token, header};

pub(crate) const PASSWORD: &str = "Mountain-7-river";

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
    pub(crate) version: i64,
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
            .order(roll_records::student_no)
            .select((photos::record_id, photos::photo_id, roll_records::changed_import_id))
            .load(conn)?;
        Ok(rows.into_iter().map(|row| (row.0.0, row.1.0, row.2)).collect())
    });
    read.await.expect("photos")
}

impl<'a> Student<'a> {
    /// The student of the nth of those records.
    pub(crate) async fn nth(app: &'a App, nth: usize) -> Self {
        Self::of(app, photographed(app).await[nth]).await
    }

    /// The student of a record, with its photo, 0 for none, and the version of its data.
    pub(crate) async fn of(app: &'a App, (record_id, photo_id, version): (i64, i64, i64)) -> Self {
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

pub(crate) async fn code_of(answer: TestResponse) -> String {
    let html = body(answer).await;
    let (_, rest) = html.split_once("<code>409 ").expect("an error page with its code");
    rest.split_once('<').expect("closed").0.to_owned()
}

/// Refused acts of a kind in the trail.
pub(crate) async fn refusals(app: &App, action: &'static str) -> i64 {
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

/// An archive of one photo, of somebody whom the house has never seen, under a name of one's own.
fn another_photo(name: &str) -> Vec<u8> {
    let school = School::generate(9, 20, 2027);
    let batch = AgencyBatch::plan(&school, 9);
    let mut drawn = Cursor::new(Vec::new());
    batch.write_zip(&mut drawn, &mut |_, _| {}).expect("an archive");
    let mut drawn = ZipArchive::new(drawn).expect("an archive");
    let mut photo = Vec::new();
    let mut entry = drawn.by_name(&batch.truth().clean[0].entry).expect("a photo");
    entry.read_to_end(&mut photo).expect("a whole photo");
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    archive.start_file(name, stored).expect("an entry");
    archive.write_all(&photo).expect("a whole photo");
    archive.finish().expect("an archive").into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_photo_asks_its_student_anew() {
    let Worked { app, .. } = worked().await;
    let student = Student::nth(&app, 1).await;
    student.say("confirmed", "").await.assert_status(StatusCode::SEE_OTHER);
    let shown = async || body(student.get(&format!("/proof/{}", student.record_id)).await).await;
    let answered = "name=\"verdict\" value=\"confirmed\">";
    let photo_is_asked = |page: &str| page.contains("name=\"subject\" value=\"photo\"") && page.contains(answered);
    assert!(!photo_is_asked(&shown().await));
    let token = form_token(&app).await;
    let archive = another_photo(&format!("{}.jpg", student.number));
    let handed_in = app
        .post("/console/batches")
        .multipart(delivery(&token, archive))
        .send()
        .await;
    handed_in.assert_status(StatusCode::SEE_OTHER);
    run_jobs(&app).await;
    // Which of two photos is the later one is for a person to say, where the files do not.
    let entry = app.house.db.read(|conn| {
        let newest = batch_entries::table.order(batch_entries::entry_id.desc());
        Ok(newest
            .select(batch_entries::entry_id)
            .first::<EntryId>(conn)?
            .to_string())
    });
    let entry = entry.await.expect("the new photo's entry");
    let accept = [
        ("csrf", token.as_str()),
        ("entry", &entry),
        ("decision", "accept"),
        ("back", "/console"),
    ];
    let decided = app.post("/console/review/decisions").form(&accept).send().await;
    decided.assert_status(StatusCode::SEE_OTHER);
    assert!(photo_is_asked(&shown().await), "what was confirmed was another photo");
    let stale = student.say("confirmed", "").await;
    assert_eq!(code_of(stale).await, "verdict-version-changed");
    let home = body(student.get("/home").await).await;
    assert!(home.contains("state-awaiting"));
}
