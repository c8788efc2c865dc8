//! A large house: a roll imported the usual way, staff, and students with accounts who are signed in.

use backend::house::House;
use diesel::prelude::*;
use domain::accounts::commands::sign_in::{SignIn, sign_in};
use domain::accounts::commands::staff::{Manager, invite};
use domain::accounts::commands::{hash_new_password, set_password};
use domain::accounts::model::{Invitation, Origin, Role, Scope, SessionTimes};
use domain::agencies::commands::add_agency;
use domain::campaigns::commands::add_campaign;
use domain::campaigns::model::{CampaignMode, Expected, NewCampaign};
use domain::campaigns::profile::Profile;
use domain::clock::Clock;
use domain::config::Config;
use domain::db::schema::{roll_records, student_sessions, students};
use domain::id::{RecordId, StudentId};
use domain::keys::open_keys_blocking;
use domain::roll::commands::create_import;
use domain::roll::model::{ImportKind, ImportOptions, NewImport};
use domain::storage::{ObjectId, ObjectKey, StorageLimits, Store};
use domain::students::model::StudentState;
use domain::testing::TestDb;
use domain::texts::Language;
use sha2::Digest as _;
use worker::JobContext;
use worker::synthetic::School;

/// The administrator's session, the auditor's, and a student's.
pub const COOKIES: [&str; 3] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "1111111111111111111111111111111111111111111111111111111111111111",
    "2222222222222222222222222222222222222222222222222222222222222222",
];
const EMAILS: [&str; 2] = ["lin@example.edu", "zhao@example.edu"];

/// Gives the person of a record an account; with a cookie also a session.
pub async fn enrol(house: &House, record_id: i64, cookie: Option<&'static str>) {
    let now_ms = house.clock.now_ms();
    let made = house.db.write_tx(move |conn| {
        let (name, name_folded, id_index): (String, String, Option<Vec<u8>>) = roll_records::table
            .find(RecordId(record_id))
            .select((roll_records::name, roll_records::name_folded, roll_records::id_index))
            .first(conn)?;
        let student_id: StudentId = diesel::insert_into(students::table)
            .values((
                students::email.eq(format!("s{record_id}@mail.example")),
                students::state.eq(StudentState::Registered),
                students::password_hash.eq("none"),
                students::language.eq(Language::ZhCn),
                students::name.eq(name),
                students::name_folded.eq(name_folded),
                students::id_index.eq(id_index),
                students::created_at_ms.eq(now_ms),
            ))
            .returning(students::student_id)
            .get_result(conn)?;
        if let Some(cookie) = cookie {
            diesel::insert_into(student_sessions::table)
                .values((
                    student_sessions::token_hash.eq(sha2::Sha256::digest(cookie.as_bytes()).to_vec()),
                    student_sessions::student_id.eq(student_id),
                    student_sessions::created_at_ms.eq(now_ms),
                    student_sessions::last_seen_ms.eq(now_ms),
                    student_sessions::expires_at_ms.eq(now_ms + 86_400_000),
                ))
                .execute(conn)?;
        }
        Ok(())
    });
    made.await.expect("an account");
}

/// The house of a test database.
pub fn open_house(database: &TestDb) -> House {
    let config = Config::in_folder(database.folder()).expect("settings");
    let db = database.db();
    let sealer = open_keys_blocking(&db, &config.secret_file).expect("keys");
    let store = Store::open(&config.storage_url, None, StorageLimits::default()).expect("a store");
    House {
        config,
        db,
        store,
        sealer,
        clock: Clock::System,
    }
}

/// Staff, an agency, a campaign, and the sessions of the two.
pub async fn furnish(house: &House) {
    let now_ms = house.clock.now_ms();
    let campaign = NewCampaign {
        code: "2027".to_owned(),
        name: "2027 届".to_owned(),
        mode: CampaignMode::Legacy,
        profile: Profile::builtin("chsi-graduation").expect("built in"),
        freeze_at_ms: None,
        upload_expected: None,
        expected: Expected::default(),
    };
    let password = "correct horse battery";
    house
        .db
        .write_tx(move |conn| {
            // An administrator sees the staff; an auditor the trail.
            for (email, role) in EMAILS.into_iter().zip([Role::Admin, Role::Auditor]) {
                let invitation = Invitation {
                    email: email.to_owned(),
                    role,
                    scope: Scope::default(),
                    agency_id: None,
                };
                let link = invite(conn, Manager::Operator, &invitation, now_ms)?;
                set_password(conn, &link, &hash_new_password(password)?, now_ms)?;
            }
            add_agency(conn, "operator", "studio", "清影图片社", now_ms)?;
            add_campaign(conn, "operator", &campaign, now_ms)
        })
        .await
        .expect("furnished");
    for (email, cookie) in EMAILS.into_iter().zip(COOKIES) {
        let attempt = SignIn {
            email: email.to_owned(),
            password: password.to_owned(),
            second_factor: None,
            new_token_hash: sha2::Sha256::digest(cookie.as_bytes()).into(),
            times: SessionTimes::with_idle_minutes(600),
            origin: Origin::default(),
        };
        sign_in(&house.db, &house.sealer, attempt, now_ms)
            .await
            .expect("signed in");
    }
}

/// Runs what is queued.
pub async fn run_jobs(house: &House) {
    let house = house.clone();
    let ctx = JobContext::new(house.db, house.store, house.sealer, house.config, house.clock);
    worker::run_until_empty(ctx).await.expect("the jobs run");
}

/// Imports a roll of so many students the usual way.
pub async fn import(house: &House, students: usize) {
    let mut csv = Vec::new();
    School::generate(1, students, 2027)
        .write_roll_csv(&mut csv)
        .expect("a roll");
    let id = ObjectId::random();
    house
        .store
        .put(&ObjectKey::Staging { id: id.clone() }, csv.into())
        .await
        .expect("staged");
    let new = NewImport {
        kind: ImportKind::Roll,
        staged_object: id.to_string(),
        source_sha256: "0".repeat(64),
        options: ImportOptions::default(),
        is_dry_run: false,
        is_attended: false,
        actor: "operator".to_owned(),
    };
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| create_import(conn, &new, now_ms))
        .await
        .expect("an import");
    run_jobs(house).await;
}
