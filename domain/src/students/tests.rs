//! Accounts of students: each step of the registration, and every way in which somebody may try to get around one.

use chrono::NaiveDate;
use diesel::prelude::*;
use secrecy::ExposeSecret as _;

use super::commands::real_name::{self, Claims, FillOutcome};
use super::commands::registration::{Activation, Registration, activate, forget_unactivated, register, resend};
use super::commands::sign_in::{SignIn, SignInOutcome, sign_in};
use super::commands::{contact, recovery};
use super::identity::{RealName, read};
use super::model::{Student, StudentState};
use super::password;
use super::queries::{find_draft, find_session};
use crate::accounts::model::{Origin, SessionTimes};
use crate::clock::TimestampMs;
use crate::config::Config;
use crate::crypto::Sealer;
use crate::db::Db;
use crate::db::schema::{notice_deliveries, notices, students};
use crate::keys::open_keys_blocking;
use crate::notices::model::{Due, NoticeKind};
use crate::notices::queries::find_due;
use crate::testing::TestDb;
use crate::texts::Language;

mod forms;
mod sessions;

const NOW_MS: TimestampMs = 1_780_000_000_000;
const MINUTE_MS: i64 = 60_000;
const EMAIL: &str = "zhang@example.edu";
const PASSWORD: &str = "Mountain-7-river";
const ID: &str = "11010519491231002X";

struct Desk {
    db: Db,
    sealer: Sealer,
    _test: TestDb,
}

impl Desk {
    fn new() -> Self {
        let test = TestDb::new();
        let config = Config::in_folder(test.folder()).expect("settings");
        let db = test.db();
        let sealer = open_keys_blocking(&db, &config.secret_file).expect("keys");
        Self {
            db,
            sealer,
            _test: test,
        }
    }

    async fn register(&self, email: &str, password: &str, now_ms: TimestampMs) {
        let (sealer, new) = (
            self.sealer.clone(),
            Registration {
                email: email.to_owned(),
                password_hash: password::hash_new(password, email).expect("usable"),
                language: Language::ZhCn,
                from: Origin::default(),
            },
        );
        let done = self
            .db
            .write_tx(move |conn| register(conn, &sealer, &new, now_ms))
            .await;
        done.expect("an account or a mail");
    }

    /// What students were told last, of a kind.
    async fn told(&self, kind: NoticeKind) -> Vec<Due> {
        let sealer = self.sealer.clone();
        let read = self.db.read(move |conn| {
            let ids = notice_deliveries::table
                .inner_join(notices::table)
                .filter(notices::kind.eq(kind))
                .order(notice_deliveries::notice_delivery_id)
                .select(notice_deliveries::notice_delivery_id)
                .load(conn)?;
            let due = ids.into_iter().map(|id| find_due(conn, &sealer, id));
            Ok(due
                .collect::<crate::error::Result<Vec<_>>>()?
                .into_iter()
                .flatten()
                .collect())
        });
        read.await.expect("deliveries")
    }

    async fn last_secret(&self, kind: NoticeKind) -> String {
        let due = self.told(kind).await.pop().expect("it was told");
        due.secret.expect("a secret").expose_secret().to_owned()
    }

    async fn activate(&self, token: &str, password: &str) -> Activation {
        let done = activate(&self.db, token, password.to_owned(), Origin::default(), NOW_MS);
        done.await.expect("an answer")
    }

    async fn sign_in(&self, login: &str, password: &str, now_ms: TimestampMs) -> SignInOutcome {
        let attempt = SignIn {
            login: login.to_owned(),
            password: password.to_owned(),
            new_token_hash: [7; 32],
            times: SessionTimes::with_idle_minutes(30),
            from: Origin {
                address: Some("192.0.2.7".to_owned()),
                browser: None,
            },
        };
        sign_in(&self.db, &self.sealer, attempt, now_ms)
            .await
            .expect("an answer")
    }

    async fn student(&self, now_ms: TimestampMs) -> Student {
        let times = SessionTimes::with_idle_minutes(30);
        let found = self
            .db
            .read(move |conn| find_session(conn, &[7; 32], times, now_ms))
            .await;
        found.expect("an answer").expect("a session").student
    }

    /// An activated account that is signed in to.
    async fn activated(&self) -> Student {
        self.register(EMAIL, PASSWORD, NOW_MS).await;
        let token = self.last_secret(NoticeKind::Activation).await;
        assert!(matches!(self.activate(&token, PASSWORD).await, Activation::Done(_)));
        let outcome = self.sign_in(EMAIL, PASSWORD, NOW_MS).await;
        assert_eq!(outcome, SignInOutcome::SignedIn(StudentState::Activated));
        self.student(NOW_MS).await
    }

