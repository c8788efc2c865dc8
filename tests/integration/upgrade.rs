//! Two versions beside each other: this one goes on working on the schema of the next, which has only added to it, and leaves to the next
//! what only that knows.

use diesel::prelude::*;
use domain::clock::Clock;
use domain::db::schema::jobs;
use domain::queue::JobState;
use rollproof_tests::{TestHouse, draw_school, path};

/// What the next version adds: a column to every table that is written in bulk, with a default where it must have a value; a table; and the
/// note that it was there.
const NEXT: &[&str] = &[
    "ALTER TABLE jobs ADD COLUMN next_note TEXT",
    "ALTER TABLE workers ADD COLUMN next_kind TEXT NOT NULL DEFAULT 'plain'",
    "ALTER TABLE batches ADD COLUMN next_note TEXT",
    "ALTER TABLE batch_entries ADD COLUMN next_score INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE entry_findings ADD COLUMN next_note TEXT",
    "ALTER TABLE photos ADD COLUMN next_note TEXT",
    "ALTER TABLE roll_records ADD COLUMN next_note TEXT",
    "ALTER TABLE roll_record_versions ADD COLUMN next_note TEXT",
    "CREATE TABLE next_things (next_id BIGINT NOT NULL PRIMARY KEY)",
    "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')",
];

#[test]
fn this_version_works_on_the_schema_of_the_next_and_leaves_its_jobs_to_it() {
    let house = TestHouse::new();
    let files = draw_school(house.folder(), 12, 3);
    house.add_campaign(2026);
    house.expect(0, &["roll", "import", path(&files.roll)]);
    let mut conn = house.db().connect();
    for statement in NEXT {
        diesel::sql_query(*statement)
            .execute(&mut conn)
            .expect("the next version's change");
    }
    let now_ms = Clock::System.now_ms();
    diesel::insert_into(jobs::table)
        .values((
            jobs::queue.eq("upkeep"),
            jobs::name.eq("next_job"),
            jobs::payload.eq("{}"),
            jobs::priority.eq(0_i16),
            jobs::state.eq(JobState::Queued),
            jobs::attempts.eq(0),
            jobs::max_attempts.eq(3),
            jobs::run_at_ms.eq(now_ms + 3_600_000),
            jobs::created_at_ms.eq(now_ms),
        ))
        .execute(&mut conn)
        .expect("the next version's job");
    house.expect(0, &["migrate", "--check"]);
    house.ingest(3, &files.archive);
    house.expect(0, &["roll", "import", path(&files.roll)]);
    house.expect(0, &["doctor"]);
    let claim = |conn: &mut domain::db::Conn| {
        let later_ms = now_ms + 7_200_000;
        assert!(
            !domain::queue::is_due(conn, "upkeep", later_ms)?,
            "it is not this version's"
        );
        domain::queue::claim(conn, "upkeep", "worker", 10, later_ms, later_ms + 1_000)
    };
    let claimed = domain::db::conn::write_tx(&mut conn, claim).expect("claimed");
    assert!(claimed.iter().all(|job| job.name != "next_job"));
}
