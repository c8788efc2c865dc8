//! `rollproof doctor`: a sound house, and one whose audit trail somebody has written to.

use diesel::prelude::*;
use domain::audit::seals::close_settled;
use domain::clock::Clock;
use domain::db::schema::audit_entries;
use rollproof_tests::TestHouse;

const HOUR_MS: i64 = 3_600_000;

#[test]
fn a_row_that_was_changed_behind_the_program_shows() {
    let house = TestHouse::new();
    house.add_campaign(2026);
    let sound = house.expect(0, &["doctor"]);
    assert_eq!(sound["audit"]["open_rows"], 2, "{sound}");
    let sealer = house.sealer();
    let mut conn = house.db().connect();
    let later_ms = Clock::System.now_ms() + HOUR_MS;
    assert_eq!(close_settled(&mut conn, &sealer, later_ms).expect("closed"), 2);
    assert_eq!(house.expect(0, &["doctor"])["audit"]["closed_rows"], 2);
    diesel::update(audit_entries::table)
        .set(audit_entries::actor.eq("somebody.else@example.edu"))
        .execute(&mut conn)
        .expect("changed");
    let broken = house.expect(3, &["doctor"]);
    let faulty = broken["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["is_sound"] == false);
    let names: Vec<&str> = faulty.filter_map(|check| check["name"].as_str()).collect();
    assert_eq!(names, ["audit trail"]);
}
