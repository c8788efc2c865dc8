//! The house of a test database, and a student in it who is signed in.

use backend::house::House;
use diesel::prelude::*;
use domain::clock::Clock;
use domain::config::Config;
use domain::db::schema::{roll_records, student_sessions, students};
use domain::id::{RecordId, StudentId};
use domain::keys::open_keys_blocking;
use domain::storage::{StorageLimits, Store};
use domain::students::model::StudentState;
use domain::testing::TestDb;
use domain::texts::Language;
use sha2::Digest as _;

/// The student's session.
pub const COOKIE: &str = "2222222222222222222222222222222222222222222222222222222222222222";

/// Gives the person of a record an account, and a session.
pub async fn enrol(house: &House, record_id: i64) {
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
        diesel::insert_into(student_sessions::table)
            .values((
                student_sessions::token_hash.eq(sha2::Sha256::digest(COOKIE.as_bytes()).to_vec()),
                student_sessions::student_id.eq(student_id),
                student_sessions::created_at_ms.eq(now_ms),
                student_sessions::last_seen_ms.eq(now_ms),
                student_sessions::expires_at_ms.eq(now_ms + 86_400_000),
            ))
            .execute(conn)?;
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
