use diesel::prelude::*;

use super::commands;
use super::commands::second_factor::{begin_enrolment, complete_enrolment};
use super::commands::sessions::touch_session;
use super::commands::sign_in::{SignIn, SignInOutcome, sign_in};
use super::commands::staff::{Manager, change_staff, invite, set_active};
use super::model::{Invitation, Origin, Role, Scope, SecondFactor, SessionTimes, Staff};
use super::queries;
use super::totp;
use crate::crypto::{Sealer, SecretFile};
use crate::db::Conn;
use crate::db::schema::{audit_entries, staff_links};
use crate::testing::TestDb;

const EMAIL: &str = "lin@example.edu";
const PASSWORD: &str = "correct horse battery";
const START_MS: i64 = 1_790_000_000_000;

fn invitation(email: &str, role: Role) -> Invitation {
    Invitation {
        email: email.to_owned(),
        role,
        scope: Scope::default(),
        agency_id: None,
    }
}

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
                let token = invite(conn, Manager::Operator, &invitation("Lin@Example.edu", role), START_MS)?;
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
            second_factor: code.map(SecondFactor::Totp),
            origin: Origin::default(),
            new_token_hash: [7; 32],
            times: SessionTimes::with_idle_minutes(30),
        };
        sign_in(&self.database.db(), &self.sealer, attempt, now_ms)
            .await
            .expect("an answer")
    }

    async fn staff(&self) -> Staff {
        let find = |conn: &mut Conn| {
            let account = queries::find_account(conn, EMAIL)?.expect("the account");
            Ok(Staff {
                staff_id: account.staff_id,
                email: account.email,
                role: account.role,
                scope: Scope::default(),
                address: None,
                confirmed_at_ms: START_MS,
            })
        };
        self.database.db().read(find).await.expect("an answer")
    }

    /// Enrols an app; gives its secret and the recovery codes.
    async fn enrol(&self) -> (Vec<u8>, Vec<String>) {
        let (staff, sealer) = (self.staff().await, self.sealer.clone());
        let enrol = move |conn: &mut Conn| {
            let secret = begin_enrolment(conn, &sealer, &staff)?;
            assert_eq!(
                begin_enrolment(conn, &sealer, &staff)?,
                secret,
                "a page loaded twice shows one picture"
            );
            let wrong = complete_enrolment(conn, &sealer, &staff, "12", START_MS).expect_err("no code");
            assert_eq!(wrong.code(), "totp-wrong");
            let typed = totp::code_at(&secret, START_MS);
            let codes = complete_enrolment(conn, &sealer, &staff, &typed, START_MS)?;
            Ok((secret, codes))
        };
        self.database.db().write_tx(enrol).await.expect("enrolled")
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
    db.write_tx(move |conn| touch_session(conn, &[7; 32], late_ms - 1))
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
        .write_tx(|conn| invite(conn, Manager::Operator, &invitation(EMAIL, Role::Admin), START_MS))
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
    let (secret, codes) = house.enrol().await;
    let code = totp::code_at(&secret, START_MS);
    assert_eq!(house.try_at(PASSWORD, None, START_MS).await, SignInOutcome::NeedsTotp);
    assert_eq!(
        house.try_at(PASSWORD, Some("000000".to_owned()), START_MS).await,
        SignInOutcome::WrongTotp
    );
    assert_eq!(
        house.try_at(PASSWORD, Some(code.clone()), START_MS).await,
        SignInOutcome::WrongTotp,
        "the code that was typed to enrol is used up"
    );
    let later_ms = START_MS + 60_000;
    let code = totp::code_at(&secret, later_ms);
    for (typed, outcome) in [(&code, SignInOutcome::SignedIn), (&code, SignInOutcome::WrongTotp)] {
        assert_eq!(house.try_at(PASSWORD, Some(typed.clone()), later_ms).await, outcome);
    }
    assert_eq!(codes.len(), 10);
}

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    let house = House::with_staff(Role::Admin).await;
    let (_, codes) = house.enrol().await;
    let typed = SecondFactor::parse(&codes[3].to_lowercase());
    for outcome in [SignInOutcome::SignedIn, SignInOutcome::WrongTotp] {
        let attempt = SignIn {
            email: EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            second_factor: typed.clone(),
            new_token_hash: [u8::from(outcome == SignInOutcome::SignedIn); 32],
            times: SessionTimes::with_idle_minutes(30),
            origin: Origin::default(),
        };
        let answer = sign_in(&house.database.db(), &house.sealer, attempt, START_MS).await;
        assert_eq!(answer.expect("an answer"), outcome);
    }
}

#[tokio::test]
async fn only_an_administrator_manages_staff_and_never_the_own_account() {
    let house = House::with_staff(Role::Admin).await;
    let admin = house.staff().await;
    let registrar = Staff {
        role: Role::Registrar,
        ..admin.clone()
    };
    let sealer = house.sealer.clone();
    let test = move |conn: &mut Conn| {
        let new = invitation("wang@example.edu", Role::Support);
        let refused = invite(conn, Manager::Staff(&registrar), &new, START_MS).expect_err("refused");
        assert_eq!(refused.code(), "forbidden");
        invite(conn, Manager::Staff(&admin), &new, START_MS)?;
        let other = queries::find_account(conn, "wang@example.edu")?
            .expect("the account")
            .staff_id;
        let by = Manager::Staff(&admin);
        let all = Scope::default();
        let unscoped =
            change_staff(conn, &sealer, by, other, (Role::Counsellor, &all), START_MS).expect_err("no class");
        assert_eq!(unscoped.code(), "scope-missing");
        for fault in [
            set_active(conn, by, admin.staff_id, false, START_MS),
            change_staff(conn, &sealer, by, admin.staff_id, (Role::Support, &all), START_MS),
        ] {
            assert_eq!(fault.expect_err("refused").code(), "own-account");
        }
        set_active(conn, by, other, false, START_MS)
    };
    house.database.db().read(test).await.expect("managed");
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
