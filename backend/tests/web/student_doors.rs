//! The students' side from outside: what nobody gets by trying.

use backend::app::WebSettings;
use diesel::prelude::*;
use domain::accounts::model::Role;
use domain::db::schema::photos;
use domain::students::captcha::{Puzzle, seal};
use poem::http::StatusCode;

use crate::students::{Browser, PASSWORD, Student, code_of, refusals};
use crate::work::{Worked, worked};
use crate::{App, body, header};

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
    let before = Browser::new(&app);
    let attempt = async |password: &str| {
        let token = seal(&app.house.sealer, Puzzle::Sum(2, 3), app.house.clock.now_ms()).expect("sealed");
        let fields = [
            ("login", login.as_str()),
            ("password", password),
            ("captcha_token", token.as_str()),
            ("captcha", "5"),
        ];
        before.post("/login", &fields).await
    };
    let entered = attempt(PASSWORD).await;
    entered.assert_status(StatusCode::SEE_OTHER);
    let fresh = header(&entered, "set-cookie");
    assert!(!fresh.is_empty() && !fresh.starts_with(&before.cookie()));
    let still_nobody = before.get("/home").await;
    still_nobody.assert_status(StatusCode::SEE_OTHER);
    assert!(
        header(&still_nobody, "location").starts_with("/login?"),
        "a session that was known before is worth nothing"
    );
    for _ in 0..5 {
        attempt("wrong").await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let locked = attempt(PASSWORD).await;
    locked.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        body(locked).await.contains("错误次数太多"),
        "the right password is refused as well"
    );
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
