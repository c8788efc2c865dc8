use diesel::prelude::*;

use super::commands;
use super::commands::sign_in::{SignIn, SignInOutcome, sign_in};
use super::model::{Role, SessionTimes};
use super::queries;
use super::totp;
use crate::crypto::{Sealer, SecretFile};
use crate::db::schema::{audit_entries, staff_links};
use crate::testing::TestDb;

const EMAIL: &str = "lin@example.edu";
const PASSWORD: &str = "correct horse battery";
const START_MS: i64 = 1_790_000_000_000;

struct House {
    database: TestDb,
    sealer: Sealer,
}

impl House {
    async fn with_staff(role: Role) -> Self {
        let database = TestDb::new();
        let secret = SecretFile::create(&database.folder().join("secret.key")).expect("a secret file");
        let house = Self {
            sealer: Sealer::new(&secret),
            database,
        };
        house
            .database
            .db()
            .write_tx(move |conn| {
                let token = commands::add_staff(conn, "Lin@Example.edu", role, START_MS)?;
                commands::set_password(conn, &token, &commands::hash_new_password(PASSWORD)?, START_MS)
            })
            .await
            .expect("an account");
        house
    }

    async fn try_at(&self, password: &str, code: Option<String>, now_ms: i64) -> SignInOutcome {
        let attempt = SignIn {
            email: EMAIL.to_owned(),
            password: password.to_owned(),
            totp: code,
            new_token_hash: [7; 32],
            times: SessionTimes::with_idle_minutes(30),
        };
        sign_in(&self.database.db(), &self.sealer, attempt, now_ms)
            .await
            .expect("an answer")
    }

    async fn has_session_at(&self, now_ms: i64) -> bool {
        let times = SessionTimes::with_idle_minutes(30);
        self.database
            .db()
            .read(move |conn| queries::find_session(conn, &[7; 32], times, now_ms))
            .await
            .expect("an answer")
            .is_some()
    }
}

#[tokio::test]
async fn the_right_password_opens_a_session_that_ends_when_idle() {
    let house = House::with_staff(Role::Registrar).await;
    assert_eq!(house.try_at(PASSWORD, None, START_MS).await, SignInOutcome::SignedIn);
    assert!(house.has_session_at(START_MS + 29 * 60_000).await);
    assert!(!house.has_session_at(START_MS + 31 * 60_000).await);
}

#[tokio::test]
async fn a_busy_session_ends_after_twelve_hours() {
    let house = House::with_staff(Role::Registrar).await;
    house.try_at(PASSWORD, None, START_MS).await;
    let late_ms = START_MS + 12 * 3_600_000;
    let db = house.database.db();
    db.write_tx(move |conn| commands::touch_session(conn, &[7; 32], late_ms - 1))
        .await
        .expect("touched");
    assert!(house.has_session_at(late_ms - 1).await);
    assert!(!house.has_session_at(late_ms).await);
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour() {
    let house = House::with_staff(Role::Registrar).await;
    for _ in 0..4 {
        assert_eq!(house.try_at("wrong", None, START_MS).await, SignInOutcome::Refused);
    }
    assert_eq!(
        house.try_at("wrong", None, START_MS).await,
        SignInOutcome::Locked { minutes: 15 }
    );
    assert_eq!(
        house.try_at(PASSWORD, None, START_MS + 60_000).await,
        SignInOutcome::Locked { minutes: 14 }
    );
    assert_eq!(
        house.try_at(PASSWORD, None, START_MS + 15 * 60_000).await,
        SignInOutcome::SignedIn
    );
}

#[tokio::test]
async fn successes_and_refusals_are_in_the_trail() {
    let house = House::with_staff(Role::Registrar).await;
    house.try_at("wrong", None, START_MS).await;
    house.try_at(PASSWORD, None, START_MS).await;
    let trail: Vec<(String, bool)> = house
        .database
        .db()
        .read(|conn| {
            Ok(audit_entries::table
                .filter(audit_entries::action.eq("staff.sign-in"))
                .order(audit_entries::audit_id)
                .select((audit_entries::actor, audit_entries::is_success))
                .load(conn)?)
        })
        .await
        .expect("the trail");
    assert_eq!(trail, [(EMAIL.to_owned(), false), (EMAIL.to_owned(), true)]);
}

#[tokio::test]
async fn a_link_sets_one_password_and_is_kept_as_a_hash() {
    let house = House::with_staff(Role::Admin).await;
    house.try_at(PASSWORD, None, START_MS).await;
    let token = house
        .database
        .db()
        .write_tx(|conn| commands::add_staff(conn, EMAIL, Role::Admin, START_MS))
        .await
        .expect("a link");
    let hashes: Vec<Vec<u8>> = house
        .database
        .db()
        .read(|conn| Ok(staff_links::table.select(staff_links::token_hash).load(conn)?))
        .await
        .expect("links");
    assert!(hashes.iter().all(|hash| hash.len() == 32) && hashes.contains(&commands::link_hash(&token).to_vec()));
    let set = |now_ms: i64| {
        let token = token.clone();
        house
            .database
            .db()
            .write_tx_blocking(move |conn| commands::set_password(conn, &token, "$argon2id$none", now_ms))
    };
    assert_eq!(set(START_MS + 24 * 3_600_000).expect_err("expired").code(), "link-dead");
    set(START_MS + 1).expect("a fresh link works");
    assert!(
        !house.has_session_at(START_MS + 2).await,
        "a new password ends every session"
    );
    assert_eq!(set(START_MS + 2).expect_err("used").code(), "link-dead");
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_and_taken_once() {
    let house = House::with_staff(Role::Admin).await;
    let (db, sealer) = (house.database.db(), house.sealer.clone());
    db.write_tx(move |conn| {
        let account = queries::find_account(conn, EMAIL)?.expect("the account");
        commands::set_totp_secret(conn, &sealer, account.staff_id, b"12345678901234567890", START_MS)
    })
    .await
    .expect("a secret");
    let code = totp::code_at(b"12345678901234567890", START_MS);
    assert_eq!(house.try_at(PASSWORD, None, START_MS).await, SignInOutcome::NeedsTotp);
    assert_eq!(
        house.try_at(PASSWORD, Some("000000".to_owned()), START_MS).await,
        SignInOutcome::WrongTotp
    );
    assert_eq!(
        house.try_at(PASSWORD, Some(code.clone()), START_MS).await,
        SignInOutcome::SignedIn
    );
    assert_eq!(
        house.try_at(PASSWORD, Some(code), START_MS).await,
        SignInOutcome::WrongTotp
    );
}

#[test]
fn only_admin_and_registrar_change_rolls_and_batches() {
    let may: Vec<Role> = Role::ALL
        .iter()
        .copied()
        .filter(|role| role.may_change_rolls_and_batches())
        .collect();
    assert_eq!(may, [Role::Admin, Role::Registrar]);
}