    async fn fill(&self, by: &Student, phone: &str, claims: Claims, now_ms: TimestampMs) -> crate::Result<FillOutcome> {
        let (sealer, by) = (self.sealer.clone(), by.clone());
        let draft = read(&form(phone), today()).expect("usable");
        self.db
            .write_tx(move |conn| real_name::fill(conn, &sealer, &by, &draft, claims, now_ms))
            .await
    }

    async fn type_code(&self, by: &Student, code: String, now_ms: TimestampMs) -> bool {
        let (sealer, by) = (self.sealer.clone(), by.clone());
        let done = self
            .db
            .write_tx(move |conn| real_name::verify_phone(conn, &sealer, &by, &code, now_ms));
        done.await.expect("an answer")
    }

    async fn registered(&self) -> Student {
        let by = self.activated().await;
        self.fill(&by, "13800138000", Claims::default(), NOW_MS)
            .await
            .expect("a code");
        let code = self.last_secret(NoticeKind::PhoneCode).await;
        let by = self.student(NOW_MS).await;
        assert!(self.type_code(&by, code, NOW_MS).await);
        let (sealer, by) = (self.sealer.clone(), self.student(NOW_MS).await);
        let confirmed = self
            .db
            .write_tx(move |conn| real_name::confirm(conn, &sealer, &by, NOW_MS));
        confirmed.await.expect("complete");
        let outcome = self.sign_in("138 0013 8000", PASSWORD, NOW_MS + MINUTE_MS).await;
        assert_eq!(outcome, SignInOutcome::SignedIn(StudentState::Registered));
        self.student(NOW_MS + MINUTE_MS).await
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).expect("a real day")
}

fn form(phone: &str) -> RealName {
    RealName {
        name: "张 三".to_owned(),
        id_number: ID.to_owned(),
        region: "北京".to_owned(),
        phone: phone.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_made_step_by_step_and_nothing_counts_before_yes() {
    let desk = Desk::new();
    let by = desk.activated().await;
    assert_eq!(
        desk.fill(&by, "13800138000", Claims::default(), NOW_MS)
            .await
            .expect("sent"),
        FillOutcome::CodeSent
    );
    let counted = desk.db.read(|conn| {
        Ok(students::table
            .filter(students::id_index.is_not_null())
            .count()
            .get_result::<i64>(conn)?)
    });
    assert_eq!(counted.await.expect("a count"), 0, "what was typed is a draft");
    let by = desk.student(NOW_MS).await;
    assert_eq!(by.state, StudentState::PhonePending);
    assert!(
        !desk.type_code(&by, "000000".to_owned(), NOW_MS).await
            || desk.last_secret(NoticeKind::PhoneCode).await == "000000"
    );
    let by_again = desk.student(NOW_MS).await;
    let again = by_again.clone();
    desk.db
        .write_tx(move |conn| real_name::begin_again(conn, &again, NOW_MS))
        .await
        .expect("否");
    let (sealer, student_id) = (desk.sealer.clone(), by.student_id);
    let draft = desk
        .db
        .read(move |conn| find_draft(conn, &sealer, student_id))
        .await
        .expect("read");
    assert_eq!(draft, None, "否 forgets what was typed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_account_shows_the_login_before_and_is_known_by_number_and_name() {
    let desk = Desk::new();
    let student = desk.registered().await;
    let person = student.person.expect("complete");
    assert!(person.is_name("张三") && !person.is_name("李四"));
    assert_eq!(
        student.previous_login,
        Some((NOW_MS, Some("192.0.2.7".to_owned()))),
        "the time before, not this one"
    );
    let found = desk
        .db
        .write_tx(move |conn| recovery::find_user_name(conn, &person, &Origin::default(), NOW_MS));
    assert_eq!(found.await.expect("an answer").as_deref(), Some("z***@example.edu"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_registers_once_and_only_its_owner_learns_that() {
    let desk = Desk::new();
    desk.activated().await;
    desk.register(
        "ZHANG@Example.EDU ".trim().to_lowercase().as_str(),
        "Other-Password-1",
        NOW_MS,
    )
    .await;
    assert_eq!(desk.told(NoticeKind::Activation).await.len(), 1);
    assert_eq!(desk.told(NoticeKind::AccountExists).await.len(), 1);
    assert_eq!(
        desk.sign_in(EMAIL, "Other-Password-1", NOW_MS).await,
        SignInOutcome::Refused
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_good_once_for_a_day_and_takes_the_password() {
    let desk = Desk::new();
    desk.register(EMAIL, PASSWORD, NOW_MS).await;
    let token = desk.last_secret(NoticeKind::Activation).await;
    assert_eq!(
        desk.activate(&token, "not the password").await,
        Activation::WrongPassword
    );
    assert_eq!(desk.sign_in(EMAIL, PASSWORD, NOW_MS).await, SignInOutcome::NotActivated);
    assert!(matches!(desk.activate(&token, PASSWORD).await, Activation::Done(_)));
    assert_eq!(desk.activate(&token, PASSWORD).await, Activation::Already);
    assert_eq!(desk.activate("0000", PASSWORD).await, Activation::Dead);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_nobody_activates_is_gone_with_its_links_and_its_address_is_free() {
    let desk = Desk::new();
    desk.activated().await;
    desk.register("nobody@example.edu", PASSWORD, NOW_MS).await;
    desk.register("late@example.edu", PASSWORD, NOW_MS).await;
    let day_ms = 1440 * MINUTE_MS;
    let (sealer, later_ms) = (desk.sealer.clone(), NOW_MS + 20 * day_ms);
    let again = desk
        .db
        .write_tx(move |conn| resend(conn, &sealer, "late@example.edu", &Origin::default(), later_ms));
    again.await.expect("another link");
    let sealer = desk.sealer.clone();
    let forgotten = desk
        .db
        .write_tx(move |conn| forget_unactivated(conn, &sealer, NOW_MS + 10 * day_ms, NOW_MS + 40 * day_ms));
    forgotten.await.expect("deleted");
    let read = desk.db.read(|conn| {
        Ok(students::table
            .select(students::email)
            .order(students::email)
            .load(conn)?)
    });
    let left: Vec<String> = read.await.expect("addresses");
    assert_eq!(left, ["late@example.edu", EMAIL]);
    assert_eq!(
        desk.told(NoticeKind::Activation).await.len(),
        3,
        "of the two that are left"
    );
    desk.register("nobody@example.edu", PASSWORD, NOW_MS + 41 * day_ms)
        .await;
    assert_eq!(desk.told(NoticeKind::Activation).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_links_ends_after_one_a_minute_and_five_a_day() {
    let desk = Desk::new();
    desk.register(EMAIL, PASSWORD, NOW_MS).await;
    for step in 0..20 {
        let (sealer, at_ms) = (desk.sealer.clone(), NOW_MS + step * MINUTE_MS / 2);
        let done = desk
            .db
            .write_tx(move |conn| resend(conn, &sealer, EMAIL, &Origin::default(), at_ms));
        done.await.expect("the same answer always");
    }
    assert_eq!(desk.told(NoticeKind::Activation).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_slow_few_and_dead_after_five_wrong_ones() {
    let desk = Desk::new();
    let by = desk.activated().await;
    desk.fill(&by, "13800138000", Claims::default(), NOW_MS)
        .await
        .expect("sent");
    let by = desk.student(NOW_MS).await;
    let soon = desk.fill(&by, "13900139000", Claims::default(), NOW_MS + 1_000).await;
    assert_eq!(soon.expect_err("too soon").code(), "code-too-soon");
    let right = desk.last_secret(NoticeKind::PhoneCode).await;
    let wrong = if right == "123456" { "654321" } else { "123456" };
    for _ in 0..5 {
        assert!(!desk.type_code(&by, wrong.to_owned(), NOW_MS).await);
    }
    assert!(!desk.type_code(&by, right, NOW_MS).await, "five wrong ones use it up");
    for step in 1..5 {
        let sent = desk
            .fill(&by, "13800138000", Claims::default(), NOW_MS + step * MINUTE_MS + 1)
            .await;
        sent.expect("one a minute");
    }
    let spent = desk
        .fill(&by, "13800138000", Claims::default(), NOW_MS + 9 * MINUTE_MS)
        .await;
    assert_eq!(spent.expect_err("five a day").code(), "codes-spent");
    let late = desk.last_secret(NoticeKind::PhoneCode).await;
    assert!(!desk.type_code(&by, late, NOW_MS + 20 * MINUTE_MS).await, "ten minutes");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_passwords_lock_and_a_reset_unlocks() {
    let desk = Desk::new();
    desk.registered().await;
    for _ in 0..4 {
        assert_eq!(desk.sign_in(EMAIL, "wrong", NOW_MS).await, SignInOutcome::Refused);
    }
    assert_eq!(desk.sign_in(EMAIL, "wrong", NOW_MS).await, SignInOutcome::Locked(15));
    assert_eq!(desk.sign_in(EMAIL, PASSWORD, NOW_MS).await, SignInOutcome::Locked(15));
    let sealer = desk.sealer.clone();
    let asked = desk
        .db
        .write_tx(move |conn| recovery::ask_reset(conn, &sealer, EMAIL, &Origin::default(), NOW_MS));
    asked.await.expect("a mail");
    let token = desk.last_secret(NoticeKind::Reset).await;
    let hash = password::hash_new("Another-Pass-9", EMAIL).expect("usable");
    let set = |token: String, hash: String| {
        desk.db
            .write_tx(move |conn| recovery::reset_password(conn, &token, &hash, &Origin::default(), NOW_MS))
    };
    set(token.clone(), hash.clone()).await.expect("set");
    assert_eq!(set(token, hash).await.expect_err("once").code(), "link-dead");
    let outcome = desk.sign_in(EMAIL, "Another-Pass-9", NOW_MS).await;
    assert_eq!(outcome, SignInOutcome::SignedIn(StudentState::Registered));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_has_one_account_and_a_telephone_moves_only_when_told() {
    let desk = Desk::new();
    desk.registered().await;
    desk.register("li@example.edu", PASSWORD, NOW_MS).await;
    let token = desk.last_secret(NoticeKind::Activation).await;
    desk.activate(&token, PASSWORD).await;
    let sealer = desk.sealer.clone();
    let other = desk.db.read(move |conn| {
        let account = super::queries::find_by_login(conn, &sealer, "li@example.edu")?.expect("it was made");
        Ok(account.student_id)
    });
    let other = Student {
        student_id: other.await.expect("read"),
        email: "li@example.edu".to_owned(),
        state: StudentState::Activated,
        person: None,
        actor: "student 2".to_owned(),
        address: None,
        previous_login: None,
    };
    let taken = desk
        .fill(&other, "13900139000", Claims::default(), NOW_MS + 2 * MINUTE_MS)
        .await;
    assert_eq!(taken.expect("an answer"), FillOutcome::IdTaken);
    let claims = Claims {
        phone: false,
        number: true,
    };
    let (sealer, by) = (desk.sealer.clone(), other.clone());
    let own = read(&form("13900139000"), today()).expect("usable");
    // Rolled back: what follows is about another number.
    let claimed: crate::Result<()> = desk
        .db
        .write_tx(move |conn| {
            let outcome = real_name::fill(conn, &sealer, &by, &own, claims, NOW_MS + 2 * MINUTE_MS)?;
            assert_eq!(outcome, FillOutcome::CodeSent, "it is to be proved before it counts");
            Err(crate::Error::not_found("account", "claimed"))
        })
        .await;
    assert!(claimed.is_err());
    let (sealer, by) = (desk.sealer.clone(), other.clone());
    let another = RealName {
        id_number: valid_number("44030120000101123"),
        ..form("13800138000")
    };
    let draft = read(&another, today()).expect("usable");
    let moved = desk.db.write_tx(move |conn| {
        let first = real_name::fill(conn, &sealer, &by, &draft, Claims::default(), NOW_MS + 2 * MINUTE_MS)?;
        let claims = Claims {
            phone: true,
            number: false,
        };
        let second = real_name::fill(conn, &sealer, &by, &draft, claims, NOW_MS + 2 * MINUTE_MS)?;
        Ok((first, second))
    });
    assert_eq!(
        moved.await.expect("answers"),
        (FillOutcome::PhoneTaken, FillOutcome::CodeSent)
    );
}

fn valid_number(body: &str) -> String {
    let check = crate::roll::identity::check_character(body).expect("digits");
    format!("{body}{check}")
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_counts_when_its_link_is_followed() {
    let desk = Desk::new();
    let by = desk.registered().await;
    let sealer = desk.sealer.clone();
    let asked = desk
        .db
        .write_tx(move |conn| contact::ask_address(conn, &sealer, &by, "new@example.edu", NOW_MS));
    asked.await.expect("a mail");
    let due = desk.told(NoticeKind::NewAddress).await.pop().expect("a mail");
    assert_eq!(due.address.expose_secret(), "new@example.edu");
    assert_eq!(
        desk.sign_in("new@example.edu", PASSWORD, NOW_MS).await,
        SignInOutcome::Refused
    );
    let token = due.secret.expect("a link").expose_secret().to_owned();
    let taken = desk
        .db
        .write_tx(move |conn| contact::take_address(conn, &token, &Origin::default(), NOW_MS));
    taken.await.expect("taken");
    let outcome = desk.sign_in("new@example.edu", PASSWORD, NOW_MS).await;
    assert_eq!(outcome, SignInOutcome::SignedIn(StudentState::Registered));
}
